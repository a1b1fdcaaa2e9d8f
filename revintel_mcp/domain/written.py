"""Numbers and days as spreadsheets write them, read exactly or refused.

`1.234` is a thousand in Berlin and a fraction in Boston; `03/04/2026` is in March or in April. One file is written in
one way, so the style is found from all of its texts, and what stays open is refused, never guessed.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from revintel_mcp.domain.money import AmountError
from revintel_mcp.domain.periods import PeriodError

#: More than any sum of money has; a card's or an account's number has as many.
_MOST_DIGITS: Final = 15
#: Years that somebody's payments can be of.
_YEARS: Final = range(1970, 2201)
_SPACES: Final = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
_PLAIN: Final = str.maketrans(
    {"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{RIGHT SINGLE QUOTATION MARK}": "'", **dict.fromkeys(_SPACES, " ")}
)
_WHOLE: Final = re.compile(r"[0-9]+")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?P<group>[ .,'])[0-9]{3}(?:(?P=group)[0-9]{3})*")
_DECIMAL: Final = re.compile(r"(?P<whole>[0-9 .,']*[0-9])(?P<mark>[.,])(?P<rest>[0-9]+)")
_CURRENCY: Final = re.compile(r"^(?:US\s?\$|\$\s?US|\$|USD)\s*|\s*(?:US\s?\$|\$\s?US|\$|USD)$", re.IGNORECASE)

_ISO_DAY: Final = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ].*)?")
_NUMERIC_DAY: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[T ].*)?")
_NAMED_DAY: Final = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:[ ,].*)?")
_DAY_NAMED: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s-]+([A-Za-z]{3,9})\.?,?[\s-]+(\d{4})(?:[ ,].*)?")
_MONTHS: Final = "january february march april may june july august september october november december".split()


class DayOrder(StrEnum):
    """Which of the first two numbers of `03/04/2026` is the day."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


def decimal_mark(texts: Iterable[str]) -> str | None:
    """The mark before the cents in these amounts, `.` or `,`; None if none of them shows it.

    Raises:
        AmountError: some are written one way and some the other.
    """
    shown: dict[str, str] = {}
    for text in texts:
        if len(readings := _readings(_bare(text)[0])) == 1 and (mark := next(iter(readings))) is not None:
            shown.setdefault(mark, text.strip())
    if len(shown) > 1:
        raise AmountError(
            f"the amounts {' and '.join(map(repr, shown.values()))} are written in different ways",
            "save the file with one way of writing numbers, like 1234.50",
        )
    return next(iter(shown), None)


def read_number(text: str, mark: str | None) -> Decimal:
    """The number in `text`, exactly; `mark` stands before the decimals, None where the file does not show it.

    Accepts a dollar sign, thousands in groups of three, minus before or after, and parentheses.

    Raises:
        AmountError: it is no number, or could be two.
    """
    body, negative = _bare(text)
    if len(_digits(body)) > _MOST_DIGITS:
        raise AmountError(f"{text.strip()[:30]!r} is larger than any amount", "write it like 1234.50")
    readings = _readings(body)
    if not readings:
        raise AmountError(f"{text.strip()!r} is not one clear amount", "write it like 1234.50")
    if len(readings) > 1 and mark is None:
        raise AmountError(f"{text.strip()!r} could be a thousand or a fraction", "write it like 1234.50")
    fitting = [value for its_mark, value in readings.items() if mark is None or its_mark in {None, mark}]
    if not fitting:
        raise AmountError(f"{text.strip()!r} is written unlike the other amounts of the file", "write it like 1234.50")
    return -fitting[0] if negative and fitting[0] else fitting[0]


def day_order(texts: Iterable[str]) -> DayOrder | None:
    """Whether day or month comes first in days like `03/14/2026`; None if none of them shows it.

    Raises:
        PeriodError: some are written one way and some the other.
    """
    orders: dict[DayOrder, str] = {}
    for text in texts:
        if (match := _NUMERIC_DAY.fullmatch(text.strip())) is None:
            continue
        first, second = int(match[1]), int(match[3])
        if match[2] == "." or first > 12:
            orders.setdefault(DayOrder.DAY_FIRST, text.strip())
        elif second > 12:
            orders.setdefault(DayOrder.MONTH_FIRST, text.strip())
    if len(orders) > 1:
        raise PeriodError(f"the days {' and '.join(map(repr, orders.values()))} are written in different orders")
    return next(iter(orders), None)


def read_day(text: str, order: DayOrder | None) -> date:
    """The day in `text`; a time after it is left out. `order` is how the file writes its numeric days.

    Raises:
        PeriodError: it is no day, or could be two.
    """
    body = text.strip()
    try:
        day = _day_in(body, order)
    except PeriodError:
        raise
    except ValueError:
        day = None  # a month or a day that no calendar has
    if day is None:
        raise PeriodError(f"{body!r} is not one clear day; write 2026-03-04")
    return day


def read_payment_day(text: str, order: DayOrder | None) -> date:
    """Like `read_day`, for the day of a payment in a file.

    Raises:
        PeriodError: also if it is of a year that nobody was paid in.
    """
    day = read_day(text, order)
    if day.year not in _YEARS:
        raise PeriodError(f"{text.strip()!r} is no day that somebody was paid on; write 2026-03-04")
    return day


def _day_in(body: str, order: DayOrder | None) -> date | None:
    if match := _ISO_DAY.fullmatch(body):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _NAMED_DAY.fullmatch(body):
        return date(int(match[3]), _month(match[1]), int(match[2]))
    if match := _DAY_NAMED.fullmatch(body):
        return date(int(match[3]), _month(match[2]), int(match[1]))
    if match := _NUMERIC_DAY.fullmatch(body):
        return _numeric_day(match, order)
    return None


def _bare(text: str) -> tuple[str, bool]:
    """The text without currency and sign, and whether it is negative."""
    body = text.translate(_PLAIN).strip()
    negative = body.startswith("(") and body.endswith(")")
    if negative:
        body = body[1:-1].strip()
    signed = negative
    for _ in range(2):  # the sign stands before or after the dollar sign
        if body[:1] in {"-", "+"} or body[-1:] == "-":
            if signed:
                return "", False  # two signs are no number
            signed, negative = True, "-" in {body[:1], body[-1:]}
            body = body[1:] if body[:1] in {"-", "+"} else body[:-1]
        body = _CURRENCY.sub("", body.strip()).strip()
    return body, negative


def _readings(body: str) -> dict[str | None, Decimal]:
    """What an unsigned number can mean, by the decimal mark that it takes to mean it; None: any."""
    if _WHOLE.fullmatch(body):
        return {None: Decimal(body)}
    readings: dict[str | None, Decimal] = {}
    if match := _GROUPED.fullmatch(body):
        other = {".": ",", ",": "."}.get(match["group"])
        readings[other] = Decimal(_digits(body))
    if (match := _DECIMAL.fullmatch(body)) and _is_whole(match["whole"], match["mark"]):
        readings[match["mark"]] = Decimal(f"{_digits(match['whole'])}.{match['rest']}")
    return readings


def _is_whole(body: str, mark: str) -> bool:
    grouped = _GROUPED.fullmatch(body)
    return bool(_WHOLE.fullmatch(body)) or (grouped is not None and grouped["group"] != mark)


def _digits(body: str) -> str:
    return re.sub("[^0-9]", "", body)


def _month(name: str) -> int:
    low = name.lower()
    for number, long in enumerate(_MONTHS, 1):
        if low in {long, long[:3]} or (low == "sept" and number == 9):
            return number
    raise ValueError(name)


def _numeric_day(match: re.Match[str], order: DayOrder | None) -> date:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if order is None and match[2] == ".":
        order = DayOrder.DAY_FIRST
    if order is None and first != second:
        raise PeriodError(f"{match[0]!r} could be two days; write 2026-03-04")
    day, month = (first, second) if order is DayOrder.DAY_FIRST else (second, first)
    return date(year, month, day)
