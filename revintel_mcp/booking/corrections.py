"""Correcting and striking entries that a person made. What came from a source is never touched here."""

from datetime import date as day_type  # an argument named `date` hides the type
from decimal import Decimal
from typing import Final

from revintel_mcp.booking.amounts import read_money
from revintel_mcp.booking.attention import no_price
from revintel_mcp.booking.booking import AttentionRow, Booking
from revintel_mcp.booking.entry_fields import amount_of, channel_of, currency_of, day_of, fee_of, status_of, type_of
from revintel_mcp.booking.known import Known
from revintel_mcp.booking.manual import EntryOutcome, Fields, Outcome, is_voided, oddities, refuse_nonsense
from revintel_mcp.booking.prices import Prices
from revintel_mcp.booking.reversal_ids import VOID, read_reversal_id
from revintel_mcp.booking.short_texts import short
from revintel_mcp.domain.currencies import CurrencyError
from revintel_mcp.domain.money import ZERO, AmountError, Money
from revintel_mcp.domain.outside import quoted, word
from revintel_mcp.domain.periods import PeriodError
from revintel_mcp.domain.transaction import ANONYMOUS, Channel, Status, Transaction, TransactionType, channel_named
from revintel_mcp.domain.written import read_day
from revintel_mcp.errors import UsageError

_MANUAL: Final = "manual_"
_OPENING: Final = "manual_opening_"
_SHOWN_ID: Final = 80
_MAY_GO: Final = ("Status", "Fee")
"""Cells of Needs Attention that a correction may leave blank: paid is no word, and a fee may be unknown after all."""
_NO_SUCH_ROW: Final = "no row has this ID: `revintel-mcp list` (list_transactions) shows those there are"


def correct_entry(
    known: Known,
    row_id: str,
    *,
    today: day_type,
    amount: str | Decimal | None = None,
    channel: str | None = None,
    date: str | day_type | None = None,
    client: str | None = None,
    description: str | None = None,
    transaction_type: str | None = None,
    status: str | None = None,
    currency: str | None = None,
    fee: str | Decimal | None = None,
) -> EntryOutcome:
    """Change fields of a manual entry, unpaid to paid included; None leaves a field, a blank `fee` makes it unknown.

    One that waits in Needs Attention is booked if the change makes that possible.

    Raises:
        UsageError: it is no manual entry, or was struck, or a field can't be used; the message says what to do.
    """
    waiting = _waiting(known, row_id)
    if waiting is not None:
        fields = _fields_of_waiting(
            waiting, has_amount=amount is not None, has_date=date is not None, has_fee=fee is not None
        )
    else:
        fields = _fields_of_row(_entry(known, row_id))
    if currency is not None and amount is None:
        raise UsageError("a new currency needs the amount in it as well; give both")
    code = currency_of(currency) if currency is not None else "USD" if amount is not None else fields.money.currency
    fields = fields._replace(
        money=fields.money if amount is None else amount_of(amount, code),
        channel=fields.channel if channel is None else channel_of(channel),
        day=fields.day if date is None or date == "" else day_of(date, today),
        client=fields.client if client is None else short(client.strip()) or ANONYMOUS,
        description=fields.description if description is None else short(description.strip()),
        transaction_type=fields.transaction_type if transaction_type is None else type_of(transaction_type),
        status=fields.status if status is None else status_of(status),
        fee=fields.fee if fee is None else fee_of(fee, code),
    )
    if amount is not None or status is not None:
        refuse_nonsense(fields)
    if waiting is not None:
        return _mended(known, waiting, fields, today)
    return _corrected(known, _entry(known, row_id), fields, today, date_given=bool(date))


def void_entry(known: Known, row_id: str, *, reason: str | None = None) -> EntryOutcome:
    """Strike a manual entry with a row `<id>_void` of the entry's own day; struck twice, it is struck once.

    An entry that is pending counts nowhere, so there is nothing to take back: its Status becomes `excluded`. One that
    waits in Needs Attention is taken out of there.

    Raises:
        UsageError: it is no manual entry, or a person struck the row that takes it back; the message says what to do.
    """
    waiting = _waiting(known, row_id)
    if waiting is not None:
        booking = Booking(attention=tuple(row for row in known.attention if row.id != row_id))
        return EntryOutcome(outcome=Outcome.STRUCK, id=row_id, booking=booking)
    entry = _logged(known, row_id)
    struck = known.rows.get(f"{row_id}_{VOID}")
    if struck is not None and is_voided(known.rows, row_id):
        return EntryOutcome(outcome=Outcome.ALREADY_THERE, id=struck.id, transaction=struck.transaction)
    if entry.status is Status.EXCLUDED:
        return EntryOutcome(outcome=Outcome.ALREADY_THERE, id=row_id, transaction=entry)
    if struck is not None:
        at = f" (line {struck.line})" if struck.line else ""
        raise UsageError(
            f"{row_id} counts, for a person struck the row that takes it back: set the Status of {struck.id}{at} "
            "to refunded, and it is void again"
        )
    if entry.status is Status.PENDING:
        excluded = entry._replace(status=Status.EXCLUDED)
        booking = Booking(edits={row_id: excluded})
        return EntryOutcome(outcome=Outcome.STRUCK, id=row_id, booking=booking, transaction=excluded)
    void = _void_of(entry, (reason or "").strip())
    return EntryOutcome(outcome=Outcome.STRUCK, id=void.id, booking=Booking(added=(void,)), transaction=void)


def _void_of(entry: Transaction, reason: str) -> Transaction:
    text = short(f"Void of {entry.description or entry.id}" + (f": {reason}" if reason else ""))
    return entry._replace(
        id=f"{entry.id}_{VOID}",
        amount_usd=ZERO - entry.amount_usd,
        fee_usd=None if entry.fee_usd is None else ZERO - entry.fee_usd,
        hours=None,
        status=Status.REFUNDED,
        description=text,
    )


def _waiting(known: Known, row_id: str) -> AttentionRow | None:
    if not row_id.startswith(_MANUAL) or row_id in known.rows:
        return None
    return next((row for row in known.attention if row.id == row_id), None)


def _logged(known: Known, row_id: str) -> Transaction:
    """The row of a manual entry, struck or not."""
    row = known.rows.get(row_id)
    named = quoted(row_id[:_SHOWN_ID]) if row is None else word(row_id)
    at = f" (line {row.line})" if row is not None and row.line else ""
    by_hand = f"edit its row in the tracker{at}, or set its Status to excluded to strike it"
    if row is None:
        by_hand = _NO_SUCH_ROW
    if not row_id.startswith(_MANUAL):
        raise UsageError(f"{named} is not an entry made by hand, and only those are changed here; {by_hand}")
    if row_id.startswith(_OPENING):
        raise UsageError(f"{named} is an opening balance, which follows the figure adopted with it; {by_hand}")
    parts = read_reversal_id(row_id)
    if parts is not None:
        raise UsageError(f"{named} takes back {word(parts.sale)} and is no entry itself; {by_hand}")
    if row is None:
        raise UsageError(f"there is no entry {named}; {_NO_SUCH_ROW}")
    if row.transaction is None:
        raise UsageError(f"{named}{at} can't be read; `revintel-mcp check` says why and how to mend it")
    return row.transaction


def _entry(known: Known, row_id: str) -> Transaction:
    """The row of a manual entry that is not struck."""
    entry = _logged(known, row_id)
    if entry.status is Status.EXCLUDED:
        raise UsageError(f"{row_id} is excluded; set its Status in the tracker to bring it back, then correct it")
    if is_voided(known.rows, row_id):
        raise UsageError(f"{row_id} was voided; add a new entry instead")
    return entry


def _fields_of_row(row: Transaction) -> Fields:
    return Fields(
        money=Money(row.amount_usd, "USD"),
        day=row.date,
        channel=row.channel,
        client=row.client,
        description=row.description,
        transaction_type=row.transaction_type,
        status=Status.COMPLETED if row.status is Status.REFUNDED else row.status,
        fee=None if row.fee_usd is None else Money(row.fee_usd, "USD"),
    )


def _fields_of_waiting(row: AttentionRow, *, has_amount: bool, has_date: bool, has_fee: bool) -> Fields:
    """The fields of a waiting entry; what can't be read must be given."""
    try:
        money = read_money(row.amount, row.currency)
    except (AmountError, CurrencyError) as error:
        if not has_amount:
            raise UsageError(f"{row.id} waits with an amount that can't be read ({error}); give the amount") from None
        money = Money(ZERO, "USD")
    try:
        day = read_day(row.date, None)
    except PeriodError:
        if not has_date:
            raise UsageError(f"{row.id} waits with a date that can't be read ({row.date!r}); give the date") from None
        day = day_type.min
    return Fields(
        money=money,
        day=day,
        channel=channel_named(row.extra.get("Channel", "")) or Channel.OTHER,
        client=row.client or ANONYMOUS,
        description=row.description,
        transaction_type=type_of(row.extra.get("Type") or TransactionType.ONE_TIME),
        status=status_of(row.extra.get("Status") or Status.COMPLETED),
        fee=None if has_fee else _fee_of_waiting(row),
    )


def _fee_of_waiting(row: AttentionRow) -> Money | None:
    fee = row.extra.get("Fee", "")
    try:
        return fee_of(fee, fee[-3:] if fee[-3:].isalpha() else "USD")
    except (UsageError, CurrencyError):
        why = (
            f"{row.id} waits with a fee that can't be read ({quoted(fee[:_SHOWN_ID])}); give the fee, blank if unknown"
        )
        raise UsageError(why) from None


def _mended(known: Known, waiting: AttentionRow, fields: Fields, today: day_type) -> EntryOutcome:
    """A waiting entry after a change: booked, or still waiting as it now stands."""
    others = tuple(row for row in known.attention if row.id != waiting.id)
    row = fields.row(waiting.id, Prices(known.prices))
    if row is not None:
        booking = Booking(added=(row,), attention=others)
        return EntryOutcome(outcome=Outcome.ADDED, id=row.id, booking=booking, transaction=row)
    fresh = fields.waiting(waiting.id, today)
    # A cell that is to be blank must be said to be: what is not named stays as it stands in the table.
    blank = dict.fromkeys((name for name in _MAY_GO if waiting.extra.get(name) and name not in fresh.extra), "")
    changed = fresh._replace(first_seen=waiting.first_seen, extra={**fresh.extra, **blank})
    if changed == waiting:
        return EntryOutcome(outcome=Outcome.UNCHANGED, id=waiting.id, attention=waiting)
    rows = tuple(changed if row.id == waiting.id else row for row in known.attention)
    return EntryOutcome(outcome=Outcome.CORRECTED, id=waiting.id, booking=Booking(attention=rows), attention=changed)


def _corrected(known: Known, entry: Transaction, fields: Fields, today: day_type, *, date_given: bool) -> EntryOutcome:
    read = fields.row(entry.id, Prices(known.prices))
    if read is None:
        raise UsageError(no_price(fields.money, fields.day))
    row = read._replace(period=entry.period, hours=entry.hours, via=entry.via, source_metadata=entry.source_metadata)
    if row == entry:
        return EntryOutcome(outcome=Outcome.UNCHANGED, id=entry.id, transaction=entry)
    warnings = oddities(fields, today)
    if entry.status is Status.PENDING and row.status.counts and not date_given:
        warnings.append(f"it counts on {row.date}, the day of the entry; give the date if it was paid on another day")
    return EntryOutcome(
        outcome=Outcome.CORRECTED,
        id=entry.id,
        booking=Booking(edits={entry.id: row}),
        transaction=row,
        warnings=tuple(warnings),
    )
