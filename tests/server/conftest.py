"""A server over a tracker in a folder of its own, at a fixed moment, without upstreams."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastmcp import FastMCP

from revintel_mcp.operations import Operations
from revintel_mcp.server import build_server
from revintel_mcp.settings import load_settings

NOW = "2026-03-10T09:00:00-05:00"


@pytest.fixture
def tracker(tmp_path: Path) -> Path:
    return tmp_path / "revenue-tracker.md"


@pytest.fixture
def make_server(tracker: Path) -> Callable[..., FastMCP]:
    return lambda **more: server_over(tracker, **more)


def server_over(tracker: Path, **more: str) -> FastMCP:
    """A server over a tracker, which lies in its home; `more` are settings."""
    home = tracker.parent
    options = {"tracker": str(tracker), "timezone": "America/New_York", "now": NOW, **more}
    settings = load_settings({"HOME": str(home)}, options)
    return build_server(Operations(settings, {"HOME": str(home)}, cwd=home, home=home))


@pytest.fixture(params=["2026-07-28", "legacy"])
def era(request: pytest.FixtureRequest) -> str:
    """Claude Code speaks the handshake era, the dashboard the modern one: every tool works in both."""
    return str(request.param)
