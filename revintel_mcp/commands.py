"""What each verb of the command line does: run the operation, print its result. Results to stdout, talk to stderr.

Imports stand inside the functions, so that a verb pays only for what it uses: `summary` never loads MCP.
"""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from revintel_mcp.errors import UsageError
from revintel_mcp.settings import SETTINGS, Settings, load_settings

if TYPE_CHECKING:
    from revintel_mcp.asked import EntryFields
    from revintel_mcp.operations import Operations
    from revintel_mcp.results.shapes import SourceReport

T = TypeVar("T")


def _settings(arguments: Namespace) -> Settings:
    options = {setting.key: getattr(arguments, f"setting_{setting.key}", None) for setting in SETTINGS}
    return load_settings(os.environ, options)


def _operations(arguments: Namespace) -> "Operations":
    from revintel_mcp.operations import Operations

    return Operations(_settings(arguments), os.environ, cwd=Path.cwd(), home=Path.home())


def _say_if_missing(operations: "Operations") -> None:
    """Nothing found at a path that is typed wrong is not nothing earned."""
    from revintel_mcp.results.summaries import no_tracker

    if not operations.file.path.exists():
        print(no_tracker(str(operations.file.path)), file=sys.stderr)


def _print(arguments: Namespace, result: Any, in_words: Callable[[Any], str]) -> None:
    if arguments.json:
        import json

        from revintel_mcp.results.encode import to_json

        shows_all = getattr(sys.stdout, "encoding", "utf-8").lower().startswith("utf")
        print(json.dumps(to_json(result), ensure_ascii=not shows_all, indent=2))
    else:
        print(in_words(result))


def _run(operations: "Operations", main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run `main` on an event loop; on its end, Ctrl-C or SIGTERM, no upstream process is left behind."""
    from revintel_mcp.clean_end import run_with_hub

    return run_with_hub(main, operations)


def _serve(arguments: Namespace) -> int:
    from revintel_mcp.serve import serve_http, serve_stdio

    operations = _operations(arguments)
    if not arguments.http and sys.stdin.isatty():
        print(
            "Waiting for an MCP client on stdin (Ctrl-D ends it). For the commands: revintel-mcp --help",
            file=sys.stderr,
        )
    if arguments.http:
        return serve_http(operations, arguments.port)
    return serve_stdio(operations)


def _refresh(arguments: Namespace) -> int:
    from revintel_mcp.results.text import refresh_text
    from revintel_mcp.terminal import progress_bar

    operations = _operations(arguments)

    async def refresh() -> Any:
        async with progress_bar() as progress:
            return await operations.refresh(
                sources=arguments.source, since=arguments.since, dry_run=arguments.dry_run, progress=progress
            )

    report = _run(operations, refresh)
    _print(arguments, report, refresh_text)
    return 1 if arguments.strict and any(_fell_short(source) for source in report.sources) else 0


def _fell_short(source: "SourceReport") -> bool:
    """Whether a source that is configured, rightly or wrongly, did not give all of its records."""
    return source.status in ("incomplete", "failed") or (source.status == "not configured" and bool(source.problems))


def _summary(arguments: Namespace) -> int:
    from revintel_mcp.results.text import summary_text

    result = _operations(arguments).summary(
        month=arguments.month or arguments.month_option, year=arguments.year, view=arguments.view, basis=arguments.basis
    )
    _print(arguments, result, summary_text)
    return 0


def _fields(arguments: Namespace) -> "EntryFields":
    from revintel_mcp.asked import EntryFields

    return EntryFields(
        amount=arguments.amount,
        channel=arguments.channel,
        date=arguments.date,
        client=arguments.client,
        description=arguments.description,
        transaction_type=arguments.transaction_type,
        status=arguments.status,
        fee=arguments.fee,
    )


def _add(arguments: Namespace) -> int:
    from revintel_mcp.results.text import entry_text

    arguments.amount = arguments.amount_option or arguments.amount
    arguments.channel = arguments.channel_option or arguments.channel
    if not arguments.amount or not arguments.channel:
        raise UsageError("add needs an amount and a channel, such as: revintel-mcp add 1200 Fiverr --client 'Ada Park'")
    result = _operations(arguments).add(
        _fields(arguments), currency=arguments.currency, idempotency_key=arguments.idempotency_key
    )
    _print(arguments, result, entry_text)
    return 0


def _update(arguments: Namespace) -> int:
    from revintel_mcp.results.text import update_text

    _print(arguments, _operations(arguments).update(arguments.id, _fields(arguments)), update_text)
    return 0


def _void(arguments: Namespace) -> int:
    from revintel_mcp.results.text import void_text

    _print(arguments, _operations(arguments).void(arguments.id, arguments.reason or ""), void_text)
    return 0


def _list(arguments: Namespace) -> int:
    from revintel_mcp.asked import RowQuery
    from revintel_mcp.results.text import list_text

    rows = RowQuery(
        text=arguments.text,
        month=arguments.month,
        date_from=arguments.date_from,
        date_to=arguments.date_to,
        channel=arguments.channel,
        client=arguments.client or "",
        status=arguments.status,
        transaction_type=arguments.transaction_type,
        min_amount=arguments.min_amount,
        max_amount=arguments.max_amount,
    )
    operations = _operations(arguments)
    result = operations.list_rows(rows, sort=arguments.sort, page=arguments.page, page_size=arguments.page_size)
    _say_if_missing(operations)
    _print(arguments, result, list_text)
    return 0


def _explain(arguments: Namespace) -> int:
    from revintel_mcp.results.text import explain_text

    month, channel = arguments.month, arguments.channel
    if arguments.month_option:
        month, channel = arguments.month_option, month
    if not month:
        raise UsageError("explain needs a month or a year, such as: revintel-mcp explain 2026-02")
    operations = _operations(arguments)
    result = operations.explain(month, arguments.channel_option or channel, view=arguments.view, page=arguments.page)
    _say_if_missing(operations)
    _print(arguments, result, lambda told: explain_text(told, most=200))
    return 0


def _status(arguments: Namespace) -> int:
    from revintel_mcp.results.text import status_text

    operations = _operations(arguments)
    _print(arguments, _run(operations, lambda: operations.status(probe=arguments.probe)), status_text)
    return 0


def _insights(arguments: Namespace) -> int:
    from revintel_mcp.results.text import insights_text

    operations = _operations(arguments)
    result = operations.insights(arguments.period_option or arguments.period or "ytd")
    _say_if_missing(operations)
    _print(arguments, result, insights_text)
    return 0


def _check(arguments: Namespace) -> int:
    from revintel_mcp.results.text import check_text

    result = _operations(arguments).check()
    _print(arguments, result, check_text)
    return 0 if result.ok else 1


def _doctor(arguments: Namespace) -> int:
    from revintel_mcp.doctor import examine
    from revintel_mcp.results.text import doctor_text

    operations = _operations(arguments)
    result = _run(operations, lambda: examine(operations, os.environ))
    _print(arguments, result, doctor_text)
    return 0 if result.ok else 1


def _trust(arguments: Namespace) -> int:
    from revintel_mcp.config import trust

    trusted = trust(Path(arguments.file), os.environ, home=Path.home())
    print(f"Trusted {trusted.path} as it is now; a change has to be trusted again. It may start:")
    if not trusted.servers:
        print("  nothing: it names no server stripe, gumroad or upwork")
    for name, command in trusted.servers.items():
        print(f"  {name}: {command}")
    return 0


def _demo(arguments: Namespace) -> int:
    from shlex import quote

    from revintel_mcp.demo import run_demo
    from revintel_mcp.results.text import refresh_text

    folder = Path(arguments.folder) if arguments.folder else None
    demo = run_demo(folder, os.environ, lambda sentence: print(sentence, file=sys.stderr))
    if arguments.json:
        _print(arguments, demo.second, refresh_text)
        return 0
    tracker = quote(str(demo.tracker))
    print(refresh_text(demo.second))
    print(f"""
The tracker is a file you can read and edit: {demo.tracker}

Try next:
  revintel-mcp explain "Mar 2026" --tracker {tracker}
  revintel-mcp add 1200 Fiverr --client "Ada Park" --tracker {tracker}
  revintel-mcp check --tracker {tracker}
Then your own: revintel-mcp doctor""")
    return 0


def _import(arguments: Namespace) -> int:
    from revintel_mcp.results.text import import_text

    result = _operations(arguments).import_csv(
        Path(arguments.file),
        arguments.channel,
        columns=arguments.map,
        only=arguments.only,
        currency=arguments.currency,
        days=arguments.days,
        encoding=arguments.encoding,
        dry_run=arguments.dry_run,
    )
    _print(arguments, result, import_text)
    return 1 if result.problems else 0


def _dashboard(arguments: Namespace) -> int:
    from dashboard.launch import main

    _settings(arguments)  # a mistake is told here, not in a browser
    options = {setting.env: value for setting in SETTINGS if (value := getattr(arguments, f"setting_{setting.key}"))}
    code: int = main(arguments.port, open_browser=not arguments.no_browser, environ={**os.environ, **options})
    return code


_UPSTREAMS: Final = ("stripe", "gumroad", "upwork", "demo")
_UPSTREAM_HELP: Final = """usage: revintel-mcp upstream stripe|gumroad|upwork|demo [options]

Runs a read-only MCP server over stdio, for a program that speaks MCP to start: name it in your mcp.json.

  stripe   charges, ledger, refunds, disputes, subscriptions; needs STRIPE_SECRET_KEY
  gumroad  sales, products, payouts; needs GUMROAD_ACCESS_TOKEN
  upwork   earnings from downloaded CSV files; needs UPWORK_CSV_FOLDER, or the folder after the name
  demo     an invented year of each: demo stripe|gumroad|upwork --now TIME

More on one of them: revintel-mcp upstream stripe --help"""


def upstream(words: list[str]) -> int:
    """Run a bundled upstream server: `upstream stripe|gumroad|upwork|demo …`."""
    from importlib import import_module

    if words[:1] in (["--help"], ["-h"]):
        print(_UPSTREAM_HELP)
        return 0
    if not words or words[0] not in _UPSTREAMS:
        told = f"no upstream server is called {words[0]!r}" if words else "upstream needs the name of a server"
        print(f"revintel-mcp: {told}; type: revintel-mcp upstream {'|'.join(_UPSTREAMS)}", file=sys.stderr)
        return 2
    module = import_module(f"revintel_mcp.upstreams.{words[0]}")
    code: int = module.main(words[1:])
    return code


BY_VERB: Final[Mapping[str, Callable[[Namespace], int]]] = {
    "serve": _serve,
    "refresh": _refresh,
    "summary": _summary,
    "add": _add,
    "update": _update,
    "void": _void,
    "list": _list,
    "explain": _explain,
    "insights": _insights,
    "status": _status,
    "check": _check,
    "doctor": _doctor,
    "trust": _trust,
    "demo": _demo,
    "import": _import,
    "dashboard": _dashboard,
}
