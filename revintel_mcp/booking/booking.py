"""What is to be written: the outcome of holding a pull, or an entry, against the log."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from revintel_mcp.domain.problems import Problem
from revintel_mcp.domain.transaction import Channel, Transaction


class LoggedRow(NamedTuple):
    """A row of the log. `transaction` is None where the row can't be read; its ID is known all the same.

    `day` and `channel` are those of a row that can't be read, as far as its cells tell.
    """

    id: str
    line: int
    transaction: Transaction | None
    day: date | None = None
    channel: Channel | None = None


class AttentionRow(NamedTuple):
    """A row of Needs Attention, as texts: a person may mend any of them. `first_seen` is a day."""

    id: str
    source: str
    why: str
    date: str = ""
    client: str = ""
    description: str = ""
    amount: str = ""
    currency: str = ""
    first_seen: str = ""
    extra: Mapping[str, str] = MappingProxyType({})
    """Optional columns (`Type`, `Period`, `Fee`, `Channel`), so that the row alone is enough to book it."""


class Price(NamedTuple):
    """A row of the tracker's `## Prices`: one unit of `currency` was worth `usd` dollars on `day`."""

    day: date
    currency: str
    usd: Decimal


class Difference(NamedTuple):
    """A logged row that a source now shows otherwise. The row stands."""

    id: str
    line: int
    what: str
    logged: str
    source: str


class Booking(NamedTuple):
    """Edits for the tracker; applying them is all that a writer does.

    `added` are new log rows in date order. `fees` fills blank Fee cells by row ID. `edits` replaces manual rows by
    ID (only a correction does that). `attention` is the whole new content of Needs Attention, None to leave it as it
    is. `reappeared` are IDs of `added` rows whose day a source had already reported complete: rows that someone
    removed, or that the platform shows late.
    """

    added: tuple[Transaction, ...] = ()
    fees: Mapping[str, Decimal] = MappingProxyType({})
    edits: Mapping[str, Transaction] = MappingProxyType({})
    attention: tuple[AttentionRow, ...] | None = None
    differences: tuple[Difference, ...] = ()
    reappeared: tuple[str, ...] = ()
    skipped: Mapping[str, int] = MappingProxyType({})
    """How many records were not booked, by reason (`already logged`, `refunded before first seen` …)."""
    skipped_by: Mapping[str, Mapping[str, int]] = MappingProxyType({})
    """The same by source name."""
    origins: Mapping[str, str] = MappingProxyType({})
    problems: tuple[Problem, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        """Whether no row of the log and no row of Needs Attention would change."""
        return not (self.added or self.fees or self.edits) and self.attention is None
