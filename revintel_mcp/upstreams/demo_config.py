"""The `.mcp.json` of a demo folder: the three demo upstreams at one moment."""

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

PLATFORMS: Final = ("stripe", "gumroad", "upwork")
#: The two refreshes of the demo: Gumroad is down at the first and back at the second.
FIRST_REFRESH: Final = datetime.fromisoformat("2026-11-20T09:00:00-05:00")
SECOND_REFRESH: Final = datetime.fromisoformat("2026-11-21T09:00:00-05:00")


def demo_config(
    now: datetime = FIRST_REFRESH,
    command: Sequence[str] = (sys.executable, "-m", "revintel_mcp.upstreams.demo"),
) -> dict[str, Any]:
    """What to write as `.mcp.json`, so that all three platforms are of the demo year at `now` (aware)."""
    if now.tzinfo is None:
        raise ValueError("the demo's clock needs an offset, like 2026-11-20T09:00-05:00")
    program, *arguments = command
    return {
        "mcpServers": {
            platform: {
                "type": "stdio",
                "command": program,
                "args": [*arguments, platform, "--now", now.isoformat()],
                "env": {},
            }
            for platform in PLATFORMS
        }
    }
