"""Rows that match, in the order asked for, with sum and count over all of them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.domain.periods import Month, Window
from revintel_mcp.domain.transaction import Channel, Status, Transaction, TransactionType
from revintel_mcp.summary.listing import RowFilter, Sort, list_rows
from tests.summary.examples import logged, row, transactions

ROWS = logged(
    [
        row("2026-01-04", "29.00", Channel.GUMROAD, id="a", client="Acorn Ltd", description="Icon set"),
        row("2026-01-31", "1200.00", Channel.UPWORK, id="b", client="Birch & Co",
            transaction_type=TransactionType.HOURLY, fee_usd=Decimal("120.00")),
        row("2026-02-01", "-29.00", Channel.GUMROAD, id="a_refund", client="Acorn Ltd", status=Status.REFUNDED),
        row("2026-02-02", "450.00", id="c", client="acorn ltd", status=Status.PENDING),
        row("2026-02-02", "7.50", id="d", client="Ångström AB", status=Status.EXCLUDED),
    ]
)  # fmt: skip


def ids(matching: RowFilter | None = None, **more: Any) -> list[str]:
    return [each.id for each in list_rows(ROWS, matching, **more).rows]


@pytest.mark.parametrize(
    ("matching", "expected"),
    [
        (RowFilter(), ["d", "c", "a_refund", "b", "a"]),
        (RowFilter(window=Month(2026, 1).window), ["b", "a"]),
        (RowFilter(window=Window(date(2026, 1, 31), date(2026, 2, 2))), ["a_refund", "b"]),
        (RowFilter(channel=Channel.GUMROAD), ["a_refund", "a"]),
        (RowFilter(client="ACORN"), ["c", "a_refund", "a"]),
        (RowFilter(client="ångström"), ["d"]),
        (RowFilter(status=Status.PENDING), ["c"]),
        (RowFilter(transaction_type=TransactionType.HOURLY), ["b"]),
        (RowFilter(min_amount=Decimal("29.00"), max_amount=Decimal("450.00")), ["c", "a"]),
        (RowFilter(text="icon ACORN"), ["a"]),
        (RowFilter(text="a_refund"), ["a_refund"]),
        (RowFilter(text="upwork"), ["b"]),
        (RowFilter(text="icon birch"), []),
        (RowFilter(client="acorn", status=Status.REFUNDED), ["a_refund"]),
    ],
)
def test_every_filter_narrows_and_all_must_hold(matching: RowFilter, expected: list[str]) -> None:
    """Newest first, what came last in the log first among rows of a day."""
    assert ids(matching) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.DATE, ["a", "b", "a_refund", "c", "d"]),
        (Sort.AMOUNT, ["a_refund", "d", "a", "c", "b"]),
        (Sort.AMOUNT_DOWN, ["b", "c", "a", "d", "a_refund"]),
        (Sort.CLIENT, ["a", "a_refund", "c", "b", "d"]),
        (Sort.CHANNEL_DOWN, ["b", "d", "c", "a_refund", "a"]),
    ],
)
def test_every_order(sort: Sort, expected: list[str]) -> None:
    """Names without regard to case, then by day."""
    assert ids(sort=sort) == expected


def test_sum_and_count_are_over_all_pages_and_only_counted_rows_are_summed() -> None:
    """Pending and struck rows are listed and not summed."""
    page = list_rows(ROWS, page=2, page_size=2)
    assert [each.id for each in page.rows] == ["a_refund", "b"]
    assert (page.count, page.counted, page.page, page.pages) == (5, 3, 2, 3)
    assert (page.total, page.known_fees) == (Decimal("1200.00"), Decimal("120.00"))


def test_a_page_past_the_end_is_the_last() -> None:
    """And an empty list has one page."""
    assert (list_rows(ROWS, page=9, page_size=2).page, list_rows([], page=9).page) == (3, 1)
    assert list_rows([]).total == Decimal("0.00")


def test_a_row_that_cannot_be_read_is_not_listed() -> None:
    """It has no amount to show."""
    assert list_rows([LoggedRow("x", 9, None)]).count == 0


@given(st.lists(transactions, max_size=20), st.sampled_from(Sort), st.integers(1, 7))
def test_the_pages_are_the_list_cut_in_pieces(rows: list[Transaction], sort: Sort, size: int) -> None:
    """Every row on one page, none twice, whatever the order; the sum is that of the counted rows."""
    first = list_rows(logged(rows), sort=sort, page_size=size)
    seen = [each for number in range(1, first.pages + 1)
            for each in list_rows(logged(rows), sort=sort, page=number, page_size=size).rows]  # fmt: skip
    assert sorted(each.line for each in seen) == [each.line for each in logged(rows)]
    assert first.total == sum(each.amount_usd for each in rows if each.status.counts)
