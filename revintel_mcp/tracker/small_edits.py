"""Writing the small tables: a row that stays as it is keeps its bytes, wherever it stands."""

from collections.abc import Mapping, Sequence
from typing import Final

from revintel_mcp.booking.booking import AttentionRow
from revintel_mcp.domain.source_state import SourceState
from revintel_mcp.tracker.cells import escape, is_padded, render_row, with_cells
from revintel_mcp.tracker.edits import (
    Edits,
    add_columns,
    add_table,
    append_rows,
    empty_table,
    table_newline,
)
from revintel_mcp.tracker.outline import Outline, Table
from revintel_mcp.tracker.small_tables import (
    ATTENTION_COLUMNS,
    ATTENTION_EXTRAS,
    SOURCE_COLUMNS,
    CellRow,
    attention_row,
    cell_rows,
)
from revintel_mcp.tracker.values import plain

_NUMBERS: Final = frozenset(("amount", "fee", "hours"))

Texts = Mapping[str, str]
"""A row's cells as escaped texts, by column name in lower case."""


def titled(titles: Sequence[str]) -> list[tuple[str, bool]]:
    """Header cells of a new table, numbers marked."""
    return [(title, title.lower() in _NUMBERS) for title in titles]


class SmallTable:
    """Edits to all tables of one section, seen as one list of rows."""

    def __init__(self, edits: Edits, data: bytes, outline: Outline, name: str) -> None:
        self.edits = edits
        self.data = data
        self.outline = outline
        self.name = name
        self.tables = outline.tables_in(name)
        self.column_added = False

    def rows(self) -> list[CellRow]:
        """The rows as they stand."""
        return list(cell_rows(self.tables))

    def change(self, row: CellRow, texts: Texts) -> None:
        """Put these texts into a row's cells; cells that say the same keep their bytes."""
        names = row.table.names
        changes = {
            names.index(name): text for name, text in texts.items() if name in names and escape(row.text(name)) != text
        }
        self.edits.replace(
            row.line, with_cells(row.line.text, changes, row.table.header.text) if changes else row.line.text
        )

    def remove(self, row: CellRow) -> None:
        """Take a row out, its line end with it."""
        before = self.data[: row.line.start]
        if row.line.eol or not before:
            self.edits.delete(row.line.start, row.line.end)
        else:  # the last line of a file that ends without a newline
            self.edits.delete(len(before.rstrip(b"\r\n")), row.line.end)

    def append(self, titles: Sequence[str], extras: Sequence[str], rows: Sequence[Texts]) -> None:
        """Put rows at the end; a table that is missing is made, optional columns appear when a row needs one."""
        needed = [title for title in extras if any(row.get(title.lower()) for row in rows)]
        if self.tables:
            if rows:
                self._append_to(self.tables[-1], needed, rows)
            return
        newline, columns = self.outline.newline, [*titles, *needed]
        table = empty_table(titled(columns), newline)
        table += b"".join(newline + render_row([row.get(title.lower(), "") for title in columns]) for row in rows)
        section = self.outline.section(self.name)
        if section is not None:
            add_table(self.edits, self.outline, section, table)
        else:
            self.edits.add_section(self.name, table)

    def _append_to(self, table: Table, needed: Sequence[str], rows: Sequence[Texts]) -> None:
        missing = [title for title in needed if title.lower() not in table.names]
        if missing:
            add_columns(self.edits, table, titled(missing))
            self.column_added = True
        names = [*table.names, *(title.lower() for title in missing)]
        header, like = table.header.text, table.last.text
        texts = [[row.get(name, "") for name in names] for row in rows]
        if not missing and is_padded(like, header):
            lines = [with_cells(like, dict(enumerate(cells)), header) for cells in texts]
        else:
            lines = [render_row(cells) for cells in texts]
        append_rows(self.edits, table, lines, table_newline(self.outline, table))


def write_sources(small: SmallTable, states: Sequence[SourceState]) -> None:
    """Put each source's state into its row; other rows stay."""
    by_name = {plain(row.text("source")).lower(): row for row in reversed(small.rows())}
    new = []
    for state in states:
        row = by_name.get(state.name.lower())
        if row is not None:
            small.change(row, _source_texts(state))
        else:
            new.append(_source_texts(state))
    small.append(SOURCE_COLUMNS, (), new)


def _source_texts(state: SourceState) -> Texts:
    return {
        "source": escape(state.name),
        "status": state.status.value,
        "complete from": state.complete_from.isoformat() if state.complete_from else "",
        "complete to": state.complete_to.isoformat() if state.complete_to else "",
        "last attempt": escape(state.last_attempt),
        "note": escape(state.note),
    }


def write_attention(small: SmallTable, wanted: Sequence[AttentionRow]) -> bool:
    """Make Needs Attention say this: rows leave, change or come; whether any did.

    Rows are matched by ID, those without one by all that they say.
    """
    left = list(wanted)
    changed = False
    for row in small.rows():
        standing = attention_row(row)
        match = next((each for each in left if each == standing), None)
        if match is None and standing.id:
            match = next((each for each in left if each.id == standing.id), None)
        if match is None:
            small.remove(row)
            changed = True
            continue
        left.remove(match)
        if match != standing:
            small.change(row, _attention_texts(match))
            changed = True
    if left:
        small.append(ATTENTION_COLUMNS, ATTENTION_EXTRAS, [_attention_texts(row) for row in left])
    return changed or bool(left)


def _attention_texts(row: AttentionRow) -> Texts:
    extra = {name.lower(): escape(text) for name, text in row.extra.items()}
    return extra | {
        "id": escape(row.id),
        "date": escape(row.date),
        "source": escape(row.source),
        "client": escape(row.client),
        "description": escape(row.description),
        "amount": escape(row.amount),
        "currency": escape(row.currency),
        "why": escape(row.why),
        "first seen": escape(row.first_seen),
    }
