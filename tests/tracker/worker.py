"""Run by tests as a program of its own: a writer that books one thing after the other, and says so once it is done.

`worker.py <tracker> <number> <count> [mixed]`: prints the JSON of every operation that was acknowledged.
"""

import json
import random
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from revintel_mcp.booking.booking import Booking
from revintel_mcp.domain.transaction import Channel, Transaction
from revintel_mcp.tracker.update import Update, update
from revintel_mcp.tracker_file import TrackerFile
from tests.tracker.trackers import NOW, read, sale


class Worker:
    """Books rows of its own, corrects some, fills the fees of others."""

    def __init__(self, path: Path, number: int) -> None:
        self.file = TrackerFile(path, wait_s=120.0)
        self.number = number
        self.random = random.Random(number)
        self.rows: list[Transaction] = []

    def row(self, index: int) -> Transaction:
        """The row that an addition books."""
        channel = self.random.choice(tuple(Channel))
        cents = self.random.randint(-5_000, 500_000)
        day = f"2026-{self.random.randint(1, 2):02d}-{self.random.randint(1, 18):02d}"
        prefix = self.random.choice(("stripe_ch", "manual_2026-01-01"))
        return sale(f"{prefix}_w{self.number}x{index}", day, str(Decimal(cents).scaleb(-2)), channel, description="a|b")

    def add(self, index: int) -> dict[str, Any]:
        """Book a new row."""
        row = self.row(index)
        self._write(Booking(added=(row,)), ())
        self.rows.append(row)
        return {"id": row.id, "cents": int(row.amount_usd.scaleb(2)), "month": str(row.date)[:7]}

    def change(self) -> dict[str, Any]:
        """Correct a row that was booked, or fill in its fee."""
        row = self.random.choice(self.rows)
        if row.fee_usd is None and self.random.random() < 0.5:
            new = row._replace(fee_usd=Decimal("0.30"))
            booking = Booking(fees={row.id: Decimal("0.30")})
        else:
            new = row._replace(amount_usd=row.amount_usd + Decimal("0.01"))
            booking = Booking(edits={row.id: new})
        self._write(booking, (row.id,))
        self.rows[self.rows.index(row)] = new
        return {"id": new.id, "cents": int(new.amount_usd.scaleb(2)), "month": str(new.date)[:7]}

    def _write(self, booking: Booking, wanted: tuple[str, ...]) -> None:
        def change(data: bytes) -> Update:
            return update(read(data, wanted=wanted), booking, now=NOW)

        self.file.update(change)


def main(path: str, number: str, count: str, mixed: str = "") -> None:
    """Book, and say so."""
    worker = Worker(Path(path), int(number))
    for index in range(int(count)):
        done = worker.change() if mixed and index % 3 == 2 else worker.add(index)
        sys.stdout.write(json.dumps(done) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
