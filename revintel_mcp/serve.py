"""Running the server: over stdio for Claude Code, over HTTP on this machine for several clients at once."""

import os
import sys
from typing import Any

from revintel_mcp.operations import Operations


def serve_stdio(operations: Operations) -> int:
    """Serve MCP on stdin and stdout until the client closes them, or a signal; no upstream is left behind."""
    server, run = _ready(operations)
    run(lambda: server.run_stdio_async(show_banner=False, log_level="WARNING"), operations, leave_at_once=True)
    return 0


def serve_http(operations: Operations, port: int) -> int:
    """Serve Streamable HTTP on 127.0.0.1; requests with a foreign Origin or Host are refused."""
    server, run = _ready(operations)
    print(f"Serving http://127.0.0.1:{port}/mcp (Ctrl-C stops it)", file=sys.stderr)  # noqa: T201 - talk goes to stderr
    settings = {"host": "127.0.0.1", "port": port, "host_origin_protection": True}
    run(
        lambda: server.run_http_async(transport="http", show_banner=False, log_level="WARNING", **settings),
        operations,
        leave_at_once=True,
    )
    return 0


def _ready(operations: Operations) -> tuple[Any, Any]:
    """The server, and what runs it. FastMCP must read no `.env` of the folder it starts in, and ask no network."""
    os.environ.setdefault("FASTMCP_ENV_FILE", os.devnull)
    os.environ.setdefault("FASTMCP_CHECK_FOR_UPDATES", "off")
    from revintel_mcp.server import build_server  # noqa: PLC0415 - FastMCP reads its environment when it is imported
    from revintel_mcp.upstream_client import run_with_hub  # noqa: PLC0415 - same

    return build_server(operations), run_with_hub
