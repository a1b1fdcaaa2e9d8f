"""Money, days and months as people type them; what could be read in two ways is refused with a reason."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.domain.money import format_usd
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Status, TransactionType
from revintel_mcp.tracker.values import (
    Unclear,
    read_cents,
    read_day,
    read_decimal,
    read_month,
    read_optional_cents,
    read_status,
    read_type,
)


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1200", 120_000),
        ("$1,200", 120_000),
        ("1,200.5", 120_050),
        (" 1,200.00 ", 120_000),
        ("(50)", -5_000),
        ("-50", -5_000),
        ("-$50", -5_000),
        ("$-50.00", -5_000),
        ("\N{MINUS SIGN}50", -5_000),
        ("USD 50", 5_000),
        ("50 USD", 5_000),
        ("**29.00**", 2_900),
        ("`29.00`", 2_900),
        ("1,234,567.89", 123_456_789),
        ("0", 0),
    ],
)
def test_amounts_as_people_type_them(text: str, cents: int) -> None:
    """Dollar signs, thousands, accountants' parentheses, emphasis."""
    assert read_cents(text.encode()) == cents


@pytest.mark.parametrize(
    "text",
    ["", "-", "n/a", "1 200,50", "1.200,50", "1.200", "1,5", "12,34.00", "1.2K", "€50", "~50", "~~50~~", "1.005",
     "50-", "١٢", "9" * 40, "1_000", "1e3", "0x10", "--50", "5 0"],
)  # fmt: skip
def test_unclear_amounts_are_refused(text: str) -> None:
    """Nothing is guessed: the reader says why, and what to type instead."""
    with pytest.raises(Unclear) as refused:
        read_cents(text.encode())
    assert str(refused.value)
    assert refused.value.mend
    assert len(str(refused.value)) < 120


@given(st.integers(-(10**14), 10**14))
def test_what_we_write_we_read(cents: int) -> None:
    """Every amount in our own manner reads back to the same cents."""
    assert read_cents(f" {format_usd(Decimal(cents).scaleb(-2))} ".encode()) == cents


def test_a_blank_or_dash_is_no_amount() -> None:
    """In a fee or a summary cell it says that nothing is known."""
    assert [read_optional_cents(raw) for raw in (b"", b" ", b"-", "\N{EM DASH}".encode(), b"n/a")] == [None] * 5
    assert read_optional_cents(b"0.00") == 0


@pytest.mark.parametrize(
    "text",
    ["2026-01-04", "2026/01/04", "2026.1.4", "2026-1-4", "4 Jan 2026", "Jan 4, 2026", "January 4 2026",
     "4th January 2026", "4-Jan-2026", "Sun 2026-01-04", "Sunday, 4 Jan 2026", "2026-01-04T10:00:00Z",
     "2026-01-04 10:00 pm", "**2026-01-04**"],
)  # fmt: skip
def test_days_as_people_type_them(text: str) -> None:
    """Any clear way to write the fourth of January."""
    assert read_day(text.encode()) == date(2026, 1, 4)


def test_a_day_in_numbers_counts_if_only_one_reading_is_possible() -> None:
    """13/01 can only be the thirteenth of January, and 05/05 is the same both ways."""
    assert read_day(b"13/01/2026") == read_day(b"01/13/2026") == date(2026, 1, 13)
    assert read_day(b"05.05.2026") == date(2026, 5, 5)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("01/04/2026", "could be 2026-01-04 or 2026-04-01"),
        ("2026-02-30", "not a day of the calendar"),
        ("31/31/2026", "not a day of the calendar"),
        ("04.01.26", "is not a day"),
        ("Jan 4", "is not a day"),
        ("Jan 2026", "is not a day"),
        ("4 Foo 2026", "names no month"),
        ("yesterday", "is not a day"),
        ("", "there is no date"),
        ("x" * 100_000, "is not a day"),
    ],
)
def test_unclear_days_are_refused(text: str, reason: str) -> None:
    """The message says what it could be, or why it is nothing."""
    with pytest.raises(Unclear, match=reason) as refused:
        read_day(text.encode())
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize(
    "text", ["Feb 2026", "February 2026", "2026-02", "2026/2", "feb. 2026", "**Feb 2026**", "Feb-2026"]
)
def test_months_as_people_type_them(text: str) -> None:
    """Any clear way to write a month and its year."""
    assert read_month(text) == Month(2026, 2)


def test_a_month_without_a_year_takes_its_heading_s() -> None:
    """`February` under a heading that names 2025; without one it is refused."""
    assert read_month("February", 2025) == Month(2025, 2)
    for text in ("February", "Total", "", "13/2026"):
        with pytest.raises(Unclear):
            read_month(text)


def test_words_for_status_and_type() -> None:
    """Blank has the usual meaning; an unknown status is refused, for nobody knows whether the row counts."""
    assert [read_status(raw) for raw in (b"", b"Paid", b" completed ", b"unpaid", b"REFUNDED", b"excluded")] == [
        Status.COMPLETED, Status.COMPLETED, Status.COMPLETED, Status.PENDING, Status.REFUNDED, Status.EXCLUDED,
    ]  # fmt: skip
    assert read_type(b"") is TransactionType.ONE_TIME
    assert read_type(b"Hourly") is TransactionType.HOURLY
    assert read_type(b"barter") is None
    with pytest.raises(Unclear, match="maybe"):
        read_status(b"maybe")


def test_hours_and_prices_are_plain_numbers() -> None:
    """A unit and a dollar sign are taken off; anything else is refused."""
    assert [read_decimal(raw) for raw in (b"7.5", b"8h", b"$1.0842", b"-", b"")] == [
        Decimal("7.5"), Decimal(8), Decimal("1.0842"), None, None,
    ]  # fmt: skip
    for text in (b"7,5", b"1e3", b"NaN", b"-3", b"1" * 50):
        with pytest.raises(Unclear):
            read_decimal(text)
