"""Several programs write at once, some die: every write that was told of is there, once, and the sums are exact."""

import json
import os
import random
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

from revintel_mcp.tracker import log_rows
from revintel_mcp.tracker.check import check
from tests.tracker.trackers import CANONICAL, TODAY, read

ROOT = Path(__file__).parents[2]


def start(path: Path, number: int, count: int, *, mixed: bool = False) -> subprocess.Popen[bytes]:
    """A writer as a process of its own."""
    command = [sys.executable, "-m", "tests.tracker.worker", str(path), str(number), str(count)]
    return subprocess.Popen(command + ["mixed"] * mixed, stdout=subprocess.PIPE, cwd=ROOT)


def acknowledged(output: bytes) -> list[dict[str, Any]]:
    """What a writer said was done; of a line cut short by its death, nothing."""
    whole = output[: output.rfind(b"\n") + 1]
    return [json.loads(line) for line in whole.splitlines()]


def amounts(path: Path) -> dict[str, int]:
    """Cents by ID, as the file says."""
    rows = list(log_rows(path.read_bytes()))
    return {row.id: int(row.transaction.amount_usd.scaleb(2)) for row in rows if row.transaction is not None}


def assert_all_there(path: Path, operations: list[dict[str, Any]], *, spare: int = 0) -> None:
    """The file says what a reference model says; `spare` rows may be there whose writer died before it could tell."""
    data, found = path.read_bytes(), amounts(path)
    expected = {each["id"]: each["cents"] for each in operations}
    assert {name: found.get(name) for name in expected} == expected
    assert len(set(found) - set(expected) - {"gumroad_abc", "stripe_ch_1"}) <= spare
    assert read(data).problems == ()
    assert sum(totals.amount_cents for totals in read(data).totals.values()) == sum(found.values())
    assert not {"figure", "missing-month"} & {problem.code for problem in check(data, today=TODAY)}
    assert [each.name for each in path.parent.iterdir() if ".backup-" not in each.name] == [path.name]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A tracker in a folder of its own."""
    file = tmp_path / "money" / "tracker.md"
    file.parent.mkdir()
    file.write_bytes(CANONICAL)
    return file


def run(path: Path, writers: int, count: int, *, mixed: bool) -> None:
    """Let so many writers do so many operations each, all at once."""
    started = [start(path, number, count, mixed=mixed) for number in range(writers)]
    outputs = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0] * writers
    operations = [each for output in outputs for each in acknowledged(output)]
    assert len(operations) == writers * count
    assert_all_there(path, operations)


def test_two_writers_with_a_hundred_rows_each_make_two_hundred(path: Path) -> None:
    """No row is lost or doubled."""
    run(path, 2, 100, mixed=False)
    assert len(list(log_rows(path.read_bytes()))) == 202


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_eight_writers_with_five_hundred_operations_each(path: Path) -> None:
    """Additions, corrections and fees; the file agrees with a reference model."""
    run(path, 8, 500, mixed=True)


def kill_now_and_then(path: Path, times: int) -> None:
    """Start writers and kill -9 each at some moment; all they told of is there."""
    chance = random.Random(7)
    operations: list[dict[str, Any]] = []
    for number in range(times):
        process = start(path, number, 100_000, mixed=True)
        assert process.stdout is not None
        output = process.stdout.readline()  # it is at work
        output += _until(process.stdout, chance.uniform(0, 0.05))
        os.kill(process.pid, signal.SIGKILL)
        output += process.communicate()[0]
        operations += acknowledged(output)
        assert read(path.read_bytes()).has(operations[-1]["id"])
    finisher = start(path, times, 1)
    operations += acknowledged(finisher.communicate()[0])
    assert finisher.returncode == 0, "a lock or a file of the dead stood in the way"
    assert_all_there_after_kills(path, operations, times)


def _until(stream: IO[bytes], seconds: float) -> bytes:
    """What comes while that time goes by; the moment of death is a matter of chance, nothing depends on it."""
    select.select([], [], [], seconds)
    os.set_blocking(stream.fileno(), False)
    found = stream.read() or b""
    os.set_blocking(stream.fileno(), True)
    return found


def assert_all_there_after_kills(path: Path, operations: list[dict[str, Any]], times: int) -> None:
    """A change that was not told of may have been made: it differs by a cent, or is one row more."""
    found = amounts(path)
    last = {each["id"]: each["cents"] for each in operations}
    off = {name for name, cents in last.items() if found.get(name) != cents}
    assert all(found.get(name) == last[name] + 1 for name in off)
    assert len(off) <= times
    assert_all_there(path, [each for each in operations if each["id"] not in off], spare=times + len(off))


def test_killed_at_random_moments(path: Path) -> None:
    """Some deaths here, two hundred in the slow suite, every single step in test_faults.py."""
    kill_now_and_then(path, 3)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_killed_at_two_hundred_random_moments(path: Path) -> None:
    """The file is whole each time, and nobody waits for the dead."""
    kill_now_and_then(path, 200)
