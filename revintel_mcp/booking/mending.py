"""Rows of Needs Attention that are mended become rows of the log, under the same ID, also when no source answered.

A person mends one by typing what is missing: the amount in dollars, a day, a price for the currency. What the person
typed wins over what a source says in the same run.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from revintel_mcp.booking.amounts import read_money
from revintel_mcp.booking.booking import AttentionRow
from revintel_mcp.booking.reversal_ids import ReversalId, read_reversal_id
from revintel_mcp.booking.run import Run
from revintel_mcp.booking.stated import stated_in
from revintel_mcp.domain.currencies import CurrencyError
from revintel_mcp.domain.money import ZERO, AmountError, Money
from revintel_mcp.domain.periods import PeriodError
from revintel_mcp.domain.records import ReversalKind
from revintel_mcp.domain.transaction import ANONYMOUS, Channel, Status, Transaction, TransactionType, channel_named
from revintel_mcp.domain.written import read_day


def book_mended(run: Run, priced_by_source: Collection[str]) -> None:
    """Book every row that can be booked now, sales before their reversals.

    `priced_by_source` are IDs that a source gives in dollars in this run: its own figure comes before the price table.
    """
    waiting = [row for row in run.known.attention if row.id and row.id not in run.ledger]
    for row in waiting:
        if read_reversal_id(row.id) is None and row.id not in run.ledger:
            _book_sale(run, row, priced_by_source)
    for row in waiting:
        parts = read_reversal_id(row.id)
        if parts is not None and row.id not in run.ledger and run.ledger.native(row.id) is None:
            _book_reversal(run, row, parts)


def attention_after(run: Run) -> tuple[AttentionRow, ...]:
    """The new content of Needs Attention: rows that are still true, then the new ones by day."""
    kept = tuple(_as_it_is_now(run, row) for row in run.known.attention if not _is_done(run, row))
    new = [row for name, row in run.attention.items() if name not in run.old_attention and name not in run.ledger]
    return (*kept, *sorted(new, key=lambda row: (row.date, row.id)))


def _as_it_is_now(run: Run, row: AttentionRow) -> AttentionRow:
    """The row as it stands; a refunded total that grew meanwhile, if no one has touched the row, as it is now."""
    now = run.attention.get(row.id)
    if now is None or not _is_untouched(row):
        return row
    return row._replace(amount=now.amount, currency=now.currency, description=now.description)


def _is_untouched(row: AttentionRow) -> bool:
    """Whether a reversal's amount is still the one that its description was written with."""
    stated = stated_in(row.description)
    return stated is not None and row.amount.lstrip("-") == f"{stated.amount:,f}" and row.currency == stated.currency


def _is_done(run: Run, row: AttentionRow) -> bool:
    if not row.id:
        return False
    is_settled = row.id in run.settled and row.id not in run.attention
    return is_settled or row.id in run.ledger or run.ledger.native(row.id) is not None


class _Read(NamedTuple):
    """The cells of a row, as far as they can be read."""

    money: Money
    day: date
    channel: Channel


def _read(row: AttentionRow) -> _Read | None:
    """The row's cells, if all that a log row must have is there."""
    channel = channel_named(row.extra.get("Channel", "")) or channel_named(row.source.replace("_", "-").split("-")[0])
    if channel is None:
        return None
    try:
        return _Read(read_money(row.amount, row.currency), read_day(row.date, None), channel)
    except (AmountError, CurrencyError, PeriodError):
        return None


def _book_sale(run: Run, row: AttentionRow, priced_by_source: Collection[str]) -> None:
    read = _read(row)
    if read is None or (read.money.currency != "USD" and row.id in priced_by_source):
        return
    usd = run.usd(read.money, read.day)
    if usd is not None:
        status = Status.PENDING if row.extra.get("Status", "").strip().lower() == Status.PENDING else Status.COMPLETED
        run.add(_transaction(run, row, read, usd, status), row.source, was_waiting=True)


def _book_reversal(run: Run, row: AttentionRow, parts: ReversalId) -> None:
    read = _read(row)
    sale = run.ledger.row(parts.sale)
    if read is None or (sale is None and parts.sale in run.old_attention) or (sale and sale.transaction is None):
        return
    usd = None
    if sale is not None and sale.transaction is not None:
        usd = run.usd(read.money, sale.transaction.date)
    usd = run.usd(read.money, read.day) if usd is None else usd
    if usd is None:
        return
    booked = abs(usd)
    if sale is not None and sale.transaction is not None and parts.kind != ReversalKind.DISPUTE_WON:
        booked = min(booked, run.ledger.left_of(sale.transaction, (parts.sale,)))
        if booked == 0 and usd != 0:
            run.settled.add(row.id)
            return
    signed = booked if parts.kind == ReversalKind.DISPUTE_WON else -booked
    run.add(_transaction(run, row, read, signed + ZERO, Status.REFUNDED), row.source, was_waiting=True)


def _transaction(run: Run, row: AttentionRow, read: _Read, usd: Decimal, status: Status) -> Transaction:
    return Transaction(
        id=row.id,
        date=read.day,
        channel=read.channel,
        amount_usd=usd,
        client=row.client or ANONYMOUS,
        description=row.description,
        transaction_type=_type(row.extra.get("Type", "")),
        status=status,
        fee_usd=_fee(run, row, read.day),
        period=row.extra.get("Period", ""),
        hours=_hours(row.extra.get("Hours", "")),
        via=row.extra.get("Via", ""),
    )


def _type(text: str) -> TransactionType:
    try:
        return TransactionType(text.strip().lower())
    except ValueError:
        return TransactionType.ONE_TIME


def _fee(run: Run, row: AttentionRow, day: date) -> Decimal | None:
    """The fee in dollars; one in a currency without a price is not known."""
    text = row.extra.get("Fee", "").strip()
    currency = text[-3:] if text[-3:].isalpha() else ""
    try:
        return run.usd(read_money(text, currency), day)
    except (AmountError, CurrencyError):
        return None


def _hours(text: str) -> Decimal | None:
    try:
        hours = Decimal(text.strip())
    except InvalidOperation:
        return None
    return hours if hours.is_finite() else None
