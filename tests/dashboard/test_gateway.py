"""One connection for all threads: kept, healed, cancelled, and ended with the server that was started for it."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.failures import Refused, ServerDown, StrangeAnswer, TooSlow
from dashboard.gateway import McpGateway, Step
from dashboard.target import Target, target_from
from tests.dashboard.promises import reports_progress_and_its_result, stops_the_work_of_a_cancelled_job, until

_SERVER = Path(__file__).with_name("fake_server.py")


def _target(folder: Path) -> Target:
    environ = {**os.environ, "FASTMCP_CHECK_FOR_UPDATES": "off", "REVINTEL_TRACKER": "/ada/tracker.md"}
    return Target(command=(sys.executable, str(_SERVER), str(folder)), environ=environ)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server leaves its traces."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def gateway(folder: Path) -> Iterator[McpGateway]:
    """A gateway to a server that it starts itself: once for all tests, as in the app."""
    made = McpGateway(_target(folder))
    yield made
    made.close()


def _pid(gateway: McpGateway) -> int:
    pid: int = gateway.call("who", {})["pid"]
    return pid


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_all_calls_of_all_threads_go_to_one_process_with_our_settings(gateway: McpGateway) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(_pid(gateway))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 5
    assert set(found) == {_pid(gateway)}
    assert gateway.call("who", {})["setting"] == "/ada/tracker.md"


def test_a_refusal_is_the_server_s_own_sentence(gateway: McpGateway) -> None:
    with pytest.raises(Refused, match=r"^2026-02-30 is no day$"):
        gateway.call("refuse", {})


def test_an_unknown_tool_is_a_refusal_not_a_crash(gateway: McpGateway) -> None:
    with pytest.raises((Refused, StrangeAnswer)):
        gateway.call("no_such_tool", {})


def test_words_are_no_answer(gateway: McpGateway) -> None:
    with pytest.raises(StrangeAnswer, match="structured"):
        gateway.call("words_only", {})


def test_a_late_answer_is_told_as_late(gateway: McpGateway) -> None:
    with pytest.raises(TooSlow, match="took too long"):
        gateway.call("work", {}, timeout_s=0.2)


def test_a_job_reports_progress_and_gives_its_result(gateway: McpGateway) -> None:
    reports_progress_and_its_result(gateway)


def test_cancelling_a_job_stops_the_server_s_work_too(gateway: McpGateway, folder: Path) -> None:
    stops_the_work_of_a_cancelled_job(gateway, folder)


@pytest.mark.slow
def test_a_read_survives_the_death_of_the_server(gateway: McpGateway, folder: Path) -> None:
    (folder / "died").unlink(missing_ok=True)
    before = _pid(gateway)

    after = gateway.call("die", {"once": True})["pid"]

    assert after != before
    assert _pid(gateway) == after


@pytest.mark.slow
def test_a_write_is_not_sent_twice_and_says_that_it_may_be_done(gateway: McpGateway) -> None:
    with pytest.raises(ServerDown) as caught:
        gateway.call("die", {}, again=False)

    assert caught.value.maybe_done
    assert _pid(gateway)


@pytest.mark.slow
def test_closing_ends_the_server_the_thread_and_every_later_call(tmp_path: Path) -> None:
    threads = set(threading.enumerate())
    gateway = McpGateway(_target(tmp_path))
    pid = _pid(gateway)
    job = gateway.start("work", {})

    gateway.close()
    gateway.close()

    until(lambda: _is_gone(pid))
    until(lambda: set(threading.enumerate()) <= threads)
    assert job.done
    with pytest.raises(ServerDown, match="closing"):
        gateway.call("who", {})


def test_a_server_that_can_t_start_says_why() -> None:
    words = "import sys; sys.exit('REVINTEL_NOW=x: not a time; write one such as 2026-02-19T14:03:22-05:00')"
    gateway = McpGateway(Target(command=(sys.executable, "-c", words), environ=dict(os.environ)))
    try:
        with pytest.raises(ServerDown, match="could not be started") as caught:
            gateway.call("who", {})
    finally:
        gateway.close()

    assert caught.value.detail.startswith("REVINTEL_NOW=x: not a time")


def test_a_program_that_is_not_there_is_told() -> None:
    gateway = McpGateway(Target(command=("/nowhere/python", "-m", "revintel_mcp")))
    try:
        with pytest.raises(ServerDown, match="could not be started"):
            gateway.call("who", {})
    finally:
        gateway.close()


def test_closing_does_not_wait_for_a_server_that_still_starts(tmp_path: Path) -> None:
    """One that loads its libraries does not see that its input was closed."""
    traced = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))"
    words = f"import os, threading; {traced}; threading.Event().wait()"
    gateway = McpGateway(Target(command=(sys.executable, "-c", words)))
    gateway.warm()
    until(lambda: (tmp_path / "pid").exists() and bool((tmp_path / "pid").read_text()))

    gateway.close()

    assert _is_gone(int((tmp_path / "pid").read_text()))


@pytest.mark.slow
def test_an_address_where_nobody_answers_is_said() -> None:
    gateway = McpGateway(Target(url="http://127.0.0.1:9/mcp"))
    try:
        with pytest.raises(ServerDown, match=r"No server answers at http://127\.0\.0\.1:9/mcp"):
            gateway.call("who", {})
    finally:
        gateway.close()


def test_a_gateway_that_was_never_used_starts_and_leaves_nothing(tmp_path: Path) -> None:
    before = time.monotonic()
    McpGateway(_target(tmp_path)).close()

    assert time.monotonic() - before < 60  # it would wait for ever for a server
    assert not list(tmp_path.iterdir())


def test_the_environment_chooses_the_server() -> None:
    own = target_from({"REVINTEL_TRACKER": "/a.md", "STRIPE_SECRET_KEY": "sk_test_fake_1", "REVINTEL_MCP_URL": " "})
    other = target_from({"REVINTEL_MCP_URL": "http://127.0.0.1:8321/mcp"})

    assert own.command == (sys.executable, "-P", "-m", "revintel_mcp")
    assert own.environ["STRIPE_SECRET_KEY"] == "sk_test_fake_1"
    assert own.url == ""
    assert other == Target(url="http://127.0.0.1:8321/mcp")


@pytest.mark.parametrize(
    ("step", "part"),
    [(Step(), 0.0), (Step(1, 4), 0.25), (Step(5, 4), 1.0), (Step(-1, 4), 0.0), (Step(1, 0), 0.0)],
)
def test_progress_stays_between_nothing_and_all(step: Step, part: float) -> None:
    assert step.part == part
