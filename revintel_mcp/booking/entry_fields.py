"""A manual entry's fields, from what a person typed. Each function says what to type when it can't use a text."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from revintel_mcp.booking.amounts import read_money
from revintel_mcp.domain.currencies import CurrencyError, exponent
from revintel_mcp.domain.money import AmountError, Money
from revintel_mcp.domain.periods import PeriodError
from revintel_mcp.domain.transaction import Channel, Status, TransactionType, channel_named
from revintel_mcp.domain.written import read_day
from revintel_mcp.errors import UsageError

_STATUSES: Final = (Status.COMPLETED, Status.PENDING)
#: A day of another year is a slip: 0206 for 2026.
_YEARS: Final = range(1970, 2201)


def channel_of(text: str) -> Channel:
    """The channel a person means; `Manual` is Other."""
    found = channel_named(text)
    if found is None:
        raise UsageError(f"{text!r} is not a channel; use one of: {', '.join(Channel)}")
    return found


def currency_of(text: str) -> str:
    """An ISO 4217 code, in capitals; blank is USD."""
    code = text.strip().upper() or "USD"
    try:
        exponent(code)
    except CurrencyError as error:
        raise UsageError(f"{error}; write a code like USD or EUR") from None
    return code


def amount_of(value: str | Decimal, currency: str) -> Money:
    """What was paid, in its currency; below zero is money given back.

    Raises:
        UsageError: not one clear amount, zero, or in another currency than said.
    """
    money = _money(value, currency, "amount")
    if money.amount == 0:
        raise UsageError("the amount is zero; an entry must be of some money")
    return money


def fee_of(value: str | Decimal | None, currency: str) -> Money | None:
    """What the platform kept, in the entry's currency or USD; None or blank is not known, which is not zero."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    money = _money(value, currency, "fee")
    if money.amount < 0:
        raise UsageError(f"the fee {value} is negative; write what the platform kept, like 3.40")
    return money


def _money(value: str | Decimal, currency: str, what: str) -> Money:
    text = f"{value:f}" if isinstance(value, Decimal) and value.is_finite() else str(value)
    try:
        money = read_money(text, currency)
    except (AmountError, InvalidOperation) as error:
        mend = getattr(error, "mend", "write it like 1200.50")
        raise UsageError(f"{what}: {error}; {mend}") from None
    if money.currency != currency and what == "amount":
        raise UsageError(f"the amount {text!r} says {money.currency}, the currency says {currency}; give one of them")
    return money


def day_of(value: str | date | None, today: date) -> date:
    """A day as `2026-02-19` or `Feb 19 2026`; today if none is given."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return today
    try:
        day = value if isinstance(value, date) else read_day(value, None)
    except PeriodError as error:
        raise UsageError(f"date: {error}") from None
    if day.year not in _YEARS:
        raise UsageError(f"date: {day} is in the year {day.year}; write a day like 2026-03-04")
    return day


def type_of(text: str) -> TransactionType:
    """`one-time`, `subscription`, `hourly` or `fixed`."""
    try:
        return TransactionType(text.strip().lower().replace("_", "-").replace(" ", "-"))
    except ValueError:
        raise UsageError(f"{text!r} is not a type; use one of: {', '.join(TransactionType)}") from None


def status_of(text: str) -> Status:
    """`completed` counts; `pending` is shown and does not count yet."""
    try:
        status = Status(text.strip().lower())
    except ValueError:
        status = Status.REFUNDED
    if status not in _STATUSES:
        raise UsageError(
            f"{text!r} is not a status an entry can have; use completed or pending (void strikes an entry)"
        )
    return status
