"""Run by a test as a program of its own: kill a writer at every step, and look at what it leaves.

Prints one JSON line for each step: what was called there, what the file is (`old`, `new` or something else), and what
stands in the folder after the next run.
"""

import json
import os
import sys
from pathlib import Path

from revintel_mcp.tracker.update import Update
from revintel_mcp.tracker_file import TrackerFile
from tests.tracker.steps import Steps, die
from tests.tracker.trackers import CANONICAL, sale, write

HAND_KEPT = CANONICAL.replace(b"## Sources", b"## Other sources")  # its first write is an adoption, with a backup
ROW = sale("stripe_ch_7", "2026-02-03", "70.00")


def add(data: bytes) -> Update:
    """Book one row."""
    return write(data, ROW)


def attempt(path: Path, step: int, *, after: bool) -> list[str] | None:
    """Update in a child that dies at a step; the calls it made, None once it gets through."""
    reader, writer = os.pipe()
    write_for_real = os.write
    child = os.fork()
    if child == 0:

        def tell_and_die() -> None:
            write_for_real(writer, json.dumps(steps.trace).encode())
            die()

        steps = Steps(step, tell_and_die, after=after)
        with steps.counted():
            TrackerFile(path).update(add)
        os._exit(0)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        trace = pipe.read()
    return None if os.WIFEXITED(status) else json.loads(trace)


def main(folder: Path) -> None:
    """Every step of an update of a canonical tracker, of an adoption, and of a first run."""
    for name, text in (("canonical", CANONICAL), ("adoption", HAND_KEPT), ("first run", None)):
        for after in (False, True):
            step = 0
            trace: list[str] | None = []
            while trace is not None:
                step += 1
                path = folder / f"{name}-{after}-{step}" / "tracker.md"
                path.parent.mkdir()
                if text is not None:
                    path.write_bytes(text)
                trace = attempt(path, step, after=after)
                found = path.read_bytes() if path.exists() else None
                expected_new = add(text or b"").data
                state = "old" if found == text else "new" if found == expected_new else repr(found)
                again = TrackerFile(path, wait_s=0.0).update(add).data  # the lock of the dead is free at once
                report = {
                    "run": name,
                    "after": after,
                    "call": trace[-1] if trace else "",
                    "state": state,
                    "again": again == expected_new,
                    "left": sorted(each.name for each in path.parent.iterdir() if ".backup-" not in each.name),
                    "backups": [each.read_bytes() == text for each in path.parent.iterdir() if ".backup-" in each.name],
                }
                sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
