"""`make dashboard`: a made-up year, and nothing of the user's."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dashboard import real_app
from tests.dashboard.real_app import ROOT, until


def test_make_dashboard_is_the_demo_and_never_the_user_s_tracker() -> None:
    recipe = re.search(r"^dashboard:\n((?:\t.+\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    assert recipe
    assert "scripts/demo_dashboard.py" in recipe[1]
    assert "revintel-mcp dashboard" not in recipe[1]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_ending_the_demo_ends_all_that_it_started(tmp_path: Path, ending: signal.Signals) -> None:
    home, folder, log = tmp_path / "home", tmp_path / "demo", tmp_path / "said"
    mine = home / ".claude" / "reference" / "freelance" / "revenue-tracker.md"
    mine.parent.mkdir(parents=True)
    mine.write_text("# Revenue Tracker\n", encoding="utf-8")
    folder.mkdir()
    argv = [sys.executable, str(ROOT / "scripts" / "demo_dashboard.py"), "--folder", str(folder), "--no-browser"]
    environ = {**os.environ, "HOME": str(home), "REVINTEL_TRACKER": str(mine)}
    with log.open("wb") as said:
        process = subprocess.Popen(argv, env=environ, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
    started: set[int] = set()
    try:
        until(lambda: "Dashboard: http://127.0.0.1:" in log.read_text("utf-8"), "the demo's dashboard")
        until(lambda: bool(real_app.children(process.pid)), "the demo's server")
        started = real_app.children(process.pid)
        process.send_signal(ending)
        process.wait(60)
    finally:
        process.kill()
    until(lambda: not any(real_app.is_alive(pid) for pid in started), "the end of all that was started")
    assert mine.read_text(encoding="utf-8") == "# Revenue Tracker\n"
    assert "2026" in (folder / "revenue-tracker.md").read_text(encoding="utf-8")
