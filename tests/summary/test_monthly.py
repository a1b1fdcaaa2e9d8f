"""Monthly rows and the year to date are exact sums of the totals, nothing else."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.domain.money import usd_from_cents
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.summary.monthly import Basis, Cell, monthly_rows, year_to_date


@dataclass(frozen=True)
class Totals:
    amount_cents: int = 0
    fee_cents: int = 0
    rows: int = 1
    rows_without_fee: int = 0


JAN, FEB, MAR = Month(2026, 1), Month(2026, 2), Month(2026, 3)
TOTALS = {
    (JAN, Channel.UPWORK): Totals(120_000, 12_000, 3),
    (JAN, Channel.GUMROAD): Totals(8_700, 0, 3, rows_without_fee=3),
    (FEB, Channel.STRIPE): Totals(45_000, 1_335, 1),
    (Month(2025, 12), Channel.OTHER): Totals(1_001),
}

cells = st.dictionaries(
    st.tuples(st.builds(Month, st.integers(2024, 2026), st.integers(1, 12)), st.sampled_from(Channel)),
    st.builds(Totals, st.integers(-(10**9), 10**9), st.integers(-(10**6), 10**6), st.integers(1, 9), st.integers(0, 3)),
    max_size=40,
)


def test_every_booked_month_and_the_current_one_has_a_row_oldest_first() -> None:
    """March has nothing booked and is there all the same; a month without rows in between is not."""
    rows = monthly_rows(TOTALS, current=Month(2026, 4))
    assert [row.month.label for row in rows] == ["Dec 2025", "Jan 2026", "Feb 2026", "Apr 2026"]
    assert rows[1].summary.upwork == Decimal("1200.00")
    assert rows[1].summary.total == Decimal("1287.00")
    assert rows[3].summary.total == Decimal("0.00")
    assert rows[1].rows == 6


def test_a_cell_without_a_row_gives_its_month_no_line() -> None:
    """Totals of nothing are no reason for a line."""
    assert [row.month for row in monthly_rows({(JAN, Channel.OTHER): Totals(rows=0)}, current=FEB)] == [FEB]


def test_a_year_keeps_its_months() -> None:
    """The current month shows only in its own year."""
    assert [row.month for row in monthly_rows(TOTALS, current=MAR, year=2025)] == [Month(2025, 12)]


def test_a_month_asked_for_has_a_row_even_if_nothing_is_booked() -> None:
    """Zeros, whose coverage says what they are worth."""
    (row,) = monthly_rows(TOTALS, current=MAR, month=Month(2024, 5))
    assert (row.month, row.summary.total, row.rows) == (Month(2024, 5), Decimal("0.00"), 0)


def test_net_takes_off_known_fees_and_names_rows_without() -> None:
    """A fee that is not known is not zero: the channel is named."""
    (row,) = monthly_rows(TOTALS, current=MAR, month=JAN, basis=Basis.NET)
    assert row.summary.upwork == Decimal("1080.00")
    assert row.summary.gumroad == Decimal("87.00")
    assert row.fees_missing == {Channel.GUMROAD: 3}


def test_year_to_date_is_the_calendar_year() -> None:
    """December belongs to the year before."""
    year = year_to_date(TOTALS, date(2026, 3, 5))
    assert (year.label, year.total, year.rows, year.fees_missing) == ("2026", Decimal("1737.00"), 7, 3)


def test_year_to_date_is_the_fiscal_year_when_one_is_set() -> None:
    """A year from October holds December too."""
    year = year_to_date(TOTALS, date(2026, 3, 5), fiscal_year_start=10)
    assert (year.label, year.total) == ("2025/26", Decimal("1747.01"))
    assert year_to_date(TOTALS, date(2026, 3, 5), fiscal_year_start=2, basis=Basis.NET).total == Decimal("436.65")


@given(cells, st.sampled_from(Basis))
def test_columns_add_up_to_the_total_and_rows_to_the_year(totals: dict[Cell, Totals], basis: Basis) -> None:
    """Sum of columns is the total of each row; the year to date is the sum of its rows; exactly."""
    rows = monthly_rows(totals, current=Month(2026, 12), basis=basis)
    for row in rows:
        assert sum(row.summary.amount(channel) for channel in Channel) == row.summary.total
    this_year = sum(row.summary.total for row in rows if row.month.year == 2026)
    assert year_to_date(totals, date(2026, 12, 1), basis=basis).total == this_year
    fees = usd_from_cents(sum(cell.fee_cents for cell in totals.values())) if basis is Basis.NET else 0
    gross = usd_from_cents(sum(cell.amount_cents for cell in totals.values()))
    assert sum(row.summary.total for row in rows) == gross - fees


@given(cells)
def test_the_order_of_the_totals_does_not_matter(totals: dict[Cell, Totals]) -> None:
    """A tracker may hold its rows in any order."""
    turned = dict(reversed(totals.items()))
    assert monthly_rows(turned, current=MAR) == monthly_rows(totals, current=MAR)
