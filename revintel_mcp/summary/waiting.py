"""Money that no figure counts yet: what waits in Needs Attention, and rows of the log that can't be read."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from typing import Final, NamedTuple

from revintel_mcp.booking.booking import AttentionRow, LoggedRow
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Channel, Status, channel_named
from revintel_mcp.summary.reasons import Lack, Reason
from revintel_mcp.summary.source_gaps import base_name, source_of_row

#: Notices that rows exceed an adopted figure are named after its row; the money they speak of is counted.
_OPENING: Final = "manual_opening_"
_EXCESS: Final = "_excess"
#: What takes money off, by the kind that its ID names.
_LOWERING: Final = {"refund": "refund", "dispute": "chargeback"}
_MINUS: Final = ("-", "(", "\N{MINUS SIGN}")


class Waiting(NamedTuple):
    """A record in Needs Attention, or a row that can't be read.

    `channel` or `month` is None where it can't be told; `seen` is the month that it came up in at the latest. `noun` is
    what it is; one that `lowers` takes money off where it is booked.
    """

    channel: Channel | None
    month: Month | None
    seen: Month
    noun: str = "record"
    is_row: bool = False

    @property
    def lowers(self) -> bool:
        """Whether a figure without it is too high, not too low."""
        return self.noun in _LOWERING.values()

    def may_be_in(self, months: Collection[Month], channel: Channel) -> bool:
        """Whether it is, or may be, of one of these months, and of this channel."""
        return self.may_be_of(channel) and (self.month in months or (self.month is None and min(months) <= self.seen))

    def may_be_of(self, channel: Channel) -> bool:
        """Whether it is, or may be, of this channel."""
        return self.channel is None or self.channel is channel


def waiting_records(attention: Sequence[AttentionRow], today: date) -> tuple[Waiting, ...]:
    """What of Needs Attention is money that is not counted, and where it would be."""
    return tuple(_as_waiting(row, today) for row in attention if _would_count(row))


def _would_count(row: AttentionRow) -> bool:
    """A notice has nothing to book; a pending entry would not count if it were booked."""
    if row.id.startswith(_OPENING) and row.id.endswith(_EXCESS):
        return False
    return row.extra.get("Status", "").strip().lower() not in (Status.PENDING.value, Status.EXCLUDED.value)


def unreadable_records(rows: Sequence[LoggedRow], today: date) -> tuple[Waiting, ...]:
    """Rows of the log that can't be read, and where they would count as far as their cells or IDs tell."""
    return tuple(
        Waiting(unreadable_channel(row), None if row.day is None else Month.of(row.day), Month.of(today), is_row=True)
        for row in rows
        if row.transaction is None
    )


def unreadable_channel(row: LoggedRow) -> Channel | None:
    """The channel of a row that can't be read: its cell's, else that of the source which names rows like this."""
    return row.channel or source_of_row(row.id)


def _as_waiting(row: AttentionRow, today: date) -> Waiting:
    day, seen = read_day(row.date), read_day(row.first_seen) or today
    return Waiting(attention_channel(row), None if day is None else Month.of(day), Month.of(seen), _noun(row))


def _noun(row: AttentionRow) -> str:
    """What waits: its ID says so of a reversal, its amount of money that an entry gave back."""
    from revintel_mcp.booking.reversal_ids import read_reversal_id  # noqa: PLC0415 - in most trackers nothing waits

    parts = read_reversal_id(row.id)
    if parts is not None:
        return _LOWERING.get(parts.kind, "record")
    return _LOWERING["refund"] if row.amount.strip()[:1] in _MINUS else "record"


def attention_channel(row: AttentionRow) -> Channel:
    """The channel that a record in Needs Attention would count in."""
    return channel_named(row.extra.get("Channel") or base_name(row.source)) or Channel.OTHER


def read_day(text: str) -> date | None:
    """The day that a cell of Needs Attention names, None if it names none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def waiting_reasons(waiting: Sequence[Waiting], months: Collection[Month], channel: Channel) -> tuple[Reason, ...]:
    """What is missing from a figure over these months of a channel, in words."""
    if not waiting:
        return ()
    found = Counter(_kind_of(row) for row in waiting if row.may_be_in(months, channel))
    return tuple(
        Reason(whose, f"has {count} {noun if count == 1 else f'{noun}s'} {which}", Lack.WAITING)
        for (whose, noun, which), count in found.items()
    )


def _kind_of(row: Waiting) -> tuple[str, str, str]:
    """Whose it is, what it is called, and which of its kind it is."""
    whose = "The log" if row.channel is None else row.channel.value
    if row.is_row:
        return whose, "row", "that can't be read"
    return whose, row.noun, "in Needs Attention" if row.month else "without a readable date in Needs Attention"
