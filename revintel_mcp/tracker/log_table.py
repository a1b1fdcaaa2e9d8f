"""The tables of the log, read while the file goes by: sums, IDs, and the rows that somebody asked for.

Most rows are written by this program and look alike. Those are read in stretches, column by column, at little cost.
As soon as one row of a stretch is unusual, the stretch is given back and its rows are read one by one by
`RowForm.read`, which also reads the cells of the columns here: the two ways can't disagree on what a cell says.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from itertools import compress
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
from revintel_mcp.tracker.tally import Tally
from revintel_mcp.tracker.values import Unclear

_AMOUNTS: Final = re.compile(rb"(?: -?(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,12})\.\d\d \|)*+")
_FEES: Final = re.compile(rb"(?: (?:-?(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,12})\.\d\d )?\|)*+")
_CAPTURED: Final = re.compile(rb" (?:[^|]*?_(?:refund|dispute|void)|manual_opening_)")
_MANUAL: Final = b" manual_"
_NUMBERED: Final = re.compile(rb" ([^ |]+)_\d+ ")
_HIDDEN_PIPE: Final = b"\x00"


class Found(NamedTuple):
    """A row that somebody asked for, and where it stands."""

    row: Row
    line: Line
    table: Table
    columns: Mapping[str, int]


def id_key(row_id: str) -> bytes:
    """An ID as the bytes of its cell."""
    return b" %b " % row_id.encode("utf-8", "surrogatepass")


class LogReader:
    """Takes in every table of the log.

    `wanted` are the IDs to capture; reversals, opening rows and (with `manual`) every manual entry come with them.
    """

    reports_warnings = False

    def __init__(self, file: str, wanted: Collection[str], *, manual: bool) -> None:
        self.file = file
        self.wanted = frozenset(id_key(row_id) for row_id in wanted)
        self.manual = manual
        self.tally = Tally()
        self.ids: dict[bytes, None] = {}
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
        return numbered is not None and b" %b " % numbered[1] in self.wanted

    def wanted_of(self, keys: list[bytes], joined: bytes) -> list[int]:
        """Which of these rows are to be captured."""
        few = (
            b"_refund" in joined
            or b"_dispute" in joined
            or b"_void" in joined
            or (b"manual_" if self.manual else b"manual_opening_") in joined
        )
        if few or (self.wanted and (not self.wanted.isdisjoint(keys) or self._follows(joined))):
            return [index for index, key in enumerate(keys) if self.is_wanted(key)]
        return []

    def _follows(self, joined: bytes) -> bool:
        return any(b" %b " % match[1] in self.wanted for match in _NUMBERED.finditer(joined))


class LogTable(RowReader):
    """One table of the log."""

    def __init__(self, log: LogReader, table: Table, form: RowForm) -> None:
        self.log = log
        self.table = table
        self.form = form
        self.has_second_header = False
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
        key = id_key(row.id)
        if row.id and key in self.log.ids:
            self._problem(line, "duplicate-id", "id", f"the ID {row.id} stands in another row above; that one counts")
            self.log.repeated.append(row.logged(line.number))
            return
        if row.id:
            self.log.ids[key] = None
        self._report(row, line)
        if row.transaction is not None:
            self.log.tally.add(row.transaction, row.name)
            self.look_at(row, row.transaction, line)
        elif any(trouble.severity is Severity.ERROR for trouble in row.troubles):
            self.log.unreadable.append(row.logged(line.number))
        if row.id and (row.transaction is None or self.log.is_wanted(key)):
            self.log.found[row.id] = Found(row, line, self.table, self.form.columns)

    def look_at(self, row: Row, transaction: Transaction, line: Line) -> None:
        """A row that is read with care and counted, for who has more to say about it."""

    def _perhaps_header(self, raws: list[bytes]) -> None:
        """A header in the middle of a table may order the columns anew."""
        names = [name_of(raw) for raw in raws]
        columns = columns_of(names)
        if columns is not None and names != self.form.names:
            self.form = RowForm(names, columns)
            self.has_second_header = True

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
        cells, rows, width = self._split(part)
        if not rows:
            return 0
        columns = {key: index for key, index in self.form.columns.items() if index < width}
        if "date" not in columns or "amount" not in columns:
            return 0
        stride = width + 1

        def column(key: str) -> list[bytes]:
            return cells[columns[key] + 1 :: stride] if key in columns else []

        if not self.is_ordinary(column):
            return 0
        amounts, fees = _cents(column("amount")), column("fee")
        keys = self._keys(column("date"), column("channel"), column("status"))
        if amounts is None or keys is None or not _are_fees(fees):
            return 0
        ids = column("id")
        joined = b"|".join(ids)
        named = ids if not ids or _are_plain(ids, joined) else [each for each in ids if each != b" "]
        if (named and named is not ids and not _are_plain(named, b"|".join(named))) or not self._enter(named):
            return 0
        self._add(keys, amounts, fees)
        self._dated(cells[1 : width + 1])
        self._dated(cells[-stride:-1])
        wanted = self.log.wanted_of(ids, joined) if ids else []
        if wanted:
            self._capture(part, start, number, wanted)
        return rows

    def is_ordinary(self, column: Callable[[str], list[bytes]]) -> bool:
        """Whether rows with these cells need no closer look; who wants to see more of them says no."""
        del column
        return True

    def _split(self, part: bytes) -> tuple[list[bytes], int, int]:
        """The cells of every row in one list, how many rows, how many cells in each; no rows if they differ."""
        nothing: tuple[list[bytes], int, int] = [], 0, 0
        feed = part.find(b"\n")
        newline = b"\r\n" if part[feed - 1 : feed] == b"\r" else b"\n"
        width = part.count(b"|", 0, feed) - part.count(b"\\|", 0, feed) - 1
        if not 0 < width <= self.form.width or _HIDDEN_PIPE in part:
            return nothing
        cells = (_without_escaped_pipes(part) if b"\\" in part else part).split(b"|")
        rows, rest = divmod(len(cells) - 1, width + 1)
        if rest or cells[0] or cells[width + 1 :: width + 1].count(newline) != rows or part.count(b"\n") != rows:
            return nothing
        if part.count(b"\r") != (rows if newline == b"\r\n" else 0):
            return nothing
        return cells, rows, width

    def _keys(self, days: list[bytes], channels: list[bytes], statuses: list[bytes]) -> list[int] | None:
        """The tally's key of every row; None if a cell is unclear."""
        codes = self._codes
        try:
            keys: Iterable[int] = map(codes["date"].__getitem__, days)
            if channels:
                keys = map(add, keys, map(codes["channel"].__getitem__, channels))
            else:
                keys = map(codes["channel"][b""].__add__, keys)
            if statuses:
                return list(map(add, keys, map(codes["status"].__getitem__, statuses)))
            return list(map((1).__add__, keys))
        except Unclear:
            return None

    def _month_code(self, raw: bytes) -> int:
        day: date = self.form.days[raw]
        return (day.year * 12 + day.month - 1) << 1

    def _channel_code(self, raw: bytes) -> int:
        return self.log.tally.channel_code(*self.form.channels[raw])

    def _status_code(self, raw: bytes) -> int:
        return int(self.form.statuses[raw].counts)

    def _enter(self, keys: list[bytes]) -> bool:
        """Note the IDs; False, with none noted, if one is there already."""
        seen = self.log.ids
        before = len(seen)
        seen.update(dict.fromkeys(keys))
        if len(seen) == before + len(keys):
            return True
        while len(seen) > before:
            seen.popitem()
        return False

    def _add(self, keys: list[int], amounts: Iterable[int], fees: list[bytes]) -> None:
        tally = self.log.tally
        sums = tally.amounts
        for key, cents in zip(keys, amounts, strict=False):
            sums[key] += cents
        tally.rows.update(keys)
        if not fees:
            tally.without_fee.update(keys)
            return
        known = [fee != b" " for fee in fees]
        kept = tally.fees
        digits = b"|".join(fees).replace(b",", b"").replace(b".", b"").split(b"|")
        for key, cents in zip(compress(keys, known), map(int, compress(digits, known)), strict=True):
            kept[key] += cents
        tally.without_fee.update(compress(keys, map((False).__eq__, known)))

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


def _without_escaped_pipes(part: bytes) -> bytes:
    """`part` with every escaped pipe replaced by a byte that is no pipe; its cells are only looked at, never kept."""
    if b"\\|" not in part:
        return part
    return part.replace(b"\\|", _HIDDEN_PIPE)


def _cents(column: list[bytes]) -> Iterable[int] | None:
    """A column of amounts in whole cents; None if one is not written as this program writes it."""
    joined = b"|".join((*column, b""))
    if not _AMOUNTS.fullmatch(joined):
        return None
    return map(int, joined.replace(b",", b"").replace(b".", b"").split(b"|")[:-1])


def _are_fees(column: list[bytes]) -> bool:
    return not column or _FEES.fullmatch(b"|".join((*column, b""))) is not None


def _are_plain(ids: list[bytes], joined: bytes) -> bool:
    """Whether these cells hold one word each, blanks as this program sets them, nothing escaped."""
    rows = len(ids)
    return (
        joined.count(b" ") == 2 * rows
        and joined.count(b" | ") == rows - 1
        and joined[:1] == b" "
        and joined[-1:] == b" "
        and b"&" not in joined
        and b"\\" not in joined
        and b"`" not in joined
        and b"\t" not in joined
        and _HIDDEN_PIPE not in joined
    )
