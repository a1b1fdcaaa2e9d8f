"""Rows of Needs Attention come, stay while they are true, and go when they are mended; nothing fetched is lost."""

from decimal import Decimal

import pytest

from revintel_mcp.booking.booking import AttentionRow
from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import ReversalKind, Unbookable
from revintel_mcp.domain.transaction import Channel, Status, TransactionType
from tests.booking.memory_log import MemoryLog, eur, price, pull, refund, sale, usd

ROUNDED = Unbookable(
    id="upwork_77",
    source="upwork",
    why="the amount is rounded; look up the exact one on Upwork",
    client="Blue Fox Ltd",
    description="Logo",
    amount="$1.23K",
)
RUNNING = Unbookable(
    id="upwork_c1_total", source="upwork", why="a running total, not an earning", amount="4500.00", currency="USD"
)


def waiting_in_euros() -> MemoryLog:
    log = MemoryLog()
    seen = sale(
        "stripe_ch_1",
        eur(100),
        fee=eur("3.20"),
        description="Icon set",
        transaction_type=TransactionType.SUBSCRIPTION,
        period="month",
        via="list_charges",
    )
    log.run(pull(seen), today="01-08")
    return log


def test_a_sale_without_a_price_waits_with_all_it_takes_to_book_it() -> None:
    (row,) = waiting_in_euros().attention
    assert row.extra == {
        "Channel": "Stripe",
        "Type": "subscription",
        "Period": "month",
        "Fee": "3.20 EUR",
        "Via": "list_charges",
    }
    assert (row.id, row.source, row.date, row.client) == ("stripe_ch_1", "Stripe", "2026-01-05", "a@example.com")
    assert (row.amount, row.currency, row.first_seen) == ("100.00", "EUR", "2026-01-08")
    assert "2026-01-05 | EUR |" in row.why


def test_nothing_that_waits_is_counted_or_changes_by_itself() -> None:
    log = waiting_in_euros()
    booking = log.run(pull(sale("stripe_ch_1", eur(100))), today="02-01")
    assert booking.changes_nothing
    assert log.run(today="02-02").changes_nothing
    assert log.total == 0


def test_a_price_books_it_also_when_no_source_answers() -> None:
    log = waiting_in_euros()
    log.prices = (price("01-05", "1.10"),)
    log.run()
    row = log.row("stripe_ch_1")
    assert (row.amount_usd, row.fee_usd) == (Decimal("110.00"), Decimal("3.52"))
    assert (row.channel, row.transaction_type, row.period) == (Channel.STRIPE, TransactionType.SUBSCRIPTION, "month")
    assert log.waiting == []


@pytest.mark.parametrize(
    "typed",
    [{"amount": "$108.40", "currency": "USD"}, {"amount": "USD 108.40"}, {"amount": "108.40", "currency": ""}],
)
def test_dollars_that_a_person_typed_book_it_and_win(typed: dict[str, str]) -> None:
    log = waiting_in_euros()
    log.mend("stripe_ch_1", **typed)
    booking = log.run(pull(sale("stripe_ch_1", usd("108.50"))))
    assert log.row("stripe_ch_1").amount_usd == Decimal("108.40")
    assert log.row("stripe_ch_1").fee_usd is None, "a fee in euros without a price is not known"
    assert [each.what for each in booking.differences] == ["amount"]


def test_a_currency_changed_to_dollars_books_the_figure_as_it_stands() -> None:
    log = waiting_in_euros()
    log.mend("stripe_ch_1", currency="usd")
    log.run()
    assert log.row("stripe_ch_1").amount_usd == Decimal("100.00")


@pytest.mark.parametrize("typed", ["about 100", "1.200,50", "$108.40", ""])
def test_an_amount_that_is_not_clear_stays_as_the_person_wrote_it(typed: str) -> None:
    log = waiting_in_euros()
    log.mend("stripe_ch_1", amount=typed)
    assert log.run(pull(sale("stripe_ch_1", eur(100)))).changes_nothing
    assert log.attention[0].amount == typed


def test_a_correction_in_the_same_currency_is_what_the_price_is_put_to() -> None:
    log = waiting_in_euros()
    log.mend("stripe_ch_1", amount="90.00", client="Blue Fox Ltd")
    log.prices = (price("01-05", "1.10"),)
    log.run(pull(sale("stripe_ch_1", eur(100))))
    assert (log.row("stripe_ch_1").amount_usd, log.row("stripe_ch_1").client) == (Decimal("99.00"), "Blue Fox Ltd")


def test_a_row_for_a_sale_that_is_logged_or_excluded_by_hand_goes() -> None:
    log = waiting_in_euros()
    log.rows["stripe_ch_1"] = None
    log.run()
    assert log.waiting == []


def test_a_sale_that_waits_and_is_refunded_in_full_meanwhile_goes_with_all_its_rows() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", eur(100), reversals=(refund("stripe_ch_1", eur(10), "02-01", "re_1"),))))
    assert log.waiting == ["stripe_ch_1", "stripe_ch_1_refund_re_1"]
    log.run(pull(sale("stripe_ch_1", eur(100), reversed_in_full=ReversalKind.REFUND)))
    assert (log.waiting, log.rows) == ([], {})


def test_a_sale_and_its_refund_wait_together_and_are_booked_together() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", eur(100), reversals=(refund("stripe_ch_1", eur(10), "02-01", "re_1"),))))
    assert [row.amount for row in log.attention] == ["100.00", "-10.00"]
    log.prices = (price("01-05", "1.10"),)
    log.run()
    assert log.table() == "2026-01-05 stripe_ch_1 110.00\n2026-02-01 stripe_ch_1_refund_re_1 -11.00"


def test_the_rate_of_dollars_that_a_person_typed_is_the_rate_of_the_refund() -> None:
    log = MemoryLog()
    seen = pull(sale("stripe_ch_1", eur(100), reversals=(refund("stripe_ch_1", eur(10), "02-01", "re_1"),)))
    log.run(seen)
    log.mend("stripe_ch_1", amount="112.00", currency="USD")
    log.run(seen)
    assert log.total == Decimal("100.80")
    assert log.waiting == []


def test_a_waiting_refund_in_a_later_total_is_not_booked_twice() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", eur(100), reversals=(refund("stripe_ch_1", eur(10), "02-01", "re_1"),))))
    log.run(pull(sale("stripe_ch_1", eur(100), refunded_total=eur(10))))
    assert log.waiting == ["stripe_ch_1", "stripe_ch_1_refund"]
    log.prices = (price("01-05", "1.10"),)
    log.run()
    assert log.total == Decimal("99.00")


def test_a_record_that_no_one_can_read_as_money_waits_under_its_id() -> None:
    log = MemoryLog()
    booking = log.run(pull(name="Upwork", unbookable=[ROUNDED]))
    assert booking.attention == (
        AttentionRow(
            id="upwork_77",
            source="Upwork",
            why="the amount is rounded; look up the exact one on Upwork",
            client="Blue Fox Ltd",
            description="Logo",
            amount="$1.23K",
            first_seen="2026-03-01",
        ),
    )
    assert log.run(pull(name="Upwork", unbookable=[ROUNDED])).changes_nothing


def test_it_is_booked_once_amount_and_date_are_typed() -> None:
    log = MemoryLog()
    log.run(pull(name="Upwork-agency", unbookable=[ROUNDED]))
    log.mend("upwork_77", amount="1,234.00")
    assert log.run().changes_nothing
    log.mend("upwork_77", date="Jan 9, 2026")
    log.run(pull(name="Upwork-agency", unbookable=[ROUNDED]))
    assert log.table() == "2026-01-09 upwork_77 1234.00"
    assert (log.row("upwork_77").channel, log.waiting) == (Channel.UPWORK, [])


@pytest.mark.parametrize("currency", ["USD", "", "EUR", "doubloons"])
def test_a_figure_that_is_not_the_money_is_never_booked_by_itself(currency: str) -> None:
    log = MemoryLog(price("01-05", "1.10"))
    record = RUNNING._replace(currency=currency, date=sale("stripe_x", "1").date)
    log.run(pull(name="Upwork", unbookable=[record]))
    assert log.run(pull(name="Upwork", unbookable=[record])).changes_nothing
    assert log.rows == {}
    assert "4500.00" in log.attention[0].why
    assert log.attention[0].amount == ""


def test_records_without_an_id_are_named_by_their_content() -> None:
    log = MemoryLog()
    some = [ROUNDED._replace(id="", amount=amount) for amount in ("$1.2K", "$1.3K")]
    log.run(pull(name="Upwork", unbookable=some))
    assert log.run(pull(name="Upwork", unbookable=some)).changes_nothing
    assert len(log.waiting) == 2
    assert all(name.startswith("upwork_unreadable_") and len(name) == 30 for name in log.waiting)


def test_a_record_that_became_readable_is_booked_under_its_id_and_its_row_goes() -> None:
    log = MemoryLog()
    log.run(pull(name="Upwork", unbookable=[ROUNDED]))
    log.run(pull(sale("upwork_77", "1234.00"), name="Upwork"))
    assert (log.table(), log.waiting) == ("2026-01-05 upwork_77 1234.00", [])


def test_a_payment_below_zero_waits() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "-5")))
    assert (log.rows, log.waiting, log.attention[0].amount) == ({}, ["stripe_ch_1"], "")


def test_rows_that_a_person_added_stay_or_are_booked() -> None:
    log = MemoryLog()
    note = AttentionRow(id="", source="", why="ask the accountant", amount="12.00", currency="USD")
    complete = AttentionRow(
        id="cash_1", source="me", why="", date="2026-01-09", amount="12", extra={"Channel": "cold outreach"}
    )
    log.attention = (note, complete, complete._replace(id="cash_2", extra={}))
    log.run()
    assert log.table() == "2026-01-09 cash_1 12.00"
    assert log.row("cash_1").channel is Channel.COLD_OUTREACH
    assert log.waiting == ["", "cash_2"]


def test_a_payment_that_waits_under_another_of_its_ids_waits_once() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_pi_1", eur(100))))
    charge = sale("stripe_ch_1", eur(100), aliases=("stripe_pi_1",))
    assert log.run(pull(charge)).changes_nothing
    log.run(pull(charge._replace(amount=usd("108.50"))))
    assert (log.table(), log.waiting) == ("2026-01-05 stripe_ch_1 108.50", [])


def test_a_pending_entry_that_waits_is_booked_as_pending() -> None:
    log = MemoryLog(price("01-05", "1.10"))
    log.attention = (
        AttentionRow(
            id="manual_2026-01-05_0123456789ab",
            source="Manual",
            why="no price",
            date="2026-01-05",
            amount="10.00",
            currency="EUR",
            extra={"Channel": "Other", "Status": "pending"},
        ),
    )
    log.run()
    assert log.row("manual_2026-01-05_0123456789ab").status is Status.PENDING


def test_a_mended_refund_takes_no_more_than_the_sale_has_left() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "29")))
    log.run(pull(reversals=[refund("stripe_ch_1", Money(Decimal(4000), "JPY"), "02-01", "re_1")]))
    log.mend("stripe_ch_1_refund_re_1", amount="31.00", currency="USD")
    log.run()
    assert log.total == 0


def test_a_waiting_total_that_grew_is_booked_as_it_is_now() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", eur(100), refunded_total=eur(10))))
    log.run(pull(sale("stripe_ch_1", eur(100), refunded_total=eur(15))), today="03-05")
    assert [(row.amount, row.first_seen) for row in log.attention[1:]] == [("-15.00", "2026-03-01")]
    log.prices = (price("01-05", "1.10"),)
    log.run()
    assert log.total == Decimal("93.50")


def test_a_waiting_total_that_a_person_changed_is_left_as_it_is() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", eur(100), refunded_total=eur(10))))
    log.mend("stripe_ch_1_refund", amount="-9.00")
    log.run(pull(sale("stripe_ch_1", eur(100), refunded_total=eur(15))))
    assert log.attention[1].amount == "-9.00"


def test_a_refund_that_waited_under_another_id_of_its_sale_is_booked_once() -> None:
    log = MemoryLog()
    item = refund("stripe_pi_1", eur(10), "02-01", "re_1")
    log.run(pull(sale("stripe_pi_1", eur(100), reversals=(item,))))
    item = refund("stripe_ch_1", "11", "02-01", "re_1")
    log.run(pull(sale("stripe_ch_1", "110", aliases=("stripe_pi_1",), reversals=(item,))))
    log.prices = (price("01-05", "1.10"), price("02-01", "1.10"))
    log.run()
    assert (log.total, log.waiting) == (Decimal("99.00"), [])


def test_what_waited_is_no_surprise_in_a_complete_period() -> None:
    log = waiting_in_euros()
    log.was_complete("Stripe", "01-01", "01-31")
    assert log.run(pull(sale("stripe_ch_1", usd("108.50")))).reappeared == ()


def test_a_mended_refund_waits_for_its_sale() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", eur(100), reversals=(refund("stripe_ch_1", eur(10), "02-01", "re_1"),))))
    log.mend("stripe_ch_1_refund_re_1", amount="-11.00", currency="USD")
    assert log.run().changes_nothing
    log.mend("stripe_ch_1", amount="110.00", currency="USD")
    log.run()
    assert (log.total, log.waiting) == (Decimal("99.00"), [])
