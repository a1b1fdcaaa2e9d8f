"""A writer stopped at any step leaves the old file or the new one, whole, and the next run finds nothing in its way."""

import errno
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from revintel_mcp.errors import TrackerError
from revintel_mcp.tracker_file import TrackerFile
from tests.tracker.killed import HAND_KEPT, add
from tests.tracker.steps import ERRORS, Steps, fail
from tests.tracker.trackers import CANONICAL

ROOT = Path(__file__).parents[2]


def test_killed_at_any_step_the_file_is_old_or_new(tmp_path: Path) -> None:
    """Before and after every call that touches the disk: in an update, in an adoption, in a first run.

    The next run, without any wait, writes what the dead one would have, and leaves no stray file.
    """
    command = [sys.executable, "-m", "tests.tracker.killed", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    for report in reports:
        assert report["state"] in {"old", "new"}, report
        assert report["again"], report
        assert report["left"] == ["tracker.md"], report
        assert all(report["backups"]), report
    for run in ("canonical", "adoption", "first run"):
        calls = {report["call"] for report in reports if report["run"] == run}
        assert {"open", "write", "fsync", "replace"} <= calls
        states = [report["state"] for report in reports if report["run"] == run and not report["after"]]
        assert states == sorted(states, reverse=True), "once the new text is there, it stays"
    assert any(report["backups"] for report in reports if report["run"] == "adoption")


@pytest.mark.parametrize("text", [CANONICAL, HAND_KEPT], ids=["canonical", "adoption"])
@pytest.mark.parametrize("number", ERRORS, ids=lambda number: errno.errorcode[number])
def test_whatever_call_fails_the_file_is_whole_and_the_error_ours(tmp_path: Path, number: int, text: bytes) -> None:
    """A full disk, a broken one, a forbidden one: old file or new, a clear word, no stray file."""
    step, failed = 0, 0
    while True:
        step += 1
        path = tmp_path / str(step) / "tracker.md"
        path.parent.mkdir()
        path.write_bytes(text)
        file = TrackerFile(path, wait_s=0.0)
        with suppress(TrackerError), Steps(step, fail(number)).counted() as steps:
            failed += 1
            file.update(add)
            failed -= 1
        found = path.read_bytes()
        assert found in (text, add(text).data), (step, steps.trace)
        assert file.update(add).data == add(text).data
        assert [each.name for each in path.parent.iterdir() if ".backup-" not in each.name] == ["tracker.md"]
        if len(steps.trace) < step:
            break
    assert failed >= 5


def test_a_write_that_takes_only_a_part_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a slow or nearly full file system: what was not taken is written again."""
    path = tmp_path / "tracker.md"
    path.write_bytes(CANONICAL)
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, bytes(data)[:7]))
    TrackerFile(path).update(add)
    assert path.read_bytes() == add(CANONICAL).data
