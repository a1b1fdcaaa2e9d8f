"""Figures, days and words as people read them. Every text here is the same on every page."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

MINUS: Final = "\u2212"
_ISO_DAY: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_PLURAL: Final = re.compile(r"s\b")
_SO_FAR: Final = re.compile(r"((?:\b[A-Z][a-z]{2} |(?<![\d-]))\d{4}) to (\d{4}-\d{2}-\d{2})\b")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


_LETTERS: Final = (
    (Decimal(999_500_000), 1_000_000_000, "B"),
    (Decimal(999_500), 1_000_000, "M"),
    (Decimal("999.5"), 1_000, "k"),
)


def usd(amount: Decimal) -> str:
    """`$1,234.50`, and `$12.00` after a minus sign: always two places, thousands apart."""
    return f"{MINUS if amount < 0 else ''}${abs(amount):,.2f}"


def signed_usd(amount: Decimal) -> str:
    """A change: `+$12.00`, `$0.00`, or `$12.00` after a minus sign."""
    return usd(amount) if amount <= 0 else f"+{usd(amount)}"


def short_usd(amount: Decimal) -> str:
    """`$950`, `$1.7k`, `$12k`, `$1.2M`, `$3B`: for axes and narrow places, where the exact figure stands elsewhere."""
    size, sign = abs(amount), MINUS if amount < 0 else ""
    for limit, divisor, letter in _LETTERS:
        if size >= limit:
            scaled = size / divisor
            places = "0.1" if scaled < Decimal("9.95") else "1"
            text = str(scaled.quantize(Decimal(places), rounding=ROUND_HALF_EVEN))
            return f"{sign}${text.removesuffix('.0')}{letter}"
    return f"{sign}${size.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)}"


def covered_usd(amount: Decimal, coverage: str) -> str:
    """The amount with its mark: plain if exact, `≥ $120.00` if at least this, `$120.00 ?` if not known."""
    if coverage == "exact":
        return usd(amount)
    if coverage == "floor":
        return f"\u2265\u00a0{usd(amount)}"
    return f"{usd(amount)}\u00a0?" if amount else "?"


def spoken_usd(amount: Decimal, coverage: str) -> str:
    """The same for screen readers: `at least $120.00`, `not known`."""
    money = usd(amount).replace(MINUS, "minus ")
    if coverage == "exact":
        return money
    if coverage == "floor":
        return f"at least {money}"
    return f"{money}, not known for sure" if amount else "not known"


def percent(value: Decimal) -> str:
    """`12.5 %`; `value` is already in percent."""
    text = f"{abs(value):,.1f}".removesuffix(".0")
    return f"{MINUS if value < 0 else ''}{text}\u00a0%"


def signed_percent(value: Decimal) -> str:
    """A change: `+12.5 %`, or `3 %` after a minus sign."""
    return percent(value) if value <= 0 else f"+{percent(value)}"


def count(number: int, one: str, many: str = "") -> str:
    """`1 row`, `2,000 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def counted(number: int, many: str) -> str:
    """`3 full months`, `1 full month`: the same for words that the server gives in the plural."""
    return f"{number:,} {re.sub(_PLURAL, '', many, count=1) if number == 1 else many}"


def listed(names: Sequence[str]) -> str:
    """`Stripe`, `Stripe and Gumroad`, `Stripe, Gumroad and Upwork`."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def day(text: str | None) -> str:
    """`19 Feb 2026` from `2026-02-19`; a text that is no day stays as it is."""
    try:
        value = date.fromisoformat(text or "")
    except ValueError:
        return text or ""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def moment(text: str) -> str:
    """`19 Feb 2026, 14:03` from an ISO time, in the time zone it was written in."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{day(value.date().isoformat())}, {value:%H:%M}"


def month_key(label: str) -> str:
    """`2026-02` from `Feb 2026`; a text that is no such label stays as it is."""
    name, _, year = label.partition(" ")
    if name not in _MONTHS or not year.isdigit():
        return label
    return f"{int(year):04}-{_MONTHS.index(name) + 1:02}"


def month_label(key: str) -> str:
    """`Feb 2026` from `2026-02`; a text that is no month stays as it is."""
    year, _, number = key.partition("-")
    if not (year.isdigit() and number.isdigit() and 1 <= int(number) <= 12):
        return key
    return f"{_MONTHS[int(number) - 1]} {year}"


def long_month(key: str) -> str:
    """`February 2026` from `2026-02`."""
    label = month_label(key)
    name, _, year = label.partition(" ")
    return f"{_LONG_MONTHS[_MONTHS.index(name)]} {year}" if name in _MONTHS else label


def next_month(key: str) -> str:
    """`2026-03` from `2026-02`."""
    year, number = int(key[:4]), int(key[5:7])
    return f"{year + number // 12:04}-{number % 12 + 1:02}"


def days_in(text: str) -> str:
    """The text with every `2026-02-19` in it written as `19 Feb 2026`, and `Feb 2026 to` such a day as `up to` it."""
    return _ISO_DAY.sub(lambda match: day(match[0]), _SO_FAR.sub(r"\1 up to \2", text))


def sentence(text: str) -> str:
    """A reason of the server as a sentence of its own: days as people read them, a capital first."""
    words = days_in(text)
    return words[:1].upper() + words[1:]


def label(text: str) -> str:
    """A name for a widget's label, which Streamlit reads as markdown: letters, digits and what joins them."""
    return " ".join("".join(ch if ch.isalnum() or ch in "-_." else " " for ch in text).split())
