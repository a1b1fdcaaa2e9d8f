"""A payment that a source brings and that somebody may have typed in before is told."""

from typing import Any

import pytest

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.booking.typed_before import typed_before
from revintel_mcp.booking.wanted import own_cents
from revintel_mcp.domain.transaction import Channel, Status
from tests.booking.memory_log import eur, pull, sale
from tests.summary.examples import row

STRIPE = Channel.STRIPE


def typed(day: str = "2026-01-05", row_id: str = "", line: int = 9, amount: str = "29", **more: Any) -> LoggedRow:
    return LoggedRow(row_id, line, row(day, amount, STRIPE, id=row_id, **more))


def lines(*own: LoggedRow, voided: str = "", new: int = 1) -> list[int]:
    """The lines that are named when so many payments of 29 dollars come in."""
    added = [row("2026-01-05", "29", STRIPE, id=f"stripe_ch_{n}") for n in range(new)]
    return [found.line for _, found in typed_before(added, own, voided.__eq__)]


@pytest.mark.parametrize("row_id", ["", "manual_2026-01-05_0123456789ab"])
def test_a_persons_row_of_the_same_amount_channel_and_week_is_named(row_id: str) -> None:
    assert lines(typed(row_id=row_id)) == [9]
    assert lines(typed("2026-01-12", row_id)) == [9]
    assert lines(typed("2026-01-13", row_id)) == []
    assert lines(typed(row_id=row_id, amount="29.01")) == []


@pytest.mark.parametrize(
    "other",
    [
        typed(row_id="stripe_ch_77"),
        typed(row_id="manual_opening_2026-01_stripe"),
        typed(status=Status.EXCLUDED),
        typed(status=Status.PENDING),
        LoggedRow("", 9, None),
        LoggedRow("", 9, row("2026-01-05", "29", Channel.FIVERR, id="")),
    ],
)
def test_other_rows_are_not(other: LoggedRow) -> None:
    assert lines(other) == []


def test_an_entry_that_was_voided_is_not() -> None:
    name = "manual_2026-01-05_0123456789ab"
    assert lines(typed(row_id=name), voided=name) == []


def test_a_row_stands_for_one_payment_the_nearest() -> None:
    assert lines(typed("2026-01-09", line=9), typed("2026-01-05", line=10), new=3) == [10, 9]


def test_only_dollars_are_looked_for() -> None:
    assert own_cents([pull(sale("stripe_1", "29"), sale("stripe_2", eur("7")))]) == {2900}
