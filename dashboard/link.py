"""The dashboard's one connection to the server, on an event loop: everything that knows FastMCP is here.

Importing this module takes most of a second, so nothing does it before a gateway connects.
"""

import asyncio
import contextlib
import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import mcp_types
from fastmcp import Client
from fastmcp.client.progress import ProgressHandler
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from fastmcp.client.transports.base import ClientTransport
from fastmcp.exceptions import ToolError
from mcp import MCPError

from dashboard.failures import GatewayError, Refused, ServerDown, StrangeAnswer, TooSlow
from dashboard.target import Target

_CONNECT_S: Final = 30.0
_CLOSE_S: Final = 8.0
_TAIL_CHARS: Final = 2000

# What the libraries could not read or reach is told on the page; their own logs would only repeat it on the terminal.
for _name in ("mcp.client", "fastmcp", "httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class Link:
    """One client, connected when it is first needed and again when the connection died. Use it on one event loop."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._folder = tempfile.TemporaryDirectory(prefix="revintel-dashboard-", ignore_cleanup_errors=True)
        self._client: Client[Any] | None = None
        self._connecting: asyncio.Task[Client[Any]] | None = None

    async def call(
        self,
        tool: str,
        arguments: Mapping[str, Any],
        *,
        timeout_s: float | None,
        again: bool,
        progress: ProgressHandler | None = None,
    ) -> dict[str, Any]:
        """The structured content of a tool's result.

        Args:
            tool: the tool's name.
            arguments: its arguments.
            timeout_s: how long it may take, in seconds; None for as long as it runs.
            again: whether it may be called a second time if the connection died under it.
            progress: told of the server's progress notifications.

        Raises:
            GatewayError: there is no answer, or it is a refusal.
        """
        for last in (not again, True):
            client = await self._connected()
            try:
                result = await client.call_tool(
                    tool, dict(arguments), timeout=timeout_s, progress_handler=progress, raise_on_error=False
                )
            except ToolError as error:
                raise Refused(str(error)) from None
            except Exception as error:  # noqa: BLE001 - the libraries raise many types; each one becomes ours here
                trouble = self._trouble(error, tool, maybe_done=not again)
                if isinstance(trouble, ServerDown):
                    await self._drop(client)
                    if not last:
                        continue
                raise trouble from None
            return _content(result.is_error, result.content, result.structured_content, tool)
        raise AssertionError("the second try returns or raises")

    async def connect(self) -> None:
        """Connect now, so that the first call need not wait."""
        await self._connected()

    async def aclose(self) -> None:
        """End the connection, and the server if it was started here."""
        if self._connecting is not None:
            with contextlib.suppress(GatewayError, asyncio.CancelledError):
                await self._connecting
        if self._client is not None:
            await self._drop(self._client)
        self._folder.cleanup()

    async def _connected(self) -> Client[Any]:
        """The live client. Whoever waits for the connection may be cancelled; the connecting itself never is."""
        if self._client is not None and self._client.is_connected():
            return self._client
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect())
            self._connecting.add_done_callback(self._no_longer_connecting)
        return await asyncio.shield(self._connecting)

    def _no_longer_connecting(self, task: asyncio.Task[Client[Any]]) -> None:
        self._connecting = None
        if not task.cancelled():
            task.exception()  # whoever waited was told; if nobody did, asyncio need not complain

    async def _connect(self) -> Client[Any]:
        if self._client is not None:
            await self._drop(self._client)
        self._stderr.unlink(missing_ok=True)
        client: Client[Any] = Client(self._transport(), init_timeout=_CONNECT_S, log_handler=_ignore_log)
        try:
            await client.__aenter__()  # type: ignore[no-untyped-call] # FastMCP leaves it without types
        except Exception as error:  # noqa: BLE001 - as in `call`
            await self._drop(client)
            raise self._trouble(error, "start", maybe_done=False) from None
        self._client = client
        return client

    def _transport(self) -> ClientTransport:
        if self._target.url:
            return StreamableHttpTransport(self._target.url)
        command, *arguments = self._target.command
        return StdioTransport(
            command, arguments, env=dict(self._target.environ), keep_alive=False, log_file=self._stderr
        )

    async def _drop(self, client: Client[Any]) -> None:
        """Let go of a client. Its process is given time to end; being cancelled meanwhile must not leave it behind."""
        if self._client is client:
            self._client = None
        closing = asyncio.create_task(client.close())  # type: ignore[no-untyped-call] # as above
        with contextlib.suppress(Exception):
            await asyncio.wait_for(asyncio.shield(closing), _CLOSE_S)

    @property
    def _stderr(self) -> Path:
        return Path(self._folder.name) / "server.log"

    def _trouble(self, error: Exception, tool: str, *, maybe_done: bool) -> GatewayError:
        if isinstance(error, GatewayError):
            return error
        if isinstance(error, MCPError) and error.error.code == mcp_types.REQUEST_TIMEOUT:
            return TooSlow(f"The server took too long to answer ({tool}).")
        if isinstance(error, MCPError) and error.error.code in (mcp_types.INVALID_PARAMS, mcp_types.METHOD_NOT_FOUND):
            return StrangeAnswer(f"The server does not know {tool} as the dashboard calls it: update both together.")
        if isinstance(error, RuntimeError) and str(error).startswith("Invalid structured content"):
            return StrangeAnswer(f"The server's answer to {tool} does not fit its own description.")
        where = f"No server answers at {self._target.url}." if self._target.url else "The server could not be started."
        return ServerDown(
            where if tool == "start" else "The server went away.",
            self._last_words(),
            maybe_done=maybe_done,
            elsewhere=self._target.url,
        )

    def _last_words(self) -> str:
        try:
            text = self._stderr.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        return text[-_TAIL_CHARS:].strip()


def _content(is_error: bool, content: Any, structured: dict[str, Any] | None, tool: str) -> dict[str, Any]:  # noqa: FBT001 - the parts of one result
    if is_error:
        sentences = [block.text for block in content if isinstance(block, mcp_types.TextContent)]
        raise Refused("\n".join(sentences) or f"The server refused {tool} and did not say why.")
    if structured is None:
        raise StrangeAnswer(f"The server's answer to {tool} has no structured content: update server and dashboard.")
    return structured


async def _ignore_log(_message: object) -> None:
    """Log notifications are for terminals."""
