"""Entries that a person makes. The same key twice is one row; one that looks like another is added, with a warning."""

from collections.abc import Iterable, Mapping
from datetime import date as day_type  # an argument named `date` hides the type
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from revintel_mcp.booking.attention import extra_cells, manual_row, no_price
from revintel_mcp.booking.booking import AttentionRow, Booking, LoggedRow
from revintel_mcp.booking.entry_fields import amount_of, channel_of, currency_of, day_of, fee_of, status_of, type_of
from revintel_mcp.booking.known import Known
from revintel_mcp.booking.prices import Prices
from revintel_mcp.booking.reversal_ids import VOID, read_reversal_id, short_hash
from revintel_mcp.booking.short_texts import short
from revintel_mcp.domain.money import Money, format_usd
from revintel_mcp.domain.outside import quoted, word
from revintel_mcp.domain.transaction import ANONYMOUS, Channel, Status, Transaction, TransactionType
from revintel_mcp.errors import UsageError

LIKE_DAYS: Final = 7
"""Two entries of the same amount, channel and client within so many days look like one."""

IF_THE_SAME: Final = "; if it is the same money, void the new one"
"""What to do about an entry that was added and is like another."""

_SHOWN_NAME: Final = 80
_HEX_LENGTH: Final = 12
_DATE_LENGTH: Final = len("2026-02-19")


class Outcome(StrEnum):
    """What became of what was asked."""

    ADDED = "added"
    ALREADY_THERE = "already there"
    WAITS = "waits in Needs Attention"
    CORRECTED = "corrected"
    STRUCK = "struck"
    UNCHANGED = "unchanged"


class EntryOutcome(NamedTuple):
    """What is to be written, and the entry as it then stands.

    `transaction` is its row of the log (of a void: the row that strikes it), None while it waits in Needs Attention:
    `attention` is its row there.
    """

    outcome: Outcome
    id: str
    booking: Booking = Booking()
    transaction: Transaction | None = None
    attention: AttentionRow | None = None
    warnings: tuple[str, ...] = ()


class Fields(NamedTuple):
    """An entry's fields, read. `money` and `fee` are in the currency they were given in."""

    money: Money
    day: day_type
    channel: Channel
    client: str = ANONYMOUS
    description: str = ""
    transaction_type: TransactionType = TransactionType.ONE_TIME
    status: Status = Status.COMPLETED
    fee: Money | None = None

    def row(self, row_id: str, prices: Prices) -> Transaction | None:
        """The log row; None if the currency has no price that day."""
        usd = prices.usd(self.money, self.day)
        if usd is None:
            return None
        return Transaction(
            id=row_id,
            date=self.day,
            channel=self.channel,
            amount_usd=usd,
            client=self.client,
            description=self.description,
            transaction_type=self.transaction_type,
            status=Status.REFUNDED if usd < 0 and self.status is Status.COMPLETED else self.status,
            fee_usd=None if self.fee is None else prices.usd(self.fee, self.day),
        )

    def waiting(self, row_id: str, today: day_type) -> AttentionRow:
        """The row of Needs Attention."""
        return manual_row(
            row_id=row_id,
            why=no_price(self.money, self.day),
            day=self.day,
            money=self.money,
            client=self.client,
            description=self.description,
            today=today,
            extra=extra_cells(
                channel=self.channel, transaction_type=self.transaction_type, fee=self.fee, status=self.status
            ),
        )


def manual_entry(
    known: Known,
    *,
    amount: str | Decimal,
    channel: str,
    today: day_type,
    token: bytes,
    date: str | day_type | None = None,
    client: str | None = None,
    description: str | None = None,
    transaction_type: str | None = None,
    status: str | None = None,
    currency: str | None = None,
    fee: str | Decimal | None = None,
    idempotency_key: str | None = None,
    log: Iterable[LoggedRow] = (),
) -> EntryOutcome:
    """Add an entry to the log.

    Args:
        known: the tracker's scan: every manual row, Needs Attention, the prices.
        amount: as typed, gross of fees; below zero is money given back, booked as a reversal.
        channel: a channel's name in any spelling.
        today: the day it is, in the tracker's zone.
        token: at least six random bytes, for the ID of an entry without a key.
        date: the day it was paid; today if not given.
        client: who paid; `Anonymous` if not given.
        description: what for.
        transaction_type: `one-time` if not given.
        status: `completed`, or `pending` for what is not paid yet.
        currency: of amount and fee; without a price for it the entry waits in Needs Attention.
        fee: what the platform kept; not given is not known.
        idempotency_key: an entry under the same key is returned as it stands, whatever the date.
        log: every row of the log, to warn of one that is like it.

    Raises:
        UsageError: a field can't be used; the message says what to type.
    """
    code = currency_of(currency or "")
    fields = Fields(
        money=amount_of(amount, code),
        day=day_of(date, today),
        channel=channel_of(channel),
        client=short((client or "").strip()) or ANONYMOUS,
        description=short((description or "").strip()),
        transaction_type=type_of(transaction_type or TransactionType.ONE_TIME),
        status=status_of(status or Status.COMPLETED),
        fee=fee_of(fee, code),
    )
    refuse_nonsense(fields)
    key = idempotency_key or ""
    suffix = short_hash(key) if key else _random_suffix(known, fields.day, token)
    there = _under_key(known, suffix) if key else None
    if there is not None:
        return _already_there(known, there, fields)
    row_id = f"manual_{fields.day.isoformat()}_{suffix}"
    warnings = (*oddities(fields, today), *_like_rows(fields, known, log))
    row = fields.row(row_id, Prices(known.prices))
    if row is None:
        waiting = fields.waiting(row_id, today)
        booking = Booking(attention=(*known.attention, waiting))
        return EntryOutcome(outcome=Outcome.WAITS, id=row_id, booking=booking, attention=waiting, warnings=warnings)
    booking = Booking(added=(row,))
    return EntryOutcome(outcome=Outcome.ADDED, id=row_id, booking=booking, transaction=row, warnings=warnings)


def refuse_nonsense(fields: Fields) -> None:
    """Refuse what no entry can be.

    Raises:
        UsageError: money that went back, and is still to be paid.
    """
    if fields.money.amount < 0 and fields.status is Status.PENDING:
        raise UsageError("money given back can't be pending; add it once it was paid back")


def _random_suffix(known: Known, day: day_type, token: bytes) -> str:
    if len(token) * 2 < _HEX_LENGTH:
        raise ValueError(f"a token of {len(token)} bytes is too short to name an entry")
    suffix = token.hex()[:_HEX_LENGTH]
    taken = {*known.rows, *(row.id for row in known.attention)}
    while f"manual_{day.isoformat()}_{suffix}" in taken:
        suffix = short_hash(suffix)
    return suffix


def _under_key(known: Known, suffix: str) -> str | None:
    names = (*known.rows, *(row.id for row in known.attention))
    return next((name for name in names if _key_hex(name) == suffix), None)


def _key_hex(row_id: str) -> str:
    """The hex of `manual_<date>_<hex>`; empty for any other ID."""
    head, _, suffix = row_id.removeprefix("manual_").partition("_")
    is_entry = row_id.startswith("manual_") and len(head) == _DATE_LENGTH and len(suffix) == _HEX_LENGTH
    return suffix if is_entry else ""


def _already_there(known: Known, row_id: str, fields: Fields) -> EntryOutcome:
    logged = known.rows.get(row_id)
    waiting = next((row for row in known.attention if row.id == row_id), None)
    if logged is None:
        return EntryOutcome(outcome=Outcome.ALREADY_THERE, id=row_id, attention=waiting)
    row = logged.transaction
    warnings = []
    if row is None:
        warnings.append(f"the entry under this key, line {logged.line}, can't be read; mend that line")
    elif is_voided(known.rows, row_id):
        warnings.append("the entry under this key was struck since; use another key for a new one")
    elif fields.money.currency == "USD" and (row.amount_usd, row.channel) != (fields.money.amount, fields.channel):
        here = f"{format_usd(row.amount_usd)}, {row.channel.value}"
        warnings.append(f"the entry under this key says {here}; it stands: use update to change it")
    return EntryOutcome(outcome=Outcome.ALREADY_THERE, id=row_id, transaction=row, warnings=tuple(warnings))


def is_voided(rows: Mapping[str, LoggedRow], row_id: str) -> bool:
    """Whether a row takes the entry back; one whose Status a person set to excluded takes back nothing."""
    void = rows.get(f"{row_id}_{VOID}")
    return void is not None and (void.transaction is None or void.transaction.status is not Status.EXCLUDED)


def oddities(fields: Fields, today: day_type) -> list[str]:
    """A sentence for each field that can be meant, and is more often a slip."""
    money, fee, found = fields.money, fields.fee, []
    if fields.day > today and fields.status is not Status.PENDING:
        found.append(
            f"{fields.day} lies in the future, and the entry counts already; use status pending until it is paid"
        )
    if money.amount < 0:
        found.append(f"{money.amount:,f} is booked as money that went back; if it came in, leave the minus out")
    if fee is not None and fee.currency == money.currency and fee.amount > abs(money.amount):
        found.append(f"the fee {fee.amount:,f} is more than the amount {money.amount:,f}; if that is wrong, correct it")
    return found


def _like_rows(fields: Fields, known: Known, log: Iterable[LoggedRow]) -> list[str]:
    """A warning for the nearest row that could be the same money."""
    usd = Prices(known.prices).usd(fields.money, fields.day)
    rows = {row.id or f"line {row.line}": row for row in (*known.rows.values(), *log)}
    like = [
        (name, row.transaction)
        for name, row in rows.items()
        if row.transaction and _is_like(row.transaction, fields, usd)
    ]
    like = [(name, row) for name, row in like if not is_voided(known.rows, name)]
    if not like:
        return []
    name, row = min(like, key=lambda pair: (abs((pair[1].date - fields.day).days), pair[0]))
    what = f"{row.date}, {row.channel.value}, {quoted(row.client[:_SHOWN_NAME])}, {format_usd(row.amount_usd)}"
    return [f"{word(name) if row.id else name} is like it ({what}){IF_THE_SAME}"]


def _is_like(row: Transaction, fields: Fields, usd: Decimal | None) -> bool:
    unknown = ANONYMOUS.casefold()
    clients = {row.client.casefold(), fields.client.casefold()}
    return (
        row.amount_usd == usd
        and row.channel is fields.channel
        and row.status is not Status.EXCLUDED
        and abs((row.date - fields.day).days) <= LIKE_DAYS
        and (len(clients) == 1 or unknown in clients)
        and (usd < 0 or read_reversal_id(row.id) is None)
    )
