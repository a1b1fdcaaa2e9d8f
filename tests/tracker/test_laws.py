"""The laws of the tracker, over trackers as hostile as people and programs can leave them."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.domain.transaction import Transaction
from revintel_mcp.tracker import log_rows
from revintel_mcp.tracker.log_edits import render
from tests.tracker.strategies import Document, bookings, documents, transactions
from tests.tracker.trackers import LATER, NOW, log, read, state, write

_HEADER = (
    "| Date | Channel | Client | Description | Amount (USD) | Fee (USD) | Type | Status | ID | Period | Hours | Via |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|\n"
)


def is_subsequence(wanted: tuple[bytes, ...], lines: list[bytes]) -> bool:
    """Whether every wanted line is there, in order."""
    rest = iter(lines)
    return all(any(line == each for each in rest) for line in wanted)


@given(transactions)
def test_a_rendered_transaction_parses_back_equal(row: Transaction) -> None:
    """parse(render(x)) == x, but for what never reaches the file."""
    (found,) = log_rows(log(render(row).decode(), header=_HEADER))
    assert found.transaction == row


@given(documents(), bookings)
def test_every_human_line_survives_in_order(document: Document, rows: list[Transaction]) -> None:
    """Whatever is booked, no line that is not ours is changed, moved or lost."""
    lines = (
        write(document.data, *rows, sources=[state()], answered=True).data.removeprefix(b"\xef\xbb\xbf").splitlines()
    )
    assert is_subsequence(document.kept, lines), b"\n".join(lines).decode()


@given(documents(), bookings)
def test_updating_twice_is_updating_once(document: Document, rows: list[Transaction]) -> None:
    """The second time, not a byte changes."""
    once = write(document.data, *rows, sources=[state()], answered=True, incomplete="Feb 2026 Stripe (late)")
    twice = write(once.data, *rows, sources=[state()], answered=True, incomplete="Feb 2026 Stripe (late)")
    assert twice.data == once.data
    assert not twice.needs_backup


@given(documents(), bookings)
def test_what_was_announced_is_what_the_file_says(document: Document, rows: list[Transaction]) -> None:
    """The sums after the update are those of the text it wrote, and differ from before by the rows that came."""
    update = write(document.data, *rows)
    after = read(update.data)
    assert dict(after.totals) == dict(update.after)
    assert dict(read(document.data).totals) == dict(update.before)
    came = {row.id for row in (*rows, *update.adopted)}
    assert came <= {row.id for row in log_rows(update.data)}


@given(documents())
def test_a_quiet_refresh_touches_only_the_stamp_and_the_sources(document: Document) -> None:
    """A refresh that learns nothing new changes at most Last updated and the Sources table."""
    first = write(document.data, sources=[state()], answered=True).data
    quiet = write(first, now=LATER, sources=[state(last_attempt=LATER.isoformat())], answered=True).data
    changed = [new for old, new in zip(first.splitlines(), quiet.splitlines(), strict=True) if old != new]
    assert len(changed) <= 2
    assert all(b"ast updated" in line or b"Stripe |" in line for line in changed), changed


@given(documents())
def test_a_run_that_reached_nobody_leaves_the_stamp(document: Document) -> None:
    """Last updated moves only when a source answered or a row changed."""
    first = write(document.data, sources=[state()], answered=True).data
    failed = write(first, now=LATER, sources=[state(note="auth: refused")], answered=False).data
    assert read(failed).last_updated == read(first).last_updated == NOW.isoformat()


@given(documents(), bookings)
def test_columns_add_up_to_the_total(document: Document, rows: list[Transaction]) -> None:
    """In the written summary every month's channels add up to its total, and the year to date to its months."""
    from revintel_mcp.tracker.summary_table import SummaryTable, own_names

    scanned = read(write(document.data, *rows).data)
    months = set()
    for table in scanned.outline.tables_in("monthly summary"):
        summary = SummaryTable(table, own_names(scanned.cells))
        for row in {row.month: row for row in reversed(summary.rows)}.values():
            if row.month in months:
                continue
            months.add(row.month)
            channels = sum(row.cents(index) or 0 for index in summary.columns)
            if summary.columns and summary.total_index is not None:
                assert channels == row.cents(summary.total_index)
    assert months >= set(scanned.months)


@given(st.lists(transactions, max_size=30), st.integers(0, 3))
def test_rows_read_at_once_and_one_by_one_say_the_same(rows: list[Transaction], odd: int) -> None:
    """A column-wise stretch and the careful reading of each row give equal sums, captures and problems."""
    lines = [render(row).decode() for row in rows]
    plain = log(*lines, header=_HEADER)
    careful = log(*(f"{line}  " for line in lines), header=_HEADER)  # blanks at the end: every row is looked at
    mixed = log(*(line if index % 4 >= odd else f" {line}" for index, line in enumerate(lines)), header=_HEADER)
    expected = read(careful)
    for other in (read(plain), read(mixed)):
        assert other.cells == expected.cells
        assert other.rows == expected.rows
        assert [(each.code, each.line) for each in other.problems] == [(e.code, e.line) for e in expected.problems]


@given(st.lists(transactions, min_size=1, max_size=5, unique_by=lambda row: row.id))
def test_sums_are_exact(rows: list[Transaction]) -> None:
    """The file's totals are those of exact decimal arithmetic over the rows that count."""
    scanned = read(write(b"", *rows).data)
    total = sum((row.amount_usd for row in rows if row.status.counts), Decimal(0))
    assert Decimal(sum(totals.amount_cents for totals in scanned.totals.values())).scaleb(-2) == total
