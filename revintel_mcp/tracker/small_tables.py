"""What the small tables say: Sources, Needs Attention, Prices."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

from revintel_mcp.booking.booking import AttentionRow, Price
from revintel_mcp.domain.problems import Problem
from revintel_mcp.domain.source_state import SourceState, SourceStatus
from revintel_mcp.tracker.cells import cell_text, raw_cells
from revintel_mcp.tracker.findings import problem_at
from revintel_mcp.tracker.lines import Line
from revintel_mcp.tracker.outline import Table, name_of
from revintel_mcp.tracker.values import Unclear, plain, read_day, read_decimal, shown

SOURCE_COLUMNS: Final = ("Source", "Status", "Complete from", "Complete to", "Last attempt", "Note")
ATTENTION_COLUMNS: Final = (
    "ID", "Date", "Source", "Client", "Description", "Amount", "Currency", "Why", "First seen"
)  # fmt: skip
#: Columns of Needs Attention that appear when a row needs one.
ATTENTION_EXTRAS: Final = ("Channel", "Type", "Status", "Fee", "Period", "Hours", "Via")

_STATUSES: Final = {status.value: status for status in SourceStatus}
_EXTRA_BY_NAME: Final = {title.lower(): title for title in ATTENTION_EXTRAS}


class CellRow(NamedTuple):
    """A row of a small table: its line, and its raw cells by column name."""

    line: Line
    table: Table
    cells: dict[str, bytes]

    def text(self, name: str) -> str:
        """What a cell says; empty if the row has no such cell."""
        return cell_text(self.cells.get(name, b""))


def cell_rows(tables: Iterable[Table]) -> Iterator[CellRow]:
    """The rows of these tables that hold anything, rules and repeated headers left out."""
    for table in tables:
        for line in table.rows:
            raws = raw_cells(line.text)
            if all(not raw.strip(b" \t:-") for raw in raws) or [name_of(raw) for raw in raws] == table.names:
                continue
            yield CellRow(line, table, dict(reversed(list(zip(table.names, raws, strict=False)))))


class Reading:
    """Reads cells and collects what is unclear in them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def note(self, row: CellRow, name: str, code: str, reason: str, mend: str) -> None:
        """One problem with a cell."""
        self.problems.append(problem_at(self.file, row.line, code, reason, mend, cell=row.table.index(name)))

    def day(self, row: CellRow, name: str, code: str) -> date | None:
        """A day, if there is one."""
        raw = row.cells.get(name, b"")
        if not raw.strip(b" \t"):
            return None
        try:
            return read_day(raw)
        except Unclear as unclear:
            self.note(row, name, code, str(unclear), unclear.mend)
            return None


def read_sources(tables: Iterable[Table], reading: Reading) -> Iterator[SourceState]:
    """The Sources table. A status that can't be read is `incomplete`: nothing more is known."""
    for row in cell_rows(tables):
        name, status = plain(row.text("source")), plain(row.text("status")).lower()
        if not name:
            continue
        if status not in _STATUSES:
            mend = "the next refresh writes it anew; it is complete, incomplete, failed or not configured"
            reading.note(row, "status", "unreadable-source", f"the status {shown(status)} is not known", mend)
        yield SourceState(
            name=name,
            status=_STATUSES.get(status, SourceStatus.INCOMPLETE),
            complete_from=reading.day(row, "complete from", "unreadable-source"),
            complete_to=reading.day(row, "complete to", "unreadable-source"),
            last_attempt=row.text("last attempt"),
            note=row.text("note"),
        )


def read_attention(tables: Iterable[Table]) -> Iterator[AttentionRow]:
    """The rows of Needs Attention, as texts; columns that are not ours stand in `extra` when they hold anything."""
    for row in cell_rows(tables):
        yield attention_row(row)


def attention_row(row: CellRow) -> AttentionRow:
    """One row of Needs Attention."""
    own = {title.lower() for title in ATTENTION_COLUMNS}
    extra = {_EXTRA_BY_NAME.get(name, name): text for name in row.cells if name not in own and (text := row.text(name))}
    return AttentionRow(
        id=row.text("id").strip("`"),
        date=row.text("date"),
        source=row.text("source"),
        client=row.text("client"),
        description=row.text("description"),
        amount=row.text("amount"),
        currency=row.text("currency"),
        why=row.text("why"),
        first_seen=row.text("first seen"),
        extra=dict(sorted(extra.items())),
    )


def read_prices(tables: Iterable[Table], reading: Reading) -> Iterator[Price]:
    """The rows of Prices: what one unit of a currency was worth on a day."""
    for row in cell_rows(tables):
        day = reading.day(row, "date", "unreadable-price")
        currency = plain(row.text("currency")).upper()
        try:
            usd = read_decimal(row.cells.get("usd", b""))
        except Unclear as unclear:
            reading.note(row, "usd", "unreadable-price", f"the price {unclear}", unclear.mend)
            continue
        if day is None or usd is None or not currency:
            mend = "write a row like 2026-01-31, EUR, 1.0842: dollars for one unit of the currency"
            reading.note(row, "usd", "unreadable-price", "this price lacks its day, currency or dollars", mend)
        else:
            yield Price(day, currency, usd)
