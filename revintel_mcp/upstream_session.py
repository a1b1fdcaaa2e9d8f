"""The MCP conversation with one upstream, over its process or over HTTP: everything that knows FastMCP is here.

Importing this module takes most of a second (FastMCP, the SDK, pydantic); `upstream_link` does it in a thread, while
the upstream's process is starting. Every error of the libraries leaves here as an `UpstreamTrouble`.
"""

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Final

import anyio
import fastmcp
import httpx2
import mcp_types
from fastmcp import Client
from fastmcp.client.transports import SSETransport, StreamableHttpTransport
from fastmcp.client.transports.base import ClientTransport, SessionKwargs, TransportOptions
from mcp import ClientSession, MCPError
from mcp.shared.message import SessionMessage
from pydantic import ValidationError
from typing_extensions import Unpack

from revintel_mcp.sources.contract import Call, RawResult, Tool
from revintel_mcp.upstream_entry import UpstreamEntry
from revintel_mcp.upstream_http import HttpWatch
from revintel_mcp.upstream_process import ChildProcess
from revintel_mcp.upstream_trouble import Trouble, UpstreamTrouble

_CLOSED_WORDS: Final = "Connection closed"

# How long a conversation may take to wind up, in seconds; five by default, which Ctrl-C would have to wait for.
fastmcp.settings.client_disconnect_timeout = 0.5

# The libraries log what they could not read, raw; it may hold keys and buyers' data. What matters reaches the user as
# a failure, redacted.
for _name in ("mcp.client", "fastmcp.client", "httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)
# Whoever does not answer does not take a farewell either; that is no news.
logging.getLogger("mcp.shared.jsonrpc_dispatcher").setLevel(logging.ERROR)


class _TakingSession(ClientSession):
    """A session that takes a result as it is: whether it fits the schema its server declares is not our concern.

    Sources read answers with care anyway, and a server that breaks its own schema may still tell the truth.
    """

    async def validate_tool_result(self, name: str, result: mcp_types.CallToolResult) -> None:
        """Nothing to hold it to."""


class _ProcessTransport(ClientTransport):
    """MCP over the stdin and stdout of a process that is somebody else's to end."""

    def __init__(self, child: ChildProcess) -> None:
        self._child = child

    @contextlib.asynccontextmanager
    async def connect_session(
        self,
        *,
        transport_options: TransportOptions | None = None,  # noqa: ARG002 - the base class's signature
        **session_kwargs: Unpack[SessionKwargs],
    ) -> AsyncIterator[ClientSession]:
        to_session, from_child = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        to_child, from_session = anyio.create_memory_object_stream[SessionMessage](0)

        async def read() -> None:
            async with to_session:
                while (line := await self._child.read_line()) is not None:
                    message = _message(line)
                    if message is None:
                        self._child.note_noise(line)
                    else:
                        await to_session.send(message)

        async def write() -> None:
            async with from_session:
                async for message in from_session:
                    body = message.message.model_dump_json(by_alias=True, exclude_unset=True)
                    self._child.write_line(body.encode())

        async with anyio.create_task_group() as tasks, from_child, to_child:
            tasks.start_soon(_quietly, read)
            tasks.start_soon(_quietly, write)
            try:
                async with _TakingSession(from_child, to_child, **session_kwargs) as session:
                    yield session
            finally:
                tasks.cancel_scope.cancel()


async def _quietly(pump: Callable[[], Awaitable[None]]) -> None:
    """Run a pump until either of its ends closes."""
    with contextlib.suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
        await pump()


def _message(line: bytes) -> SessionMessage | None:
    """The JSON-RPC message in a line; None for text that is none."""
    try:
        return SessionMessage(mcp_types.jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError:  # pydantic's error is one
        return None


class _HttpTransport(StreamableHttpTransport):
    """Streamable HTTP whose results are taken as they are."""

    @contextlib.asynccontextmanager
    async def connect_session(
        self, *, transport_options: TransportOptions | None = None, **session_kwargs: Unpack[SessionKwargs]
    ) -> AsyncIterator[ClientSession]:
        options = TransportOptions(session_class=_TakingSession) if transport_options is None else transport_options
        async with super().connect_session(transport_options=options, **session_kwargs) as session:
            yield session


class _SseTransport(SSETransport):
    """HTTP with server-sent events whose results are taken as they are."""

    @contextlib.asynccontextmanager
    async def connect_session(
        self, *, transport_options: TransportOptions | None = None, **session_kwargs: Unpack[SessionKwargs]
    ) -> AsyncIterator[ClientSession]:
        options = TransportOptions(session_class=_TakingSession) if transport_options is None else transport_options
        async with super().connect_session(transport_options=options, **session_kwargs) as session:
            yield session


class UpstreamSession:
    """One conversation. Made over a process, or from an HTTP entry; `close` must be awaited in the end."""

    def __init__(self, transport: ClientTransport, watch: HttpWatch | None = None) -> None:
        self._transport = transport
        self._watch = watch
        self._client: Any = None  # a fastmcp.Client; its methods are not annotated

    @classmethod
    def over_process(cls, child: ChildProcess) -> "UpstreamSession":
        """A conversation with a running process, which it neither starts nor ends."""
        return cls(_ProcessTransport(child))

    @classmethod
    def over_http(cls, entry: UpstreamEntry, *, largest_body: int, call_s: float) -> "UpstreamSession":
        """A conversation with the server at the entry's address."""
        watch = HttpWatch(largest_body, call_s)
        kind = _SseTransport if entry.transport == "sse" else _HttpTransport
        return cls(kind(entry.url, headers=dict(entry.headers), httpx_client_factory=watch.client), watch)

    @property
    def oversized(self) -> bool:
        """Whether an answer over HTTP was larger than allowed."""
        return self._watch is not None and self._watch.oversized

    async def open(self) -> None:
        """Shake hands: first the way every server of today knows, and the newest way if that is refused.

        The order costs nothing where it succeeds; the other way round a server that keeps silent about what it does
        not know would cost ten seconds (the SDK's limit for its probe).
        """
        try:
            await self._enter("legacy")
        except UpstreamTrouble as trouble:
            if trouble.trouble is not Trouble.ANSWERED_ERROR:
                raise
            await self.close()
            await self._enter("auto")

    async def _enter(self, mode: str) -> None:
        # Only requests of ours are limited in time, by whoever makes them.
        self._client = Client(self._transport, mode=mode, timeout=None, init_timeout=0, log_handler=_no_log)
        with self._translated():
            await self._client.__aenter__()

    async def tools(self) -> tuple[Tool, ...]:
        """Every tool, all pages of the list."""
        with self._translated():
            listed = await self._opened.list_tools()
        return tuple(Tool(tool.name, tool.input_schema or {}) for tool in listed)

    async def call(self, call: Call) -> RawResult:
        """The result of a tool as it came."""
        with self._translated():
            result = await self._opened.call_tool_mcp(call.tool, dict(call.arguments))
        texts = tuple(block.text for block in result.content if isinstance(block, mcp_types.TextContent))
        return RawResult(is_error=bool(result.is_error), texts=texts, structured=result.structured_content)

    async def close(self) -> None:
        """End the conversation; never fails."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                await client.close()

    @property
    def _opened(self) -> Any:
        if self._client is None:
            raise UpstreamTrouble(Trouble.CLOSED)
        return self._client

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Every error of the libraries as an `UpstreamTrouble`; cancellation passes."""
        if self._watch is not None:
            self._watch.reset()
        try:
            yield
        except UpstreamTrouble:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a library raises, an upstream is at fault and no bug hides: it is told
            raise self._trouble(error) from None  # the original may quote secrets

    def _trouble(self, error: BaseException) -> UpstreamTrouble:
        error = _root(error)
        if self.oversized:
            return UpstreamTrouble(Trouble.TOO_LARGE)
        status = error.response.status_code if isinstance(error, httpx2.HTTPStatusError) else 0
        if self._watch is not None and (status or self._watch.status):
            wait = self._watch.retry_after_s
            return UpstreamTrouble(Trouble.HTTP_STATUS, status=status or self._watch.status, retry_after_s=wait)
        if isinstance(error, (httpx2.TimeoutException, TimeoutError)):
            return UpstreamTrouble(Trouble.SILENT)
        if isinstance(error, httpx2.HTTPError):
            return UpstreamTrouble(Trouble.UNREACHABLE, str(error))
        return _protocol_trouble(error) if isinstance(error, MCPError) else _session_trouble(error)


async def _no_log(_message: object) -> None:
    """What an upstream logs is not ours to print."""


def _protocol_trouble(error: MCPError) -> UpstreamTrouble:
    """Our side's own codes (a closed connection, a time limit) are also used by servers; then the text is theirs."""
    if error.code == mcp_types.REQUEST_TIMEOUT and error.message.startswith("Request "):
        return UpstreamTrouble(Trouble.SILENT)
    if error.code == mcp_types.CONNECTION_CLOSED:
        if error.message.startswith("SSE stream failed"):
            return UpstreamTrouble(Trouble.GARBLED, "its stream of events broke off")
        if error.message == _CLOSED_WORDS or error.message.startswith("SSE stream"):
            return UpstreamTrouble(Trouble.CLOSED)
    if error.code == mcp_types.PARSE_ERROR:
        return UpstreamTrouble(Trouble.GARBLED, "no JSON")
    return UpstreamTrouble(Trouble.ANSWERED_ERROR, error.message)


def _session_trouble(error: BaseException) -> UpstreamTrouble:
    """What is left: an answer of the wrong shape, a protocol that no one here knows, or a session that is over."""
    if isinstance(error, ValidationError):
        places = sorted({str(detail["loc"][0]) for detail in error.errors(include_input=False) if detail["loc"]})
        return UpstreamTrouble(Trouble.GARBLED, ", ".join(places))
    if isinstance(error, RuntimeError) and "protocol version" in str(error):
        return UpstreamTrouble(Trouble.GARBLED, str(error))
    return UpstreamTrouble(Trouble.CLOSED, str(error))


def _root(error: BaseException) -> BaseException:
    """The error behind groups and behind the wrapper that FastMCP puts around a failed connection."""
    while True:
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        elif type(error) is RuntimeError and error.__cause__ is not None:
            error = error.__cause__
        else:
            return error
