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
    free_column,
    table_newline,
)
from revintel_mcp.tracker.outline import ATTENTION, Outline, Table
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
        self._optional = ATTENTION_EXTRAS if name == ATTENTION else ()
        self._grown: dict[int, tuple[Table, list[str]]] = {}

    @property
    def column_added(self) -> bool:
        """Whether a table got a column it had not."""
        return bool(self._grown)

    def rows(self) -> list[CellRow]:
        """The rows as they stand."""
        return list(cell_rows(self.tables))

    def change(self, row: CellRow, texts: Texts) -> bool:
        """Put these texts into a row's cells; cells that say the same keep their bytes. Whether any did not."""
        names = self._names(row.table, texts)
        changes = {
            names.index(name): text for name, text in texts.items() if name in names and escape(row.text(name)) != text
        }
        if changes:
            self.edits.replace(row.line, with_cells(row.line.text, changes, row.table.header.text))
        return bool(changes)

    def remove(self, row: CellRow) -> None:
        """Take a row out, its line end with it."""
        start = row.line.start
        if not row.line.eol:  # the file's last line: what ended the one before goes
            start = self.data.rindex(b"\n", 0, start) if b"\n" in self.data[:start] else start
            start -= self.data[start - 1 : start] == b"\r"
        self.edits.delete(start, row.line.end)

    def append(self, titles: Sequence[str], rows: Sequence[Texts]) -> None:
        """Put rows at the end; a table that is missing is made."""
        if self.tables:
            if rows:
                self._append_to(self.tables[-1], rows)
            return
        newline = self.outline.newline
        columns = [*titles, *(title for title in self._optional if any(row.get(title.lower()) for row in rows))]
        table = empty_table(titled(columns), newline)
        table += b"".join(newline + render_row([row.get(title.lower(), "") for title in columns]) for row in rows)
        section = self.outline.section(self.name)
        if section is not None:
            add_table(self.edits, self.outline, section, table)
        else:
            self.edits.add_section(self.name, table)

    def finish(self) -> None:
        """Widen the headers of tables that got columns."""
        for table, titles in self._grown.values():
            add_columns(self.edits, table, titled(titles), free_column(table))

    def _append_to(self, table: Table, rows: Sequence[Texts]) -> None:
        for row in rows:
            self._names(table, row)
        names = self._names(table, {})
        header, like = table.header.text, table.last.text
        texts = [[row.get(name, "") for name in names] for row in rows]
        if len(names) == len(table.names) and is_padded(like, header):
            lines = [with_cells(like, dict(enumerate(cells)), header) for cells in texts]
        else:
            lines = [render_row(cells) for cells in texts]
        append_rows(self.edits, table, lines, table_newline(self.outline, table))

    def _names(self, table: Table, texts: Texts) -> list[str]:
        """The table's columns, with new ones at its right end for what these texts say and it has no place for."""
        _, grown = self._grown.get(id(table), (table, []))
        known = {*table.names, *(title.lower() for title in grown)}
        missing = [title for title in self._optional if texts.get(title.lower()) and title.lower() not in known]
        if missing:
            grown = [*grown, *missing]
            self._grown[id(table)] = table, grown
        if not grown:
            return table.names
        gap = [""] * (free_column(table) - len(table.names))  # a row may hold more cells than the header
        return [*table.names, *gap, *(title.lower() for title in grown)]


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
    small.append(SOURCE_COLUMNS, new)
    small.finish()


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
    left: dict[object, list[AttentionRow]] = {}
    for each in wanted:
        left.setdefault(_key(each), []).append(each)
    changed = False
    for row in small.rows():
        standing = attention_row(row)
        same = left.get(_key(standing))
        if not same:
            small.remove(row)
            changed = True
            continue
        match = same.pop(same.index(standing) if standing in same else 0)
        changed = small.change(row, _attention_texts(match)) or changed
    new = [each for each in wanted if any(each is other for other in left[_key(each)])]
    if new:
        small.append(ATTENTION_COLUMNS, [_attention_texts(row) for row in new])
    small.finish()
    return changed or bool(new)


def _key(row: AttentionRow) -> object:
    return row.id or (row.date, row.source, row.client, row.description, row.amount, row.why, tuple(row.extra.items()))


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
