"""Asking the upstreams: every source at once, each pull driven to its end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from revintel_mcp.domain.transaction import Channel
from revintel_mcp.sources.contract import Answer, Call, Pulling, PullRequest, Source, Tool
from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.sources.pull import Pull

_log = logging.getLogger(__name__)

Progress = Callable[[float, float, str], Awaitable[None]]
"""Called with what is done, the whole, and a sentence; what is done only grows."""


class Hub(Protocol):
    """Whoever reaches the upstreams; never raises for an upstream's fault."""

    async def connect(self, name: str) -> tuple[Tool, ...] | Failure:
        """Start or find the upstream and list its tools."""

    async def ask(self, name: str, call: Call) -> Answer:
        """One read."""


@dataclass(frozen=True, slots=True)
class Target:
    """A configured upstream to pull: its server name, what is shown for it, its source, and what to ask for."""

    name: str
    title: str
    source: Source
    request: PullRequest

    @property
    def channel(self) -> Channel:
        """The channel that its records count in."""
        return self.source.channel


async def pull_all(hub: Hub, targets: Sequence[Target], progress: Progress) -> Mapping[str, Pull]:
    """What every target gave, by server name. One that fails or hangs delays and spoils no other."""
    meter = _Meter(progress, [target.name for target in targets])
    pulls = await asyncio.gather(*(_pull(hub, target, meter) for target in targets))
    return {target.name: pull for target, pull in zip(targets, pulls, strict=True)}


async def _pull(hub: Hub, target: Target, meter: "_Meter") -> Pull:
    await meter.say(f"{target.title}: starting")
    pull = await _negotiate_and_read(hub, target, meter)
    await meter.finish(target, pull)
    return pull


async def _negotiate_and_read(hub: Hub, target: Target, meter: "_Meter") -> Pull:
    async def ask(call: Call) -> Answer:
        answer = await hub.ask(target.name, call)
        await meter.page(target, call)
        return answer

    tools = await hub.connect(target.name)
    if isinstance(tools, Failure):
        return failed_pull(tools)
    try:
        profile = target.source.negotiate(tools, target.name)
        return failed_pull(profile) if isinstance(profile, Failure) else await drive(profile.pull(target.request), ask)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError) as error:
        # A shape that no reader foresaw must not end the run, nor pass for "nothing sold".
        _log.debug("reading %s failed", target.title, exc_info=True)
        return failed_pull(Failure(FailureKind.BAD_ANSWER, f"its records could not be read ({type(error).__name__})"))


async def drive(pulling: Pulling, ask: Callable[[Call], Awaitable[Answer]]) -> Pull:
    """Run a pull to its end: each batch of calls at once, the answers sent back in the calls' order."""
    try:
        calls = next(pulling)
        while True:
            calls = pulling.send(tuple(await asyncio.gather(*(ask(call) for call in calls))))
    except StopIteration as end:
        pull: Pull = end.value
        return pull


def failed_pull(failure: Failure) -> Pull:
    """A pull that gave nothing."""
    return Pull(profile="", complete=False, failure=failure, why=str(failure))


class _Meter:
    """Progress that only grows: a source counts fully when done, and ever closer to fully with each page."""

    def __init__(self, progress: Progress, names: Sequence[str]) -> None:
        self._progress = progress
        self._pages = dict.fromkeys(names, 0)
        self._done: set[str] = set()

    async def say(self, sentence: str) -> None:
        done = sum(1.0 if name in self._done else pages / (pages + 4) for name, pages in self._pages.items())
        await self._progress(done, float(len(self._pages)), sentence)

    async def page(self, target: Target, call: Call) -> None:
        self._pages[target.name] += 1
        await self.say(f"{target.title}: {call.tool}, page {self._pages[target.name]}")

    async def finish(self, target: Target, pull: Pull) -> None:
        self._done.add(target.name)
        await self.say(f"{target.title}: " + (str(pull.failure) if pull.failure else f"{pull.fetched} records"))
