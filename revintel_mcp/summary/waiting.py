"""What waits in Needs Attention: money that no figure counts yet, and the figure it would be part of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from revintel_mcp.booking.booking import AttentionRow
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Channel, Status, channel_named
from revintel_mcp.summary.reasons import Lack, Reason
from revintel_mcp.summary.source_gaps import base_name

#: Notices about an adopted figure carry its row's ID; the money they speak of is counted.
_OPENING: Final = "manual_opening_"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record in Needs Attention: `month` None if its date can't be read; `seen` is the month it came up in."""

    channel: Channel
    month: Month | None
    seen: Month


def waiting_records(attention: Sequence[AttentionRow], today: date) -> tuple[Waiting, ...]:
    """What of Needs Attention is money that is not counted, and where it would be."""
    return tuple(_as_waiting(row, today) for row in attention if _would_count(row))


def _would_count(row: AttentionRow) -> bool:
    """Notices about adopted figures have nothing to book; a pending entry would not count if it were booked."""
    status = row.extra.get("Status", "").strip().lower()
    return not row.id.startswith(_OPENING) and status not in (Status.PENDING.value, Status.EXCLUDED.value)


def _as_waiting(row: AttentionRow, today: date) -> Waiting:
    day, seen = read_day(row.date), read_day(row.first_seen) or today
    return Waiting(attention_channel(row), None if day is None else Month.of(day), Month.of(seen))


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
    """What waits for a figure over these months of a channel, in words."""
    mine = [row for row in waiting if row.channel is channel]
    dated = sum(row.month in months for row in mine)
    undated = sum(row.month is None and min(months) <= row.seen for row in mine)
    return tuple(
        Reason(channel.value, f"{_records(count)}{flaw} in Needs Attention", Lack.WAITING)
        for count, flaw in ((dated, ""), (undated, " without a readable date"))
        if count
    )


def _records(count: int) -> str:
    return "has 1 record" if count == 1 else f"has {count} records"
