"""Which texts of an upstream's configuration must never be shown: by the name they go under, and by their look."""

import re
from collections.abc import Mapping, Sequence

from revintel_mcp.sources.redaction import SHORTEST_SECRET

_SECRET_NAME = re.compile(r"(?i)key|token|secret|passw|auth(?!or(?!i[sz]))|credential|cookie|bearer")
_TOKEN_LIKE = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_+=~.-]{16,}")
_HEADER = re.compile(r"([A-Za-z-]+):\s*(.+)")


def is_secret(name: str, value: str) -> bool:
    """Whether a value is one: `STRIPE_KEY` names it, or it looks like a token."""
    if len(value) < SHORTEST_SECRET:
        return False  # too short to be told from ordinary text
    return bool(_SECRET_NAME.search(name) or _TOKEN_LIKE.fullmatch(value))


def secrets_of(*, named: Mapping[str, str], args: Sequence[str], url: str) -> frozenset[str]:
    """The secrets among variables and headers, in a command line, and in an address."""
    found = {part for name, value in named.items() if is_secret(name, value) for part in _parts(value)}
    found |= _in_arguments(args) | _in_address(url)
    return frozenset(secret for secret in found if len(secret) >= SHORTEST_SECRET)


def _parts(value: str) -> set[str]:
    """A header's value, and its token without `Bearer`."""
    return {value, value.rpartition(" ")[2]}


def _in_arguments(args: Sequence[str]) -> set[str]:
    """`X` of `--api-key=X`, `--api-key X`, `gumroadAccessToken=X`, `--header "Authorization: Bearer X"`, and tokens."""
    found: set[str] = set()
    previous = ""
    for arg in args:
        name, _, value = arg.partition("=")
        announced = previous.startswith("-") and "=" not in previous and bool(_SECRET_NAME.search(previous))
        if value and _SECRET_NAME.search(name):
            found.add(value)
        elif announced or (_TOKEN_LIKE.fullmatch(arg) and not arg.startswith("-")):
            found.add(arg)
        elif (header := _HEADER.fullmatch(arg)) and _SECRET_NAME.search(header[1]):
            found |= _parts(header[2])
        previous = arg
    return found


def _in_address(url: str) -> set[str]:
    """The password and the telling query values of an address, as written and decoded."""
    if not url:
        return set()
    from urllib.parse import parse_qsl, unquote, urlsplit  # noqa: PLC0415 - only HTTP entries pay for the import

    split = urlsplit(url)
    values = {value for name, value in parse_qsl(split.query) if is_secret(name, value)}
    return values | ({split.password, unquote(split.password)} if split.password else set())
