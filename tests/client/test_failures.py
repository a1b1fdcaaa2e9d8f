"""Every way an upstream can fail is one kind of failure, told in a sentence that says what to do."""

import asyncio
import tracemalloc

import pytest

from revintel_mcp.sources.contract import Call
from revintel_mcp.sources.failure import FailureKind
from revintel_mcp.upstream_client import Limits, UpstreamHub
from revintel_mcp.upstream_entry import EntryState, UpstreamEntry
from tests.client.stubs import LIST_CHARGES, PATIENT, Stubs, failed, rows

FAKE_KEY = "sk_test_fake_0123456789abcdef4242"

AT_START = {
    "exit-start": (
        FailureKind.UNAVAILABLE,
        "it ended while starting (exit code 3): fatal: no more ink. To see why, type:",
    ),
    "missing-key": (FailureKind.AUTH, "API key not provided. Set the STRIPE_SECRET_KEY variable. Check the key that"),
    "bad-list": (FailureKind.BAD_ANSWER, "what it sent while listing its tools is not what MCP allows"),
    "refuse-list": (
        FailureKind.NO_USABLE_TOOL,
        "it refused while listing its tools: Method not found. It offers no tools at all: use another version of it",
    ),
    "old-protocol": (FailureKind.BAD_ANSWER, "protocol version"),
    "refuses": (FailureKind.AUTH, "it refused while starting: Invalid API Key provided: sk_…4242"),
}
WHILE_HANGING = {
    "hang-initialize": (FailureKind.TIMEOUT, "it did not start within 0.2 s. Raise REVINTEL_START_TIMEOUT"),
    "hang-list": (FailureKind.TIMEOUT, "it did not list its tools within 0.2 s. Raise REVINTEL_START_TIMEOUT"),
}
WORDS_BEFORE_THE_LIMIT = {
    "garbage": (FailureKind.UNAVAILABLE, 'what it wrote is not MCP ("Welcome! Listening on port 3000")'),
    "silent-401": (FailureKind.AUTH, "code: 401. Check the key that"),
}
IN_A_CALL = {
    "exit-call": (FailureKind.UNAVAILABLE, "it ended while answering list_charges (exit code 7): panic: out of paper"),
    "half-message": (FailureKind.UNAVAILABLE, "it ended while answering list_charges (exit code 0) and said nothing"),
    "large": (FailureKind.BAD_ANSWER, "it sent more than 1 MB at once while answering list_charges. Ask for a shorter"),
    "auth": (FailureKind.AUTH, "Invalid API Key provided: sk_…4242"),
    "protocol-auth": (FailureKind.AUTH, "401 Unauthorized for sk_…4242"),
    "bad-content": (FailureKind.BAD_ANSWER, "is not what MCP allows (content); update that server"),
}


@pytest.mark.parametrize("mode", AT_START)
async def test_a_failure_at_the_start_is_told_by_connect(stubs: Stubs, mode: str) -> None:
    async with UpstreamHub([stubs.entry(mode, secret=FAKE_KEY)], PATIENT) as hub:
        failure = failed(await hub.connect("stripe"))
    kind, words = AT_START[mode]
    assert (failure.kind, words in failure.message) == (kind, True), failure


@pytest.mark.parametrize("mode", WHILE_HANGING)
async def test_a_hang_at_the_start_ends_with_its_own_limit(stubs: Stubs, mode: str) -> None:
    limits = Limits(start_s=0.2 if mode != "hang-list" else 30, list_s=0.2)
    async with UpstreamHub([stubs.entry(mode)], limits) as hub:
        failure = failed(await hub.connect("stripe"))
    kind, words = WHILE_HANGING[mode]
    assert (failure.kind, words in failure.message) == (kind, True), failure


@pytest.mark.slow
@pytest.mark.parametrize("mode", WORDS_BEFORE_THE_LIMIT)
async def test_what_a_server_says_before_it_hangs_tells_why(stubs: Stubs, mode: str) -> None:
    """The limit leaves it time to say so, however busy the machine is."""
    async with UpstreamHub([stubs.entry(mode)], Limits(start_s=6)) as hub:
        failure = failed(await hub.connect("stripe"))
    kind, words = WORDS_BEFORE_THE_LIMIT[mode]
    assert (failure.kind, words in failure.message) == (kind, True), failure


@pytest.mark.parametrize("mode", IN_A_CALL)
async def test_a_failure_in_a_call_is_told_by_ask(stubs: Stubs, mode: str) -> None:
    async with UpstreamHub([stubs.entry(mode, secret=FAKE_KEY)], Limits(answer_bytes=1 << 20)) as hub:
        failure = failed(await hub.ask("stripe", LIST_CHARGES))
    kind, words = IN_A_CALL[mode]
    assert (failure.kind, words in failure.message) == (kind, True), failure


@pytest.mark.slow
async def test_fifty_megabytes_are_refused_without_holding_them(stubs: Stubs) -> None:
    """Not kept, not parsed, and not asked for again; another upstream answers meanwhile."""
    tracemalloc.start()
    async with UpstreamHub([stubs.entry("huge"), stubs.entry("ok", "gumroad")], PATIENT) as hub:
        await asyncio.gather(hub.connect("stripe"), hub.connect("gumroad"))
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        huge, fine = await asyncio.gather(hub.ask("stripe", LIST_CHARGES), hub.ask("gumroad", Call("list_sales")))
        peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert failed(huge).kind is FailureKind.BAD_ANSWER
    assert rows(fine)
    assert peak < 40 << 20


async def test_a_call_that_hangs_ends_with_its_own_limit(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("hang-call")], Limits(call_s=0.2)) as hub:
        failure = failed(await hub.ask("stripe", LIST_CHARGES))
    assert failure.kind is FailureKind.TIMEOUT
    assert failure.message == (
        "list_charges gave no answer within 0.2 s. Raise REVINTEL_CALL_TIMEOUT if it is only slow"
    )


async def test_a_program_that_is_not_there_is_named(stubs: Stubs) -> None:
    entry = UpstreamEntry(name="stripe", source="stripe", origin="/home/ada/.mcp.json", command="no-such-program-7")
    missing = UpstreamEntry(
        name="gumroad", source="gumroad", origin="x", command=stubs.entry("ok").command, cwd="/no/such/folder"
    )
    async with UpstreamHub([entry, missing], PATIENT) as hub:
        program, place = await asyncio.gather(hub.connect("stripe"), hub.connect("gumroad"))
    assert str(failed(program)) == (
        "unavailable: the program 'no-such-program-7' was not found; mend \"stripe\" in /home/ada/.mcp.json"
    )
    assert "the folder '/no/such/folder' was not found" in failed(place).message


async def test_an_entry_that_is_not_ready_is_never_started(stubs: Stubs) -> None:
    entry = UpstreamEntry(name="stripe", source="stripe", state=EntryState.NOT_CONFIGURED, reason="KEY is not set")
    async with UpstreamHub([entry], PATIENT) as hub:
        assert failed(await hub.connect("stripe")).message == "KEY is not set"
        assert failed(await hub.ask("stripe", LIST_CHARGES)).message == "KEY is not set"
        assert 'no server named "upwork"' in failed(await hub.connect("upwork")).message
        assert 'no server named "upwork"' in failed(await hub.ask("upwork", LIST_CHARGES)).message
    assert not stubs.living()


async def test_nothing_outside_the_allow_list_leaves_the_process(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("ok")], PATIENT) as hub:
        await hub.connect("stripe")
        failure = failed(await hub.ask("stripe", Call("create_refund", {"charge": "ch_1"})))
    assert failure.kind is FailureKind.PERMISSION
    assert stubs.traces("called") == 0


async def test_one_that_hangs_delays_no_other(stubs: Stubs) -> None:
    """The good ones have answered while the bad ones still hang: by the order of events, not by the clock."""
    hanging = [stubs.entry("hang-initialize", "gumroad"), stubs.entry("hang-list", "upwork")]
    stuck = stubs.entry("hang-call", "stripe-stuck")
    async with UpstreamHub([*hanging, stuck, stubs.entry("ok")], Limits(start_s=60, list_s=60, call_s=60)) as hub:
        waiting = [
            asyncio.ensure_future(hub.connect("gumroad")),
            asyncio.ensure_future(hub.connect("upwork")),
            asyncio.ensure_future(hub.ask("stripe-stuck", LIST_CHARGES)),
        ]
        await stubs.appears("initialize-seen", "gumroad")
        await stubs.appears("list-seen", "upwork")
        await stubs.appears("called-1", "stripe-stuck")
        assert rows(await hub.ask("stripe", LIST_CHARGES))
        assert not any(task.done() for task in waiting)
        for task in waiting:
            task.cancel()


async def test_a_slow_answer_is_a_good_answer(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("wait-for-release"), stubs.entry("ok", "gumroad")], PATIENT) as hub:
        slow = asyncio.ensure_future(hub.ask("stripe", LIST_CHARGES))
        await stubs.appears("called-1")
        await hub.connect("gumroad")
        assert not slow.done()
        (stubs.place() / "release").touch()
        assert rows(await slow)[0]["tool"] == "list_charges"


async def test_noise_on_stdout_is_no_harm(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("noise")], PATIENT) as hub:
        assert rows(await hub.ask("stripe", LIST_CHARGES))[0]["arguments"] == {"limit": 100}


async def test_a_server_that_breaks_its_own_schema_is_still_heard(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("breaks-schema")], PATIENT) as hub:
        await hub.connect("stripe")
        answer = await hub.ask("stripe", LIST_CHARGES)
    assert getattr(answer, "value", None) == {"rows": [1]}


async def test_a_key_that_an_upstream_shouts_while_dying_is_masked(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("echo-secret-and-exit", secret=FAKE_KEY)], PATIENT) as hub:
        failure = failed(await hub.connect("stripe"))
    assert "sk_…4242" in failure.message
    assert FAKE_KEY not in repr(failure)


async def test_a_hang_in_a_call_lets_the_next_refresh_start_afresh(stubs: Stubs) -> None:
    now = [0.0]
    async with UpstreamHub([stubs.entry("hang-call")], Limits(call_s=0.2), clock=lambda: now[0]) as hub:
        failed(await hub.ask("stripe", LIST_CHARGES))
        assert failed(await hub.connect("stripe")).kind is FailureKind.TIMEOUT
        now[0] = 6.0
        assert isinstance(await hub.connect("stripe"), tuple)
        assert stubs.traces("pid") == 2
