"""Which refunds of a sale are news.

A platform itemises refunds, or it gives a running total; the tool an upstream has today may do the one, tomorrow's
the other. Rows booked from a total carry no native id: an item that happened up to the day of such a row is part
of it, one that happened later is news.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Final, NamedTuple

from revintel_mcp.booking.cases import Case
from revintel_mcp.booking.gathering import chronological
from revintel_mcp.booking.ledger import BookedReversal
from revintel_mcp.booking.run import ALREADY_LOGGED, Run
from revintel_mcp.domain.money import Money, format_usd
from revintel_mcp.domain.records import Reversal, ReversalKind

NOTHING: Final = Decimal(0)
#: A refund may be debited at another rate than its sale was credited at: by how much more, at most.
_RATES_MOVE: Final = Decimal("1.25")


class Event(NamedTuple):
    """Money that went back, or came back, and is not in the log. `amount` None is not known."""

    kind: ReversalKind
    amount: Money | None
    day: date | None = None
    native: str = ""
    item: Reversal | None = None
    doubt: str = ""
    """Why the amount is not known, where there is more to say than that the platform does not tell."""
    closes: bool = False
    """Whether it is the last of the sale, in the platform's own currency: it takes all that is left, to the cent."""


class _Slot:
    """What is left to tell of a row: an item that is part of it takes its share."""

    __slots__ = ("day", "left")

    def __init__(self, left: Decimal, day: date) -> None:
        self.left = left
        self.day = day


class _Fresh:
    """A refund that has no row of its own; `left` of it is not in the log."""

    __slots__ = ("item", "left")

    def __init__(self, item: Reversal, left: Decimal) -> None:
        self.item = item
        self.left = left


def refund_events(run: Run, case: Case) -> list[Event]:
    """The refunds of a sale that are not in the log, in the order they happened."""
    booked = run.ledger.reversals(case.ids, ReversalKind.REFUND)
    if any(row.transaction is None and not row.id.native for row in booked):
        return []  # an unreadable row may stand for any of them; it is reported until it is mended
    return _Reckoning(run, case, booked).events()


class _Reckoning:
    """The refunds of one sale, told and booked, in one currency: the platform's, where all are in it.

    No rate then comes between what was told yesterday and today.
    """

    def __init__(self, run: Run, case: Case, booked: list[BookedReversal]) -> None:
        stated = {row.stated.currency for row in booked if row.stated is not None}
        currencies = {money.currency for money in case.moneys} | stated
        self.unit = currencies.pop() if len(currencies) == 1 else "USD"
        self.run, self.case, self.booked = run, case, booked
        self.slots = self._slots(row for row in booked if not row.id.native)
        self.fresh: list[_Fresh] = []
        self.unknown: list[Event] = []
        self.has_running_figure = False
        self.told_again: set[str] = set()

    def events(self) -> list[Event]:
        """What is to be booked."""
        for item in sorted(self.case.of_kind(ReversalKind.REFUND), key=chronological):
            self._sort_out(item)
        _absorb(self.fresh, self.slots)
        # An item without id may also be one that was booked by an id which nobody tells today.
        untold = (row for row in self.booked if row.id.native and row.row_id not in self.told_again)
        _absorb([each for each in self.fresh if not each.item.native_id], self._slots(untold))
        self._settle_doubts()
        seen = sum((self._stands_for(row) for row in self.booked), NOTHING)
        rest = self._rest_of_total(seen)
        events = [*(self._event(each) for each in self.fresh if each.left > 0), *self.unknown]
        rest -= self._claimed(rest)
        if rest > 0:
            doubt = self._doubt(rest)
            amount = None if doubt else Money(rest, self.unit)
            events.append(Event(kind=ReversalKind.REFUND, amount=amount, doubt=doubt))
        return self._closing(events, seen)

    def _claimed(self, rest: Decimal) -> Decimal:
        """What of a total was booked without its sale: one refund as large, or all that may be if they sum up to it."""
        loose = self._loose(rest)
        same = [row for row in loose if self._is_all([row], rest)][:1]
        mine = same or (loose if self._is_all(loose, rest) else [])
        for row in mine:
            self.run.ledger.claim(self.case.ids, row)
        return rest if mine else NOTHING

    def _is_all(self, rows: Sequence[BookedReversal], rest: Decimal) -> bool:
        """Whether rows come to `rest` together: in the platform's currency, or else in US dollars."""
        if not rows:
            return False
        if all(self._stated(row) is not None for row in rows):
            return sum(map(self._stands_for, rows), NOTHING) == rest
        return sum(map(_dollars_of, rows), NOTHING) == self._dollars(rest)

    def _may_be_part(self, row: BookedReversal, rest: Decimal) -> bool:
        """Whether a row is no larger than `rest`, as far as that can be told: rates move until a refund."""
        stated = self._stated(row)
        if stated is not None:
            return stated <= rest
        dollars = self._dollars(rest)
        return dollars is None or _dollars_of(row) <= dollars * _RATES_MOVE

    def _stated(self, row: BookedReversal) -> Decimal | None:
        """What a row says in the reckoning's currency; None if it says nothing in it."""
        return row.stated.amount if row.stated is not None and row.stated.currency == self.unit else None

    def _dollars(self, amount: Decimal) -> Decimal | None:
        """An amount of the reckoning's currency in US dollars; None if it can't be told."""
        return self.case.usd(Money(amount, self.unit), self.run.today, self.run.prices)

    def _doubt(self, rest: Decimal) -> str:
        """Why a total can't be booked: part of it may be booked already, as a refund of no known sale."""
        loose = self._loose(rest)
        if not loose:
            return ""
        return (
            f"{rest:,f} {self.unit} more went back, and {loose[0].row_id}, which names no sale, may be part of that:"
            " type what is not booked yet in US dollars, or 0"
        )

    def _loose(self, rest: Decimal) -> list[BookedReversal]:
        """Refunds booked without their sale, that happened since this one and are no larger than `rest`."""
        first = self.case.row.date if self.case.row is not None else self.run.today
        rows = self.run.ledger.loose_refunds(self.case.channel.key) if rest > 0 else []
        return [
            row for row in rows if row.transaction and row.transaction.date >= first and self._may_be_part(row, rest)
        ]

    def _settle_doubts(self) -> None:
        """A refund that waited because nobody could tell its sale, and that turns out to be booked, waits no longer."""
        for each in self.fresh:
            if each.left <= 0 and each.item.native_id:
                self.run.settled.add(f"{each.item.channel.key}_{each.item.kind}_{each.item.native_id}")

    def _sort_out(self, item: Reversal) -> None:
        amount = self._in_unit(item.amount, item.date)
        known = self._row_of(item)
        if known is not None:
            self.told_again.add(known.row_id)
            _compare(self.run, self.case, item, known, is_alone=not self.slots)
            _shrink(self.slots, (amount or NOTHING) - self._stands_for(known))
        elif not item.native_id and item.date is None:
            self.has_running_figure = True
        elif amount is None:
            event = Event(kind=item.kind, amount=item.amount, day=item.date, native=item.native_id, item=item)
            self.unknown.append(event)
        else:
            self.fresh.append(_Fresh(item, amount))

    def _row_of(self, item: Reversal) -> BookedReversal | None:
        if not item.native_id:
            return None
        names = [f"{sale_id}_{item.kind}_{item.native_id}" for sale_id in self.case.ids]
        exact = (row for row in self.booked if row.row_id in names)
        return next(exact, None) or self.run.ledger.native(names[0])

    def _rest_of_total(self, seen: Decimal) -> Decimal:
        """What the platform's total holds beyond rows and items. Items never go beyond the total."""
        told = sum((self._in_unit(each.amount, each.date) or NOTHING for each in self._items), NOTHING)
        given = self._in_unit(self.case.refunded_total)
        total = max(given or NOTHING, told) if self.has_running_figure else given
        if total is None:
            return NOTHING
        room = max(total, told) - seen
        for each in self.fresh:
            each.left = min(each.left, max(NOTHING, room))
            room -= each.left
        self._report_vanished(seen, total)
        return total - seen - sum((each.left for each in self.fresh), NOTHING)

    def _report_vanished(self, seen: Decimal, total: Decimal) -> None:
        """A refund that failed or was cancelled after it was booked: a person decides."""
        row = self.run.ledger.row(self.case.ids[0])
        is_old = any(each.row_id not in self.run.ledger.added for each in self.booked)
        if row is not None and is_old and seen > total and self.case.refunded_total is not None:
            self.run.differ(row, "refunded", f"{seen:,f}", f"{total:,f}")

    def _closing(self, events: list[Event], seen: Decimal) -> list[Event]:
        """Mark the refund that completes the sale where a rate lies between: rounding leaves no cent behind."""
        whole = self.case.whole
        if self.unit == "USD" or whole is None or whole.currency != self.unit or not events:
            return events
        new = sum((self._in_unit(each.amount, each.day) or NOTHING for each in events), NOTHING)
        return events if seen + new < whole.amount else [*events[:-1], events[-1]._replace(closes=True)]

    def _event(self, each: _Fresh) -> Event:
        item, amount = each.item, Money(each.left, self.unit)
        return Event(kind=item.kind, amount=amount, day=item.date, native=item.native_id, item=item)

    @property
    def _items(self) -> list[Reversal]:
        return self.case.of_kind(ReversalKind.REFUND)

    def _slots(self, rows: Iterable[BookedReversal]) -> list[_Slot]:
        return [_Slot(self._stands_for(row), row.transaction.date) for row in rows if row.transaction]

    def _stands_for(self, row: BookedReversal) -> Decimal:
        stated = self._stated(row)
        return _dollars_of(row) if stated is None else stated

    def _in_unit(self, money: Money | None, day: date | None = None) -> Decimal | None:
        """A platform's amount; None if it can't be told in this currency."""
        if money is None or money.currency == self.unit:
            return None if money is None else money.amount
        return self.case.usd(money, day or self.run.today, self.run.prices)


def _dollars_of(row: BookedReversal) -> Decimal:
    return abs(row.transaction.amount_usd) if row.transaction is not None else NOTHING


def _compare(run: Run, case: Case, item: Reversal, known: BookedReversal, *, is_alone: bool) -> None:
    """A refund told again: its row stands, and what differs is reported, unless a cap or another row explains it."""
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
    """Take off each item what rows stand for: the same day and amount first, then in order of time."""
    tests: tuple[Callable[[_Fresh, _Slot], bool], ...] = (
        lambda each, slot: each.item.date == slot.day and each.left == slot.left,
        lambda each, slot: _is_before(each.item, slot),
    )
    for fits in tests:
        for each, slot in product(fresh, slots):
            if slot.left > 0 and each.left > 0 and fits(each, slot):
                taken = min(slot.left, each.left)
                slot.left -= taken
                each.left -= taken


def _is_before(item: Reversal, slot: _Slot) -> bool:
    return item.date is None or item.date <= slot.day
