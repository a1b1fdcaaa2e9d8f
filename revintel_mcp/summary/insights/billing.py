"""Billing intervals: how many of a subscription's payments make a month, and until when one pays."""

import re
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from revintel_mcp.domain.periods import Month
from revintel_mcp.summary.asked_period import months_before

_WORDS: Final = {
    "daily": "day",
    "weekly": "week",
    "biweekly": "2 week",
    "fortnight": "2 week",
    "monthly": "month",
    "quarter": "3 month",
    "quarterly": "3 month",
    "half-year": "6 month",
    "half year": "6 month",
    "biannually": "6 month",
    "semiannual": "6 month",
    "yearly": "year",
    "annual": "year",
    "annually": "year",
    "every two years": "2 year",
    "every_two_years": "2 year",
}
_COUNTED: Final = re.compile(r"(?:every )?(\d{1,3})? ?(day|week|month|year)s?")


class Interval(NamedTuple):
    """Every so many months, or days: one of them is zero."""

    months: int
    days: int

    @property
    def per_month(self) -> Fraction:
        """Payments in an average month: of a year's twelve, 365 days or 52 weeks."""
        if self.months:
            return Fraction(1, self.months)
        return Fraction(52 * 7 if self.days % 7 == 0 else 365, 12 * self.days)

    def after(self, day: date) -> date:
        """The day the next payment falls due: the same day of a later month, or the month's last if it has none."""
        if self.days:
            return day + timedelta(days=self.days)
        month = months_before(Month.of(day), -self.months)
        return date(month.year, month.number, min(day.day, month.last_day.day))


@lru_cache(maxsize=256)
def interval(period: str) -> Interval | None:
    """The interval that a row's Period names (`month`, `quarter`, `2 years`); None for a word we don't know."""
    words = " ".join(period.casefold().split())
    match = _COUNTED.fullmatch(_WORDS.get(words, words))
    if match is None:
        return None
    count, unit = int(match[1] or 1), match[2]
    if not count:
        return None
    return {
        "day": Interval(0, count),
        "week": Interval(0, 7 * count),
        "month": Interval(count, 0),
        "year": Interval(12 * count, 0),
    }[unit]
