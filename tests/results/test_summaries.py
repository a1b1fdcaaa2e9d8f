"""The summary result: a figure that is not exact always says why."""

from datetime import date

from revintel_mcp.booking.booking import AttentionRow
from revintel_mcp.domain.periods import Month
from revintel_mcp.results.summaries import summary_result
from revintel_mcp.results.summary_shapes import MonthlySummaryResult
from revintel_mcp.summary.coverage import coverage
from revintel_mcp.summary.monthly import monthly_rows, year_to_date

TODAY = date(2026, 3, 10)


def asked(day_waiting: str, month: Month | None = None) -> MonthlySummaryResult:
    """The summary of a tracker without a row, in which a record of that day waits."""
    waits = AttentionRow(id="manual_1", source="Manual", why="no price", date=day_waiting, extra={"Channel": "Fiverr"})
    rows = monthly_rows({}, current=Month.of(TODAY), month=month)
    return summary_result(rows, year_to_date({}, TODAY), coverage((), [waits], (), today=TODAY), last_updated="")


def test_a_record_that_waits_in_a_month_without_a_row_explains_the_year_to_date() -> None:
    found = asked("2026-01-09")
    assert (found.ytd_coverage, [row.month for row in found.rows]) == ("floor", ["Mar 2026"])
    assert found.notes == ("YTD 2026, other months: Fiverr has 1 record in Needs Attention.",)


def test_what_a_row_says_and_what_lies_in_another_year_is_not_told_of_the_year_to_date() -> None:
    assert asked("2026-01-09", Month(2026, 1)).notes == ()
    assert asked("2026-03-09").notes == ()
    assert asked("2025-12-09").notes == ()
