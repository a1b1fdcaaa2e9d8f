"""The demo: two refreshes of an invented freelancer's year, from three real MCP servers, into a tracker of its own."""

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from revintel_mcp.clean_end import run_with_hub
from revintel_mcp.errors import UsageError
from revintel_mcp.operations import Operations
from revintel_mcp.results.shapes import RefreshReport
from revintel_mcp.settings import load_settings
from revintel_mcp.terminal import quiet
from revintel_mcp.upstreams.demo_config import FIRST_REFRESH, SECOND_REFRESH, demo_config

_MARKER: Final = ".revintel-demo"
_ZONE: Final = ZoneInfo("America/New_York")


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo left: the folder with its tracker and `.mcp.json`, and the reports of both refreshes."""

    folder: Path
    first: RefreshReport
    second: RefreshReport

    @property
    def tracker(self) -> Path:
        """The demo's own tracker."""
        return self.folder / "revenue-tracker.md"


def run_demo(folder: Path | None, environ: Mapping[str, str], say: Callable[[str], None]) -> Demo:
    """Refresh twice, a day apart: Gumroad is down at first and back the next day. The clock is fixed.

    Args:
        folder: Where to put tracker and configuration; a new temporary folder if None. What an earlier demo left
            there is replaced; a folder with anything else in it is refused, so that no real tracker is ever touched.
        environ: For what child processes inherit; settings of the user are not used.
        say: Tells the user what happens, a sentence at a time.

    Raises:
        UsageError: the folder is not an earlier demo's and not empty.
    """
    place = _prepared(folder)
    say(f"Starting three demo servers (Stripe, Gumroad, Upwork); everything stays in {place}")
    first = _refresh_at(FIRST_REFRESH, place, environ)
    for source in first.sources:
        if source.status == "failed":
            say(f"First refresh: {source.source} failed ({source.note}); the other sources went in.")
    say("Second refresh, a day later: Gumroad is back.")
    second = _refresh_at(SECOND_REFRESH, place, environ)
    return Demo(place, first, second)


def _prepared(folder: Path | None) -> Path:
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="revintel-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / _MARKER
    if any(folder.iterdir()) and not marker.exists():
        raise UsageError(f"{folder} is not empty; name a new folder for the demo, or leave --folder out")
    marker.write_text("Made by revintel-mcp demo; the next demo replaces what is here.\n", encoding="utf-8")
    (folder / "revenue-tracker.md").unlink(missing_ok=True)
    return folder.resolve()


def _refresh_at(moment: datetime, folder: Path, environ: Mapping[str, str]) -> RefreshReport:
    (folder / ".mcp.json").write_text(json.dumps(demo_config(moment), indent=2) + "\n", encoding="utf-8")
    settings = load_settings(
        {name: value for name, value in environ.items() if not name.startswith("REVINTEL_")},
        {
            "tracker": str(folder / "revenue-tracker.md"),
            "mcp_config": str(folder / ".mcp.json"),
            "timezone": _ZONE.key,
            "now": moment.isoformat(),
        },
    )
    operations = Operations(settings, environ, cwd=folder, home=folder)
    return run_with_hub(
        lambda: operations.refresh(sources=None, since="auto", dry_run=False, progress=quiet), operations
    )
