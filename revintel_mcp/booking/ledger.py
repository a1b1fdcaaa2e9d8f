"""The log as it will be: what the tracker holds, and what this run adds to it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.booking.reversal_ids import VOID, ReversalId, base_of, read_reversal_id
from revintel_mcp.booking.stated import stated_in
from revintel_mcp.domain.money import ZERO, Money
from revintel_mcp.domain.records import ReversalKind
from revintel_mcp.domain.transaction import Transaction


class BookedReversal:
    """A reversal row of the log; the row itself is looked up when it is asked for."""

    __slots__ = ("_rows", "id", "row_id")

    def __init__(self, parts: ReversalId, row_id: str, rows: Mapping[str, LoggedRow]) -> None:
        self.id = parts
        self.row_id = row_id
        self._rows = rows

    @property
    def transaction(self) -> Transaction | None:
        """What the row says; None where it can't be read."""
        return self._rows[self.row_id].transaction

    @property
    def stated(self) -> Money | None:
        """What the platform said when it was booked, whatever a person made of the amount since; None if unreadable."""
        if self.transaction is None:
            return None
        return stated_in(self.transaction.description) or Money(abs(self.transaction.amount_usd), "USD")

    @property
    def counted(self) -> Decimal:
        """Its part of the totals, US dollars; zero where it is struck or unreadable."""
        row = self.transaction
        return row.amount_usd if row is not None and row.status.counts else ZERO


class _Reversals:
    """The reversals of each sale, as their IDs tell them; no row is read for it."""

    def __init__(self) -> None:
        self.by_sale: dict[str, list[BookedReversal]] = {}
        self.by_native: dict[tuple[str, str, str], BookedReversal] = {}

    def enter(self, row_id: str, rows: Mapping[str, LoggedRow]) -> None:
        """Note a row, which stands in `rows`, if it is a reversal."""
        parts = read_reversal_id(row_id)
        if parts is None:
            return
        booked = BookedReversal(parts, row_id, rows)
        self.by_sale.setdefault(parts.sale, []).append(booked)
        if parts.native and parts.kind != VOID:
            self.by_native.setdefault(_native_key(parts), booked)


class Ledger:
    """Rows by ID, and the reversals of each sale. `added` are the rows of this run, by ID, in the order they came."""

    def __init__(self, rows: Mapping[str, LoggedRow]) -> None:
        self.added: dict[str, Transaction] = {}
        self._new: dict[str, LoggedRow] = {}
        self._known = rows
        self._families: dict[str, list[str]] = {}
        for row_id in sorted(rows):
            self._join_family(row_id)

    @cached_property
    def _reversals(self) -> _Reversals:
        """Made when it is first asked for: where nothing goes back, nobody asks, and a log has many."""
        found = _Reversals()
        for row_id in sorted(self._known):
            found.enter(row_id, self._known)
        for row_id in self._new:
            found.enter(row_id, self._new)
        return found

    def add(self, row: Transaction) -> None:
        """Book a new row."""
        self.added[row.id] = row
        self._new[row.id] = LoggedRow(row.id, 0, row)
        self._join_family(row.id)
        if "_reversals" in vars(self):
            self._reversals.enter(row.id, self._new)

    def row(self, row_id: str) -> LoggedRow | None:
        """The row of that ID, if there is one."""
        return self._new.get(row_id) or self._known.get(row_id)

    def first(self, row_ids: Iterable[str]) -> LoggedRow | None:
        """The first of these that is there."""
        return next((row for row_id in row_ids if (row := self.row(row_id)) is not None), None)

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._new or row_id in self._known

    def family(self, base: str) -> list[LoggedRow]:
        """The rows `base`, `base_2`, `base_3` …, by number."""
        names = sorted(self._families.get(base, ()), key=lambda row_id: (len(row_id), row_id))
        return [row for row_id in names if (row := self.row(row_id)) is not None]

    def reversals(self, sale_ids: Collection[str], kind: ReversalKind | None = None) -> list[BookedReversal]:
        """The reversal rows of a sale that may be known under several IDs: of one kind, or all, voids included."""
        found = [row for sale_id in dict.fromkeys(sale_ids) for row in self._reversals.by_sale.get(sale_id, ())]
        return [row for row in found if kind is None or row.id.kind == kind]

    def from_totals(self, channels: Collection[str]) -> list[BookedReversal]:
        """Refund rows of a sale that carry no native id: they stand for a running total. By ID."""
        found = [
            row
            for rows in self._reversals.by_sale.values()
            for row in rows
            if row.id.kind == ReversalKind.REFUND and not row.id.native and row.id.sale.split("_", 1)[0] in channels
        ]
        return sorted(found, key=lambda row: row.row_id)

    def loose_refunds(self, channel: str) -> list[BookedReversal]:
        """Refund rows of a platform that were booked without their sale, and that no sale has claimed. By ID."""
        found = [row for row in self._reversals.by_sale.get(channel, ()) if row.id.kind == ReversalKind.REFUND]
        return sorted(found, key=lambda row: row.row_id)

    def native(self, row_id: str) -> BookedReversal | None:
        """The row of the reversal with the same native id, whichever of the sale's IDs it was booked under."""
        wanted = read_reversal_id(row_id)
        return self._reversals.by_native.get(_native_key(wanted)) if wanted and wanted.native else None

    def claim(self, sale_ids: Sequence[str], row: BookedReversal) -> None:
        """Count a reversal that was booked without its sale as one of this sale."""
        self._reversals.by_sale[row.id.sale].remove(row)
        self._reversals.by_sale.setdefault(sale_ids[0], []).append(row)

    def left_of(self, sale: Transaction, sale_ids: Collection[str]) -> Decimal:
        """What can still go back on a sale, US dollars: never less than nothing."""
        counted = sale.amount_usd if sale.status.counts else ZERO
        return max(ZERO, counted + sum((row.counted for row in self.reversals(sale_ids)), ZERO))

    def _join_family(self, row_id: str) -> None:
        self._families.setdefault(row_id, []).append(row_id)
        base = base_of(row_id)
        if base != row_id:
            self._families.setdefault(base, []).append(row_id)


def _native_key(parts: ReversalId) -> tuple[str, str, str]:
    """Native ids are unique on their platform: `stripe`, `refund`, `re_1`."""
    return parts.sale.split("_", 1)[0], parts.kind, parts.native
