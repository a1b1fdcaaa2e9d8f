"""A log in memory, as simple as can be: what a tracker would hold, without its text."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from revintel_mcp.booking import Known, SourcePull, book, wanted_cents, wanted_ids
from revintel_mcp.booking.booking import AttentionRow, Booking, LoggedRow, Price
from revintel_mcp.domain.money import ZERO, Money
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.records import Reversal, ReversalKind, Sale, Unbookable
from revintel_mcp.domain.source_state import SourceState, SourceStatus
from revintel_mcp.domain.transaction import Channel, Status, Transaction
from revintel_mcp.sources.pull import Pull

TODAY = date(2026, 3, 1)
_REVERSAL_MARKS = ("_refund", "_dispute", "_void")


def usd(amount: str | int | Decimal) -> Money:
    return Money(Decimal(amount).quantize(Decimal("0.01")), "USD")


def eur(amount: str | int) -> Money:
    return Money(Decimal(amount).quantize(Decimal("0.01")), "EUR")


def day(text: str) -> date:
    """`01-05` is 5 January 2026."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def sale(name: str, amount: Money | str, on: str = "01-05", **more: Any) -> Sale:
    """A sale; `name` starts with the platform: `stripe_ch_1`."""
    money = usd(amount) if isinstance(amount, str) else amount
    channel = Channel(name.split("_", maxsplit=1)[0].title())
    return Sale(id=name, date=day(on), channel=channel, amount=money, **{"client": "a@example.com", **more})


def refund(sale_id: str, amount: Money | str | None, on: str | None = None, native: str = "", **more: Any) -> Reversal:
    return reversal(ReversalKind.REFUND, sale_id, amount, on, native, **more)


def dispute(sale_id: str, amount: Money | str | None = None, on: str | None = None, **more: Any) -> Reversal:
    return reversal(ReversalKind.DISPUTE, sale_id, amount, on, **more)


def won(sale_id: str, amount: Money | str | None = None, on: str | None = None, **more: Any) -> Reversal:
    return reversal(ReversalKind.DISPUTE_WON, sale_id, amount, on, **more)


def reversal(
    kind: ReversalKind, sale_id: str, amount: Money | str | None, on: str | None, native: str = "", **more: Any
) -> Reversal:
    money = usd(amount) if isinstance(amount, str) else amount
    return Reversal(
        kind=kind,
        sale_id=sale_id,
        channel=more.pop("channel", Channel.STRIPE),
        native_id=native,
        amount=money,
        date=None if on is None else day(on),
        **more,
    )


def pull(
    *sales: Sale,
    name: str = "Stripe",
    reversals: Iterable[Reversal] = (),
    unbookable: Iterable[Unbookable] = (),
    complete: bool = True,
) -> SourcePull:
    seen = Pull(
        profile="list_charges",
        complete=complete,
        sales=sales,
        reversals=tuple(reversals),
        unbookable=tuple(unbookable),
        fetched=len(sales),
    )
    return SourcePull(name, name.split("-", maxsplit=1)[0].lower(), seen)


def price(on: str, rate: str, currency: str = "EUR") -> Price:
    return Price(day(on), currency, Decimal(rate))


class MemoryLog:
    """Rows by ID, in the order they were written; row n stands in line n + 1."""

    def __init__(self, *prices: Price) -> None:
        self.rows: dict[str, Transaction | None] = {}
        self.attention: tuple[AttentionRow, ...] = ()
        self.prices = prices
        self.states: tuple[SourceState, ...] = ()

    def run(self, *pulls: SourcePull, today: date | str = TODAY, **options: Any) -> Booking:
        """Book pulls and write the outcome."""
        booking = self.look(*pulls, today=today, **options)
        self.apply(booking)
        return booking

    def look(self, *pulls: SourcePull, today: date | str = TODAY, **options: Any) -> Booking:
        """What booking these pulls would write."""
        wanted = wanted_ids([each.pull for each in pulls], self.attention)
        return book(
            pulls,
            self.known(wanted, wanted_cents(pulls)),
            today=day(today) if isinstance(today, str) else today,
            **options,
        )

    def known(self, wanted: frozenset[str] = frozenset(), cents: frozenset[int] = frozenset()) -> Known:
        """What a scan captures: no more than it promises."""
        lines = {row_id: LoggedRow(row_id, line, row) for line, (row_id, row) in enumerate(self.rows.items(), 1)}
        caught = {row_id: row for row_id, row in lines.items() if _is_caught(row_id, wanted)}
        alike = (
            row for row in lines.values() if row.transaction and int(row.transaction.amount_usd.scaleb(2)) in cents
        )
        return Known(caught, self.attention, self.prices, self.states, alike)

    def apply(self, booking: Booking) -> None:
        for row in booking.added:
            assert row.id not in self.rows, f"{row.id} would be in the log twice"
            self.rows[row.id] = row
        for row_id, fee in booking.fees.items():
            old = self.row(row_id)
            assert old.fee_usd is None, f"{row_id} has a fee already"
            self.rows[row_id] = old._replace(fee_usd=fee)
        self.rows |= booking.edits
        if booking.attention is not None:
            self.attention = booking.attention

    def row(self, row_id: str) -> Transaction:
        row = self.rows[row_id]
        assert row is not None
        return row

    def edit(self, row_id: str, **changes: Any) -> None:
        """A person changes cells of a row."""
        self.rows[row_id] = self.row(row_id)._replace(**changes)

    def strike(self, row_id: str) -> None:
        self.edit(row_id, status=Status.EXCLUDED)

    def mend(self, row_id: str, **changes: Any) -> None:
        """A person changes cells of a row of Needs Attention."""
        self.attention = tuple(row._replace(**changes) if row.id == row_id else row for row in self.attention)

    def was_complete(self, name: str, start: str, end: str) -> None:
        self.states = (*self.states, SourceState(name, SourceStatus.COMPLETE, day(start), day(end)))

    @property
    def total(self) -> Decimal:
        return sum((row.amount_usd for row in self.counted), ZERO)

    @property
    def counted(self) -> Sequence[Transaction]:
        return [row for row in self.rows.values() if row is not None and row.status.counts]

    @property
    def totals(self) -> dict[tuple[Month, Channel], Decimal]:
        totals: dict[tuple[Month, Channel], Decimal] = {}
        for row in self.counted:
            cell = Month.of(row.date), row.channel
            totals[cell] = totals.get(cell, ZERO) + row.amount_usd
        return totals

    def table(self) -> str:
        """`2026-01-05 stripe_ch_1 29.00`, a row a line."""
        return "\n".join(f"{row.date} {row.id} {row.amount_usd}" for row in self.counted)

    @property
    def waiting(self) -> list[str]:
        return [row.id for row in self.attention]


def _is_caught(row_id: str, wanted: frozenset[str]) -> bool:
    base, _, number = row_id.rpartition("_")
    is_follower = base in wanted and number.isdigit()
    return row_id in wanted or is_follower or row_id.startswith("manual_") or any(m in row_id for m in _REVERSAL_MARKS)
