"""A server that runs already, over HTTP: the same promises as of a server of one's own, but that it is never ended."""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashboard.failures import Refused, StrangeAnswer, TooSlow
from dashboard.gateway import McpGateway, Step
from dashboard.target import Target

pytestmark = pytest.mark.slow

_SERVER = Path(__file__).with_name("fake_server.py")


def _until(done: Callable[[], bool]) -> None:
    pause = threading.Event()
    while not done():
        pause.wait(0.01)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server leaves its traces."""
    return tmp_path_factory.mktemp("far")


@pytest.fixture(scope="module")
def gateway(folder: Path) -> Iterator[McpGateway]:
    """A gateway to a server that somebody else started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = subprocess.DEVNULL
    argv = [sys.executable, str(_SERVER), str(folder), str(port)]
    process = subprocess.Popen(argv, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        _until(lambda: _listens(port) or process.poll() is not None)
        made = McpGateway(Target(url=f"http://127.0.0.1:{port}/mcp"))
        yield made
        made.close()
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def test_it_answers_refuses_and_is_late_in_our_words(gateway: McpGateway) -> None:
    gateway.warm([("who", {}), ("refuse", {})])

    assert gateway.call("who", {})["pid"]
    with pytest.raises(Refused, match=r"^2026-02-30 is no day$"):
        gateway.call("refuse", {})
    with pytest.raises((Refused, StrangeAnswer)):
        gateway.call("no_such_tool", {})
    with pytest.raises(StrangeAnswer, match="structured"):
        gateway.call("words_only", {})
    with pytest.raises(TooSlow, match="took too long"):
        gateway.call("work", {}, timeout_s=0.2)


def test_a_job_reports_progress_and_gives_its_result(gateway: McpGateway) -> None:
    job = gateway.start("count", {})
    _until(lambda: job.done)

    assert job.result() == {"done": True}
    assert job.step == Step(4.0, 4.0, "page 4")


def test_cancelling_a_job_stops_the_server_s_work_too(gateway: McpGateway, folder: Path) -> None:
    (folder / "cancelled").unlink(missing_ok=True)
    job = gateway.start("work", {})
    _until(lambda: job.step.done > 0)

    job.cancel()

    _until((folder / "cancelled").exists)
    assert job.result() is None
    assert gateway.call("who", {})["pid"]
