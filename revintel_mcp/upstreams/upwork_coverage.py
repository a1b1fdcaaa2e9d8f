"""Which days the downloaded files surely cover, and what to download where they don't."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from revintel_mcp.upstreams.upwork_csv import Complaint, Record, Statement

#: First and last day, both included.
Span = tuple[date, date]

_NO_DAYS: Final = (
    "the files surely hold no day in full yet: download them again in two days, and put the period of each into its "
    "name, like statements_2026-01-01_2026-03-31.csv"
)
_DAY: Final = timedelta(days=1)
#: Upwork shows a day's records on the day after: a file has them all from the second day on.
_SHOWN_AFTER: Final = timedelta(days=2)
_COMPLAINTS_SHOWN: Final = 5


def covered_days(statements: Iterable[Statement]) -> list[Span]:
    """The days covered, oldest first, joined where files overlap, touch, or one's closing balance opens the next.

    A file covers the period in its name, or else the days from its first record to its last; in either case only those
    that were over when it was saved, and the records of which Upwork showed by then.
    """
    spans: list[Span] = []
    previous: Statement | None = None
    for statement in sorted((one for one in statements if one.records or one.named_period), key=_span):
        first, last = _span(statement)
        if last < first:
            continue
        if spans and (first <= spans[-1][1] + _DAY or _follows(previous, statement)):
            spans[-1] = (spans[-1][0], max(spans[-1][1], last))
        else:
            spans.append((first, last))
        previous = statement
    return spans


def why_incomplete(spans: Sequence[Span], complaints: Sequence[Complaint], start: date | None, end: date | None) -> str:
    """What is missing of the days from `start` to `end`, both included, and how to get it; empty if nothing is."""
    shown = [str(complaint) for complaint in complaints[:_COMPLAINTS_SHOWN]]
    if len(complaints) > len(shown):
        shown.append(f"and {len(complaints) - len(shown)} more")
    gaps = _gaps(spans, start, end) if spans else [_NO_DAYS]
    return "; ".join([*gaps, *shown])


def whole_days(
    spans: Sequence[Span], complaints: Sequence[Complaint], start: date | None, end: date | None
) -> Span | None:
    """The newest run of the days from `start` to `end`, both included, that the files hold in full.

    None if there is none, or if something could not be read and nobody knows which day it is of.
    """
    if any(complaint.day is None for complaint in complaints):
        return None
    asked = ((max(first, start or first), min(last, end or last)) for first, last in reversed(spans))
    return next(((first, last) for first, last in asked if first <= last), None)


def _gaps(spans: Sequence[Span], start: date | None, end: date | None) -> list[str]:
    first, last = spans[0][0], spans[-1][1]
    reasons = []
    if start is not None and start < first:
        reasons.append(f"the files start on {first}; download {start} to {first - _DAY} too")
    for (_, before), (after, _) in pairwise(spans):
        if (start is None or start < after) and (end is None or end > before):
            reasons.append(f"no file is known to cover {before + _DAY} to {after - _DAY}; download those days")
    if end is not None and end > last:
        reasons.append(
            f"the files reach to {last}; download a newer one, or if it reaches further, put its period into its name, "
            f"like statements_{first}_{end}.csv"
        )
    return reasons


def _span(statement: Statement) -> Span:
    """The first and last day that a file surely holds in full; the last is before the first if none is."""
    days = [record.day for record in statement.records]
    first, last = statement.named_period or (min(days), max(days))
    saved = statement.saved
    if saved is None or saved < max([first, *days]):  # a file can't be older than what it holds: its date tells nothing
        return first, last
    return first, min(last, saved - _SHOWN_AFTER)


def _follows(before: Statement | None, after: Statement) -> bool:
    """Whether the balance that one file ends with is the one that the other starts from: then nothing lies between."""
    if before is None or not before.records or not after.records:
        return False
    closing, opening = _oldest_first(before)[-1].balance, _oldest_first(after)[0]
    if closing is None or opening.balance is None:
        return False
    return closing == opening.balance - opening.amount


def _oldest_first(statement: Statement) -> Sequence[Record]:
    records = statement.records
    return records if records[0].day < records[-1].day else records[::-1]
