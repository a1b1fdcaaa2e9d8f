"""What the tracker costs, by counting: nothing is done row by row that can be done for a stretch of rows."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from revintel_mcp.domain.money import cents_from_usd
from revintel_mcp.tracker import Wanted, log_rows, scan
from revintel_mcp.tracker.cells import render_row
from revintel_mcp.tracker_file import TrackerFile
from tests.tracker.steps import Steps
from tests.tracker.trackers import CANONICAL, TODAY, read, sale, write

ROWS = 20_000


def long_tracker(rows: int = ROWS, *, odd_every: int = 0, end: str = "\n") -> bytes:
    """A tracker of many rows; every so often one as a person would type it."""
    texts = []
    for n in range(rows):
        channel, what = ("Stripe", "Gumroad", "Fiverr")[n % 3], r"A \| B" if n % 50 == 0 else "Work"
        cells = (
            f"2025-{n % 12 + 1:02d}-{n % 28 + 1:02d}", channel, f"client{n % 50}@example.com", f"{what} é",
            f"{n * 7:,d}.{n % 100:02d}", "" if n % 3 else "0.30", "one-time", "completed", f"stripe_ch_x{n:x}",
        )  # fmt: skip
        texts.append(render_row(cells).decode())
    if odd_every:
        texts[::odd_every] = [text.replace("completed", "Paid").replace(" | ", "|") for text in texts[::odd_every]]
    return (CANONICAL.decode() + "".join(f"{text}\n" for text in texts)).replace("\n", end).encode()


def calls(run: Callable[[], object]) -> int:
    """How many functions are called, in Python and in C."""
    count = 0

    def profile(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(profile)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(("options", "most"), [({}, 2.2), ({"end": "\r\n"}, 2.2), ({"odd_every": 1_000}, 6)])
def test_a_scan_calls_little_for_each_row(options: dict[str, object], most: float) -> None:
    """One call and a little where rows are alike; where some are not, only their neighbourhood pays."""
    data = long_tracker(**options)  # type: ignore[arg-type] # passed on as they come
    assert calls(lambda: read(data)) < ROWS * most
    assert sum(totals.rows for totals in read(data).totals.values()) == ROWS + 2


def test_a_merge_calls_little_more() -> None:
    """A hundred rows into many, half of them known: what is not touched is neither parsed nor copied."""
    data = long_tracker()
    rows = [sale(f"stripe_ch_x{n:x}", "2026-02-01", "1.00") for n in range(ROWS - 50, ROWS + 50)]
    wanted = [row.id for row in rows]
    known = scan(data, today=TODAY, wanted=wanted, manual=False)
    assert calls(lambda: scan(data, today=TODAY, wanted=wanted, manual=False)) < ROWS * 2.2
    assert len(known.rows) == 50
    update = write(data, *rows)
    assert calls(lambda: write(data, *rows)) < ROWS * 2.5
    untouched = [piece for piece in update.pieces if piece.obj is data]
    assert sum(map(len, untouched)) > len(data) * 0.99


def test_every_row_as_a_transaction_costs_a_few_calls() -> None:
    """Most of them make the transaction itself."""
    data = long_tracker()
    assert calls(lambda: sum(1 for _ in log_rows(data))) < ROWS * 25


def test_the_small_tables_cost_nothing_for_a_row() -> None:
    """Whoever needs no sums goes past the log."""
    data = long_tracker()
    assert calls(lambda: read(data, log=False)) < ROWS * 0.2


def test_a_write_touches_the_disk_a_few_times(tmp_path: Path) -> None:
    """However long the tracker is: read once, written in large pieces, synced twice."""
    path = tmp_path / "tracker.md"
    path.write_bytes(long_tracker())
    with Steps(0, lambda: None).counted() as steps:
        TrackerFile(path).update(lambda data: write(data, sale("stripe_new", "2026-02-01", "1.00")))
    assert steps.trace.count("write") <= 8
    assert steps.trace.count("fsync") == 2
    assert len(steps.trace) <= 40


@pytest.mark.parametrize("module", ["revintel_mcp.tracker", "revintel_mcp.tracker_file"])
def test_importing_it_is_cheap(module: str) -> None:
    """Nothing heavy comes along."""
    heavy = (
        "asyncio json html logging unittest socket ssl email subprocess hashlib secrets tempfile shutil pydantic mcp "
    )
    heavy += "fastmcp filelock http urllib.request xml zoneinfo"
    code = f"import sys, {module}; print(*sorted(set({heavy.split()!r}) & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_rows_of_a_few_amounts_cost_little_more_than_sums() -> None:
    """And they are the same rows as among all of them, where they stand."""
    data = long_tracker(odd_every=1_000)
    some = {row.transaction.amount_usd for row in list(log_rows(data))[90:140] if row.transaction}
    wanted = Wanted((), {cents_from_usd(amount) for amount in some})
    every = [
        (row.line, row.transaction) for row in log_rows(data) if row.transaction and row.transaction.amount_usd in some
    ]
    found = scan(data, today=TODAY, wanted=lambda *_: wanted, manual=False)
    assert [(line.number, row) for line, row in found.alike] == every
    data = long_tracker()
    assert calls(lambda: scan(data, today=TODAY, wanted=lambda *_: wanted, manual=False)) < ROWS * 2.2


def test_of_an_amount_only_a_persons_rows_are_found_where_only_they_are_wanted() -> None:
    """In stretches and one by one; where there is none, it costs nothing."""
    rows = [
        f"| 2026-01-{n % 28 + 1:02d} | Stripe | a | b | 1.00 | 0.10 | one-time | completed | {name} |\n"
        for n in range(ROWS)
        for name in [{500: "", 700: f"manual_2026-01-01_{n:012x}"}.get(n, f"stripe_{n}")]
    ]
    data = CANONICAL + "".join(rows).encode()
    wanted = Wanted((), frozenset(), frozenset((100,)))
    for text in (data, data.replace(b" | one-time | completed | |", b" | one-time | completed |", 1)):
        found = scan(text, today=TODAY, wanted=lambda *_: wanted, manual=False)
        assert [row.id for _, row in found.alike] == ["", f"manual_2026-01-01_{700:012x}"]
    plain = CANONICAL + "".join(rows[:500]).encode()
    cost = calls(lambda: scan(plain, today=TODAY, wanted=lambda *_: Wanted(), manual=False))
    assert calls(lambda: scan(plain, today=TODAY, wanted=lambda *_: wanted, manual=False)) < cost + 50
