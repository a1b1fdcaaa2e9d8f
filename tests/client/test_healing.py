"""A failure passes: one retry where it helps, a rest instead of hammering, and a new start when it is over."""

import asyncio

from revintel_mcp.sources.contract import Call
from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.upstream_client import Limits, UpstreamHub
from tests.client.stubs import LIST_CHARGES, PATIENT, Stubs, failed, rows


class Naps:
    """A sleep that takes no time and remembers how long it should have been."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


async def test_an_upstream_that_dies_in_a_call_is_started_once_more(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("exit-call-once")], PATIENT) as hub:
        assert rows(await hub.ask("stripe", LIST_CHARGES))[0]["n"] == 2
    assert stubs.traces("pid") == 2


async def test_an_upstream_that_dies_in_every_call_is_started_twice_and_no_more(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("exit-call")], PATIENT) as hub:
        failed(await hub.ask("stripe", LIST_CHARGES))
    assert (stubs.traces("pid"), stubs.traces("called")) == (2, 2)


async def test_an_answer_that_was_too_large_is_not_asked_for_again(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("large")], Limits(answer_bytes=50_000)) as hub:
        failed(await hub.ask("stripe", LIST_CHARGES))
    assert stubs.traces("called") == 1


async def test_an_upstream_that_left_between_calls_comes_back_for_the_next(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("exit-between")], PATIENT) as hub:
        assert isinstance(await hub.connect("stripe"), tuple)
        await stubs.gone()
        assert rows(await hub.ask("stripe", LIST_CHARGES))
    assert stubs.traces("pid") == 2


async def test_calls_that_were_under_way_together_share_the_new_start(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("exit-call-once")], PATIENT) as hub:
        answers = await asyncio.gather(*(hub.ask("stripe", LIST_CHARGES) for _ in range(5)))
    assert all(rows(answer) for answer in answers)
    assert stubs.traces("pid") == 2


async def test_an_upstream_stuck_in_a_call_that_was_given_up_is_started_anew(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("wait-for-release")], PATIENT) as hub:
        given_up = asyncio.ensure_future(hub.ask("stripe", LIST_CHARGES))
        await stubs.appears("called-1")
        given_up.cancel()
        again = asyncio.ensure_future(hub.ask("stripe", LIST_CHARGES))
        await stubs.appears("called-2")
        (stubs.place() / "release").touch()
        assert rows(await again)
    assert stubs.traces("pid") == 2


async def test_a_rate_limit_is_waited_out_once(stubs: Stubs) -> None:
    naps = Naps()
    async with UpstreamHub([stubs.entry("rate-once")], PATIENT, sleep=naps) as hub:
        assert rows(await hub.ask("stripe", LIST_CHARGES))
    assert naps.taken == [2.0]


async def test_a_rate_limit_that_stays_is_a_failure_after_one_retry(stubs: Stubs) -> None:
    naps = Naps()
    async with UpstreamHub([stubs.entry("rate-always")], PATIENT, sleep=naps) as hub:
        assert failed(await hub.ask("stripe", LIST_CHARGES)).kind is FailureKind.RATE_LIMIT
    assert (naps.taken, stubs.traces("called")) == ([2.0], 2)


async def test_the_wait_that_an_upstream_asks_for_is_kept_if_it_is_short(stubs: Stubs) -> None:
    naps = Naps()
    entries = [stubs.entry("rate-for-three"), stubs.entry("rate-for-an-hour", "gumroad")]
    async with UpstreamHub(entries, PATIENT, sleep=naps) as hub:
        assert rows(await hub.ask("stripe", LIST_CHARGES))
        limited = failed(await hub.ask("gumroad", Call("list_sales")))
    assert naps.taken == [3.0]
    assert (limited.kind, limited.retry_after_s) == (FailureKind.RATE_LIMIT, 3600)
    assert stubs.traces("called", "gumroad") == 1


async def test_an_upstream_that_failed_is_left_alone_and_then_tried_again(stubs: Stubs) -> None:
    """5 s, then 10 s: inside a rest nothing is started, after it one attempt is made."""
    now = [100.0]
    async with UpstreamHub([stubs.entry("exit-start")], PATIENT, clock=lambda: now[0]) as hub:
        failed(await hub.connect("stripe"))
        for moment, starts in ((101.0, 1), (104.9, 1), (105.1, 2), (114.9, 2), (115.2, 3)):
            now[0] = moment
            failed(await hub.connect("stripe"))
            failed(await hub.ask("stripe", LIST_CHARGES))
            assert (moment, stubs.traces("pid")) == (moment, starts)


async def test_a_rest_says_what_failed_and_how_long_it_lasts(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("exit-start")], PATIENT, clock=lambda: 1.0) as hub:
        first = failed(await hub.connect("stripe"))
        again = failed(await hub.connect("stripe"))
    assert again == Failure(first.kind, f"{first.message} (asked again in 5 s at the earliest)")


async def test_an_answer_ends_the_rest(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("rate-thrice")], PATIENT, sleep=Naps(), clock=lambda: 1.0) as hub:
        failed(await hub.ask("stripe", LIST_CHARGES))
        failed(await hub.connect("stripe"))
        assert rows(await hub.ask("stripe", LIST_CHARGES))
        assert isinstance(await hub.connect("stripe"), tuple)


async def test_calls_of_one_upstream_run_at_once_up_to_the_cap(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("hang-call")], Limits(call_s=30, calls_at_once=3)) as hub:
        asking = [asyncio.ensure_future(hub.ask("stripe", LIST_CHARGES)) for _ in range(5)]
        await stubs.appears("called-3")
        for task in asking[:2]:
            task.cancel()
        await stubs.appears("called-5")
        for task in asking:
            task.cancel()
    assert stubs.traces("pid") == 1


async def test_every_page_of_the_list_of_tools_is_read(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("pages"), stubs.entry("same-cursor", "gumroad")], PATIENT) as hub:
        paged, circular = await asyncio.gather(hub.connect("stripe"), hub.connect("gumroad"))
    assert isinstance(paged, tuple)
    assert [tool.name for tool in paged] == ["list_page_0", "list_page_1", "list_page_2"]
    assert paged[0].input_schema["properties"] == {"limit": {"type": "integer"}}
    assert isinstance(circular, tuple)


async def test_a_server_of_the_newest_protocol_only_is_understood(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("modern-only")], PATIENT) as hub:
        assert isinstance(await hub.connect("stripe"), tuple)
        assert rows(await hub.ask("stripe", LIST_CHARGES))
    assert stubs.traces("pid") == 1


async def test_a_server_that_keeps_silent_about_what_it_does_not_know_costs_no_time(stubs: Stubs) -> None:
    """The newest handshake is not tried on it: its probe would be waited for ten seconds, more than this limit."""
    async with UpstreamHub([stubs.entry("ignores-unknown")], Limits(start_s=8)) as hub:
        assert isinstance(await hub.connect("stripe"), tuple)


async def test_a_hub_that_was_closed_stays_closed(stubs: Stubs) -> None:
    hub = UpstreamHub([stubs.entry("ok")], PATIENT)
    await hub.connect("stripe")
    await asyncio.gather(hub.aclose(), hub.aclose())
    assert failed(await hub.connect("stripe")).message == "it was closed; start again"
    await hub.aclose()
    assert stubs.traces("pid") == 1
