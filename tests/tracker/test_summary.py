"""The Monthly Summary, the year to date, the line on incomplete figures: made from the log, in the person's table."""

from collections.abc import Sequence
from datetime import date, datetime

import pytest

from revintel_mcp.booking.booking import AttentionRow, Booking
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.tracker import scan
from revintel_mcp.tracker.update import update
from tests.tracker.trackers import CANONICAL, NOW, log, read, sale, write

SOURCES = "\n## Sources\n\n| Source | Status |\n|---|---|\n"


def summary(table: str, *rows: str) -> bytes:
    """A tracker with this summary; it is no longer kept by hand."""
    return f"## Monthly Summary\n\n{table}{SOURCES}\n".encode() + log(*rows)


def lines(data: bytes) -> list[str]:
    """What stands under the heading of the summary, blank lines left out."""
    text = data.decode().split("## Monthly Summary\n")[1].split("\n## ")[0]
    return [line for line in text.splitlines() if line]


def test_every_month_with_a_row_and_the_current_one_has_a_line_oldest_first() -> None:
    """Also where the rows come in any order."""
    rows = (sale("stripe_b", "2025-11-02", "2.00"), sale("fiverr_a", "2025-03-01", "1.00", Channel.FIVERR))
    assert lines(write(CANONICAL, *rows).data)[2:] == [
        "| Mar 2025 | 0.00 | 1.00 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | 1.00 |",
        "| Nov 2025 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | 2.00 | 0.00 | 2.00 |",
        "| Jan 2026 | 0.00 | 0.00 | 29.00 | 0.00 | 0.00 | 1,200.00 | 0.00 | 1,229.00 |",
        "| Feb 2026 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 |",
        "**YTD Total (2026)**: $1,229.00",
    ]


def test_a_table_newest_first_is_put_in_order_and_keeps_its_own_cells() -> None:
    """A month's notes move with it; rows that are no month stay where they are."""
    table = "| Month | Stripe | Notes |\n|---|---|---|\n| Feb 2026 | | cold |\n| Jan 2026 | | new year |\n| Sum | | |\n"
    assert lines(write(summary(table)).data) == [
        "| Month | Stripe | Notes |", "|---|---|---|", "| Jan 2026 | | new year |", "| Feb 2026 | | cold |",
        "| Sum | | |", "**YTD Total (2026)**: $0.00",
    ]  # fmt: skip


def test_a_channel_without_a_column_counts_in_other() -> None:
    """Columns add up to the total all the same; where there is no Other, it is added."""
    row = sale("gumroad_a", "2026-02-01", "7.00", Channel.GUMROAD)
    with_other = "| Month | Stripe | Other | Total |\n|---|---|---|---|\n"
    assert lines(write(summary(with_other), row).data)[2] == "| Feb 2026 | 0.00 | 7.00 | 7.00 |"
    without = "| Month | Stripe | Total |\n|---|---|---|\n| Feb 2026 | 0.00 | 0.00 |\n"
    updated = write(summary(without), row)
    assert lines(updated.data)[:3] == [
        "| Month | Stripe | Total | Other |", "|---|---|---| ---: |", "| Feb 2026 | 0.00 | 7.00 | 7.00 |",
    ]  # fmt: skip
    assert updated.needs_backup
    assert not write(updated.data, row).needs_backup


def test_a_channel_of_one_s_own_has_its_column() -> None:
    """If the table has one; else it counts in Other."""
    table = "| Month | Toptal | Other | Total |\n|---|---|---|---|\n| Jan 2026 | | | |\n"
    rows = ("| 2026-01-04 | Toptal | | | 5.00 |", "| 2026-01-05 | Malt | | | 3.00 |")
    assert lines(write(summary(table, *rows)).data)[2] == "| Jan 2026 | 5.00 | 3.00 | 8.00 |"


def test_figures_keep_the_manner_of_the_table() -> None:
    """Dollar signs, emphasis, the way months are named; a figure that is right keeps its bytes."""
    table = "| Month | Stripe | **Total** |\n|---|---|---|\n| 2026-01 | $5 | **$5.00** |\n"
    row = "| 2026-01-04 | Stripe | | | 5.00 | | | | stripe_a |"
    data = write(summary(table, row), sale("stripe_b", "2026-02-01", "1500.00")).data
    assert lines(data)[2:4] == ["| 2026-01 | $5 | **$5.00** |", "| 2026-02 | $1,500.00 | **$1,500.00** |"]


def test_months_go_to_their_year_s_table() -> None:
    """Under headings that name the year, rows may leave it out."""
    table = (
        "### 2025\n\n| Month | Stripe |\n|---|---|\n| November | 0 |\n\n"
        "### 2026\n\n| Month | Stripe |\n|---|---|\n| January | 0 |\n"
    )
    rows = (sale("stripe_a", "2025-12-01", "1.00"), sale("stripe_b", "2025-11-01", "2.00"))
    assert [line for line in lines(write(summary(table), *rows).data) if "20" in line or "ber" in line] == [
        "### 2025", "| November | 2.00 |", "| December 2025 | 1.00 |", "### 2026", "| February 2026 | 0.00 |",
        "**YTD Total (2026)**: $0.00",
    ]  # fmt: skip


def test_of_two_lines_for_a_month_the_first_is_ours() -> None:
    """The other one is left as it is."""
    table = "| Month | Stripe |\n|---|---|\n| Jan 2026 | 1 |\n| January 2026 | 1 |\n| Feb 2026 | 0 |\n"
    assert lines(write(summary(table)).data)[2:4] == ["| Jan 2026 | 0.00 |", "| January 2026 | 1 |"]


def test_a_figure_typed_over_is_reported_and_replaced() -> None:
    """With its place; one that only followed the log is not."""
    typed = CANONICAL.replace(b"| 29.00 | 0.00 | 0.00 | 1,200.00 |", b"| lots | 0.00 | 0.00 | 1,200.00 |")
    update = write(typed, sale("stripe_a", "2026-01-05", "1.00"))
    (problem,) = update.problems
    assert (problem.code, problem.place) == ("figure-replaced", "revenue-tracker.md:9:28")
    assert "Gumroad of Jan 2026 said lots; the rows of the log add up to 29.00" in problem.message


def test_what_only_follows_is_not_reported_a_second_time() -> None:
    """A row that a person added to the log moves three figures: one word is enough. A Total typed alone gets one."""
    added = CANONICAL + b"| 2026-01-20 | Fiverr | Kim | Logo | $60 | | | paid | |\n"
    (problem,) = write(added).problems
    assert (
        "Fiverr of Jan 2026 said 0.00; the rows of the log add up to 60.00, which stands there now" in problem.message
    )
    assert "fine if you changed rows" in problem.mend
    (problem,) = write(CANONICAL.replace(b"1,229.00 |", b"1,300.00 |")).problems
    assert "Total of Jan 2026 said 1,300.00" in problem.message
    (problem,) = write(CANONICAL.replace(b"$1,229.00", b"$1,300.00")).problems
    assert "the year to date" in problem.message


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("**YTD Total (2025)**: $1.00", "**YTD Total (2026)**: $5.00"),
        ("YTD: 5", "YTD: 5"),
        ("YTD: 6", "YTD: 5.00"),
        ("**YTD:** $1,000 (so far!)", "**YTD:** $5.00 (so far!)"),
        ("_Year to date_: -$3", "_Year to date_: $5.00"),
        ("YTD Total (2026):", "YTD Total (2026): $5.00"),
        ("YTD: (50)40", "YTD: (50)40"),
        ("Year to date (2026): **$7.00**", "Year to date (2026): **$5.00**"),
        ("YTD:7", "YTD:5.00"),
    ],
)
def test_the_year_to_date_keeps_its_manner(line: str, expected: str) -> None:
    """Only the year and the figure change."""
    row = "| 2026-01-04 | Stripe | | | 5.00 | | | | stripe_a |"
    table = f"| Month | Stripe |\n|---|---|\n\n{line}\n"
    assert lines(write(summary(table, row)).data)[-1] == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Last updated: **2025-12-31**", "Last updated: **{}**"),
        ("**Last updated:** *never*", "**Last updated:** *{}*"),
        ("_Last updated: never_", "_Last updated: {}_"),
        ("**Last updated**:", "**Last updated**: {}"),
        ("**Last updated** yesterday", "**Last updated** {}"),
    ],
)
def test_the_moment_of_the_last_update_keeps_its_manner(line: str, expected: str) -> None:
    """Emphasis stays closed around it."""
    update = write(f"# Money\n\n{line}\n".encode(), sale("stripe_a", "2026-02-01", "5.00"))
    assert expected.format(NOW.isoformat()) in update.data.decode().splitlines()
    assert read(update.data).last_updated == NOW.isoformat()
    assert write(update.data, sale("stripe_a", "2026-02-01", "5.00")).data == update.data


def test_prose_on_the_year_to_date_is_nobody_s_figure() -> None:
    """A sentence that only begins with the words is left alone."""
    table = "| Month | Stripe |\n|---|---|\n\nYTD is what counts: ask Kim.\n"
    assert "YTD is what counts: ask Kim." in lines(write(summary(table)).data)


def test_the_year_may_begin_in_another_month() -> None:
    """A fiscal year from April on: the label names both years, the sum is that year's."""
    rows = (sale("stripe_a", "2025-03-31", "1.00"), sale("stripe_b", "2025-04-01", "20.00"))
    data = write(b"", *rows, sale("stripe_c", "2026-01-01", "300.00"), fiscal_year_start=4).data
    assert "**YTD Total (2025/26)**: $320.00" in lines(data)


def test_the_year_turns() -> None:
    """On the first of January the year to date starts anew, and the new month has its line."""
    new_year = datetime(2027, 1, 1, 9, 0, tzinfo=NOW.tzinfo)
    text = lines(write(CANONICAL, now=new_year).data)
    assert text[-2:] == [
        "| Jan 2027 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 |", "**YTD Total (2027)**: $0.00",
    ]  # fmt: skip


def test_the_line_on_incomplete_figures_stands_under_the_table_and_goes_again() -> None:
    """Written, replaced, left alone, taken out; the text around it as it was."""
    first = write(CANONICAL, incomplete="Incomplete: Feb 2026 Stripe (late).").data
    assert lines(first)[-1] == "**Incomplete**: Feb 2026 Stripe (late)."
    assert write(first).data == first
    second = write(first, incomplete="Incomplete: Feb 2026 Upwork (down).").data
    assert second == first.replace(b"Stripe (late)", b"Upwork (down)")
    assert write(second, incomplete="").data == CANONICAL


def test_the_line_may_be_made_from_the_new_sums() -> None:
    """It is asked for once the rows are in."""
    asked: list[tuple[object, object]] = []

    def line(totals: object, attention: Sequence[AttentionRow]) -> str:
        asked.append((totals, attention))
        return ""

    known = read(CANONICAL)
    result = update(known, Booking(added=(sale("stripe_a", "2026-02-01", "1.00"),)), now=NOW, incomplete=line)
    assert asked == [(result.after, ())]


def test_ten_years_stay_in_order() -> None:
    """A hundred and twenty months, each with its line, oldest first."""
    days = [date(2016 + index // 12, index % 12 + 1, 1) for index in range(120)]
    rows = [sale(f"stripe_{day}", str(day), "10.00") for day in reversed(days)]
    data = write(b"", *rows).data
    months = [line.split("|")[1].strip() for line in lines(data) if line.startswith("| ")][2:]
    assert months == [*(f"{day:%b} {day.year}" for day in days), "Feb 2026"]
    assert scan(data, today=NOW.date()).months[0].year == 2016


def test_months_under_another_year_s_heading_are_not_this_table_s() -> None:
    """A row behind the next year's heading, its header lost, is no month of the year above."""
    table = "### 2025\n\n| Month | Stripe |\n|---|---|\n| November | 7 |\n\n### 2026\n\n| January | 9 |\n"
    update = write(f"## Monthly Summary\n\n{table}".encode())
    assert [row.id for row in update.adopted] == ["manual_opening_2025-11_stripe"]
    assert b"\n### 2026\n\n| January | 9 |\n" in update.data
    assert [(each.code, each.line) for each in update.problems] == [("stray-row", 11)]


def test_a_row_without_outer_pipes_that_moves_behind_a_gap_is_still_a_row() -> None:
    """There only an outer pipe tells it from a sentence."""
    table = "| Month | Stripe |\n|---|---|\n\n| Feb 2026 | 2 |\nDec 2025 | 1\n"
    first = write(summary(table), sale("stripe_a", "2025-12-05", "4.00")).data
    assert lines(first)[2:4] == ["| Dec 2025 | 4.00", "| Feb 2026 | 0.00 |"]
    assert write(first).data == first


def test_an_indented_row_that_moves_behind_a_gap_is_still_a_row() -> None:
    """There an indented line is code, and what was typed into it would be read no more."""
    table = "| Month | Stripe | Notes |\n|---|---|---|\n\t| Feb 2026 | 2 | icon set |\n\n| Dec 2025 | 1 | flu |\n"
    first = write(summary(table), sale("stripe_a", "2025-12-05", "4.00")).data
    assert lines(first)[2:4] == ["| Dec 2025 | 4.00 | flu |", "| Feb 2026 | 0.00 | icon set |"]
    assert write(first).data == first


def test_a_new_table_ends_its_lines_so_that_they_stay_apart() -> None:
    """In a file of carriage returns with one line feed: not both together, which would be one line end."""
    data = b"# Money\r\r## Monthly Summary\rMine\n# Goals\rMany.\r"
    update = write(data)
    assert b"Mine\n\n| Month |" in update.data
    assert update.data.count(b"\r") >= data.count(b"\r")
    assert write(update.data).data == update.data
