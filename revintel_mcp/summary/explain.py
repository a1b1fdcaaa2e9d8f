"""A figure taken back to the rows it is made of, each with where it came from, and what was left out and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from revintel_mcp.booking.booking import AttentionRow, LoggedRow
from revintel_mcp.domain.money import ZERO
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.problems import Problem
from revintel_mcp.domain.transaction import Channel, Status, Transaction
from revintel_mcp.summary.listing import RowFilter
from revintel_mcp.summary.provenance import sale_of, where_from
from revintel_mcp.summary.waiting import attention_channel, read_day, unreadable_channel


class View(StrEnum):
    """Where reversals are booked."""

    BOOKED = "booked"
    """In the month they happened."""
    RESTATED = "restated"
    """In the month of their sale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A sum over counted rows: a month, a channel's year, what a client paid, recurring income.

    `matching.window` are its days, `label` is what it is called.
    """

    label: str
    matching: RowFilter
    view: View = View.BOOKED


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """A row and why it is where it is: where it came from, or why it does not count."""

    row: LoggedRow
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The rows that add up to a figure, and what was left out of it.

    `rows` are a page of `count` rows, by day; the sums are over all of them: `total` is gross of fees, `net` is
    less the `known_fees`, `fees_missing` counts the rows that don't say theirs.
    `left_out` are readable rows; `unreadable` are lines of the log that may belong here, their `transaction` None;
    `attention` the records of Needs Attention that would count here, or may.
    """

    figure: Figure
    rows: tuple[ExplainedRow, ...]
    count: int
    total: Decimal
    known_fees: Decimal
    fees_missing: int
    left_out: tuple[ExplainedRow, ...]
    unreadable: tuple[ExplainedRow, ...]
    attention: tuple[AttentionRow, ...]

    @property
    def net(self) -> Decimal:
        """Gross less the fees that are known."""
        return self.total - self.known_fees


def explain(
    figure: Figure,
    rows: Iterable[LoggedRow],
    *,
    attention: Sequence[AttentionRow] = (),
    problems: Sequence[Problem] = (),
    repeated: Sequence[LoggedRow] = (),
    most: int | None = None,
    page: int = 1,
) -> Explanation:
    """The rows behind a figure.

    Args:
        figure: what is asked about.
        rows: every row of the log.
        attention: the rows of Needs Attention.
        problems: what a scan found; tells why a line can't be read.
        repeated: rows that are not among `rows` because a row above has their ID.
        most: how many of the counted rows to give at a time; all of them where not said.
        page: which of them, the first ones on page 1; past the end there are none.
    """
    log = tuple(rows)
    sorter = _Sorter(figure, log)
    counted = sorted((row for row in log if sorter.counts(row)), key=_by_day)
    first = (page - 1) * (most or 0)
    amounts = [row.transaction for row in counted if row.transaction is not None]
    left_out = [ExplainedRow(row, why) for row in log if (why := sorter.left_out(row))]
    left_out += [ExplainedRow(row, _REPEATED) for row in repeated if sorter.counts(row)]
    return Explanation(
        figure=figure,
        rows=tuple(ExplainedRow(row, sorter.origin(row)) for row in counted[first:][:most]),
        count=len(counted),
        total=sum((each.amount_usd for each in amounts), ZERO),
        known_fees=sum((each.fee_usd for each in amounts if each.fee_usd is not None), ZERO),
        fees_missing=sum(each.fee_usd is None for each in amounts),
        left_out=tuple(sorted(left_out, key=lambda each: _by_day(each.row))),
        unreadable=_unreadable(figure, log, problems),
        attention=tuple(row for row in attention if _may_count(figure, row)),
    )


class _Sorter:
    """Tells of each row whether it counts in the figure, and if not, whether one would think that it does."""

    def __init__(self, figure: Figure, log: Sequence[LoggedRow]) -> None:
        self._restated = figure.view is View.RESTATED
        self._test = figure.matching.test()
        self._days = {row.id: row.transaction.date for row in reversed(log) if row.id and row.transaction is not None}

    def origin(self, row: LoggedRow) -> str:
        """Where a counted row came from."""
        why = where_from(row, self._days.get)
        counted = self._as_counted(row)
        moved = counted is not None and row.transaction is not None and counted.date != row.transaction.date
        return f"{why}; counted with its sale" if moved else why

    def counts(self, row: LoggedRow) -> bool:
        """Whether the row's amount is part of the figure."""
        counted = self._as_counted(row)
        return counted is not None and counted.status.counts and self._test(counted)

    def left_out(self, row: LoggedRow) -> str:
        """Why a row of the figure's days does not count in it; empty where it does, or is none of its business."""
        transaction = row.transaction
        if transaction is None or not self._test(transaction) or self.counts(row):
            return ""
        if not transaction.status.counts:
            return _NOT_COUNTED[transaction.status]
        counted = self._as_counted(row)
        return f"counted in {Month.of(counted.date).label}, the month of its sale" if counted is not None else ""

    def _as_counted(self, row: LoggedRow) -> Transaction | None:
        """The row with the day that it counts on in this view."""
        transaction = row.transaction
        if transaction is None or not self._restated:
            return transaction
        day = self._days.get(sale_of(transaction))
        return transaction if day is None else transaction._replace(date=day)


_REPEATED: Final = "its ID stands in another row above: that one counts"
_NOT_COUNTED: Final = {
    Status.PENDING: "pending: counts once its status is completed",
    Status.EXCLUDED: "struck: its status is excluded",
}


def _by_day(row: LoggedRow) -> tuple[date, int]:
    return (row.transaction.date if row.transaction is not None else date.min, row.line)


def _unreadable(figure: Figure, log: Sequence[LoggedRow], problems: Sequence[Problem]) -> tuple[ExplainedRow, ...]:
    """Lines that may belong to the figure, as far as their cells and IDs tell."""
    told = {problem.line: f"{problem.message}. {problem.mend}" for problem in problems if problem.line}
    return tuple(
        ExplainedRow(row, told.get(row.line, "can't be read"))
        for row in log
        if row.transaction is None and _may_be(figure, unreadable_channel(row), row.day)
    )


def _may_count(figure: Figure, row: AttentionRow) -> bool:
    """Whether a record would count in the figure once it is mended; one without a readable day may."""
    return _may_be(figure, attention_channel(row), read_day(row.date))


def _may_be(figure: Figure, channel: Channel | None, day: date | None) -> bool:
    """Whether what is of this channel and day, None where that is not known, would or might count."""
    wanted = figure.matching
    if channel is not None and wanted.channel not in (None, channel):
        return False
    return wanted.window is None or day is None or day in wanted.window
