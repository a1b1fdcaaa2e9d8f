"""Monthly rows and the year to date, from the totals that a scan of the tracker gives.

Everything a summary shows comes from whole cents per month and channel; nothing is read twice and nothing is rounded.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol

from revintel_mcp.domain.money import usd_from_cents
from revintel_mcp.domain.monthly_summary import MonthlySummary
from revintel_mcp.domain.periods import Month, Window, fiscal_year_label, fiscal_year_window
from revintel_mcp.domain.transaction import Channel


class CellTotals(Protocol):
    """What the counted rows of one month and channel add up to, in whole US cents."""

    @property
    def amount_cents(self) -> int:
        """Amounts as booked: gross of fees, reversals taken off."""

    @property
    def fee_cents(self) -> int:
        """The fees that are known."""

    @property
    def rows(self) -> int:
        """How many rows count."""

    @property
    def rows_without_fee(self) -> int:
        """How many of them don't say what the platform kept."""


Cell = tuple[Month, Channel]
CellMap = Mapping[Cell, CellTotals]


class Basis(StrEnum):
    """What a figure is measured in."""

    GROSS = "gross"
    """Before fees, reversals taken off: what the tracker's own table shows."""
    NET = "net"
    """Gross less the fees that are known. Rows that don't say their fee are counted in `fees_missing`."""


class MonthlyRow(NamedTuple):
    """One month's figures in US dollars, and how many of its rows don't say their fee.

    Net figures of a channel in `fees_missing` are at most what is shown: fees that aren't known are not taken off.
    """

    summary: MonthlySummary
    rows: int = 0
    fees_missing: Mapping[Channel, int] = MappingProxyType({})

    @property
    def month(self) -> Month:
        """The month it is about."""
        return self.summary.month


class YearToDate(NamedTuple):
    """The sum of the year that a day lies in: `label` is `2026`, or `2025/26` for a fiscal year.

    `window` is the whole year. Rows that a person dated ahead of today count, as they do in the tracker's own line.
    """

    label: str
    window: Window
    total: Decimal
    rows: int = 0
    fees_missing: int = 0


def monthly_rows(
    totals: CellMap,
    *,
    current: Month,
    month: Month | None = None,
    year: int | None = None,
    basis: Basis = Basis.GROSS,
) -> tuple[MonthlyRow, ...]:
    """Every month that has a counted row, and the current one, oldest to newest.

    Args:
        totals: what the rows of each month and channel add up to.
        current: the month that today lies in.
        month: only this one; it always gets its row, if only of zeros.
        year: only the months of this calendar year.
        basis: gross or net of the known fees.
    """
    wanted = {cell_month for (cell_month, _), cell in totals.items() if cell.rows} | {current}
    if month is not None:
        wanted = {month}
    return tuple(_row(totals, each, basis) for each in sorted(wanted) if year is None or each.year == year)


def year_to_date(totals: CellMap, day: date, *, fiscal_year_start: int = 1, basis: Basis = Basis.GROSS) -> YearToDate:
    """The year that `day` lies in, when years start with month `fiscal_year_start`."""
    window = fiscal_year_window(day, fiscal_year_start)
    cells = [cell for (month, _), cell in totals.items() if month.first_day in window]
    return YearToDate(
        fiscal_year_label(window),
        window,
        usd_from_cents(_cents(cells, basis)),
        sum(cell.rows for cell in cells),
        sum(cell.rows_without_fee for cell in cells),
    )


def _row(totals: CellMap, month: Month, basis: Basis) -> MonthlyRow:
    cells = {channel: cell for channel in Channel if (cell := totals.get((month, channel))) is not None}
    return MonthlyRow(
        MonthlySummary.of(month, {channel: usd_from_cents(_cents([cell], basis)) for channel, cell in cells.items()}),
        sum(cell.rows for cell in cells.values()),
        {channel: cell.rows_without_fee for channel, cell in cells.items() if cell.rows_without_fee},
    )


def _cents(cells: Iterable[CellTotals], basis: Basis) -> int:
    if basis is Basis.NET:
        return sum(cell.amount_cents - cell.fee_cents for cell in cells)
    return sum(cell.amount_cents for cell in cells)
