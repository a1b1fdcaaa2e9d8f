"""Rows of a CSV file put into the tracker; the same file twice adds nothing."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from revintel_mcp.booking import Known, SourcePull, book, wanted_ids
from revintel_mcp.booking.booking import AttentionRow, Booking, Price
from revintel_mcp.booking.manual import LIKE_DAYS
from revintel_mcp.booking.prices import Prices
from revintel_mcp.domain.csv_table import csv_text
from revintel_mcp.domain.money import ZERO, cents_from_usd, format_usd
from revintel_mcp.domain.outside import quoted
from revintel_mcp.domain.source_state import SourceState, SourceStatus
from revintel_mcp.domain.transaction import ANONYMOUS, IMPORTED, Channel, Status, Transaction
from revintel_mcp.domain.written import DayOrder
from revintel_mcp.entries import incomplete_after
from revintel_mcp.errors import UsageError
from revintel_mcp.results.outside_text import shown
from revintel_mcp.results.row_shapes import ImportResult
from revintel_mcp.results.views import attention_view, problem_view, transaction_view
from revintel_mcp.settings import Settings
from revintel_mcp.sources.csv_columns import ColumnsUnknown, column_map
from revintel_mcp.sources.csv_rows import MONEY_THAT_LEFT, CsvRows, read_csv_rows
from revintel_mcp.sources.pull import Pull
from revintel_mcp.tracker import Scan, Wanted, scan
from revintel_mcp.tracker.lines import Line
from revintel_mcp.tracker.update import Update, update
from revintel_mcp.tracker_file import TrackerFile

_SOURCE = "Import"
_MOST_ROWS = 200
_NO_CSV = ((b"PK", "an Excel workbook or a ZIP file"), (b"%PDF", "a PDF"), (b"\xd0\xcf\x11\xe0", "an Excel workbook"))


class ImportRequest(NamedTuple):
    """Which file, and how to read it. `columns` are `FIELD=COLUMN`, `only` are `COLUMN=VALUE`, as typed.

    `days` is `day-first` or `month-first`, `encoding` a name such as `cp1252`; empty where the file shows it itself.
    """

    path: Path
    channel: Channel
    columns: Sequence[str] = ()
    only: Sequence[str] = ()
    currency: str = "USD"
    days: str = ""
    encoding: str = ""
    dry_run: bool = False


def import_file(file: TrackerFile, settings: Settings, now: datetime, request: ImportRequest) -> ImportResult:
    """Read the file and log its rows; rows that can't be read are listed, the others go in.

    Raises:
        UsageError: the file or a column can't be used.
        TrackerError: the tracker can't be read or written.
    """
    if request.only and not request.columns:
        raise UsageError("--only goes with --map; say which columns hold what")
    found = _read(request, settings, now.date())
    outcomes: list[_Outcome] = []

    def change(data: bytes) -> Update:
        """May run again on a newer text, if an editor saved in between: the last outcome is the true one."""
        outcomes.append(_applied(data, found, file, settings, now))
        return outcomes[-1].written

    if request.dry_run:
        change(file.read().data)
    elif found.sales:
        file.update(change)
    outcome = outcomes[-1] if outcomes else None
    booking = outcome.booking if outcome else Booking()
    return ImportResult(
        file=str(request.path),
        dry_run=request.dry_run,
        added=len(booking.added),
        sum_usd=sum((row.amount_usd for row in booking.added), ZERO),
        skipped={**found.skipped, **booking.skipped},
        rows=tuple(transaction_view(row) for row in booking.added[:_MOST_ROWS]),
        needs_attention=tuple(
            attention_view(row) for row in (outcome.written.attention if outcome else ()) if row.id in found.lines
        ),
        warnings=(
            *(_like_entries(outcome, file.path.name, dry_run=request.dry_run) if outcome else ()),
            *_read_by_a_source(booking, outcome.before.sources if outcome else ()),
            *_money_given_back(found, request.channel),
        ),
        problems=tuple(problem_view(problem) for problem in found.problems),
    )


class _Outcome(NamedTuple):
    """What an import made of one text of the tracker."""

    before: Scan
    booking: Booking
    written: Update


def _read(request: ImportRequest, settings: Settings, today: date) -> CsvRows:
    try:
        return read_csv_rows(
            _text(request),
            file=request.path.name,
            channel=request.channel,
            columns=column_map(request.columns, request.only) if request.columns else None,
            currency=request.currency,
            order=_order(request.days),
            timezone=settings.timezone,
            today=today,
        )
    except ColumnsUnknown as error:
        raise UsageError(f"{error}{_better_read(request.channel)}") from None


def _better_read(channel: Channel) -> str:
    """What to do instead, for a platform that a refresh can read with fees, refunds and ids."""
    if channel not in (Channel.STRIPE, Channel.GUMROAD, Channel.UPWORK):
        return ""
    files = ", which reads the very files you download there" if channel is Channel.UPWORK else ""
    return f". Better: connect {channel.value}{files}; revintel-mcp doctor says how"


def _text(request: ImportRequest) -> str:
    path = request.path
    try:
        data = path.read_bytes()
        if kind := next((kind for start, kind in _NO_CSV if data.startswith(start)), ""):
            raise UsageError(f"{path} is {kind}, no CSV; open it and save or download it as CSV")
        return csv_text(data, request.encoding)
    except UnicodeDecodeError:
        if request.encoding:
            raise UsageError(f"{path} is not written in {request.encoding}; try another --encoding") from None
        raise UsageError(
            f"{path} is not UTF-8 text. Banks and Excel on Windows often write cp1252: add --encoding cp1252 --dry-run "
            "and look at the names; or save it as CSV in UTF-8"
        ) from None
    except LookupError:
        raise UsageError(f"--encoding {request.encoding}: no such encoding; write utf-8, cp1252 or latin-1") from None
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from None


def _order(days: str) -> DayOrder | None:
    return DayOrder(days.replace("-", " ")) if days else None


def _like_entries(outcome: _Outcome, file: str, *, dry_run: bool) -> Iterator[str]:
    """A warning for each added row that a row of before may already have counted: same channel, amount and week.

    Rows of earlier imports are of the same day and client too: a file read with other columns names its rows anew.
    """
    before: dict[tuple[Channel, Decimal], list[tuple[Line, Transaction]]] = {}
    for line, row in outcome.before.alike:
        if row.status is not Status.EXCLUDED:
            before.setdefault((row.channel, row.amount_usd), []).append((line, row))
    for row in outcome.booking.added:
        like = before.get((row.channel, row.amount_usd), ())
        near = next(((line, known) for line, known in like if _may_be_the_same(known, row)), None)
        if near is not None:
            line, known = near
            place = f"{file}:{line.number if dry_run else outcome.written.number_of(line)}"
            yield (
                f"{shown(row.id)} ({row.date}, {format_usd(row.amount_usd)}) is like {place} ({known.date}, "
                f"{quoted(known.client)}); if it is the same money, type: revintel-mcp void {shown(row.id)}"
            )


def _may_be_the_same(known: Transaction, row: Transaction) -> bool:
    if known.via == IMPORTED:
        clients = {known.client, row.client}
        return known.date == row.date and (len(clients) == 1 or ANONYMOUS in clients)
    return abs((known.date - row.date).days) <= LIKE_DAYS


def _read_by_a_source(booking: Booking, states: Iterable[SourceState]) -> list[str]:
    """A warning that a refresh brings the same money under names of its own, where a source reads the channel."""
    channels = {row.channel.value for row in booking.added}
    read = (state.name for state in states if state.status is not SourceStatus.NOT_CONFIGURED)
    return [
        f"{shown(name)} is read by refresh too, and its rows have other IDs: days that both know count twice. "
        "Import only days that a refresh can't reach, and check the month: revintel-mcp explain 2026-02"
        for name in read
        if re.split("[-_]", name)[0] in channels
    ]


def _money_given_back(found: CsvRows, channel: Channel) -> list[str]:
    """What to do about refunds: nobody can tell them from withdrawals and bills."""
    if not any(reason == MONEY_THAT_LEFT or "refund" in reason.casefold() for reason in found.skipped):
        return []
    enter = f"revintel-mcp add -20 {quote(channel.value)} --date 2026-03-04"
    return [f"money that left is not booked. If you gave some back to a client, enter it with a minus, like: {enter}"]


def _applied(data: bytes, found: CsvRows, file: TrackerFile, settings: Settings, now: datetime) -> _Outcome:
    pull = Pull(profile="import", complete=False, sales=found.sales, fetched=len(found.sales))

    def wanted(attention: Sequence[AttentionRow], prices: Sequence[Price]) -> Wanted:
        """The rows that booking must see, and those of an amount that may be the same money."""
        dollars = (Prices(prices).usd(sale.amount, sale.date) for sale in found.sales)
        return Wanted(wanted_ids([pull], attention), {cents_from_usd(each) for each in dollars if each is not None})

    before = scan(
        data,
        file=file.path.name,
        wanted=wanted,
        manual=False,
        today=now.date(),
        fiscal_year_start=settings.fiscal_year_start,
    )
    booking = book(
        [SourcePull(_SOURCE, "import", pull)],
        Known(before.rows, before.attention, before.prices, before.sources),
        today=now.date(),
        client_names=settings.client_names,
    )
    written = update(before, booking, now=now, incomplete=partial(incomplete_after, before, now.date()))
    return _Outcome(before, booking, written)
