"""Rows of Needs Attention: records that can't be booked as they are, with all it takes to book them once mended.

A row is written so that it can't be booked by accident. Where the platform's figure is not the money itself (a
running total, a rounded amount), the Amount is left blank and the figure is told in the reason.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from revintel_mcp.booking.amounts import could_be_booked
from revintel_mcp.booking.booking import AttentionRow
from revintel_mcp.booking.cases import Case
from revintel_mcp.booking.gathering import Seen
from revintel_mcp.booking.refunds import Event
from revintel_mcp.booking.run import Run
from revintel_mcp.booking.stated import describe
from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import Reversal, ReversalKind, Sale, Unbookable
from revintel_mcp.domain.transaction import ANONYMOUS, Channel, Status, TransactionType

_GIVEN_LENGTH: Final = 60


def no_price(money: Money, day: date) -> str:
    """Why a foreign amount waits, and both ways to mend it."""
    return (
        f"{money.currency} has no price for {day}: add {day} | {money.currency} | (US dollars for one {money.currency})"
        " to the Prices table, or type the amount in US dollars and USD as the currency"
    )


def sale_row(run: Run, seen: Seen, name: str) -> AttentionRow:
    """The row, with the ID `name`, of a sale whose currency has no price."""
    sale = seen.sale
    return AttentionRow(
        id=name,
        source=seen.origin,
        why=no_price(sale.amount, sale.date),
        date=sale.date.isoformat(),
        client=run.client(sale.client),
        description=sale.description,
        amount=f"{sale.amount.amount:,f}",
        currency=sale.amount.currency,
        first_seen=run.today.isoformat(),
        extra=extra_cells(
            channel=sale.channel,
            transaction_type=sale.transaction_type,
            period=sale.period,
            hours=sale.hours,
            fee=sale.fee,
            via=sale.via,
        ),
    )


def negative_row(run: Run, seen: Seen) -> AttentionRow:
    """The row of a payment below zero: no sale is that."""
    sale = seen.sale
    record = Unbookable(
        id=sale.id,
        source=sale.channel.key,
        why="its amount is negative: look it up on the platform, and type what was paid in US dollars",
        date=sale.date,
        client=sale.client,
        description=sale.description,
        amount=f"{sale.amount.amount:,f}",
        currency=sale.amount.currency,
    )
    return unbookable_row(run, record, seen.origin)


def not_listed_row(run: Run, seen: Seen) -> AttentionRow:
    """The row of a payment that Stripe shows for a Gumroad sale which Gumroad has not listed."""
    sale = seen.sale
    why = (
        f"{seen.origin} shows its payment ({_given(sale)}), Gumroad has not listed the sale yet: it is counted once"
        " Gumroad does; if Gumroad never will, type the amount in US dollars"
    )
    extra = extra_cells(
        channel=Channel.GUMROAD, transaction_type=sale.transaction_type, period=sale.period, via=sale.via
    )
    return _left_to_gumroad(run, seen, sale.same_as, why, extra)


def hidden_sale_row(run: Run, seen: Seen) -> AttentionRow:
    """The row of a payment that a Gumroad sale made, where the server hides which."""
    sale = seen.sale
    why = (
        f"its metadata looks like a Gumroad sale's, and this server hides which ({_given(sale)}): Gumroad's list counts"
        " it; if it is no Gumroad sale, type the amount in US dollars"
    )
    extra = extra_cells(
        channel=sale.channel, transaction_type=sale.transaction_type, period=sale.period, fee=sale.fee, via=sale.via
    )
    return _left_to_gumroad(run, seen, sale.id, why, extra)


def _given(sale: Sale) -> str:
    return f"{sale.amount.amount:,f} {sale.amount.currency}"


def _left_to_gumroad(run: Run, seen: Seen, row_id: str, why: str, extra: Mapping[str, str]) -> AttentionRow:
    """A payment without its amount: Gumroad's own record is the one that counts, unless a person says otherwise."""
    return AttentionRow(
        id=row_id,
        source=seen.origin,
        why=why,
        date=seen.sale.date.isoformat(),
        client=run.client(seen.sale.client),
        description=seen.sale.description,
        first_seen=run.today.isoformat(),
        extra=extra,
    )


def reversal_row(run: Run, case: Case, event: Event, name: str) -> AttentionRow:
    """The row of a reversal: its currency has no price, its amount is not told, or its sale waits as well."""
    day = event.day or run.today
    sign = 1 if event.kind is ReversalKind.DISPUTE_WON else -1
    client = case.client if case.client != ANONYMOUS or event.item is None else event.item.client
    why = case.hold
    if not why and event.amount is not None:
        why = no_price(event.amount, case.row.date if case.row else day)
    return AttentionRow(
        id=name,
        source=case.origin,
        why=why or event.doubt or "the platform does not say how much: type the amount in US dollars",
        date=day.isoformat(),
        client=run.client(client),
        description=describe(event.kind, event.amount, case.description),
        amount=f"{sign * event.amount.amount:,f}" if event.amount else "",
        currency=event.amount.currency if event.amount else "",
        first_seen=run.today.isoformat(),
        extra=extra_cells(
            channel=case.channel,
            transaction_type=case.transaction_type,
            fee=event.item.fee if event.item else None,
            via=(event.item.via if event.item else "") or case.via,
        ),
    )


def doubtful_refund_row(run: Run, item: Reversal, origin: str, row_id: str) -> AttentionRow:
    """The row of a refund that may be part of one which was booked from a running total."""
    given = f"{item.amount.amount:,f} {item.amount.currency}" if item.amount else "of unknown amount"
    return AttentionRow(
        id=f"{item.channel.key}_{item.kind}_{item.native_id}",
        source=origin,
        why=f"it names no sale and may be part of {row_id}, which is booked (given: {given}); if it is not, type the"
        " amount in US dollars",
        date=item.date.isoformat() if item.date else "",
        client=run.client(item.client),
        description=describe(item.kind, None, item.description),
        first_seen=run.today.isoformat(),
        extra=extra_cells(channel=item.channel, transaction_type=item.transaction_type, fee=item.fee, via=item.via),
    )


def unknown_refund_row(run: Run, case: Case) -> AttentionRow:
    """The row of a refund that a platform only says happened."""
    why = "part of it was refunded and the platform does not say how much: type the amount in US dollars"
    return _unknown_row(run, case, ReversalKind.REFUND, why)


def unknown_dispute_row(run: Run, case: Case) -> AttentionRow:
    """The row of a dispute of which nobody says whether it took the money, or gave it back."""
    why = (
        "it is disputed, and nothing says whether the money was taken: look it up, and type what was taken and not"
        " given back in US dollars, or 0"
    )
    return _unknown_row(run, case, ReversalKind.DISPUTE, why)


def _unknown_row(run: Run, case: Case, kind: ReversalKind, why: str) -> AttentionRow:
    return AttentionRow(
        id=f"{case.ids[0]}_{kind}",
        source=case.origin,
        why=why,
        date=run.today.isoformat(),
        client=run.client(case.client),
        description=describe(kind, None, case.description),
        first_seen=run.today.isoformat(),
        extra=extra_cells(channel=case.channel, transaction_type=case.transaction_type, via=case.via),
    )


def unbookable_row(run: Run, record: Unbookable, origin: str) -> AttentionRow:
    """The row of a record that its source could not read as money."""
    given = " ".join(filter(None, (record.amount.strip(), record.currency.strip())))
    looks_clear = could_be_booked(record.amount, record.currency)
    why = record.why
    if looks_clear:
        why = f"{why} (given: {given[:_GIVEN_LENGTH]})"
    return AttentionRow(
        id=record.id,
        source=origin,
        why=why,
        date=record.date.isoformat() if record.date else "",
        client=run.client(record.client),
        description=record.description,
        amount="" if looks_clear else record.amount,
        currency=record.currency,
        first_seen=run.today.isoformat(),
    )


def manual_row(
    *,
    row_id: str,
    why: str,
    day: date,
    money: Money,
    client: str,
    description: str,
    today: date,
    extra: Mapping[str, str],
) -> AttentionRow:
    """The row of a manual entry whose currency has no price."""
    return AttentionRow(
        id=row_id,
        source="Manual",
        why=why,
        date=day.isoformat(),
        client=client,
        description=description,
        amount=f"{money.amount:,f}",
        currency=money.currency,
        first_seen=today.isoformat(),
        extra=dict(extra),
    )


def extra_cells(
    *,
    channel: Channel,
    transaction_type: TransactionType,
    period: str = "",
    hours: Decimal | None = None,
    fee: Money | None = None,
    via: str = "",
    status: Status = Status.COMPLETED,
) -> dict[str, str]:
    """The optional cells that a log row needs, without the blank ones. A fee always says its currency."""
    cells = {
        "Channel": channel.value,
        "Type": transaction_type.value,
        "Period": period,
        "Hours": "" if hours is None else f"{hours:f}",
        "Fee": "" if fee is None else f"{fee.amount:,f} {fee.currency}",
        "Via": via,
        "Status": "" if status is Status.COMPLETED else status.value,
    }
    return {name: text for name, text in cells.items() if text}
