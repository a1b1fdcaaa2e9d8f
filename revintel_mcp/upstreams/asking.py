"""Asking a platform over the network: what is common to Stripe and Gumroad, so that both do it as carefully.

Retries are stamina's: backoff with jitter, within a number of attempts and a budget of seconds. Only failures that say
of themselves that they may pass are tried again; a platform that says how long to wait is obeyed if that is short.
"""

import base64
import os
from collections.abc import Callable, Mapping
from typing import Final, TypeVar
from urllib.parse import quote, urlsplit

from revintel_mcp.upstreams.errors import AuthenticationError, ConfigurationError, UpstreamError

T = TypeVar("T")

ATTEMPTS: Final = 5
BUDGET_S: Final = 20.0
REQUEST_TIMEOUT_S: Final = 15.0
#: A wait longer than this is left to the caller, with the platform's own figure.
LONGEST_WAIT_S: Final = 8.0

_LOOPBACK: Final = frozenset(("localhost", "127.0.0.1", "::1"))


def patiently(ask: Callable[[], T]) -> T:
    """The answer of `ask`, tried again while it fails in a way that may pass, until the budget is spent.

    Raises:
        UpstreamError: the last failure.
    """
    import stamina  # noqa: PLC0415 - only a call needs it, not the start

    for attempt in stamina.retry_context(
        on=_wait_before_retry,
        attempts=ATTEMPTS,
        timeout=BUDGET_S,
        wait_initial=0.5,
        wait_max=4.0,
        wait_jitter=0.5,
    ):
        with attempt:
            return ask()
    raise AssertionError("stamina ends with an answer or an error")


def key_from(environ: Mapping[str, str], name: str, how_to_get: str) -> str:
    """The key that the environment variable `name` holds.

    Raises:
        AuthenticationError: it is missing, was never expanded, or can't be a key; the message never repeats it.
    """
    key = environ.get(name, "").strip()
    if not key or key.startswith("${"):
        raise AuthenticationError(f"{name} is not set in this server's environment; {how_to_get}")
    if not key.isascii() or not key.isprintable() or " " in key:
        raise AuthenticationError(f"{name} has characters that no key has; copy it again; {how_to_get}")
    return key


def base_url_from(environ: Mapping[str, str], name: str, default: str) -> str:
    """The API's base URL: HTTPS, or plain HTTP on this machine, without a slash at the end.

    Raises:
        ConfigurationError: a key would travel unencrypted, or it is no URL.
    """
    url = (environ.get(name) or default).strip().rstrip("/")
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not safe or not parts.hostname or parts.username or parts.query:
        raise ConfigurationError(f"{name} must be an https:// address (http:// only on this machine)")
    return url


def masked(key: str) -> str:
    """`sk_…4242`: enough to tell which key it was."""
    prefix = key[: key.index("_") + 1] if "_" in key[:5] else ""
    return f"{prefix}…{key[-4:]}" if len(key) >= 12 else "…"


def without(text: str, key: str) -> str:
    """`text` with the key masked, wherever a platform echoed it: as it is, in an address, in a Basic header."""
    basic = (base64.b64encode(written.encode()).decode() for written in (f"{key}:", key))
    for echoed in (key, quote(key, safe=""), *basic):
        text = text.replace(echoed, masked(key))
    return text


def process_environment() -> Mapping[str, str]:
    """The environment of this process, read at the moment of asking."""
    return os.environ


def _wait_before_retry(error: Exception) -> bool | float:
    if not isinstance(error, UpstreamError) or not error.retryable:
        return False
    if error.retry_after_s is None:
        return True
    return error.retry_after_s if error.retry_after_s <= LONGEST_WAIT_S else False
