"""A FastMCP server of one tool: what a server costs before it does anything. Run as a program.

The tool gives the result that stands in the JSON file named as the argument, with its schema; without one, a word.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from fastmcp import FastMCP
from fastmcp.tools import ToolResult


def main() -> None:
    """Serve until stdin closes."""
    server: FastMCP = FastMCP("bare")
    if len(sys.argv) > 1:
        _constant(server, json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    else:
        _word(server)
    asyncio.run(server.run_stdio_async(show_banner=False, log_level="WARNING"))


def _word(server: FastMCP) -> None:
    @server.tool
    def ping() -> str:
        """Answer."""
        return "pong"


def _constant(server: FastMCP, kept: dict[str, Any]) -> None:
    @server.tool(output_schema=kept["schema"])
    async def constant() -> ToolResult:
        """Give what is kept."""
        return ToolResult(content=kept["text"], structured_content=kept["structured"])


if __name__ == "__main__":
    main()
