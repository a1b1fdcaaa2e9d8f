"""Whether a figure is all there: exact, a floor, or unknown, and why, in a freelancer's words.

- A channel kept by hand is exact as entered.
- A channel fed by a source is exact for a past month if every account of the source was read through the month's
  last day. For the current month it is exact *through* a day: each account must have been read through the day
  before yesterday at least, which is as far as a platform whose records come a day late ever gets.
- A record that waits in Needs Attention makes its month and channel a floor; one without a readable date, every
  month up to the one it was first seen in.
- A floor is what was read so far. It is unknown, rather than a floor, if nothing of the month was read and no row of
  it is in the log. A refund that was not read yet would lower a floor.
- A source that was never connected and has no rows is taken as not used: its cells are unknown, sums don't mind.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from revintel_mcp.booking.booking import AttentionRow
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.source_state import SourceState, SourceStatus
from revintel_mcp.domain.transaction import SOURCED_CHANNELS, Channel, channel_named

_STILL_FRESH: Final = timedelta(days=2)

#: Notices about an adopted figure carry its row's ID; the money they speak of is counted.
_OPENING: Final = "manual_opening_"


class CoverageKind(StrEnum):
    """What a figure is worth."""

    EXACT = "exact"
    FLOOR = "floor"
    """At least this, as far as was read."""
    UNKNOWN = "unknown"


class Lack(StrEnum):
    """What kind of thing is missing from a figure."""

    UNREAD = "unread"
    WAITING = "waiting"
    NOT_CONNECTED = "not connected"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a figure is not exact: `str()` is a sentence about `source`, `text` all of it but the name."""

    source: str
    text: str
    lack: Lack = Lack.UNREAD

    def __str__(self) -> str:
        return f"{self.source} {self.text}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a figure is worth, and why.

    `through` is the last day up to which every source behind it was read, None where no source was. `unused`: the
    source was never connected and has no rows, so sums leave the cell aside.
    """

    kind: CoverageKind
    reasons: tuple[Reason, ...] = ()
    through: date | None = None
    unused: bool = False

    @property
    def why(self) -> str:
        """The reasons as one text; empty when the figure is exact."""
        return "; ".join(str(reason) for reason in self.reasons)


_AS_ENTERED: Final = Coverage(CoverageKind.EXACT)


@dataclass(frozen=True, slots=True)
class Coverages:
    """What is known about every figure of one tracker on one day. Make it with `coverage`."""

    today: date
    booked: frozenset[tuple[Month, Channel]]
    accounts: dict[Channel, tuple[SourceState, ...]]
    unused: frozenset[Channel]
    waiting: tuple["Waiting", ...]

    def cell(self, month: Month, channel: Channel) -> Coverage:
        """One month's figure of one channel."""
        waiting = self._waiting(frozenset((month,)), channel)
        if channel not in SOURCED_CHANNELS:
            return Coverage(CoverageKind.FLOOR, waiting) if waiting else _AS_ENTERED
        gaps = tuple(gap for state in self.accounts[channel] for gap in _gaps(state, month, self.today))
        if channel in self.unused:
            gaps = (Reason(channel.value, "is not connected", Lack.NOT_CONNECTED),)
        reasons = gaps + waiting
        has_rows = (month, channel) in self.booked
        some = has_rows or waiting or any(_touches(state, month) for state in self.accounts[channel])
        kind = CoverageKind.FLOOR if some else CoverageKind.UNKNOWN
        through = self._through((month,), (channel,))
        unused = channel in self.unused and not some
        return Coverage(kind if reasons else CoverageKind.EXACT, reasons, through, unused)

    def month(self, month: Month) -> Coverage:
        """A month's total over all channels."""
        return self.over((month,))

    def over(self, months: Iterable[Month], channels: Iterable[Channel] = Channel) -> Coverage:
        """A sum over months and channels: a year to date, a channel's year, a total."""
        span, columns = tuple(months), tuple(channels)
        cells = {(month, channel): self.cell(month, channel) for month in span for channel in columns}
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
        return Coverage(CoverageKind.FLOOR if some else CoverageKind.UNKNOWN, reasons, through)

    def _reasons_over(
        self, months: Sequence[Month], channels: Sequence[Channel], cells: Iterable[Coverage]
    ) -> tuple[Reason, ...]:
        """Each gap once, however many months it leaves open; waiting records counted over all the months."""
        gaps = {reason: None for cell in cells for reason in cell.reasons if reason.lack is not Lack.WAITING}
        waits = [reason for channel in channels for reason in self._waiting(frozenset(months), channel)]
        return (*gaps, *waits)

    def _waiting(self, months: frozenset[Month], channel: Channel) -> tuple[Reason, ...]:
        dated = sum(row.channel is channel and row.month in months for row in self.waiting)
        undated = sum(row.channel is channel and row.month is None and min(months) <= row.seen for row in self.waiting)
        return tuple(
            Reason(channel.value, f"{_records(count)}{flaw} in Needs Attention", Lack.WAITING)
            for count, flaw in ((dated, ""), (undated, " without a readable date"))
            if count
        )

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


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record in Needs Attention: `month` None if its date can't be read; `seen` is the month it came up in."""

    channel: Channel
    month: Month | None
    seen: Month


def coverage(
    states: Sequence[SourceState],
    attention: Sequence[AttentionRow],
    booked: Collection[tuple[Month, Channel]],
    *,
    today: date,
) -> Coverages:
    """What is known about every figure of a tracker.

    Args:
        states: the rows of the Sources table; several may be accounts of one source (`Stripe`, `Stripe-eu`).
        attention: the rows of Needs Attention.
        booked: the months and channels that have a counted row (the keys of a scan's totals).
        today: the day it is, in the tracker's zone.
    """
    accounts = {channel: _accounts(states, channel) for channel in SOURCED_CHANNELS}
    return Coverages(
        today,
        frozenset(booked),
        accounts,
        frozenset(channel for channel, found in accounts.items() if not any(_was_connected(state) for state in found)),
        tuple(_as_waiting(row, today) for row in attention if not row.id.startswith(_OPENING)),
    )


def source_channel(name: str) -> Channel | None:
    """The channel that `Stripe`, `Stripe-eu` or `gumroad_shop2` counts in; None if that is no source of ours."""
    channel = channel_named(_base(name))
    return channel if channel in SOURCED_CHANNELS else None


def _records(count: int) -> str:
    return "has 1 record" if count == 1 else f"has {count} records"


def _base(name: str) -> str:
    return name.replace("_", "-").partition("-")[0]


def _was_connected(state: SourceState) -> bool:
    return state.status is not SourceStatus.NOT_CONFIGURED or state.complete_to is not None


def _accounts(states: Sequence[SourceState], channel: Channel) -> tuple[SourceState, ...]:
    """The accounts that must all cover a month.

    A plain `Stripe` that nothing configures (no dates, no note) stands beside `Stripe-eu` only because every source
    has a row in the table; an account that has a name or a note has an entry somewhere, and its money is missing.
    """
    found = tuple(state for state in states if source_channel(state.name) is channel)
    if not any(_was_connected(state) for state in found):
        return found
    return tuple(state for state in found if _was_connected(state) or state.note or state.name != _base(state.name))


def _gaps(state: SourceState, month: Month, today: date) -> tuple[Reason, ...]:
    start, end = state.complete_from, state.complete_to
    if start is None or end is None:
        return (Reason(state.name, _never_read(state)),)
    gaps = []
    if month.first_day < start:
        gaps.append(Reason(state.name, f"is read only from {start} on"))
    needed = month.last_day if month < Month.of(today) else today - _STILL_FRESH
    if end < needed:
        gaps.append(Reason(state.name, f"is read only through {end}; {_why_not_further(state)}"))
    return tuple(gaps)


def _touches(state: SourceState, month: Month) -> bool:
    if state.complete_from is None or state.complete_to is None:
        return False
    return state.complete_from <= month.last_day and state.complete_to >= month.first_day


def _never_read(state: SourceState) -> str:
    return {
        SourceStatus.COMPLETE: "has no full day read yet",
        SourceStatus.INCOMPLETE: "could not be read to the end",
        SourceStatus.FAILED: f"could not be read ({_kind(state)})",
        SourceStatus.NOT_CONFIGURED: "is not connected",
    }[state.status]


def _why_not_further(state: SourceState) -> str:
    return {
        SourceStatus.COMPLETE: "a later refresh reads on",
        SourceStatus.INCOMPLETE: "the last try was cut short",
        SourceStatus.FAILED: f"the last try failed ({_kind(state)})",
        SourceStatus.NOT_CONFIGURED: "it is no longer connected",
    }[state.status]


def _kind(state: SourceState) -> str:
    """The kind that a failure's note starts with; the rest of the note may come from outside and may change."""
    return state.note.partition(":")[0].strip()[:20] or "no reason noted"


def _as_waiting(row: AttentionRow, today: date) -> Waiting:
    named = row.extra.get("Channel") or _base(row.source)
    day, seen = _day(row.date), _day(row.first_seen) or today
    return Waiting(channel_named(named) or Channel.OTHER, None if day is None else Month.of(day), Month.of(seen))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
