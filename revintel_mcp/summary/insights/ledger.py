"""The rows that count, in the order of days, ready to be asked for a span of them."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.domain.money import ZERO
from revintel_mcp.domain.periods import Window
from revintel_mcp.domain.transaction import Channel, Transaction
from revintel_mcp.summary.provenance import sale_of


class Ledger:
    """The counted rows of a log; readable, neither pending nor struck."""

    def __init__(self, rows: Iterable[LoggedRow]) -> None:
        found = (row.transaction for row in rows)
        self.rows = tuple(sorted((row for row in found if row and row.status.counts), key=attrgetter("date")))
        self._days = [row.date for row in self.rows]

    def within(self, window: Window) -> Sequence[Transaction]:
        """The rows of these days."""
        return self.rows[bisect_left(self._days, window.start) : bisect_left(self._days, window.end)]

    def income(self, window: Window) -> Decimal:
        """Their sum as booked: gross of fees, reversals taken off."""
        return total(self.within(window))

    @property
    def first_day(self) -> date | None:
        """The day of the oldest row."""
        return self._days[0] if self._days else None


def total(rows: Iterable[Transaction]) -> Decimal:
    """The sum of the rows' amounts."""
    return sum((row.amount_usd for row in rows), ZERO)


def channels_of(rows: Iterable[Transaction]) -> tuple[Channel, ...]:
    """The channels that have a row, in the order of the table; all of them where there is no row."""
    found = {row.channel for row in rows}
    return tuple(channel for channel in Channel if not found or channel in found)


def reversed_amounts(rows: Iterable[Transaction]) -> dict[str, Decimal]:
    """What went back of each sale (a negative sum), by the sale's ID."""
    amounts: dict[str, Decimal] = {}
    for row in rows:
        if sale := sale_of(row):
            amounts[sale] = amounts.get(sale, ZERO) + row.amount_usd
    return amounts
