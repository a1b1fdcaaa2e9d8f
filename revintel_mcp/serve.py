"""Running the server: over stdio for Claude Code, over HTTP on this machine for several clients at once."""

import os
import socket
import sys
from typing import Any, Final

from revintel_mcp.errors import UsageError
from revintel_mcp.operations import Operations

#: Only programs of this machine can reach it.
_HOST: Final = "127.0.0.1"
_LAST_PORT: Final = 65535


def serve_stdio(operations: Operations) -> int:
    """Serve MCP on stdin and stdout until the client closes them, or a signal; no upstream is left behind."""
    server, run = _ready(operations)
    run(lambda: server.run_stdio_async(show_banner=False, log_level="WARNING"), operations, leave_at_once=True)
    return 0


def serve_http(operations: Operations, port: int) -> int:
    """Serve Streamable HTTP on 127.0.0.1; requests with a foreign Origin or Host are refused.

    Raises:
        UsageError: the port is taken, or is none.
    """
    _try_port(port)
    server, run = _ready(operations)
    print(f"Serving http://{_HOST}:{port}/mcp (Ctrl-C stops it)", file=sys.stderr)  # noqa: T201 - talk goes to stderr
    settings = {"host": _HOST, "port": port, "host_origin_protection": True}
    run(
        lambda: server.run_http_async(transport="http", show_banner=False, log_level="WARNING", **settings),
        operations,
        leave_at_once=True,
    )
    return 0


def _try_port(port: int) -> None:
    """Bind the port once: the web server itself would tell of a taken one by a traceback."""
    if not 1 <= port <= _LAST_PORT:
        raise UsageError(f"{port} is no port; write a number from 1 to {_LAST_PORT}")
    try:
        socket.create_server((_HOST, port)).close()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else error
        raise UsageError(f"port {port} can't be used ({why}); choose another with --port") from None


def _ready(operations: Operations) -> tuple[Any, Any]:
    """The server, and what runs it. FastMCP must read no `.env` of the folder it starts in, and ask no network."""
    os.environ.setdefault("FASTMCP_ENV_FILE", os.devnull)
    os.environ.setdefault("FASTMCP_CHECK_FOR_UPDATES", "off")
    from revintel_mcp.clean_end import run_with_hub  # noqa: PLC0415 - the event loop takes a tenth of a second
    from revintel_mcp.server import build_server  # noqa: PLC0415 - FastMCP reads its environment when it is imported

    return build_server(operations), run_with_hub
