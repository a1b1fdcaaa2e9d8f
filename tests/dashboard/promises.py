"""What a gateway promises, whichever way it reaches its server: held for a server of one's own and for a far one."""

import threading
from collections.abc import Callable
from pathlib import Path

from dashboard.gateway import McpGateway, Step


def until(done: Callable[[], bool]) -> None:
    """Wait for what is asserted; the test's own time limit ends a wait in vain."""
    pause = threading.Event()
    while not done():
        pause.wait(0.01)


def reports_progress_and_its_result(gateway: McpGateway) -> None:
    """A job tells how far it is and, once done, what came of it."""
    job = gateway.start("count", {})
    until(lambda: job.done)

    assert job.result() == {"done": True}
    assert job.step == Step(4.0, 4.0, "page 4")
    assert job.step.part == 1.0


def stops_the_work_of_a_cancelled_job(gateway: McpGateway, folder: Path) -> None:
    """The server is told, and the connection is as good as before."""
    (folder / "cancelled").unlink(missing_ok=True)
    job = gateway.start("work", {})
    until(lambda: job.step.done > 0)
    assert job.step == Step(1.0, 4.0, "Stripe: list_charges, page 1")

    job.cancel()

    until((folder / "cancelled").exists)
    assert job.done
    assert job.result() is None
    assert gateway.call("who", {})["pid"]
