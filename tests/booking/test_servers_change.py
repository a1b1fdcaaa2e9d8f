"""Whichever servers an account is read through, one after the other, its total is right in the end.

A user changes servers, or a key loses a right: the same refund comes by its id and without its sale, as a charge's
running total, or itemised. Once a server tells everything, the books are what is left of the payments, nothing waits,
and every run before, made again, changed nothing. Where two refunds of one amount were taken for each other, the books
say so: more is refunded of a sale than the platform says.
"""

import random
from datetime import timedelta

import pytest

from revintel_mcp.booking.booking import Booking
from revintel_mcp.booking.known import SourcePull
from tests.booking.memory_log import MemoryLog
from tests.booking.simulated_stripe import SERVERS, Account, server_of
from tests.sources.asker import play, request

FIRST_DAY = "2026-01-01"
SEEING = ["everything", "ledger", "ledger and charges", "ledger and refunds", "charges, refunds, disputes"]


def refreshed(account: Account, log: MemoryLog, server: str) -> Booking:
    """One refresh through a server, made twice."""
    tools, answer = server_of(account, server)
    days = request(FIRST_DAY, (account.today + timedelta(1)).isoformat())
    seen = SourcePull("Stripe", "stripe", play("stripe", tools, answer, days).pull)
    booking = log.run(seen, today=account.today)
    log.was_complete("Stripe", FIRST_DAY, (account.today - timedelta(1)).isoformat())
    assert log.look(seen, today=account.today).added == (), f"{account.today}: {server} again"
    return booking


def lived(seed: int, servers: list[str], *, disputes: bool) -> None:
    """A life of some weeks, read through some of the servers, and in the end through the one that tells everything."""
    chance = random.Random(seed)
    account, log = Account(chance), MemoryLog()
    for _ in range(chance.randint(3, 10)):
        account.live(disputes=disputes)
        account.today += timedelta(chance.randint(0, 2))
        if chance.random() < 0.7:
            refreshed(account, log, chance.choice(servers))
    last = refreshed(account, log, "everything")
    told = any(each.what == "refunded" for each in last.differences)
    assert log.waiting == []
    assert int(log.total * 100) == account.net or told, f"seed {seed}\n{log.table()}"


@pytest.mark.parametrize("seed", range(12))
def test_servers_that_see_disputes_may_follow_each_other(seed: int) -> None:
    lived(seed, SEEING, disputes=True)


@pytest.mark.parametrize("seed", range(12))
def test_any_servers_may_follow_each_other(seed: int) -> None:
    lived(seed, list(SERVERS), disputes=False)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 250))
def test_many_lives(seed: int) -> None:
    lived(seed, SEEING, disputes=True)
    lived(seed, list(SERVERS), disputes=False)
