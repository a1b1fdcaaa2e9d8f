"""Which refunds of a sale are news.

A platform itemises refunds, or it gives a running total; the tool an upstream has today may do the one, tomorrow's
the other. Rows booked from a total carry no native id: an item that happened up to the day of such a row is part
of it, one that happened later is news.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from revintel_mcp.booking.cases import Case
from revintel_mcp.booking.gathering import chronological
from revintel_mcp.booking.ledger import BookedReversal
from revintel_mcp.booking.run import ALREADY_LOGGED, Run
from revintel_mcp.domain.money import Money, format_usd
from revintel_mcp.domain.records import Reversal, ReversalKind

NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Money that went back, or came back, and is not in the log. `amount` None is not known."""

    kind: ReversalKind
    amount: Money | None
    day: date | None = None
    native: str = ""
    item: Reversal | None = None
    closes: bool = False
    """Whether it is the last of the sale, in the platform's own currency: it takes all that is left, to the cent."""


@dataclass(slots=True)
class _Slot:
    """What a row without a native id can stand for."""

    left: Decimal
    day: date


@dataclass(slots=True)
class _Fresh:
    """A refund that has no row of its own; `left` of it is not in the log."""

    item: Reversal
    left: Decimal


def refund_events(run: Run, case: Case) -> list[Event]:
    """The refunds of a sale that are not in the log, in the order they happened."""
    booked = run.ledger.reversals(case.ids, ReversalKind.REFUND)
    nameless = [row for row in booked if not row.id.native]
    if any(row.transaction is None for row in nameless):
        return []  # an unreadable row may stand for any of them; it is reported until it is mended
    scale = _Scale(run, case, booked)
    slots = _slots(scale, nameless)
    fresh, unknown, running, matched = _sort_out(run, case, scale, slots)
    _absorb(fresh, slots)
    _absorb([each for each in fresh if not each.item.native_id], _slots(scale, booked, but=matched))
    seen = sum((scale.booked(row) for row in booked), NOTHING)
    total = _total(case, scale, running=running)
    if total is not None:
        _limit(fresh, max(total, scale.items_total()) - seen)
        _report_vanished(run, case, booked, seen, total)
    events = [*(_event(each, scale) for each in fresh if each.left > 0), *unknown]
    rest = NOTHING if total is None else total - seen - sum((each.left for each in fresh), NOTHING)
    if rest > 0:
        events.append(Event(kind=ReversalKind.REFUND, amount=Money(rest, scale.unit)))
    return _closing(events, case, scale, seen)


class _Scale:
    """Amounts of one sale in one currency: the platform's, where all are in it, so that no rate comes between."""

    def __init__(self, run: Run, case: Case, booked: list[BookedReversal]) -> None:
        stated = [row.stated.currency for row in booked if row.stated is not None]
        currencies = {money.currency for money in case.moneys} | set(stated)
        self.unit = currencies.pop() if len(currencies) == 1 else "USD"
        self._run, self._case = run, case

    def of(self, money: Money | None, day: date | None = None) -> Decimal | None:
        """A platform's amount; None if it can't be told in this currency."""
        if money is None:
            return None
        if money.currency == self.unit:
            return money.amount
        return self._case.usd(money, day or self._run.today, self._run.prices)

    def booked(self, row: BookedReversal) -> Decimal:
        """What a row stands for."""
        if row.stated is not None and row.stated.currency == self.unit:
            return row.stated.amount
        return abs(row.transaction.amount_usd) if row.transaction is not None else NOTHING

    def items_total(self) -> Decimal:
        """All items together."""
        items = self._case.of_kind(ReversalKind.REFUND)
        return sum((self.of(item.amount, item.date) or NOTHING for item in items), NOTHING)


def _slots(scale: _Scale, rows: list[BookedReversal], but: Collection[str] = ()) -> list[_Slot]:
    return [_Slot(scale.booked(row), row.transaction.date) for row in rows if row.transaction and row.row_id not in but]


def _sort_out(
    run: Run, case: Case, scale: _Scale, slots: list[_Slot]
) -> tuple[list[_Fresh], list[Event], bool, set[str]]:
    """Items without a row of their own; those of unknown amount; whether some are only told as a running figure.

    And the rows that items have.
    """
    fresh, unknown, running = [], [], False
    matched = {row.row_id for row in run.ledger.reversals(case.ids, ReversalKind.REFUND) if not row.id.native}
    for item in sorted(case.of_kind(ReversalKind.REFUND), key=chronological):
        known = _row_of(run, case, item)
        amount = scale.of(item.amount, item.date)
        if known is not None:
            matched.add(known.row_id)
            _seen_again(run, case, item, known, is_alone=not slots)
            _shrink(slots, (amount or NOTHING) - scale.booked(known))
        elif not item.native_id and item.date is None:
            running = True
        elif amount is None:
            unknown.append(Event(kind=item.kind, amount=item.amount, day=item.date, native=item.native_id, item=item))
        else:
            fresh.append(_Fresh(item, amount))
    return fresh, unknown, running, matched


def _row_of(run: Run, case: Case, item: Reversal) -> BookedReversal | None:
    if not item.native_id:
        return None
    names = [f"{sale_id}_{item.kind}_{item.native_id}" for sale_id in case.ids]
    exact = (row for row in run.ledger.reversals(case.ids, item.kind) if row.row_id in names)
    return next(exact, None) or run.ledger.native(names[0])


def _seen_again(run: Run, case: Case, item: Reversal, known: BookedReversal, *, is_alone: bool) -> None:
    run.skip(ALREADY_LOGGED, case.origin)
    row = run.ledger.row(known.row_id)
    if row is None or row.transaction is None or not row.transaction.status.counts:
        return
    if item.date is not None and item.date != row.transaction.date:
        run.differ(row, "date", str(row.transaction.date), str(item.date))
    is_capped = case.row is None or run.ledger.left_of(case.row, case.ids) == 0
    says = item.amount.amount if item.amount is not None and item.amount.currency == "USD" else None
    if says is not None and is_alone and not is_capped and abs(row.transaction.amount_usd) != says:
        run.differ(row, "amount", format_usd(row.transaction.amount_usd), format_usd(-says))
    if item.fee is not None:
        run.fill_fee(row, run.usd(item.fee, row.transaction.date))


def _shrink(slots: list[_Slot], shortfall: Decimal) -> None:
    """An item whose own row is smaller than it: the rest was in a row without a native id."""
    for slot in slots:
        taken = min(slot.left, max(NOTHING, shortfall))
        slot.left -= taken
        shortfall -= taken


def _absorb(fresh: list[_Fresh], slots: list[_Slot]) -> None:
    """Take off each item what rows without a native id stand for: equal amounts first, then in order of time."""
    tests: tuple[Callable[[_Fresh, _Slot], bool], ...] = (
        lambda each, slot: each.item.date == slot.day and each.left == slot.left,
        lambda each, slot: _is_before(each.item, slot) and each.left == slot.left,
        lambda each, slot: _is_before(each.item, slot),
    )
    for fits in tests:
        for each in fresh:
            for slot in slots:
                if slot.left > 0 and each.left > 0 and fits(each, slot):
                    taken = min(slot.left, each.left)
                    slot.left -= taken
                    each.left -= taken


def _is_before(item: Reversal, slot: _Slot) -> bool:
    return item.date is None or item.date <= slot.day


def _total(case: Case, scale: _Scale, *, running: bool) -> Decimal | None:
    """The running total that the platform tells, by itself or in items without id and day; None if it tells none."""
    given = scale.of(case.refunded_total)
    if not running:
        return given
    return max(given or NOTHING, scale.items_total())


def _limit(fresh: list[_Fresh], room: Decimal) -> None:
    """Never more in all than the platform's total says."""
    for each in fresh:
        each.left = min(each.left, max(NOTHING, room))
        room -= each.left


def _report_vanished(run: Run, case: Case, booked: list[BookedReversal], seen: Decimal, total: Decimal) -> None:
    """A refund that failed or was cancelled after it was booked: a person decides."""
    row = run.ledger.row(case.ids[0])
    is_old = any(each.row_id not in run.ledger.added for each in booked)
    if row is not None and is_old and seen > total and case.refunded_total is not None:
        run.differ(row, "refunded", f"{seen:,f}", f"{total:,f}")


def _event(each: _Fresh, scale: _Scale) -> Event:
    item = each.item
    whole = item.amount is not None and item.amount.currency == scale.unit and item.amount.amount == each.left
    amount = item.amount if whole else Money(each.left, scale.unit)
    return Event(kind=item.kind, amount=amount, day=item.date, native=item.native_id, item=item)


def _closing(events: list[Event], case: Case, scale: _Scale, seen: Decimal) -> list[Event]:
    """Mark the refund that completes the sale where a rate lies between: rounding leaves no cent behind."""
    whole = case.whole
    if scale.unit == "USD" or whole is None or whole.currency != scale.unit or not events:
        return events
    new = sum((scale.of(each.amount, each.day) or NOTHING for each in events), NOTHING)
    if seen + new < whole.amount:
        return events
    last = events[-1]
    closing = Event(kind=last.kind, amount=last.amount, day=last.day, native=last.native, item=last.item, closes=True)
    return [*events[:-1], closing]
