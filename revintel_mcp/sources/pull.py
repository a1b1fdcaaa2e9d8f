"""What a source learned in one run: all that booking gets to see of it."""

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from revintel_mcp.domain.records import Reversal, Sale, Unbookable

if TYPE_CHECKING:
    from revintel_mcp.sources.failure import Failure


class Pull(NamedTuple):
    """What one source learned in one run.

    `complete` is true only when every page of the window was read. If it was cut short newest first,
    `complete_from` is the first day that is surely whole; `complete_to` the last one, where what was read ends before
    the window does. `why` says what is missing, or what failed. `notes` are lesser losses (no fees, refunds not
    itemised). `fetched` counts the platform's records, before any filter.
    """

    profile: str
    complete: bool
    sales: tuple[Sale, ...] = ()
    reversals: tuple[Reversal, ...] = ()
    unbookable: tuple[Unbookable, ...] = ()
    fetched: int = 0
    failure: "Failure | None" = None
    why: str = ""
    complete_from: date | None = None
    complete_to: date | None = None
    notes: tuple[str, ...] = ()
