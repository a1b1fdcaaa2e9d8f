import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import cast

import pytest

from revintel_mcp.domain.periods import Window
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.extract import Target, drive, pull_all
from revintel_mcp.sources.contract import Answer, Call, Payload, Profile, Pulling, PullRequest, Source, Tool
from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.sources.pull import Pull

REQUEST = PullRequest(
    window=Window(date(2026, 1, 1), date(2026, 2, 1)), timezone=UTC, now=datetime(2026, 2, 1, tzinfo=UTC)
)


@dataclass(frozen=True)
class TwoPages:
    """Asks for one page, then for two at once."""

    name: str = "list_things"
    lacks: tuple[str, ...] = ()

    def pull(self, _request: PullRequest) -> Pulling:
        (first,) = yield (Call("list_things", {"page": 1}),)
        second, third = yield (Call("list_things", {"page": 2}), Call("list_things", {"page": 3}))
        seen = [answer.value for answer in (first, second, third) if isinstance(answer, Payload)]
        return Pull(profile=self.name, complete=len(seen) == 3, fetched=len(seen), notes=tuple(seen))


@dataclass(frozen=True)
class Chokes(TwoPages):
    """Meets a shape that it did not foresee."""

    def pull(self, _request: PullRequest) -> Pulling:
        (first,) = yield (Call("list_things"),)
        assert isinstance(first, Payload)
        return Pull(profile=self.name, complete=True, fetched=len(first.value["missing"]))


@dataclass(frozen=True)
class OneSource:
    profile: TwoPages = field(default_factory=TwoPages)
    name: str = "stripe"
    channel: Channel = Channel.STRIPE
    lag_days: int = 0
    lag_hours: int = 0

    def negotiate(self, tools: Sequence[Tool], _server: str) -> Profile | Failure:
        return self.profile if tools else Failure(FailureKind.NO_USABLE_TOOL, "looked for list_things")


class FakeHub:
    """Answers each page with its number; `broken` upstreams can't be started, `stuck` ones wait to be let go."""

    def __init__(self, broken: Sequence[str] = (), stuck: Sequence[str] = (), empty: Sequence[str] = ()) -> None:
        self.broken, self.stuck, self.empty = broken, stuck, empty
        self.let_go = asyncio.Event()
        self.asked: list[tuple[str, object]] = []

    async def connect(self, name: str) -> tuple[Tool, ...] | Failure:
        if name in self.broken:
            return Failure(FailureKind.UNAVAILABLE, "its command was not found")
        if name in self.stuck:
            await self.let_go.wait()
        return () if name in self.empty else (Tool("list_things"),)

    async def ask(self, name: str, call: Call) -> Answer:
        self.asked.append((name, call.arguments.get("page")))
        return Payload(f"page {call.arguments.get('page')}")


def target(name: str, profile: TwoPages | None = None) -> Target:
    return Target(name, name.title(), cast("Source", OneSource(profile or TwoPages())), REQUEST)


async def nobody(_done: float, _total: float, _sentence: str) -> None:
    """Progress that nobody watches."""


async def test_answers_come_back_in_the_order_of_the_calls() -> None:
    async def slow_first(call: Call) -> Answer:
        for _ in range(3 - int(str(call.arguments["page"]))):
            await asyncio.sleep(0)
        return Payload(f"page {call.arguments['page']}")

    pull = await drive(TwoPages().pull(REQUEST), slow_first)
    assert pull.notes == ("page 1", "page 2", "page 3")


async def test_an_upstream_that_can_not_start_is_a_failed_pull_and_the_others_go_in() -> None:
    pulls = await pull_all(FakeHub(broken=["stripe"]), [target("stripe"), target("gumroad")], nobody)
    assert pulls["stripe"].failure == Failure(FailureKind.UNAVAILABLE, "its command was not found")
    assert not pulls["stripe"].complete
    assert pulls["gumroad"].complete


async def test_a_hanging_upstream_delays_no_other() -> None:
    hub = FakeHub(stuck=["stripe"])
    finished: list[str] = []

    async def watch(_done: float, _total: float, sentence: str) -> None:
        if sentence == "Gumroad: 3 records":
            finished.append(sentence)
            hub.let_go.set()

    await pull_all(hub, [target("stripe"), target("gumroad")], watch)
    assert finished == ["Gumroad: 3 records"]


async def test_an_upstream_without_a_usable_tool_says_what_was_looked_for() -> None:
    pulls = await pull_all(FakeHub(empty=["stripe"]), [target("stripe")], nobody)
    assert pulls["stripe"].why == "no usable tool: looked for list_things"


async def test_a_shape_that_nobody_foresaw_is_a_bad_answer_and_not_an_empty_one() -> None:
    pulls = await pull_all(FakeHub(), [target("stripe", Chokes())], nobody)
    failure = pulls["stripe"].failure
    assert failure is not None
    assert failure.kind is FailureKind.BAD_ANSWER


async def test_progress_only_grows_and_ends_whole() -> None:
    seen: list[float] = []

    async def watch(done: float, total: float, _sentence: str) -> None:
        assert total == 2.0
        seen.append(done)

    await pull_all(FakeHub(), [target("stripe"), target("gumroad")], watch)
    assert seen == sorted(seen)
    assert seen[-1] == 2.0


async def test_cancelling_stops_the_asking() -> None:
    hub = FakeHub(stuck=["stripe"])
    work = asyncio.ensure_future(pull_all(hub, [target("stripe")], nobody))
    await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert hub.asked == []
