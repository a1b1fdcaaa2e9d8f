"""The settings: environment variables, each also an option of the command. All mistakes are reported at once.

`SETTINGS` is the one table of them; README and `--help` are made from it. Nothing here reads the process's own
environment: whoever starts the program passes it in.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from revintel_mcp.errors import UsageError
from revintel_mcp.machine_zone import machine_zone, zone_named

_PREFIX: Final = "REVINTEL_"
#: Years that it can be: those of entries.
_YEARS: Final = range(1970, 2201)


class Settings(NamedTuple):
    """What the user set, read and checked. Money is US dollars, limits are seconds.

    `now` is the instant that stands for the clock (demos, tests); None is the real clock. `mcp_config` is the file
    that names the upstreams, None to look in the usual places.
    """

    tracker: Path
    mcp_config: Path | None
    timezone: tzinfo
    lookback_days: int
    fiscal_year_start: int
    client_names: Literal["full", "domain"]
    start_timeout_s: float
    call_timeout_s: float
    monthly_goal: Decimal | None
    tax_set_aside: Decimal | None
    mcp_url: str
    now: datetime | None


class Setting(NamedTuple):
    """One line of the table of settings. `default` and `meaning` are for people; `example` is a value that works."""

    key: str
    default: str
    meaning: str
    example: str

    @property
    def env(self) -> str:
        """`REVINTEL_LOOKBACK_DAYS`."""
        return _PREFIX + self.key.upper()

    @property
    def option(self) -> str:
        """`--lookback-days`."""
        return "--" + self.key.replace("_", "-")


SETTINGS: Final = (
    Setting(
        "tracker",
        "~/.claude/reference/freelance/revenue-tracker.md",
        "The markdown file that holds your revenue. It is made when it does not exist.",
        "~/money/revenue-tracker.md",
    ),
    Setting(
        "mcp_config",
        "looked up",
        "The file that says how to start your Stripe, Gumroad and Upwork MCP servers. Not set, each is looked up in "
        "the working folder's .mcp.json (once trusted), your Claude Code configuration, and its enabled plugins.",
        "~/work/.mcp.json",
    ),
    Setting(
        "timezone",
        "this machine's",
        "Where a day begins and ends for your books: a sale late on 31 December counts in the year of this zone.",
        "America/New_York",
    ),
    Setting(
        "lookback_days",
        "180",
        "How many days before its last complete refresh a source is asked again, to catch late refunds and disputes.",
        "365",
    ),
    Setting(
        "fiscal_year_start",
        "1",
        "The month your business year starts with, 1 to 12; the year-to-date total follows it.",
        "4",
    ),
    Setting(
        "client_names",
        "full",
        "What is kept of a buyer's e-mail address: full, or only its domain.",
        "domain",
    ),
    Setting(
        "start_timeout",
        "30",
        "Seconds an upstream server may take to start and list its tools. A first npx download may need more.",
        "90",
    ),
    Setting(
        "call_timeout",
        "60",
        "Seconds an upstream server may take to answer one question.",
        "120",
    ),
    Setting(
        "monthly_goal",
        "none",
        "What you want to earn in a month, in US dollars before fees; insights compare with it.",
        "8000",
    ),
    Setting(
        "tax_set_aside",
        "none",
        "Percent of your net income to put aside for taxes; insights show the sum.",
        "30",
    ),
    Setting(
        "mcp_url",
        "starts its own",
        "For the dashboard: the address of a server that already runs over HTTP.",
        "http://127.0.0.1:8321/mcp",
    ),
    Setting(
        "now",
        "the clock",
        "For demos and tests: an ISO 8601 time that stands for now.",
        "2026-02-19T14:03:22-05:00",
    ),
)


class _Mistake(ValueError):
    """A value that can't be used; the message says what would do."""


def load_settings(
    environ: Mapping[str, str], options: Mapping[str, str | None] | None = None, *, root: Path = Path("/")
) -> Settings:
    """The settings from environment variables and options; an option wins, an empty value counts as not set.

    Args:
        environ: The environment, with `HOME` for `~` and `TZ` for the machine's zone.
        options: Values by key (`tracker`, `lookback_days` …); None where the option was not given.
        root: Where `etc/localtime` is looked up when no zone is set.

    Raises:
        UsageError: Something can't be used; the message names every mistake, one a line.
    """
    given = {key: value for key, value in (options or {}).items() if value}
    home = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
    zone = machine_zone(environ, root)
    values: dict[str, Any] = {}
    mistakes = _misspelt(environ)
    for setting in SETTINGS:
        name, text = (
            (setting.option, given[setting.key])
            if setting.key in given
            else (
                setting.env,
                environ.get(setting.env, ""),
            )
        )
        try:
            values[setting.key] = _READERS[setting.key](text.strip() or None, home, zone)
        except _Mistake as mistake:
            mistakes.append(f"{name}={text}: {mistake}")
    if mistakes:
        raise UsageError("\n".join(mistakes))
    return _assemble(values)


def _assemble(values: dict[str, Any]) -> Settings:
    """The settings from their values by key; a naive `now` is taken in the settled zone."""
    now: datetime | None = values["now"]
    if now is not None and now.tzinfo is None:
        values["now"] = now.replace(tzinfo=values["timezone"])
    for key in ("start_timeout", "call_timeout"):
        values[f"{key}_s"] = values.pop(key)
    return Settings(**{name: values[name] for name in Settings._fields})


def _misspelt(environ: Mapping[str, str]) -> list[str]:
    """Variables that look like a setting and are none: a typo would otherwise change nothing, silently."""
    known = [setting.env for setting in SETTINGS]
    odd = [name for name in environ if name.startswith(_PREFIX) and name not in known]
    if not odd:
        return []
    from difflib import get_close_matches  # noqa: PLC0415 - only a typo pays for the import

    found = ((name, get_close_matches(name, known, n=1, cutoff=0.85)) for name in sorted(odd))
    return [f"{name}: no setting has this name; did you mean {near[0]}?" for name, near in found if near]


_Reader = Callable[[str | None, Path, tzinfo], Any]


def _path(default: str | None) -> _Reader:
    def read(text: str | None, home: Path, _zone: tzinfo) -> Path | None:
        text = text or default
        if text is None:
            return None
        return home / text[2:] if text.startswith("~/") else Path(text)

    return read


def _whole(default: int, low: int, high: int, what: str) -> _Reader:
    def read(text: str | None, _home: Path, _zone: tzinfo) -> int:
        if text is None:
            return default
        if not re.fullmatch(r"[0-9]{1,6}", text) or not low <= int(text) <= high:
            raise _Mistake(f"not {what}; write a whole number from {low} to {high}")
        return int(text)

    return read


def _seconds(default: float) -> _Reader:
    def read(text: str | None, _home: Path, _zone: tzinfo) -> float:
        if text is None:
            return default
        number = _decimal(text, "seconds, such as 60")
        if not 0 < number <= 86_400:
            raise _Mistake("not a time limit; write seconds, more than 0 and at most 86400")
        return float(number)

    return read


def _amount(high: int, what: str) -> _Reader:
    def read(text: str | None, _home: Path, _zone: tzinfo) -> Decimal | None:
        if text is None:
            return None
        number = _decimal(text, what)
        if not 0 <= number <= high:
            raise _Mistake(f"out of range; write {what}, from 0 to {high}")
        return number

    return read


def _decimal(text: str, what: str) -> Decimal:
    """A plain decimal number; no exponent, no `nan`, no thousands separators that two countries read differently."""
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text):
        raise _Mistake(f"not a number; write {what}")
    try:
        return Decimal(text)
    except InvalidOperation as error:  # pragma: no cover - the pattern leaves only decimals
        raise _Mistake(f"not a number; write {what}") from error


def _zone(text: str | None, _home: Path, machine: tzinfo) -> tzinfo:
    if text is None:
        return machine
    found = zone_named(text)
    if found is None:
        raise _Mistake("no such time zone; write a name such as America/New_York or UTC")
    return found


def _client_names(text: str | None, _home: Path, _zone: tzinfo) -> str:
    value = (text or "full").lower()
    if value not in {"full", "domain"}:
        raise _Mistake("not a choice; write full or domain")
    return value


def _url(text: str | None, _home: Path, _zone: tzinfo) -> str:
    if text is not None and not re.fullmatch(r"https?://[^\s/]+\S*", text):
        raise _Mistake("not an address; write one such as http://127.0.0.1:8321/mcp")
    return text or ""


def _instant(text: str | None, _home: Path, _zone: tzinfo) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _Mistake("not a time; write one such as 2026-02-19T14:03:22-05:00") from None
    if found.year not in _YEARS:
        raise _Mistake(f"in the year {found.year}; write a time such as 2026-02-19T14:03:22-05:00")
    return found


_READERS: Final[Mapping[str, _Reader]] = {
    "tracker": _path(SETTINGS[0].default),
    "mcp_config": _path(None),
    "timezone": _zone,
    "lookback_days": _whole(180, 0, 3650, "a number of days"),
    "fiscal_year_start": _whole(1, 1, 12, "a month"),
    "client_names": _client_names,
    "start_timeout": _seconds(30),
    "call_timeout": _seconds(60),
    "monthly_goal": _amount(1_000_000_000, "US dollars, such as 8000 or 8000.50"),
    "tax_set_aside": _amount(100, "a percentage, such as 30"),
    "mcp_url": _url,
    "now": _instant,
}
