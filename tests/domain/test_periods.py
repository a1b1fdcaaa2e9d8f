from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.domain.periods import Month, PeriodError, Window, fiscal_year_label, fiscal_year_window

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))


@given(days)
def test_a_month_reads_back_from_both_its_names(day: date) -> None:
    month = Month.of(day)
    assert Month.parse(str(month)) == Month.parse(month.label) == month


@given(days)
def test_the_months_of_a_year_are_its_twelve(day: date) -> None:
    assert len(list(fiscal_year_window(day, day.month).months())) == 12


@given(days, st.integers(min_value=1, max_value=12))
def test_every_day_lies_in_its_fiscal_year(day: date, first_month: int) -> None:
    assert day in fiscal_year_window(day, first_month)


@given(days)
def test_next_and_previous_undo_each_other(day: date) -> None:
    assert Month.of(day).next.previous == Month.of(day)


@pytest.mark.parametrize("text", ["february 2026", "Feb 2026", "FEB. 2026", "2026-02"])
def test_months_as_people_write_them(text: str) -> None:
    assert Month.parse(text) == Month(2026, 2)


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "Foo 2026", "2026", "", "02-2026"])
def test_what_is_no_month_is_refused_with_what_to_type(text: str) -> None:
    with pytest.raises(PeriodError, match="2026-02"):
        Month.parse(text)


def test_a_window_excludes_its_end() -> None:
    window = Window(date(2026, 2, 1), date(2026, 3, 1))
    assert date(2026, 2, 28) in window
    assert date(2026, 3, 1) not in window


def test_a_fiscal_year_is_named_by_both_its_years() -> None:
    assert fiscal_year_label(fiscal_year_window(date(2026, 2, 1), 4)) == "2025/26"
    assert fiscal_year_label(fiscal_year_window(date(2026, 2, 1))) == "2026"


def test_a_window_can_not_end_before_it_starts() -> None:
    with pytest.raises(PeriodError):
        Window(date(2026, 2, 2), date(2026, 2, 1))
