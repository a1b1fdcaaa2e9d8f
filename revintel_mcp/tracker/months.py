"""Writing the Monthly Summary: every figure comes from the log."""

from collections.abc import Iterable, Mapping
from typing import Final

from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.problems import Problem, Severity
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.tracker.cells import is_padded, render_row, with_cells
from revintel_mcp.tracker.edits import Edits, add_columns, add_table, empty_table, free_column, table_newline
from revintel_mcp.tracker.figures import figure
from revintel_mcp.tracker.findings import problem_at
from revintel_mcp.tracker.outline import INDENTED, SUMMARY, Outline
from revintel_mcp.tracker.summary_table import TITLES, MonthRow, SummaryTable, month_label, own_names
from revintel_mcp.tracker.tally import Cells, Place, by_month, months_of
from revintel_mcp.tracker.values import Unclear

FIGURE_REPLACED: Final = (
    "fine if you changed rows; if you typed the figure, put what is missing into the log, with `revintel-mcp add` or "
    "by hand"
)


class MonthsWriter:
    """Brings every summary table up to date with the log."""

    def __init__(self, edits: Edits, data: bytes, outline: Outline, before: Cells, after: Cells) -> None:
        self.edits = edits
        self.data = data
        self.outline = outline
        self.before = by_month(before)
        self.after = by_month(after)
        self.counted = tuple(months_of(after))
        self.problems: list[Problem] = []
        self.column_added = False
        own = own_names(before) | own_names(after)
        self.tables = [SummaryTable(table, own) for table in outline.tables_in(SUMMARY)]

    def write(self, current: Month, closing: bytes) -> None:
        """Write the figures of every month with a counted row, and the current one.

        `closing` are the lines under a table that is written anew.
        """
        months = sorted({*self.counted, current})
        if not self.tables:
            self._new_table(months, closing)
            return
        homes = self._homes(months)
        for table in self.tables:
            self._write_table(table, [month for month in months if homes.get(month) is table])

    def _homes(self, months: Iterable[Month]) -> dict[Month, SummaryTable]:
        """For each month without a line, the table to put it in: its year's, else the one with the latest month."""
        present = {row.month for table in self.tables for row in table.rows}
        homes = {}
        for month in months:
            if month not in present:
                same_year = [each for each in self.tables if any(row.month.year == month.year for row in each.rows)]
                latest = max(self.tables, key=lambda each: max((row.month for row in each.rows), default=Month(1, 1)))
                homes[month] = (same_year or [latest])[-1]
        return homes

    # -- one table ------------------------------------------------------------------------------------------------

    def _write_table(self, table: SummaryTable, missing: list[Month]) -> None:
        ours = self._first_rows(table)
        header = self._with_other(table, [*ours, *missing])
        # A second line for a month is the person's own; it stays behind the first.
        rows = sorted(table.rows, key=lambda row: row.month)
        for slot, row in zip(table.rows, rows, strict=True):
            text = self._row_text(table, row, header) if row is ours.get(row.month) else row.line.text
            self.edits.replace(slot.line, text if slot is row else _moved(text, header))
        slots = {row.month: slot for slot, row in zip(table.rows, rows, strict=True)}
        for month in missing:
            self._insert(table, month, slots, header)

    def _first_rows(self, table: SummaryTable) -> dict[Month, MonthRow]:
        """The rows that are ours: of two lines for a month, the first in the file."""
        earlier = {row.month for each in self.tables[: self.tables.index(table)] for row in each.rows}
        found: dict[Month, MonthRow] = {}
        for row in table.rows:
            if row.month not in earlier:
                found.setdefault(row.month, row)
        return found

    def _with_other(self, table: SummaryTable, months: Iterable[Month]) -> bytes:
        """The header; with a new column Other if some income has no column to stand in."""
        if not any(table.lacks_a_column(self.after.get(month, {})) for month in months):
            return table.table.header.text
        header, _ = add_columns(self.edits, table.table, [("Other", True)], free_column(table.table))
        table.add_other(free_column(table.table))
        self.column_added = True
        return header.text

    def _row_text(self, table: SummaryTable, row: MonthRow, header: bytes) -> bytes:
        was, now = (table.figures(sums.get(row.month, {})) for sums in (self.before, self.after))
        changed = [index for index, cents in now.items() if _old_figure(row, index) != cents]
        typed = [index for index in changed if row.text(index) and _old_figure(row, index) != was.get(index)]
        for index in typed:
            if index != table.total_index or typed == [index]:  # a Total that only follows needs no word of its own
                self._report(table, row, index, now[index])
        changes = {index: figure(now[index], row.text(index)) for index in changed}
        return with_cells(row.line.text, changes, header) if changes else row.line.text

    def _report(self, table: SummaryTable, row: MonthRow, index: int, cents: int) -> None:
        self.problems.append(
            problem_at(
                self.outline.file,
                row.line,
                "figure-replaced",
                f"{table.title(index)} of {row.month.label} said {row.text(index)[:40]}; the rows of the log add up to "
                f"{figure(cents)}, which stands there now",
                FIGURE_REPLACED,
                severity=Severity.WARNING,
                cell=index,
            )
        )

    def _insert(self, table: SummaryTable, month: Month, slots: dict[Month, MonthRow], header: bytes) -> None:
        newline = table_newline(self.outline, table.table)
        earlier = [each for each in slots if each < month]
        like = slots[max(earlier)] if earlier else (table.rows[0] if slots else None)
        text = self._new_row(table, month, like, header)
        if earlier:
            self.edits.insert(slots[max(earlier)].line.stop, newline + text)
        elif like is not None:
            self.edits.insert(like.line.start, text + newline)
        else:
            above = table.table.delimiter if table.table.has_rule else table.table.last
            self.edits.insert(above.stop, newline + text)

    def _new_row(self, table: SummaryTable, month: Month, like: MonthRow | None, header: bytes) -> bytes:
        above = like.text if like is not None else lambda _: ""
        texts = {
            index: figure(cents, above(index)) for index, cents in table.figures(self.after.get(month, {})).items()
        }
        texts[table.month_index] = month_label(month, above(table.month_index))
        cells = {index: texts.get(index, "") for index in range(table.width)}
        if like is not None and is_padded(like.line.text, header):
            return with_cells(like.line.text, cells, header)
        return render_row(list(cells.values()))

    # -- a new one --------------------------------------------------------------------------------------------------

    def _new_table(self, months: Iterable[Month], closing: bytes) -> None:
        newline = self.outline.newline
        text = empty_table([(title, title != "Month") for title in TITLES], newline)
        text += b"".join(newline + _canonical_row(month, self.after.get(month, {})) for month in months) + closing
        section = self.outline.section(SUMMARY)
        if section is not None:
            add_table(self.edits, self.outline, section, text)
        else:
            self.edits.add_section(SUMMARY, text)


def _old_figure(row: MonthRow, index: int) -> int | None:
    """What a cell shows, a blank one zero; None if it is unclear."""
    try:
        return row.cents(index) or 0
    except Unclear:
        return None


def _canonical_row(month: Month, places: Mapping[Place, int]) -> bytes:
    by_channel = dict.fromkeys(Channel, 0)
    for place, cents in places.items():
        by_channel[place.channel] += cents
    sums = (*by_channel.values(), sum(by_channel.values()))
    return render_row([month.label, *map(figure, sums)])


def _moved(text: bytes, header: bytes) -> bytes:
    """A row as it may stand behind a gap: there an indented line would be code, and one without outer pipes prose."""
    if text.startswith(INDENTED):
        text = text.lstrip(b" \t")
    is_piped = header.lstrip(b" \t").startswith(b"|")
    return b"| " + text if is_piped and not text.lstrip(b" \t").startswith(b"|") else text
