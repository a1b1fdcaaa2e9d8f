"""The Stripe upstream against a Stripe look-alike that others wrote, and against a year of a large account."""

import statistics
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.upstreams.conftest import LOCALSTRIPE_KEY
from tests.upstreams.fakes import FakeStripe, Json, McpProcess, Reply, error_of, program, stripe_error

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]  # many processes, on whatever machine

PAGES = 250


@pytest.fixture
def upstream(localstripe: str) -> Iterator[McpProcess]:
    with program("stripe", STRIPE_SECRET_KEY=LOCALSTRIPE_KEY, STRIPE_API_BASE=localstripe) as process:
        process.start()
        yield process


def rows_of(process: McpProcess, tool: str, **arguments: Any) -> list[Json]:
    rows: list[Json] = []
    while True:
        page = process.call(tool, **arguments)["structuredContent"]
        rows += page["data"]
        if not page["has_more"]:
            return rows
        arguments["starting_after"] = rows[-1]["id"]


def test_localstripes_payments_refund_ledger_and_subscription_come_through(
    upstream: McpProcess, account: dict[str, str]
) -> None:
    charges = rows_of(upstream, "list_charges", limit=2)
    assert sorted(charge["amount"] for charge in charges) == [1900, *range(4900, 4906)]
    assert len({charge["id"] for charge in charges}) == 7
    assert {charge["status"] for charge in charges} == {"succeeded"}
    assert {charge["customer"] for charge in charges} == {account["customer"]}
    (refund,) = rows_of(upstream, "list_refunds")
    assert (refund["id"], refund["amount"], refund["status"]) == (account["refund"], 1900, "succeeded")
    ledger = rows_of(upstream, "list_balance_transactions", limit=3)
    assert {entry["source"] for entry in ledger} == {refund["id"], *(charge["id"] for charge in charges)}
    (subscription,) = rows_of(upstream, "list_subscriptions", status="active")
    assert subscription["id"] == account["subscription"]
    assert (subscription["plan"]["amount"], subscription["plan"]["interval"]) == (1900, "month")


def test_expanded_objects_are_reduced_as_well(upstream: McpProcess, account: dict[str, str]) -> None:
    expand = ["data.balance_transaction", "data.customer"]
    (newest, *_) = rows_of(upstream, "list_charges", expand=expand)
    assert newest["balance_transaction"]["net"] == newest["amount"]
    assert newest["customer"] == {
        "id": account["customer"],
        "object": "customer",
        "email": "ada@example.com",
        "name": "Ada Example",
    }


def test_what_localstripe_lacks_is_an_honest_error(upstream: McpProcess) -> None:
    assert error_of(upstream.call("list_disputes")) == {
        "type": "invalid_request_error",
        "message": "Stripe refused the request (404): it gave no reason",
        "retryable": False,
    }


def resident_mb(process: McpProcess) -> float:
    told = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(process.process.pid)], capture_output=True, check=True, text=True
    )
    return int(told.stdout) / 1024


def test_25_000_charges_come_in_whole_over_a_dropped_connection_and_a_429_with_flat_memory() -> None:
    fake = FakeStripe(charges=PAGES * 100)
    seen: list[str] = []
    memory: list[float] = []
    with fake.serving(), program("stripe", STRIPE_SECRET_KEY=fake.key, STRIPE_API_BASE=fake.base) as process:
        process.start()
        more, after = True, dict[str, str]()
        while more:
            if len(memory) == 100:
                fake.next_replies = [Reply(200, b'{"object": "list", "data": [', drop=True)]
            if len(memory) == 150:
                fake.next_replies = [stripe_error(429, "Too many requests", "rate_limit_error", **{"Retry-After": "0"})]
            page = process.call("list_charges", limit=100, **after)["structuredContent"]
            seen += [row["id"] for row in page["data"]]
            process.lines.clear()
            memory.append(resident_mb(process))
            more, after = page["has_more"], {"starting_after": seen[-1]}
    assert seen == [row["id"] for row in fake.lists["charges"]]
    assert len(memory) == PAGES
    assert len(fake.asked) == PAGES + 2
    assert statistics.median(memory[-20:]) - statistics.median(memory[20:40]) < 10, "megabytes"
