"""Which days a refresh asks for, and how far a source is known to be complete afterwards.

Both are arithmetic on days in the tracker's zone. What a source is known to be complete for is one interval, both
ends included; it grows when a pull read everything of days that overlap it or adjoin it, and never shrinks.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from revintel_mcp.domain.periods import PeriodError, Window
from revintel_mcp.domain.source_state import SourceState, SourceStatus
from revintel_mcp.sources.failure import Failure
from revintel_mcp.sources.pull import Pull

_ONE_DAY: Final = timedelta(days=1)


class Lag(NamedTuple):
    """How late a platform's newest records may appear: whole days, and hours on top (Upwork a day, Gumroad an hour)."""

    days: int = 0
    hours: int = 0


NO_LAG: Final = Lag()


def pull_window(since: str | date, state: SourceState | None, today: date, lookback_days: int = 180) -> Window:
    """The days to ask a source for: from what `since` means up to and including today.

    `auto` starts with the earlier of the first of this month and `lookback_days` before the source was last complete,
    so that late refunds are seen and a pause is filled; a source that was never complete starts on 1 January.
    `month` starts with the first of this month. A day, or its ISO text, starts there.

    Raises:
        PeriodError: `since` is none of these, or lies after today.
    """
    start = _start(since, state, today, lookback_days)
    if start > today:
        raise PeriodError(f"can't read from {start} on: it lies after today ({today})")
    return Window(start, today + _ONE_DAY)


def next_state(
    previous: SourceState | None,
    pull: Pull | Failure,
    window: Window,
    *,
    name: str,
    now: datetime,
    lag: Lag = NO_LAG,
) -> SourceState:
    """A source's row after an attempt.

    A complete pull of `window`, or the days of another that are surely whole, extends the old interval if
    it overlaps or adjoins it, up to the last full day less the lag. Otherwise both dates stay: one interval
    can't hold two, and dropping the older would leave the gap between them unread for good, while keeping it makes the
    next automatic window start before the gap and close it.

    Args:
        previous: the row before, None for a source that has none yet.
        pull: what the attempt learned, or why there was none.
        window: the days that were asked for.
        name: the source's name in the table (`Stripe`, `Stripe-eu`).
        now: when the attempt was made, aware, in the tracker's zone.
        lag: how late the platform's newest records may appear.
    """
    if isinstance(pull, Failure):
        pull = Pull(profile="", complete=False, failure=pull)
    attempt = (previous or SourceState(name, SourceStatus.FAILED))._replace(
        name=name,
        status=_status(pull),
        last_attempt=now.isoformat(timespec="seconds"),
        note=_note(pull),
    )
    new = _newly_complete(pull, window, last_settled_day(now, lag))
    joined = None if new is None else _joined(_interval(previous), new)
    return attempt if joined is None else attempt._replace(complete_from=joined[0], complete_to=joined[1])


def not_configured_state(previous: SourceState | None, *, name: str, note: str = "") -> SourceState:
    """The row of a source that can't be asked; what it was complete for before stays true."""
    before = previous or SourceState(name, SourceStatus.NOT_CONFIGURED)
    return before._replace(name=name, status=SourceStatus.NOT_CONFIGURED, note=note)


def last_settled_day(now: datetime, lag: Lag = NO_LAG) -> date:
    """The last day of which nothing more can appear: the last full day less the lag. `now` is aware."""
    shown = (now.astimezone(UTC) - timedelta(hours=lag.hours)).astimezone(now.tzinfo)
    return shown.date() - _ONE_DAY - timedelta(days=lag.days)


_Interval = tuple[date, date]


def _start(since: str | date, state: SourceState | None, today: date, lookback_days: int) -> date:
    if isinstance(since, datetime):
        return since.date()
    if isinstance(since, date):
        return since
    if since == "month":
        return today.replace(day=1)
    if since == "auto":
        last = state.complete_to if state is not None else None
        return date(today.year, 1, 1) if last is None else min(today.replace(day=1), _days_before(last, lookback_days))
    try:
        return date.fromisoformat(since)
    except ValueError:
        raise PeriodError(f"{since!r} is not a start; write auto, month, or a day like 2026-01-31") from None


def _days_before(day: date, days: int) -> date:
    """`day` less `days`; the first day there is, where that would be before time."""
    return day - timedelta(days=min(max(days, 0), (day - date.min).days))


def _interval(state: SourceState | None) -> _Interval | None:
    if state is None or state.complete_from is None or state.complete_to is None:
        return None
    return (state.complete_from, state.complete_to) if state.complete_from <= state.complete_to else None


def _newly_complete(pull: Pull, window: Window, settled: date) -> _Interval | None:
    if pull.complete:
        start = window.start
    elif pull.complete_from is not None:
        start = max(pull.complete_from, window.start)
    else:
        return None
    end = min(settled, window.end - _ONE_DAY, pull.complete_to or date.max)
    return (start, end) if start <= end else None


def _joined(old: _Interval | None, new: _Interval) -> _Interval | None:
    """The two as one interval; None where a day between them is in neither."""
    if old is None:
        return new
    if new[0] > old[1] + _ONE_DAY or new[1] + _ONE_DAY < old[0]:
        return None
    return (min(old[0], new[0]), max(old[1], new[1]))


def _status(pull: Pull) -> SourceStatus:
    if pull.complete:
        return SourceStatus.COMPLETE
    if pull.failure is not None and not pull.fetched:
        return SourceStatus.FAILED
    return SourceStatus.INCOMPLETE


def _note(pull: Pull) -> str:
    if pull.failure is not None:
        return str(pull.failure)
    parts = [pull.profile] if pull.complete else [pull.profile, pull.why or "not everything could be read"]
    return "; ".join(part for part in (*parts, *pull.notes) if part)
