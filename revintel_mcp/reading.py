"""What a tracker says: read and parsed once, and kept while the file is the same. Reading never locks."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.domain.periods import Month, PeriodError
from revintel_mcp.errors import UsageError
from revintel_mcp.results.summaries import no_tracker, summary_result
from revintel_mcp.summary.coverage import Coverages, coverage
from revintel_mcp.summary.monthly import Basis, CellMap, monthly_rows, year_to_date
from revintel_mcp.tracker import Scan, log_rows, scan
from revintel_mcp.tracker_file import Snapshot, TrackerFile

if TYPE_CHECKING:
    from revintel_mcp.asked import BasisWord, View
    from revintel_mcp.domain.problems import Problem
    from revintel_mcp.results.summary_shapes import MonthlySummaryResult

    Question = tuple[date, str | None, int | None, View, BasisWord]

#: A log beyond this size is parsed anew each time: its rows would take a gigabyte.
_MOST_KEPT_BYTES: Final = 32_000_000
#: Summaries kept at a time, one for each way to ask.
_MOST_SUMMARIES: Final = 64
#: As the tool's schema has it.
_YEARS: Final = range(1970, 2201)


class Reader:
    """A tracker file as it was last read. `keeps_rows` is for a server, which is asked again and again."""

    def __init__(self, file: TrackerFile, *, fiscal_year_start: int, keeps_rows: bool) -> None:
        self._file = file
        self._fiscal_year_start = fiscal_year_start
        self._keeps_rows = keeps_rows
        self._last: TrackerText | None = None

    def now(self) -> "TrackerText":
        """The tracker as it stands: what was made of it before, if it is still the same.

        Raises:
            TrackerError: the file can't be read.
        """
        last = self._last
        snapshot = self._file.read(None if last is None else last.snapshot)
        if last is None or not last.is_of(snapshot):
            most = _MOST_KEPT_BYTES if self._keeps_rows else 0
            last = self._last = TrackerText(snapshot, self._file.path, self._fiscal_year_start, most)
        last.snapshot = snapshot  # the same text, read later: its identity may have settled
        return last


class TrackerText:
    """One state of a tracker, and what was made of it so far."""

    def __init__(self, snapshot: Snapshot, path: Path, fiscal_year_start: int, most_kept: int) -> None:
        self.snapshot = snapshot
        self._path = path
        self._name = path.name
        self._fiscal_year_start = fiscal_year_start
        self._most_kept = most_kept
        self._known: Scan | None = None
        self._rows: tuple[LoggedRow, ...] | None = None
        self._findings: tuple[date, tuple[Problem, ...]] | None = None
        self._summaries: dict[Question, MonthlySummaryResult] = {}

    def is_of(self, snapshot: Snapshot) -> bool:
        """Whether this is the text that was read."""
        mine = self.snapshot
        return mine is snapshot or (mine.identity == snapshot.identity and mine.data == snapshot.data)

    def known(self, today: date) -> Scan:
        """The sums and the small tables, as of a day."""
        known = self._known
        if known is None or known.today != today:
            year, data = self._fiscal_year_start, self.snapshot.data
            known = self._known = scan(data, file=self._name, today=today, rows=False, fiscal_year_start=year)
        return known

    def findings(self, today: date) -> "tuple[Problem, ...]":
        """Everything that a person should mend, as of a day."""
        kept = self._findings
        if kept is None or kept[0] != today:
            from revintel_mcp.tracker.check import check  # noqa: PLC0415 - a summary needs none of it

            year, data = self._fiscal_year_start, self.snapshot.data
            kept = self._findings = today, check(data, file=self._name, today=today, fiscal_year_start=year)
        return kept[1]

    def rows(self) -> Iterator[LoggedRow]:
        """Every row of the log, in order."""
        if self._rows is not None:
            return iter(self._rows)
        rows = log_rows(self.snapshot.data, file=self._name)
        if len(self.snapshot.data) > self._most_kept:
            return rows
        self._rows = kept = tuple(rows)
        return iter(kept)

    def coverage(self, today: date) -> Coverages:
        """What is known about each figure."""
        known = self.known(today)
        return coverage(known.sources, known.attention, known.totals.keys(), today=today, unreadable=known.unreadable)

    def summary(
        self, today: date, *, month: str | None, year: int | None, view: "View", basis: "BasisWord"
    ) -> "MonthlySummaryResult":
        """Income by month and channel; for the same question on the same day, the same object.

        Raises:
            UsageError: `month` is no month.
        """
        question = today, month, year, view, basis
        found = self._summaries.get(question)
        if found is None:
            if year is not None and year not in _YEARS:
                raise UsageError(f"{year} is no year of this time; write one like {today.year}")
            wanted = None if month is None else _month_named(month)
            if wanted is not None and year not in (None, wanted.year):
                raise UsageError(f"{wanted.label} is not in {year}; give the month alone")
            totals = self._totals(today, view)
            found = summary_result(
                monthly_rows(totals, current=Month.of(today), month=wanted, year=year, basis=Basis(basis)),
                year_to_date(totals, today, fiscal_year_start=self._fiscal_year_start, basis=Basis(basis)),
                self.coverage(today),
                last_updated=self.known(today).last_updated,
                view=view,
                basis=basis,
                revision="-".join(f"{part:x}" for part in self.snapshot.identity or ()),
                notes=() if self.snapshot.existed else (no_tracker(str(self._path)),),
            )
            if len(self._summaries) >= _MOST_SUMMARIES:
                self._summaries.clear()
            self._summaries[question] = found
        return found

    def _totals(self, today: date, view: "View") -> CellMap:
        totals = self.known(today).totals
        if view == "booked":
            return totals
        from revintel_mcp.summary.restated import restated  # noqa: PLC0415 - few ask for this view

        return restated(totals, self.rows()).totals


def _month_named(text: str) -> Month:
    try:
        return Month.parse(text)
    except PeriodError as error:
        raise UsageError(str(error)) from None
