"""What people type into cells: days, months, amounts, words. Each reader gives the value or says why it can't.

Text that could be read in two ways is refused, never guessed.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from revintel_mcp.domain.money import AmountError, cents_from_usd, parse_amount
from revintel_mcp.domain.periods import Month, PeriodError
from revintel_mcp.domain.transaction import Status, TransactionType
from revintel_mcp.tracker.cells import cell_text


class Unclear(ValueError):
    """A cell that can't be read. The message is the reason, `mend` what to type instead."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__(reason)
        self.mend = mend


#: What people write where they have nothing to say.
DASHES: Final = frozenset(("", "-", "--", "\N{EN DASH}", "\N{EM DASH}", "\N{MINUS SIGN}", "n/a", "N/A"))

_CANONICAL_AMOUNT: Final = re.compile(rb" *(-?)(\d{1,3}(?:,\d{3}){1,3}|\d{1,12})\.(\d\d) *")
_ISO_DAY: Final = re.compile(rb" *(\d{4})-(\d\d)-(\d\d) *")
# Patterns as text are compiled, and kept, when a cell is first held against them: in most trackers none is.
_LOOSE_ISO_DAY: Final = r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d\d\S*(?: ?[AaPp][Mm])?)?"
_NUMBERED_DAY: Final = r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})"
_NAMED_DAY: Final = (
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[ -]+)?([A-Za-z]{3,9})\.?[ -]+(?:(\d{1,2})(?:st|nd|rd|th)?,? +)?(\d{4})"
)
_WEEKDAY: Final = r"(?i:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +)"
_DAY_MEND: Final = "write the day as 2026-01-31"


_LONGEST: Final = 40
_DEEPEST_EMPHASIS: Final = 4


def shown(text: str) -> str:
    """`text` in quotes for a message: short, on one line, hidden characters made visible."""
    return repr(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")


def plain(text: str) -> str:
    """`text` without emphasis, code marks and blanks around it: what a person sees of `**1,200.00**`."""
    text = text.strip()
    for _ in range(_DEEPEST_EMPHASIS):
        if len(text) < 2 or text[0] != text[-1] or text[0] not in "*_`":
            break
        text = text[1:-1].strip()
    return text


def read_cents(raw: bytes) -> int:
    """The amount in a raw cell, in whole cents.

    Raises:
        Unclear: it is not one clear amount.
    """
    if match := _CANONICAL_AMOUNT.fullmatch(raw):
        cents = int(match[2].replace(b",", b"")) * 100 + int(match[3])
        return -cents if match[1] else cents
    text = plain(cell_text(raw))
    if text in DASHES:
        raise Unclear("there is no amount", "type the amount in US dollars, like 1200.50")
    if len(text) > _LONGEST:
        raise Unclear(f"the amount {shown(text)} is not one clear amount", "write it like 1200.50 or 1,200.50")
    try:
        return cents_from_usd(parse_amount(text))
    except AmountError as error:
        raise Unclear(f"the amount {error}", error.mend) from error


def read_optional_cents(raw: bytes) -> int | None:
    """Like `read_cents`; None for a blank cell or a dash."""
    if not raw.strip(b" \t") or plain(cell_text(raw)) in DASHES:
        return None
    return read_cents(raw)


def read_day(raw: bytes) -> date:
    """The day in a raw cell.

    Accepts ISO days with any of `-/.` between, days with the month's name, and days in numbers where only one reading
    is possible.

    Raises:
        Unclear: it is no day, or could be two.
    """
    if match := _ISO_DAY.fullmatch(raw):
        return _day(raw.decode().strip(), int(match[1]), int(match[2]), int(match[3]))
    text = plain(cell_text(raw))
    if text in DASHES:
        raise Unclear("there is no date", _DAY_MEND)
    if len(text) > _LONGEST:
        raise Unclear(f"the date {shown(text)} is not a day", _DAY_MEND)
    weekday = re.match(_WEEKDAY, text)
    body = text[weekday.end() :] if weekday else text
    if match_text := re.fullmatch(_LOOSE_ISO_DAY, body):
        return _day(text, int(match_text[1]), int(match_text[2]), int(match_text[3]))
    if match_text := re.fullmatch(_NAMED_DAY, body):
        return _named_day(text, match_text)
    if match_text := re.fullmatch(_NUMBERED_DAY, body):
        return _numbered_day(text, match_text)
    raise Unclear(f"the date {shown(text)} is not a day", _DAY_MEND)


def _day(text: str, year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        raise Unclear(f"the date {shown(text)} is not a day of the calendar", _DAY_MEND) from None


def _named_day(text: str, match: re.Match[str]) -> date:
    before, name, after, year = match.groups()
    if (before is None) == (after is None):
        raise Unclear(f"the date {shown(text)} is not a day", _DAY_MEND)
    try:
        month = Month.parse(f"{name} {year}")
    except PeriodError:
        raise Unclear(f"the date {shown(text)} names no month", _DAY_MEND) from None
    return _day(text, month.year, month.number, int(before or after))


def _numbered_day(text: str, match: re.Match[str]) -> date:
    first, second, year = (int(part) for part in match.groups())
    readings = set()
    for month, number in ((first, second), (second, first)):
        try:
            readings.add(date(year, month, number))
        except ValueError:
            continue
    if len(readings) > 1:
        one, other = sorted(readings)
        raise Unclear(f"the date {shown(text)} could be {one} or {other}", _DAY_MEND)
    if not readings:
        raise Unclear(f"the date {shown(text)} is not a day of the calendar", _DAY_MEND)
    return readings.pop()


_NUMBERED_MONTH: Final = r"(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})"
_NAMED_MONTH: Final = r"([A-Za-z]{3,9})\.?[- ,]+'?(\d{4})"


def read_month(text: str, year: int | None = None) -> Month:
    """The month a summary row is about; `year` is for rows that name none (`January`).

    Raises:
        Unclear: it names no month.
    """
    body = plain(text)[:_LONGEST]
    if year is not None and body.isalpha():
        body = f"{body} {year}"
    if match := re.fullmatch(_NUMBERED_MONTH, body):
        body = f"{match[1] or match[4]}-{int(match[2] or match[3]):02d}"
    elif match := re.fullmatch(_NAMED_MONTH, body):
        body = f"{match[1]} {match[2]}"
    try:
        return Month.parse(body)
    except PeriodError as error:
        raise Unclear(f"{shown(plain(text))} names no month", "write the month as Feb 2026 or 2026-02") from error


_STATUS_WORDS: Final[Mapping[str, Status]] = {
    "": Status.COMPLETED,
    **{status.value: status for status in Status},
    "complete": Status.COMPLETED,
    "paid": Status.COMPLETED,
    "received": Status.COMPLETED,
    "done": Status.COMPLETED,
    "open": Status.PENDING,
    "unpaid": Status.PENDING,
    "invoiced": Status.PENDING,
    "refund": Status.REFUNDED,
}


def read_status(raw: bytes) -> Status:
    """The status in a raw cell; blank is completed.

    Raises:
        Unclear: it is none that we know, so nobody can say whether the row counts.
    """
    text = plain(cell_text(raw))
    found = _STATUS_WORDS.get(text.lower())
    if found is None:
        raise Unclear(
            f"the status {shown(text)} is not known",
            "write completed, pending, refunded or excluded (struck, not counted)",
        )
    return found


_TYPE_WORDS: Final[Mapping[str, TransactionType]] = {
    "": TransactionType.ONE_TIME,
    **{kind.value: kind for kind in TransactionType},
    "one time": TransactionType.ONE_TIME,
    "onetime": TransactionType.ONE_TIME,
    "recurring": TransactionType.SUBSCRIPTION,
    "fixed-price": TransactionType.FIXED,
    "fixed price": TransactionType.FIXED,
}


def read_type(raw: bytes) -> TransactionType | None:
    """The type in a raw cell; blank is one-time, None is a word we don't know."""
    return _TYPE_WORDS.get(plain(cell_text(raw)).lower())


def read_decimal(raw: bytes) -> Decimal | None:
    """A plain positive number (hours, a price); None if the cell holds none.

    Raises:
        Unclear: there is text that is no such number.
    """
    text = plain(cell_text(raw)).removeprefix("$").removesuffix("h").strip()
    if text in DASHES:
        return None
    if len(text) > _LONGEST or not re.fullmatch(r"[0-9]{1,12}(?:\.[0-9]{1,12})?", text):
        raise Unclear(f"{shown(text)} is not a plain number", "write it like 7.5")
    return Decimal(text)
