"""What went wrong with an upstream, and how it is told: one kind, one sentence, one thing to do.

The client reports troubles in its own words; here they become `Failure`s. What the upstream itself said is evidence
(its stderr, its exit code, an HTTP status): it decides the kind, and its words are quoted redacted and short.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Final

from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.sources.failures import failure_from_text
from revintel_mcp.sources.redaction import mask, redact
from revintel_mcp.upstream_entry import UpstreamEntry

_LONGEST_QUOTE: Final = 240
_KEY_VARIABLES: Final = {
    "stripe": "STRIPE_SECRET_KEY",
    "gumroad": "GUMROAD_ACCESS_TOKEN",
    "upwork": "UPWORK_ACCESS_TOKEN",
}
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")
_NO_NEWS = re.compile(
    r"^\s*(?:$|at\s|\^|\d+\s*\||npm (?:warn|notice)|node:|Node\.js v|File \"|Traceback|(?:errno|code|syscall):"
    r"|[{}\[\]()]*;?,?\s*$|\[?(?:info|debug)\b|.*running on stdio)",
    re.IGNORECASE,
)

# What a process writes that waits in vain for its platform (Node's and Python's words).
_NO_NETWORK = re.compile(
    r"fetch failed|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ENETUNREACH|ETIMEDOUT|socket hang up"
    r"|Name or service not known|Connection refused|Network is unreachable",
    re.IGNORECASE,
)
_NAMES_A_KEY = re.compile(r"key|token|secret", re.IGNORECASE)
# The variable that a program names when it misses it.
_NAMED_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:TOKEN|KEY|SECRET)\b")


class Trouble(Enum):
    """What the client saw."""

    NOT_STARTED = auto()  # the program can't be started
    CLOSED = auto()  # the connection ended
    SILENT = auto()  # a time limit passed
    ANSWERED_ERROR = auto()  # it answered with an error of the protocol
    GARBLED = auto()  # its answer is not what the protocol allows
    TOO_LARGE = auto()  # its answer is larger than we take
    HTTP_STATUS = auto()  # it answered with an HTTP status of failure
    UNREACHABLE = auto()  # no HTTP connection


class UpstreamTrouble(Exception):
    """A trouble on its way up to where it becomes a `Failure`. `text` is as it came, it may hold secrets."""

    def __init__(
        self, trouble: Trouble, text: str = "", *, status: int = 0, retry_after_s: float | None = None
    ) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble
        self.text = text
        self.status = status
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about the process besides the trouble; all texts as they came."""

    complaints: str = ""
    exit_code: int | None = None
    noise: str = ""
    oversized: bool = False


@dataclass(frozen=True, slots=True)
class Occasion:
    """During what it happened: `start`, `list` or the tool's name; `limit_s` is the time limit that held."""

    doing: str
    limit_s: float
    largest_mb: int

    @property
    def act(self) -> str:
        """`was starting`, for a sentence about something that ended meanwhile."""
        return {"start": "starting", "list": "listing its tools"}.get(self.doing, f"answering {self.doing}")


def failure(entry: UpstreamEntry, trouble: UpstreamTrouble, evidence: Evidence, occasion: Occasion) -> Failure:
    """The failure to show for a trouble, redacted."""
    if evidence.oversized:
        trouble = UpstreamTrouble(Trouble.TOO_LARGE)
    kind, message = _TOLD[trouble.trouble](entry, trouble, evidence, occasion)
    return Failure(kind, redact(message, entry.secrets), trouble.retry_after_s)


def last_words(complaints: str, secrets: frozenset[str] = frozenset()) -> str:
    """The telling end of a process's stderr: redacted, in one line of at most 240 characters; empty if nothing."""
    lines = [_ESCAPES.sub("", line).strip() for line in redact(complaints, secrets).splitlines()]
    telling = [line for line in lines if not _NO_NEWS.match(line)] or [line for line in lines if line][-1:]
    quote = " ".join(" ".join(telling[-3:]).split()).rstrip(".,;")
    return quote if len(quote) <= _LONGEST_QUOTE else "…" + quote[1 - _LONGEST_QUOTE :]


def _not_started(
    entry: UpstreamEntry, trouble: UpstreamTrouble, _evidence: Evidence, _occasion: Occasion
) -> tuple[FailureKind, str]:
    return FailureKind.UNAVAILABLE, f'{trouble.text}; mend "{entry.name}" in {entry.origin}'


def _closed(
    entry: UpstreamEntry, _trouble: UpstreamTrouble, evidence: Evidence, occasion: Occasion
) -> tuple[FailureKind, str]:
    if entry.transport != "stdio":
        return FailureKind.UNAVAILABLE, f"{entry.shown} closed the connection while {occasion.act}; try again later"
    code = "" if evidence.exit_code is None else f" (exit code {evidence.exit_code})"
    words = last_words(evidence.complaints, entry.secrets)
    told = f"it ended while {occasion.act}{code}" + (f": {words}" if words else " and said nothing")
    kind = _kind_of(entry, evidence.complaints, FailureKind.UNAVAILABLE)
    hint = _key_hint(entry) if kind is FailureKind.UNAVAILABLE and occasion.doing == "start" else ""
    return kind, f"{told}. {hint}{_remedy(entry, kind, words)}"


def _silent(
    entry: UpstreamEntry, _trouble: UpstreamTrouble, evidence: Evidence, occasion: Occasion
) -> tuple[FailureKind, str]:
    limit = f"{occasion.limit_s:g} s"
    words = last_words(evidence.complaints, entry.secrets)
    said = f"; it said: {words}" if words else ""
    kind = _kind_of(entry, evidence.complaints, FailureKind.TIMEOUT)
    if occasion.doing not in {"start", "list"}:
        longer = "Raise REVINTEL_CALL_TIMEOUT if it is only slow"
        advice = longer if kind is FailureKind.TIMEOUT else _remedy(entry, kind, words)
        return kind, f"{occasion.doing} gave no answer within {limit}{said}. {advice}"
    if evidence.noise:
        noise = redact(evidence.noise, entry.secrets)
        return FailureKind.UNAVAILABLE, f'what it wrote is not MCP ("{noise}") and it gave no answer within {limit}'
    what = "it did not start" if occasion.doing == "start" else "it did not list its tools"
    again = "Raise REVINTEL_START_TIMEOUT if it is only slow, as a first download is"
    return kind, f"{what} within {limit}{said}. {again if kind is FailureKind.TIMEOUT else _remedy(entry, kind, words)}"


def _answered_error(
    entry: UpstreamEntry, trouble: UpstreamTrouble, _evidence: Evidence, occasion: Occasion
) -> tuple[FailureKind, str]:
    told = failure_from_text(entry.source, redact(trouble.text, entry.secrets))
    empty = told.kind is FailureKind.NO_USABLE_TOOL and occasion.doing == "list"
    advice = ". It offers no tools at all: use another version of it, or another server" if empty else ""
    return told.kind, f"it refused while {occasion.act}: {told.message}{advice}"


def _garbled(
    _entry: UpstreamEntry, trouble: UpstreamTrouble, _evidence: Evidence, occasion: Occasion
) -> tuple[FailureKind, str]:
    detail = f" ({trouble.text})" if trouble.text else ""
    return (
        FailureKind.BAD_ANSWER,
        f"what it sent while {occasion.act} is not what MCP allows{detail}; update that server",
    )


def _too_large(
    _entry: UpstreamEntry, _trouble: UpstreamTrouble, _evidence: Evidence, occasion: Occasion
) -> tuple[FailureKind, str]:
    message = f"it sent more than {occasion.largest_mb} MB at once while {occasion.act}. Ask for a shorter period"
    return FailureKind.BAD_ANSWER, message


def _http_status(
    entry: UpstreamEntry, trouble: UpstreamTrouble, _evidence: Evidence, _occasion: Occasion
) -> tuple[FailureKind, str]:
    status = trouble.status
    told = f"{entry.shown} answered {_status(status)}"
    key = next((value for name, value in entry.headers.items() if name.lower() == "authorization"), "")
    if status == HTTPStatus.UNAUTHORIZED or (status == HTTPStatus.FORBIDDEN and not key):
        return FailureKind.AUTH, f"{told}. {_header_remedy(entry, key)}"
    if status == HTTPStatus.FORBIDDEN:
        return FailureKind.PERMISSION, f"{told}: the key {_masked(key)} may not read this. Give it read permission"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = f"{trouble.retry_after_s:g} s" if trouble.retry_after_s else "a minute"
        return FailureKind.RATE_LIMIT, f"{told}. Try again in {wait}"
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return FailureKind.UNAVAILABLE, f'{told}. Check "url" of "{entry.name}" in {entry.origin}'
    return FailureKind.UNAVAILABLE, f"{told}. Try again later"


def _unreachable(
    entry: UpstreamEntry, trouble: UpstreamTrouble, _evidence: Evidence, _occasion: Occasion
) -> tuple[FailureKind, str]:
    why = failure_from_text(entry.source, redact(trouble.text, entry.secrets)).message
    message = f'{entry.shown} can\'t be reached ({why}). Check "url" of "{entry.name}" in {entry.origin}'
    return FailureKind.UNAVAILABLE, message


_TOLD: Final = {
    Trouble.NOT_STARTED: _not_started,
    Trouble.CLOSED: _closed,
    Trouble.SILENT: _silent,
    Trouble.ANSWERED_ERROR: _answered_error,
    Trouble.GARBLED: _garbled,
    Trouble.TOO_LARGE: _too_large,
    Trouble.HTTP_STATUS: _http_status,
    Trouble.UNREACHABLE: _unreachable,
}


def _kind_of(entry: UpstreamEntry, complaints: str, fallback: FailureKind) -> FailureKind:
    """The kind that the last words of a process prove; else `fallback`.

    A rejected or missing key, or a limit; of one that hangs, also that it can't reach its platform.
    """
    words = last_words(complaints, entry.secrets)
    proven = failure_from_text(entry.source, words, fallback=fallback).kind
    if proven in {FailureKind.AUTH, FailureKind.PERMISSION, FailureKind.RATE_LIMIT}:
        return proven
    return FailureKind.UNAVAILABLE if _NO_NETWORK.search(words) else fallback


def _remedy(entry: UpstreamEntry, kind: FailureKind, words: str) -> str:
    """What to do about a process that ended or hangs."""
    if kind in {FailureKind.AUTH, FailureKind.PERMISSION}:
        return f'Check the key that "{entry.name}" in {entry.origin} is given, for example {_wanted(entry, words)}'
    if kind is FailureKind.RATE_LIMIT:
        return "Try again in a minute"
    return f"To see why, type: {entry.shown}"


def _key_hint(entry: UpstreamEntry) -> str:
    """What an entry may lack that gives its program no key at all, by variable or argument."""
    options = [arg.partition("=")[0] for arg in entry.args if arg.startswith("-") or "=" in arg]
    if entry.secrets or any(map(_NAMES_A_KEY.search, (*entry.env, *options))):
        return ""
    return f'If it needs a key, "{entry.name}" in {entry.origin} gives it none: add {_wanted(entry)}. '


def _wanted(entry: UpstreamEntry, words: str = "") -> str:
    """The line for the entry that gives its program a key, by the variable it named in its last `words` if it did."""
    named = _NAMED_VARIABLE.search(words)
    variable = named[0] if named else _KEY_VARIABLES[entry.source]
    return f'"env": {{"{variable}": "${{{variable}}}"}}'


def _header_remedy(entry: UpstreamEntry, key: str) -> str:
    """The header that an upstream which wants a sign-in needs."""
    if key:
        return (
            f'The key {_masked(key)} was rejected; check the "Authorization" header of "{entry.name}" in {entry.origin}'
        )
    header = f'"headers": {{"Authorization": "Bearer ${{{_KEY_VARIABLES[entry.source]}}}"}}'
    return f'It wants a key: add {header} to "{entry.name}" in {entry.origin}'


def _status(status: int) -> str:
    """`401 Unauthorized`; only the number, where it is none of the standard's."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _masked(header: str) -> str:
    return mask(header.rpartition(" ")[2])
