"""Running the server: over stdio for Claude Code, over HTTP on this machine for several clients at once."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final

from revintel_mcp.operations import Operations

_CLOSING_TIME_S: Final = 8.0


def serve_stdio(operations: Operations) -> int:
    """Serve MCP on stdin and stdout until the client closes them, or a signal; no upstream is left behind."""
    _quiet_framework()
    from revintel_mcp.server import build_server  # noqa: PLC0415 - FastMCP loads only when it is needed

    server = build_server(operations)
    return _until_signal(lambda: server.run_stdio_async(show_banner=False, log_level="WARNING"), operations)


def serve_http(operations: Operations, port: int) -> int:
    """Serve Streamable HTTP on 127.0.0.1; requests with a foreign Origin or Host are refused."""
    _quiet_framework()
    from revintel_mcp.server import build_server  # noqa: PLC0415 - FastMCP loads only when it is needed

    server = build_server(operations)
    print(f"Serving http://127.0.0.1:{port}/mcp (Ctrl-C stops it)", file=sys.stderr)  # noqa: T201 - talk goes to stderr

    def run() -> Coroutine[Any, Any, None]:
        return server.run_http_async(
            transport="http",
            host="127.0.0.1",
            port=port,
            show_banner=False,
            host_origin_protection=True,
            log_level="WARNING",
        )

    return _until_signal(run, operations)


def _until_signal(serve: Callable[[], Coroutine[Any, Any, None]], operations: Operations) -> int:
    """Run `serve` to its end. A blocked stdin reader outlives any cancel, so a signal ends the process itself."""

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt instead
                loop.add_signal_handler(number, stop.set)
        serving = asyncio.create_task(serve())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            with contextlib.suppress(Exception):
                await asyncio.wait_for(operations.aclose(), _CLOSING_TIME_S)
            os._exit(0)
        stopped.cancel()
        await serving

    asyncio.run(main())
    return 0


def _quiet_framework() -> None:
    """Before FastMCP is imported: it must read no `.env` of the folder it happens to start in, and ask no network."""
    os.environ.setdefault("FASTMCP_ENV_FILE", os.devnull)
    os.environ.setdefault("FASTMCP_CHECK_FOR_UPDATES", "off")
