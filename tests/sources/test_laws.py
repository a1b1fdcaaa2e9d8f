"""Laws: paging and order change nothing, amounts come through exactly, and nothing that is sent makes us stumble."""

import random
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from revintel_mcp.sources.contract import Call, RawResult, Tool
from revintel_mcp.sources.pull import Pull
from tests.sources.asker import error_result, play, request, text_result, tool
from tests.sources.builders import charge, earning, entry, refund, sale
from tests.sources.mischief import answer

PAGED = ("limit", "starting_after", "created_gte", "created_lt")
LEDGER = [tool(f"list_{name}", *PAGED) for name in ("balance_transactions", "charges", "refunds")]

NATIVES = st.lists(st.integers(0, 40), unique=True, max_size=25)
PAGE_SIZES = st.lists(st.integers(1, 7), min_size=1, max_size=4)


def served_in_pages(
    lists: Mapping[str, Sequence[Mapping[str, Any]]], sizes: Sequence[int]
) -> Callable[[Call], RawResult]:
    """A server of Stripe lists whose pages are as long as `sizes` say, in turn."""

    def server(call: Call) -> RawResult:
        rows = lists.get(call.tool, ())
        last = call.arguments.get("starting_after")
        start = next((place + 1 for place, row in enumerate(rows) if row["id"] == last), 0)
        end = start + sizes[start % len(sizes)]
        return text_result({"object": "list", "data": rows[start:end], "has_more": end < len(rows)})

    return server


def ledger_of(natives: Sequence[int]) -> dict[str, list[dict[str, Any]]]:
    """A ledger with charges and refunds, newest first."""
    ordered = sorted(natives, reverse=True)
    day = "2026-02-{:02d}"
    charges = [charge(f"ch_{n}", 1000 + n, day=day.format(1 + n % 28)) for n in ordered]
    refunds = [refund(f"re_{n}", f"ch_{n}", 7, day="2026-03-05") for n in ordered if n % 3 == 0]
    entries = [entry(f"txn_{n}", 1000 + n, day=day.format(1 + n % 28), source=f"ch_{n}", fee=n) for n in ordered]
    entries += [entry(f"txr_{n}", -7, kind="refund", day="2026-03-05", source=f"re_{n}") for n in ordered if n % 3 == 0]
    for row in charges:
        row["amount_refunded"] = 7 if int(row["id"][3:]) % 3 == 0 else 0
    return {"list_charges": charges, "list_refunds": refunds, "list_balance_transactions": entries}


def learned(pull: Pull) -> tuple[Any, ...]:
    """What a pull says, whatever the order."""
    return (
        pull.complete,
        sorted(map(repr, pull.sales)),
        sorted(map(repr, pull.reversals)),
        sorted(map(repr, pull.unbookable)),
    )


@settings(max_examples=20)
@given(NATIVES, PAGE_SIZES)
def test_pages_of_any_size_give_the_same_records(natives: list[int], sizes: list[int]) -> None:
    lists = ledger_of(natives)
    whole = play("stripe", LEDGER, served_in_pages(lists, [1000]), request()).pull
    paged = play("stripe", LEDGER, served_in_pages(lists, sizes), request()).pull
    assert learned(paged) == learned(whole)
    assert whole.complete
    assert len(whole.sales) == len(natives)
    assert sum(sale.amount.amount for sale in whole.sales) == sum(Decimal(1000 + n) / 100 for n in natives)


@settings(max_examples=15)
@given(NATIVES, st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(natives: list[int], chance: random.Random) -> None:
    lists = ledger_of(natives)
    told = play("stripe", LEDGER, served_in_pages(lists, [1000]), request()).pull
    for rows in lists.values():
        chance.shuffle(rows)
    shuffled = play("stripe", LEDGER, served_in_pages(lists, [1000]), request()).pull
    assert learned(shuffled) == learned(told)


@settings(max_examples=15)
@given(st.lists(st.integers(0, 30), max_size=20), PAGE_SIZES)
def test_a_record_that_comes_twice_counts_once(numbers: list[int], sizes: list[int]) -> None:
    """Sales that arrive while pages are turned push others onto the next page."""
    rows = [sale(f"s{number}", 500 + number) for number in numbers]

    def server(call: Call) -> RawResult:
        start = int(call.arguments.get("page_key") or 0)
        end = start + sizes[start % len(sizes)]
        more = {"next_page_key": str(end)} if end < len(rows) else {}
        return text_result({"success": True, "sales": rows[start:end], **more})

    pull = play("gumroad", [tool("list_sales", "after", "page_key")], server, request()).pull
    assert len({one.id for one in pull.sales}) == len(pull.sales)
    assert {one.id for one in pull.sales} <= {f"gumroad_s{number}" for number in numbers}
    assert not pull.complete or len(pull.sales) == len(set(numbers))


@settings(max_examples=50)
@given(st.integers(1, 10**12))
def test_dollars_come_through_to_the_cent_however_they_are_written(cents: int) -> None:
    exact = Decimal(cents).scaleb(-2)
    ways = (float(exact), str(exact), f"{exact:,}", f"${exact:,.2f}", {"rawValue": str(exact), "currency": "USD"})
    answer_with_all = text_result([earning(way) for way in ways])
    pull = play("upwork", [Tool("get_earnings")], lambda _call: answer_with_all, request()).pull
    assert [one.amount.amount for one in pull.sales] == [exact] * len(ways)


@settings(max_examples=30)
@given(st.integers(1, 10**11), st.sampled_from(["K", "k", "M", "+", " approx", "…"]))
def test_rounded_money_is_never_booked(cents: int, mark: str) -> None:
    written = f"${Decimal(cents).scaleb(-2)}{mark}"
    pull = play("upwork", [Tool("get_earnings")], lambda _call: text_result([earning(written)]), request()).pull
    assert not pull.sales
    assert [one.amount for one in pull.unbookable] == [written[:40]]


@settings(max_examples=20)
@given(
    NATIVES,
    st.sampled_from(["2026-02-01", "2026-02-10", "2026-02-20"]),
    st.sampled_from(["UTC", "Asia/Tokyo", "America/Los_Angeles"]),
)
def test_nothing_outside_the_window_is_given(natives: list[int], start: str, zone: str) -> None:
    asked = request(start, "2026-03-01", zone=zone)
    pull = play("stripe", LEDGER, served_in_pages(ledger_of(natives), [50]), asked).pull
    assert all(one.date in asked.window for one in pull.sales)
    assert all(one.date in asked.window for one in pull.reversals if one.date)


PROFILES: Mapping[str, tuple[str, list[Tool]]] = {
    "ledger": (
        "stripe",
        [*LEDGER, *(tool(f"list_{name}", *PAGED) for name in ("disputes", "invoices", "subscriptions"))],
    ),
    "charges": ("stripe", [tool(f"list_{name}", *PAGED) for name in ("charges", "refunds", "disputes", "invoices")]),
    "intents": ("stripe", [tool(f"list_{name}", "limit") for name in ("payment_intents", "invoices", "subscriptions")]),
    "invoices": ("stripe", [tool("list_invoices", "limit"), tool("list_subscriptions", "limit")]),
    "api": (
        "stripe",
        [
            tool("stripe_api_read", "stripe_api_operation_id", "parameters", required=["stripe_context"]),
            tool("list_available_accounts_or_orgs"),
        ],
    ),
    "sales": ("gumroad", [tool("list_sales", "after", "before", "page_key")]),
    "numbered sales": ("gumroad", [tool("get_sales", "page")]),
    "earnings": ("upwork", [tool("get_earnings", "start_date", "end_date"), tool("get_contracts", "status")]),
    "history": ("upwork", [tool("get_transaction_history", "start_date", "end_date"), tool("list_contracts")]),
    "transactions": ("upwork", [tool("upwork_get_transactions", "limit", "offset")]),
}


@settings(max_examples=60)
@given(st.sampled_from(sorted(PROFILES)), st.integers(0, 2**32))
def test_whatever_json_a_server_sends_is_read_or_refused(profile: str, seed: int) -> None:
    """Hypothesis draws the seed only: building deep JSON itself would take it most of the time."""
    chance = random.Random(seed)
    left = iter(range(12))

    def server(_call: Call) -> RawResult:
        return error_result("429") if next(left, None) is None else text_result(answer(chance))

    source, offered = PROFILES[profile]
    pull = play(source, offered, server, request()).pull
    plain = [one.id for one in pull.sales if not one.numbered]
    assert len(plain) == len(set(plain))
    assert all(one.amount.amount > 0 for one in pull.sales)
    assert all(item.amount is None or item.amount.amount >= 0 for one in pull.sales for item in one.reversals)
    assert all(one.id and one.why for one in pull.unbookable)
    assert pull.complete or pull.why
    repr(pull).encode()
