"""The dashboard's one door to the server: synchronous calls from any thread, over one long-lived MCP connection.

The connection lives on an event loop in a thread of its own. It is made when it is first needed, made again when it
died, and ended by `close`, with the server if that was started here.
"""

import asyncio
import atexit
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

from dashboard.failures import GatewayError, ServerDown, TooSlow
from dashboard.link import Link
from dashboard.target import Target

#: A tool and its arguments.
Question = tuple[str, Mapping[str, Any]]

READ_S: Final = 30.0
#: Time beyond a call's own limit after which its thread stops waiting: connecting, and the libraries' own grace.
_GRACE_S: Final = 45.0
_CLOSING_S: Final = 12.0


@dataclass(frozen=True, slots=True)
class Step:
    """How far a job is: `done` of `whole`, and the server's sentence about it."""

    done: float = 0.0
    whole: float = 1.0
    message: str = ""

    @property
    def part(self) -> float:
        """Between 0 and 1."""
        return min(1.0, max(0.0, self.done / self.whole)) if self.whole > 0 else 0.0


class Job(Protocol):
    """A call that runs on while the page shows how far it is."""

    @property
    def step(self) -> Step:
        """How far it is."""

    @property
    def done(self) -> bool:
        """Whether it ended, one way or another."""

    def cancel(self) -> None:
        """Stop it; the server stops working on it too."""

    def result(self) -> dict[str, Any] | None:
        """What it gave; None if it was cancelled. Call it once it is done."""


class Gateway(Protocol):
    """The server as the pages see it."""

    def call(
        self, tool: str, arguments: Mapping[str, Any], *, timeout_s: float = READ_S, again: bool = True
    ) -> dict[str, Any]:
        """The structured content of a tool's result; see `McpGateway.call`."""

    def start(self, tool: str, arguments: Mapping[str, Any]) -> Job:
        """The same as a job, for what takes long and reports progress."""

    def close(self) -> None:
        """End the connection and everything that was started for it."""


class McpGateway:
    """The gateway to a real server. Making one costs nothing; the first call, or `warm`, connects."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._thread: _LinkThread | None = None
        self._closed = False
        atexit.register(self.close)

    def warm(self, questions: Iterable[Question] = ()) -> None:
        """Start connecting in the background, and have the server ready for questions; a failure shows later."""
        self._running().warm(questions)

    def call(
        self, tool: str, arguments: Mapping[str, Any], *, timeout_s: float = READ_S, again: bool = True
    ) -> dict[str, Any]:
        """The structured content of a tool's result.

        Args:
            tool: the tool's name.
            arguments: its arguments.
            timeout_s: seconds the server may take.
            again: whether the tool may be called a second time if the connection died under it: reads, and writes
                that carry an idempotency key.

        Raises:
            GatewayError: there is no answer, or it is a refusal.
        """
        future = self._running().call(tool, arguments, timeout_s=timeout_s, again=again)
        try:
            answer: dict[str, Any] = future.result(timeout_s + _GRACE_S)
        except FutureTimeout:
            raise TooSlow(f"The server took too long to answer ({tool}).") from None
        except CancelledError:
            raise ServerDown("The dashboard is closing.") from None
        finally:
            future.cancel()
        return answer

    def start(self, tool: str, arguments: Mapping[str, Any]) -> "McpJob":
        """The same as a job: no time limit but the server's own, progress, and cancelling."""
        job = McpJob()
        job.begin(self._running().call(tool, arguments, timeout_s=None, again=False, progress=job.note))
        return job

    def close(self) -> None:
        """End the connection, and the server if it was started here. May be called more than once."""
        with self._lock:
            self._closed, thread, self._thread = True, self._thread, None
        if thread is not None:
            thread.close()
        atexit.unregister(self.close)

    def _running(self) -> "_LinkThread":
        with self._lock:
            if self._closed:
                raise ServerDown("The dashboard is closing.")
            if self._thread is None:
                self._thread = _LinkThread(self._target)
            return self._thread


class McpJob:
    """A tool call that runs on the gateway's thread. Any thread may look at it."""

    def __init__(self) -> None:
        self._step = Step()
        self._future: Future[dict[str, Any]] = Future()

    def begin(self, future: "Future[dict[str, Any]]") -> None:
        """Stand for this running call."""
        self._future = future

    def note(self, done: float, whole: float | None, message: str | None) -> None:
        """The server's progress; called on the gateway's thread."""
        self._step = Step(done, whole or max(done, 1.0), message or self._step.message)

    @property
    def step(self) -> Step:
        """How far it is."""
        return self._step

    @property
    def done(self) -> bool:
        """Whether it ended, one way or another."""
        return self._future.done()

    def cancel(self) -> None:
        """Stop it; the server is told and stops working on it too."""
        self._future.cancel()

    def result(self) -> dict[str, Any] | None:
        """What it gave; None if it was cancelled.

        Raises:
            GatewayError: it failed.
        """
        try:
            return self._future.result(0)
        except CancelledError:
            return None


class _LinkThread:
    """A thread with an event loop on which the link lives."""

    def __init__(self, target: Target) -> None:
        self._loop = asyncio.new_event_loop()
        self._link = Link(target)
        self._thread = threading.Thread(target=self._run, name="revintel-mcp-link", daemon=True)
        self._thread.start()
        self._closing = threading.Lock()

    def call(self, *args: Any, **options: Any) -> "Future[dict[str, Any]]":
        """Run the link's `call` on its loop; cancelling the future cancels the call."""
        return asyncio.run_coroutine_threadsafe(self._link.call(*args, **options), self._loop)

    def warm(self, questions: Iterable[Question]) -> None:
        """Run the link's `warm` on its loop."""
        asyncio.run_coroutine_threadsafe(self._link.warm(questions, timeout_s=READ_S), self._loop)

    def close(self) -> None:
        """End the link, then the loop and the thread."""
        with self._closing:
            if self._loop.is_closed():
                return
            closing = asyncio.run_coroutine_threadsafe(self._link.aclose(), self._loop)
            with suppress(GatewayError, CancelledError, FutureTimeout):
                closing.result(_CLOSING_S)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _run(self) -> None:
        # On the way out, the runner cancels what still runs, so that whoever waits for it is told.
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.get_loop().run_forever()
