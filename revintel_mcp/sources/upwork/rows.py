"""One record of an Upwork ledger, in whichever field names a server gives it: what kind it is, and what it says.

Upwork's GraphQL API (transaction history) gives decimal texts in major units: APInvoice rows are earnings, APAdjustment
rows are fees, taxes and withdrawals, which point at their earning by `relatedTransactionId`.
"""

import re
from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal
from enum import Enum, auto
from typing import Any, Final

from revintel_mcp.domain.money import Money
from revintel_mcp.sources.fields import (
    MalformedRecord,
    Record,
    child,
    day_of_text,
    decimal_amount,
    said,
    shown_amount,
    text,
)


class What(Enum):
    """What a record of a ledger is, as far as income is concerned."""

    EARNING = auto()
    FEE = auto()
    RETURNED = auto()
    """Money that went back to a client."""
    NOT_INCOME = auto()
    """Our own money on its way to a bank, taxes, memberships."""
    WAITING = auto()
    """Not settled: an open week, a payment in review."""
    UNFAMILIAR = auto()


_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NOT_INCOME = re.compile(
    r"withdraw|\b(?:vat|wht|tax)\b|withholding|membership|connects|deposit|transfer|payout|getting paid|currency conv"
    r"|purchase|promotion|boost"
)
_FEE = re.compile(r"\bfees?\b|commission")
_RETURNED = re.compile(r"refund|chargeback|reversal|dispute")
_EARNED = re.compile(
    r"hourly|fixed|milestone|bonus|earning|ap invoice|\btips?\b|expense|salary|manual time|project|overtime|income"
)
_WAITING = re.compile(r"pending|in review|in progress|work in|\bopen\b|upcoming|scheduled|unpaid|processing")
_MOST_HOURS: Final = 10_000
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?(?:Z|\+00:?00| UTC)?$")

#: Fields that hold Upwork's own id of a record, by server.
NATIVE_IDS: Final = ("recordId", "record_id", "id", "transaction_id", "transactionId", "reference_id", "ref_id")
_AMOUNTS: Final = ("transactionAmount", "amount", "gross_amount", "grossAmount", "gross")
#: Figures that grow from row to row, or are made for people: never one earning.
RUNNING_TOTALS: Final = (
    "total_earned",
    "totalEarned",
    "total_earnings",
    "totalEarnings",
    "running_total",
    "cumulative",
    "balance",
    "year_to_date",
)
_DAYS: Final = (
    "date",
    "transactionCreationDate",
    "transaction_date",
    "created_at",
    "createdAt",
    "createdDateTime",
    "fullyPaidDate",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A record and the words it is known by."""

    record: Record

    @property
    def native(self) -> str:
        """Upwork's own id of the record; empty if the server gives none."""
        return text(self.record, *NATIVE_IDS)

    @property
    def related(self) -> str:
        """The id of the earning that a fee or a refund belongs to."""
        return text(self.record, "relatedTransactionId", "related_transaction_id", "related_record_id", "related_id")

    @property
    def contract(self) -> str:
        """The id of its contract."""
        inner = text(child(self.record, "contract"), "id")
        return inner or text(self.record, "contract_id", "contractId", "contract", "relatedAssignment", "assignment_id")

    @property
    def words(self) -> str:
        """Its type and subtype."""
        names = ("accountingSubtype", "accounting_subtype", "subtype", "type", "category", "kind")
        return _plain_words(" ".join(text(self.record, name) for name in names))

    @property
    def description(self) -> str:
        """What Upwork wrote on it."""
        return text(self.record, "descriptionUI", "description", "memo", "title")

    def day(self, zone: tzinfo) -> date:
        """Its day.

        Raises:
            MalformedRecord: it has none.
        """
        for key in _DAYS:
            # Upwork books by days: a time of exactly midnight UTC is a day written as a time.
            value = self.record.get(key)
            plain = _MIDNIGHT.sub("", value) if isinstance(value, str) else value
            if day := day_of_text(plain, zone):
                return day
        given = next((value for key in _DAYS if shown_amount(value := self.record.get(key))), None)
        raise MalformedRecord(f"its date is {said(given)}; type the date in")

    def money(self) -> Money:
        """Its amount with its sign, exact.

        Raises:
            MalformedRecord: it is rounded, a running total, or missing.
        """
        holder, currency = self._amount()
        if holder is None and (running := next((key for key in RUNNING_TOTALS if key in self.record), "")):
            why = f"it has no amount of its own, only a running total ({running}); use a tool that lists each earning"
            raise MalformedRecord(why, amount=shown_amount(self.record[running]), currency=currency)
        return Money(decimal_amount(holder, currency), currency)

    @property
    def shown_amount(self) -> str:
        """Its amount as it came, for a person to look at."""
        return shown_amount(self._amount()[0])

    def _amount(self) -> tuple[Any, str]:
        """The amount as it came, and its currency: plain, or an object of both."""
        holder: Any = next((self.record[key] for key in _AMOUNTS if self.record.get(key) is not None), None)
        currency = text(self.record, "currency") or "USD"
        if not isinstance(holder, dict):
            return holder, currency.upper()
        value = next((holder[key] for key in ("rawValue", "raw_value", "amount", "value") if key in holder), None)
        return value, (text(holder, "currency") or currency).upper()

    def part(self, *keys: str) -> Money | None:
        """A further amount in US dollars (`fee`); None where it isn't said, or not clearly."""
        value: Any = next((self.record[key] for key in keys if self.record.get(key) is not None), None)
        if isinstance(value, dict):
            value = value.get("rawValue")
        try:
            return None if value is None else Money(abs(decimal_amount(value)), "USD")
        except MalformedRecord:
            return None

    @property
    def hours(self) -> Decimal | None:
        """Hours billed; None where not said, or not one clear number."""
        written = text(self.record, "hours", "totalHoursWorked", "total_hours")
        value = written or self.record.get("hours")
        try:
            found = Decimal(str(value))
        except ArithmeticError:
            return None
        return found if found.is_finite() and 0 < found < _MOST_HOURS else None

    def what(self, *, of_earnings: bool) -> What:
        """What kind of record it is. `of_earnings`: the list is of earnings, so a plain row is one."""
        words = self.words
        if _NOT_INCOME.search(words):
            return What.NOT_INCOME
        if _FEE.search(words):
            return What.FEE
        if _WAITING.search(_plain_words(text(self.record, "paymentStatus", "payment_status", "status"))):
            return What.WAITING
        if _RETURNED.search(words):
            return What.RETURNED
        if of_earnings or _EARNED.search(words):
            return What.RETURNED if self._is_negative() else What.EARNING
        return What.UNFAMILIAR

    def _is_negative(self) -> bool:
        try:
            return self.money().amount < 0
        except MalformedRecord:
            return False


def _plain_words(written: str) -> str:
    """`SERVICE_FEE`, `service-fee` and `ServiceFee` as `service fee`."""
    return " ".join(_WORDS.findall(written)).lower()
