"""HTTP to an upstream, watched: its refusals are remembered, and no answer may be larger than allowed.

The MCP SDK tells only that a server refused. The status, and how long to wait, are what the user needs.
"""

import ssl
from collections.abc import AsyncIterator
from functools import cache
from typing import Any, Final, cast

import httpx2

_CONNECT_S: Final = 30.0


class HttpWatch:
    """What the SDK does not pass on of HTTP: the last status of failure, how long to wait, and bodies out of bounds."""

    def __init__(self, largest_body: int, call_s: float) -> None:
        self._largest_body = largest_body
        self._call_s = call_s
        self.status = 0
        self.retry_after_s: float | None = None
        self.oversized = False

    def reset(self) -> None:
        """Forget what an earlier request met."""
        self.status, self.retry_after_s = 0, None

    async def note(self, response: httpx2.Response) -> None:
        """Look at a response before its body is read: remember one that says no, bound the body of any answer."""
        if response.request.method != "POST":
            return  # a stream of events has no size, and may be refused (MCP specification, "Listening for messages")
        if response.status_code >= 400:
            self.status = response.status_code
            self.retry_after_s = _seconds(response.headers.get("retry-after", ""))
        response.stream = _BoundedStream(cast("httpx2.AsyncByteStream", response.stream), self)

    def client(
        self,
        headers: dict[str, str] | None = None,
        timeout: httpx2.Timeout | None = None,
        auth: httpx2.Auth | None = None,
        **_options: Any,
    ) -> httpx2.AsyncClient:
        """A client that watches, as the transports ask for one. They follow redirects themselves, within the origin."""
        return httpx2.AsyncClient(
            headers=headers,
            timeout=timeout or httpx2.Timeout(_CONNECT_S, read=self._call_s + _CONNECT_S),
            auth=auth,
            verify=_trusted_authorities(),
            event_hooks={"response": [self.note]},
        )

    def count(self, received: int) -> None:
        """Stop a body that is too large."""
        if received > self._largest_body:
            self.oversized = True
            raise httpx2.ReadError("the answer is too large")


@cache
def _trusted_authorities() -> ssl.SSLContext:
    """Whom to trust about servers' names; read once, for it takes a while."""
    return httpx2.create_ssl_context()


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, watch: HttpWatch) -> None:
        self._stream = stream
        self._watch = watch

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        async for chunk in self._stream:
            received += len(chunk)
            self._watch.count(received)
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


def _seconds(header: str) -> float | None:
    """A `Retry-After` in seconds (RFC 9110, 10.2.3); a date in it is not waited for."""
    return float(header) if header.strip().isdecimal() else None
