"""One connection to one upstream, from its start to its certain end.

Each connection lives in a task of its own that nobody cancels: who waits for it may be cancelled at any moment, the
start and the end go on. (A cancellation that lands while the SDK or a process is being closed would leave the process
behind.) Only the end of the event loop cancels that task, and then the process is killed on the spot.
"""

import asyncio
import contextlib
import os
from collections.abc import Coroutine
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from revintel_mcp.sources.contract import Call, RawResult, Tool
from revintel_mcp.sources.failure import Failure
from revintel_mcp.upstream_entry import UpstreamEntry
from revintel_mcp.upstream_process import ChildProcess
from revintel_mcp.upstream_trouble import Evidence, Occasion, Trouble, UpstreamTrouble, failure

if TYPE_CHECKING:
    from revintel_mcp.upstream_session import UpstreamSession

T = TypeVar("T")

#: How long the libraries may take to notice that a conversation is over, in seconds.
_GOODBYE_S: Final = 0.7
_MB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one upstream may take: seconds to start, to list, to answer; calls at once; bytes of one answer.

    Without `list_s`, listing the tools may take as long again as the start.
    """

    start_s: float = 30.0
    list_s: float | None = None
    call_s: float = 60.0
    calls_at_once: int = 8
    answer_bytes: int = 16 * _MB

    def of(self, doing: str) -> float:
        """The seconds for `start`, `list`, or the tool that is called."""
        if doing == "start":
            return self.start_s
        if doing == "list":
            return self.start_s if self.list_s is None else self.list_s
        return self.call_s


class Link:
    """A connection that is opening, open, or over. `start` it once; `end` it, whatever happened."""

    def __init__(self, entry: UpstreamEntry, limits: Limits) -> None:
        self.entry = entry
        self._suspect = False  # a call was given up: once none is under way, better start the upstream again
        self._in_flight = 0
        self._limits = limits
        self._over = asyncio.Event()
        self._broken = False
        self._child: ChildProcess | None = None
        self._session: UpstreamSession | None = None
        self._pending: asyncio.Future[Any] | None = None
        self._calls: set[asyncio.Future[Any]] = set()
        self._outcome: asyncio.Future[tuple[Tool, ...] | Failure] = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to connect."""
        self._task = asyncio.create_task(self._live(), name=f"upstream {self.entry.name}")

    async def opened(self) -> tuple[Tool, ...] | Failure:
        """The tools once it is connected, or why it could not be. The waiter may be cancelled; the start goes on."""
        return await asyncio.shield(self._outcome)

    @property
    def broken(self) -> bool:
        """Whether it is over: nothing can be asked any more."""
        return self._broken or self._over.is_set() or (self._child is not None and self._child.ended.is_set())

    @property
    def usable(self) -> bool:
        """Whether a call may be tried: opening or open, and not known to be stuck."""
        stuck = self._suspect and self._in_flight == 0
        return not (self.broken or stuck)

    async def call(self, call: Call) -> RawResult:
        """The tool's result.

        Raises:
            UpstreamTrouble: There is none; `tell` makes a failure of it.
        """
        assert self._session is not None
        self._in_flight += 1
        try:
            return await self._limited(self._session.call(call))
        except UpstreamTrouble as trouble:
            self._suspect |= trouble.trouble is Trouble.SILENT
            self._broken |= trouble.trouble in {Trouble.CLOSED, Trouble.UNREACHABLE} or trouble.status == 404
            raise
        except asyncio.CancelledError:
            self._suspect = True
            raise
        finally:
            self._in_flight -= 1

    async def _limited(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a call within its limit. What is given up is cancelled, and not waited for.

        (The SDK's own limit may take five seconds more: it tries to tell a server that hangs that it is given up.)
        """
        task = asyncio.ensure_future(work)
        self._calls.add(task)
        task.add_done_callback(self._forget_call)
        try:
            await asyncio.wait({task}, timeout=self._limits.call_s)
            if not task.done():
                raise UpstreamTrouble(Trouble.SILENT)
            return task.result()
        finally:
            task.cancel()

    def _forget_call(self, task: "asyncio.Future[Any]") -> None:
        """A call is over; nobody may be left to hear what became of it."""
        self._calls.discard(task)
        if not task.cancelled():
            task.exception()

    @property
    def oversized(self) -> bool:
        """Whether it broke because an answer was too large; to ask again would be no better."""
        return self._child is not None and self._child.oversized

    async def tell(self, trouble: UpstreamTrouble, doing: str) -> Failure:
        """The failure for a trouble met while `doing` (`start`, `list`, or a tool's name)."""
        evidence = Evidence()
        if self._child is not None:
            if trouble.trouble is Trouble.CLOSED and not self._over.is_set():
                await self._child.settle()
            child = self._child
            evidence = Evidence(child.complaints, child.exit_code, child.noise, child.oversized)
        occasion = Occasion(doing, self._limits.of(doing), max(1, self._limits.answer_bytes // _MB))
        return failure(self.entry, trouble, evidence, occasion)

    async def end(self) -> None:
        """Close the connection and end its process; the waiter may be cancelled, the end goes on."""
        self._over.set()
        if self._task is not None:
            await asyncio.wait({self._task})

    def kill(self) -> None:
        """End its process at once, without waiting for anything."""
        if self._child is not None:
            self._child.kill()

    async def _live(self) -> None:
        try:
            outcome = await self._open()
            self._broken = isinstance(outcome, Failure)
            self._outcome.set_result(outcome)
            if not self._broken:
                await self._until_over()
            self._broken = True
            await self._close()
        except Exception as error:
            if self._outcome.done():
                raise
            self._outcome.set_exception(error)
        finally:
            self._broken = True
            if self._child is not None:
                self._child.kill()  # nothing is left of it, unless the event loop ended in the middle
            if not self._outcome.done():
                self._outcome.cancel()

    async def _open(self) -> tuple[Tool, ...] | Failure:
        doing = "start"
        try:
            session = await self._begin()
            await self._within(self._limits.of(doing), session.open())
            doing = "list"
            return await self._within(self._limits.of(doing), session.tools())
        except UpstreamTrouble as trouble:
            return await self.tell(trouble, doing)

    async def _begin(self) -> "UpstreamSession":
        """Start the process, if there is one, and meanwhile import what speaks MCP with it."""
        if self.entry.transport == "stdio":
            self._child = self._spawn()
        kind = await asyncio.to_thread(_session_kind)
        if self._child is not None:
            self._session = kind.over_process(self._child)
        else:
            limits = self._limits
            self._session = kind.over_http(self.entry, largest_body=limits.answer_bytes, call_s=limits.call_s)
        return self._session

    def _spawn(self) -> ChildProcess:
        entry = self.entry
        try:
            return ChildProcess(
                [entry.command, *entry.args],
                env=entry.env,
                cwd=entry.cwd,
                largest_line=self._limits.answer_bytes,
            )
        except FileNotFoundError as error:
            missing = error.filename if error.filename == entry.cwd else entry.command
            what = "folder" if error.filename == entry.cwd else "program"
            raise UpstreamTrouble(Trouble.NOT_STARTED, f"the {what} {missing!r} was not found") from None
        except OSError as error:
            told = f"{entry.command!r} can't be started ({error.strerror})"
            raise UpstreamTrouble(Trouble.NOT_STARTED, told) from None
        except ValueError:
            raise UpstreamTrouble(Trouble.NOT_STARTED, "an argument or variable holds a NUL character") from None

    async def _within(self, limit_s: float, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`, which is never cancelled here: it ends when the process does, or in `_close`."""
        task = asyncio.ensure_future(work)
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait({task, over}, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
        if task.done():
            return task.result()
        self._pending = task
        raise UpstreamTrouble(Trouble.CLOSED if self._over.is_set() else Trouble.SILENT)

    async def _until_over(self) -> None:
        """Wait until it is told to end, or its process has ended."""
        events = [self._over] if self._child is None else [self._over, self._child.ended]
        waits = [asyncio.ensure_future(event.wait()) for event in events]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _close(self) -> None:
        """First the process, which ends whatever the libraries still wait for; then the conversation."""
        if self._child is not None:
            await self._child.stop()
        elif self._pending is not None:
            self._pending.cancel()
        if self._pending is not None:
            await _finish(self._pending)
        if self._session is not None:
            await _finish(asyncio.ensure_future(self._session.close()))


async def _finish(work: "asyncio.Future[Any]") -> None:
    """Wait for work to end by itself; make it, if it takes too long. Its result does not matter any more."""
    for _ in range(2):
        await asyncio.wait({work}, timeout=_GOODBYE_S)
        if work.done():
            break
        work.cancel()
    if work.done() and not work.cancelled():
        with contextlib.suppress(Exception):
            work.result()


@cache
def _session_kind() -> "type[UpstreamSession]":
    """The class that speaks MCP. FastMCP reads `.env` in the working folder when imported: none of its business."""
    os.environ.setdefault("FASTMCP_ENV_FILE", os.devnull)
    from revintel_mcp.upstream_session import UpstreamSession  # noqa: PLC0415 - takes most of a second

    return UpstreamSession
