"""What a right summary of the demo year says, worked out from its raw data by rules a person can check by hand.

Nothing of the package's own reading or booking is used. The table `tests/data/demo_expected.json` is what
`python tests/upstreams/test_demo_expectation.py` prints; whoever shows the demo can be held against it to the cent.

The rules, for a first refresh on 2026-11-20 09:00 and a second a day later, both at home in New York:

- Stripe: a succeeded charge counts in full, in dollars as its ledger entry says, on its day at home. One that was
  refunded in full or lost to a dispute before it was first seen does not count, nor does its refund. A part given back
  counts against the day of the refund; so does any refund of a charge the first refresh had already logged. What
  was settled in no dollars counts nowhere. Payouts and Stripe's own bills are not income.
- Gumroad (down at the first refresh): the price in US cents, unless it is zero, a free trial, refunded in full or
  charged back and not won. A part refunded counts against the day it is first seen, since Gumroad does not say when.
- Upwork: every record's gross amount on its day.
"""

import json
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from revintel_mcp.upstreams.demo_config import FIRST_REFRESH, SECOND_REFRESH
from revintel_mcp.upstreams.demo_gumroad import UP_AGAIN
from revintel_mcp.upstreams.demo_year import gumroad, stripe, upwork

TABLE = Path(__file__).parents[1] / "data" / "demo_expected.json"
HOME = ZoneInfo("America/New_York")

Row = tuple[str, date, int]  # channel, day at home, cents


def stripe_rows(first_seen: datetime, now: datetime) -> tuple[list[Row], list[str]]:
    """Rows that count, and the ids of charges that nobody can put into dollars."""
    seen = stripe.account(first_seen)
    then = stripe.account(now)
    in_dollars = {entry["source"]: entry for entry in then["balance_transactions"]}
    logged_before = {charge["id"] for charge in seen["charges"] if counts(charge, seen)}
    rows: list[Row] = []
    unknown: list[str] = []
    for charge in then["charges"]:
        if charge["id"] not in logged_before and not counts(charge, then):
            continue
        entry = in_dollars[charge["id"]]
        if entry["currency"] != "usd":
            unknown.append(charge["id"])
            continue
        rows.append(("Stripe", local_day(charge["created"]), entry["amount"]))
        rows += [
            ("Stripe", local_day(refund["created"]), -refund["amount"])
            for refund in then["refunds"]
            if refund["charge"] == charge["id"]
        ]
    return rows, unknown


def counts(charge: dict[str, Any], account: dict[str, list[dict[str, Any]]]) -> bool:
    lost = {dispute["charge"] for dispute in account["disputes"] if dispute["status"] == "lost"}
    return charge["status"] == "succeeded" and not charge["refunded"] and charge["id"] not in lost


def local_day(unix: int) -> date:
    return datetime.fromtimestamp(unix, UTC).astimezone(HOME).date()


def gumroad_rows(now: datetime) -> list[Row]:
    rows: list[Row] = []
    for sale in gumroad.sales(now):
        free_trial = "free_trial_ends_on" in sale and not sale["recurring_charge"]
        if not sale["price"] or free_trial or sale["refunded"] or sale["chargedback"]:
            continue
        day = datetime.fromisoformat(sale["created_at"]).astimezone(HOME).date()
        rows.append(("Gumroad", day, sale["price"]))
        if sale["partially_refunded"]:
            assert sale["currency"] == "usd"
            left = int(Decimal(sale["amount_refundable_in_currency"]) * 100)
            rows.append(("Gumroad", now.astimezone(HOME).date(), left - sale["price"]))
    return rows


def upwork_rows(now: datetime) -> list[Row]:
    today = now.astimezone(HOME).date()
    return [("Upwork", earning.day, earning.amount) for earning in upwork.earnings(today)]


def expected() -> dict[str, Any]:
    """Both refreshes: cents as dollars by month and channel, how many log rows, and what needs attention."""
    first, unknown = stripe_rows(FIRST_REFRESH, FIRST_REFRESH)
    second, still_unknown = stripe_rows(FIRST_REFRESH, SECOND_REFRESH)
    return {
        "first": table(FIRST_REFRESH, first + upwork_rows(FIRST_REFRESH), unknown),
        "second": table(
            SECOND_REFRESH, second + upwork_rows(SECOND_REFRESH) + gumroad_rows(SECOND_REFRESH), still_unknown
        ),
    }


def table(now: datetime, rows: list[Row], unknown: list[str]) -> dict[str, Any]:
    months: dict[str, Counter[str]] = {f"2026-{month:02d}": Counter() for month in range(1, 12)}
    for channel, day, cents in rows:
        months[f"{day:%Y-%m}"][channel] += cents
    return {
        "now": now.isoformat(),
        "months": {
            month: {name: dollars(cells[name]) for name in ("Upwork", "Gumroad", "Stripe")}
            | {"Total": dollars(cells.total())}
            for month, cells in months.items()
        },
        "year_to_date": dollars(sum(cents for _, _, cents in rows)),
        "rows": dict(sorted(Counter(channel for channel, _, _ in rows).items())),
        "needs_attention": [f"stripe_{charge}" for charge in unknown],
    }


def dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def test_the_committed_table_is_what_the_rules_give() -> None:
    assert expected() == json.loads(TABLE.read_text(encoding="utf-8"))


def test_the_year_has_what_the_demo_promises_to_show() -> None:
    account, sales = stripe.account(SECOND_REFRESH), gumroad.sales(SECOND_REFRESH)
    currencies = {charge["currency"] for charge in account["charges"]}
    kinds = {entry["type"] for entry in account["balance_transactions"]}
    assert len(account["charges"]) > 200, "several pages"
    assert currencies == {"usd", "eur", "jpy"}
    assert kinds == {"charge", "refund", "adjustment", "stripe_fee", "payout"}
    assert {charge["status"] for charge in account["charges"]} == {"succeeded", "failed"}
    assert {one["plan"]["interval"] for one in account["subscriptions"]} == {"month", "year"}
    assert {one["status"] for one in account["subscriptions"]} == {"active", "canceled"}
    assert len(sales) > 50, "ten a page"
    for flag in ("refunded", "partially_refunded", "chargedback", "dispute_won", "recurring_charge"):
        assert any(sale.get(flag) for sale in sales), flag
    assert any("|" in sale["full_name"] and "<" in sale["product_name"] for sale in sales)
    assert any("free_trial_ends_on" in sale and not sale["recurring_charge"] for sale in sales)
    assert any(sale["price"] == 0 for sale in sales)
    assert any(sale["email"] is None for sale in sales)


def test_two_equal_milestones_of_one_day_are_told_apart_by_their_record() -> None:
    twins = [one for one in upwork.earnings(date(2026, 11, 21)) if one.day == date(2026, 9, 15)]
    assert len({(one.day, one.contract, one.amount) for one in twins}) == 1
    assert len({one.record for one in twins}) == len(twins) == 2


def test_gumroad_is_down_at_the_first_refresh_only() -> None:
    assert FIRST_REFRESH < UP_AGAIN < SECOND_REFRESH


def test_the_ledger_of_the_year_balances() -> None:
    for entry in stripe.account(SECOND_REFRESH)["balance_transactions"]:
        assert entry["amount"] - entry["fee"] == entry["net"]
        assert sum(part["amount"] for part in entry["fee_details"]) == entry["fee"]


def test_a_moment_later_nothing_of_the_past_has_changed() -> None:
    earlier = {sale["id"]: sale for sale in gumroad.sales(FIRST_REFRESH)}
    later = {sale["id"]: sale for sale in gumroad.sales(SECOND_REFRESH)}
    assert {key: later[key] for key in earlier} == earlier


if __name__ == "__main__":
    print(json.dumps(expected(), indent=1))  # noqa: T201 - the table is regenerated by printing it
