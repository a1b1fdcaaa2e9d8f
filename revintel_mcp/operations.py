"""Every operation on one tracker, for tools and commands alike: arguments as people give them in, results out.

Reading never locks; what was parsed is kept while the file is the same. Writing goes through `TrackerFile.update`.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from revintel_mcp.domain.money import AmountError, parse_amount
from revintel_mcp.domain.periods import Month, PeriodError, Window
from revintel_mcp.domain.transaction import Channel, Status, TransactionType, channel_named
from revintel_mcp.errors import UsageError
from revintel_mcp.results.summaries import summary_result, word
from revintel_mcp.settings import Settings
from revintel_mcp.summary.coverage import Coverages, coverage
from revintel_mcp.summary.monthly import Basis, CellMap, monthly_rows, year_to_date
from revintel_mcp.tracker import Scan, scan
from revintel_mcp.tracker_file import Snapshot, TrackerFile

if TYPE_CHECKING:
    from revintel_mcp.config import UpstreamConfig, UpstreamEntry
    from revintel_mcp.extract import Progress
    from revintel_mcp.results import shapes
    from revintel_mcp.upstream_client import UpstreamHub

View = Literal["booked", "restated"]
BasisWord = Literal["gross", "net"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFields:
    """A manual entry's fields as texts; None is not given."""

    amount: str | None = None
    channel: str | None = None
    date: str | None = None
    client: str | None = None
    description: str | None = None
    transaction_type: str | None = None
    status: str | None = None
    fee: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFilter:
    """Which rows of the log are wanted, as texts; empty or None is any."""

    text: str = ""
    month: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    channel: str | None = None
    client: str = ""
    status: str | None = None
    transaction_type: str | None = None
    min_amount: str | None = None
    max_amount: str | None = None


class Operations:
    """One tracker, its settings, and the upstreams it is fed by."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], *, cwd: Path, home: Path) -> None:
        self.settings = settings
        self.file = TrackerFile(settings.tracker)
        self._environ = environ
        self._cwd = cwd
        self._home = home
        self._hub: UpstreamHub | None = None
        self._hub_entries: tuple[UpstreamEntry, ...] = ()
        self._refreshing = asyncio.Lock()
        self._seen: tuple[Snapshot, date, Scan] | None = None

    def now(self) -> datetime:
        """The moment it is, in the tracker's zone."""
        return self.settings.now or datetime.now(self.settings.timezone)

    # Reading

    def summary(
        self, *, month: str | None = None, year: int | None = None, view: View = "booked", basis: BasisWord = "gross"
    ) -> "shapes.MonthlySummaryResult":
        """Income by month and channel, and the year to date.

        Raises:
            UsageError: `month` is no month.
        """
        known = self._scan()
        totals = known.totals if view == "booked" else self._restated(known)
        today = self.now().date()
        return summary_result(
            monthly_rows(
                totals, current=Month.of(today), month=month_named(month), year=year, basis=Basis(basis)
            ),
            year_to_date(totals, today, fiscal_year_start=self.settings.fiscal_year_start, basis=Basis(basis)),
            self._coverage(known),
            last_updated=known.last_updated,
            view=view,
            basis=basis,
        )
