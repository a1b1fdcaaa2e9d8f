"""Days, months and years, as a ledger needs them: windows are `[start, end)`, whole local days."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple, Self

_MONTH_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# As text: `re` compiles a pattern when it is first used.
_ISO_MONTH = r"(\d{4})-(\d{2})"
_NAMED_MONTH = r"([A-Za-z]{3,9})\.?\s+(\d{4})"
_LONG_NAMES: Final = "january february march april may june july august september october november december".split()


class PeriodError(ValueError):
    """A text that names no month or day; the message says what to type."""


class Month(NamedTuple):
    """A calendar month. Ordered by time; `str()` gives `2026-02`."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month a day lies in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """A month from `2026-02`, `Feb 2026` or `February 2026`."""
        text = text.strip()
        if match := re.fullmatch(_ISO_MONTH, text):
            year, number = int(match[1]), int(match[2])
        elif (match := re.fullmatch(_NAMED_MONTH, text)) and (found := _month_number(match[1])):
            year, number = int(match[2]), found
        else:
            raise PeriodError(f"{text!r} is not a month; write 2026-02 or Feb 2026")
        if not 1 <= number <= len(_MONTH_NAMES) or year < 1:
            raise PeriodError(f"{text!r} is not a month; write 2026-02 or Feb 2026")
        return cls(year, number)

    @property
    def label(self) -> str:
        """`Feb 2026`, as the tracker shows it."""
        return f"{_MONTH_NAMES[self.number - 1]} {self.year:04d}"

    @property
    def first_day(self) -> date:
        """The month's first day."""
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """The month's last day."""
        if self.number == 12:
            return date(self.year, 12, 31)
        return date(self.year, self.number + 1, 1) - timedelta(days=1)

    @property
    def next(self) -> "Month":
        """The month after."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def previous(self) -> "Month":
        """The month before."""
        return Month(self.year - (self.number == 1), (self.number - 2) % 12 + 1)

    @property
    def window(self) -> "Window":
        """Its days, the next month's first day excluded.

        Raises:
            PeriodError: it is the last month of the calendar, after which there is no day.
        """
        if self.next.year > date.max.year:
            raise PeriodError(f"{self.label} is the end of the calendar; write a month like 2026-02 or Feb 2026")
        return Window(self.first_day, self.next.first_day)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


class _Days(NamedTuple):
    start: date
    end: date


class Window(_Days):
    """The days from `start` up to, not including, `end`."""

    __slots__ = ()

    def __new__(cls, start: date, end: date) -> Self:
        """A window that ends no earlier than it starts.

        Raises:
            PeriodError: it would.
        """
        if end < start:
            raise PeriodError(f"a window can't end ({end}) before it starts ({start})")
        return super().__new__(cls, start, end)

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.end

    def months(self) -> Iterator[Month]:
        """Every month that has a day in the window, oldest first."""
        month = Month.of(self.start)
        while month.first_day < self.end:
            yield month
            month = month.next


def fiscal_year_window(day: date, first_month: int = 1) -> Window:
    """The year that `day` lies in, when years start with month `first_month` (1 is the calendar year)."""
    year = day.year if day.month >= first_month else day.year - 1
    return Window(date(year, first_month, 1), date(year + 1, first_month, 1))


def fiscal_year_label(window: Window) -> str:
    """`2026` for a calendar year, `2025/26` for a year that starts later."""
    if window.start.month == 1:
        return str(window.start.year)
    return f"{window.start.year}/{window.end.year % 100:02d}"


def _month_number(name: str) -> int | None:
    low = "sep" if name.lower() == "sept" else name.lower()
    return next((number for number, long in enumerate(_LONG_NAMES, 1) if low in (long, long[:3])), None)
