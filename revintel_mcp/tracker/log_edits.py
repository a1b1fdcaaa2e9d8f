"""Writing the log: rows are appended; of the rows that stand, only named cells change."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from revintel_mcp.domain.money import format_usd
from revintel_mcp.domain.transaction import ANONYMOUS, Status, Transaction, TransactionType
from revintel_mcp.tracker.cells import escape, is_padded, render_row, with_cells
from revintel_mcp.tracker.edits import (
    Edits,
    add_columns,
    add_table,
    append_rows,
    empty_table,
    table_newline,
)
from revintel_mcp.tracker.log_columns import NUMBERS, STANDARD, TITLES
from revintel_mcp.tracker.log_table import LogTable
from revintel_mcp.tracker.outline import LOG, Table
from revintel_mcp.tracker.scan import Scan

Named = tuple[Transaction, str]
"""A transaction, and its channel's name where only this tracker knows it."""

#: The transaction's field for each column.
FIELDS: Final = {key: key for key in TITLES} | {
    "amount": "amount_usd",
    "fee": "fee_usd",
    "type": "transaction_type",
}

_ALWAYS: Final = ("date", "channel", "amount", "id")
_UNSAID: Final = {"client": ANONYMOUS, "type": TransactionType.ONE_TIME, "status": Status.COMPLETED}


def cell_texts(transaction: Transaction, name: str = "") -> dict[str, str]:
    """A transaction as the texts of its cells, by column, escaped; unknown is blank."""
    fee, hours = transaction.fee_usd, transaction.hours
    return {
        "date": transaction.date.isoformat(),
        "channel": escape(name or transaction.channel.value),
        "client": escape(transaction.client),
        "description": escape(transaction.description),
        "amount": format_usd(transaction.amount_usd),
        "fee": "" if fee is None else format_usd(fee),
        "type": transaction.transaction_type.value,
        "status": transaction.status.value,
        "id": escape(transaction.id),
        "period": escape(transaction.period),
        "hours": "" if hours is None else f"{hours:f}",
        "via": escape(transaction.via),
    }


def render(transaction: Transaction, keys: Sequence[str] = tuple(TITLES)) -> bytes:
    """A transaction as a row with these columns."""
    texts = cell_texts(transaction)
    return render_row([texts[key] for key in keys])


class LogWriter:
    """Puts rows into the log and cells into rows."""

    def __init__(self, edits: Edits, scan: Scan) -> None:
        self.edits = edits
        self.scan = scan
        self._grown: dict[int, tuple[Table, list[str]]] = {}
        self.log_added = False
        """Whether the tracker had no table for these rows, so that one was made: somebody may have lost the old one."""

    @property
    def column_added(self) -> bool:
        """Whether a table got a column it had not."""
        return bool(self._grown)

    def append(self, rows: Sequence[Named]) -> None:
        """Put rows at the end of the table that has the newest ones, in the order given."""
        texts = [cell_texts(transaction, name) for transaction, name in rows]
        if not texts:
            return
        tables = self.scan.log.tables
        if not tables:
            self._new_table(texts)
            return
        home = max(reversed(tables), key=lambda each: each.newest)
        if not home.can_grow and self._missing(home, texts):
            newline = table_newline(self.scan.outline, home.table)
            self.edits.insert(home.table.last.stop, newline * 2 + self._table_of(texts, newline))
        else:
            self._append_to(home, texts)

    def can_hold(self, row_id: str, key: str) -> bool:
        """Whether a captured row has a cell for this, or can get one."""
        found = self.scan.log.found.get(row_id)
        return found is not None and (key in found.columns or self._can_grow(found.table))

    def change(self, changes: Mapping[str, Mapping[str, str]]) -> None:
        """Put other texts into cells of captured rows: by ID, by column."""
        for row_id, cells in changes.items():
            found = self.scan.log.found.get(row_id)
            if found is not None and cells:
                wanted = [key for key in TITLES if self._is_needed(key, [cells]) and key in cells]
                wanted = [key for key in wanted if self.can_hold(row_id, key)]
                columns = self._with_columns(found.table, found.columns, wanted)
                texts = {columns[key]: text for key, text in cells.items() if key in columns}
                self.edits.replace(found.line, with_cells(found.line.text, texts, found.table.header.text))

    def finish(self) -> None:
        """Widen the headers of tables that got columns."""
        for table, keys in self._grown.values():
            add_columns(self.edits, table, [(TITLES[key], key in NUMBERS) for key in keys])

    def _missing(self, home: LogTable, texts: Sequence[Mapping[str, str]]) -> bool:
        return any(self._is_needed(key, texts) and key not in home.form.columns for key in TITLES)

    def _can_grow(self, table: Table) -> bool:
        """Whether a column may be added: not where a row in a wider table would say something else than it does."""
        return all(each.can_grow for each in self.scan.log.tables if each.table is table)

    def _append_to(self, home: LogTable, texts: Sequence[Mapping[str, str]]) -> None:
        table = home.table
        needed = [key for key in TITLES if self._is_needed(key, texts)]
        columns = self._with_columns(table, home.form.columns, needed)
        width = max(home.form.width, *(index + 1 for index in columns.values()))
        header = table.header.text
        like = table.last.text if is_padded(table.last.text, header) and width == home.form.width else None
        rows = []
        for text in texts:
            by_index = {index: text[key] for key, index in columns.items()}
            cells = [by_index.get(index, "") for index in range(width)]
            rows.append(with_cells(like, dict(enumerate(cells)), header) if like else render_row(cells))
        append_rows(self.edits, table, rows, table_newline(self.scan.outline, table))

    @staticmethod
    def _is_needed(key: str, texts: Iterable[Mapping[str, str]]) -> bool:
        """Whether a table that lacks a column gets it: when a row says something there that goes without saying."""
        return key in _ALWAYS or any(text.get(key, "") not in ("", _UNSAID.get(key)) for text in texts)

    def _with_columns(self, table: Table, columns: Mapping[str, int], needed: Sequence[str]) -> Mapping[str, int]:
        """The table's columns, with new ones at its right end for those it lacks."""
        _, grown = self._grown.get(id(table), (table, []))
        width = len(table.names)
        missing = [key for key in needed if key not in columns and key not in grown]
        if missing:
            self._grown[id(table)] = table, [*grown, *missing]
        _, grown = self._grown.get(id(table), (table, []))
        return {**columns, **{key: width + index for index, key in enumerate(grown)}}

    def _new_table(self, texts: Sequence[Mapping[str, str]]) -> None:
        outline = self.scan.outline
        self.log_added = True
        table = self._table_of(texts, outline.newline)
        section = outline.section(LOG)
        if section is not None:
            add_table(self.edits, outline, section, table)
        else:
            self.edits.add_section(LOG, table)

    @staticmethod
    def _table_of(texts: Sequence[Mapping[str, str]], newline: bytes) -> bytes:
        keys = [key for key in TITLES if key in STANDARD or any(text[key] for text in texts)]
        table = empty_table([(TITLES[key], key in NUMBERS) for key in keys], newline)
        return table + b"".join(newline + render_row([text[key] for key in keys]) for text in texts)
