"""Ctrl-C and SIGTERM on a real program: it ends, with the shell's exit code, and takes every upstream with it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.client.stubs import Stubs, living

pytestmark = pytest.mark.slow  # each starts Python and imports FastMCP

ROOT = Path(__file__).parents[2]


@contextmanager
def program(stubs: Stubs, mode: str, what: str) -> Iterator["subprocess.Popen[bytes]"]:
    """The program in a process group of its own, with a pipe as stdin."""
    command = [sys.executable, "-m", "tests.client.parent", str(stubs.folder), mode, what]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as run:
        try:
            yield run
        finally:
            run.kill()


def _wait_for(trace: Path) -> None:
    deadline = time.monotonic() + 60
    while not trace.exists():
        assert time.monotonic() < deadline, f"{trace} never came"
        time.sleep(0.005)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_upstreams_run_ends_all(stubs: Stubs, number: signal.Signals) -> None:
    with program(stubs, "tree", "wait") as run:
        _wait_for(stubs.folder / "connected")
        run.send_signal(number)
        assert run.wait(30) == 128 + number
        assert run.stderr is not None
        assert run.stderr.read() == b""
    assert not stubs.living()


@pytest.mark.parametrize(
    ("mode", "trace"),
    [("hang-initialize", "initialize-seen"), ("hang-list", "list-seen"), ("hang-call", "called-1")],
)
def test_a_signal_at_any_stage_ends_all(stubs: Stubs, mode: str, trace: str) -> None:
    with program(stubs, mode, "ask") as run:
        _wait_for(stubs.place() / trace)
        run.send_signal(signal.SIGTERM)
        assert run.wait(30) == 128 + signal.SIGTERM
    assert not stubs.living()


@pytest.mark.parametrize("mode", ["stubborn", "stubborn-tree"])
def test_upstreams_that_ignore_everything_end_too(stubs: Stubs, mode: str) -> None:
    with program(stubs, mode, "wait") as run:
        _wait_for(stubs.folder / "connected")
        run.send_signal(signal.SIGTERM)
        assert run.wait(30) == 128 + signal.SIGTERM
    assert not stubs.living()


def test_a_second_ctrl_c_does_not_wait_for_a_stubborn_upstream(stubs: Stubs) -> None:
    with program(stubs, "stubborn", "wait") as run:
        _wait_for(stubs.folder / "connected")
        run.send_signal(signal.SIGINT)
        time.sleep(0)
        run.send_signal(signal.SIGINT)
        assert run.wait(30) == 128 + signal.SIGINT
    assert not stubs.living()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_thread_that_is_blocked_on_stdin_does_not_keep_a_server_alive(stubs: Stubs, number: signal.Signals) -> None:
    with program(stubs, "tree", "server") as run:
        _wait_for(stubs.folder / "connected")
        run.send_signal(number)
        assert run.wait(30) == 128 + number
    assert not stubs.living()


def test_a_normal_end_gives_the_result_and_ends_all(stubs: Stubs) -> None:
    with program(stubs, "tree", "finish") as run:
        assert run.wait(60) == 7
    assert not stubs.living()


def test_ctrl_c_in_a_terminal_reaches_us_and_not_the_upstreams(stubs: Stubs) -> None:
    """A terminal signals the whole foreground group: upstreams are in groups of their own, and are closed by us."""
    with program(stubs, "ok", "wait") as run:
        _wait_for(stubs.folder / "connected")
        os.killpg(run.pid, signal.SIGINT)
        assert run.wait(30) == 128 + signal.SIGINT
    assert not stubs.living()


def test_even_when_we_are_killed_upstreams_that_behave_end(stubs: Stubs) -> None:
    with program(stubs, "ok", "wait") as run:
        _wait_for(stubs.folder / "connected")
        run.kill()
        run.wait(30)
        assert not living(stubs.folder)
