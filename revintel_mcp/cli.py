"""The `revintel-mcp` command: arguments in, exit code out. What a verb does is in `commands`, imported when it runs.

Only the parser of the verb that was typed is built, so that `--help` and `summary` stay as quick as they can be.
"""

import contextlib
import gc
import os
import re
import sys
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, HelpFormatter, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from errno import ENOSPC, EPIPE
from functools import partial
from io import TextIOWrapper
from typing import Any, NamedTuple, NoReturn

from revintel_mcp import __version__

_PERIODS = "2026-02, 'Feb 2026', 2026, 'Q1 2026', 'last 12 months', '2025-07 to 2026-02', ytd or all"
_CHANNELS = "Upwork, Fiverr, Gumroad, GitHub Sponsors, Cold Outreach, Stripe, Other"


#: What argparse takes for a negative number: amounts as people write them.
_AMOUNT = re.compile(r"-\$?[0-9.]")


class Verb(NamedTuple):
    """A verb of the command line: its one-line help and the arguments that only it has."""

    name: str
    help: str
    arguments: Callable[[ArgumentParser], None]
    gives_result: bool = True
    example: str = ""
    is_local: bool = False
    """Whether it works on files alone: it starts no process and no thread that would have to be ended."""


class _Parser(ArgumentParser):
    """Tells a mistake in a line, the page of usage is what --help is for; `-1,200.50` is an amount and no option."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._negative_number_matcher = _AMOUNT

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; {self.prog} --help shows what it takes\n")


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no whole number") from None


def _no_arguments(_parser: ArgumentParser) -> None:
    """The verb has no arguments of its own."""


def _serve(parser: ArgumentParser) -> None:
    parser.add_argument("--http", action="store_true", help="serve Streamable HTTP on this machine instead of stdio")
    parser.add_argument("--port", type=_whole, default=8321, metavar="N", help="port for --http (default 8321)")


def _refresh(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--since",
        default="auto",
        metavar="WHEN",
        help="where to begin: auto (default), month, or a day such as 2026-01-01 to fetch further back",
    )
    parser.add_argument(
        "--source", action="append", metavar="NAME", help="only this source (stripe, stripe-eu …); may be repeated"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would change; write nothing")
    parser.add_argument("--strict", action="store_true", help="exit 1 if a configured source was not complete")


def _summary(parser: ArgumentParser) -> None:
    parser.add_argument("month", nargs="?", metavar="MONTH", help="2026-02 or 'Feb 2026'; all months if left out")
    parser.add_argument("--month", dest="month_option", default=None, help=SUPPRESS)
    parser.add_argument("--year", type=_whole, metavar="YYYY", help="only this calendar year")
    parser.add_argument(
        "--view",
        choices=("booked", "restated"),
        default="booked",
        help="with restated, refunds count in their sale's month",
    )
    parser.add_argument(
        "--basis", choices=("gross", "net"), default="gross", help="with net, less the fees that the platforms kept"
    )


def _entry_fields(parser: ArgumentParser) -> None:
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="the day of the payment")
    parser.add_argument("--client", metavar="NAME", help="who paid")
    parser.add_argument("--description", metavar="TEXT", help="what for")
    parser.add_argument(
        "--type",
        "--transaction-type",
        dest="transaction_type",
        metavar="TYPE",
        help="one of one-time, subscription, hourly, fixed",
    )
    parser.add_argument("--status", metavar="STATUS", help="one of completed, pending (not paid yet)")
    parser.add_argument("--fee", metavar="USD", help="what the platform kept, in US dollars")


def _add(parser: ArgumentParser) -> None:
    parser.add_argument("amount", nargs="?", metavar="AMOUNT", help="such as 1200 or 1,200.50")
    parser.add_argument("channel", nargs="?", metavar="CHANNEL", help=f"one of {_CHANNELS}")
    parser.add_argument("--amount", dest="amount_option", help=SUPPRESS)
    parser.add_argument("--channel", dest="channel_option", help=SUPPRESS)
    _entry_fields(parser)
    parser.add_argument("--currency", default="USD", metavar="CODE", help="of the amount (default USD)")
    parser.add_argument(
        "--idempotency-key",
        "--key",
        dest="idempotency_key",
        metavar="KEY",
        help="any word; the same key twice adds one row",
    )


def _update(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the entry's ID, as the log shows it (manual_…)")
    parser.add_argument("--amount", metavar="USD", help="the right amount")
    parser.add_argument("--channel", metavar="CHANNEL", help=f"one of {_CHANNELS}")
    _entry_fields(parser)


def _void(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the entry's ID, as the log shows it (manual_…)")
    parser.add_argument("--reason", metavar="TEXT", help="kept with the reversal")


def _list(parser: ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", default="", metavar="TEXT", help="words to look for")
    parser.add_argument("--month", metavar="MONTH", help="2026-02 or 'Feb 2026'")
    parser.add_argument("--from", "--date-from", dest="date_from", metavar="YYYY-MM-DD", help="first day")
    parser.add_argument("--to", "--date-to", dest="date_to", metavar="YYYY-MM-DD", help="last day")
    parser.add_argument("--channel", metavar="CHANNEL", help=f"one of {_CHANNELS}")
    parser.add_argument("--client", metavar="TEXT", help="clients whose name contains this")
    parser.add_argument("--status", metavar="STATUS", help="one of completed, refunded, pending, excluded")
    parser.add_argument(
        "--type",
        "--transaction-type",
        dest="transaction_type",
        metavar="TYPE",
        help="one of one-time, subscription, hourly, fixed",
    )
    parser.add_argument("--min", "--min-amount", dest="min_amount", metavar="USD", help="smallest amount")
    parser.add_argument("--max", "--max-amount", dest="max_amount", metavar="USD", help="largest amount")
    parser.add_argument(
        "--sort",
        default="-date",
        metavar="FIELD",
        help="by date, amount, client or channel; with a minus from high to low (default -date)",
    )
    parser.add_argument("--page", type=_whole, default=1, metavar="N", help="which page (default 1)")
    parser.add_argument("--page-size", type=_whole, default=50, metavar="N", help="rows a page, up to 500 (default 50)")


def _explain(parser: ArgumentParser) -> None:
    parser.add_argument("month", nargs="?", metavar="MONTH", help=_PERIODS)
    parser.add_argument("channel", nargs="?", metavar="CHANNEL", help=f"one of {_CHANNELS}; all if left out")
    parser.add_argument("--month", dest="month_option", help=SUPPRESS)
    parser.add_argument("--channel", dest="channel_option", help=SUPPRESS)
    parser.add_argument(
        "--view",
        choices=("booked", "restated"),
        default="booked",
        help="with restated, refunds count in their sale's month",
    )
    parser.add_argument(
        "--page", type=_whole, default=1, metavar="N", help="which page of the rows, 200 a page (default 1)"
    )


def _insights(parser: ArgumentParser) -> None:
    parser.add_argument("period", nargs="?", metavar="PERIOD", help=f"{_PERIODS}; ytd if left out")
    parser.add_argument("--period", dest="period_option", help=SUPPRESS)


def _status(parser: ArgumentParser) -> None:
    parser.add_argument("--probe", action="store_true", help="start each upstream and see what it offers")


def _trust(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", default=".mcp.json", metavar="FILE", help="the file to trust (default ./.mcp.json)"
    )


def _import(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a CSV file with a header line")
    parser.add_argument("--channel", required=True, metavar="CHANNEL", help=f"one of {_CHANNELS}")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="FIELD=COLUMN",
        help="which column is date, amount, client, description, fee, currency or id; may be repeated; "
        "not needed for the known exports",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="only the rows with this value in this column, such as Status=Completed; may be repeated",
    )
    parser.add_argument("--currency", default="USD", metavar="CODE", help="of the amounts (default USD)")
    parser.add_argument(
        "--days",
        choices=("day-first", "month-first"),
        default="",
        help="what 03/04/2026 means, where no day of the file shows it",
    )
    parser.add_argument(
        "--encoding", default="", metavar="NAME", help="how the file is written, such as cp1252 (default: as it seems)"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would be added; write nothing")


def _dashboard(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=_whole, default=8501, metavar="N", help="port to serve it on (default 8501; 0: any free one)"
    )
    parser.add_argument("--no-browser", action="store_true", help="don't open a browser")


def _demo(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--folder", metavar="DIR", help="where to put the demo tracker (default: a new temporary folder)"
    )


VERBS = (
    Verb("serve", "serve Claude Code over stdio (what revintel-mcp alone does)", _serve, gives_result=False),
    Verb(
        "refresh",
        "ask every source and bring the tracker up to date",
        _refresh,
        example="refresh --since 2026-01-01 --source gumroad",
    ),
    Verb(
        "summary",
        "income by month and channel, and the year to date",
        _summary,
        example="summary 'Feb 2026' --basis net",
        is_local=True,
    ),
    Verb(
        "add",
        "log income that no source reports",
        _add,
        example="add 250 Fiverr --client 'Ada Park' --date 2026-02-03 --fee 50",
        is_local=True,
    ),
    Verb(
        "update",
        "correct or complete a manual entry",
        _update,
        example="update manual_2026-02-03_4f1c2a9be07d --status completed",
        is_local=True,
    ),
    Verb(
        "void",
        "strike a manual entry by a reversal row",
        _void,
        example="void manual_2026-02-03_4f1c2a9be07d --reason 'typed twice'",
        is_local=True,
    ),
    Verb("list", "find transactions", _list, example="list logo --channel Fiverr --sort -amount", is_local=True),
    Verb("explain", "the rows behind a figure", _explain, example="explain 2026-02 Gumroad", is_local=True),
    Verb(
        "insights",
        "net, fees, clients, recurring income, forecast",
        _insights,
        example="insights 'last 12 months'",
        is_local=True,
    ),
    Verb("status", "how far each source is complete, and what to do", _status),
    Verb("check", "everything in the tracker that needs mending", _no_arguments, is_local=True),
    Verb("doctor", "check the set-up and say how to mend it", _no_arguments),
    Verb("trust", "allow the upstreams of a project's .mcp.json", _trust, gives_result=False),
    Verb(
        "import",
        "add the rows of a CSV file",
        _import,
        example="import fiverr.csv --channel Fiverr --map date=Date --map amount=Amount --dry-run",
        is_local=True,
    ),
    Verb("dashboard", "open the dashboard in a browser", _dashboard, gives_result=False),
    Verb("demo", "try it on made-up data, without keys", _demo),
    Verb(
        "upstream", "run a bundled upstream server: stripe, gumroad, upwork or demo", _no_arguments, gives_result=False
    ),
)
_BY_NAME = {verb.name: verb for verb in VERBS}

#: What is imported stays: to look through it for garbage again and again takes a twentieth of a start.
OBJECTS_BETWEEN_COLLECTIONS = 50_000


def command() -> NoReturn:
    """The program `revintel-mcp`: run the command and end.

    After a verb that works on files alone, nothing is left but memory, which the system takes back in no time; Python
    would give it back object by object.
    """
    code = main()
    verb = _BY_NAME.get(sys.argv[1]) if len(sys.argv) > 1 else None
    if verb is not None and verb.is_local:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Exit code: 0 fine, 1 something was found, 2 wrong usage, 3 tracker unreadable or unwritable."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["upstream"]:
        from revintel_mcp.commands import upstream

        return upstream(words[1:])
    if words and words[0].startswith("--"):
        words = _verb_first(words)
    if words and words[0] in _BY_NAME:
        return _run(_BY_NAME[words[0]], words[1:])
    if not words or (words[0].startswith("--") and words[0] not in ("--help", "--version")):
        return _run(_BY_NAME["serve"], words)
    if not words[0].startswith("-"):
        print(f"revintel-mcp: {_no_verb(words[0])}", file=sys.stderr)
        return 2
    _top_parser().parse_args(words)
    return 0


def _verb_first(words: list[str]) -> list[str]:
    """`--tracker FILE summary` as `summary --tracker FILE`: settings may stand before the verb too."""
    from revintel_mcp.settings import SETTINGS

    options = {setting.option for setting in SETTINGS}
    at = 0
    while at < len(words) and words[at].partition("=")[0] in options:
        at += 1 if "=" in words[at] else 2
    return [words[at], *words[:at], *words[at + 1 :]] if at < len(words) and words[at] in _BY_NAME else words


def _no_verb(word: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, _BY_NAME, n=1)
    return f"{word!r} is no verb; " + (f"did you mean {near[0]}?" if near else "revintel-mcp --help lists them")


def _run(verb: Verb, words: Sequence[str]) -> int:
    from revintel_mcp.errors import RevintelError
    from revintel_mcp.settings import SETTINGS

    # argparse tries each argument's help at once, and would measure the terminal for every one of them.
    unmeasured = partial(HelpFormatter, width=80)
    parser = _Parser(prog=f"revintel-mcp {verb.name}", description=_described(verb), formatter_class=unmeasured)
    verb.arguments(parser)
    if verb.gives_result:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.formatter_class = HelpFormatter
    parser.usage = _usage(parser)
    group = parser.add_argument_group("settings (each also an environment variable, see README)")
    for setting in SETTINGS:
        group.add_argument(
            setting.option,
            dest=f"setting_{setting.key}",
            metavar=setting.key.upper(),
            help=f"{setting.meaning.replace('%', '%%')} Default: {setting.default}.",
        )
    arguments = parser.parse_args(_joined(parser, words))
    try:
        return _dispatch(verb, arguments)
    except RevintelError as error:
        print(f"revintel-mcp: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("revintel-mcp: stopped", file=sys.stderr)
        return 130
    except OSError as error:
        return _unsaid(error)


def _described(verb: Verb) -> str:
    example = f" Example: revintel-mcp {verb.example}" if verb.example else ""
    return f"{verb.help[0].upper()}{verb.help[1:]}.{example}"


def _usage(parser: ArgumentParser) -> str:
    """What stands where; the options follow one by one below it, and so do the settings."""
    places = [action for action in parser._actions if not action.option_strings]  # noqa: SLF001 - argparse lists them nowhere else
    names = [f"[{action.metavar}]" if action.nargs == "?" else str(action.metavar) for action in places]
    return " ".join(["%(prog)s", *names, "[options] [settings]"])


def _unsaid(error: OSError) -> int:
    """Exit code where a result could not be printed; Python must not complain at exit about what it could not flush.

    Raises:
        OSError: it was something else.
    """
    if error.errno not in (EPIPE, ENOSPC):
        raise error
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if error.errno == EPIPE:  # the reader (head, less) has seen enough
        return 0
    print(
        "revintel-mcp: the answer could not be written: the disk is full. What was asked for is done", file=sys.stderr
    )
    return 1


def _joined(parser: ArgumentParser, words: Sequence[str]) -> list[str]:
    """`--sort -amount` as `--sort=-amount`: a value may start with a minus, if it is not an option itself."""
    options = parser._option_string_actions  # noqa: SLF001 - argparse has no public list of its options
    joined: list[str] = []
    for word in words:
        before = options.get(joined[-1]) if joined else None
        takes_one = before is not None and before.nargs is None
        if takes_one and word.startswith("-") and word.partition("=")[0] not in options:
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def _dispatch(verb: Verb, arguments: Namespace) -> int:
    from revintel_mcp import commands

    run: Callable[[Namespace], int] = commands.BY_VERB[verb.name]
    if verb.name == "serve" or sys.stdout is None:
        return run(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a client's name that this terminal can't show
    code = run(arguments)
    sys.stdout.flush()  # here, where a reader that has gone can be dealt with
    return code


def _top_parser() -> ArgumentParser:
    width = max(len(verb.name) for verb in VERBS)
    verbs = "\n".join(f"  {verb.name.ljust(width)}  {verb.help}" for verb in VERBS)
    parser = _Parser(
        prog="revintel-mcp",
        usage="revintel-mcp [VERB] [options]",
        description="Revenue Intelligence: your income by month and channel, kept true in one markdown file.",
        epilog=f"verbs:\n{verbs}\n\nrevintel-mcp VERB --help tells more. Alone, it serves Claude Code over stdio.",
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"revintel-mcp {__version__}")
    parser.add_argument("verb", choices=[verb.name for verb in VERBS], help=SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
