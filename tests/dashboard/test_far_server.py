"""A server that runs already, over HTTP: the same promises as of a server of one's own, but that it is never ended."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.failures import Refused, StrangeAnswer, TooSlow
from dashboard.gateway import McpGateway
from dashboard.target import Target
from tests.dashboard.promises import reports_progress_and_its_result, stops_the_work_of_a_cancelled_job, until

pytestmark = pytest.mark.slow

_SERVER = Path(__file__).with_name("fake_server.py")


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
        until(lambda: _listens(port) or process.poll() is not None)
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
    reports_progress_and_its_result(gateway)


def test_cancelling_a_job_stops_the_server_s_work_too(gateway: McpGateway, folder: Path) -> None:
    stops_the_work_of_a_cancelled_job(gateway, folder)
