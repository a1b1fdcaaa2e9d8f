"""Every problem of a tracker at once, each with its place and how to mend it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from revintel_mcp.domain.periods import Month, fiscal_year_window
from revintel_mcp.domain.problems import Problem, Severity
from revintel_mcp.tracker.adoption import EXCESS, overlooked
from revintel_mcp.tracker.cells import raw_cells
from revintel_mcp.tracker.figures import figure
from revintel_mcp.tracker.findings import problem_at, stray_rows
from revintel_mcp.tracker.lines import Line, is_blank
from revintel_mcp.tracker.log_checks import LogChecks
from revintel_mcp.tracker.log_rows import channel_key
from revintel_mcp.tracker.outline import ATTENTION, LOG, SECTIONS, SOURCES, SUMMARY, Outline, Table
from revintel_mcp.tracker.own_lines import year_to_date_of
from revintel_mcp.tracker.scan import DEFAULT_FILE, Scan
from revintel_mcp.tracker.scan import scan as read
from revintel_mcp.tracker.small_tables import cell_rows
from revintel_mcp.tracker.summary_table import MonthRow, SummaryTable, own_names
from revintel_mcp.tracker.tally import Place, by_month, months_of
from revintel_mcp.tracker.unseen import unseen_ids
from revintel_mcp.tracker.values import Unclear, shown


def check(
    data: bytes,
    *,
    today: date,
    file: str = DEFAULT_FILE,
    fiscal_year_start: int = 1,
) -> tuple[Problem, ...]:
    """All that a person should mend or look at, in the order of the file.

    Raises:
        TrackerUnreadable: it is not UTF-8.
    """
    sources = read(data, today=today, file=file, log=False).sources
    log = LogChecks(file, data, today, frozenset(unseen_ids(sources)))
    outline = Outline(file, log).walk(data)
    scan = Scan(outline, log, data, today, fiscal_year_start)
    if is_blank(data):
        return ()
    own = {channel_key(name) for table in outline.tables_in(SUMMARY) for name in table.names}
    found = (
        *scan.problems,
        *log.unknown_channels(own),
        *log.of_struck_rows(),
        *_structure(outline, log),
        *_summary(scan),
        *_waiting(outline),
        *_states(scan),
    )
    return tuple(sorted(found, key=lambda problem: (problem.line, problem.column)))


class _At:
    """Makes problems of one file."""

    def __init__(self, file: str) -> None:
        self.file = file

    def warn(self, line: Line, code: str, message: str, mend: str, cell: int | None = None) -> Problem:
        """Something worth a look."""
        return problem_at(self.file, line, code, message, mend, severity=Severity.WARNING, cell=cell)

    def fail(self, line: Line, code: str, message: str, mend: str) -> Problem:
        """Something that leaves rows out, or makes a figure wrong."""
        return problem_at(self.file, line, code, message, mend)


# -- structure --------------------------------------------------------------------------------------------------------


def _structure(outline: Outline, log: LogChecks) -> Iterator[Problem]:
    at = _At(outline.file)
    if outline.open_since is not None:
        message = "this code fence or comment is never closed: nothing below it is read"
        yield at.fail(outline.open_since, "open-fence", message, "close it, with the same marks or with -->")
    yield from _headings(outline)
    for header in outline.foreign_in(LOG):
        message = "this table under Transaction Log has no Date or no Amount column: its rows are not counted"
        yield at.warn(header, "not-a-log", message, "name the columns Date, Channel, Amount (USD) … or move the table")
    for table in outline.tables:
        yield from _table(at, table)
    if not log.tables and outline.section(LOG) is None and not _is_without_rows(outline):
        yield Problem(
            code="no-log",
            message="there is no Transaction Log",
            mend="write a heading ## Transaction Log; the next refresh makes the table",
            severity=Severity.WARNING,
            file=outline.file,
        )


def _is_without_rows(outline: Outline) -> bool:
    """Whether a refresh wrote this tracker and found nothing yet: the log comes with its first row."""
    if outline.section(SOURCES) is None:
        return False
    tables = [SummaryTable(table, ()) for table in outline.tables_in(SUMMARY)]
    return not any(
        row.is_unclear(index) or row.cents(index)
        for table in tables
        for row in table.rows
        for index in (*table.columns, table.total_index)
        if index is not None
    )


def _headings(outline: Outline) -> Iterator[Problem]:
    counts = Counter(name for level, name, _ in outline.headings if level == 2)
    for level, name, line in outline.headings:
        if name not in SECTIONS:
            continue
        if level != 2 and not counts[name]:
            yield Problem(
                code="heading-level",
                message=f"the heading {name.title()} has level {level}, so the tables under it are not read",
                mend=f"write it as ## {name.title()}",
                file=outline.file,
                line=line,
                column=1,
            )
    for name, count in counts.items():
        if name in SECTIONS and count > 1:
            last = max(line for level, each, line in outline.headings if each == name and level == 2)
            yield Problem(
                code="duplicate-section",
                message=f"{name.title()} stands here once more; the tables under both are read",
                mend="bring them under one heading",
                severity=Severity.WARNING,
                file=outline.file,
                line=last,
                column=1,
            )


def _table(at: _At, table: Table) -> Iterator[Problem]:
    columns, rules = len(table.names), len(raw_cells(table.delimiter.text))
    if not table.has_rule:
        message = "there is no line of dashes under this header: its rows are read, but viewers show no table"
        yield at.warn(table.header, "no-rule", message, f"put this line under it: |{' --- |' * columns}")
    if columns != rules:
        message = f"the header has {columns} cells and the line under it {rules}: viewers show no table"
        yield at.warn(table.delimiter, "uneven-header", message, "give both the same number of cells")
    for name, count in Counter(name for name in table.names if name).items():
        if count > 1:
            cell = len(table.names) - 1 - table.names[::-1].index(name)
            message = f"two columns are named {name!r}; the first one is read"
            yield at.warn(table.header, "duplicate-column", message, "rename one of them", cell)
    for line in table.loose:
        message = "a gap stands above this row: it counts, but viewers show no table here"
        yield at.warn(line, "gap-in-table", message, "take the empty line or the text above it out of the table")


# -- figures ----------------------------------------------------------------------------------------------------------


def _summary(scan: Scan) -> Iterator[Problem]:
    at, outline = _At(scan.file), scan.outline
    tables = [SummaryTable(table, own_names(scan.cells)) for table in outline.tables_in(SUMMARY)]
    seen: set[Month] = set()
    for table in tables:
        for line, unclear in table.unread:
            yield at.warn(line, "unread-month", f"this row is yours alone: {unclear}", unclear.mend, table.month_index)
        for row in table.rows:
            if row.month in seen:
                mend = "remove one of the two lines"
                yield at.warn(row.line, "duplicate-month", f"{row.month.label} has another line above", mend)
            seen.add(row.month)
    if outline.section(SOURCES) is None:
        yield from _not_adopted(at, outline, tables)
        return
    places = by_month(scan.cells)
    above: set[Month] = set()
    for table in tables:  # a month's second line is a person's own: no refresh writes it
        for row in {row.month: row for row in reversed(table.rows) if row.month not in above}.values():
            yield from _row_figures(at, places, table, row)
        above.update(row.month for row in table.rows)
    if tables:
        yield from _missing_months(at, scan, tables, seen)
        yield from _year_to_date(at, scan)


def _row_figures(
    at: _At, places: Mapping[Month, Mapping[Place, int]], table: SummaryTable, row: MonthRow
) -> Iterator[Problem]:
    for index, cents in table.figures(places.get(row.month, {})).items():
        try:
            typed = row.cents(index) or 0
        except Unclear:
            typed = None
        if typed != cents:
            message = (
                f"{table.title(index)} of {row.month.label} says {shown(row.text(index))}, the log {figure(cents)}"
            )
            mend = "mend the rows of the log, or let the next refresh write the figure anew"
            yield at.warn(row.line, "figure", message, mend, index)


def _missing_months(at: _At, scan: Scan, tables: Iterable[SummaryTable], seen: set[Month]) -> Iterator[Problem]:
    header = next(iter(tables)).table.header
    for month in months_of(scan.cells):
        if month not in seen:
            message, mend = f"{month.label} has rows in the log and no line here", "the next refresh adds it"
            yield at.warn(header, "missing-month", message, mend)


def _year_to_date(at: _At, scan: Scan) -> Iterator[Problem]:
    line = scan.outline.ytd
    window = fiscal_year_window(scan.today, scan.fiscal_year_start)
    cents = sum(t.amount_cents for place, t in scan.cells.items() if place.month.first_day in window)
    if line is not None and year_to_date_of(line.text) != cents and str(window.start.year) in line.text.decode():
        message = f"the year to date is not what the log adds up to, {figure(cents)}"
        yield at.warn(line, "figure", message, "let the next refresh write it anew")


def _not_adopted(at: _At, outline: Outline, tables: Iterable[SummaryTable]) -> Iterator[Problem]:
    for header, why in overlooked(outline):
        mend = (
            "mend that before the first refresh, which keeps a backup and makes opening rows of the figures it can read"
        )
        yield at.warn(header, "not-months", f"{why}: its figures are not read", mend)
    stray = [line for name, line in outline.stray if name == SUMMARY]
    yield from stray_rows(at.file, stray, "no figure of it is read", Severity.WARNING)
    for table in tables:
        if any(row.text(index) for row in table.rows for index in table.columns):
            message = "this tracker was kept by hand: figures here may have no rows behind them"
            mend = "the first refresh keeps a backup and makes an opening row of each such figure"
            yield at.warn(table.table.header, "not-adopted", message, mend)


# -- sources and what waits -------------------------------------------------------------------------------------------


def _waiting(outline: Outline) -> Iterator[Problem]:
    at = _At(outline.file)
    for row in cell_rows(outline.tables_in(ATTENTION)):
        why = (row.text("why") or "this record is not counted")[:300]
        if row.text("id").endswith(EXCESS):
            yield at.warn(row.line, "needs-attention", why, "delete this row here once you have checked them")
        else:
            yield at.warn(
                row.line, "needs-attention", f"not counted: {why}", "mend this row; the next refresh books it"
            )


def _states(scan: Scan) -> Iterator[Problem]:
    at = _At(scan.file)
    lines = {row.text("source"): row for row in cell_rows(scan.outline.tables_in(SOURCES))}
    for state in scan.stated:
        first, last = state.complete_from, state.complete_to
        row = lines.get(state.name)
        if row is None or last is None:
            continue
        if last > scan.today or (first is not None and first > last):
            message = f"{state.name} can't be complete from {first} to {last}"
            mend = "the next refresh writes both anew; blank them to have the source read from the start of the year"
            yield at.warn(row.line, "odd-source-dates", message, mend, row.table.index("complete to"))
