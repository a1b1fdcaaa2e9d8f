"""Keys and tokens out of any text: what we know to be secret, and what looks like it.

A masked key keeps what tells it from others, never what makes it work: `sk_…4242`.
"""

import base64
import re
from collections.abc import Collection, Iterable
from typing import Any, Final
from urllib.parse import quote, quote_plus

#: Below this many characters a value is no secret that can be told from ordinary text.
SHORTEST_SECRET: Final = 6
#: From this length on, a secret is not mistaken for a word of the platform's.
_TELLING: Final = 8
#: From this length on, four characters may be shown without helping anybody to guess the rest.
_SHOW_TAIL_FROM: Final = 16

_PREFIX = re.compile(r"(?:sk|rk|pk|whsec|pi|seti|cs|ghp|gho|npm|xox[a-z]|acct)_|eyJ")

_RUN: Final = r"[^\s\"'&,;<>}{)\]]"
#: What a sentence would not have there: a digit in it, or too long for a word.
_UNWORDLY: Final = rf"(?=[^\s0-9]*[0-9]){_RUN}{{6,}}|{_RUN}{{20,}}"
_ANNOUNCED: Final = (
    r"(?i)\b[a-z0-9_-]*(?:access[_-]?token|refresh[_-]?token|api[_-]?key|client[_-]?secret|secret[_-]?key|password"
    r"|passwd|auth[_-]?token|gumroad_?token)[\"']?\s*"
)

# Stripe API reference, "API keys" and "Webhooks": secret, restricted and publishable keys by prefix and mode, webhook
# secrets, and the client secrets of intents. JSON Web Tokens (RFC 7519). Then words that announce a secret.
_SHAPES: Final = (
    re.compile(r"\b(?:sk|rk|pk)_(?:live|test|org)_[A-Za-z0-9_]{4,}"),
    re.compile(r"\bwhsec_[A-Za-z0-9+/=_]{4,}"),
    re.compile(r"\b(?:pi|seti|cs)_[A-Za-z0-9_]+_secret_[A-Za-z0-9]{4,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*"),
    re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{16,}|npm_[A-Za-z0-9]{16,}|xox[abprs]-[A-Za-z0-9-]{8,})"),
    re.compile(rf"(?i)\b(?:bearer|basic)\s+({_UNWORDLY})"),
    re.compile(rf"{_ANNOUNCED}=\s*[\"']?(?!(?:bearer|basic)\b)({_RUN}{{6,}})"),
    re.compile(rf"{_ANNOUNCED}:\s*[\"']?(?!(?:bearer|basic)\b)({_UNWORDLY})"),
    re.compile(r"://[^/\s:@]*:([^/\s@]{1,})@"),
)


def mask(secret: str) -> str:
    """A stand-in that a person can recognise: known prefix, `…`, and the last four of a long one."""
    prefix = match[0] if (match := _PREFIX.match(secret)) else ""
    tail = secret[-4:] if len(secret) >= _SHOW_TAIL_FROM and secret[-4:].isalnum() else ""
    return f"{prefix}…{tail}"


def redact(text: str, secrets: Collection[str] = ()) -> str:
    """`text` without `secrets`, however they are written, and without anything that looks like a key or token."""
    for written, shown in _written(secrets):
        text = text.replace(written, shown)
    for shape in _SHAPES:
        text = shape.sub(_masked, text)
    return text


def redact_json(value: Any, secrets: Collection[str] = ()) -> Any:
    """A JSON value with every string in it redacted, the names of members too."""
    if isinstance(value, str):
        return redact(value, secrets)
    if isinstance(value, dict):
        return {redact_json(key, secrets): redact_json(item, secrets) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [redact_json(item, secrets) for item in value]
    return value


def redact_known(value: Any, secrets: Collection[str]) -> Any:
    """A JSON value of records without `secrets` themselves; everything else stays to the byte.

    For answers that become money: a secret that could be a number or a word is left alone, and nothing is taken for a
    key by its look.
    """
    written = _written(secret for secret in secrets if len(secret) >= _TELLING and not secret.isdecimal())
    return _without(value, written) if written else value


def _without(value: Any, written: Collection[tuple[str, str]]) -> Any:
    if isinstance(value, str):
        for secret, shown in written:
            if secret in value:
                value = value.replace(secret, shown)
        return value
    if isinstance(value, dict):
        return {_without(key, written): _without(item, written) for key, item in value.items()}
    return [_without(item, written) for item in value] if isinstance(value, list) else value


def _masked(match: re.Match[str]) -> str:
    """The match with its secret masked: the first group, or all of it where the shape has none."""
    secret = match[1] if match.re.groups else match[0]
    if "…" in secret:  # masked already
        return match[0]
    return match[0].replace(secret, mask(secret))


def _written(secrets: Iterable[str]) -> list[tuple[str, str]]:
    """Each way a secret may be written, with what to show; the longest first, so that none is cut in two."""
    ways: dict[str, str] = {}
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            ways |= dict.fromkeys(_ways(secret), mask(secret))
    return sorted(ways.items(), key=lambda way: -len(way[0]))


def _ways(secret: str) -> set[str]:
    """As it is, in a URL, in JSON, and in the base64 of HTTP Basic (RFC 7617: `key:` or `:key`)."""
    raw = secret.encode()
    coded = {base64.b64encode(part).decode() for part in (raw, raw + b":", b":" + raw)}
    quoted = {quote(secret, safe=""), quote_plus(secret), quote(secret)}
    escaped = secret.replace("\\", "\\\\").replace('"', '\\"')
    return {secret, escaped} | quoted | coded | {code.rstrip("=") for code in coded}
