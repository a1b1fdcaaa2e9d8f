"""Totals with each reversal booked in the month of its sale, instead of the month it happened in."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.booking.reversal_ids import read_reversal_id
from revintel_mcp.domain.money import cents_from_usd
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Status, Transaction
from revintel_mcp.summary.monthly import Cell, CellMap


@dataclass(frozen=True, slots=True)
class RestatedTotals:
    """What the rows of one month and channel add up to once reversals were moved, in whole US cents."""

    amount_cents: int
    fee_cents: int
    rows: int
    rows_without_fee: int


@dataclass(frozen=True, slots=True)
class Restated:
    """The moved totals; `unlinked` are the IDs of reversals whose sale is not in the log: they stay where they are."""

    totals: dict[Cell, RestatedTotals]
    unlinked: tuple[str, ...]


def restated(booked: CellMap, rows: Iterable[LoggedRow]) -> Restated:
    """The totals of view `restated`.

    Money is only moved between months of one channel: the sum of a channel over all months is as booked.

    Args:
        booked: the totals as booked.
        rows: every row of the log, in any order.
    """
    months, reversals = _by_id(rows)
    numbers = {
        cell: (each.amount_cents, each.fee_cents, each.rows, each.rows_without_fee) for cell, each in booked.items()
    }
    unlinked = []
    for reversal in reversals:
        parts = read_reversal_id(reversal.id)
        month = months.get(parts.sale) if parts else None
        if month is None:
            unlinked.append(reversal.id)
        else:
            _move(numbers, reversal, month)
    totals = {cell: RestatedTotals(*four) for cell, four in numbers.items() if any(four)}
    return Restated(totals, tuple(unlinked))


_Numbers = tuple[int, int, int, int]
_NOTHING: Final[_Numbers] = (0, 0, 0, 0)


def _by_id(rows: Iterable[LoggedRow]) -> tuple[dict[str, Month], list[Transaction]]:
    """The month of every row that has an ID, and the reversals among them; the first row of an ID is the one."""
    months: dict[str, Month] = {}
    reversals = []
    for row in rows:
        if row.transaction is None or not row.id or row.id in months:
            continue
        months[row.id] = Month.of(row.transaction.date)
        if row.transaction.status is Status.REFUNDED:
            reversals.append(row.transaction)
    return months, reversals


def _move(numbers: dict[Cell, _Numbers], row: Transaction, to: Month) -> None:
    fee = 0 if row.fee_usd is None else cents_from_usd(row.fee_usd)
    moved = (cents_from_usd(row.amount_usd), fee, 1, int(row.fee_usd is None))
    here, there = (Month.of(row.date), row.channel), (to, row.channel)
    for cell, sign in ((here, -1), (there, 1)):
        old = numbers.get(cell, _NOTHING)
        numbers[cell] = (
            old[0] + sign * moved[0],
            old[1] + sign * moved[1],
            old[2] + sign * moved[2],
            old[3] + sign * moved[3],
        )
