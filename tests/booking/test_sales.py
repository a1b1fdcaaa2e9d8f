"""A sale is booked once, and a row once written stands."""

from datetime import date
from decimal import Decimal
from itertools import permutations

from revintel_mcp.booking.booking import Difference
from revintel_mcp.domain.records import Unbookable
from revintel_mcp.domain.transaction import Channel, Status
from tests.booking.memory_log import MemoryLog, day, dispute, pull, refund, sale, usd


def test_new_sales_are_added_in_date_order() -> None:
    log = MemoryLog()
    booking = log.run(pull(sale("stripe_ch_2", "50", "01-09"), sale("stripe_ch_1", "29", "01-05")))
    assert [row.id for row in booking.added] == ["stripe_ch_1", "stripe_ch_2"]
    assert log.total == Decimal("79.00")


def test_a_second_run_changes_nothing() -> None:
    log = MemoryLog()
    seen = pull(sale("stripe_ch_1", "29", fee=usd("1.14"), refunded_total=usd(9)), sale("stripe_ch_2", "50"))
    log.run(seen)
    again = log.run(seen)
    assert again.changes_nothing
    assert again.skipped["already logged"] >= 2


def test_a_sale_on_two_pages_and_in_two_accounts_that_are_one_is_one_row() -> None:
    log = MemoryLog()
    one = sale("stripe_ch_1", "29")
    booking = log.run(pull(one, one), pull(one, name="Stripe-eu"))
    assert log.table() == "2026-01-05 stripe_ch_1 29.00"
    assert booking.skipped == {"the same payment seen twice": 2}


def test_yesterdays_payment_intent_is_todays_charge() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_pi_1", "29")))
    log.run(pull(sale("stripe_ch_1", "29", aliases=("stripe_pi_1", "stripe_in_1"))))
    assert log.table() == "2026-01-05 stripe_pi_1 29.00"


def test_an_invoice_and_the_charge_that_paid_it_are_one_payment_in_one_run() -> None:
    log = MemoryLog()
    invoice = sale("stripe_in_1", "29", period="month")
    charge = sale("stripe_ch_1", "29", fee=usd("1.14"), aliases=("stripe_in_1",))
    log.run(pull(invoice, charge))
    assert log.table() == "2026-01-05 stripe_ch_1 29.00"
    assert log.row("stripe_ch_1").period == "month"
    assert log.row("stripe_ch_1").fee_usd == Decimal("1.14")


def test_an_invoice_paid_in_two_charges_is_their_sum() -> None:
    log = MemoryLog()
    parts = [sale(f"stripe_ch_{n}", "50", aliases=("stripe_in_1",)) for n in (1, 2)]
    log.run(pull(sale("stripe_in_1", "100"), *parts))
    assert log.table() == "2026-01-05 stripe_ch_1 50.00\n2026-01-05 stripe_ch_2 50.00"


def test_an_invoice_logged_whole_is_not_booked_again_in_parts() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_in_1", "100")))
    booking = log.run(pull(*[sale(f"stripe_ch_{n}", "50", aliases=("stripe_in_1",)) for n in (1, 2)]))
    assert booking.changes_nothing
    assert booking.differences == ()


def test_payments_that_name_each_other_in_a_ring_are_one() -> None:
    log = MemoryLog()
    ring = [("stripe_ch_1", "stripe_pi_1"), ("stripe_pi_1", "stripe_in_1"), ("stripe_in_1", "stripe_ch_1")]
    log.run(pull(*[sale(name, "29", aliases=(alias,)) for name, alias in ring]))
    assert log.table() == "2026-01-05 stripe_ch_1 29.00"


def test_the_order_of_records_does_not_matter() -> None:
    records = [
        sale("stripe_ch_1", "29", refunded_total=usd(9)),
        sale("stripe_in_1", "29"),
        sale("stripe_ch_2", "10", aliases=("stripe_in_1",), reversals=(refund("stripe_ch_2", "4", "01-07", "re_1"),)),
        sale("stripe_ch_2", "10", reversals=(refund("stripe_ch_2", "2", "01-08", "re_2"),)),
    ]
    tables = set()
    for some in permutations(records):
        log = MemoryLog()
        log.run(pull(*some))
        tables.add(log.table())
    assert len(tables) == 1


def test_a_persons_edit_stands_and_is_reported() -> None:
    log = MemoryLog()
    seen = pull(sale("stripe_ch_1", "29"))
    log.run(seen)
    log.edit("stripe_ch_1", amount_usd=Decimal("25.00"), date=date(2026, 2, 1), channel=Channel.COLD_OUTREACH)
    booking = log.run(seen)
    assert booking.changes_nothing
    assert booking.differences == (
        Difference("stripe_ch_1", 1, "amount", "25.00", "29.00"),
        Difference("stripe_ch_1", 1, "channel", "Cold Outreach", "Stripe"),
        Difference("stripe_ch_1", 1, "date", "2026-02-01", "2026-01-05"),
    )


def test_a_blank_fee_is_filled_and_a_known_one_stands() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "29"), sale("stripe_ch_2", "50", fee=usd("1.75"))))
    booking = log.run(pull(sale("stripe_ch_1", "29", fee=usd("1.14")), sale("stripe_ch_2", "50", fee=usd("2.00"))))
    assert booking.fees == {"stripe_ch_1": Decimal("1.14")}
    assert booking.differences == (Difference("stripe_ch_2", 2, "fee", "1.75", "2.00"),)


def test_a_struck_sale_stays_struck_and_so_does_what_went_back_on_it() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "29")))
    log.strike("stripe_ch_1")
    seen = pull(sale("stripe_ch_1", "29", fee=usd(1), reversals=(refund("stripe_ch_1", "10", "02-01", "re_1"),)))
    booking = log.run(seen)
    assert booking.changes_nothing
    assert booking.differences == ()
    assert booking.skipped == {"excluded by you": 1}


def test_a_struck_sale_takes_no_refund_that_comes_alone() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "29")))
    log.strike("stripe_ch_1")
    assert log.run(pull(reversals=[refund("stripe_ch_1", "10", "02-01", "re_1")])).changes_nothing


def test_a_sale_that_is_pending_by_hand_is_not_touched() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "29")))
    log.edit("stripe_ch_1", status=Status.PENDING)
    booking = log.run(pull(sale("stripe_ch_1", "29", fee=usd(1), refunded_total=usd(9))))
    assert booking.changes_nothing
    assert [each.what for each in booking.differences] == ["status"]


def test_a_removed_row_comes_back_and_is_said_to() -> None:
    log = MemoryLog()
    days = {"stripe_ch_0": "01-04", "stripe_ch_1": "01-05", "stripe_ch_2": "01-31", "stripe_ch_3": "02-01"}
    seen = pull(*[sale(name, "10", on) for name, on in days.items()])
    log.run(seen)
    log.was_complete("Stripe", "01-05", "01-31")
    log.rows.clear()
    assert log.run(seen).reappeared == ("stripe_ch_1", "stripe_ch_2")
    assert log.total == Decimal("40.00")


def test_an_unreadable_row_is_not_booked_a_second_time() -> None:
    log = MemoryLog()
    log.rows["stripe_ch_1"] = None
    assert log.run(pull(sale("stripe_ch_1", "29"))).changes_nothing


def test_sales_that_were_reversed_before_they_were_first_seen_are_not_logged() -> None:
    log = MemoryLog()
    refunded = sale("stripe_ch_1", "29", reversals=(refund("stripe_ch_1", "29", "01-06", "re_1"),))
    by_flag = sale("stripe_ch_2", "29", reversed_in_full=refund("", None).kind)
    by_total = sale("stripe_ch_3", "29", refunded_total=usd(29))
    charged_back = sale("stripe_ch_4", "29", reversals=(dispute("stripe_ch_4", None, "01-06"),))
    by_both = sale("stripe_ch_5", "29", reversed_in_full=dispute("").kind, refunded_total=usd(10))
    booking = log.run(pull(refunded, by_flag, by_total, charged_back, by_both))
    assert booking.changes_nothing
    assert booking.skipped == {"charged back before first seen": 2, "refunded before first seen": 3}


def test_nothing_paid_is_nothing_logged() -> None:
    assert MemoryLog().run(pull(sale("gumroad_free", "0"))).skipped == {"nothing was paid": 1}


def test_only_the_domain_of_an_address_is_stored_on_request() -> None:
    log = MemoryLog()
    named = sale("stripe_ch_2", "5")._replace(client="Blue Fox Ltd")
    log.run(pull(sale("stripe_ch_1", "29"), named), client_names="domain")
    assert [log.row(name).client for name in log.rows] == ["example.com", "Blue Fox Ltd"]


def test_a_domain_is_all_that_is_kept_of_an_address_in_a_description() -> None:
    log = MemoryLog()
    told = "Charge for jane@corp.example.com, 2 hours"
    back = refund("stripe_ch_0", "7", "02-01", "re_0", description=told)
    held = Unbookable(id="stripe_ch_9", source="stripe", why="rounded", description=told)
    seen = pull(
        sale("stripe_ch_1", "29", description=told, reversals=(refund("stripe_ch_1", "5", "02-01", "re_1"),)),
        reversals=[back],
        unbookable=[held],
    )
    log.run(seen, client_names="domain")
    texts = [*(row.description for row in log.counted), *(row.description for row in log.attention)]
    assert len(texts) == 4
    assert all("corp.example.com, 2 hours" in text and "jane" not in text for text in texts)
    assert log.run(seen, client_names="domain").changes_nothing


def test_origins_and_skips_are_told_by_source() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "29")))
    booking = log.run(pull(sale("stripe_ch_1", "29")), pull(sale("stripe_ch_9", "5", "01-31"), name="Stripe-eu"))
    assert booking.origins == {"stripe_ch_9": "Stripe-eu"}
    assert booking.skipped_by == {"Stripe": {"already logged": 1}}
    assert booking.added[0].date == day("01-31")


def test_a_sale_refunded_whole_at_another_rate_before_it_was_seen_is_not_booked() -> None:
    log = MemoryLog()
    back = refund("stripe_ch_1", "10.50", "02-01", "re_1")
    whole = sale("stripe_ch_1", "10.87", reversals=(back,), is_refunded_whole=True)
    log.run(pull(whole))
    assert (log.table(), log.waiting) == ("", [])
    logged = MemoryLog()
    logged.run(pull(sale("stripe_ch_1", "10.87")))
    logged.run(pull(whole))
    assert str(logged.total) == "0.37"
