"""Stripe's ledger is read for what it is, also where servers leave half of it out."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import ReversalKind
from revintel_mcp.sources.contract import Call, RawResult
from revintel_mcp.sources.pull import Pull
from tests.sources.asker import error_result, play, request, text_result, tool
from tests.sources.builders import charge, entry, refund

USD = "USD"


def ledger(entries: list[Any], refusals: Mapping[str, str] | None = None, **lists: list[Any]) -> Pull:
    """A pull from a ledger and other lists; `refusals` are lists that answer with an error."""
    rows = {"balance_transactions": entries, **lists, **{name: [] for name in refusals or {}}}
    tools = [tool(f"list_{name}", "limit", "starting_after") for name in rows]

    def server(call: Call) -> RawResult:
        name = call.tool.removeprefix("list_")
        if refusals and name in refusals:
            return error_result(refusals[name])
        return text_result({"data": rows[name], "has_more": False})

    return play("stripe", tools, server, request()).pull


def bare(native: str, amount: int, kind: str, **other: Any) -> dict[str, Any]:
    """An entry as older servers give it: without a reporting category."""
    row = entry(native, amount, kind=kind, **other)
    del row["reporting_category"]
    return row


def test_old_entries_are_told_by_type_and_words() -> None:
    pull = ledger(
        [
            bare("txn_1", 5000, "charge", source="ch_1"),
            bare("txn_2", -500, "payment_refund", source="pyr_1"),
            bare("txn_3", -5000, "adjustment", description="Chargeback withdrawal for ch_1", source="dp_1"),
            bare("txn_4", 5000, "adjustment", description="Chargeback reversal for ch_1", source="dp_1"),
            bare("txn_5", 12, "adjustment", description="Goodwill"),
            bare("txn_6", -50, "application_fee"),
        ]
    )
    (found,) = pull.sales
    assert [item.kind for item in found.reversals] == [ReversalKind.DISPUTE, ReversalKind.DISPUTE_WON]
    assert [(item.kind, item.native_id) for item in pull.reversals] == [(ReversalKind.REFUND, "pyr_1")]
    assert any("adjustment, application_fee" in note for note in pull.notes)


def test_a_dispute_is_tied_by_the_mark_on_its_charge() -> None:
    taken = entry("txn_2", -5000, kind="adjustment", source="dp_1") | {"reporting_category": "dispute"}
    pull = ledger(
        [entry("txn_1", 5000, source="ch_1"), taken], charges=[charge("ch_1", 5000, disputed=True, dispute="dp_1")]
    )
    assert [item.native_id for item in pull.sales[0].reversals] == ["dp_1"]
    assert not pull.reversals


def test_a_dispute_or_refund_of_nobody_knows_what_leaves_the_pull_incomplete_for_now() -> None:
    taken = entry("txn_2", -5000, kind="adjustment", source="dp_1") | {"reporting_category": "dispute"}
    entries = [entry("txn_1", 9000, source="ch_1"), taken]
    busy = ledger(entries, {"disputes": "429 Too many requests"}, charges=[charge("ch_1", 9000)])
    assert (busy.complete, [item.sale_id for item in busy.reversals]) == (False, [""])
    assert "list_disputes" in busy.why
    unneeded = ledger(entries[:1], {"disputes": "429 Too many requests"}, charges=[charge("ch_1", 9000)])
    assert unneeded.complete


def test_payment_intents_explain_a_ledger_without_charges() -> None:
    intent = {"id": "pi_1", "status": "succeeded", "amount": 5000, "amount_received": 5000, "currency": "usd"}
    row = {**intent, "created": charge("x", 1)["created"], "latest_charge": "ch_1", "receipt_email": "ada@example.com"}
    pull = ledger([entry("txn_1", 5000, source="ch_1", fee=175)], payment_intents=[row])
    (found,) = pull.sales
    assert (found.id, found.client, found.fee) == ("stripe_ch_1", "ada@example.com", Money(Decimal("1.75"), USD))
    assert "stripe_pi_1" in found.aliases


def test_an_entry_without_a_source_is_named_by_itself() -> None:
    (found,) = ledger([entry("txn_1", 5000)]).sales
    assert (found.id, found.amount) == ("stripe_txn_1", Money(Decimal("50.00"), USD))


def test_an_entry_with_its_charge_inside_needs_no_list_of_charges() -> None:
    inside = entry("txn_1", 5400, source=charge("ch_1", 5000, currency="eur", receipt_email="bo@example.com"))
    (found,) = ledger([inside]).sales
    assert (found.id, found.amount, found.client) == ("stripe_ch_1", Money(Decimal("54.00"), USD), "bo@example.com")


def test_what_was_captured_later_is_found_by_its_entry_and_dated_by_its_charge() -> None:
    pull = ledger(
        [entry("txn_1", 5000, day="2026-01-02", source="ch_1")], charges=[charge("ch_1", 5000, day="2025-12-29")]
    )
    assert [one.date for one in pull.sales] == [date(2025, 12, 29)]


def test_a_record_that_nothing_names_is_shown() -> None:
    nameless = [entry("", 5000), {**entry("x", 700), "id": None}]
    pull = ledger(nameless)
    assert pull.sales == ()
    assert [(one.amount, one.currency) for one in pull.unbookable] == [
        ("5000 minor units", "USD"),
        ("700 minor units", "USD"),
    ]
    assert len({one.id for one in pull.unbookable}) == 2
    by_charge = play("stripe", [tool("list_charges")], lambda _call: text_result([charge("", 100)]), request()).pull
    assert len(by_charge.unbookable) == 1


RELEASED = entry("txn_2", -2160, kind="refund", source="re_1") | {"reporting_category": "partial_capture_reversal"}
PARTLY = charge("ch_1", 5000, currency="eur", amount_captured=3000)


@pytest.mark.parametrize(
    ("entries", "refunds", "amount"),
    [
        # Since 2025-03-31 the entry is of what was captured; before, of what was authorised, with the rest taken back.
        ([entry("txn_1", 3240, source="ch_1")], [], Money(Decimal("32.40"), USD)),
        ([entry("txn_1", 5400, source="ch_1"), RELEASED], [refund("re_1", "ch_1", 2000)], Money(Decimal("32.40"), USD)),
        ([entry("txn_1", 5400, source="ch_1"), RELEASED], [], Money(Decimal("30.00"), "EUR")),
    ],
)
def test_euros_captured_in_part_are_settled_without_the_rest(entries: Any, refunds: Any, amount: Money) -> None:
    pull = ledger(entries, charges=[PARTLY], refunds=refunds)
    (found,) = pull.sales
    assert found.amount == amount
    assert not found.reversals


def test_a_charge_that_only_says_it_was_refunded_was_refunded_in_full() -> None:
    bare = {key: value for key, value in charge("ch_1", 5000, refunded=True).items() if key != "amount_refunded"}
    (found,) = ledger([entry("txn_1", 5000, source="ch_1")], charges=[bare]).sales
    assert found.reversed_in_full is ReversalKind.REFUND


def test_the_fee_of_a_part_is_what_was_kept_once_the_rest_went_back() -> None:
    entries = [entry("txn_1", 5000, source="ch_1", fee=175), RELEASED | {"fee": -58}]
    dollars = charge("ch_1", 5000, amount_captured=3000)
    kept = Money(Decimal("1.17"), USD)
    told = ledger(entries, charges=[dollars], refunds=[refund("re_1", "ch_1", 2000)])
    assert [(str(one.amount.amount), one.fee) for one in told.sales] == [("30.00", kept)]
    untold = ledger(entries, charges=[dollars])
    assert [one.fee for one in untold.sales] == [None]
    captured = ledger([entry("txn_1", 3000, source="ch_1", fee=117)], charges=[dollars])
    assert [one.fee for one in captured.sales] == [kept]


def test_two_payments_captured_in_part_are_settled_each_by_its_own_rest() -> None:
    other = entry("txn_4", -1080, kind="refund", source="re_2") | {"reporting_category": "partial_capture_reversal"}
    entries = [entry("txn_1", 5400, source="ch_1"), RELEASED, entry("txn_3", 5400, source="ch_2"), other]
    pull = ledger(
        entries,
        charges=[PARTLY, charge("ch_2", 5000, currency="eur", amount_captured=4000)],
        refunds=[refund("re_1", "ch_1", 2000), refund("re_2", "ch_2", 1000)],
    )
    assert {one.id: str(one.amount.amount) for one in pull.sales} == {"stripe_ch_1": "32.40", "stripe_ch_2": "43.20"}


#: 50 dollars authorised, 28.40 captured, under an API version that shows the rest of 21.60 as a refund.
PART = charge("ch_1", 5000, amount_captured=2840, amount_refunded=2160)
WHOLE = entry("txn_1", 5000, source="ch_1", fee=175)


@pytest.mark.parametrize(
    ("entries", "refusals"),
    [
        ([WHOLE, RELEASED], {"charges": "429 Too Many Requests"}),
        ([WHOLE, RELEASED], {"charges": "429 Too Many Requests", "disputes": "403 Forbidden"}),
        ([], {"balance_transactions": "429 Too Many Requests"}),
        ([], {"balance_transactions": "403 Forbidden"}),
    ],
)
def test_what_was_never_captured_is_no_refund_also_while_a_list_fails(
    entries: list[Any], refusals: dict[str, str]
) -> None:
    """The sale may stand in the log as captured: booked then, the rest would be taken off it."""
    pull = ledger(entries, refusals, charges=[PART], refunds=[refund("re_1", "ch_1", 2160)])
    (found,) = pull.sales
    assert found.amount == Money(Decimal("28.40"), USD)
    assert (found.reversals, pull.reversals) == ((), ())


def test_a_refund_as_large_as_what_was_never_captured_waits_for_the_ledger() -> None:
    part = PART | {"amount_refunded": 2560}
    refunds = [refund("re_1", "ch_1", 2160), refund("re_2", "ch_1", 400)]
    without = ledger([], {"balance_transactions": "429 Too Many Requests"}, charges=[part], refunds=refunds)
    assert [item.native_id for item in without.sales[0].reversals] == ["re_2"]
    back = entry("txn_3", -400, kind="refund", source="re_2")
    (found,) = ledger([WHOLE, RELEASED, back], charges=[part], refunds=refunds).sales
    assert ([item.native_id for item in found.reversals], found.refunded_total) == (["re_2"], None)


@pytest.mark.parametrize(
    ("told", "booked"), [("403 Forbidden: no permission", ["re_9"]), ("429 Too Many Requests", [])]
)
def test_a_refund_of_an_older_charge_waits_for_a_ledger_that_will_be_back(told: str, booked: list[str]) -> None:
    """It may be the rest of that charge. Where the key may never read the ledger, nothing better is to come."""
    pull = ledger([], {"balance_transactions": told}, charges=[], refunds=[refund("re_9", "ch_9", 400)])
    assert [item.native_id for item in pull.reversals] == booked
    assert pull.complete is bool(booked)


def test_a_rest_that_belongs_to_no_known_charge_goes_back_like_a_refund() -> None:
    pull = ledger([entry("txn_1", 5000, source="ch_1"), RELEASED])
    assert [(item.kind, item.amount) for item in pull.reversals] == [
        (ReversalKind.REFUND, Money(Decimal("21.60"), USD))
    ]


@pytest.mark.parametrize("amount", ["50.00", None, 12.5, True])
def test_an_entry_without_whole_minor_units_is_shown_not_booked(amount: Any) -> None:
    entries = [entry("txn_1", amount, source="ch_1"), entry("txn_2", amount, kind="refund", source="re_1")]
    pull = ledger(entries)
    assert (pull.sales, len(pull.unbookable)) == ((), 1 if amount is None else 2)


def test_a_refund_in_another_currency_than_its_payment_is_taken_at_the_ledger_s_word() -> None:
    entries = [entry("txn_1", 5400, source="ch_1"), entry("txn_2", -1050, kind="refund", source="re_1")]
    euros = charge("ch_1", 5000, currency="eur", amount_refunded=1000)
    pull = ledger(entries, charges=[euros], refunds=[refund("re_1", "ch_1", 1000, currency="eur")])
    (found,) = pull.sales
    assert [item.amount for item in found.reversals] == [Money(Decimal("10.50"), USD)]
    assert (found.refunded_total, found.has_unknown_refund) == (None, False)


def test_a_refund_in_euros_that_the_ledger_ties_to_nothing_is_left_to_a_person() -> None:
    entries = [entry("txn_1", 5400, source="ch_1"), entry("txn_2", -1050, kind="refund", source="re_1")]
    pull = ledger(entries, charges=[charge("ch_1", 5000, currency="eur", amount_refunded=1000)])
    (found,) = pull.sales
    assert found.has_unknown_refund
    assert [one.id for one in pull.unbookable] == ["stripe_refund_re_1"]
    assert not pull.reversals


def test_a_charge_that_the_ledger_lacks_is_a_payment_without_a_fee() -> None:
    """Stripe settles some payments elsewhere, and some servers give an empty ledger: the money came all the same."""
    others = [
        charge("ch_2", 700, payment_intent="pi_2"),
        charge("ch_3", 800, status="failed"),
        charge("ch_4", 900, captured=False, amount_captured=0),
        charge("ch_5", 950, day="2025-12-30"),
    ]
    old = {
        "id": "dp_1",
        "object": "dispute",
        "charge": {"id": "ch_6", "object": "charge"},
        "amount": 5,
        "currency": "usd",
    }
    pull = ledger(
        [entry("txn_1", 5000, source="ch_1", fee=175)],
        charges=[charge("ch_1", 5000), *others],
        disputes=[old],
    )
    assert pull.unbookable == ()
    assert [(sale.id, sale.amount.amount, sale.via) for sale in pull.sales] == [
        ("stripe_ch_1", Decimal(50), "list_balance_transactions"),
        ("stripe_ch_2", Decimal(7), "list_charges"),
    ]
    assert (pull.sales[1].fee, pull.fetched, pull.complete) == (None, 2, True)
    assert any("1 payment is only in the list of charges" in note for note in pull.notes)


@pytest.mark.parametrize(
    "named",
    [
        {"source": "pi_2"},
        {"source": "ch_2"},
        {"source": None},
        {"source": "py_9", "id": "txn_2"},
    ],
)
def test_a_payment_that_the_ledger_names_in_any_way_counts_once(named: dict[str, Any]) -> None:
    """By its charge, its PaymentIntent or its own id; an entry that names nothing may be of any charge."""
    known = charge("ch_2", 700, payment_intent="pi_2", balance_transaction="txn_2")
    pull = ledger([entry("txn_7", 700) | named], charges=[known])
    assert [sale.amount.amount for sale in pull.sales] == [Decimal(7)]
