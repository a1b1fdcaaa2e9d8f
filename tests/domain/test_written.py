"""Numbers and days from spreadsheets are read exactly, or refused."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.domain.money import AmountError
from revintel_mcp.domain.periods import PeriodError
from revintel_mcp.domain.written import DayOrder, day_order, decimal_mark, read_day, read_number, read_payment_day

CENTS = st.integers(-(10**12), 10**12)


def written(cents: int, mark: str, group: str) -> str:
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}".replace(",", group) + f"{mark}{rest:02d}"


@given(CENTS, st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'"), (".", ""), (",", "\N{NO-BREAK SPACE}")]))
def test_every_amount_reads_back_in_every_style(cents: int, style: tuple[str, str]) -> None:
    text = written(cents, *style)
    assert decimal_mark([text]) == style[0]
    assert read_number(text, style[0]) == Decimal(cents).scaleb(-2)
    assert read_number(text, None) == Decimal(cents).scaleb(-2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("($1.40)", "-1.40"),
        ("-$0.99", "-0.99"),
        ("$-0.99", "-0.99"),
        ("1,234.50-", "-1234.50"),
        ("US$1,234,567.8", "1234567.8"),
        ("\N{MINUS SIGN}5", "-5"),
        ("12,50", "12.50"),
        ("1.234.567", "1234567"),
        ("100 USD", "100"),
    ],
)
def test_the_ways_people_write_amounts(text: str, value: str) -> None:
    assert read_number(text, None) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1.2K", "--5", "+-5", "(-5)", "1,23,456.00", "1.234.56", "12 34", "€5", "1e5", "٣", "NaN", "9" * 16],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(AmountError):
        read_number(text, None)


@pytest.mark.parametrize("text", ["1,234", "1.234", "-$12,500"])
def test_a_thousand_or_a_fraction_is_refused_until_the_file_shows_which(text: str) -> None:
    with pytest.raises(AmountError, match="thousand or a fraction"):
        read_number(text, None)


def test_the_files_other_amounts_settle_a_thousand() -> None:
    assert read_number("1,234", decimal_mark(["7.50", "1,234"])) == 1234
    assert read_number("1,234", decimal_mark(["7,50", "1,234"])) == Decimal("1.234")
    assert read_number("1,234", decimal_mark(["1,234,567", "1,234"])) == 1234


def test_two_ways_of_writing_in_one_file_are_refused() -> None:
    with pytest.raises(AmountError, match="different ways"):
        decimal_mark(["1.50", "1,50"])
    with pytest.raises(AmountError, match="unlike"):
        read_number("1.50", ",")


@pytest.mark.parametrize(
    "text",
    [
        "2026-09-08",
        "2026/09/08",
        "2026-09-08T10:00:00Z",
        "Sep 8, 2026",
        "Sep 8 2026",
        "Sept 8, 2026",
        "September 8, 2026",
        "Sep 8, 2026, 10:00 AM",
        "8 Sep 2026",
        "8-Sep-2026",
        "08.09.2026",
    ],
)
def test_clear_days_read_without_help(text: str) -> None:
    assert read_day(text, None) == date(2026, 9, 8)


def test_numeric_days_follow_the_file() -> None:
    assert read_day("03/04/2026", day_order(["03/04/2026", "03/14/2026"])) == date(2026, 3, 4)
    assert read_day("03/04/2026", day_order(["03/04/2026", "14/03/2026"])) == date(2026, 4, 3)
    assert read_day("04/04/2026", None) == date(2026, 4, 4)
    assert day_order(["Sep 8, 2026"]) is None


@pytest.mark.parametrize(
    "text", ["03/04/2026", "3-4-2026", "", "soon", "2026-02-30", "31.02.2026", "Foo 8, 2026", "03/04/26"]
)
def test_unclear_days_are_refused(text: str) -> None:
    with pytest.raises(PeriodError):
        read_day(text, None)


def test_days_in_two_orders_are_refused() -> None:
    with pytest.raises(PeriodError, match="different orders"):
        day_order(["14/03/2026", "03/14/2026"])


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)), st.sampled_from(DayOrder))
def test_every_day_reads_back_in_its_files_order(day: date, order: DayOrder) -> None:
    form = (
        "{0.day:02d}/{0.month:02d}/{0.year:04d}"
        if order is DayOrder.DAY_FIRST
        else "{0.month:02d}/{0.day:02d}/{0.year:04d}"
    )
    assert read_day(form.format(day), order) == day


def test_a_number_larger_than_any_amount_is_refused() -> None:
    with pytest.raises(AmountError, match="larger than any amount"):
        read_number("9" * 16, None)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "01.01.1969"])
def test_a_year_that_nobody_was_paid_in_is_refused(text: str) -> None:
    with pytest.raises(PeriodError, match="no day that somebody was paid on"):
        read_payment_day(text, None)
