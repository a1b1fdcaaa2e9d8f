"""Sources and Needs Attention: a row that says the same keeps its bytes, a person's own rows and columns stay."""

from datetime import UTC, date, datetime

import pytest

from revintel_mcp.booking.booking import AttentionRow
from revintel_mcp.domain.source_state import SourceStatus
from revintel_mcp.sources.pull import Pull
from revintel_mcp.summary.window import next_state, pull_window
from tests.tracker.trackers import CANONICAL, NOW, TODAY, read, state, write

HEADER = b"| ID | Date | Source | Client | Description | Amount | Currency | Why | First seen |\n"
HEADER += b"| --- | --- | --- | --- | --- | ---: | --- | --- | --- |\n"
WAITING = AttentionRow(
    id="stripe_x", date="2026-02-01", source="Stripe", client="Ada | Co", description="Work", amount="50",
    currency="EUR", why="no price for EUR", first_seen="2026-02-19",
)  # fmt: skip


def test_states_replace_their_rows_and_join_the_table() -> None:
    """By name; the others stay, with their own columns."""
    own = CANONICAL.replace(b"| Last attempt | Note |", b"| Last attempt | Note | Mine |").replace(
        b"| list_balance_transactions |", b"| list_balance_transactions | ask Kim |\n| Etsy | by hand | | | | | |"
    )
    states = [state(), state("Stripe-eu", status=SourceStatus.FAILED, complete_to=None, note="auth: refused | again")]
    table = write(own, sources=states).data.split(b"## Sources")[1].split(b"##")[0].decode().strip().splitlines()
    assert table[2:] == [
        f"| Stripe | complete | 2026-01-01 | 2026-02-18 | {NOW.isoformat()} | list_balance_transactions | ask Kim |",
        "| Etsy | by hand | | | | | |",
        f"| Stripe-eu | failed | 2026-01-01 | | {NOW.isoformat()} | auth: refused \\| again | |",
    ]


def test_what_is_written_is_read() -> None:
    """Every state, whatever its note says."""
    states = (
        state(
            "Gumroad",
            status=SourceStatus.NOT_CONFIGURED,
            complete_from=None,
            complete_to=None,
            note="",
            last_attempt="",
        ),
        state("Upwork", status=SourceStatus.INCOMPLETE, complete_from=date(2025, 12, 31), note="a|b\n<c>"),
    )
    assert read(write(b"", sources=states).data).sources == states


def test_none_leaves_the_table_alone() -> None:
    """An entry made by hand says nothing about sources."""
    assert write(CANONICAL, sources=None).data == CANONICAL


def test_an_unreadable_state_is_the_least_it_can_be() -> None:
    """Its dates are not believed, and it is said."""
    spoilt = CANONICAL.replace(b"| complete | 2026-01-01 | 2026-02-17 |", b"| done | ages | 2026-02-17 |")
    known = read(spoilt)
    (stripe,) = known.sources
    assert (stripe.status, stripe.complete_from) == (SourceStatus.INCOMPLETE, None)
    assert [problem.code for problem in known.problems] == ["unreadable-source"] * 2


def test_needs_attention_is_made_to_say_what_is_booked() -> None:
    """Rows come, change and leave; the ones that stay keep their bytes and their place."""
    first = write(CANONICAL, attention=[WAITING]).data
    row = b"| stripe_x | 2026-02-01 | Stripe | Ada \\| Co | Work | 50 | EUR | no price for EUR | 2026-02-19 |\n"
    assert HEADER + row in first
    assert read(first).attention == (WAITING,)
    spaced = first.replace(b"| stripe_x | 2026-02-01 |", b"|stripe_x|2026-02-01  |")
    assert write(spaced, attention=[WAITING]).data == spaced
    other = WAITING._replace(id="stripe_y")
    changed = write(spaced, attention=[WAITING._replace(why="no price yet"), other]).data
    assert b"|stripe_x|2026-02-01  | Stripe | Ada \\| Co | Work | 50 | EUR | no price yet | 2026-02-19 |\n" in changed
    assert read(changed).attention[1] == other
    gone = write(changed, attention=[]).data
    assert gone.split(b"## Needs Attention")[1] == CANONICAL.split(b"## Needs Attention")[1]


def test_it_holds_all_that_is_needed_to_book_a_row() -> None:
    """Columns appear when a row needs one, also for a row that stands."""
    more = WAITING._replace(extra={"Channel": "Stripe", "Fee": "1.50 EUR", "Type": "hourly"})
    update = write(CANONICAL, attention=[WAITING, more])
    assert read(update.data).attention == (WAITING, more)
    assert update.needs_backup
    again = write(update.data, attention=[WAITING._replace(extra={"Via": "list_charges"}), more])
    assert [dict(row.extra) for row in read(again.data).attention] == [{"Via": "list_charges"}, dict(more.extra)]
    assert write(again.data, attention=read(again.data).attention).data == again.data


def test_rows_without_an_id_are_known_by_what_they_say() -> None:
    """A person's own notes there stay as long as they are wanted."""
    own = CANONICAL.replace(HEADER, HEADER + b"| | | | Kim | ask about the invoice | | | mine | |\n")
    (note,) = read(own).attention
    assert write(own, attention=[note, WAITING]).data.count(b"ask about the invoice") == 1
    assert b"ask about" not in write(own, attention=[WAITING]).data


def test_the_last_row_of_a_file_can_leave_it() -> None:
    """Where the file ends without a newline, it still does."""
    for end in (b"\n", b"\r\n"):
        data = (b"## Sources\n\n| Source | Status |\n|---|---|\n\n## Needs Attention\n\n" + HEADER).replace(b"\n", end)
        held = data + b"| stripe_x | | | | | | | y | |"
        assert write(held, attention=[], now=NOW).data.rstrip().endswith(b"| --- | --- |")


def test_a_large_table_is_read_and_written_in_one_go() -> None:
    """Thousands of rows, of which one leaves."""
    rows = [WAITING._replace(id=f"stripe_{number}") for number in range(3_000)]
    held = write(CANONICAL, attention=rows).data
    less = write(held, attention=rows[1:]).data
    assert len(read(less).attention) == 2_999


@pytest.mark.parametrize(
    ("end", "is_believed"), [("2026-02-18", True), ("2026-02-20", True), ("2026-02-21", False), ("9999-12-31", False)]
)
def test_a_source_that_would_be_complete_for_days_to_come_is_read_anew(end: str, is_believed: bool) -> None:  # noqa: FBT001 - a table's column
    """A clock was wrong, or a hand slipped: else nothing would be read, and all be called exact, until that day."""
    data = CANONICAL.replace(b"| 2026-02-17 |", f"| {end} |".encode())
    (found,) = read(data).sources
    assert (found.complete_from is not None, found.complete_to is not None) == (is_believed, is_believed)
    assert str(read(data).stated[0].complete_to) == end
    now, whole = datetime(2026, 2, 19, 14, tzinfo=UTC), Pull(profile="list_charges", complete=True)
    after = next_state(found, whole, pull_window("auto", found, TODAY), name="Stripe", now=now)
    assert str(after.complete_to) == ("2026-02-20" if end == "2026-02-20" else "2026-02-18")
