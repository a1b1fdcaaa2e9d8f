"""What a pull that did not read everything can still say for sure."""

from collections.abc import Iterable, Sequence
from datetime import date

from revintel_mcp.domain.periods import Window
from revintel_mcp.sources.paging import Listing


def joined(reasons: Iterable[str]) -> str:
    """Reasons as one sentence, each once."""
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason))


def first_whole_day(listings: Sequence[Listing], window: Window) -> date | None:
    """The first day of `window` from which all `listings` are surely whole; None if there is none or it can't be told."""
    days = [listing.whole_from for listing in listings if listing.why]
    known = [day for day in days if day is not None]
    if not known or len(known) < len(days):
        return None
    first = max(*known, window.start)
    return first if first < window.end else None
