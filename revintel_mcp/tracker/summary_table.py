"""The Monthly Summary as it stands: which column is which channel, which row is which month."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Channel, channel_named
from revintel_mcp.tracker.cells import cell_text, raw_cells
from revintel_mcp.tracker.lines import Line
from revintel_mcp.tracker.log_rows import channel_key
from revintel_mcp.tracker.outline import Table
from revintel_mcp.tracker.tally import Cells, Place
from revintel_mcp.tracker.values import Unclear, plain, read_month, read_optional_cents

TITLES: Final = ("Month", *(channel.value for channel in Channel), "Total")
TOTALS: Final = ("total", "sum", "monthly total")
_SUM_ROW: Final = re.compile(r"(?:grand |sub)?totals?|sum|ytd|year to date|average|avg|mean", re.IGNORECASE)

#: What a column counts: a channel, and a name of the tracker's own within Other.
Target = tuple[Channel, str]
OTHER: Final[Target] = (Channel.OTHER, "")


class MonthRow(NamedTuple):
    """A row of the summary that names a month."""

    month: Month
    line: Line
    raws: list[bytes]

    def text(self, index: int) -> str:
        """What a cell says; empty if the row is shorter."""
        return cell_text(self.raws[index]) if index < len(self.raws) else ""

    def cents(self, index: int) -> int | None:
        """The figure in a cell, None if it is blank.

        Raises:
            Unclear: there is text that is no clear amount.
        """
        return read_optional_cents(self.raws[index]) if index < len(self.raws) else None

    def is_unclear(self, index: int) -> bool:
        """Whether a cell says something that is no clear amount; a dash says that there is nothing."""
        try:
            self.cents(index)
        except Unclear:
            return True
        return False


class SummaryTable:
    """One table of months. `own` are names of channels that only this tracker knows."""

    def __init__(self, table: Table, own: Collection[str]) -> None:
        self.table = table
        self.month_index = table.names.index("month")
        self.total_index = next((table.names.index(name) for name in TOTALS if name in table.names), None)
        self.width = len(table.names)
        self.rows: list[MonthRow] = []
        self.unread: list[tuple[Line, Unclear]] = []
        """Rows with figures that name no month and are no sums."""
        self._read_rows()
        self.columns = self._channel_columns(own)

    def _channel_columns(self, own: Collection[str]) -> dict[int, Target]:
        """The column of each channel: the first of its name, or of a tracker's own the first that holds no words."""
        columns: dict[Target, int] = {}
        for index, name in enumerate(self.table.names):
            target = self._target(name, own)
            if target is None or index in (self.month_index, self.total_index):
                continue
            first = columns.setdefault(target, index)
            if target[1] and self.has_words(first) and not self.has_words(index):
                columns[target] = index
        return {index: target for target, index in columns.items()}

    def has_words(self, index: int) -> bool:
        """Whether a cell of a column holds something that is no amount."""
        return any(row.is_unclear(index) for row in self.rows)

    @staticmethod
    def _target(name: str, own: Collection[str]) -> Target | None:
        channel = channel_named(name)
        if channel is not None:
            return channel, ""
        key = channel_key(name)
        return (Channel.OTHER, key) if key in own else None

    def _read_rows(self) -> None:
        for line in self.table.rows:
            raws = raw_cells(line.text)
            raw = raws[self.month_index] if self.month_index < len(raws) else b""
            if not raw.strip(b" \t:-"):
                continue
            try:
                self.rows.append(MonthRow(read_month(cell_text(raw), self._year_of(raws)), line, raws))
            except Unclear as unclear:
                if _is_sum(raw) or not any(char.isdigit() for char in line.text.decode()):
                    continue
                self.unread.append((line, unclear))

    def _year_of(self, raws: Sequence[bytes]) -> int | None:
        """The year of a row whose month names none: that of its column Year, else of the heading above."""
        index = self.table.index("year")
        text = plain(cell_text(raws[index])) if index is not None and index < len(raws) else ""
        return int(text) if re.fullmatch(r"(?:19|20)[0-9]{2}", text) else self.table.year

    @staticmethod
    def _column_of(place: Place, by_target: Mapping[Target, int]) -> int | None:
        """The column that a place of the log counts in; None if only a new Other column could hold it."""
        for target in ((place.channel, place.name), (place.channel, ""), OTHER):
            if target in by_target:
                return by_target[target]
        return None

    def figures(self, places: Mapping[Place, int]) -> dict[int, int]:
        """What the log says of a month, in cents by column, the total included. `places` are that month's cents."""
        by_target = {target: index for index, target in self.columns.items()}
        found = dict.fromkeys(self.columns, 0)
        for place, cents in places.items():
            index = self._column_of(place, by_target)
            if index is not None:
                found[index] += cents
        if self.total_index is not None:
            found[self.total_index] = sum(places.values())
        return found

    def lacks_a_column(self, places: Mapping[Place, int]) -> bool:
        """Whether a month has income that no column shows. A table of nothing but totals shows all of it."""
        by_target = {target: index for index, target in self.columns.items()}
        lost = (place for place, cents in places.items() if cents and self._column_of(place, by_target) is None)
        return bool(self.columns) and any(lost)

    def add_other(self, index: int) -> None:
        """Know of a new last column for what has none of its own."""
        self.columns[index] = OTHER
        self.width = index + 1

    def title(self, index: int) -> str:
        """A column's header as typed."""
        raws = raw_cells(self.table.header.text)
        return plain(cell_text(raws[index])) if index < len(raws) else "Other"


def _is_sum(raw: bytes) -> bool:
    """Whether a row's first word says that it adds up the others (`**Total 2025**`): it is a person's own."""
    text = re.sub(r"[\d:()\s]+", " ", plain(cell_text(raw))).strip()
    return _SUM_ROW.fullmatch(text) is not None


def own_names(cells: Cells) -> set[str]:
    """Names of channels that only this tracker knows."""
    return {place.name for place in cells if place.name}


def month_label(month: Month, like: str) -> str:
    """A month in the manner of another cell: `Feb 2026`, `2026-02`, `February 2026`."""
    text = plain(like)
    if text[:4].isdigit():
        return str(month)
    if len(text.split(" ")[0]) > len("Sept."):
        return f"{_LONG[month.number - 1]} {month.year}"
    return month.label


_LONG: Final[Sequence[str]] = (
    "January February March April May June July August September October November December".split()
)
