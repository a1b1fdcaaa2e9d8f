"""Which months each account of a source leaves open, and why."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.source_state import SourceState, SourceStatus
from revintel_mcp.domain.transaction import SOURCED_CHANNELS, Channel, channel_named
from revintel_mcp.summary.reasons import Reason

#: The current month must have been read through the day before yesterday: as far as Upwork, a day late, ever gets.
_STILL_FRESH: Final = timedelta(days=2)

_LONGEST_KIND: Final = len("no usable tool")
_NO_REASON: Final = "no reason noted"


def source_channel(name: str) -> Channel | None:
    """The channel that `Stripe`, `Stripe-eu` or `gumroad_shop2` counts in; None if that is no source of ours."""
    channel = channel_named(base_name(name))
    return channel if channel in SOURCED_CHANNELS else None


def source_of_row(row_id: str) -> Channel | None:
    """The channel whose source names its rows like `stripe_ch_1`; None for a person's rows."""
    return source_channel(row_id.partition("_")[0]) if "_" in row_id else None


def base_name(name: str) -> str:
    """`Stripe` for itself, `Stripe-eu` and `Stripe_eu`."""
    return name.replace("_", "-").partition("-")[0]


def was_connected(state: SourceState) -> bool:
    """Whether anything was, or could now be, read from it."""
    return state.status is not SourceStatus.NOT_CONFIGURED or state.complete_to is not None


def accounts_of(states: Sequence[SourceState], channel: Channel) -> tuple[SourceState, ...]:
    """The accounts that must all cover a month.

    A plain `Stripe` that nothing configures (no dates, no note) stands beside `Stripe-eu` only because every source
    has a row in the table; an account that has a name or a note has an entry somewhere, and its money is missing.
    """
    found = tuple(state for state in states if source_channel(state.name) is channel)
    if not any(was_connected(state) for state in found):
        return found
    return tuple(state for state in found if was_connected(state) or state.note or state.name != base_name(state.name))


def gaps_of(state: SourceState, month: Month, today: date) -> tuple[Reason, ...]:
    """Why an account leaves a month open; nothing if it was read as far as it has to be."""
    start, end = state.complete_from, state.complete_to
    if start is None or end is None:
        return (Reason(state.name, _never_read(state)),)
    if month > Month.of(today):
        return (Reason(state.name, "can't be read ahead of time"),)
    gaps = []
    if month.first_day < start:
        gaps.append(Reason(state.name, f"is read only from {start} on"))
    needed = month.last_day if month < Month.of(today) else today - _STILL_FRESH
    if end < needed:
        gaps.append(Reason(state.name, f"is read only through {end}; {_why_not_further(state)}"))
    return tuple(gaps)


def unread_since(state: SourceState, month: Month, today: date) -> Reason | None:
    """Why refunds made after a month, which was read to its end, may be missing; None if they were read so far."""
    end = state.complete_to
    if end is None or not month.last_day <= end < today - _STILL_FRESH:
        return None
    return Reason(state.name, f"is read only through {end}: what was refunded since is not taken off")


def touches(state: SourceState, month: Month) -> bool:
    """Whether any day of the month was read in full."""
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
    kind = state.note.partition(":")[0].strip()
    is_kind = kind.isascii() and kind.islower() and kind.replace(" ", "").isalpha() and len(kind) <= _LONGEST_KIND
    return kind if is_kind else _NO_REASON
