"""The days that a person means by `2026-02`, `2026`, `2025/26`, `Q1 2026`, `last 12 months` or `ytd`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from revintel_mcp.domain.periods import Month, PeriodError, Window, fiscal_year_label, fiscal_year_window

_YEAR: Final = re.compile(r"(\d{4})")
_FISCAL_YEAR: Final = re.compile(r"(\d{4})/(\d{2}|\d{4})")
_QUARTER: Final = re.compile(r"(?:(\d{4})[- ]?q([1-4])|q([1-4])[- ](\d{4}))")
_LAST_MONTHS: Final = re.compile(r"(?:the )?last (\d{1,3}) months?")
_SPAN: Final = re.compile(r"(\S.*?)\s*(?:\.\.|\bto\b)\s*(\S.*)")

_SAME: Final = {"year to date": "ytd", "this year": "ytd", "everything": "all", "all time": "all"}

_FIRST_OF_ALL: Final = Month.of(date.min)

HINT: Final = "write 2026-02, 2026, Q1 2026, last 12 months, 2025-07 to 2026-02, ytd or all"


@dataclass(frozen=True, slots=True)
class AskedPeriod:
    """Whole days, and how to call them: `Feb 2026`, `2026`, `2025/26`, `Q1 2026`, `Jul 2025 to Feb 2026`."""

    label: str
    window: Window


def asked_period(text: str, today: date, fiscal_year_start: int = 1) -> AskedPeriod:
    """What `text` means on `today`; the year to date is the whole (fiscal) year that today lies in.

    A bare year is a calendar year, a quarter is of the calendar, `2025/26` is the fiscal year that starts in 2025.
    `last 12 months` are full months, this one not among them.

    Raises:
        PeriodError: the text names no period; the message says what to type.
    """
    words = " ".join(text.casefold().split())
    named = _relative(words, today, fiscal_year_start) or _year(words, fiscal_year_start) or _quarter(words)
    return named or _span(words) or _month(text)


def month_period(month: Month) -> AskedPeriod:
    """One month."""
    return AskedPeriod(month.label, month.window)


def year_period(day: date, fiscal_year_start: int = 1) -> AskedPeriod:
    """The (fiscal) year that a day lies in."""
    window = fiscal_year_window(day, fiscal_year_start)
    return AskedPeriod(fiscal_year_label(window), window)


def months_before(month: Month, count: int) -> Month:
    """The month `count` months earlier."""
    index = month.year * 12 + month.number - 1 - count
    if index < 12:
        raise PeriodError(f"there is no month {count} months before {month.label}")
    return Month(index // 12, index % 12 + 1)


def _relative(words: str, today: date, fiscal_year_start: int) -> AskedPeriod | None:
    this = Month.of(today)
    if match := _LAST_MONTHS.fullmatch(words):
        count = int(match[1])
        return _months(months_before(this, count), this.previous) if count else None
    named: dict[str, Callable[[], AskedPeriod]] = {
        "ytd": lambda: year_period(today, fiscal_year_start),
        "last year": lambda: year_period(date(today.year - 1, today.month, 1), fiscal_year_start),
        "this month": lambda: month_period(this),
        "last month": lambda: month_period(this.previous),
        "all": lambda: AskedPeriod("all time", Window(date.min, date.max)),
    }
    found = named.get(_SAME.get(words, words))
    return found() if found else None


def _year(words: str, fiscal_year_start: int) -> AskedPeriod | None:
    if match := _YEAR.fullmatch(words):
        return _checked_year(int(match[1]), 1)
    if match := _FISCAL_YEAR.fullmatch(words):
        first, second = int(match[1]), int(match[2])
        if second not in ((first + 1) % 100, first + 1) or fiscal_year_start == 1:
            return None
        return _checked_year(first, fiscal_year_start)
    return None


def _checked_year(year: int, first_month: int) -> AskedPeriod | None:
    return year_period(date(year, first_month, 1), first_month) if 0 < year < date.max.year else None


def _quarter(words: str) -> AskedPeriod | None:
    match = _QUARTER.fullmatch(words)
    if match is None:
        return None
    year, number = int(match[1] or match[4]), int(match[2] or match[3])
    if not 0 < year < date.max.year:
        return None
    last = Month(year, 3 * number)
    return AskedPeriod(f"Q{number} {year}", Window(months_before(last, 2).first_day, last.next.first_day))


def _span(words: str) -> AskedPeriod | None:
    match = _SPAN.fullmatch(words)
    if match is None:
        return None
    first, last = _month(match[1]), _month(match[2])
    if last.window.start < first.window.start:
        raise PeriodError(f"{words!r} ends before it starts; {HINT}")
    return _months(Month.of(first.window.start), Month.of(last.window.start))


def _months(first: Month, last: Month) -> AskedPeriod:
    if first == last:
        return month_period(first)
    return AskedPeriod(f"{first.label} to {last.label}", Window(first.first_day, last.next.first_day))


def _month(text: str) -> AskedPeriod:
    try:
        month = Month.parse(text)
    except ValueError:
        month = _FIRST_OF_ALL
    if month == _FIRST_OF_ALL:  # no month lies before it, as one must for comparisons
        raise PeriodError(f"{text!r} is no period; {HINT}")
    return month_period(month)
