"""Figures and days as they are read on every page."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import formats

_CENTS = st.integers(-(10**11), 10**11).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "$0.00"), ("1234.5", "$1,234.50"), ("-12", "\u2212$12.00"), ("1234567.89", "$1,234,567.89")],
)
def test_an_amount_has_two_places_and_its_thousands_apart(amount: str, text: str) -> None:
    assert formats.usd(Decimal(amount)) == text


@given(_CENTS)
def test_no_cent_is_lost_in_an_amount(amount: Decimal) -> None:
    text = formats.usd(amount).replace("$", "").replace(",", "").replace(formats.MINUS, "-")

    assert Decimal(text) == amount


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "$0"),
        ("949.5", "$950"),
        ("999.49", "$999"),
        ("999.50", "$1k"),
        ("1737", "$1.7k"),
        ("9949", "$9.9k"),
        ("9950", "$10k"),
        ("12400", "$12k"),
        ("999499", "$999k"),
        ("999500", "$1M"),
        ("1250000", "$1.2M"),
        ("-1737", "\u2212$1.7k"),
    ],
)
def test_narrow_places_have_a_rounded_figure(amount: str, text: str) -> None:
    assert formats.short_usd(Decimal(amount)) == text


@given(_CENTS)
def test_a_rounded_figure_is_never_far_from_the_amount(amount: Decimal) -> None:
    text = formats.short_usd(amount).replace("$", "").replace(formats.MINUS, "-")
    factor = {"k": 1_000, "M": 1_000_000, "B": 1_000_000_000}.get(text[-1], 1)
    shown = Decimal(text.rstrip("kMB")) * factor

    assert abs(shown - amount) <= max(abs(amount) * Decimal("0.06"), Decimal("0.5"))


@pytest.mark.parametrize(
    ("amount", "coverage", "shown", "spoken"),
    [
        ("5", "exact", "$5.00", "$5.00"),
        ("5", "floor", "\u2265\u00a0$5.00", "at least $5.00"),
        ("5", "unknown", "$5.00\u00a0?", "$5.00, not known for sure"),
        ("0", "unknown", "?", "not known"),
        ("-5", "floor", "\u2265\u00a0\u2212$5.00", "at least minus $5.00"),
        ("0", "floor", "\u2265\u00a0$0.00", "at least $0.00"),
    ],
)
def test_a_figure_says_what_it_is_worth(amount: str, coverage: str, shown: str, spoken: str) -> None:
    assert formats.covered_usd(Decimal(amount), coverage) == shown
    assert formats.spoken_usd(Decimal(amount), coverage) == spoken


@pytest.mark.parametrize(
    ("value", "text"),
    [("12.5", "+12.5\u00a0%"), ("-3", "\u22123\u00a0%"), ("0", "0\u00a0%"), ("1234", "+1,234\u00a0%")],
)
def test_a_change_has_its_sign(value: str, text: str) -> None:
    assert formats.signed_percent(Decimal(value)) == text


def test_days_and_moments_are_written_out_and_other_texts_stay() -> None:
    assert formats.day("2026-02-09") == "9 Feb 2026"
    assert formats.day(None) == ""
    assert formats.day("soon") == "soon"
    assert formats.moment("2026-02-19T14:03:22-05:00") == "19 Feb 2026, 14:03"
    assert formats.moment("never") == "never"
    assert formats.days_in("2025-01-01 to 2025-11-21 was never read") == "1 Jan 2025 to 21 Nov 2025 was never read"
    assert formats.days_in("2026-13-45") == "2026-13-45"


@given(st.integers(1, 9999), st.integers(1, 12))
def test_a_month_s_label_and_key_are_the_same_month(year: int, number: int) -> None:
    key = f"{year:04}-{number:02}"

    assert formats.month_key(formats.month_label(key)) == key
    assert formats.long_month(key).endswith(str(year) if year > 999 else key[:4])


def test_what_is_no_month_stays_as_it_is() -> None:
    assert formats.month_key("all time") == "all time"
    assert formats.month_label("ytd") == "ytd"
    assert formats.month_label("2026-13") == "2026-13"
    assert formats.long_month("ytd") == "ytd"


def test_one_row_and_many_rows() -> None:
    assert formats.count(1, "row") == "1 row"
    assert formats.count(2000, "row") == "2,000 rows"
    assert formats.count(0, "entry", "entries") == "0 entries"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Nov 2026 to 2026-11-21", "Nov 2026 up to 21 Nov 2026"),
        ("2026 to 2026-11-21", "2026 up to 21 Nov 2026"),
        ("2025-01-01 to 2025-11-21 was never read", "1 Jan 2025 to 21 Nov 2025 was never read"),
    ],
)
def test_days_in_a_sentence_are_written_as_people_read_them(text: str, read: str) -> None:
    assert formats.days_in(text) == read


def test_a_reason_becomes_a_sentence() -> None:
    assert formats.sentence("it was read to 2026-02-19") == "It was read to 19 Feb 2026"
    assert formats.sentence("") == ""


def test_a_name_in_a_label_can_t_become_markdown() -> None:
    assert formats.label("Stripe-eu_2") == "Stripe-eu_2"
    assert formats.label("S :material/home: **b** [x](https://evil.example) $y$ `z`") == (
        "S material home b x https evil.example y z"
    )


def test_names_are_listed_as_people_list_them() -> None:
    assert [formats.listed(names) for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]


def test_one_of_many_is_said_in_the_singular() -> None:
    found = [formats.counted(number, "rows with hours") for number in (0, 1, 1200)]

    assert found == ["0 rows with hours", "1 row with hours", "1,200 rows with hours"]
    assert formats.counted(1, "full months") == "1 full month"
