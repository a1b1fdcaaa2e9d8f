"""The dashboard on a made-up year: `make dashboard`, or python scripts/demo_dashboard.py [--folder DIR] [--port N].

It opens the morning after a refresh at which Gumroad was down: press Refresh there, and its sales come in. Nothing of
yours is read or changed, no key and no network is needed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from revintel_mcp.upstreams.demo_config import FIRST_REFRESH, SECOND_REFRESH, demo_config

#: What no source reports, as somebody would have typed it in: amount, channel, day, client, what for, further options.
ENTRIES: Final = (
    ("310", "Other", "2026-02-02", "Kunsthalle", "Workshop"),
    ("2400", "Cold Outreach", "2026-05-18", "Tidewater Studio", "Landing page"),
    ("640", "Fiverr", "2026-06-12", "pixelnomad", "Logo sketches", "--fee", "128"),
    ("420", "Fiverr", "2026-08-20", "pixelnomad", "Banner set", "--fee", "84"),
    ("1850", "Cold Outreach", "2026-10-09", "Moss & Fern", "Shop redesign, part 1"),
    ("1850", "Cold Outreach", "2026-11-18", "Moss & Fern", "Shop redesign, part 2", "--status", "pending"),
    *(
        ("145", "GitHub Sponsors", f"2026-{month:02}-05", "GitHub", "Sponsors payout", "--fee", "0")
        for month in range(3, 12)
    ),
)


def prepare(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """A demo in an empty folder, as it stands before the second refresh; gives the environment to open it with."""
    settings = {
        **{name: value for name, value in environ.items() if not name.startswith("REVINTEL_")},
        "REVINTEL_TRACKER": str(folder / "revenue-tracker.md"),
        "REVINTEL_MCP_CONFIG": str(folder / ".mcp.json"),
        "REVINTEL_TIMEZONE": "America/New_York",
        "REVINTEL_MONTHLY_GOAL": "9000",
        "REVINTEL_TAX_SET_ASIDE": "28",
    }
    first = _at(FIRST_REFRESH, folder, settings)
    _command(folder, first, "refresh")
    for amount, channel, day, client, description, *more in ENTRIES:
        words = ("--date", day, "--client", client, "--description", description, *more)
        _command(folder, first, "add", amount, channel, *words)
    return _at(SECOND_REFRESH, folder, settings)


def _at(moment: datetime, folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """The settings at a moment, with the demo's upstreams at the same one."""
    (folder / ".mcp.json").write_text(json.dumps(demo_config(moment), indent=2) + "\n", encoding="utf-8")
    return {**settings, "REVINTEL_NOW": moment.isoformat()}


def _command(folder: Path, environ: Mapping[str, str], *words: str) -> None:
    argv = [sys.executable, "-m", "revintel_mcp", *words]
    subprocess.run(argv, cwd=folder, env=environ, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command


def main() -> None:
    """Prepare the demo and open the dashboard on it, until it is stopped."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, help="an empty folder for the demo (default: a new temporary one)")
    parser.add_argument("--port", default="0", help="where it is served (default: any free port)")
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="revintel-demo-"))
    print(f"Preparing a made-up year in {folder}", file=sys.stderr)
    environ = prepare(folder, os.environ)
    quiet = ["--no-browser"] if options.no_browser else []
    # This very process becomes the dashboard: whoever ends it ends the dashboard too, by whatever signal.
    os.chdir(folder)
    argv = [sys.executable, "-m", "revintel_mcp", "dashboard", "--port", options.port, *quiet]
    os.execve(sys.executable, argv, environ)  # noqa: S606 - our own command, no shell


if __name__ == "__main__":
    main()
