"""The tables of the log, read while the file goes by: sums, IDs, and the rows that somebody asked for.

Most rows are written by this program and look alike. Those are read in stretches, column by column, at little cost.
As soon as one row of a stretch is unusual, the stretch is given back and its rows are read one by one by
`RowForm.read`, which also reads the cells of the columns here: the two ways can't disagree on what a cell says.
"""

from collections import defaultdict
from collections.abc import Callable
from itertools import compress, count
from operator import add
from typing import Final

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.domain.money import cents_from_usd
from revintel_mcp.domain.problems import Problem, Severity
from revintel_mcp.domain.transaction import Transaction
from revintel_mcp.tracker.capture import Capture, Found, Spot, Wanted, id_key
from revintel_mcp.tracker.cells import raw_cells
from revintel_mcp.tracker.findings import problem_at
from revintel_mcp.tracker.lines import Line
from revintel_mcp.tracker.log_columns import columns_of
from revintel_mcp.tracker.log_rows import Memo, Row, RowForm, Trouble
from revintel_mcp.tracker.outline import RowReader, Table, name_of
from revintel_mcp.tracker.seen_ids import SeenIds
from revintel_mcp.tracker.stretch import BLANK, Stretch, stretch_of
from revintel_mcp.tracker.tally import COUNTS, Tally, month_code
from revintel_mcp.tracker.values import Unclear

_COMPLETED: Final = b" completed "


class LogReader:
    """Takes in every table of the log.

    `wanted` says which rows of `data` to keep, once the first table of the log begins: what stands above it is known
    then. Without it no row is kept, for who wants sums only.
    """

    reports_warnings = False

    def __init__(
        self, file: str, data: bytes = b"", wanted: Callable[[], Wanted] | None = None, *, manual: bool = False
    ) -> None:
        self.file = file
        self.data = data
        self.manual = manual
        self._wanted = wanted
        self.capture: Capture | None = None
        """What is kept; None where nothing is, or the tracker has no log."""
        self.tally = Tally()
        self.ids = SeenIds()
        self.found: dict[str, Found] = {}
        self.alike: list[Found] = []
        """Rows with an amount that was wanted, in the order of the file."""
        self.problems: list[Problem] = []
        self.unreadable: list[LoggedRow] = []
        self.repeated: list[LoggedRow] = []
        self.tables: list[LogTable] = []

    @property
    def captures(self) -> bool:
        """Whether rows are kept, as an update needs it."""
        return self._wanted is not None

    def table(self, table: Table) -> "LogTable | None":
        """A reader for a table under the log's heading; None, and a word to the user, if it has no date or amount."""
        columns = columns_of(table.names)
        return None if columns is None else self.begun(LogTable(self, table, RowForm(table.names, columns)))

    def begun(self, reader: "LogTable") -> "LogTable":
        """Note a table that begins."""
        if self.capture is None and self._wanted is not None:
            self.capture = Capture(self._wanted(), manual=self.manual)
        self.tables.append(reader)
        return reader


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
        self._keep(row, key, line)

    def _keep(self, row: Row, key: bytes, line: Line) -> None:
        """Keep a row that somebody may ask for."""
        capture, sale = self.log.capture, row.transaction
        if capture is None:
            return
        found = Found(self.form, self.table, line, row)
        if row.id and (sale is None or capture.wants(key)):
            self.log.found[row.id] = found
        by_amount = capture.cents or capture.own_cents
        if sale is not None and by_amount and capture.is_alike(key, cents_from_usd(sale.amount_usd)):
            self.log.alike.append(found)

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
        if not self.log.ids.add_all(ids if all(ids) else [each for each in ids if each]):
            return 0
        self._add(keys, amounts, fees)
        self._dated(stretch.cells[1 : stretch.width + 1])
        self._dated(stretch.cells[-stretch.width - 1 : -1])
        self._capture(start, number, ids, amounts)
        return stretch.rows

    def is_ordinary(self, stretch: Stretch) -> bool:
        """Whether rows with these cells need no closer look; who wants to see more of them says no."""
        del stretch
        return True

    def _keys(self, stretch: Stretch) -> list[int] | None:
        """The tally's key of every row; None if a cell is unclear."""
        codes, channels, statuses = self._codes, stretch.column("channel"), stretch.column("status")
        try:
            months = map(codes["date"].__getitem__, stretch.column("date"))
            if channels:
                keys = list(map(add, months, map(codes["channel"].__getitem__, channels)))
            else:
                keys = list(map(codes["channel"][b""].__add__, months))
            if statuses.count(_COMPLETED) != len(statuses):  # most are, or there is no such column
                for index in compress(count(), map(_COMPLETED.__ne__, statuses)):
                    keys[index] += codes["status"][statuses[index]]
        except Unclear:
            return None
        return keys

    def _month_code(self, raw: bytes) -> int:
        return month_code(self.form.days[raw]) + COUNTS

    def _channel_code(self, raw: bytes) -> int:
        return self.log.tally.channel_code(*self.form.channels[raw])

    def _status_code(self, raw: bytes) -> int:
        return 0 if self.form.statuses[raw].counts else -COUNTS

    def _add(self, keys: list[int], amounts: list[int], fees: list[bytes]) -> None:
        places: defaultdict[int, list[int]] = defaultdict(list)
        for place, key in enumerate(keys):
            places[key].append(place)
        for key, group in places.items():
            known = [fee for fee in map(fees.__getitem__, group) if fee != BLANK] if fees else []
            cents = sum(map(amounts.__getitem__, group))
            self.log.tally.add_rows(key, cents, sum(map(int, known)), len(group), len(group) - len(known))

    def _capture(self, start: int, number: int, ids: list[bytes], amounts: list[int]) -> None:
        """Keep those rows of a stretch that somebody may ask for."""
        capture = self.log.capture
        if capture is None:
            return
        joined = b"|".join(ids)
        named, alike = capture.among(ids, joined), capture.alike(amounts, ids, joined)
        if not named and not alike:
            return
        data, form, table = self.log.data, self.form, self.table
        found = {index: Found(form, table, Spot(data, start, number, index)) for index in (*named, *alike)}
        self.log.found |= {ids[index].decode(): found[index] for index in named}
        self.log.alike += [found[index] for index in alike]


def trouble_at(file: str, line: Line, trouble: Trouble, *, left_out: bool) -> Problem:
    """A row's trouble with its place."""
    is_new_word = left_out and trouble.severity is Severity.ERROR
    message = f"this row is not counted: {trouble.reason}" if is_new_word else trouble.reason
    return problem_at(file, line, trouble.code, message, trouble.mend, severity=trouble.severity, cell=trouble.cell)
