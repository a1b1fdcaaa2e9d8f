"""A person's entries: added once per key, corrected, struck; what a source wrote is left to the editor."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from revintel_mcp.booking.corrections import correct_entry, void_entry
from revintel_mcp.booking.manual import EntryOutcome, Outcome, manual_entry
from revintel_mcp.domain.transaction import Channel, Status, TransactionType
from revintel_mcp.errors import UsageError
from tests.booking.memory_log import TODAY, MemoryLog, day, price, pull, sale

TOKEN = bytes(range(8))
KEY_ID = "manual_2026-02-14_aa8dcff02883"  # SHA-256 of `invoice 7` starts with aa8dcff02883


def add(log: MemoryLog, amount: str | Decimal = "50", channel: str = "Fiverr", **more: Any) -> EntryOutcome:
    more.setdefault("token", TOKEN)
    outcome = manual_entry(log.known(), amount=amount, channel=channel, today=TODAY, **more)
    log.apply(outcome.booking)
    return outcome


def correct(log: MemoryLog, row_id: str, **changes: Any) -> EntryOutcome:
    outcome = correct_entry(log.known(frozenset([row_id])), row_id, today=TODAY, **changes)
    log.apply(outcome.booking)
    return outcome


def void(log: MemoryLog, row_id: str, **more: Any) -> EntryOutcome:
    outcome = void_entry(log.known(frozenset([row_id])), row_id, **more)
    log.apply(outcome.booking)
    return outcome


def test_an_entry_is_a_row_with_what_was_said_and_no_more() -> None:
    log = MemoryLog()
    outcome = add(log, "$1,200.50", "github sponsors", date="2026-02-14", client="Blue Fox", description="Sponsorship")
    row = log.row(outcome.id)
    assert outcome.outcome is Outcome.ADDED
    assert (row.id, row.date) == ("manual_2026-02-14_000102030405", day("02-14"))
    assert (row.amount_usd, row.channel, row.client) == (Decimal("1200.50"), Channel.GITHUB_SPONSORS, "Blue Fox")
    assert (row.fee_usd, row.status, row.transaction_type) == (None, Status.COMPLETED, TransactionType.ONE_TIME)


def test_what_is_not_said_is_today_and_anonymous() -> None:
    log = MemoryLog()
    row = log.row(add(log, Decimal("12.5"), fee="0", transaction_type="Hourly").id)
    assert (row.date, row.client, row.amount_usd) == (TODAY, "Anonymous", Decimal("12.50"))
    assert (row.fee_usd, row.transaction_type) == (Decimal("0.00"), TransactionType.HOURLY)


def test_the_same_key_twice_is_one_row_whatever_the_date() -> None:
    log = MemoryLog()
    first = add(log, idempotency_key="invoice 7", date="2026-02-14")
    again = add(log, idempotency_key="invoice 7", date="2026-02-20", token=b"other bytes")
    assert (first.id, again.id) == (KEY_ID, KEY_ID)
    assert (again.outcome, again.transaction) == (Outcome.ALREADY_THERE, log.row(KEY_ID))
    assert again.booking.changes_nothing
    assert again.warnings == ()


def test_a_key_that_is_no_text_is_a_key_all_the_same() -> None:
    """As a terminal gives it that writes another encoding."""
    log = MemoryLog()
    assert add(log, idempotency_key="caf\udce9").id == add(log, idempotency_key="caf\udce9").id
    assert len(log.rows) == 1


def test_the_same_key_with_another_amount_is_told() -> None:
    log = MemoryLog()
    add(log, idempotency_key="invoice 7")
    assert "50.00, Fiverr" in add(log, "60", idempotency_key="invoice 7").warnings[0]


def test_a_key_whose_entry_was_struck_is_told() -> None:
    log = MemoryLog()
    void(log, add(log, idempotency_key="invoice 7").id)
    assert "struck" in add(log, idempotency_key="invoice 7").warnings[0]


def test_two_entries_without_a_key_are_two_rows() -> None:
    log = MemoryLog()
    assert add(log).id != add(log).id
    assert log.total == Decimal("100.00")


@pytest.mark.parametrize(
    ("other", "is_told"),
    [
        ({"date": "2026-02-10"}, True),
        ({"client": "BLUE FOX"}, True),
        ({"client": None}, True),
        ({"date": "2026-02-06"}, False),
        ({"client": "Red Hen"}, False),
        ({"amount": "50.01"}, False),
        ({"channel": "Other"}, False),
    ],
)
def test_a_like_row_is_warned_of(other: dict[str, str], is_told: bool) -> None:  # noqa: FBT001 - a table's column
    log = MemoryLog()
    first = add(log, client="Blue Fox", date="2026-02-14")
    outcome = add(log, **{"client": "Blue Fox", "date": "2026-02-14", **other})
    assert outcome.outcome is Outcome.ADDED
    assert [first.id in warning for warning in outcome.warnings] == ([True] if is_told else [])


def test_a_like_row_of_a_source_is_warned_of_when_the_log_is_given() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "50", "02-27")))
    known = log.known(frozenset(log.rows))
    outcome = manual_entry(known, amount="50", channel="Stripe", today=TODAY, token=TOKEN, log=known.rows.values())
    assert "stripe_ch_1 is like it" in outcome.warnings[0]


def test_a_struck_row_is_like_no_other() -> None:
    log = MemoryLog()
    void(log, add(log).id)
    assert add(log).warnings == ()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"channel": "Etsy"}, "Upwork, Fiverr, Gumroad, GitHub Sponsors, Cold Outreach, Stripe, Other"),
        ({"amount": "1.200,50"}, "write dollars and cents"),
        ({"amount": "1.2K"}, "not one clear amount"),
        ({"amount": "0"}, "zero"),
        ({"amount": Decimal("NaN")}, "not one clear amount"),
        ({"amount": "10.005"}, "two decimal places"),
        ({"amount": "99999999999999"}, "too large"),
        ({"amount": "USD 10", "currency": "EUR"}, "says USD"),
        ({"currency": "XYZ"}, "ISO 4217"),
        ({"date": "14/2"}, "2026-03-04"),
        ({"status": "refunded"}, "completed or pending"),
        ({"status": "paid"}, "completed or pending"),
        ({"transaction_type": "gift"}, "one-time, subscription, hourly, fixed"),
        ({"fee": "-3"}, "negative"),
        ({"amount": "-3", "status": "pending"}, "can't be pending"),
    ],
)
def test_what_cant_be_used_is_refused_with_what_to_type(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        add(MemoryLog(), **fields)


def test_a_channel_called_manual_is_other() -> None:
    assert add(MemoryLog(), channel="Manual").booking.added[0].channel is Channel.OTHER


def test_money_given_back_is_a_reversal() -> None:
    row = add(MemoryLog(), "-20").booking.added[0]
    assert (row.amount_usd, row.status) == (Decimal("-20.00"), Status.REFUNDED)


def test_pending_is_logged_and_does_not_count() -> None:
    log = MemoryLog()
    outcome = add(log, status="pending", date="2026-04-01")
    assert (log.total, outcome.warnings) == (Decimal(0), ())


def test_a_day_to_come_is_warned_of() -> None:
    assert "future" in add(MemoryLog(), date="2026-04-01").warnings[0]


def test_foreign_money_takes_the_days_price() -> None:
    row = add(MemoryLog(price("02-25", "1.10")), "100", currency="eur", fee="3").booking.added[0]
    assert (row.amount_usd, row.fee_usd) == (Decimal("110.00"), Decimal("3.30"))


def test_foreign_money_without_a_price_waits_and_is_booked_under_the_same_id() -> None:
    log = MemoryLog()
    outcome = add(log, "100", currency="EUR", fee="3", idempotency_key="invoice 7", date="2026-02-14", status="pending")
    assert (outcome.outcome, outcome.id, log.waiting) == (Outcome.WAITS, KEY_ID, [KEY_ID])
    again = add(log, "100", currency="EUR", idempotency_key="invoice 7")
    assert (again.outcome, again.attention) == (Outcome.ALREADY_THERE, log.attention[0])
    log.prices = (price("02-14", "1.10"),)
    log.run()
    row = log.row(KEY_ID)
    assert (row.amount_usd, row.fee_usd, row.status) == (Decimal("110.00"), Decimal("3.30"), Status.PENDING)


def test_yen_have_no_cents_and_dinars_have_three_places() -> None:
    log = MemoryLog(price("03-01", "0.0065", "JPY"), price("03-01", "3.25", "KWD"))
    assert add(log, "5000", currency="JPY").booking.added[0].amount_usd == Decimal("32.50")
    assert add(log, "1.234", currency="KWD").booking.added[0].amount_usd == Decimal("4.01")
    with pytest.raises(UsageError, match="JPY has"):
        add(log, "5000.50", currency="JPY")


def test_unpaid_becomes_paid() -> None:
    log = MemoryLog()
    name = add(log, status="pending", date="2026-02-14").id
    outcome = correct(log, name, status="completed", date="2026-02-28")
    assert (outcome.outcome, outcome.warnings) == (Outcome.CORRECTED, ())
    assert (log.total, log.row(name).date) == (Decimal("50.00"), day("02-28"))


def test_unpaid_that_becomes_paid_without_a_day_is_told() -> None:
    log = MemoryLog()
    name = add(log, status="pending", date="2026-02-14").id
    assert "2026-02-14" in correct(log, name, status="completed").warnings[0]


def test_every_field_can_be_corrected_and_the_rest_stays() -> None:
    log = MemoryLog()
    name = add(log, fee="3", description="Logo").id
    correct(log, name, amount="55", channel="Other", client="Blue Fox", transaction_type="fixed", fee="")
    row = log.row(name)
    assert (row.amount_usd, row.channel, row.client, row.description) == (
        Decimal("55.00"),
        Channel.OTHER,
        "Blue Fox",
        "Logo",
    )
    assert (row.transaction_type, row.fee_usd, row.date) == (TransactionType.FIXED, None, TODAY)


def test_a_correction_that_changes_nothing_writes_nothing() -> None:
    log = MemoryLog()
    outcome = correct(log, add(log, fee="3").id, amount="50.00", fee="3.00")
    assert (outcome.outcome, outcome.booking.changes_nothing) == (Outcome.UNCHANGED, True)


def test_a_sign_that_changes_changes_what_the_row_is() -> None:
    log = MemoryLog()
    name = add(log, "-20").id
    correct(log, name, amount="20")
    assert log.row(name).status is Status.COMPLETED


def test_money_given_back_cant_become_pending_either() -> None:
    log = MemoryLog()
    back, due = add(log, "-50").id, add(log, "70", status="pending").id
    with pytest.raises(UsageError, match="can't be pending"):
        correct(log, back, status="pending")
    with pytest.raises(UsageError, match="can't be pending"):
        correct(log, due, amount="-70")
    assert correct(log, due, amount="-70", status="completed").transaction == log.row(due)


def test_an_entry_that_waits_is_booked_by_giving_dollars() -> None:
    log = MemoryLog()
    name = add(log, "100", currency="EUR").id
    assert correct(log, name, description="Logo").outcome is Outcome.CORRECTED
    assert log.attention[0].description == "Logo"
    assert correct(log, name, amount="108.40").outcome is Outcome.ADDED
    assert (log.total, log.waiting, log.row(name).description) == (Decimal("108.40"), [], "Logo")


def test_what_a_correction_takes_from_an_entry_that_waits_is_said_to_be_blank() -> None:
    """What a row of Needs Attention does not name would stay in its cell, and be booked from there."""
    log = MemoryLog()
    name = add(log, "100", currency="EUR", status="pending", fee="3").id
    paid = correct(log, name, status="completed", fee="").attention
    assert paid is not None
    assert (paid.extra["Status"], paid.extra["Fee"]) == ("", "")
    same = correct(log, name, client="Kim").attention
    assert same is not None
    assert "Hours" not in same.extra


@pytest.mark.parametrize("typed", ["1.00 BTC", "some", "-3.00 EUR", "EUR"])
def test_a_fee_that_cant_be_read_in_an_entry_that_waits_is_asked_for(typed: str) -> None:
    log = MemoryLog()
    name = add(log, "100", currency="EUR", fee="3").id
    (row,) = log.attention
    log.attention = (row._replace(extra={**row.extra, "Fee": typed}),)
    with pytest.raises(UsageError, match="give the fee, blank if unknown"):
        correct(log, name, client="Kim")
    assert correct(log, name, client="Kim", fee="").outcome is Outcome.CORRECTED


def test_a_logged_entry_cant_be_made_foreign_without_a_price() -> None:
    log = MemoryLog()
    name = add(log).id
    with pytest.raises(UsageError, match="2026-03-01 \\| SEK"):
        correct(log, name, amount="100", currency="SEK")
    with pytest.raises(UsageError, match="give both"):
        correct(log, name, currency="SEK")


def test_a_void_takes_the_entry_back_on_its_own_day() -> None:
    log = MemoryLog()
    name = add(log, fee="3", date="2026-02-14", description="Logo").id
    outcome = void(log, name, reason="typed twice")
    row = log.row(f"{name}_void")
    assert (outcome.outcome, outcome.transaction) == (Outcome.STRUCK, row)
    assert (row.date, row.amount_usd, row.fee_usd) == (day("02-14"), Decimal("-50.00"), Decimal("-3.00"))
    assert (row.status, row.description) == (Status.REFUNDED, "Void of Logo: typed twice")
    assert log.total == 0


def test_a_void_twice_is_one() -> None:
    log = MemoryLog()
    name = add(log).id
    void(log, name)
    again = void(log, name)
    assert (again.outcome, again.id, again.booking.changes_nothing) == (Outcome.ALREADY_THERE, f"{name}_void", True)


def test_an_entry_whose_void_a_person_struck_counts_again() -> None:
    """It can be corrected and is like others; how it is made void again is told."""
    log = MemoryLog()
    name = add(log, idempotency_key="k").id
    void(log, name)
    log.strike(f"{name}_void")
    assert add(log, idempotency_key="k").warnings == ()
    with pytest.raises(UsageError, match=f"Status of {name}_void .*to refunded"):
        void(log, name)
    assert correct(log, name, amount="60").outcome is Outcome.CORRECTED
    assert log.total == Decimal(60)


def test_a_pending_entry_has_nothing_to_take_back_and_is_excluded() -> None:
    log = MemoryLog()
    name = add(log, status="pending").id
    assert void(log, name).outcome is Outcome.STRUCK
    assert (list(log.rows), log.row(name).status) == ([name], Status.EXCLUDED)
    assert void(log, name).outcome is Outcome.ALREADY_THERE


def test_an_entry_that_waits_is_taken_out() -> None:
    log = MemoryLog()
    name = add(log, "100", currency="EUR").id
    void(log, name)
    assert (log.waiting, log.rows) == ([], {})


@pytest.mark.parametrize("act", [correct, void])
@pytest.mark.parametrize(
    ("row_id", "says"),
    [
        ("stripe_ch_1", r"line 1\), or set its Status to excluded"),
        ("gumroad_nowhere", "not an entry made by hand"),
        ("manual_opening_2026-01_fiverr", "opening balance"),
        ("manual_2026-01-01_ffffffffffff", "revintel-mcp list"),
        ("manual_2026-01-01_ffffffffffff_void", "is no entry itself"),
        ("manual_2026-01-02_unreadable00", "revintel-mcp check"),
    ],
)
def test_other_rows_are_refused_with_what_to_do_instead(
    act: Callable[[MemoryLog, str], EntryOutcome], row_id: str, says: str
) -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "29")))
    log.rows["manual_2026-01-02_unreadable00"] = None
    with pytest.raises(UsageError, match=says):
        act(log, row_id)


def test_a_struck_entry_is_not_corrected() -> None:
    log = MemoryLog()
    name = add(log).id
    void(log, name)
    with pytest.raises(UsageError, match="voided"):
        correct(log, name, amount="60")
    log.strike(name)
    with pytest.raises(UsageError, match="excluded"):
        correct(log, name, amount="60")


@pytest.mark.parametrize("typed", ["0026-02-14", "1969-12-31", "2201-01-01"])
def test_a_day_of_another_age_is_a_slip_and_refused(typed: str) -> None:
    log = MemoryLog()
    with pytest.raises(UsageError, match="write a day like 2026-03-04"):
        add(log, date=typed)
    name = add(log).id
    with pytest.raises(UsageError, match="write a day like 2026-03-04"):
        correct(log, name, date=typed)


def test_a_blank_date_leaves_the_day_of_an_entry() -> None:
    log = MemoryLog()
    name = add(log, date="2026-01-09").id
    assert correct(log, name, date="", amount="60").transaction == log.row(name)
    assert log.row(name).date == day("01-09")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"amount": "-50"}, "-50.00 is booked as money that went back"),
        ({"fee": "50.01"}, "the fee 50.01 is more than the amount 50.00"),
        ({"date": "2027-02-14"}, "lies in the future"),
    ],
)
def test_what_is_more_often_a_slip_is_warned_of_when_added_and_when_corrected(
    fields: dict[str, str], says: str
) -> None:
    log = MemoryLog()
    assert says in add(log, **fields).warnings[0]
    other = add(log, "50", "Other").id
    assert says in correct(log, other, **fields).warnings[0]
