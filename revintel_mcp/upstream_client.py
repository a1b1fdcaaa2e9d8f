"""The only MCP client of the package: every upstream, each on its own.

A hub starts upstreams when they are first needed, all at once if asked so, and keeps them warm until `aclose`. What
goes wrong with one is a `Failure` for whoever asked it, and delays nobody else.

    hub = UpstreamHub(config.ready, Limits(start_s=30, call_s=60))
    run_with_hub(lambda: refresh(hub), hub)       # closes the hub whatever happens, Ctrl-C and SIGTERM included
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Final, Self

from revintel_mcp.clean_end import run_with_hub
from revintel_mcp.sources.allow_list import refusal
from revintel_mcp.sources.contract import Answer, Call, Payload, RawResult, Tool
from revintel_mcp.sources.envelopes import read_result
from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.sources.redaction import redact, redact_known
from revintel_mcp.upstream_entry import UpstreamEntry
from revintel_mcp.upstream_link import Limits, Link
from revintel_mcp.upstream_trouble import UpstreamTrouble

__all__ = ["Limits", "UpstreamHub", "run_with_hub"]

#: Seconds before the one retry of a call that met a rate limit, when the upstream does not say how long.
_RATE_LIMIT_WAIT_S: Final = 2.0
#: A longer wait than this is not waited for.
_LONGEST_WAIT_S: Final = 10.0
#: Seconds for which an upstream that failed is left alone: doubled with each further failure.
_FIRST_REST_S: Final = 5.0
_LONGEST_REST_S: Final = 60.0
#: Seconds for closing everything; what is left then is killed.
_CLOSING_S: Final = 8.0

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
        refused = refusal(upstream.entry.source, call.tool, call.arguments, server=name)
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
        if resting := self._rest.failure():
            return resting
        outcome = await self._connect()
        if (wait_s := _wait_before_retry(outcome)) is None:
            return outcome
        await self._sleep(wait_s)
        self._rest.interrupt()
        return await self._connect()

    async def _connect(self) -> tuple[Tool, ...] | Failure:
        link = self._current()
        return link if isinstance(link, Failure) else await self._opened(link)

    async def ask(self, call: Call) -> Answer:
        async with self._gate:
            rests = self._rest.failure() is not None
            answer = await self._ask(call)
            wait_s = _wait_before_retry(answer)
            if wait_s is not None:
                await self._sleep(wait_s)
                if not rests:  # it may have been met while starting
                    self._rest.interrupt()
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
        return tuple(map(self._without_keys, outcome))

    def _without_keys(self, tool: Tool) -> Tool:
        """A tool whose name and arguments may be shown: a failure names what a server has."""
        secrets = self.entry.secrets
        return Tool(redact_known(tool.name, secrets), redact_known(tool.input_schema, secrets)) if secrets else tool

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

    def interrupt(self) -> None:
        """Let it be asked once more, though it failed just now."""
        self._failed = None

    def over(self) -> None:
        """It answered."""
        self._failed, self._next_s = None, _FIRST_REST_S


def _unknown(name: str) -> Failure:
    return Failure(FailureKind.UNAVAILABLE, f'no server named "{name}" is configured; type: revintel-mcp status')


def _wait_before_retry(outcome: Answer | tuple[Tool, ...]) -> float | None:
    """Seconds to wait before the one retry; None if there is to be none."""
    if not isinstance(outcome, Failure) or outcome.kind is not FailureKind.RATE_LIMIT:
        return None
    wait_s = _RATE_LIMIT_WAIT_S if outcome.retry_after_s is None else outcome.retry_after_s
    return wait_s if wait_s <= _LONGEST_WAIT_S else None
