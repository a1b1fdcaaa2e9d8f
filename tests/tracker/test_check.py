"""`check` finds everything at once, each problem with its place, the reason and the mend."""

from collections.abc import Callable

import pytest

from revintel_mcp.domain.problems import Severity
from revintel_mcp.tracker.check import check
from revintel_mcp.tracker.unseen import with_unseen
from tests.tracker.trackers import CANONICAL, TODAY, sale, state, write

LAST = "| 2026-01-09 | Stripe | Brook & Co | Retainer | 1,200.00 | | subscription | completed | stripe_ch_1 |\n"


def codes(data: bytes, **options: object) -> list[tuple[str, int]]:
    """What is found, with its line."""
    return [(problem.code, problem.line) for problem in check(data, today=TODAY, **options)]  # type: ignore[arg-type] # passed on as they come


def test_what_we_write_is_in_order() -> None:
    """No problem in a canonical tracker, a new one, or an empty file."""
    assert check(CANONICAL, today=TODAY) == ()
    assert check(b"", today=TODAY) == ()
    assert check(write(b"", sale("stripe_a", "2026-02-01", "5.00")).data, today=TODAY) == ()


def test_a_log_that_is_not_there_is_missed_only_where_figures_stand() -> None:
    """A refresh that finds nothing makes no log: what it wrote is in order. A file that is no tracker is not."""
    own = b"# Mine\n\n## Monthly Summary\n\n| Month | Stripe | Total |\n| --- | --- | --- |\n"
    quiet = write(own, sources=[state()], answered=True).data
    assert b"## Transaction Log" not in quiet
    assert codes(quiet) == []
    assert ("no-log", 0) in codes(quiet.replace(b"| 0.00 |", b"| 5.00 |", 1))
    assert codes(b"# Groceries\n\nbread\n") == [("no-log", 0)]


def replaced(old: str, new: str) -> Callable[[], bytes]:
    """The canonical tracker with something changed."""

    def text() -> bytes:
        assert old in CANONICAL.decode()
        return CANONICAL.decode().replace(old, new, 1).encode()

    return text


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (replaced("1,200.00 | | subs", "1 200,50 | | subs"), "unreadable-row", 30),
        (replaced("| completed | stripe_ch_1", "| settled | stripe_ch_1"), "unreadable-row", 30),
        (replaced("2026-01-09", "01/09/2026"), "unreadable-row", 30),
        (replaced("Brook & Co", "Brook | Co"), "unreadable-row", 30),
        (replaced("| stripe_ch_1 |", "| gumroad_abc |"), "duplicate-id", 30),
        (replaced("3.40", "some"), "unreadable-fee", 29),
        (replaced("2026-01-09", "2026-03-09"), "odd-date", 30),
        (replaced("2026-01-09", "1996-01-09"), "odd-date", 30),
        (replaced("| Stripe | Brook", "| Strype | Brook"), "unknown-channel", 30),
        (replaced("| Stripe | Brook", "| | Brook"), "unknown-channel", 30),
        (replaced("subscription", "barter"), "unknown-type", 30),
        (replaced("| completed | stripe_ch_1", "| refunded | stripe_ch_1"), "refund-adds", 30),
        (replaced(LAST, LAST + "| Total | | | | 1,229.00 |\n"), "sum-row", 31),
        (replaced(LAST, "\nsome words\n\n" + LAST), "gap-in-table", 33),
        (replaced(LAST, LAST + "```\n"), "open-fence", 31),
        (replaced("| 1,229.00 |", "| 1,230.00 |"), "figure", 9),
        (replaced("| 29.00 | 0.00 |", "| | 0.00 |"), "figure", 9),
        (replaced("$1,229.00", "$9.00"), "figure", 12),
        (replaced("| Jan 2026 |", "| Jan 26 |"), "missing-month", 7),
        (replaced("| Jan 2026 |", "| Jan 26 |"), "unread-month", 9),
        (replaced("| Feb 2026 |", "| January 2026 |"), "duplicate-month", 10),
        (replaced("| complete |", "| finished |"), "unreadable-source", 18),
        (replaced("2026-02-17", "2027-02-17"), "odd-source-dates", 18),
        (replaced("2026-01-01 | 2026-02-17", "2026-02-18 | 2026-02-17"), "odd-source-dates", 18),
        (replaced("## Transaction Log", "### Transaction Log"), "heading-level", 25),
        (replaced("\n## Needs", "\n## Sources\n\n## Needs"), "duplicate-section", 20),
        (replaced("| Date | Channel", "| When | Channel"), "not-a-log", 27),
        (replaced("| Channel | Client |", "| Channel | Amount |"), "duplicate-column", 27),
        (replaced("| ---: | --- | --- | --- |\n\n## Tr", "| ---: | --- | --- |\n\n## Tr"), "uneven-header", 23),
        (replaced("\n\n## Tr", "\n| a | | Stripe | | | | | no price | |\n\n## Tr"), "needs-attention", 24),
        (replaced("## Sources", "## Where from"), "not-adopted", 7),
    ],
)  # fmt: skip
def test_each_problem_is_found_where_it_is(text: Callable[[], bytes], code: str, line: int) -> None:
    """Line for line, with words for reason and mend, and the spot marked in the line."""
    data = text()
    assert (code, line) in codes(data)
    for problem in check(data, today=TODAY, file="mine.md"):
        assert problem.message
        assert problem.mend
        assert problem.place.startswith(f"mine.md:{problem.line}:{problem.column}" if problem.line else "mine.md")
        assert problem.severity in Severity


def test_everything_is_found_at_once_in_the_order_of_the_file() -> None:
    """Not the first problem only."""
    text = CANONICAL.decode().replace("| 1,229.00 |", "| 7 |").replace("29.00 | 3.40", "29,0 | 3,40")
    text = text.replace("| complete |", "| finished |").replace("2026-01-09", "2028-01-09")
    found = codes(text.encode())
    assert {code for code, _ in found} >= {"figure", "unreadable-source", "unreadable-row", "odd-date"}
    assert [line for _, line in found] == sorted(line for _, line in found)


def test_rows_a_source_no_longer_reports_are_named() -> None:
    """Of the IDs that a refresh missed, those that stand in the log."""
    note = with_unseen(state(note="list_sales"), ["gumroad_abc", "gumroad_other"])
    assert note == "list_sales; no longer reported: gumroad_abc, gumroad_other"
    data = write(CANONICAL, sources=[state("Gumroad", note=note)]).data
    assert codes(data) == [("no-longer-reported", 30)]
    assert codes(data.replace(b"completed | gumroad_abc", b"excluded | gumroad_abc"))[-1][0] != "no-longer-reported"


def test_a_channel_with_a_column_of_its_own_is_known() -> None:
    """Whoever made the column knows it; without one, all its rows are one word."""
    rows = "".join(f"| 2026-01-{day:02d} | Toptal | | | 5.00 |\n" for day in range(10, 15))
    text = CANONICAL.decode() + rows
    assert codes(text.encode()).count(("unknown-channel", 31)) == 1
    assert "5 such rows count in Other" in str([problem.message for problem in check(text.encode(), today=TODAY)])
    named = text.replace("| Stripe | Other |", "| Toptal | Other |")
    assert "unknown-channel" not in {code for code, _ in codes(named.encode())}


def test_won_disputes_and_voids_may_add() -> None:
    """They are reversals whose amount is positive by right."""
    text = CANONICAL.decode().replace("| completed | stripe_ch_1 |", "| refunded | stripe_ch_0_dispute_won |")
    assert codes(text.encode()) == []


def test_a_reversal_of_a_struck_row_that_still_counts_is_named() -> None:
    """Struck alone, the sale leaves the log short by what its refund took; one that came to nothing is fine."""
    back = LAST.replace("1,200.00 ", "{} ").replace("completed", "{}").replace("stripe_ch_1", "stripe_ch_1_{}")
    struck = LAST.replace("completed", "excluded")

    def found(*rows: str) -> list[int]:
        text = CANONICAL.decode().replace(LAST, "".join(rows))
        return [line for code, line in codes(text.encode()) if code == "half-struck"]

    refund = back.format("-50.00", "refunded", "refund_re_1")
    assert found(struck, refund) == [31]
    assert found(refund, struck) == [30]
    assert found(LAST, refund) == []
    assert found(struck, back.format("-50.00", "excluded", "refund_re_1")) == []
    assert (
        found(struck, back.format("-9.00", "refunded", "dispute"), back.format("9.00", "refunded", "dispute_won")) == []
    )


def test_a_long_tracker_is_checked_in_stretches() -> None:
    """Ten thousand rows in order are not looked at one by one."""
    rows = "".join(
        f"| 2026-01-{n % 28 + 1:02d} | Stripe | a | b | 1.00 | 0.10 | one-time | completed | stripe_{n} |\n"
        for n in range(10_000)
    )
    found = codes((CANONICAL.decode() + rows.replace("| stripe_9000 |", "| stripe_8000 |")).encode())
    assert ("duplicate-id", 9_031) in found


def test_a_word_about_too_many_rows_is_no_record_to_book() -> None:
    """It says what to do with it: look, and delete it."""
    row = b"| manual_opening_2026-01_stripe_excess | | Tracker | | | | | the rows are 5.00 more | 2026-02-19 |\n"
    data = CANONICAL.replace(b"\n## Transaction Log", row + b"\n## Transaction Log")
    (problem,) = check(data, today=TODAY)
    assert problem.message == "the rows are 5.00 more"
    assert problem.mend.startswith("delete this row")
