"""Restated totals book each reversal in its sale's month, and lose nothing on the way."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Channel, Status, Transaction
from revintel_mcp.summary.monthly import Cell, CellTotals, monthly_rows
from revintel_mcp.summary.restated import RestatedTotals, restated
from tests.summary.examples import logged, row, totals_of, transactions

JAN, FEB, MAR = Month(2026, 1), Month(2026, 2), Month(2026, 3)


def refund(of: Transaction, day: str, amount: str, suffix: str = "_refund", fee: str | None = None) -> Transaction:
    given_fee = None if fee is None else Decimal(fee)
    return row(day, amount, of.channel, id=of.id + suffix, status=Status.REFUNDED, fee_usd=given_fee)


def view(rows: Sequence[Transaction]) -> dict[str, Decimal]:
    totals = restated(totals_of(rows), logged(rows)).totals
    return {each.month.label: each.summary.total for each in monthly_rows(totals, current=MAR)}


SALE = row("2026-01-04", "29.00", Channel.GUMROAD, id="gumroad_a", fee_usd=Decimal("3.40"))


def test_a_refund_counts_in_the_month_of_its_sale() -> None:
    """As booked, January has 29.00 and February less."""
    rows = [SALE, refund(SALE, "2026-02-03", "-9.00"), row("2026-02-01", "50.00", Channel.GUMROAD)]
    assert view(rows) == {"Jan 2026": Decimal("20.00"), "Feb 2026": Decimal("50.00"), "Mar 2026": Decimal("0.00")}


def test_a_month_that_held_nothing_but_moved_reversals_has_no_line() -> None:
    """It has no row any more."""
    assert list(view([SALE, refund(SALE, "2026-02-03", "-29.00")])) == ["Jan 2026", "Mar 2026"]


def test_disputes_won_voids_and_numbered_refunds_find_their_sale() -> None:
    """Whatever the platform names them."""
    rows = [
        SALE,
        refund(SALE, "2026-02-03", "-10.00", "_refund_re_77"),
        refund(SALE, "2026-02-04", "-4.00", "_refund_2"),
        refund(SALE, "2026-02-05", "-15.00", "_dispute"),
        refund(SALE, "2026-03-05", "15.00", "_dispute_won"),
    ]
    assert view(rows) == {"Jan 2026": Decimal("15.00"), "Mar 2026": Decimal("0.00")}


def test_a_void_of_a_refund_goes_back_to_the_sale() -> None:
    """Through the refund, to January."""
    rows = [SALE, refund(SALE, "2026-02-03", "-9.00"), refund(SALE, "2026-02-03", "9.00", "_refund_void")]
    assert view(rows)["Jan 2026"] == Decimal("29.00")


def test_a_refund_without_its_sale_stays_and_is_named() -> None:
    """There is no month to move it to."""
    lone = refund(SALE, "2026-02-03", "-9.00")
    result = restated(totals_of([lone]), logged([lone]))
    assert result.unlinked == ("gumroad_a_refund",)
    assert result.totals[FEB, Channel.GUMROAD].amount_cents == -900


def test_a_persons_row_with_such_a_name_is_no_reversal() -> None:
    """Its status says that it is income."""
    own = row("2026-02-03", "80.00", id="acorn_refund_policy")
    assert view([row("2026-01-03", "5.00", id="acorn"), own])["Feb 2026"] == Decimal("80.00")


def test_fees_move_with_their_row() -> None:
    """A fee given back belongs where the fee was taken."""
    rows = [SALE, refund(SALE, "2026-02-03", "-29.00", fee="-3.40")]
    totals = restated(totals_of(rows), logged(rows)).totals
    assert totals == {(JAN, Channel.GUMROAD): RestatedTotals(0, 0, 2, 0)}


@st.composite
def logs(draw: st.DrawFn) -> list[Transaction]:
    """Sales, and reversals of some of them at some later day."""
    sales = draw(st.lists(transactions, max_size=8, unique_by=lambda each: each.id))
    again = draw(st.lists(st.tuples(st.sampled_from(sales), transactions), max_size=6)) if sales else []
    backs = [
        Transaction(
            id=f"{sale.id}_refund_{number}",
            date=max(sale.date, other.date),
            channel=sale.channel,
            amount_usd=-abs(other.amount_usd),
            status=Status.REFUNDED,
            fee_usd=other.fee_usd,
        )
        for number, (sale, other) in enumerate(again)
    ]
    return draw(st.permutations([*sales, *backs]))


def reference(rows: Iterable[Transaction]) -> dict[Cell, CellTotals]:
    """The same by rewriting each reversal's day to its sale's."""
    by_id = {each.id: each for each in rows}
    moved = []
    for each in by_id.values():
        sale = by_id.get(each.id.partition("_refund")[0], each) if each.status is Status.REFUNDED else each
        moved.append(
            row(sale.date.isoformat(), str(each.amount_usd), each.channel, fee_usd=each.fee_usd, status=each.status)
        )
    return dict(totals_of(moved))


@given(logs())
def test_it_equals_rows_dated_like_their_sale(rows: list[Transaction]) -> None:
    """The definition, done the slow way; and the sum of each channel is as booked."""
    booked = totals_of(rows)
    totals = restated(booked, logged(rows)).totals
    slow = reference(rows)
    assert {cell: each.amount_cents for cell, each in totals.items()} == {
        cell: each.amount_cents for cell, each in slow.items()
    }
    for field in ("amount_cents", "fee_cents", "rows", "rows_without_fee"):
        assert sum(getattr(each, field) for each in totals.values()) == sum(
            getattr(each, field) for each in booked.values()
        )
