"""Reading one field of a JSON record: the value, or a sentence saying why the record can't be booked.

Nothing is guessed. What a platform documents as whole minor units must come as a whole number, what it documents as
a decimal must be one clear decimal.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any, Final, TypeGuard

from revintel_mcp.domain.currencies import CurrencyError, exponent
from revintel_mcp.domain.money import AmountError, parse_amount
from revintel_mcp.domain.outside import quoted

Record = Mapping[str, Any]

_NOTHING: Final[Record] = {}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_COMPACT_DAY = re.compile(r"\d{8}")
_EXACT = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_LONGEST_AMOUNT: Final = 40
#: No amount a freelancer is paid has more digits; past it a number is an id or a mistake.
_LARGEST_MINOR: Final = 10**15


class MalformedRecord(ValueError):
    """A record that can't be booked as it is; the message is a sentence with the mend."""

    def __init__(self, why: str, *, amount: str = "", currency: str = "") -> None:
        super().__init__(why)
        self.amount = amount
        self.currency = currency


def text(record: Record, *keys: str) -> str:
    """The first of `keys` that holds text (or a whole number, as text), stripped; empty if none does."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, str) and (stripped := value.strip()):
            return encodable(stripped)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def encodable(written: str) -> str:
    """A text that can be written as UTF-8: half a surrogate pair, which JSON can hold, becomes a question mark."""
    return written if written.isascii() else written.encode("utf-8", "replace").decode("utf-8")


def child(record: Record, *path: str) -> Record:
    """The object under `path`; an empty one where there is none."""
    for key in path:
        inner = record.get(key)
        if not isinstance(inner, dict):
            return _NOTHING
        record = inner
    return record


def rows_under(record: Record, *path: str) -> list[Record]:
    """The objects of the list under `path` (or of a Stripe list object's `data`); empty where there is none."""
    *parents, last = path
    value = child(record, *parents).get(last)
    if isinstance(value, dict):
        value = value.get("data")
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def reference(value: Any) -> str:
    """The id that a field holds, whether as text or as the expanded object."""
    if isinstance(value, dict):
        value = value.get("id")
    return encodable(value.strip()) if isinstance(value, str) else ""


def flag(record: Record, key: str) -> bool:
    """Whether `key` is true; only JSON true (or the word) counts."""
    value = record.get(key)
    return value is True or (isinstance(value, str) and value.lower() == "true")


def minor_units(record: Record, key: str) -> int:
    """The whole number of minor units under `key`.

    Raises:
        MalformedRecord: it is missing, or no whole number (49.5, "49.00", "$49").
    """
    value = record.get(key)
    if _is_minor(value):
        return value
    shown = shown_amount(value)
    why = f"its {key} is {said(value)}, not a whole number of cents; look the amount up and type it in"
    raise MalformedRecord(why, amount=shown, currency=text(record, "currency").upper())


def fee_units(record: Record, key: str) -> int:
    """The whole number of minor units of the fee under `key`.

    Raises:
        MalformedRecord: it is no whole number. The fee is not given as the amount: whoever mends the record types that.
    """
    value = record.get(key)
    if _is_minor(value):
        return value
    raise MalformedRecord(f"its {key} is {said(value)}, not a whole number of cents; type the amount in, and the fee")


def _is_minor(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST_MINOR


def shown_amount(value: Any) -> str:
    """An amount as it came, for a person to look at; empty where there is none."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    return encodable(str(value)[:_LONGEST_AMOUNT])


def said(value: Any) -> str:
    """A value for a sentence about it: words in quotes, so that they can't pass for ours; `missing` for none."""
    shown = shown_amount(value)
    return (quoted(shown) if shown and isinstance(value, str) else shown) or "missing"


def shown_minor(record: Record) -> str:
    """A record's amount in minor units, said to be that; empty where there is none."""
    shown = shown_amount(record.get("amount"))
    return f"{shown} minor units" if shown else ""


def decimal_amount(value: Any, currency: str = "USD") -> Decimal:
    """The exact amount, in major units, that a JSON number or a text like `1,234.50` gives.

    Raises:
        MalformedRecord: it is rounded (`$1.23K`), finer than the currency's minor unit, or no amount.
    """
    shown = shown_amount(value)
    amount = _decimal_of(value, currency)
    if amount is None:
        why = f"its amount {shown!r} is rounded or not one clear amount; type the exact amount in"
        raise MalformedRecord(why if shown else "it has no amount; type it in", amount=shown, currency=currency)
    try:
        places = exponent(currency)
    except CurrencyError as error:
        raise MalformedRecord(f"{error}; correct the currency", amount=shown, currency=currency) from None
    if amount != amount.quantize(Decimal(1).scaleb(-places)):
        why = f"its amount {shown!r} is finer than {currency} allows; check it on the platform and type it in"
        raise MalformedRecord(why, amount=shown, currency=currency)
    return amount.quantize(Decimal(1).scaleb(-places))


def _decimal_of(value: Any, currency: str) -> Decimal | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        # The shortest text of a binary number is the text it was written as; its exact value is not.
        written = Decimal(str(value))
        return written if written.is_finite() and abs(written) < _LARGEST_MINOR else None
    if isinstance(value, str) and _EXACT.fullmatch(value.strip()):
        return Decimal(value.strip())
    try:
        return parse_amount(value) if isinstance(value, str) and currency == "USD" else None
    except AmountError:
        return None


def day_of_unix(record: Record, key: str, zone: tzinfo) -> date:
    """The day in `zone` of the Unix seconds under `key`.

    Raises:
        MalformedRecord: there are none, or they name no day.
    """
    value = record.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value, UTC).astimezone(zone).date()
        except (OverflowError, OSError, ValueError):
            pass
    raise MalformedRecord(f"its {key} is {said(value)}, no time; type the date in")


def day_of_text(value: Any, zone: tzinfo) -> date | None:
    """The day that `2026-02-19`, `20260219` or an ISO time names; times are turned to `zone`, days stay as they are.

    A time without an offset is UTC, as all our platforms write it.
    """
    if not isinstance(value, str):
        return None
    written = value.strip()
    try:
        if _DAY.fullmatch(written) or _COMPACT_DAY.fullmatch(written):
            return date.fromisoformat(written)
        moment = datetime.fromisoformat(written.replace(" UTC", "+00:00"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(zone).date()
    except (ValueError, OverflowError):
        return None


def shifted(day: date, days: int) -> date:
    """The day so many days later (earlier, if negative), or the calendar's own first or last."""
    return date.fromordinal(min(max(day.toordinal() + days, date.min.toordinal()), date.max.toordinal()))


def unnamed_id(source: str, record: Any) -> str:
    """An ID for a record that has none of its own: the same for the same content."""
    written = json.dumps(record, sort_keys=True, default=str)
    return f"{source}_unnamed_{hashlib.sha256(written.encode()).hexdigest()[:12]}"
