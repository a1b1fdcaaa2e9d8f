"""What a pull that did not read everything can still say for sure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from revintel_mcp.domain.periods import Window
from revintel_mcp.domain.records import Unbookable
from revintel_mcp.sources.fields import unnamed_id
from revintel_mcp.sources.paging import Listing


def joined(reasons: Iterable[str]) -> str:
    """Reasons as one sentence, each once."""
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))


def first_whole_day(listings: Sequence[Listing], window: Window) -> date | None:
    """The first day of `window` from which `listings`, cut short, are whole; None if none is, or nobody can tell."""
    days = [listing.whole_from for listing in listings if listing.why]
    known = [day for day in days if day is not None]
    if not known or len(known) < len(days):
        return None
    first = max(*known, window.start)
    return first if first < window.end else None


def not_a_record(source: str, listings: Iterable[Listing]) -> Iterator[Unbookable]:
    """What stood where a record should and is none, and what the server itself could not read."""
    for listing in listings:
        for one in listing.unread:
            why = f"{listing.tool} could not read {one.told}"
            row_id = f"{source}_{one.native}" if one.native else unnamed_id(source, one.told)
            yield Unbookable(id=row_id, source=source, why=why, date=one.day)
        for odd in listing.oddities:
            why = f"{listing.tool} sent something that is no record; look the payment up on {source.title()}"
            yield Unbookable(id=unnamed_id(source, odd), source=source, why=why)
