"""Foreign money becomes dollars by the person's own prices, or waits; never one to one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.booking.booking import Price
from revintel_mcp.booking.prices import PRICE_HOLDS_DAYS, Prices
from revintel_mcp.domain.money import Money
from tests.booking.memory_log import MemoryLog, day, eur, price, pull, sale, usd


@pytest.mark.parametrize(
    ("on", "worth"),
    [
        ("01-09", None),  # before the first price
        ("01-10", "1.10"),
        ("01-14", "1.10"),  # the newest price before the day serves it
        ("01-15", "1.20"),
        ("02-15", "1.20"),  # 31 days
        ("02-16", None),  # a forgotten price is not used
    ],
)
def test_the_newest_price_of_the_last_31_days_serves(on: str, worth: str | None) -> None:
    prices = Prices([price("01-15", "1.20"), price("01-10", "1.10"), price("01-12", "0.01", "JPY")])
    assert prices.rate("eur", day(on)) == (None if worth is None else Decimal(worth))


def test_of_two_prices_for_one_day_the_later_row_is_the_correction() -> None:
    assert Prices([price("01-10", "1.10"), price("01-10", "1.12")]).rate("EUR", day("01-10")) == Decimal("1.12")


def test_a_price_of_nothing_is_no_price() -> None:
    assert Prices([price("01-10", "0")]).rate("EUR", day("01-10")) is None


@pytest.mark.parametrize(
    ("amount", "dollars"), [("0.05", "0.02"), ("0.15", "0.08"), ("0.25", "0.12"), ("3.33", "1.66")]
)
def test_halves_go_to_the_even_cent_once(amount: str, dollars: str) -> None:
    assert Prices([price("01-10", "0.5")]).usd(eur(amount), day("01-10")) == Decimal(dollars)


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.integers(0, 3 * PRICE_HOLDS_DAYS))
def test_dollars_are_dollars_and_other_money_is_never_taken_for_them(amount: Decimal, days: int) -> None:
    on = day("01-10").fromordinal(day("01-10").toordinal() + days)
    assert Prices([]).usd(Money(amount, "USD"), on) == amount
    assert Prices([Price(day("01-10"), "EUR", Decimal(1))]).usd(Money(amount, "SEK"), on) is None


def test_a_foreign_sale_is_priced_by_its_own_day_and_so_is_its_fee() -> None:
    log = MemoryLog(price("01-05", "1.10"), price("01-06", "9"))
    log.run(pull(sale("stripe_ch_1", eur(100), fee=eur("3.25"))))
    row = log.row("stripe_ch_1")
    assert (row.amount_usd, row.fee_usd) == (Decimal("110.00"), Decimal("3.58"))


def test_a_fee_in_money_without_a_price_is_not_known() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "100", fee=eur("3.25"))))
    assert log.row("stripe_ch_1").fee_usd is None


def test_a_logged_row_keeps_its_dollars_when_the_price_changes() -> None:
    log = MemoryLog(price("01-05", "1.10"))
    seen = pull(sale("stripe_ch_1", eur(100)))
    log.run(seen)
    log.prices = (price("01-05", "1.20"),)
    booking = log.run(seen)
    assert booking.changes_nothing
    assert booking.differences == ()


def test_the_platforms_own_dollars_come_before_the_price_table() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", eur(100))))
    log.prices = (price("01-05", "1.10"),)
    log.run(pull(sale("stripe_ch_1", usd("108.50"))))
    assert log.table() == "2026-01-05 stripe_ch_1 108.50"
    assert log.waiting == []


def test_of_one_payment_shown_in_two_currencies_the_dollars_count() -> None:
    log = MemoryLog(price("01-05", "1.10"))
    log.run(pull(sale("stripe_ch_1", eur(100)), sale("stripe_ch_1", usd("108.50"))))
    assert log.table() == "2026-01-05 stripe_ch_1 108.50"
