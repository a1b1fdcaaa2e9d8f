"""What an upstream's words about a failure mean: which kind it is, and a short redacted sentence for the user."""

import re
from typing import Any, Final

from revintel_mcp.sources.contract import Failure, FailureKind
from revintel_mcp.sources.redaction import redact

#: A message longer than this helps nobody; a page of HTML or a stack trace starts with what matters.
LONGEST_MESSAGE: Final = 300

# In this order: "403 … rate limit exceeded" is a rate limit, "permission … token" is a permission.
_KINDS: Final = (
    (FailureKind.RATE_LIMIT, r"\b429\b|too many requests|rate[\s_-]?limit|retry later|StripeRateLimit"),
    (
        FailureKind.PERMISSION,
        r"\b403\b|permission|forbidden|insufficient|oauth2? .{0,20}scope|missing scope|not authorized to|no account found",
    ),
    (
        FailureKind.AUTH,
        r"\b401\b|unauthori[sz]ed|authenticat|api[\s_-]?key|(?:invalid|expired|missing|bad|no|access)[\s_-]*token"
        r"|token (?:is |was |has )?(?:invalid|expired|rejected|missing|revoked)|invalid_grant|credentials|log(?:ged)? ?in"
        r"|sign[\s-]?in|code:? ?\"?AUTH|\bAUTH\b",
    ),
    (FailureKind.TIMEOUT, r"timed?[\s_-]?out|ETIMEDOUT|deadline exceeded|\b408\b|\b504\b"),
    (
        FailureKind.UNAVAILABLE,
        r"fetch failed|ECONN\w+|ENOTFOUND|EAI_AGAIN|EPIPE|socket hang up|connection|network|unreachable|could not connect"
        r"|\b50[0235]\b|internal server error|bad gateway|service unavailable|temporarily|Unexpected token '?<"
        r"|StripeAPIError|StripeConnection|could not start chrome",
    ),
)
_KIND_BY_TEXT: Final = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)

# The official Stripe server of 2025 answers every refusal, whatever its cause, with such a sentence and nothing else.
_OPAQUE = re.compile(r"^failed to (?:list|retrieve|fetch|get|search) [\w\s]+$", re.IGNORECASE)
_RETRY_AFTER = re.compile(r"retry[\s_-]?after\D{0,12}(\d{1,4}(?:\.\d+)?)", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_ANY_MARKUP = re.compile(r"<[^>]{0,200}>")


def failure_from_text(source: str, text: str, *, fallback: FailureKind = FailureKind.BAD_ANSWER) -> Failure:
    """The failure that `text` describes; `fallback` is its kind where the words say nothing."""
    message = short(text)
    if _OPAQUE.match(message):
        told = f"the server only says {message!r}: {source.title()} refused or could not be reached; check the key"
        return Failure(FailureKind.UNAVAILABLE, told)
    if source == "gumroad" and "Unexpected end of JSON input" in text:
        # Gumroad answers 401 and 403 with an empty body, which a server that expects JSON reports like this.
        return Failure(FailureKind.AUTH, "Gumroad rejected the access token (its answer was empty)")
    kind = next((kind for kind, pattern in _KIND_BY_TEXT if pattern.search(text)), fallback)
    return Failure(kind, message or "the answer was empty", _retry_after(text))


def prose(source: str, text: str) -> Failure:
    """The failure for text where records were expected: an error in plain words, or a page made for people."""
    told = failure_from_text(source, text)
    if told.kind is not FailureKind.BAD_ANSWER:
        return told
    advice = "text for people is no ledger, its amounts may be rounded; use a tool or server that answers in JSON"
    return Failure(FailureKind.BAD_ANSWER, f"answered in words, not records: {told.message!r}; {advice}")


def short(text: str) -> str:
    """One redacted line of at most `LONGEST_MESSAGE` characters."""
    # Redact before cutting: a key cut in two would no longer look like one.
    line = _SPACES.sub(" ", _ANY_MARKUP.sub(" ", redact(text[:20_000]))).strip()
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1] + "…"


def words_of(value: Any, *, depth: int = 4) -> str:
    """The texts of an error object, the telling ones (`message`, `type`, `code`) first, in one line."""
    return " ".join(_words(value, depth))


def _words(value: Any, depth: int) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return [str(value)]
    if depth == 0:
        return []
    if isinstance(value, list):
        return [word for item in value[:5] for word in _words(item, depth - 1)]
    if isinstance(value, dict):
        told = [
            key for key in ("message", "error", "detail", "errors", "type", "code", "status", "reason") if key in value
        ]
        rest = [] if told else [key for key in list(value)[:8] if isinstance(key, str)]
        return [word for key in told or rest for word in _words(value[key], depth - 1)]
    return []


def _retry_after(text: str) -> float | None:
    match = _RETRY_AFTER.search(text)
    return float(match[1]) if match else None
