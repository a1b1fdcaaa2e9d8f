"""Applying a booking to a tracker: the new text in pieces, everything that is not ours as it was."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cached_property

from revintel_mcp.booking.booking import AttentionRow, Booking
from revintel_mcp.domain.periods import Month, Window, fiscal_year_label, fiscal_year_window
from revintel_mcp.domain.problems import Problem, Severity
from revintel_mcp.domain.source_state import SourceState
from revintel_mcp.domain.transaction import Channel, Transaction
from revintel_mcp.tracker.adoption import (
    OPENING,
    Adoption,
    adopt,
    adopted_cents,
    as_opening,
    not_adopted,
    opening_rows,
    openings,
    take_own_columns,
)
from revintel_mcp.tracker.edits import Edits
from revintel_mcp.tracker.findings import problem_at
from revintel_mcp.tracker.lines import BOM, Line, is_blank
from revintel_mcp.tracker.log_edits import FIELDS, LogWriter, Named, cell_texts
from revintel_mcp.tracker.months import FIGURE_REPLACED, MonthsWriter
from revintel_mcp.tracker.new import new_tracker
from revintel_mcp.tracker.outline import ATTENTION, SOURCES, SUMMARY
from revintel_mcp.tracker.own_lines import (
    incomplete_text,
    with_stamp,
    with_year_to_date,
    year_to_date_line,
    year_to_date_of,
)
from revintel_mcp.tracker.scan import Scan
from revintel_mcp.tracker.scan import scan as read
from revintel_mcp.tracker.small_edits import SmallTable, write_attention, write_sources
from revintel_mcp.tracker.summary_table import SummaryTable, own_names
from revintel_mcp.tracker.tally import Cells, Place, Totals, by_channel, place_of, totals_of

CellTotals = Mapping[tuple[Month, Channel], Totals]
IncompleteLine = Callable[[CellTotals, Sequence[AttentionRow]], str]


class Update:
    """A tracker's new text, and what changed. `before` and `after` are sums by month and channel."""

    def __init__(self, edits: Edits, before: Cells, after: Cells) -> None:
        self._edits = edits
        self.pieces: list[memoryview] = edits.pieces()
        """The new text; pieces that did not change are views of the old one."""
        self.before: CellTotals = by_channel(before)
        self.after: CellTotals = by_channel(after)
        self.adopted: tuple[Transaction, ...] = ()
        """Rows that now stand for figures that were kept by hand."""
        self.needs_backup = False
        """Whether the old text is to be kept: a tracker is adopted, a table gets a column, the log is made anew."""
        self.problems: tuple[Problem, ...] = ()
        self.attention: tuple[AttentionRow, ...] = ()
        """Needs Attention as it now stands."""
        self.last_updated = ""
        """*Last updated* as it now stands."""
        self.changed = False
        """Whether a single byte is other than before."""

    @cached_property
    def data(self) -> bytes:
        """The new text."""
        return b"".join(self.pieces)

    def number_of(self, line: Line) -> int:
        """The number that a line of the old text has in the new one, counted from 1."""
        return self._edits.number_of(line)


def update(
    scan: Scan,
    booking: Booking,
    *,
    now: datetime,
    sources: Sequence[SourceState] | None = None,
    answered: bool = False,
    incomplete: IncompleteLine | str | None = None,
) -> Update:
    """Put a booking into the tracker that `scan` read.

    `now` is aware, in the tracker's zone. `sources` are new states of sources, None leaves the table alone.
    `answered` says that some source answered: *Last updated* moves then, or when a row changed. `incomplete` is the
    line about incomplete figures, or makes it from the new sums and the new Needs Attention; None leaves it alone.
    Rows whose ID is in the log already are not added again.
    """
    assert scan.log.captures, "an update needs the rows that a scan captures"
    if is_blank(scan.data):
        start = (BOM if scan.data.startswith(BOM) else b"") + new_tracker(now)
        fresh = read(start, today=scan.today, file=scan.file, fiscal_year_start=scan.fiscal_year_start)
        return _Writer(fresh, booking, now).write(sources, answered=answered, incomplete=incomplete, is_new=True)
    return _Writer(scan, booking, now).write(sources, answered=answered, incomplete=incomplete)


class _Writer:
    """One update."""

    def __init__(self, scan: Scan, booking: Booking, now: datetime) -> None:
        self.scan = scan
        self.data = scan.data
        self.outline = scan.outline
        self.booking = booking
        self.now = now
        self.today = scan.today.isoformat()
        self.edits = Edits(scan.data)
        self.adopting = self.outline.section(SOURCES) is None
        self.problems: list[Problem] = []
        self.changes: dict[str, dict[str, str]] = {}
        self.after = dict(scan.cells)
        self.log = LogWriter(self.edits, scan)

    def write(
        self,
        sources: Sequence[SourceState] | None,
        *,
        answered: bool,
        incomplete: IncompleteLine | str | None,
        is_new: bool = False,
    ) -> Update:
        adoption = self._adoption()
        added, typed = self._added()
        for row in (*adoption.rows, *typed, *added):
            self._count(*row)
        self._correct()
        adopted, excesses = self._shrink((*adoption.rows, *typed), added, {place_of(*row) for row in typed})
        self.log.change(self.changes)
        self.log.append(sorted((*adopted, *added), key=lambda row: row[0].date))
        self.log.finish()
        attention = self._attention((*adoption.attention, *excesses))
        small = SmallTable(self.edits, self.data, self.outline, ATTENTION)
        attention_changed = attention is not None and write_attention(small, attention)
        rows_changed = bool(adopted or added or self.changes) or attention_changed
        months_added = self._summary(incomplete, self.scan.attention if attention is None else attention)
        self._sources(sources)
        stamped = answered or rows_changed
        if stamped:
            self._stamp()
        self.edits.place_sections(self.outline)
        result = Update(self.edits, self.scan.cells, self.after)
        ours = {row.id for row, _ in adoption.rows}
        result.adopted = tuple(transaction for transaction, _ in adopted if transaction.id in ours)
        result.needs_backup = not is_new and (
            self.adopting or self.log.column_added or self.log.log_added or small.column_added or months_added
        )
        result.problems = tuple(self.problems)
        result.attention = self.scan.attention if attention is None else attention
        result.last_updated = self.now.isoformat(timespec="seconds") if stamped else self.scan.last_updated
        result.changed = bool(self.edits) or is_new
        return result

    # -- the log --------------------------------------------------------------------------------------------------

    def _adoption(self) -> Adoption:
        if not self.adopting:
            return Adoption()
        tables = [SummaryTable(table, own_names(self.scan.cells)) for table in self.outline.tables_in(SUMMARY)]
        take_own_columns(tables)
        self.problems += not_adopted(self.outline, tables)
        return adopt(tables, self.scan.cells, self.today, self.scan.has)

    def _added(self) -> tuple[list[Named], list[Named]]:
        """The rows to add, those whose ID is not in the log, each once; and those among them that open a month.

        Those were typed into Needs Attention, where a figure kept by hand was unclear: they are adopted now.
        """
        fresh: dict[str, Transaction] = {}
        for transaction in self.booking.added:
            if not self.scan.has(transaction.id):
                fresh.setdefault(transaction.id, transaction)
        rows = [as_opening(transaction) for transaction in fresh.values()]
        is_typed = [adopted_cents(row) is not None and row.id.startswith(OPENING) for row in rows]
        typed = [(row, "") for row, typed in zip(rows, is_typed, strict=True) if typed]
        return [(row, "") for row, typed in zip(rows, is_typed, strict=True) if not typed], typed

    def _count(self, transaction: Transaction, name: str, sign: int = 1) -> None:
        place, one = place_of(transaction, name), totals_of(transaction)
        sums = self.after.get(place, Totals())
        self.after[place] = sums.plus(one) if sign > 0 else sums.minus(one)

    def _correct(self) -> None:
        """Fill blank fees, and put corrections of manual entries in place."""
        found = self.scan.log.found
        for row_id, fee in self.booking.fees.items():
            each = found.get(row_id)
            transaction = each.row.transaction if each is not None else None
            if transaction is not None and transaction.fee_usd is None:
                self._replace(row_id, transaction._replace(fee_usd=fee))
        for row_id, transaction in self.booking.edits.items():
            self._replace(row_id, transaction)

    def _replace(self, row_id: str, new: Transaction) -> None:
        each = self.scan.log.found.get(row_id)
        if each is None or each.row.transaction is None:
            return
        old, name = each.row.transaction, each.row.name
        new_name = name if new.channel is old.channel else ""
        was, now = cell_texts(old, name), cell_texts(new, new_name)
        cells = {key: text for key, text in now.items() if text != was[key] and key != "id"}
        lost = [key for key in cells if not self.log.can_hold(row_id, key)]
        if lost:
            self._cannot_hold(each.line, lost)
            cells = {key: text for key, text in cells.items() if key not in lost}
            new = new._replace(**{FIELDS[key]: getattr(old, FIELDS[key]) for key in lost})
        if cells:
            self.changes.setdefault(row_id, {}).update(cells)
            self._count(old, name, sign=-1)
            self._count(new, new_name)

    def _cannot_hold(self, line: Line, lost: Sequence[str]) -> None:
        message = f"the table has no place for {', '.join(lost)}, and can't get one: it has rows longer than its header"
        mend = "mend those rows (revintel-mcp check names them), then do this again"
        self.problems.append(problem_at(self.scan.file, line, "no-column", message, mend))

    def _shrink(
        self, adopted: Sequence[Named], added: Sequence[Named], typed: AbstractSet[Place]
    ) -> tuple[list[Named], list[AttentionRow]]:
        """The adopted rows as they are to be written, and what exceeds them; standing opening rows shrink too.

        `typed` are the places of figures that have just become clear: rows may have come meanwhile.
        """
        standing = opening_rows(self.scan.log.found)
        found = {each.row[0].id: each for each in openings((*standing, *adopted), added, typed, self.after)}
        for each in found.values():
            if each.shrunk != each.row[0]:
                self._count(*each.row, sign=-1)
                self._count(each.shrunk, each.row[1])
        for transaction, _ in standing:
            opening = found.get(transaction.id)
            if opening is not None and opening.shrunk != transaction:
                self.changes.setdefault(transaction.id, {})["amount"] = cell_texts(opening.shrunk)["amount"]
        written = [(found[row.id].shrunk, name) if row.id in found else (row, name) for row, name in adopted]
        return written, [row for each in found.values() if (row := each.excess(self.today)) is not None]

    # -- the other tables and lines -------------------------------------------------------------------------------

    def _attention(self, ours: Sequence[AttentionRow]) -> tuple[AttentionRow, ...] | None:
        """The new content of Needs Attention; None if it stays as it is."""
        if self.booking.attention is None and not ours:
            return None
        base = self.scan.attention if self.booking.attention is None else self.booking.attention
        known = {row.id: row for row in base}
        mine = {row.id: row._replace(first_seen=known.get(row.id, row).first_seen) for row in ours}
        kept = [mine.pop(row.id, row) for row in base]
        return (*kept, *mine.values())

    def _summary(self, incomplete: IncompleteLine | str | None, attention: Sequence[AttentionRow]) -> bool:
        window = fiscal_year_window(self.scan.today, self.scan.fiscal_year_start)
        label = fiscal_year_label(window)
        cents = _sum_of(self.after, window)
        line = incomplete(by_channel(self.after), attention) if callable(incomplete) else incomplete
        months = MonthsWriter(self.edits, self.data, self.outline, self.scan.cells, self.after)
        months.write(Month.of(self.scan.today), self._closing(label, cents, line))
        self.problems += [] if self.adopting else months.problems
        if months.tables or self.outline.ytd is not None:
            self._year_to_date(months, label, cents, _sum_of(self.scan.cells, window))
        if months.tables or self.outline.incomplete is not None:
            self._incomplete(months, line)
        return months.column_added

    def _closing(self, label: str, cents: int, line: str | None) -> bytes:
        """The lines under a summary table that is written anew, as far as they don't stand somewhere already."""
        ytd = year_to_date_line(label, cents).encode() if self.outline.ytd is None else b""
        incomplete = incomplete_text(line) if line and self.outline.incomplete is None else b""
        return b"".join(self.outline.newline * 2 + text for text in (ytd, incomplete) if text)

    def _year_to_date(self, months: MonthsWriter, label: str, cents: int, was: int) -> None:
        line = self.outline.ytd
        if line is None:
            text = year_to_date_line(label, cents).encode()
            self.edits.insert_paragraph(_under(months), text, self.outline.newline)
            return
        old = year_to_date_of(line.text)
        silent = self.adopting or months.problems or label.encode() not in line.text
        if old not in (None, cents, was) and not silent:  # where a month was reported, the year only follows
            message = "the year to date was not what the rows of the log add up to and is replaced"
            self.problems.append(
                problem_at(self.scan.file, line, "figure-replaced", message, FIGURE_REPLACED, severity=Severity.WARNING)
            )
        self.edits.replace(line, with_year_to_date(line.text, label, cents))

    def _incomplete(self, months: MonthsWriter, line: str | None) -> None:
        old = self.outline.incomplete
        if line is None:
            return
        if old is None:
            at = self.outline.ytd.stop if self.outline.ytd is not None else _under(months)
            if line:
                self.edits.insert_paragraph(at, incomplete_text(line), self.outline.newline)
        elif line:
            self.edits.replace(old, incomplete_text(line))
        else:
            blank = self.data[: old.start].endswith((b"\n\n", b"\r\n\r\n", b"\r\r"))
            start = len(self.data[: old.start].rstrip(b"\r\n")) if blank else old.start
            self.edits.delete(start, old.stop if blank else old.end)

    def _sources(self, sources: Sequence[SourceState] | None) -> None:
        if sources is not None or self.adopting:
            write_sources(SmallTable(self.edits, self.data, self.outline, SOURCES), sources or ())

    def _stamp(self) -> None:
        stamp = self.now.isoformat(timespec="seconds")
        line, newline = self.outline.last_updated, self.outline.newline
        if line is not None:
            self.edits.replace(line, with_stamp(line.text, stamp))
        elif self.outline.title is not None:
            self.edits.insert_paragraph(self.outline.title.stop, f"**Last updated**: {stamp}".encode(), newline)
        else:
            self.edits.insert(self.outline.body_start, f"**Last updated**: {stamp}".encode() + newline * 2)


def _sum_of(cells: Cells, window: Window) -> int:
    return sum(totals.amount_cents for place, totals in cells.items() if place.month.first_day in window)


def _under(months: MonthsWriter) -> int:
    """The offset just under the last summary table."""
    return months.tables[-1].table.last.stop
