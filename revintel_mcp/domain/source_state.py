"""How far each source is known to be complete: the rows of the tracker's Sources table."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple


class SourceStatus(StrEnum):
    """The outcome of a source's last attempt."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    NOT_CONFIGURED = "not configured"


class SourceState(NamedTuple):
    """One row of the Sources table.

    `name` is the server name in title case (`Stripe`, `Stripe-eu`). `complete_from` and `complete_to` are days in
    the tracker's zone, both included; None where nothing is known to be complete. `last_attempt` is ISO 8601 with
    offset, empty before the first. `note` names the tool used, or starts with a failure's kind (`auth: …`).
    """

    name: str
    status: SourceStatus
    complete_from: date | None = None
    complete_to: date | None = None
    last_attempt: str = ""
    note: str = ""

    def believed(self, today: date) -> "SourceState":
        """Itself, without both days if it would be complete for days to come: a clock was wrong, or a hand slipped.

        A day ahead is none too many: the last refresh may have been made where it is later.
        """
        ahead = self.complete_to is not None and (self.complete_to - today).days > 1
        return self._replace(complete_from=None, complete_to=None) if ahead else self
