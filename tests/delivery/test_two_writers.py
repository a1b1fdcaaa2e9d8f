"""Two servers on one tracker, and servers that die while they write: no row is lost, and the file is always whole."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from revintel_mcp.tracker import scan
from tests.delivery.nursery import Forked, nursery
from tests.delivery.place import COMMAND, Place
from tests.delivery.wire import Wire, wired

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ENTRIES_EACH = 100
KILLS = 200
TODAY = date(2026, 11, 23)


@pytest.fixture
def then(place: Place) -> Place:
    place.environ["REVINTEL_NOW"] = "2026-11-23T12:00:00+00:00"
    return place


def entry(who: str, number: int) -> dict[str, str]:
    return {
        "amount": f"{number}.01",
        "channel": "Fiverr",
        "date": f"2026-{number % 11 + 1:02}-05",
        "client": f"Client {who}",
        "idempotency_key": f"{who}-{number}",
    }


def test_two_servers_adding_at_once_lose_no_row(then: Place) -> None:
    def add_all(wire: Wire, who: str) -> list[str]:
        results = [wire.call("add_manual_entry", entry(who, number)) for number in range(1, ENTRIES_EACH + 1)]
        return [result["structuredContent"]["entry"]["id"] for result in results]

    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        wires = [stack.enter_context(wired([str(COMMAND)], then.environ, then.home)) for _ in range(2)]
        jobs = [pool.submit(add_all, wire, who) for wire, who in zip(wires, ("ada", "ben"), strict=True)]
        added = [name for job in jobs for name in job.result()]
    rows = then.log()
    assert sorted(row["id"] for row in rows) == sorted(added)
    assert len(set(added)) == 2 * ENTRIES_EACH
    cents = 2 * sum(100 * number + 1 for number in range(1, ENTRIES_EACH + 1))
    assert int(then.result("summary")["ytd_total"] * 100) == cents
    assert then.run("check").returncode == 0


def test_a_server_killed_while_it_writes_leaves_the_file_whole(then: Place) -> None:
    """Killed at 200 moments of chance: what was acknowledged is there, and nothing is half there."""
    chance = random.Random(20261123)
    acknowledged: set[str] = set()
    with nursery(then.environ, then.home) as ward:
        for life in range(KILLS):
            with Wire(Forked(ward)) as wire:
                wire.handshake()
                acknowledged |= write_until_killed(wire, f"life{life}", chance)
            assert_whole(then.tracker, acknowledged)
    assert len(acknowledged) > KILLS
    assert then.run("check").returncode == 0


def write_until_killed(wire: Wire, who: str, chance: random.Random) -> set[str]:
    """Ask for more entries than there is time for, read some answers, then kill; the IDs that were acknowledged."""
    asked = [
        wire.begin("tools/call", {"name": "add_manual_entry", "arguments": entry(who, number)})
        for number in range(1, 9)
    ]
    done: set[str] = set()
    for _ in range(chance.randrange(0, 4)):
        answer = wire.any_answer(asked)
        done.add(answer["result"]["structuredContent"]["entry"]["id"])
    for _ in range(chance.randrange(0, 40_000)):  # a moment of chance within a write, without a clock
        pass
    wire.kill()
    return done


def assert_whole(tracker: Path, acknowledged: set[str]) -> None:
    if not tracker.exists():
        assert not acknowledged
        return
    found = scan(tracker.read_bytes(), wanted=acknowledged, today=TODAY)
    assert not found.problems
    assert acknowledged <= found.rows.keys()
