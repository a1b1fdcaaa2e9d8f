"""No process that we started outlives us, whatever ends the run. (The `stubs` fixture checks it after every test.)"""

import asyncio
import contextlib
import gc
import time

import pytest

from revintel_mcp.upstream_client import Limits, UpstreamHub
from tests.client.stubs import LIST_CHARGES, PATIENT, Stubs

LONG = Limits(start_s=600, list_s=600, call_s=600)
#: Where a stub hangs, and what it leaves when it got there.
MOMENTS = {"hang-initialize": "initialize-seen", "hang-list": "list-seen", "hang-call": "called-1"}


STUBBORN = [pytest.param(mode, marks=pytest.mark.slow) for mode in ("stubborn", "stubborn-tree")]


@pytest.mark.parametrize("mode", ["ok", "tree", *STUBBORN])
async def test_closing_ends_the_whole_tree_in_less_than_two_seconds(stubs: Stubs, mode: str) -> None:
    hub = UpstreamHub([stubs.entry(mode), stubs.entry(mode, "gumroad"), stubs.entry(mode, "upwork")], PATIENT)
    connected = await asyncio.gather(*(hub.connect(name) for name in ("stripe", "gumroad", "upwork")))
    assert all(isinstance(tools, tuple) for tools in connected)
    before = time.monotonic()
    await hub.aclose()
    assert not stubs.living()
    assert time.monotonic() - before < 30  # a bound against hanging, not a measurement


async def test_an_exception_closes_the_hub(stubs: Stubs) -> None:
    async def refresh() -> None:
        async with UpstreamHub([stubs.entry("tree")], PATIENT) as hub:
            await hub.connect("stripe")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await refresh()
    assert not stubs.living()


@pytest.mark.parametrize("mode", MOMENTS)
async def test_cancelling_who_asks_leaves_nothing_behind(stubs: Stubs, mode: str) -> None:
    async def refresh() -> None:
        async with UpstreamHub([stubs.entry(mode)], LONG) as hub:
            await hub.ask("stripe", LIST_CHARGES)

    task = asyncio.ensure_future(refresh())
    await stubs.appears(MOMENTS[mode])
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not stubs.living()


@pytest.mark.slow
async def test_cancelling_the_closing_does_not_stop_it(stubs: Stubs) -> None:
    hub = UpstreamHub([stubs.entry("stubborn")], PATIENT)
    await hub.connect("stripe")
    closing = asyncio.ensure_future(hub.aclose())
    for _ in range(3):
        await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    await hub.aclose()
    assert not stubs.living()


async def test_a_start_that_nobody_waits_for_any_more_goes_on_for_the_next(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("ok")], PATIENT) as hub:
        impatient = asyncio.ensure_future(hub.connect("stripe"))
        await asyncio.sleep(0)
        impatient.cancel()
        assert isinstance(await hub.connect("stripe"), tuple)
    assert stubs.traces("pid") == 1


@pytest.mark.parametrize("mode", MOMENTS)
def test_an_event_loop_that_ends_in_the_middle_takes_the_processes_with_it(stubs: Stubs, mode: str) -> None:
    """Nobody closes the hub here: the end of the loop cancels everything, and the processes are killed."""

    async def careless() -> None:
        hub = UpstreamHub([stubs.entry(mode)], LONG)
        asking = asyncio.ensure_future(hub.ask("stripe", LIST_CHARGES))
        await stubs.appears(MOMENTS[mode])
        asking.cancel()

    asyncio.run(careless())
    assert not stubs.living()


@pytest.mark.slow
def test_cancelling_after_any_delay_leaves_nothing_behind(stubs: Stubs) -> None:
    """From before the process starts to after it was closed, with a careless end of the loop in between."""

    async def refresh(place: int) -> None:
        async with UpstreamHub([stubs.entry("tree", f"stripe-{place}")], LONG) as hub:
            await hub.connect(f"stripe-{place}")
            await hub.ask(f"stripe-{place}", LIST_CHARGES)

    async def interrupted(place: int, delay_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(refresh(place), delay_s)

    for place in range(60):
        asyncio.run(interrupted(place, place * 0.003))
    assert not stubs.living()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_event_loop_that_ends_after_any_delay_leaves_nothing_behind(stubs: Stubs) -> None:
    """The libraries' own tasks may be cancelled here before their first step, which Python warns of: no harm done."""

    async def careless(place: int, delay_s: float) -> None:
        hub = UpstreamHub([stubs.entry("tree", f"stripe-{place}")], LONG)
        asking = asyncio.ensure_future(hub.ask(f"stripe-{place}", LIST_CHARGES))
        await asyncio.wait({asking}, timeout=delay_s)

    for place in range(60):
        asyncio.run(careless(place, place * 0.003))
    gc.collect()
    assert not stubs.living()
