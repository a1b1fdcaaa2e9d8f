"""A log that is the tracker's text: every run reads what the last one wrote."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from revintel_mcp.booking import Known, SourcePull, book, wanted_ids
from revintel_mcp.booking.booking import AttentionRow, Booking, Price
from revintel_mcp.domain.transaction import Transaction
from revintel_mcp.tracker import Scan, log_rows, scan
from revintel_mcp.tracker.new import new_tracker
from revintel_mcp.tracker.update import update

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class TextLog:
    """As much of `MemoryLog` as the law needs."""

    def __init__(self) -> None:
        self.data = new_tracker(NOW)
        self.apply(Booking())

    def run(self, *pulls: SourcePull, today: date) -> Booking:
        booking = self.look(*pulls, today=today)
        self.apply(booking)
        return booking

    def look(self, *pulls: SourcePull, today: date) -> Booking:
        known = self._scan(wanted_ids([each.pull for each in pulls], self.attention), manual=False)
        return book(pulls, Known(known.rows, known.attention, known.prices, known.sources), today=today)

    def apply(self, booking: Booking) -> None:
        before = self._scan(frozenset(booking.fees) | frozenset(booking.edits))
        self.data = update(before, booking, now=NOW, sources=(), answered=True).data
        assert not self._scan().problems

    @property
    def totals(self) -> dict[object, object]:
        return dict(self._scan().totals)

    @property
    def attention(self) -> tuple[AttentionRow, ...]:
        return self._scan().attention

    @property
    def prices(self) -> Sequence[Price]:
        return self._scan().prices

    @prices.setter
    def prices(self, rows: Sequence[Price]) -> None:
        """A person adds a table of prices below."""
        table = [f"| {row.day} | {row.currency} | {row.usd} |" for row in rows]
        text = "\n".join(["", "## Prices", "", "| Date | Currency | USD |", "| --- | --- | ---: |", *table, ""])
        self.data += text.encode()

    @property
    def rows(self) -> dict[str, Transaction | None]:
        return {row.id: row.transaction for row in log_rows(self.data)}

    @property
    def counted(self) -> list[Transaction]:
        return [row for row in self.rows.values() if row is not None and row.status.counts]

    def table(self) -> str:
        return self.data.decode()

    def strike(self, row_id: str) -> None:
        """A person sets a row's Status to excluded."""
        lines = self.data.decode().split("\n")
        (index,) = [number for number, line in enumerate(lines) if f"| {row_id} |" in line]
        lines[index] = lines[index].replace("| completed |", "| excluded |")
        self.data = "\n".join(lines).encode()

    def _scan(self, wanted: frozenset[str] = frozenset(), *, manual: bool = True) -> Scan:
        return scan(self.data, wanted=wanted, manual=manual, today=NOW.date())
