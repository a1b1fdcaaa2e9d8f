"""Adopting a tracker that was kept by hand: monthly figures without rows behind them become rows of their own.

Once, at the first write to a file that has no Sources section. Afterwards the log is the truth.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations
from typing import Final, NamedTuple

from revintel_mcp.booking.booking import AttentionRow
from revintel_mcp.domain.money import AmountError, cents_from_usd, format_usd, parse_amount, usd_from_cents
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.problems import Problem, Severity
from revintel_mcp.domain.transaction import IMPORTED, Channel, Transaction, channel_named
from revintel_mcp.tracker.capture import Found
from revintel_mcp.tracker.findings import problem_at, stray_rows
from revintel_mcp.tracker.lines import Line
from revintel_mcp.tracker.log_edits import Named
from revintel_mcp.tracker.log_rows import channel_key
from revintel_mcp.tracker.outline import SECTIONS, SUMMARY, Outline
from revintel_mcp.tracker.summary_table import OTHER, TOTALS, MonthRow, SummaryTable, Target
from revintel_mcp.tracker.tally import Cells, Place, Totals, place_of
from revintel_mcp.tracker.values import Unclear, shown

OPENING: Final = "manual_opening_"
EXCESS: Final = "_excess"
"""How the ID of a word about too many rows ends; it stands in Needs Attention, and there is nothing to book."""
_OF_A_CELL: Final = re.compile(OPENING + r"\d{4}-\d\d_(?!total\Z)(?:(?!_2\Z).)+")
_ADOPTED: Final = re.compile(r"\(adopted (-?[\d,.]+)\)")
_NOT_INCOME: Final = frozenset(
    "goal goals target budget plan planned forecast hours note notes expenses expense costs cost tax taxes net fees fee"
    " profit clients sales count average avg growth change mom yoy ytd cumulative".split()
)
_MOST_OWN_COLUMNS: Final = 8
_NOT_ADOPTED: Final = (
    "its figures stay as they are and count nowhere: put them into the log, with `revintel-mcp add` or by hand"
)
TRACKER_SOURCE: Final = "Tracker"


class Adoption(NamedTuple):
    """What a hand-kept tracker gives: opening rows, and figures that need a person."""

    rows: tuple[Named, ...] = ()
    attention: tuple[AttentionRow, ...] = ()


class _Cell(NamedTuple):
    """A figure in the summary that rows may stand behind."""

    month: Month
    target: Target
    title: str
    row: MonthRow
    column: int

    @property
    def id(self) -> str:
        """`manual_opening_2026-01_stripe`."""
        return opening_id(self.month, self.target)


def opening_id(month: Month, target: Target) -> str:
    """The ID of the row that stands for a month's figure as it was adopted."""
    channel, name = target
    return f"{OPENING}{month}_{name or channel.key}"


def adopt(tables: Sequence[SummaryTable], cells: Cells, today: str, is_taken: Callable[[str], bool]) -> Adoption:
    """Opening rows for every figure that exceeds the rows behind it; the others to Needs Attention.

    `today` is the day, for First seen. `is_taken` says whether the log has a row with an ID, as after an adoption that
    somebody undid in part: whether that figure is money once more, only a person can say.
    """
    rows: list[Named] = []
    attention: list[AttentionRow] = []
    seen: set[str] = set()
    for cell in _figures(tables):
        if cell.id in seen:
            continue
        seen.add(cell.id)
        found = _adopt_cell(cell, cells, today)
        if found is not None and is_taken(cell.id):
            found = _for_a_person(cell, f"and {cell.id} is in the log already", today)._replace(id=f"{cell.id}_2")
        if isinstance(found, AttentionRow):
            attention.append(found)
        elif found is not None:
            rows.append(found)
    return Adoption(tuple(rows), (*attention, *_unexplained(tables, today)))


def not_adopted(outline: Outline, tables: Sequence[SummaryTable]) -> Iterator[Problem]:
    """A word on figures that may be income and that no opening row stands for: only a person can say."""
    for table in tables:
        for line, unclear in table.unread:
            yield _left(outline.file, line, "unread-month", str(unclear))
    yield from _smaller_totals(outline.file, tables)
    yield from _said_above(outline.file, tables)
    for header, why in overlooked(outline):
        yield _left(outline.file, header, "not-months", why)
    stray = [line for name, line in outline.stray if name == SUMMARY]
    yield from stray_rows(outline.file, stray, "no figure of it was adopted", Severity.WARNING, _NOT_ADOPTED)


def _smaller_totals(file: str, tables: Sequence[SummaryTable]) -> Iterator[Problem]:
    """Months whose Total is less than their channels: the channels are taken, and somebody may have meant the Total."""
    for _, row, index, channels in _totals(tables):
        total = _cents(row, index)
        if total is not None and channels is not None and total < channels:
            less = format_usd(usd_from_cents(channels - total))
            message = f"the Total of {row.month.label} was {less} less than its channels, which are adopted as they are"
            mend = "if the Total was right, mend the opening rows in the log"
            yield problem_at(file, row.line, "smaller-total", message, mend, severity=Severity.WARNING, cell=index)


def _said_above(file: str, tables: Sequence[SummaryTable]) -> Iterator[Problem]:
    """Figures of a month and channel that a line above gives too, and differently: that one is adopted."""
    above: dict[str, tuple[int | None, str]] = {}
    for cell in _figures(tables):
        cents, text = _cents(cell.row, cell.column), shown(cell.row.text(cell.column))
        first, said = above.setdefault(cell.id, (cents, text))
        if cents and cents != first:
            whose = f"{cell.title} of {cell.month.label}"
            message = f"{whose} says {text} here and {said} in a line above, which counts"
            mend = "if both are income, put this one into the log, as with `revintel-mcp add`; then remove the line"
            yield problem_at(
                file, cell.row.line, "duplicate-month", message, mend, severity=Severity.WARNING, cell=cell.column
            )


def _left(file: str, line: Line, code: str, why: str) -> Problem:
    return problem_at(file, line, code, why, _NOT_ADOPTED, severity=Severity.WARNING)


def overlooked(outline: Outline) -> Iterator[tuple[Line, str]]:
    """Headers of tables that may hold monthly figures and are not read as such, with why."""
    for table in outline.strangers:
        names, section = set(table.names), table.section.name
        if section == SUMMARY:
            yield table.header, "this table under Monthly Summary has no column Month"
        elif "month" in names and section not in SECTIONS and any(map(_is_money, names)):
            yield (
                table.header,
                f"this table of months does not stand under ## Monthly Summary but under {shown(section)}",
            )


def _is_money(name: str) -> bool:
    return name in TOTALS or channel_named(name) is not None


def take_own_columns(tables: Sequence[SummaryTable]) -> None:
    """Give the tables the columns of channels that only this tracker knows.

    A name that is a channel in one table is one in all of them: once it is in the log, its figures come from there.
    """
    found = [own_columns(table) for table in tables]
    names = {name for columns in found for _, name in columns.values()}
    for table, columns in zip(tables, found, strict=True):
        table.columns |= columns
        others = names.difference(name for _, name in table.columns.values())
        named = SummaryTable(table.table, others).columns if others else {}
        table.columns |= {index: target for index, target in named.items() if target[1] in others}


def own_columns(table: SummaryTable) -> dict[int, Target]:
    """Columns of channels that only this tracker knows: those that the Total needs to add up in every row."""
    if table.total_index is None:
        return {}
    extra = [index for index in _own_figures(table) if not table.has_words(index)]
    if len(extra) > _MOST_OWN_COLUMNS:
        return {}
    for size in range(1, len(extra) + 1):
        for some in combinations(extra, size):
            if _adds_up(table, some) and not _adds_up(table, ()):
                return {index: (Channel.OTHER, channel_key(table.table.names[index])) for index in some}
    return {}


def _is_not_income(name: str) -> bool:
    return any(word in _NOT_INCOME for word in name.split())


def _own_figures(table: SummaryTable) -> list[int]:
    """Columns that are not ours, hold an amount, and are not said to be something else than income."""
    taken = {*table.columns, table.month_index, table.total_index}
    names = table.table.names
    return [
        index
        for index, name in enumerate(names)
        if index not in taken
        and name
        and not _is_not_income(name)
        and any(_cents(row, index) is not None for row in table.rows)
    ]


def _adds_up(table: SummaryTable, extra: Iterable[int]) -> bool:
    """Whether the channels and these columns together are the Total, in every row that has one."""
    indexes = (*table.columns, *extra)
    assert table.total_index is not None
    rows = [row for row in table.rows if _cents(row, table.total_index)]
    return bool(rows) and all(
        sum(_cents(row, index) or 0 for index in indexes) == _cents(row, table.total_index) for row in rows
    )


def _cents(row: MonthRow, index: int) -> int | None:
    try:
        return row.cents(index)
    except Unclear:
        return None


def _figures(tables: Sequence[SummaryTable]) -> Iterator[_Cell]:
    """Every figure that is adopted; a Total alone is one of Other, unless a table says what channels it came from."""
    by_channel = [cell for table in tables for cell in _cells_of(table, table.columns)]
    months = {cell.month for cell in by_channel}
    yield from by_channel
    for table in tables:
        if not table.columns and table.total_index is not None:
            cells = _cells_of(table, {table.total_index: OTHER})
            yield from (cell for cell in cells if cell.month not in months)


def _cells_of(table: SummaryTable, columns: Mapping[int, Target]) -> Iterator[_Cell]:
    for row in table.rows:
        for index, target in columns.items():
            if row.text(index):
                yield _Cell(row.month, target, table.title(index), row, index)


def _totals(tables: Sequence[SummaryTable]) -> Iterator[tuple[SummaryTable, MonthRow, int, int | None]]:
    """Every Total of a month that has channels, its column, and what they come to in cents, None if one is unclear.

    Those of its own line; for a table of nothing but totals, those of the other tables.
    """
    elsewhere: dict[Month, dict[str, int | None]] = {}
    for table in tables:
        for cell in _cells_of(table, table.columns):
            figures = elsewhere.setdefault(cell.month, {})
            figures.setdefault(cell.id, _figure_in(cell.row, cell.column))
    for table in tables:
        if table.total_index is None:
            continue
        for row in table.rows:
            if table.columns:
                yield table, row, table.total_index, _sum(_figure_in(row, index) for index in table.columns)
            elif row.month in elsewhere:
                yield table, row, table.total_index, _sum(elsewhere[row.month].values())


def _figure_in(row: MonthRow, index: int) -> int | None:
    """Cents, none where nothing is said; None if what is said is unclear."""
    return None if row.is_unclear(index) else _cents(row, index) or 0


def _sum(figures: Iterable[int | None]) -> int | None:
    known = list(figures)
    return None if None in known else sum(filter(None, known))


def _adopt_cell(cell: _Cell, cells: Cells, today: str) -> Named | AttentionRow | None:
    place = Place(cell.month, *cell.target)
    rows = cells.get(place, Totals()).amount_cents
    try:
        cents = cell.row.cents(cell.column)
    except Unclear as unclear:
        return _for_a_person(cell, f"and {unclear}", today)
    if not cents or cents == rows:
        return None
    if cell.month.first_day.isoformat() > today:
        return _for_a_person(cell, "for a month that has not begun", today)
    if cents < 0 and not rows:
        return _for_a_person(cell, "money that went back, with no row that says when or why", today)
    if cents < rows:
        return excess_row(cell.id, cell.month, cell.title, cents, rows, today)
    return opening_row(cell.id, cell.month, cell.target, cell.title, cents, cents - rows)


def opening_row(row_id: str, month: Month, target: Target, title: str, adopted: int, amount: int) -> Named:
    """The row that stands for a figure that had no rows behind it; amounts in cents."""
    transaction = Transaction(
        id=row_id,
        date=month.first_day,
        channel=target[0],
        amount_usd=usd_from_cents(amount),
        description=f"Opening balance (adopted {format_usd(usd_from_cents(adopted))})",
    )
    return transaction, title if target[1] else ""


def excess_row(row_id: str, month: Month, title: str, adopted: int, rows: int, today: str) -> AttentionRow:
    """The word that rows add up to more than the figure that was adopted. It can't be booked: nothing is missing."""
    more, kept = format_usd(usd_from_cents(rows - adopted)), format_usd(usd_from_cents(adopted))
    why = (
        f"the rows of {month.label} {title} are {more} more than the {kept} kept by hand:"
        " the rows count; delete this row once you have checked them"
    )
    return AttentionRow(id=f"{row_id}{EXCESS}", source=TRACKER_SOURCE, why=why, first_seen=today)


def _for_a_person(cell: _Cell, why: str, today: str) -> AttentionRow:
    """A figure that only a person can book: once the amount is typed in, the row is enough."""
    return AttentionRow(
        id=cell.id,
        source=TRACKER_SOURCE,
        why=f"the summary said {shown(cell.row.text(cell.column))}, {why}: type the amount to count it",
        date=cell.month.first_day.isoformat(),
        description=f"Opening balance of {cell.month.label}",
        currency="USD",
        first_seen=today,
        extra={"Channel": cell.target[0].value},
    )


def _unexplained(tables: Sequence[SummaryTable], today: str) -> Iterable[AttentionRow]:
    """Months whose Total is, or may be, more than their channels: somebody must say what the rest was."""
    seen: set[str] = set()
    for table, row, index, channels in _totals(tables):
        why = _why_more(table, row, index, channels)
        row_id = f"{OPENING}{row.month}_total"
        if why and row_id not in seen:
            seen.add(row_id)
            yield AttentionRow(
                id=row_id,
                source=TRACKER_SOURCE,
                why=f"the Total of {row.month.label} was {why}",
                date=row.month.first_day.isoformat(),
                description=f"Opening balance of {row.month.label}, not in any channel",
                currency="USD",
                first_seen=today,
                extra={"Channel": Channel.OTHER.value},
            )


def _why_more(table: SummaryTable, row: MonthRow, index: int, channels: int | None) -> str:
    """What a month's Total was, if opening rows of its channels may not be all of it; else nothing."""
    try:
        total = row.cents(index)
    except Unclear as unclear:
        text = row.text(index)
        is_figure = any(character.isdigit() for character in text)
        return f"{shown(text)}, and {unclear}: type what it has beyond its channels to count it" if is_figure else ""
    if total is None or (channels is not None and total <= channels):
        return ""
    was = format_usd(usd_from_cents(total))
    if channels is not None:
        rest = format_usd(usd_from_cents(total - channels))
        return f"{was}, {rest} more than its channels: type that amount to count it"
    others = any(_cents(row, other) for other in _own_figures(table))
    return (
        f"{was}, and a channel of it can't be read: type what it has beyond its channels to count it" if others else ""
    )


def as_opening(row: Transaction) -> Transaction:
    """A row as it is logged: one whose figure a person typed into Needs Attention says so, like one that was clear.

    Else a source's rows for that month and channel would count beside it. Money that went back, and what no channel
    explains, is nobody's figure for a channel.
    """
    if not _OF_A_CELL.fullmatch(row.id) or row.amount_usd <= 0 or adopted_cents(row) is not None:
        return row
    return row._replace(description=f"Opening balance (adopted {format_usd(row.amount_usd)})")


def adopted_cents(transaction: Transaction) -> int | None:
    """What an opening row's description says was adopted; None if it no longer says."""
    match = _ADOPTED.search(transaction.description)
    if match is None:
        return None
    try:
        return cents_from_usd(parse_amount(match[1]))
    except AmountError:
        return None


class Opening(NamedTuple):
    """An opening row after a source brought rows for its month and channel: what it is now, and by what they exceed it.

    `others` are those rows, in cents.
    """

    row: Named
    adopted: int
    others: int

    @property
    def shrunk(self) -> Transaction:
        """The row with max(0, adopted - others), and never with more than it had."""
        mine = cents_from_usd(self.row[0].amount_usd)
        return self.row[0]._replace(amount_usd=usd_from_cents(min(mine, max(0, self.adopted - self.others))))

    def excess(self, today: str) -> AttentionRow | None:
        """The word that rows add up to more than was adopted, if they do."""
        if self.others <= self.adopted:
            return None
        transaction, name = self.row
        month, title = Month.of(transaction.date), name or transaction.channel.value
        return excess_row(transaction.id, month, title, self.adopted, self.others, today)


def openings(
    rows: Iterable[Named], added: Iterable[Named], typed: AbstractSet[Place], sums: Cells
) -> Iterable[Opening]:
    """Opening rows of months and channels that a source, or a platform's file, has just brought rows for.

    `typed` are the places of opening rows that a person has just made clear: rows may have come before. `sums` are
    those of the log with `added`, the opening rows as they stand included. A row that was raised above what it says
    was adopted is a person's own and stays as it is.
    """
    touched = typed | {
        place_of(row, name) for row, name in added if row.via == IMPORTED or not row.id.startswith("manual_")
    }
    for transaction, name in rows:
        adopted = adopted_cents(transaction)
        place = place_of(transaction, name)
        mine = cents_from_usd(transaction.amount_usd)
        if place in touched and transaction.status.counts and adopted is not None and mine <= adopted:
            yield Opening((transaction, name), adopted, sums[place].amount_cents - mine)


def opening_rows(found: Mapping[str, Found]) -> list[Named]:
    """The opening rows of a log that can be read."""
    rows = [each.row for row_id, each in found.items() if row_id.startswith(OPENING)]
    return [(row.transaction, row.name) for row in rows if row.transaction is not None]
