"""Every operation on one tracker, for tools and commands alike: arguments as people give them in, results out.

Reading never locks; what was parsed is kept while the file is the same. Writing goes through `TrackerFile.update`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revintel_mcp.domain.outside import word
from revintel_mcp.errors import UsageError
from revintel_mcp.settings import Settings
from revintel_mcp.tracker_file import TrackerFile

if TYPE_CHECKING:
    import asyncio

    from revintel_mcp.asked import BasisWord, EntryFields, RowQuery, View
    from revintel_mcp.config import UpstreamConfig, UpstreamEntry
    from revintel_mcp.extract import Progress
    from revintel_mcp.reading import Reader
    from revintel_mcp.results import shapes
    from revintel_mcp.results.row_shapes import EntryResult, ImportResult
    from revintel_mcp.results.summary_shapes import MonthlySummaryResult
    from revintel_mcp.upstream_client import UpstreamHub


class Operations:
    """One tracker, its settings, and the upstreams it is fed by."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], *, cwd: Path, home: Path) -> None:
        self.settings = settings
        self.file = TrackerFile(settings.tracker)
        self._environ = environ
        self._cwd = cwd
        self._home = home
        self._hubs: list[tuple[tuple[UpstreamEntry, ...], UpstreamHub]] = []
        #: Whether the parsed log is kept while the file stays the same: for a server, which is asked again and again.
        self.keeps_rows = False

    def now(self) -> datetime:
        """The moment it is, in the tracker's zone."""
        return (self.settings.now or datetime.now(self.settings.timezone)).astimezone(self.settings.timezone)

    def today(self) -> date:
        """The day it is, in the tracker's zone."""
        return self.now().date()

    # Reading: never locks, and parses only what has changed since the last time

    def summary(
        self,
        *,
        month: str | None = None,
        year: int | None = None,
        view: "View" = "booked",
        basis: "BasisWord" = "gross",
    ) -> "MonthlySummaryResult":
        """Income by month and channel, and the year to date.

        Raises:
            UsageError: `month` is no month.
        """
        return self._reader.now().summary(self.today(), month=month, year=year, view=view, basis=basis)

    def list_rows(
        self, query: "RowQuery", *, sort: str = "-date", page: int = 1, page_size: int = 50
    ) -> "shapes.TransactionList":
        """Rows of the log that match, one page of them."""
        from revintel_mcp.queries import list_result

        return list_result(self._reader.now().rows(), query, sort=sort, page=page, page_size=page_size)

    def explain(
        self, period: str, channel: str | None = None, *, view: "View" = "booked", page: int = 1
    ) -> "shapes.Explanation":
        """The rows behind a figure, 200 a page."""
        from revintel_mcp.queries import explain_result

        text, today = self._reader.now(), self.today()
        known, coverages = text.known(today), text.coverage(today)
        return explain_result(
            text.rows(), known, coverages, self.settings, period=period, channel=channel, view=view, page=page
        )

    def insights(self, period: str = "ytd") -> "shapes.InsightsResult":
        """Every metric over a period, the year to date if none is named."""
        from revintel_mcp.queries import insights_result

        text, today = self._reader.now(), self.today()
        return insights_result(text.rows(), text.known(today), text.coverage(today), self.settings, period)

    def check(self) -> "shapes.CheckResult":
        """Everything in the tracker that a person should mend."""
        from revintel_mcp.queries import check_result

        text = self._reader.now()
        return check_result(text.findings(self.today()), str(self.file.path), there=text.snapshot.existed)

    def tracker_text(self) -> str:
        """The tracker as it stands; empty if there is none yet."""
        return self.file.read().data.decode("utf-8", "replace")

    # Writing

    def add(
        self, fields: "EntryFields", *, currency: str | None = None, idempotency_key: str | None = None
    ) -> "EntryResult":
        """Log an entry made by hand.

        Raises:
            UsageError: a field can't be used.
            TrackerError: the file can't be read or written.
        """
        from revintel_mcp.entries import add_entry

        return add_entry(self.file, self.settings, self.now(), fields, currency, idempotency_key)

    def question(
        self, fields: "EntryFields", *, currency: str | None = None, idempotency_key: str | None = None
    ) -> str:
        """What to ask the user before an entry is added; empty where nothing is odd. Nothing is written."""
        from revintel_mcp.entries import question_about

        return question_about(self.file, self.now(), fields, currency, idempotency_key)

    def update(self, entry_id: str, fields: "EntryFields") -> "EntryResult":
        """Correct or complete an entry made by hand."""
        from revintel_mcp.entries import update_entry

        return update_entry(self.file, self.settings, self.now(), entry_id, fields)

    def void(self, entry_id: str, reason: str = "") -> "EntryResult":
        """Strike an entry made by hand."""
        from revintel_mcp.entries import strike_entry

        return strike_entry(self.file, self.settings, self.now(), entry_id, reason)

    def import_csv(
        self,
        path: Path,
        channel: str,
        *,
        columns: Sequence[str] = (),
        only: Sequence[str] = (),
        currency: str = "USD",
        days: str = "",
        encoding: str = "",
        dry_run: bool = False,
    ) -> "ImportResult":
        """Log the rows of a CSV file; the same file twice adds nothing.

        Raises:
            UsageError: the file, the channel or a column can't be used.
            TrackerError: the tracker can't be read or written.
        """
        from revintel_mcp.booking.entry_fields import channel_of
        from revintel_mcp.imports import ImportRequest, import_file

        request = ImportRequest(
            path=path,
            channel=channel_of(channel),
            columns=columns,
            only=only,
            currency=currency,
            days=days,
            encoding=encoding,
            dry_run=dry_run,
        )
        return import_file(self.file, self.settings, self.now(), request)

    # Upstreams

    async def refresh(
        self, *, sources: Sequence[str] | None, since: str, dry_run: bool, progress: "Progress"
    ) -> "shapes.RefreshReport":
        """Bring the tracker up to date; one refresh at a time.

        Raises:
            UsageError: a source or `since` can't be used.
            TrackerError: the file can't be read or written.
        """
        from revintel_mcp.refresh import Request, refresh

        if self._refreshing.locked():
            await progress(0, 1, "Another refresh is running; waiting for it to end")
        async with self._refreshing:
            config = self.upstreams()
            entries = chosen(config.entries, sources)
            request = Request(entries, config.problems, since, dry_run, self.now())
            return await refresh(request, self.settings, self.file, self.hub(config.ready), progress)

    async def status(self, *, probe: bool) -> "shapes.SourceStatusList":
        """How every source stands."""
        from revintel_mcp.results.outside_text import shown
        from revintel_mcp.results.shapes import SourceStatusList
        from revintel_mcp.source_status import probe_all, source_view

        config = self.upstreams()
        probes = await probe_all(self.hub(config.ready), config.entries) if probe else {}
        known = self._reader.now().known(self.today())
        states = {state.name: state for state in known.sources}
        return SourceStatusList(
            sources=tuple(
                source_view(entry, states.get(entry.title), probes.get(entry.name)) for entry in config.entries
            ),
            tracker=str(self.file.path),
            last_updated=shown(known.last_updated),
            problems=config.problems,
        )

    async def query(self, source: str, tool: str, arguments: Mapping[str, Any]) -> "shapes.QueryResult":
        """One allowed read of an upstream, passed through."""
        from revintel_mcp.queries import query_result
        from revintel_mcp.sources.contract import Call

        config = self.upstreams()
        (entry, *_) = chosen(config.entries, [source])
        answer = await self.hub(config.ready).ask(entry.name, Call(tool, arguments))
        return query_result(entry.name, tool, answer)

    def upstreams(self) -> "UpstreamConfig":
        """The upstreams as they are configured now."""
        from revintel_mcp.config import find_upstreams

        return find_upstreams(self.settings, self._environ, cwd=self._cwd, home=self._home)

    def hub(self, entries: "tuple[UpstreamEntry, ...]") -> "UpstreamHub":
        """The connections to these upstreams, kept while the configuration stays the same."""
        from revintel_mcp.upstream_client import Limits, UpstreamHub

        for known, hub in self._hubs:
            if known == entries:
                return hub
        limits = Limits(start_s=self.settings.start_timeout_s, call_s=self.settings.call_timeout_s)
        hub = UpstreamHub(entries, limits)
        self._hubs.append((entries, hub))
        return hub

    @cached_property
    def _refreshing(self) -> "asyncio.Lock":
        """Held by the refresh that runs."""
        import asyncio

        return asyncio.Lock()

    async def aclose(self) -> None:
        """End every upstream that was started."""
        import asyncio

        await asyncio.gather(*(hub.aclose() for _, hub in self._hubs))

    def kill(self) -> None:
        """End every upstream at once, for when there is no time to close."""
        for _, hub in self._hubs:
            hub.kill()

    @cached_property
    def _reader(self) -> "Reader":
        """What the tracker says, parsed when it is first asked for: a server's start does not wait for it."""
        from revintel_mcp.reading import Reader

        return Reader(self.file, fiscal_year_start=self.settings.fiscal_year_start, keeps_rows=self.keeps_rows)


def chosen(entries: "Sequence[UpstreamEntry]", names: Sequence[str] | None) -> "tuple[UpstreamEntry, ...]":
    """The upstreams of these names: `stripe-eu` is that account, `stripe` every account of the platform."""
    if names is None:
        return tuple(entries)
    if not names:
        raise UsageError("no source is named; name some, or leave sources out to ask them all")
    wanted = [name.casefold().replace("_", "-") for name in names]
    known = {entry.name.casefold().replace("_", "-"): entry for entry in entries}
    strangers = [
        name for name, key in zip(names, wanted, strict=True) if not any(_means(key, entry) for entry in entries)
    ]
    if strangers:
        told = ", ".join(word(name[:80]) for name in strangers)
        raise UsageError(f"no source is named {told}; there are: {', '.join(known)}")
    return tuple(entry for entry in entries if any(_means(key, entry) for key in wanted))


def _means(key: str, entry: "UpstreamEntry") -> bool:
    return key in (entry.name.casefold().replace("_", "-"), entry.source)
