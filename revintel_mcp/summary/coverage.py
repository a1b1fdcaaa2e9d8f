"""Whether a figure is all there: exact, a floor, or unknown, and why, in a freelancer's words.

- A channel kept by hand is exact as entered.
- A channel fed by a source is exact for a past month if every account of the source was read through the month's
  last day. For the current month it is exact *through* a day: each account must have been read through the day
  before yesterday at least, which is as far as a platform whose records come a day late ever gets.
- A month that has not begun can't have been read: only its entries made by hand are exact.
- A record that waits in Needs Attention, or a row of the log that can't be read, makes its month and channel a floor;
  one without a readable date, every month up to the one it was first seen in.
- A refund that waits there would lower its figure, which is then no floor either: its worth is unknown.
- A floor is what was read so far. It is unknown, rather than a floor, if nothing of the month was read and no row of
  it is in the log. A refund that was not read yet would lower a floor.
- A source that was never connected and has no rows is taken as not used: its cells are unknown, sums don't mind.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from revintel_mcp.booking.booking import AttentionRow, LoggedRow
from revintel_mcp.domain.periods import Month, Window
from revintel_mcp.domain.source_state import SourceState
from revintel_mcp.domain.transaction import SOURCED_CHANNELS, Channel
from revintel_mcp.summary.reasons import Lack, Reason
from revintel_mcp.summary.source_gaps import accounts_of, gaps_of, touches, unread_since, was_connected
from revintel_mcp.summary.waiting import Waiting, unreadable_records, waiting_reasons, waiting_records

_ONE_DAY: Final = timedelta(days=1)


class CoverageKind(StrEnum):
    """What a figure is worth."""

    EXACT = "exact"
    FLOOR = "floor"
    """At least this, as far as was read."""
    UNKNOWN = "unknown"


class Coverage(NamedTuple):
    """What a figure is worth, and why.

    `through` is the last day up to which every source behind it was read, None where no source was. `unused`: the
    source was never connected and has no rows, so sums leave the cell aside. `too_high`: a refund waits, so that what
    would be a floor is none.
    """

    kind: CoverageKind
    reasons: tuple[Reason, ...] = ()
    through: date | None = None
    unused: bool = False
    too_high: bool = False

    @property
    def worth(self) -> CoverageKind:
        """The kind, but for a floor that is none: neither at least nor at most what is shown."""
        return CoverageKind.UNKNOWN if self.too_high and self.kind is CoverageKind.FLOOR else self.kind

    @property
    def why(self) -> str:
        """The reasons as one text; empty when the figure is exact."""
        return "; ".join(str(reason) for reason in self.reasons)


_AS_ENTERED: Final = Coverage(CoverageKind.EXACT)


class Coverages:
    """What is known about every figure of one tracker on one day. Make it with `coverage`."""

    def __init__(
        self,
        today: date,
        booked: frozenset[tuple[Month, Channel]],
        accounts: dict[Channel, tuple[SourceState, ...]],
        unused: frozenset[Channel],
        waiting: tuple[Waiting, ...],
    ) -> None:
        self.today = today
        self.booked = booked
        self.accounts = accounts
        self.unused = unused
        self.waiting = waiting
        self._cells: dict[tuple[Month, Channel], Coverage] = {}
        self._special = {month for month, _ in booked}.union(each.month for each in waiting if each.month)
        self._dawn = min(_first_known(today, accounts, waiting))
        self._early: Month | None = None

    def cell(self, month: Month, channel: Channel) -> Coverage:
        """One month's figure of one channel."""
        found = self._cells.get((month, channel))
        if found is None:
            found = self._cells[month, channel] = self._judge(month, channel)
        return found

    def like(self, month: Month) -> Month:
        """A month that has the same gaps for the same reasons: before all that is known, any stands for the others.

        A row of the year 206, a slip for 2026, has twenty thousand of them behind it.
        """
        if month >= self._dawn or month in self._special:
            return month
        self._early = self._early or month
        return self._early

    def _judge(self, month: Month, channel: Channel) -> Coverage:
        waiting = self._waiting(frozenset((month,)), channel)
        if channel not in SOURCED_CHANNELS:
            return (
                Coverage(CoverageKind.FLOOR, waiting, too_high=self._lowered((month,), channel))
                if waiting
                else _AS_ENTERED
            )
        gaps = tuple(gap for state in self.accounts[channel] for gap in gaps_of(state, month, self.today))
        if channel in self.unused:
            gaps = (Reason(channel.value, "is not connected", Lack.NOT_CONNECTED),)
        reasons = gaps + waiting
        has_rows = (month, channel) in self.booked
        own = has_rows or any(reason.source == channel.value for reason in waiting)
        some = own or any(touches(state, month) for state in self.accounts[channel])
        kind = CoverageKind.FLOOR if some else CoverageKind.UNKNOWN
        through = self._through((month,), (channel,))
        unused = channel in self.unused and not own
        lowered = bool(waiting) and self._lowered((month,), channel)
        return Coverage(kind if reasons else CoverageKind.EXACT, reasons, through, unused, lowered)

    @property
    def read_from(self) -> Month:
        """No month before this one was read by every account that is used; the first there is where none is used."""
        used = [state for channel, found in self.accounts.items() if channel not in self.unused for state in found]
        days = [state.complete_from for state in used if state.complete_to is not None]
        if len(days) < len(used):
            return Month.of(date.max)
        return Month.of(max((day for day in days if day is not None), default=date.min))

    def month(self, month: Month) -> Coverage:
        """A month's total over all channels."""
        return self.over((month,))

    def window(self, window: Window, channels: Iterable[Channel] = Channel) -> Coverage:
        """A sum over days: every month that has one, but none after this month; `all time` from the first booked."""
        first = Month.of(window.start)
        if window.start == date.min:
            first = min((month for month, _ in self.booked), default=Month.of(self.today))
        last = Month.of(min(window.end - _ONE_DAY, self.today)) if window.end > window.start else first
        return self.over(months_through(first, max(first, last)), channels)

    def over(self, months: Iterable[Month], channels: Iterable[Channel] = Channel) -> Coverage:
        """A sum over months and channels: a year to date, a channel's year, a total."""
        span, columns = tuple(months), tuple(channels)
        cells = {
            (month, channel): self.cell(month, channel)
            for month in dict.fromkeys(map(self.like, span))
            for channel in columns
        }
        used = {key: cell for key, cell in cells.items() if not cell.unused}
        if not used and cells:
            return next(iter(cells.values()))
        reasons = self._reasons_over(span, columns, used.values())
        through = self._through(span, columns)
        if not reasons:
            return Coverage(CoverageKind.EXACT, (), through)
        some = any(
            key in self.booked or cell.kind is CoverageKind.FLOOR or (cell.kind is CoverageKind.EXACT and cell.through)
            for key, cell in used.items()
        )
        lowered = any(self._lowered(span, channel) for channel in columns)
        return Coverage(CoverageKind.FLOOR if some else CoverageKind.UNKNOWN, reasons, through, too_high=lowered)

    def restated(self, booked: Coverage, months: Iterable[Month], channels: Iterable[Channel] = Channel) -> Coverage:
        """The same figure with refunds counted in their sale's month, `booked` being what it is worth as booked.

        A month is over, its refunds are not: while they were not read up to now, it is at most what is shown. Of months
        up to the current one, refunds not read yet are missing as booked too.
        """
        span = tuple(months)
        last = max(span, default=Month.of(self.today))
        if last >= Month.of(self.today):
            return booked
        sold = {channel for month, channel in self.booked if month in span}
        states = (state for channel in channels if channel in sold for state in self.accounts.get(channel, ()))
        found = dict.fromkeys(unread_since(state, last, self.today) for state in states)
        for reason in filter(None, found):
            booked = with_reason(booked, reason, CoverageKind.UNKNOWN)
        return booked

    def _reasons_over(
        self, months: Sequence[Month], channels: Sequence[Channel], cells: Iterable[Coverage]
    ) -> tuple[Reason, ...]:
        """Each gap once, however many months it leaves open; waiting records counted over all the months."""
        gaps = {reason: None for cell in cells for reason in cell.reasons if reason.lack is not Lack.WAITING}
        waits = {reason: None for channel in channels for reason in self._waiting(frozenset(months), channel)}
        return (*gaps, *waits)

    def _waiting(self, months: frozenset[Month], channel: Channel) -> tuple[Reason, ...]:
        return waiting_reasons(self.waiting, months, channel)

    def _lowered(self, months: Sequence[Month], channel: Channel) -> bool:
        """Whether a refund waits that would lower a figure over these months."""
        lowering = [each for each in self.waiting if each.lowers]
        return bool(lowering) and any(each.may_be_in(frozenset(months), channel) for each in lowering)

    def _through(self, months: Sequence[Month], channels: Sequence[Channel]) -> date | None:
        ends = [
            state.complete_to
            for channel in channels
            if channel in SOURCED_CHANNELS and channel not in self.unused
            for state in self.accounts[channel]
        ]
        known = [end for end in ends if end is not None]
        if not known or len(known) < len(ends):
            return None
        through = min(*known, max(months).last_day)
        return through if through >= min(months).first_day else None


def _first_known(
    today: date, accounts: Mapping[Channel, Sequence[SourceState]], waiting: Iterable[Waiting]
) -> Iterator[Month]:
    """The months that what is known about a figure may change with."""
    yield Month.of(today)
    yield from (each.seen for each in waiting)
    for state in (state for found in accounts.values() for state in found):
        yield from (Month.of(day) for day in (state.complete_from, state.complete_to) if day is not None)


def coverage(
    states: Sequence[SourceState],
    attention: Sequence[AttentionRow],
    booked: Collection[tuple[Month, Channel]],
    *,
    today: date,
    unreadable: Sequence[LoggedRow] = (),
) -> Coverages:
    """What is known about every figure of a tracker.

    Args:
        states: the rows of the Sources table; several may be accounts of one source (`Stripe`, `Stripe-eu`).
        attention: the rows of Needs Attention.
        booked: the months and channels that have a counted row (the keys of a scan's totals).
        today: the day it is, in the tracker's zone.
        unreadable: the rows of the log that can't be read: what they hold is in no figure.
    """
    accounts = {channel: accounts_of(states, channel) for channel in SOURCED_CHANNELS}
    return Coverages(
        today,
        frozenset(booked),
        accounts,
        frozenset(channel for channel, found in accounts.items() if not any(was_connected(state) for state in found)),
        (*waiting_records(attention, today), *unreadable_records(unreadable, today)),
    )


def less_fees(coverage: Coverage, missing: int) -> Coverage:
    """The coverage of a net figure, `missing` of whose rows don't say their fee: it is neither exact nor a floor."""
    if not missing:
        return coverage
    lack = f"are not known for {missing} {'row' if missing == 1 else 'rows'}: net is at most this"
    return with_reason(coverage, Reason("Fees", lack, Lack.BLANK), CoverageKind.UNKNOWN)


def of_a_part(coverage: Coverage) -> Coverage:
    """The coverage of one sum over another: what is missing from them may raise it or lower it."""
    return coverage if coverage.kind is CoverageKind.EXACT else coverage._replace(kind=CoverageKind.UNKNOWN)


def with_reason(coverage: Coverage, reason: Reason, kind: CoverageKind = CoverageKind.FLOOR) -> Coverage:
    """The coverage of a figure that one more thing is missing from; what was unknown stays so."""
    worth = CoverageKind.UNKNOWN if coverage.kind is CoverageKind.UNKNOWN else kind
    return coverage._replace(kind=worth, reasons=(*coverage.reasons, reason))


def months_through(first: Month, last: Month) -> Iterator[Month]:
    """Every month from `first` to `last`, both included."""
    while first <= last:
        yield first
        first = first.next
