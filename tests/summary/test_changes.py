"""Every past month whose figures changed is named, with before, after and the rows why."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Channel, Transaction
from revintel_mcp.summary.changes import months_changed
from tests.summary.examples import Totals, row, totals_of, transactions

JAN, FEB = Month(2026, 1), Month(2026, 2)


def test_a_refund_of_an_earlier_month_is_named_with_its_row() -> None:
    """February is the current month and may change unnamed."""
    sale = row("2026-01-04", "29.00", Channel.GUMROAD)
    refund = row("2026-01-20", "-29.00", Channel.GUMROAD, id="gumroad_a_refund")
    today = row("2026-02-02", "5.00")
    (change,) = months_changed(totals_of([sale]), totals_of([sale, refund, today]), [refund, today], current=FEB)
    assert (change.month, change.before, change.after, change.ids) == (
        JAN,
        Decimal("29.00"),
        Decimal("0.00"),
        ("gumroad_a_refund",),
    )


def test_money_moved_between_channels_is_a_change_though_the_total_stands() -> None:
    """Both channels are named."""
    before, after = {(JAN, Channel.OTHER): Totals(500)}, {(JAN, Channel.FIVERR): Totals(500)}
    (change,) = months_changed(before, after, [])
    assert change.before == change.after == Decimal("5.00")
    assert [part.channel for part in change.channels] == [Channel.FIVERR, Channel.OTHER]


def test_a_row_that_changes_no_figure_is_not_named() -> None:
    """An opening balance made smaller by what a pull found leaves the month as it was."""
    found = row("2026-01-04", "29.00", Channel.GUMROAD)
    same = {(JAN, Channel.GUMROAD): Totals(5000)}
    assert months_changed(same, same, [found]) == ()


@given(st.lists(transactions, max_size=12), st.lists(transactions, max_size=6))
def test_the_changes_add_up_to_the_rows_that_made_them(old: list[Transaction], new: list[Transaction]) -> None:
    """After less before is the sum of the added rows that count; nothing goes unnamed."""
    changes = months_changed(totals_of(old), totals_of([*old, *new]), new)
    grown = sum(change.after - change.before for change in changes)
    assert grown == sum(each.amount_usd for each in new if each.status.counts)
    for change in changes:
        assert change.ids
        assert sum(part.after - part.before for part in change.channels) == change.after - change.before
