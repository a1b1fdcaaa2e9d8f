"""Rows of a CSV file put into the tracker; the same file twice adds nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from revintel_mcp.booking import Known, SourcePull, book, wanted_ids
from revintel_mcp.booking.booking import Booking
from revintel_mcp.domain.money import ZERO
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.entries import incomplete_after
from revintel_mcp.errors import UsageError
from revintel_mcp.results.shapes import ImportResult
from revintel_mcp.results.views import attention_view, problem_view, transaction_view
from revintel_mcp.settings import Settings
from revintel_mcp.sources.contract import Pull
from revintel_mcp.sources.csv_columns import ColumnsUnknown, column_map
from revintel_mcp.sources.csv_rows import CsvRows, read_csv_rows
from revintel_mcp.tracker import Update, scan, update
from revintel_mcp.tracker_file import TrackerFile

_SOURCE = "Import"
_MOST_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """Which file, and how to read it. `columns` are `FIELD=COLUMN`, `only` are `COLUMN=VALUE`, as typed."""

    path: Path
    channel: Channel
    columns: Sequence[str] = ()
    only: Sequence[str] = ()
    currency: str = "USD"
    dry_run: bool = False


def import_file(file: TrackerFile, settings: Settings, now: datetime, request: ImportRequest) -> ImportResult:
    """Read the file and log its rows; rows that can't be read are listed, the others go in.

    Raises:
        UsageError: the file or a column can't be used.
        TrackerError: the tracker can't be read or written.
    """
    if request.only and not request.columns:
        raise UsageError("--only goes with --map; say which columns hold what")
    found = _read(request, settings)
    outcomes: list[tuple[Booking, Update]] = []

    def change(data: bytes) -> Update:
        """May run again on a newer text, if an editor saved in between: the last outcome is the true one."""
        outcomes.append(_applied(data, found, file, settings, now))
        return outcomes[-1][1]

    if request.dry_run:
        change(file.read().data)
    elif found.sales:
        file.update(change)
    booking, written = outcomes[-1] if outcomes else (Booking(), None)
    return ImportResult(
        file=str(request.path),
        dry_run=request.dry_run,
        added=len(booking.added),
        sum_usd=sum((row.amount_usd for row in booking.added), ZERO),
        skipped={**found.skipped, **booking.skipped},
        rows=tuple(transaction_view(row) for row in booking.added[:_MOST_ROWS]),
        needs_attention=tuple(
            attention_view(row) for row in (written.attention if written else ()) if row.source == _SOURCE
        ),
        problems=tuple(problem_view(problem) for problem in found.problems),
    )


def _read(request: ImportRequest, settings: Settings) -> CsvRows:
    try:
        text = request.path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{request.path} is not UTF-8 text; save it as CSV in UTF-8") from None
    except OSError as error:
        raise UsageError(f"{request.path} can't be read: {error.strerror}") from None
    try:
        return read_csv_rows(
            text,
            file=request.path.name,
            channel=request.channel,
            columns=column_map(request.columns, request.only) if request.columns else None,
            currency=request.currency,
            timezone=settings.timezone,
        )
    except ColumnsUnknown as error:
        raise UsageError(str(error)) from None


def _applied(
    data: bytes, found: CsvRows, file: TrackerFile, settings: Settings, now: datetime
) -> tuple[Booking, Update]:
    pull = Pull(profile="import", complete=False, sales=found.sales, fetched=len(found.sales))
    name, year, today = file.path.name, settings.fiscal_year_start, now.date()
    wanted = wanted_ids([pull], scan(data, file=name, today=today).attention)
    before = scan(data, file=name, wanted=wanted, today=today, fiscal_year_start=year)
    booking = book(
        [SourcePull(_SOURCE, "import", pull)],
        Known(before.rows, before.attention, before.prices, before.sources),
        today=today,
        client_names=settings.client_names,
    )
    return booking, update(before, booking, now=now, incomplete=partial(incomplete_after, before, today))
