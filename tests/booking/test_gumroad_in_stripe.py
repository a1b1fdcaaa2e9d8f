"""A Stripe payment that is a Gumroad sale counts once, as Gumroad, whichever record comes first."""

from decimal import Decimal

from revintel_mcp.domain.records import HIDDEN_SALE, ReversalKind
from revintel_mcp.domain.source_state import SourceState, SourceStatus
from revintel_mcp.domain.transaction import Channel
from tests.booking.memory_log import MemoryLog, pull, refund, sale, usd

PAYMENT = sale("stripe_ch_1", "31.90", same_as="gumroad_g1")
GUMROAD = pull(sale("gumroad_g1", "29"), name="Gumroad")
QUIET = pull(name="Gumroad")


def test_both_in_one_run_are_one_gumroad_row() -> None:
    log = MemoryLog()
    booking = log.run(pull(PAYMENT), GUMROAD)
    assert log.table() == "2026-01-05 gumroad_g1 29.00"
    assert booking.skipped_by["Stripe"] == {"counted as Gumroad": 1}


def test_a_payment_that_comes_before_its_gumroad_sale_waits_for_it() -> None:
    log = MemoryLog()
    log.run(pull(PAYMENT), QUIET)
    assert (log.waiting, log.rows) == (["gumroad_g1"], {})
    assert "31.90 USD" in log.attention[0].why
    assert log.run(pull(PAYMENT), QUIET).changes_nothing
    log.run(pull(PAYMENT), GUMROAD)
    assert (log.waiting, log.table()) == ([], "2026-01-05 gumroad_g1 29.00")


def test_it_waits_as_well_while_a_configured_gumroad_is_not_asked() -> None:
    log = MemoryLog()
    log.states = (SourceState("Gumroad-shop2", SourceStatus.FAILED),)
    log.run(pull(PAYMENT))
    assert log.waiting == ["gumroad_g1"]


def test_a_person_may_book_it_from_there() -> None:
    log = MemoryLog()
    log.run(pull(PAYMENT), QUIET)
    log.mend("gumroad_g1", amount="29.00")
    log.run(pull(PAYMENT), QUIET)
    assert log.table() == "2026-01-05 gumroad_g1 29.00"
    assert log.run(pull(PAYMENT), GUMROAD).changes_nothing


def test_without_gumroad_among_the_sources_stripes_record_is_the_gumroad_sale() -> None:
    log = MemoryLog()
    log.states = (SourceState("Gumroad", SourceStatus.NOT_CONFIGURED),)
    log.run(pull(PAYMENT))
    assert log.row("gumroad_g1").channel is Channel.GUMROAD
    assert log.look(pull(PAYMENT)).changes_nothing
    booking = log.run(pull(PAYMENT), GUMROAD)
    assert booking.changes_nothing
    assert [(each.id, each.what) for each in booking.differences] == [("gumroad_g1", "amount")]


def test_its_refunds_are_booked_under_the_gumroad_sale() -> None:
    log = MemoryLog()
    log.run(pull(PAYMENT))
    item = refund("stripe_ch_1", "10", "02-01", "re_1")
    log.run(pull(PAYMENT, reversals=[item]))
    assert log.table().splitlines()[1] == "2026-02-01 gumroad_g1_refund_re_1 -10.00"
    seen = pull(sale("gumroad_g1", "29", refunded_total=usd(10)), name="Gumroad")
    assert log.run(seen).changes_nothing


def test_its_refunds_are_left_to_gumroad_where_gumroad_is_asked() -> None:
    log = MemoryLog()
    log.run(pull(PAYMENT), GUMROAD)
    log.run(pull(PAYMENT, reversals=[refund("stripe_ch_1", "10", "02-01", "re_1")]), GUMROAD)
    assert log.total == Decimal("29.00")


def test_a_gumroad_sale_refunded_before_it_was_seen_takes_its_payment_with_it() -> None:
    log = MemoryLog()
    log.run(pull(PAYMENT), QUIET)
    refunded = sale("gumroad_g1", "29", reversed_in_full=ReversalKind.REFUND)
    log.run(pull(PAYMENT), pull(refunded, name="Gumroad"))
    assert (log.waiting, log.rows) == ([], {})


def test_a_payment_logged_before_anyone_knew_is_taken_back_once_gumroad_counts_it() -> None:
    log = MemoryLog()
    plain = sale("stripe_ch_1", "31.90", fee=usd("1.20"))
    log.run(pull(plain), GUMROAD)
    assert log.total == Decimal("60.90")
    log.run(pull(PAYMENT), GUMROAD)
    void = log.row("stripe_ch_1_void")
    assert (void.amount_usd, void.fee_usd, str(void.date)) == (Decimal("-31.90"), Decimal("-1.20"), "2026-01-05")
    assert log.total == Decimal("29.00")
    assert log.run(pull(PAYMENT), GUMROAD).changes_nothing
    log.strike("stripe_ch_1_void")
    assert log.run(pull(PAYMENT), GUMROAD).changes_nothing


def test_a_payment_logged_before_anyone_knew_stays_while_gumroad_does_not_count_it() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "31.90")))
    log.run(pull(PAYMENT), QUIET)
    assert (log.table(), log.waiting) == ("2026-01-05 stripe_ch_1 31.90", [])


def test_a_person_who_struck_one_of_the_two_is_not_overruled() -> None:
    for name, left in (("gumroad_g1", "31.90"), ("stripe_ch_1", "29.00")):
        log = MemoryLog()
        log.run(pull(sale("stripe_ch_1", "31.90")), GUMROAD)
        log.strike(name)
        assert log.run(pull(PAYMENT), GUMROAD).changes_nothing
        assert log.total == Decimal(left)


def test_a_payment_whose_gumroad_sale_is_hidden_is_not_counted_beside_gumroad_s_list() -> None:
    hidden = sale("stripe_ch_1", "31.90", same_as=HIDDEN_SALE)
    log = MemoryLog()
    log.run(pull(hidden), GUMROAD)
    assert (log.table(), log.waiting) == ("2026-01-05 gumroad_g1 29.00", ["stripe_ch_1"])
    assert "31.90 USD" in log.attention[0].why
    assert log.run(pull(hidden), GUMROAD).changes_nothing
    log.mend("stripe_ch_1", amount="31.90")
    log.run(pull(hidden), GUMROAD)
    assert (str(log.total), log.waiting) == ("60.90", [])
    assert log.run(pull(hidden), GUMROAD).changes_nothing


def test_without_gumroad_a_hidden_sale_is_a_stripe_payment() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "31.90", same_as=HIDDEN_SALE)))
    assert log.table() == "2026-01-05 stripe_ch_1 31.90"


CART = sale("stripe_ch_1", "45", same_as="gumroad_g1", same_as_also=("gumroad_g2",))
SOLD = pull(sale("gumroad_g1", "20"), sale("gumroad_g2", "25"), name="Gumroad")


def test_a_cart_is_the_sum_of_its_gumroad_sales_whichever_record_comes_first() -> None:
    together = MemoryLog()
    together.run(pull(CART), SOLD)
    alone = MemoryLog()
    alone.run(pull(CART))
    assert alone.table() == "2026-01-05 stripe_ch_1 45.00"
    assert alone.run(pull(CART)).changes_nothing
    alone.run(pull(CART), SOLD)
    for log in (together, alone):
        assert (str(log.total), log.waiting) == ("45.00", [])
        assert log.run(pull(CART), SOLD).changes_nothing


def test_a_cart_whose_first_sale_was_free_does_not_wait_for_it() -> None:
    log = MemoryLog()
    log.run(pull(CART), pull(sale("gumroad_g2", "45"), name="Gumroad"))
    assert (log.table(), log.waiting) == ("2026-01-05 gumroad_g2 45.00", [])
