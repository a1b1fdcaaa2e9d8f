"""Which rows of the log are kept as rows, and how: by their IDs or their amounts, and read when somebody looks."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import compress, count
from typing import Final, NamedTuple

from revintel_mcp.booking.booking import AttentionRow, LoggedRow, Price
from revintel_mcp.tracker.cells import raw_cells
from revintel_mcp.tracker.lines import Line, line_at
from revintel_mcp.tracker.log_rows import Row, RowForm
from revintel_mcp.tracker.outline import Table

_CAPTURED: Final = re.compile(rb".*_(?:refund|dispute|void)|manual_opening_", re.DOTALL)
_MANUAL: Final = b"manual_"
_NUMBERED: Final = re.compile(rb"(.+)_\d+", re.DOTALL)
# Numbers of a series have no leading noughts, and no series has a million rows: most IDs end otherwise.
_NUMBER: Final = re.compile(rb"_[1-9]\d{0,5}(?=\||\Z)")


class Wanted(NamedTuple):
    """Rows to keep: those of these IDs (and those numbered after one, `<id>_2`), and those of these US cents.

    `own_cents` are amounts of which only a person's rows are wanted: without an ID, or made by hand.
    """

    ids: Collection[str] = ()
    cents: AbstractSet[int] = frozenset()
    own_cents: AbstractSet[int] = frozenset()


Asking = Callable[[Sequence[AttentionRow], Sequence[Price]], Wanted]
"""Says what is wanted once Needs Attention and the prices are known, which stand above the log."""


class Spot(NamedTuple):
    """The place of a line among others: the `nth` after that of an offset, whose number is `number`."""

    data: bytes
    start: int
    number: int
    nth: int

    def line(self) -> Line:
        """The line."""
        at = self.start
        for _ in range(self.nth):
            at = self.data.index(b"\n", at) + 1
        return line_at(self.data, at, 0, self.number + self.nth)


class Found:
    """A row that somebody may ask for, and where it stands. Most are never looked at: so it is read when it is."""

    __slots__ = ("_place", "_row", "form", "table")

    def __init__(self, form: RowForm, table: Table, place: Line | Spot, row: Row | None = None) -> None:
        self.form = form
        self.table = table
        self._place = place
        self._row = row

    @property
    def line(self) -> Line:
        """Its line."""
        if isinstance(self._place, Spot):
            self._place = self._place.line()
        return self._place

    @property
    def row(self) -> Row:
        """The row, read with care."""
        if self._row is None:
            self._row = self.form.read(raw_cells(self.line.text))
            assert self._row is not None, "a blank line was captured"
        return self._row

    @property
    def columns(self) -> Mapping[str, int]:
        """Where its cells stand."""
        return self.form.columns


class FoundRows(Mapping[str, LoggedRow]):
    """Captured rows by ID, each made when it is looked up."""

    def __init__(self, found: Mapping[str, Found]) -> None:
        self._found = found

    def __getitem__(self, row_id: str) -> LoggedRow:
        found = self._found[row_id]
        return found.row.logged(found.line.number)

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def id_key(row_id: str) -> bytes:
    """An ID as bytes."""
    return row_id.encode("utf-8", "surrogatepass")


class Capture:
    """Tells which rows are kept: those wanted, reversals, opening rows and, with `manual`, entries made by hand."""

    def __init__(self, wanted: Wanted, *, manual: bool) -> None:
        self.ids = frozenset(map(id_key, wanted.ids))
        self.cents = wanted.cents
        self.own_cents = wanted.own_cents
        self._manual = manual
        self._words = (b"_refund", b"_dispute", b"_void", _MANUAL if manual else b"manual_opening_")

    def wants(self, key: bytes) -> bool:
        """Whether the row with this ID is to be kept."""
        if key in self.ids or _CAPTURED.match(key) or (self._manual and key.startswith(_MANUAL)):
            return True
        numbered = _NUMBERED.fullmatch(key)
        return numbered is not None and numbered[1] in self.ids

    def among(self, keys: list[bytes], joined: bytes) -> list[int]:
        """Which rows of a stretch are to be kept for their IDs; `joined` are the IDs with pipes between."""
        found = {index for word in self._words for index in _cells_with(word, joined) if self.wants(keys[index])}
        if not self.ids:
            return sorted(found)
        if not self.ids.isdisjoint(keys):
            found.update(compress(count(), map(self.ids.__contains__, keys)))
        for match in _NUMBER.finditer(joined):
            start = joined.rfind(b"|", 0, match.start()) + 1
            if joined[start : match.start()] in self.ids:
                found.add(joined.count(b"|", 0, start))
        return sorted(found)

    def is_alike(self, key: bytes, cents: int) -> bool:
        """Whether the row with this ID and amount is to be kept for its amount."""
        return cents in self.cents or (cents in self.own_cents and _is_own(key))

    def alike(self, amounts: list[int], keys: list[bytes], joined: bytes) -> list[int]:
        """Which rows of a stretch have an amount that is wanted; `keys` are their IDs, `joined` as above."""
        found: set[int] = set()
        if not self.cents.isdisjoint(amounts):
            found.update(compress(count(), map(self.cents.__contains__, amounts)))
        if not self.own_cents.isdisjoint(amounts) and (not all(keys) or not keys or _MANUAL in joined):
            some = compress(count(), map(self.own_cents.__contains__, amounts))
            found.update(index for index in some if not keys or _is_own(keys[index]))
        return sorted(found)


def _is_own(key: bytes) -> bool:
    """Whether a row with this ID is a person's."""
    return not key or key.startswith(_MANUAL)


def _cells_with(word: bytes, joined: bytes) -> Iterator[int]:
    """The numbers of the cells that hold a word."""
    at, cell, position = joined.find(word), 0, 0
    while at >= 0:
        cell += joined.count(b"|", position, at)
        yield cell
        position, at = at, joined.find(word, at + 1)
