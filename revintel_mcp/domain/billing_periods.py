"""One word for each billing interval, whatever a platform calls it: `month`, `quarter`, `half-year`, `2 years`."""

import re
from fractions import Fraction
from typing import Final

_NAMED: Final = {(3, "month"): "quarter", (6, "month"): "half-year", (12, "month"): "year", (7, "day"): "week"}
_MONTHS: Final = {
    "day": Fraction(12, 365),
    "week": Fraction(84, 365),
    "month": Fraction(1),
    "quarter": Fraction(3),
    "half-year": Fraction(6),
    "year": Fraction(12),
}
_UNITS: Final = frozenset(("day", "week", "month", "year"))
_COUNTED: Final = re.compile(r"(\d{1,3}) (day|week|month|year)s?")

# Gumroad API v2, sales: `subscription_duration`.
_ADVERBS: Final = {
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "biannually": "half-year",
    "yearly": "year",
    "annually": "year",
    "every_two_years": "2 years",
}


def period_of_interval(interval: str, count: int = 1) -> str:
    """`quarter` for every 3 months, `2 weeks` for every 2 weeks; empty for an interval we don't know."""
    if interval not in _UNITS or count < 1:
        return ""
    if named := _NAMED.get((count, interval)):
        return named
    return interval if count == 1 else f"{count} {interval}s"


def period_of_adverb(word: str) -> str:
    """The period of a recurrence (`monthly` is `month`, `biannually` is `half-year`); another word stays as it is."""
    return _ADVERBS.get(word, word)


def months_of(period: str) -> Fraction | None:
    """How many months a period lasts (`quarter` 3, `2 years` 24, `week` 84/365); None for a word we don't know."""
    word = period_of_adverb(period.strip().lower())
    if match := _COUNTED.fullmatch(word):
        return int(match[1]) * _MONTHS[match[2]] or None
    return _MONTHS.get(word)
