"""The tables of the log, read while the file goes by: sums, IDs, and the rows that somebody asked for.

Most rows are written by this program and look alike. Those are read in stretches, column by column, at little cost.
As soon as one row of a stretch is unusual, the stretch is given back and its rows are read one by one by
`RowForm.read`, which also reads the cells of the columns here: the two ways can't disagree on what a cell says.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import compress, count
from operator import add
from typing import Final, NamedTuple

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.domain.problems import Problem, Severity
from revintel_mcp.domain.transaction import Transaction
from revintel_mcp.tracker.cells import raw_cells
from revintel_mcp.tracker.findings import problem_at
from revintel_mcp.tracker.lines import Line
from revintel_mcp.tracker.log_columns import columns_of
from revintel_mcp.tracker.log_rows import Memo, Row, RowForm, Trouble
from revintel_mcp.tracker.outline import RowReader, Table, name_of
from revintel_mcp.tracker.stretch import BLANK, Stretch, stretch_of
from revintel_mcp.tracker.tally import Tally, month_code
from revintel_mcp.tracker.values import Unclear

_COMPLETED: Final = b" completed "
_CAPTURED: Final = re.compile(rb".*_(?:refund|dispute|void)|manual_opening_", re.DOTALL)
_MANUAL: Final = b"manual_"
_NUMBERED: Final = re.compile(rb"(.+)_\d+", re.DOTALL)
# Numbers of a series have no leading noughts, and no series has a million rows: most IDs end otherwise.
_NUMBER: Final = re.compile(rb"_[1-9]\d{0,5}(?=\||\Z)")


class Found(NamedTuple):
    """A row that somebody asked for, and where it stands."""

    row: Row
    line: Line
    table: Table
    columns: Mapping[str, int]


def id_key(row_id: str) -> bytes:
    """An ID as bytes."""
    return row_id.encode("utf-8", "surrogatepass")


class LogReader:
    """Takes in every table of the log.

    `wanted` are the IDs to capture; reversals, opening rows and (with `manual`) every manual entry come with them.
    Without `captures` no row is kept, for who wants sums only.
    """

    reports_warnings = False

    def __init__(self, file: str, wanted: Collection[str], *, manual: bool, captures: bool = True) -> None:
        self.file = file
        self.captures = captures
        self.wanted = frozenset(id_key(row_id) for row_id in wanted)
        self.manual = manual
        self._words = (b"_refund", b"_dispute", b"_void", b"manual_" if manual else b"manual_opening_")
        self.tally = Tally()
        self.ids: set[bytes] = set()
        self.found: dict[str, Found] = {}
        self.problems: list[Problem] = []
        self.unreadable: list[LoggedRow] = []
        self.repeated: list[LoggedRow] = []
        self.tables: list[LogTable] = []

    def table(self, table: Table) -> "LogTable | None":
        """A reader for a table under the log's heading; None, and a word to the user, if it has no date or amount."""
        columns = columns_of(table.names)
        if columns is None:
            return None
        reader = LogTable(self, table, RowForm(table.names, columns))
        self.tables.append(reader)
        return reader

    def is_wanted(self, key: bytes) -> bool:
        """Whether the row with this ID is to be captured."""
        if key in self.wanted or _CAPTURED.match(key) or (self.manual and key.startswith(_MANUAL)):
            return True
        numbered = _NUMBERED.fullmatch(key)
        return numbered is not None and numbered[1] in self.wanted

    def wanted_of(self, keys: list[bytes], joined: bytes) -> list[int]:
        """Which of these rows are to be captured; `joined` are their IDs with pipes between."""
        found = {index for word in self._words for index in _cells_with(word, joined) if self.is_wanted(keys[index])}
        if not self.wanted:
            return sorted(found)
        if not self.wanted.isdisjoint(keys):
            found.update(compress(count(), map(self.wanted.__contains__, keys)))
        for match in _NUMBER.finditer(joined):
            start = joined.rfind(b"|", 0, match.start()) + 1
            if joined[start : match.start()] in self.wanted:
                found.add(joined.count(b"|", 0, start))
        return sorted(found)


def _cells_with(word: bytes, joined: bytes) -> Iterator[int]:
    """The numbers of the cells that hold a word."""
    at = joined.find(word)
    while at >= 0:
        yield joined.count(b"|", 0, at)
        at = joined.find(word, at + 1)


class LogTable(RowReader):
    """One table of the log."""

    def __init__(self, log: LogReader, table: Table, form: RowForm) -> None:
        self.log = log
        self.table = table
        self.form = form
        self.can_grow = True
        """Whether the table may get columns: not with a second header in it, nor with rows longer than the header."""
        self.newest = b""
        """The date cell of the first or last row, whichever is later; only ISO days are compared."""
        self._codes: dict[str, Memo] = {
            "date": Memo(self._month_code),
            "channel": Memo(self._channel_code),
            "status": Memo(self._status_code),
        }

    # -- one row --------------------------------------------------------------------------------------------------

    def row(self, line: Line) -> None:
        """One row, read with care."""
        raws = raw_cells(line.text)
        row = self.form.read(raws)
        if row is None:
            self._perhaps_header(raws)
            return
        self._dated(raws)
        self.can_grow = self.can_grow and len(raws) <= self.form.width
        key = id_key(row.id)
        if row.id and key in self.log.ids:
            self._problem(line, "duplicate-id", "id", f"the ID {row.id} stands in another row above; that one counts")
            self.log.repeated.append(row.logged(line.number))
            return
        if row.id:
            self.log.ids.add(key)
        self._report(row, line)
        if row.transaction is not None:
            self.log.tally.add(row.transaction, row.name)
            self.look_at(row, row.transaction, line)
        elif any(trouble.severity is Severity.ERROR for trouble in row.troubles):
            self.log.unreadable.append(row.logged(line.number))
        if row.id and self.log.captures and (row.transaction is None or self.log.is_wanted(key)):
            self.log.found[row.id] = Found(row, line, self.table, self.form.columns)

    def reads(self, text: bytes) -> bool:
        """Whether a line, standing alone, is clearly a row."""
        return self.form.reads(text)

    def look_at(self, row: Row, transaction: Transaction, line: Line) -> None:
        """A row that is read with care and counted, for who has more to say about it."""

    def _perhaps_header(self, raws: list[bytes]) -> None:
        """A header in the middle of a table may order the columns anew."""
        names = [name_of(raw) for raw in raws]
        columns = columns_of(names)
        if columns is not None:
            self.can_grow = False
            self.form = RowForm(names, columns)

    def _dated(self, raws: list[bytes]) -> None:
        index = self.form.columns["date"]
        if index < len(raws):
            self.newest = max(self.newest, raws[index].strip(b" \t"))

    def _report(self, row: Row, line: Line) -> None:
        for trouble in row.troubles:
            if trouble.severity is Severity.ERROR or self.log.reports_warnings:
                self.log.problems.append(trouble_at(self.log.file, line, trouble, left_out=row.transaction is None))

    def _problem(self, line: Line, code: str, key: str, message: str) -> None:
        mend = "remove this row, or give it an ID of its own (blank is fine) if it is another payment"
        cell = self.form.columns.get(key)
        self.log.problems.append(problem_at(self.log.file, line, code, message, mend, cell=cell))

    # -- many rows ------------------------------------------------------------------------------------------------

    def part(self, part: bytes, start: int, number: int) -> int:
        """Read many rows at once, column by column. 0, with nothing taken, if any of them is unusual."""
        stretch = stretch_of(part, self.form.columns, self.form.width)
        if stretch is None or not self.is_ordinary(stretch):
            return 0
        keys, amounts = self._keys(stretch), stretch.cents()
        fees, ids = stretch.fee_cents(), stretch.ids()
        if keys is None or amounts is None or fees is None or ids is None:
            return 0
        if not self._enter(ids if all(ids) else [each for each in ids if each]):
            return 0
        self._add(keys, amounts, fees)
        self._dated(stretch.cells[1 : stretch.width + 1])
        self._dated(stretch.cells[-stretch.width - 1 : -1])
        wanted = self.log.wanted_of(ids, b"|".join(ids)) if self.log.captures else []
        if wanted:
            self._capture(part, start, number, wanted)
        return stretch.rows

    def is_ordinary(self, stretch: Stretch) -> bool:
        """Whether rows with these cells need no closer look; who wants to see more of them says no."""
        del stretch
        return True

    def _keys(self, stretch: Stretch) -> list[int] | None:
        """The tally's key of every row; None if a cell is unclear."""
        codes, channels, statuses = self._codes, stretch.column("channel"), stretch.column("status")
        try:
            keys: Iterable[int] = map(codes["date"].__getitem__, stretch.column("date"))
            if channels:
                keys = map(add, keys, map(codes["channel"].__getitem__, channels))
            else:
                keys = map(codes["channel"][b""].__add__, keys)
            if statuses.count(_COMPLETED) == len(statuses):  # as most are, or no such column
                return list(map((1).__add__, keys))
            return list(map(add, keys, map(codes["status"].__getitem__, statuses)))
        except Unclear:
            return None

    def _month_code(self, raw: bytes) -> int:
        return month_code(self.form.days[raw])

    def _channel_code(self, raw: bytes) -> int:
        return self.log.tally.channel_code(*self.form.channels[raw])

    def _status_code(self, raw: bytes) -> int:
        return int(self.form.statuses[raw].counts)

    def _enter(self, keys: list[bytes]) -> bool:
        """Note the IDs; False, with none noted, if one is there already."""
        seen = self.log.ids
        if not seen.isdisjoint(keys):
            return False
        before = len(seen)
        seen.update(keys)
        if len(seen) == before + len(keys):
            return True
        seen.difference_update(keys)
        return False

    def _add(self, keys: list[int], amounts: list[int], fees: list[bytes]) -> None:
        places: defaultdict[int, list[int]] = defaultdict(list)
        for place, key in enumerate(keys):
            places[key].append(place)
        for key, group in places.items():
            known = [fee for fee in map(fees.__getitem__, group) if fee != BLANK] if fees else []
            cents = sum(map(amounts.__getitem__, group))
            self.log.tally.add_rows(key, cents, sum(map(int, known)), len(group), len(group) - len(known))

    def _capture(self, part: bytes, start: int, number: int, wanted: list[int]) -> None:
        lines = part.splitlines(keepends=True)
        newline = b"\r\n" if lines[0].endswith(b"\r\n") else b"\n"
        offset, position = start, 0
        for index in wanted:
            offset += sum(map(len, lines[position:index]))
            position = index
            line = Line(offset, number + index, lines[index].removesuffix(newline), newline)
            row = self.form.read(raw_cells(line.text))
            if row is not None and row.id:
                self.log.found[row.id] = Found(row, line, self.table, self.form.columns)


def trouble_at(file: str, line: Line, trouble: Trouble, *, left_out: bool) -> Problem:
    """A row's trouble with its place."""
    is_new_word = left_out and trouble.severity is Severity.ERROR
    message = f"this row is not counted: {trouble.reason}" if is_new_word else trouble.reason
    return problem_at(file, line, trouble.code, message, trouble.mend, severity=trouble.severity, cell=trouble.cell)
