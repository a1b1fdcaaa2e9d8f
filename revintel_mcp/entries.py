"""Entries made by hand, written into the tracker: add, correct, strike."""

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Final

from revintel_mcp.asked import EntryFields
from revintel_mcp.booking.booking import AttentionRow, Booking, LoggedRow
from revintel_mcp.booking.corrections import correct_entry, void_entry
from revintel_mcp.booking.known import Known
from revintel_mcp.booking.manual import IF_THE_SAME, EntryOutcome, Outcome, manual_entry
from revintel_mcp.domain.money import LARGEST_JSON_AMOUNT, ZERO, format_usd, usd_from_cents
from revintel_mcp.domain.outside import quoted
from revintel_mcp.domain.periods import Month
from revintel_mcp.errors import UsageError
from revintel_mcp.results.outside_text import shown
from revintel_mcp.results.row_shapes import EntryResult
from revintel_mcp.results.views import attention_view, transaction_view
from revintel_mcp.settings import Settings
from revintel_mcp.summary.coverage import coverage
from revintel_mcp.summary.incomplete import incomplete_line
from revintel_mcp.summary.monthly import CellMap
from revintel_mcp.tracker import Scan, log_rows, scan
from revintel_mcp.tracker.update import Update, update
from revintel_mcp.tracker_file import TrackerFile

#: An entry at least this large, and so many times larger than any row, is doubted.
_LARGE: Final = Decimal(1000)
_FAR_LARGER: Final = 3

_Decide = Callable[[bytes, Known], EntryOutcome]


def add_entry(
    file: TrackerFile,
    settings: Settings,
    now: datetime,
    fields: EntryFields,
    currency: str | None,
    idempotency_key: str | None,
) -> EntryResult:
    """Add an entry; the same key twice is one row.

    Raises:
        UsageError: a field can't be used.
        TrackerError: the file can't be read or written.
    """
    decide = _adding(file, now, fields, currency, idempotency_key)
    return _write(file, settings, now, decide)


def question_about(
    file: TrackerFile, now: datetime, fields: EntryFields, currency: str | None, idempotency_key: str | None
) -> str:
    """What to ask before an entry is added that is like another, far larger than any, or dated ahead; writes nothing.

    Empty where there is nothing to ask.

    Raises:
        UsageError: a field can't be used.
        TrackerError: the file can't be read.
    """
    data = file.read().data
    before = scan(data, file=file.path.name, today=now.date())
    decide = _adding(file, now, fields, currency, idempotency_key)
    outcome = decide(data, Known(before.rows, before.attention, before.prices, before.sources))
    entry = outcome.transaction
    if outcome.outcome is not Outcome.ADDED or entry is None or not outcome.warnings:
        return ""
    doubts = "; ".join(shown(warning.removesuffix(IF_THE_SAME), 400) for warning in outcome.warnings)
    what = f"{entry.date}, {entry.channel.value}, {quoted(shown(entry.client, 80))}, {format_usd(entry.amount_usd)}"
    return f"{doubts}. Add it all the same ({what})?"


def _adding(
    file: TrackerFile, now: datetime, fields: EntryFields, currency: str | None, idempotency_key: str | None
) -> _Decide:
    if fields.amount is None or fields.channel is None:
        raise UsageError("an entry needs an amount and a channel")
    amount, channel, token = fields.amount, fields.channel, os.urandom(6)

    def decide(data: bytes, known: Known) -> EntryOutcome:
        log = tuple(log_rows(data, file=file.path.name))
        outcome = manual_entry(
            known,
            amount=amount,
            channel=channel,
            today=now.date(),
            token=token,
            date=fields.date,
            client=fields.client,
            description=fields.description,
            transaction_type=fields.transaction_type,
            status=fields.status,
            currency=currency,
            fee=fields.fee,
            idempotency_key=idempotency_key,
            log=log,
        )
        return outcome._replace(warnings=(*_far_larger(outcome, log), *outcome.warnings))

    return decide


def _far_larger(outcome: EntryOutcome, log: Iterable[LoggedRow]) -> tuple[str, ...]:
    """A warning of an amount that is out of all proportion: a slipped digit, or cents taken for dollars."""
    if outcome.outcome is not Outcome.ADDED or outcome.transaction is None:
        return ()
    usual = max((abs(row.transaction.amount_usd) for row in log if row.transaction), default=ZERO)
    amount = abs(outcome.transaction.amount_usd)
    if not usual or amount < _LARGE or amount <= _FAR_LARGER * usual:
        return ()
    shown_amount = format_usd(outcome.transaction.amount_usd)
    return (f"{shown_amount} is far more than any row so far ({format_usd(usual)}); if a digit slipped, correct it",)


def update_entry(
    file: TrackerFile, settings: Settings, now: datetime, entry_id: str, fields: EntryFields
) -> EntryResult:
    """Change the fields that are given.

    Raises:
        UsageError: no such manual entry, nothing to change, or a field can't be used.
        TrackerError: the file can't be read or written.
    """
    if fields == EntryFields():
        raise UsageError("nothing to change; give what to change, such as an amount, a date or a status")

    def decide(_data: bytes, known: Known) -> EntryOutcome:
        return correct_entry(
            known,
            entry_id,
            today=now.date(),
            amount=fields.amount,
            channel=fields.channel,
            date=fields.date,
            client=fields.client,
            description=fields.description,
            transaction_type=fields.transaction_type,
            status=fields.status,
            fee=fields.fee,
        )

    return _write(file, settings, now, decide, wanted=entry_id)


def strike_entry(file: TrackerFile, settings: Settings, now: datetime, entry_id: str, reason: str) -> EntryResult:
    """Strike an entry by a reversal row.

    Raises:
        UsageError: no such manual entry.
        TrackerError: the file can't be read or written.
    """

    def decide(_data: bytes, known: Known) -> EntryOutcome:
        return void_entry(known, entry_id, reason=reason)

    return _write(file, settings, now, decide, wanted=entry_id)


def _write(file: TrackerFile, settings: Settings, now: datetime, decide: _Decide, *, wanted: str = "") -> EntryResult:
    results: list[EntryResult] = []

    def change(data: bytes) -> Update | None:
        """May run again on a newer text, if an editor saved in between: the last result is the true one."""
        before = scan(
            data,
            file=file.path.name,
            wanted={wanted} - {""},
            today=now.date(),
            fiscal_year_start=settings.fiscal_year_start,
        )
        outcome = decide(data, Known(before.rows, before.attention, before.prices, before.sources))
        if outcome.booking.changes_nothing:
            results.append(_result(outcome, before.totals, now.date()))
            return None
        written = _applied(before, outcome.booking, now)
        _refuse_what_none_can_sum(before.totals, written.after)
        results.append(_result(outcome, written.after, now.date(), _told_of(written)))
        return written

    file.update(change)
    return results[-1]


def _refuse_what_none_can_sum(before: CellMap, after: CellMap) -> None:
    """An amount that would leave every answer with a sum too large to be told exactly is a slip."""
    was, now = _weight(before), _weight(after)
    if now >= LARGEST_JSON_AMOUNT and now > was:
        raise UsageError(
            f"the amounts of the tracker would add up to {format_usd(now)}, more than can be told exactly; a digit is "
            "too many in this one, or in one that `revintel-mcp list --sort -amount` shows"
        )


def _weight(totals: CellMap) -> Decimal:
    return usd_from_cents(sum(abs(cell.amount_cents) + abs(cell.fee_cents) for cell in totals.values()))


def _applied(before: Scan, booking: Booking, now: datetime) -> Update:
    return update(
        before,
        booking,
        now=now,
        sources=None,
        answered=False,
        incomplete=partial(incomplete_after, before, now.date()),
    )


def incomplete_after(before: Scan, today: date, totals: CellMap, attention: Sequence[AttentionRow]) -> str:
    """The line about incomplete figures, once rows were added to what `before` read."""
    return incomplete_line(
        coverage(before.sources, attention, totals.keys(), today=today, unreadable=before.unreadable)
    )


def _told_of(written: Update) -> tuple[str, ...]:
    """What else writing did to the file: figures kept by hand that became rows, and those that could not."""
    count = len(written.adopted)
    became = "figure kept by hand is an opening row" if count == 1 else "figures kept by hand are opening rows"
    adopted = f"{count} {became} of the log now; the file as it was is kept beside it"
    return (*([adopted] if count else []), *map(str, written.problems))


def _result(outcome: EntryOutcome, totals: CellMap, today: date, told: Sequence[str] = ()) -> EntryResult:
    month = _month(outcome, today)
    cents = sum(cell.amount_cents for (each, _), cell in totals.items() if each == month)
    return EntryResult(
        entry=None if outcome.transaction is None else transaction_view(outcome.transaction),
        created=outcome.outcome not in (Outcome.ALREADY_THERE, Outcome.UNCHANGED),
        month=str(month),
        month_total=usd_from_cents(cents),
        warnings=tuple(shown(warning, 400) for warning in (*outcome.warnings, *told)),
        needs_attention=None if outcome.attention is None else attention_view(outcome.attention),
    )


def _month(outcome: EntryOutcome, today: date) -> Month:
    if outcome.transaction is not None:
        return Month.of(outcome.transaction.date)
    day = outcome.attention.date if outcome.attention is not None else ""
    try:
        return Month.of(date.fromisoformat(day))
    except ValueError:
        return Month.of(today)
