"""Rows of the log that a source was asked about and did not name."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from revintel_mcp.domain.source_state import SourceState
from revintel_mcp.domain.transaction import Status
from revintel_mcp.tracker.cells import raw_cells
from revintel_mcp.tracker.lines import Line
from revintel_mcp.tracker.log_columns import columns_of
from revintel_mcp.tracker.log_rows import Memo, RowForm
from revintel_mcp.tracker.outline import Outline, RowReader, Table
from revintel_mcp.tracker.stretch import stretch_of, text_of
from revintel_mcp.tracker.values import Unclear


class Asked(NamedTuple):
    """What a platform was asked for once more: two days, both included, and the tools that its rows come from now.

    Another tool may know of other records, so rows that came through one are not held against it.
    """

    first: date
    last: date
    tools: frozenset[str]


_WORDS: Final = "no longer reported: "
_MOST: Final = 20
_MORE: Final = " and more"


class Unseen(NamedTuple):
    """A counted row that its source does not report, and its line."""

    id: str
    line: int


def unseen_rows(
    data: bytes, asked: Mapping[str, Asked], seen: Collection[str], *, file: str = "revenue-tracker.md"
) -> list[Unseen]:
    """The rows whose IDs begin like one of these (`stripe_`), of its days and tools, that are not among the `seen`.

    Rows that are struck, and those that can't be read, are left out.

    Raises:
        TrackerUnreadable: the text is not UTF-8.
    """
    if not asked:
        return []
    rows = _Rows(asked, seen)
    Outline(file, rows).walk(data)
    return rows.found


def with_unseen(state: SourceState, ids: Collection[str]) -> str:
    """The note with the IDs that the source no longer reports, for the next check; the first ones, if they are many."""
    if not ids:
        return state.note
    words = _WORDS + ", ".join(list(ids)[:_MOST]) + _MORE * (len(ids) > _MOST)
    return f"{state.note}; {words}" if state.note else words


def unseen_in(note: str) -> frozenset[str]:
    """The IDs that a source's note says it no longer reports."""
    _, _, listed = note.partition(_WORDS)
    return frozenset(listed.removesuffix(_MORE).split(", ")) - {""}


class _Rows:
    """Takes the rows in question from every table of the log."""

    def __init__(self, asked: Mapping[str, Asked], seen: Collection[str]) -> None:
        self._asked = asked
        self._seen = frozenset(seen)
        self.found: list[Unseen] = []

    def table(self, table: Table) -> "RowReader | None":
        """A reader for one table."""
        columns = columns_of(table.names)
        return None if columns is None else _Table(self, RowForm(table.names, columns))

    def take(self, row_id: str, day: date, tool: str, line: int) -> None:
        """Take a row, if its source was asked about it and did not name it."""
        asked = self._asked.get(row_id[: row_id.find("_") + 1])
        if asked and asked.first <= day <= asked.last and tool in asked.tools and row_id not in self._seen:
            self.found.append(Unseen(row_id, line))


class _Table(RowReader):
    """The rows of one table."""

    def __init__(self, rows: _Rows, form: RowForm) -> None:
        self._rows = rows
        self._form = form
        self._tools = Memo(text_of)

    def row(self, line: Line) -> None:
        """One row, read with care."""
        row = self._form.read(raw_cells(line.text))
        if row is not None and row.transaction is not None and row.transaction.status is not Status.EXCLUDED:
            self._rows.take(row.id, row.transaction.date, row.transaction.via, line.number)

    def reads(self, text: bytes) -> bool:
        """Whether a line, standing alone, is clearly a row."""
        return self._form.reads(text)

    def part(self, part: bytes, start: int, number: int) -> int:
        """Many rows, column by column; none, if any of them is unusual."""
        del start
        stretch = stretch_of(part, self._form.columns, self._form.width)
        ids = stretch.ids() if stretch is not None else None
        if stretch is None or ids is None:
            return 0
        statuses, form = stretch.column("status"), self._form
        try:
            struck = any(form.statuses[raw] is Status.EXCLUDED for raw in set(statuses))
            days = list(map(form.days.__getitem__, stretch.column("date")))
        except Unclear:
            return 0
        if struck:
            return 0
        tools = map(self._tools.__getitem__, stretch.column("via"))  # rows without one are nobody's to judge
        for line, (row_id, day, tool) in enumerate(zip(ids, days, tools, strict=False), number):
            self._rows.take(row_id.decode(), day, tool, line)
        return stretch.rows


def unseen_ids(states: Collection[SourceState]) -> Iterator[str]:
    """Every ID that some source no longer reports, by its note."""
    for state in states:
        yield from unseen_in(state.note)
