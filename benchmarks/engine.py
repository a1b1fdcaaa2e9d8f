"""One piece of the engine in a process of its own; prints the seconds it took. Run as a program.

python -m benchmarks.engine merge  <tracker>    read, book 100 sales of which half are known, write durably
python -m benchmarks.engine floor  <tracker>    read and write the same bytes durably: what no merge can be below
python -m benchmarks.engine read   <tracker>    the sums of a tracker
"""

import gc
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from benchmarks.sales import LAST_DAY, NOW
from revintel_mcp.booking import Known, SourcePull, book, own_cents, wanted_cents, wanted_ids
from revintel_mcp.cli import OBJECTS_BETWEEN_COLLECTIONS
from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import Sale
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.sources.pull import Pull
from revintel_mcp.tracker import Wanted, scan
from revintel_mcp.tracker.update import Update, update
from revintel_mcp.tracker_file import TrackerFile

_NOW = datetime.fromisoformat(NOW)


def _pull(known: list[str]) -> Pull:
    new = [f"gumroad_new{number}" for number in range(100 - len(known))]
    sales = tuple(
        Sale(id=name, date=LAST_DAY, channel=Channel.GUMROAD, amount=Money(Decimal("29.00"), "USD"), via="")
        for name in (*known, *new)
    )
    return Pull(profile="list_sales", complete=True, sales=sales, fetched=100)


def _known_sales(path: Path) -> list[str]:
    """Fifty sales of the log's end."""
    rows = path.read_bytes().rsplit(b"\n", 400)[1:]
    names = [row.split(b"|")[-2].strip().decode() for row in rows if b"| Gumroad |" in row]
    return [name for name in names if "_refund" not in name][-50:]


def merge(path: Path) -> float:
    """Seconds to put the sales in."""
    pull = _pull(_known_sales(path))
    start = time.perf_counter()
    TrackerFile(path).update(lambda data: _applied(data, pull))
    return time.perf_counter() - start


def _applied(data: bytes, pull: Pull) -> Update:
    today, ours = _NOW.date(), [SourcePull("Gumroad", "gumroad", pull)]
    before = scan(
        data,
        today=today,
        wanted=lambda attention, _: Wanted(wanted_ids([pull], attention), wanted_cents(ours), own_cents(ours)),
        manual=False,
    )
    known = Known(before.rows, before.attention, before.prices, before.sources)
    booking = book(ours, known, today=today)
    return update(before, booking, now=_NOW, answered=True)


def floor(path: Path) -> float:
    """Seconds to replace the file by itself, safely."""
    start = time.perf_counter()
    data = path.read_bytes()
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return time.perf_counter() - start


def read(path: Path) -> float:
    """Seconds to add a tracker up."""
    start = time.perf_counter()
    scan(TrackerFile(path).read().data, today=_NOW.date(), rows=False)
    return time.perf_counter() - start


_JOBS: Mapping[str, Callable[[Path], float]] = {"merge": merge, "floor": floor, "read": read}

if __name__ == "__main__":
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)  # as the command does
    print(_JOBS[sys.argv[1]](Path(sys.argv[2])))
