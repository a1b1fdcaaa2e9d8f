"""A server that already runs somewhere and is reached over HTTP, through FastMCP's client.

Importing this module takes longer than importing Streamlit, so only a dashboard that is given an address does it.
"""

import logging
from collections.abc import Mapping
from typing import Any

from fastmcp import Client
from fastmcp.client.progress import ProgressHandler
from fastmcp.client.transports import StreamableHttpTransport
from fastmcp.exceptions import ToolError
from mcp import MCPError
from mcp_types import TextContent

from dashboard import wire
from dashboard.failures import Refused, StrangeAnswer

# What the libraries could not read or reach is told on the page; their own logs would only repeat it on the terminal.
for _name in ("mcp.client", "fastmcp", "httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class FarServer:
    """A connection to a server at an address; see `wire.Wire`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Client[Any] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is connected, as far as FastMCP knows."""
        return self._client is not None and self._client.is_connected()

    async def open(self, timeout_s: float) -> None:
        """Connect."""
        self._client = Client(StreamableHttpTransport(self._url), init_timeout=timeout_s, log_handler=_ignore_log)
        await self._client.__aenter__()  # type: ignore[no-untyped-call] # FastMCP leaves it without types

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, timeout_s: float | None, progress: wire.Progress | None
    ) -> dict[str, Any]:
        """As `wire.Wire` has it."""
        assert self._client is not None, "open comes first"
        try:
            result = await self._client.call_tool(
                tool, dict(arguments), timeout=timeout_s, progress_handler=_handler(progress), raise_on_error=False
            )
        except ToolError as error:
            raise Refused(str(error)) from None
        except MCPError as error:
            raise wire.meant(error.error.code, tool) or error from None
        except RuntimeError as error:
            if str(error).startswith("Invalid structured content"):
                raise StrangeAnswer(f"The server's answer to {tool} does not fit its own description.") from None
            raise
        sentences = [block.text for block in result.content if isinstance(block, TextContent)]
        return wire.content(tool, result.structured_content, refusal=sentences if result.is_error else None)

    async def aclose(self) -> None:
        """Disconnect; the server runs on."""
        if self._client is not None:
            await self._client.close()  # type: ignore[no-untyped-call] # FastMCP leaves it without types


async def _ignore_log(_message: object) -> None:
    """Log notifications are for terminals."""


def _handler(progress: wire.Progress | None) -> ProgressHandler | None:
    if progress is None:
        return None

    async def handle(progress: float, total: float | None, message: str | None) -> None:
        note(progress, total, message)

    note = progress
    return handle
