"""Monthly figures and their coverage, put together as the summary result."""

from collections.abc import Mapping, Sequence
from typing import Literal

from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.results.outside_text import LONGEST_WHY, shown
from revintel_mcp.results.summary_shapes import CoverageWord, MonthlySummaryResult, SummaryRow
from revintel_mcp.summary.coverage import Coverage, Coverages, less_fees
from revintel_mcp.summary.monthly import MonthlyRow, YearToDate
from revintel_mcp.summary.reasons import Lack


def summary_result(
    rows: Sequence[MonthlyRow],
    ytd: YearToDate,
    known: Coverages,
    *,
    last_updated: str,
    view: Literal["booked", "restated"] = "booked",
    basis: Literal["gross", "net"] = "gross",
    revision: str = "",
    notes: tuple[str, ...] = (),
) -> MonthlySummaryResult:
    """The result of `get_monthly_summary`. The year to date is judged by its months up to today."""
    months = [month for month in ytd.window.months() if month <= Month.of(known.today)]
    year = known.over(months)
    return MonthlySummaryResult(
        rows=tuple(_row(row, known, view, basis) for row in rows),
        ytd_label=ytd.label,
        ytd_total=ytd.total,
        ytd_coverage=word(less_fees(year, ytd.fees_missing) if basis == "net" else year),
        last_updated=shown(last_updated),
        view=view,
        basis=basis,
        today=known.today.isoformat(),
        waiting=len(known.waiting),
        revision=revision,
        notes=(*notes, *_year_note(rows, ytd, months, known), *(_fee_note(rows, ytd) if basis == "net" else ())),
    )


def no_tracker(path: str) -> str:
    """What to say of a tracker that does not exist: its path may be typed wrong."""
    return f"There is no tracker at {path} yet; the first refresh or entry makes it."


def word(coverage: Coverage) -> CoverageWord:
    """`exact`, `floor` or `unknown`."""
    words: Mapping[str, CoverageWord] = {"exact": "exact", "floor": "floor", "unknown": "unknown"}
    return words[coverage.worth.value]


def _row(row: MonthlyRow, known: Coverages, view: str, basis: str) -> SummaryRow:
    cells = {channel.key: known.cell(row.month, channel) for channel in Channel} | {"total": known.month(row.month)}
    if view == "restated":
        channels = {channel.key: (channel,) for channel in Channel} | {"total": tuple(Channel)}
        cells = {key: known.restated(cell, (row.month,), channels[key]) for key, cell in cells.items()}
    if basis == "net":
        missing = {channel.key: count for channel, count in row.fees_missing.items()}
        missing["total"] = sum(missing.values())
        cells = {key: less_fees(cell, missing.get(key, 0)) for key, cell in cells.items()}
    return SummaryRow(
        month=row.month.label,
        **{channel.key: row.summary.amount(channel) for channel in Channel},
        total=row.summary.total,
        coverage={key: word(cell) for key, cell in cells.items()},
        why={key: shown(cell.why, LONGEST_WHY) for key, cell in cells.items() if cell.why},
    )


def _year_note(
    rows: Sequence[MonthlyRow], ytd: YearToDate, months: Sequence[Month], known: Coverages
) -> tuple[str, ...]:
    """What the year to date lacks in months that have no row here, and that no row speaks of."""
    there = [row.month for row in rows]
    others = [month for month in months if month not in there]
    if not others:
        return ()
    told = {reason for month in there for reason in known.month(month).reasons}
    missing = [reason for reason in known.over(others).reasons if reason.lack is not Lack.NOT_CONNECTED]
    lacks = "; ".join(str(reason) for reason in missing if reason not in told)
    return (f"YTD {ytd.label}, other months: {lacks}.",) if lacks else ()


def _fee_note(rows: Sequence[MonthlyRow], ytd: YearToDate) -> tuple[str, ...]:
    missing = sum(sum(row.fees_missing.values()) for row in rows)
    if not missing and not ytd.fees_missing:
        return ()
    count = max(missing, ytd.fees_missing)
    return (f"Net is at most this: {'1 row does' if count == 1 else f'{count} rows do'} not say the fee.",)
