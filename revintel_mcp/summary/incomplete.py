"""The one line under the monthly table that names what is known to be incomplete."""

from collections.abc import Iterator, Sequence

from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.summary.coverage import Coverages, months_through
from revintel_mcp.summary.reasons import Lack, Reason


def incomplete_line(known: Coverages) -> str:
    """`Incomplete: Feb 2026 Gumroad (is read only through 2026-02-12; the last try failed (auth)); …`, or nothing.

    It names every month from the first booked one to the current that a connected source is known to leave open, and
    every month that a record in Needs Attention is of, also months without a row. Sources that were never connected are
    not named: that they would have anything to tell is not known. The text holds no day that moves while nothing is
    learned.
    """
    parts = [
        f"{_spans(months)} {channel.value} ({reason.text if reason.source == channel.value else reason})"
        for (channel, reason), months in _open_cells(known).items()
    ]
    return f"Incomplete: {'; '.join(parts)}." if parts else ""


def _open_cells(known: Coverages) -> dict[tuple[Channel, Reason], list[Month]]:
    """The months that each reason leaves open, oldest first."""
    found: dict[tuple[Channel, Reason], list[Month]] = {}
    span = tuple(_months(known))
    waiting = {row.month for row in known.waiting if row.month is not None}
    for channel in Channel:
        for month in sorted(waiting.union(span)):
            for reason in known.cell(known.like(month), channel).reasons:
                if reason.lack is Lack.WAITING or (reason.lack is Lack.UNREAD and span[0] <= month <= span[-1]):
                    found.setdefault((channel, reason), []).append(month)
    return found


def _months(known: Coverages) -> Iterator[Month]:
    """From the first booked one to the current: outside of them a source that was not asked leaves nothing open."""
    current = Month.of(known.today)
    return months_through(min((current, *(month for month, _ in known.booked))), current)


def _spans(months: Sequence[Month]) -> str:
    """`Jan 2026`, `Nov 2025 to Feb 2026`, `Jan 2025, Mar 2025`."""
    runs: list[list[Month]] = []
    for month in months:
        if runs and runs[-1][-1].next == month:
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join(run[0].label if len(run) == 1 else f"{run[0].label} to {run[-1].label}" for run in runs)
