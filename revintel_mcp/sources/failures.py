"""What an upstream's words about a failure mean: which kind it is, and a short redacted sentence for the user."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.sources.redaction import redact

#: A message longer than this helps nobody; a page of HTML or a stack trace starts with what matters.
LONGEST_MESSAGE: Final = 300
_LONGEST_READ: Final = 20_000

# The first that fits decides: "403 … rate limit exceeded" is a rate limit, "permission … token" is a permission.
_WORDS_OF_KINDS: Final = (
    (FailureKind.RATE_LIMIT, r"\b429\b|too\ many\ requests|rate[\s_-]?limit|retry\ later"),
    (FailureKind.NO_USABLE_TOOL, r"unknown\ tool|tool\ \S{1,60}\ not\ found|method\ not\ found|not\ ?implemented"),
    (
        FailureKind.PERMISSION,
        r"""\b403\b|permission|forbidden|insufficient|\bscopes?\b|not\ (?:authorized|allowed)\ to|access\ denied
        |no\ account\ found""",
    ),
    (
        FailureKind.AUTH,
        r"""\b401\b|unauthori[sz]ed|authenticat|authorization|api[\s_-]?key|credentials|invalid_grant|\bAUTH\b
        |\b(?:KeyError|missing|requires?|set|provide|needs?)\b.{0,60}?%(variable)s
        |%(variable)s.{0,40}?\b(?:required|missing|undefined|unset|empty|must\ be|not\ (?:set|found|provided|defined))\b
        |(?:secret|restricted)[\s_-]key|(?:invalid|expired|missing|bad|no|access)[\s_-]*token
        |token\ (?:is|was|has|invalid|expired|rejected|missing)|log(?:ged)?[\s_-]?in\b|sign[\s_-]?in\b""",
    ),
    (FailureKind.TIMEOUT, r"timed?[\s_-]?out|ETIMEDOUT|deadline\ exceeded|\b408\b|\b504\b"),
    (
        FailureKind.UNAVAILABLE,
        r"""fetch\ failed|ECONN\w+|ENOTFOUND|EAI_AGAIN|EPIPE|socket\ hang\ up|connection|network|unreachable
        |could\ not\ (?:connect|start)|an\ (?:unknown\ |unexpected\ )?error\ occurred|\b50[0235]\b
        |internal\ server\ error|bad\ gateway|unavailable|temporarily|Unexpected\ token\ '?<|StripeAPIError""",
    ),
)
# The name of a variable that holds a key: what a server says that was started without it.
_VARIABLE: Final = r"(?-i:\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:TOKEN|KEY|SECRET|CLIENT_ID)\b)"
_KINDS: Final = tuple(
    (kind, re.compile(words.replace("%(variable)s", _VARIABLE), re.IGNORECASE | re.VERBOSE | re.DOTALL))
    for kind, words in _WORDS_OF_KINDS
)

# The official Stripe server of 2025 answers every refusal, whatever its cause, with such a sentence and nothing else.
_OPAQUE = re.compile(r"failed to (?:list|retrieve|fetch|get|search) [\w\s]+", re.IGNORECASE)
# What the hosted Stripe server says of an account that was asked for as a live one.
_SANDBOX = re.compile(r"\bis a sandbox account\b", re.IGNORECASE)
# Headings, lists, tables and amounts: a page for people, which may well speak of keys and permissions.
_PAGE = re.compile(r"^\s*(?:#|[-*|]\s)|\$\s?\d", re.MULTILINE)
_RETRY_AFTER = re.compile(r"retry[\s_-]?after\D{0,12}(\d{1,4}(?:\.\d+)?)", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_MARKUP = re.compile(r"<[^>]{0,200}>")
#: Fields of an error object that hold a sentence for people.
MEANT_FOR_US: Final = ("message", "error", "errors", "detail", "reason")
_TELLING: Final = (*MEANT_FOR_US, "type", "code", "status", "status_code", "statusCode")
_DEEPEST: Final = 4
_LONGEST_TYPE: Final = 80
_KINDS_OF_TYPES: Final = (
    (FailureKind.RATE_LIMIT, re.compile(r"rate_?limit", re.IGNORECASE)),
    (FailureKind.PERMISSION, re.compile(r"permission", re.IGNORECASE)),
    (FailureKind.AUTH, re.compile(r"authentication", re.IGNORECASE)),
    (FailureKind.TIMEOUT, re.compile(r"^time_?out", re.IGNORECASE)),
    (FailureKind.UNAVAILABLE, re.compile(r"^(?:unavailable|configuration)_error$", re.IGNORECASE)),
)
_LONGEST_WAIT_S: Final = 86_400
_MOST_ITEMS: Final = 8


def failure_from_text(
    source: str, text: str, *, fallback: FailureKind = FailureKind.BAD_ANSWER, shown: str = ""
) -> Failure:
    """The failure that `text` describes; `fallback` is its kind where the words say nothing, `shown` what to show."""
    message = short(shown or text)
    if _OPAQUE.fullmatch(message):
        told = f"the server only says {message!r}: {source.title()} refused or could not be reached; check the key"
        return Failure(FailureKind.UNAVAILABLE, told)
    if source == "stripe" and _SANDBOX.search(text):
        told = f"{message} A sandbox holds test payments, which are no income: connect the live account"
        return Failure(FailureKind.PERMISSION, told)
    if source == "gumroad" and "Unexpected end of JSON input" in text:
        # Gumroad answers 401 and 403 with an empty body, which a server that expects JSON reports like this.
        return Failure(FailureKind.AUTH, "Gumroad rejected the access token (its answer was empty)")
    read = text[:_LONGEST_READ]
    kind = next((kind for kind, words in _KINDS if words.search(read)), fallback)
    retry = _RETRY_AFTER.search(read)
    return Failure(kind, message or "the answer was empty", float(retry[1]) if retry else None)


def failure_from_value(source: str, value: Any) -> Failure:
    """The failure that an error object describes: its kind from all it says, its message from what is meant for us."""
    words = " ".join(_words(value, _DEEPEST, _TELLING))
    told = failure_from_text(source, words, shown="; ".join(dict.fromkeys(_words(value, _DEEPEST, MEANT_FOR_US))))
    if (kind := _kind_of_type(value)) is not None:
        told = replace(told, kind=kind)
    after = _retry_after(value)
    return told if after is None else replace(told, retry_after_s=after)


def _kind_of_type(value: Any) -> FailureKind | None:
    """The kind that an error object states in its `type` (`authentication_error`), where that leaves no doubt.

    Its sentence may speak of scopes and permissions while it asks for a key.
    """
    inner = value.get("error") if isinstance(value, dict) else None
    for holder in (inner, value):
        stated = holder.get("type") if isinstance(holder, dict) else None
        if isinstance(stated, str) and len(stated) < _LONGEST_TYPE:
            return next((kind for kind, words in _KINDS_OF_TYPES if words.search(stated)), None)
    return None


def _retry_after(value: Any) -> float | None:
    """The seconds to wait that an error object names, itself or in its `error`."""
    inner = value.get("error") if isinstance(value, dict) else None
    for holder in (value, inner):
        given = holder.get("retry_after_s", holder.get("retry_after")) if isinstance(holder, dict) else None
        if isinstance(given, (int, float)) and not isinstance(given, bool) and 0 <= given < _LONGEST_WAIT_S:
            return float(given)
    return None


def prose(source: str, text: str) -> Failure:
    """The failure for text where records were expected: an error in plain words, or a page made for people."""
    told = failure_from_text(source, text)
    if told.kind is not FailureKind.BAD_ANSWER and not _PAGE.search(text[:_LONGEST_READ]):
        return told
    advice = "text for people is no ledger, its amounts may be rounded; use a tool or server that answers in JSON"
    return Failure(FailureKind.BAD_ANSWER, f"answered in words, not records ({told.message!r}); {advice}")


def short(text: str) -> str:
    """One redacted line of at most `LONGEST_MESSAGE` characters."""
    # Redact before cutting: a key cut in two would no longer look like one.
    line = _SPACES.sub(" ", _MARKUP.sub(" ", redact(text[:_LONGEST_READ]))).strip()
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1] + "…"


def _words(value: Any, depth: int, keys: Sequence[str]) -> list[str]:
    """The texts of an error object: those under `keys`, or all there are if it has none of these."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, (int, float)):
        return [] if isinstance(value, bool) else [str(value)]
    if depth and isinstance(value, list):
        return [word for item in value[:_MOST_ITEMS] for word in _words(item, depth - 1, keys)]
    if depth and isinstance(value, dict):
        told = [key for key in keys if value.get(key)]
        return [word for key in told or list(value)[:_MOST_ITEMS] for word in _words(value[key], depth - 1, keys)]
    return []
