from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.domain.currencies import CurrencyError, exponent
from revintel_mcp.domain.money import (
    AmountError,
    Money,
    cents_from_usd,
    format_usd,
    json_number,
    parse_amount,
    round_usd,
    usd_from_cents,
)

cents = st.integers(min_value=-(10**12), max_value=10**12)


@given(cents)
def test_whatever_the_tracker_shows_reads_back_equal(amount: int) -> None:
    usd = usd_from_cents(amount)
    assert parse_amount(format_usd(usd)) == usd


@given(cents)
def test_cents_and_dollars_are_the_same_amount(amount: int) -> None:
    assert cents_from_usd(usd_from_cents(amount)) == amount


@given(cents)
def test_a_json_number_has_the_same_decimal_text(amount: int) -> None:
    usd = usd_from_cents(amount)
    assert Decimal(repr(json_number(usd))) == usd


def test_ten_thousand_dimes_are_a_thousand_dollars() -> None:
    assert sum([parse_amount("0.10")] * 10_000, Decimal(0)) == Decimal("1000.00")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1200", "1200.00"),
        ("1,200.5", "1200.50"),
        ("$1,200", "1200.00"),
        ("-50", "-50.00"),
        ("\N{MINUS SIGN}50", "-50.00"),
        ("-$5.25", "-5.25"),
        ("$-5.25", "-5.25"),
        ("(50)", "-50.00"),
        ("USD 50", "50.00"),
        ("50 usd", "50.00"),
        (".5", "0.50"),
        ("1,234,567.89", "1234567.89"),
    ],
)
def test_amounts_as_people_type_them(text: str, amount: str) -> None:
    assert str(parse_amount(text)) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 200,50",
        "1.200,50",
        "1.200",
        "$12.000",
        "1,5",
        "12,34.00",
        "1.2K",
        "€50",
        "50 EUR",
        "(-5)",
        "--5",
        "1e3",
        "0.001",
        "NaN",
        "٣",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused_with_a_mend(text: str) -> None:
    with pytest.raises(AmountError) as refusal:
        parse_amount(text)
    assert refusal.value.mend


@pytest.mark.parametrize(
    ("minor", "currency", "amount"), [(1234, "usd", "12.34"), (500, "JPY", "500"), (1234, "KWD", "1.234")]
)
def test_minor_units_follow_the_currency(minor: int, currency: str, amount: str) -> None:
    assert Money.from_minor(minor, currency) == Money(Decimal(amount), currency.upper())


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(CurrencyError, match="abc"):
        exponent("abc")


def test_halves_go_to_the_even_cent() -> None:
    assert [round_usd(Decimal(text)) for text in ("0.005", "0.015", "-0.005")] == [
        Decimal("0.00"),
        Decimal("0.02"),
        Decimal("0.00"),
    ]


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert [str(round_usd(Decimal(text))) for text in ("-0.004", "-0.00", "0")] == ["0.00"] * 3
    assert str(parse_amount("-0")) == "0.00"
    assert format_usd(Decimal("-0.00")) == "0.00"


def test_an_amount_too_large_for_an_exact_json_number_is_refused() -> None:
    with pytest.raises(AmountError):
        json_number(Decimal("12345678901234.00"))
