"""A real MCP server with one answer, which can also be slow, refuse, break its promises, and die."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from fastmcp import Context, FastMCP
from fastmcp.exceptions import ToolError
from fastmcp.tools import ToolResult


def build(folder: Path) -> FastMCP:
    """The server; it leaves traces of what happened to it in the folder."""
    server: FastMCP = FastMCP("fake", mask_error_details=True)

    @server.tool
    async def who() -> dict[str, Any]:
        """Which process answers."""
        return {"pid": os.getpid(), "setting": os.environ.get("REVINTEL_TRACKER", "")}

    @server.tool
    async def refuse() -> dict[str, Any]:
        """Say no."""
        raise ToolError("2026-02-30 is no day")

    @server.tool
    async def words_only() -> ToolResult:
        """Answer without structured content."""
        return ToolResult(content="all is well")

    @server.tool
    async def die(once: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - a tool argument
        """End the process in the middle of the call; with `once`, only the first time."""
        marker = folder / "died"
        if once and marker.exists():
            return {"pid": os.getpid()}
        marker.touch()
        os._exit(3)

    @server.tool
    async def work(ctx: Context) -> dict[str, Any]:
        """Work until cancelled, and say so."""
        try:
            await ctx.report_progress(1, 4, "Stripe: list_charges, page 1")
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            (folder / "cancelled").touch()
            raise
        return {}

    @server.tool
    async def count(ctx: Context) -> dict[str, Any]:
        """Report progress and come to an end."""
        for number in range(4):
            await ctx.report_progress(number + 1, 4, f"page {number + 1}")
        return {"done": True}

    return server


if __name__ == "__main__":
    over: dict[str, Any] = {"transport": "http", "port": int(sys.argv[2])} if sys.argv[2:] else {}
    build(Path(sys.argv[1])).run(show_banner=False, log_level="ERROR", **over)
