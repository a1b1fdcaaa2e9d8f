"""The only MCP client of the package: every upstream, each on its own.

A hub starts upstreams when they are first needed, all at once if asked so, and keeps them warm until `aclose`. What
goes wrong with one is a `Failure` for whoever asked it, and delays nobody else.

    hub = UpstreamHub(config.ready, Limits(start_s=30, call_s=60))
    run_with_hub(lambda: refresh(hub), hub)       # closes the hub whatever happens, Ctrl-C and SIGTERM included
"""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from dataclasses import replace
from typing import Any, Final, NoReturn, Protocol, Self, TypeVar, cast

from revintel_mcp.sources.allow_list import refusal
from revintel_mcp.sources.contract import Answer, Call, Failure, FailureKind, Payload, RawResult, Tool
from revintel_mcp.sources.envelopes import read_result
from revintel_mcp.sources.redaction import redact, redact_known
from revintel_mcp.upstream_entry import UpstreamEntry
from revintel_mcp.upstream_link import Limits, Link
from revintel_mcp.upstream_process import kill_all
from revintel_mcp.upstream_trouble import UpstreamTrouble

__all__ = ["Limits", "UpstreamHub", "run_with_hub"]

T = TypeVar("T")

#: Seconds before the one retry of a call that met a rate limit, when the upstream does not say how long.
_RATE_LIMIT_WAIT_S: Final = 2.0
#: A longer wait than this is not waited for.
_LONGEST_WAIT_S: Final = 10.0
#: Seconds for which an upstream that failed is left alone: doubled with each further failure.
_FIRST_REST_S: Final = 5.0
_LONGEST_REST_S: Final = 60.0
#: Seconds for closing everything; what is left then is killed.
_CLOSING_S: Final = 8.0
#: Seconds for the main task to end once a signal asked for it: long enough to finish writing the tracker.
_WIND_UP_S: Final = 2.0

#: Signals that are answered with a clean end; one more ends the program as it is.
_PATIENT_SIGNALS: Final = 2

_RESTING: Final = {FailureKind.TIMEOUT, FailureKind.UNAVAILABLE, FailureKind.RATE_LIMIT}

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]


class UpstreamHub:
    """Connections to upstreams by server name. Use it in one event loop; close it with `aclose`.

    Args:
        entries: The upstreams; only those that are ready can be reached.
        limits: What each may take.
        sleep: How to wait between a rate limit and the retry.
        clock: Seconds, for how long ago something failed.
    """

    def __init__(
        self,
        entries: Iterable[UpstreamEntry],
        limits: Limits | None = None,
        *,
        sleep: Sleep = asyncio.sleep,
        clock: Clock = time.monotonic,
    ) -> None:
        limits = limits or Limits()
        self._upstreams = {entry.name: _Upstream(entry, limits, sleep, clock) for entry in entries}
        self._closing: asyncio.Task[None] | None = None

    async def connect(self, name: str) -> tuple[Tool, ...] | Failure:
        """Start or find the upstream and list its tools, all pages; why not, if it can't be or failed seconds ago."""
        upstream = self._upstreams.get(name)
        return await upstream.connect() if upstream else _unknown(name)

    async def ask(self, name: str, call: Call) -> Answer:
        """One read. Never raises for an upstream's fault; what is not on the allow-list does not leave the process."""
        upstream = self._upstreams.get(name)
        if upstream is None:
            return _unknown(name)
        refused = refusal(upstream.entry.source, call.tool, call.arguments)
        return Failure(FailureKind.PERMISSION, refused) if refused else await upstream.ask(call)

    async def aclose(self) -> None:
        """Close for good: every connection at once, no process survives. May be called again, and be cancelled."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name="closing upstreams")
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        closing = [asyncio.ensure_future(upstream.close()) for upstream in self._upstreams.values()]
        if closing:
            _, late = await asyncio.wait(closing, timeout=_CLOSING_S)
            for work in late:
                work.cancel()
        self.kill()

    def kill(self) -> None:
        """End every process at once. For when there is no time to close."""
        for upstream in self._upstreams.values():
            upstream.kill()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class Closable(Protocol):
    """A hub, or whoever owns some."""

    async def aclose(self) -> None:
        """End every upstream."""

    def kill(self) -> None:
        """End them at once."""


class _Upstream:
    """One upstream: its present connection, and a memory of failures."""

    def __init__(self, entry: UpstreamEntry, limits: Limits, sleep: Sleep, clock: Clock) -> None:
        self.entry = entry
        self._limits = limits
        self._sleep = sleep
        self._rest = _Rest(clock)
        self._gate = asyncio.Semaphore(limits.calls_at_once)
        self._link: Link | None = None
        self._links: set[Link] = set()
        self._endings: set[asyncio.Task[None]] = set()
        self._closed = False

    async def connect(self) -> tuple[Tool, ...] | Failure:
        link = self._rest.failure() or self._current()
        return link if isinstance(link, Failure) else await self._opened(link)

    async def ask(self, call: Call) -> Answer:
        async with self._gate:
            answer = await self._ask(call)
            wait_s = _wait_before_retry(answer)
            if wait_s is not None:
                await self._sleep(wait_s)
                answer = await self._ask(call)
        if isinstance(answer, Payload):
            self._rest.over()
        elif answer.kind in _RESTING:
            self._rest.begin(answer)
        return answer

    async def _ask(self, call: Call) -> Answer:
        """Ask; if the connection breaks, which a read may survive, connect once more and ask again."""
        for last in (False, True):
            link = self._current()
            if isinstance(link, Failure):
                return link
            opened = await self._opened(link)
            if isinstance(opened, Failure):
                return opened
            try:
                return self._read(await link.call(call))
            except UpstreamTrouble as trouble:
                if last or not link.broken or link.oversized:
                    return await link.tell(trouble, call.tool)
        raise AssertionError("unreachable")  # the second round returns

    def _read(self, raw: RawResult) -> Answer:
        """The answer out of its envelope, without the keys that an upstream may echo."""
        secrets = self.entry.secrets
        texts = tuple(redact_known(text, secrets) for text in raw.texts)
        answer = read_result(
            self.entry.source, replace(raw, texts=texts, structured=redact_known(raw.structured, secrets))
        )
        if isinstance(answer, Failure):
            return replace(answer, message=redact(answer.message, secrets))
        return answer

    def _current(self) -> Link | Failure:
        """The present connection, or a new one that is being opened."""
        if self._closed:
            return Failure(FailureKind.UNAVAILABLE, "it was closed; start again")
        if not self.entry.ready:
            return Failure(FailureKind.UNAVAILABLE, self.entry.reason)
        if self._link is not None and self._link.usable:
            return self._link
        if resting := self._rest.failure():
            return resting
        if self._link is not None:
            self._retire(self._link)
        self._link = Link(self.entry, self._limits)
        self._links.add(self._link)
        self._link.start()
        return self._link

    async def _opened(self, link: Link) -> tuple[Tool, ...] | Failure:
        outcome = await link.opened()
        if isinstance(outcome, Failure):
            self._rest.begin(outcome)
        return outcome

    def _retire(self, link: Link) -> None:
        """End a connection that is no longer of use, in the background."""
        ending = asyncio.create_task(link.end())
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        ending.add_done_callback(lambda _: self._links.discard(link))

    async def close(self) -> None:
        self._closed = True
        if self._links:
            await asyncio.gather(*(link.end() for link in self._links))

    def kill(self) -> None:
        for link in list(self._links):
            link.kill()


class _Rest:
    """How long an upstream that failed is left alone. It ends by itself, and with the first answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failed: Failure | None = None
        self._until = 0.0
        self._next_s = _FIRST_REST_S

    def failure(self) -> Failure | None:
        """What it failed with, while it rests."""
        left = self._until - self._clock()
        if self._failed is None or left <= 0:
            return None
        return replace(
            self._failed, message=f"{self._failed.message} (asked again in {max(1, round(left))} s at the earliest)"
        )

    def begin(self, failure: Failure) -> None:
        """It failed: rest, longer each time, and at least as long as it asked for."""
        if self.failure() is not None:
            return
        wait = max(self._next_s, min(failure.retry_after_s or 0, _LONGEST_REST_S))
        self._failed, self._until = failure, self._clock() + wait
        self._next_s = min(2 * self._next_s, _LONGEST_REST_S)

    def over(self) -> None:
        """It answered."""
        self._failed, self._next_s = None, _FIRST_REST_S


def _unknown(name: str) -> Failure:
    return Failure(FailureKind.UNAVAILABLE, f'no server named "{name}" is configured; type: revintel-mcp status')


def _wait_before_retry(answer: Answer) -> float | None:
    """Seconds to wait before the one retry; None if there is to be none."""
    if isinstance(answer, Payload) or answer.kind is not FailureKind.RATE_LIMIT:
        return None
    wait_s = _RATE_LIMIT_WAIT_S if answer.retry_after_s is None else answer.retry_after_s
    return wait_s if wait_s <= _LONGEST_WAIT_S else None


def run_with_hub(main: Callable[[], Coroutine[Any, Any, T]], hub: Closable, *, leave_at_once: bool = False) -> T:
    """Run `main()` in an event loop of its own and close `hub`, whatever ends it; no upstream survives.

    On Ctrl-C, SIGTERM or SIGHUP `main` is cancelled and given two seconds, then the hub is closed. A second signal
    kills the upstreams instead of closing them, a third ends the program on the spot.

    Args:
        main: What to do, with the hub.
        hub: Closed in the end.
        leave_at_once: End the process without the interpreter's own farewell after a signal: for a server whose
            reader thread is blocked on stdin, which would keep the process alive (python-sdk issue 3551).

    Returns:
        What `main` returned.

    Raises:
        SystemExit: A signal ended it; its code is 128 + the signal's number, as a shell expects.
    """
    try:
        with asyncio.Runner() as runner:
            received, result = runner.run(_until_signal(main, hub, leave_at_once=leave_at_once))
    finally:
        kill_all()
    if received:
        raise SystemExit(128 + received)
    return cast("T", result)


async def _until_signal(
    main: Callable[[], Coroutine[Any, Any, T]], hub: Closable, *, leave_at_once: bool
) -> tuple[int, T | None]:
    """The signal that ended it (0: none) and what `main` returned."""
    received: list[int] = []
    stopped = asyncio.Event()

    def on_signal(number: int) -> None:
        received.append(number)
        stopped.set()
        if len(received) > 1:
            hub.kill()

    with _signals(on_signal):
        work = asyncio.ensure_future(main())
        waiting = asyncio.ensure_future(stopped.wait())
        try:
            await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                work.cancel()
                await asyncio.wait({work}, timeout=_WIND_UP_S)
        finally:
            waiting.cancel()
            await hub.aclose()
        if not received:
            return 0, work.result()
        if leave_at_once:
            _leave(128 + received[0])
        return received[0], None


def _leave(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@contextlib.contextmanager
def _signals(on_signal: Callable[[int], None]) -> Iterator[None]:
    """Have the signals that end a program handled in the event loop; as they were, afterwards.

    The third one ends the program on the spot, whatever the event loop is stuck in.
    """
    loop = asyncio.get_running_loop()
    before: dict[int, Any] = {}
    received: list[int] = []

    def handle(number: int, _frame: object) -> None:
        received.append(number)
        if len(received) > _PATIENT_SIGNALS:
            kill_all()
            os._exit(128 + number)
        loop.call_soon_threadsafe(on_signal, number)

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            with contextlib.suppress(ValueError):  # not in the main thread: whoever is there handles them
                before[number] = signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
