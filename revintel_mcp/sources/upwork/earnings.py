"""From an Upwork ledger's records to sales and reversals: fees joined to their earnings, the rest left out."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from decimal import Decimal

from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import Reversal, ReversalKind, Sale, Unbookable
from revintel_mcp.domain.transaction import ANONYMOUS, Channel, TransactionType
from revintel_mcp.sources.contract import PullRequest
from revintel_mcp.sources.fields import MalformedRecord, Record, text, unnamed_id
from revintel_mcp.sources.metadata import SourceMetadata
from revintel_mcp.sources.outcome import not_a_record
from revintel_mcp.sources.paging import Listing
from revintel_mcp.sources.upwork.contracts import NO_CONTRACT, Contract, contract_in, kind_of_words
from revintel_mcp.sources.upwork.rows import Row, What


@dataclass(slots=True)
class Reading:
    """What a pull's records come to."""

    sales: list[Sale] = field(default_factory=list)
    reversals: list[Reversal] = field(default_factory=list)
    unbookable: list[Unbookable] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    fetched: int = 0
    """Records, each once, though the answers for two months may both hold one."""


def day_of_row(zone: tzinfo) -> Callable[[Record], date]:
    """A reader of a record's day."""

    def read(record: Record) -> date:
        return Row(record).day(zone)

    return read


def read_rows(
    ledger: Sequence[Listing],
    contracts: Mapping[str, Contract],
    request: PullRequest,
    *,
    via: str,
    of_earnings: bool,
) -> Reading:
    """Sales and reversals of the request's days. `of_earnings`: the list is of earnings, not of all that moved."""
    return _Reader(ledger, contracts, request, via, of_earnings=of_earnings).read()


class _Reader:
    def __init__(
        self,
        ledger: Sequence[Listing],
        contracts: Mapping[str, Contract],
        request: PullRequest,
        via: str,
        *,
        of_earnings: bool,
    ) -> None:
        self.contracts, self.request, self.via, self.of_earnings = contracts, request, via, of_earnings
        self.listings = ledger
        self.rows = [Row(record) for record in _once(ledger)]
        self.fees = self._fees()
        self.waiting = 0
        self.result = Reading()

    def read(self) -> Reading:
        for row in self.rows:
            try:
                self._row(row)
            except MalformedRecord as error:
                self.result.unbookable.append(self._unbookable(row, error))
        self.result.fetched = len(self.rows)
        self.result.unbookable += not_a_record("upwork", self.listings)
        if self.waiting:
            self.result.notes.append(f"not settled yet, and booked when they are: {self.waiting}")
        return self.result

    def _fees(self) -> Mapping[str, Decimal]:
        """Service fees by the earning they belong to."""
        fees: dict[str, Decimal] = {}
        for row in self.rows:
            if row.related and row.what(of_earnings=self.of_earnings) is What.FEE:
                money = _readable(row)
                if money is not None and money.currency == "USD":
                    fees[row.related] = fees.get(row.related, Decimal(0)) + abs(money.amount)
        return fees

    def _row(self, row: Row) -> None:
        what = row.what(of_earnings=self.of_earnings)
        if what is What.WAITING:
            self.waiting += 1
        elif what in (What.EARNING, What.RETURNED, What.UNFAMILIAR):
            day = row.day(self.request.timezone)
            if day in self.request.window:
                self._dated(row, day, what)

    def _dated(self, row: Row, day: date, what: What) -> None:
        if what is What.UNFAMILIAR:
            raise MalformedRecord(f"its kind ({row.words or 'none'}) is not known; if it is income, add it by hand")
        money = row.money()
        if what is What.RETURNED:
            self.result.reversals.append(self._reversal(row, day, money))
        elif money.amount:
            self.result.sales.append(self._sale(row, day, money))

    def _sale(self, row: Row, day: date, money: Money) -> Sale:
        contract = self._contract(row)
        own = contract_in(row.record)
        hours = row.hours
        return Sale(
            id=self._id(row, day),
            date=day,
            channel=Channel.UPWORK,
            amount=money,
            fee=self._fee(row) if money.currency == "USD" else None,
            client=own.client or contract.client or ANONYMOUS,
            description=contract.title or own.title or row.description,
            transaction_type=contract.kind or own.kind or kind_of_words(row.words) or _kind_by_hours(hours),
            hours=hours,
            via=self.via,
            aliases=(self._by_contract(row, day),) if row.native and row.contract else (),
            numbered=not row.native,
            source_metadata=SourceMetadata(row.record),
        )

    def _reversal(self, row: Row, day: date, money: Money) -> Reversal:
        contract = self._contract(row)
        own = contract_in(row.record)
        returned = row.part("fee_returned")
        return Reversal(
            kind=ReversalKind.REFUND,
            sale_id=f"upwork_{row.related}" if row.related else "",
            channel=Channel.UPWORK,
            native_id=row.native,
            amount=Money(abs(money.amount), money.currency),
            date=day,
            client=own.client or contract.client or ANONYMOUS,
            description=contract.title or row.description,
            transaction_type=contract.kind or own.kind or TransactionType.FIXED,
            fee=None if returned is None else -returned,
            via=self.via,
            source_metadata=SourceMetadata(row.record),
        )

    def _contract(self, row: Row) -> Contract:
        return self.contracts.get(row.contract, NO_CONTRACT)

    def _fee(self, row: Row) -> Money | None:
        if (stated := row.part("fee", "service_fee", "serviceFee")) is not None:
            return stated
        total = self.fees.get(row.native) if row.native else None
        return Money(total, "USD") if total is not None else None

    def _id(self, row: Row, day: date) -> str:
        return f"upwork_{row.native}" if row.native else self._by_contract(row, day)

    def _by_contract(self, row: Row, day: date) -> str:
        """Contract and day, kept apart by account: how an earning is logged whose server gives no id of Upwork's."""
        account = f"{self.request.account}_" if self.request.account else ""
        return f"upwork_{account}{row.contract or 'no-contract'}_{day.isoformat()}"

    def _unbookable(self, row: Row, error: MalformedRecord) -> Unbookable:
        contract, own = self._contract(row), contract_in(row.record)
        try:
            day = row.day(self.request.timezone)
        except MalformedRecord:
            day = None
        return Unbookable(
            id=f"upwork_{row.native}" if row.native else unnamed_id("upwork", row.record),
            source="upwork",
            why=str(error),
            date=day,
            client=own.client or contract.client,
            description=contract.title or own.title or row.description,
            amount=error.amount or row.shown_amount,
            currency=error.currency or text(row.record, "currency") or "USD",
        )


def _once(ledger: Sequence[Listing]) -> Iterator[Record]:
    """The records of all listings, each once, though two months' answers may both hold one.

    Records without an id that are alike in every field are as many as the listing that has most of them.
    """
    seen: Counter[str] = Counter()
    for listing in ledger:
        here: Counter[str] = Counter()
        for record in listing.rows:
            name = Row(record).native or json.dumps(record, sort_keys=True, default=str)
            here[name] += 1
            if here[name] > seen[name]:
                yield record
        seen |= here


def _readable(row: Row) -> Money | None:
    try:
        return row.money()
    except MalformedRecord:
        return None


def _kind_by_hours(hours: Decimal | None) -> TransactionType:
    return TransactionType.HOURLY if hours else TransactionType.FIXED
