"""A period is understood as a person writes it."""

from datetime import date

import pytest

from revintel_mcp.domain.periods import Month, PeriodError
from revintel_mcp.summary.asked_period import asked_period, months_before

TODAY = date(2026, 2, 19)


@pytest.mark.parametrize(
    ("text", "label", "start", "end"),
    [
        ("2026-02", "Feb 2026", "2026-02-01", "2026-03-01"),
        ("February 2026", "Feb 2026", "2026-02-01", "2026-03-01"),
        ("2025", "2025", "2025-01-01", "2026-01-01"),
        ("ytd", "2026", "2026-01-01", "2027-01-01"),
        ("This year", "2026", "2026-01-01", "2027-01-01"),
        ("last year", "2025", "2025-01-01", "2026-01-01"),
        ("Q4 2025", "Q4 2025", "2025-10-01", "2026-01-01"),
        ("2025-Q1", "Q1 2025", "2025-01-01", "2025-04-01"),
        ("last month", "Jan 2026", "2026-01-01", "2026-02-01"),
        ("this month", "Feb 2026", "2026-02-01", "2026-03-01"),
        ("last  3 months", "Nov 2025 to Jan 2026", "2025-11-01", "2026-02-01"),
        ("the last 1 month", "Jan 2026", "2026-01-01", "2026-02-01"),
        ("Jul 2025 to 2026-01", "Jul 2025 to Jan 2026", "2025-07-01", "2026-02-01"),
        ("2025-07..2025-07", "Jul 2025", "2025-07-01", "2025-08-01"),
        ("all", "all time", "0001-01-01", "9999-12-31"),
    ],
)
def test_a_period_by_its_name(text: str, label: str, start: str, end: str) -> None:
    """Days from the start up to the end, the end excluded."""
    period = asked_period(text, TODAY)
    assert (period.label, str(period.window.start), str(period.window.end)) == (label, start, end)


@pytest.mark.parametrize("text", ["ytd", "2025/26", "2025/2026", "this year"])
def test_a_fiscal_year(text: str) -> None:
    """From April, in February: the year that started last April."""
    period = asked_period(text, TODAY, 4)
    assert (period.label, str(period.window.start), str(period.window.end)) == ("2025/26", "2025-04-01", "2026-04-01")
    assert asked_period("2025", TODAY, 4).window.start == date(2025, 1, 1)


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13", "2025/27", "2025/26", "0000", "last 0 months", "Q5 2026", "9999", "Q4 9999"]
)
def test_what_is_no_period_is_refused_with_what_to_type(text: str) -> None:
    """2025/26 means nothing where years start in January."""
    with pytest.raises(PeriodError, match="write 2026-02"):
        asked_period(text, TODAY)


def test_a_span_that_runs_backwards_is_refused() -> None:
    """The order is the mistake."""
    with pytest.raises(PeriodError, match="ends before it starts"):
        asked_period("2026-02 to 2025-07", TODAY)


def test_months_before() -> None:
    """Across years, and not before time."""
    assert months_before(Month(2026, 2), 14) == Month(2024, 12)
    with pytest.raises(PeriodError, match="there is no month"):
        months_before(Month(1, 2), 2)
