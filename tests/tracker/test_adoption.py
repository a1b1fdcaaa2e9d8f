"""A tracker that somebody kept by hand is adopted: nothing of it is lost, nothing invented, all of it reported."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from revintel_mcp.domain.transaction import Channel, Status
from revintel_mcp.tracker.check import check
from revintel_mcp.tracker.update import Update
from tests.tracker.trackers import CANONICAL, LATER, TODAY, cents, read, sale, state, write

HAND_KEPT = Path(__file__).parent / "hand_kept"


class Kept(NamedTuple):
    """What a hand-kept tracker must give: opening rows in dollars, what needs a person, and cents by month after."""

    openings: dict[str, str]
    attention: list[str]
    after: dict[str, int]


EXPECTED = {
    "01-plain": Kept(
        {
            "2025-12_upwork": "800.00", "2025-12_gumroad": "41.00", "2025-12_github_sponsors": "12.00",
            "2025-12_stripe": "300.00", "2026-01_upwork": "1200.00", "2026-01_gumroad": "87.00",
            "2026-01_github_sponsors": "12.00", "2026-01_stripe": "450.00",
        },
        [],
        {"2025-12": 115_300, "2026-01": 174_900},
    ),
    "02-totals-only": Kept(
        {"2025-11_other": "2100.00", "2025-12_other": "1950.50", "2026-01_other": "2400.00"},
        [],
        {"2025-11": 210_000, "2025-12": 195_050, "2026-01": 240_000},
    ),
    "03-newest-first": Kept(
        {
            "2025-12_stripe": "1020.00", "2025-12_fiverr": "150.00", "2026-01_stripe": "900.00",
            "2026-01_fiverr": "75.00", "2026-02_stripe": "310.00",
        },
        [],
        {"2025-12": 117_000, "2026-01": 97_500, "2026-02": 31_000},
    ),
    "04-by-year": Kept(
        {
            "2025-11_upwork": "400.00", "2025-11_stripe": "20.00", "2025-12_upwork": "380.00",
            "2026-01_upwork": "420.00", "2026-01_stripe": "35.00",
        },
        [],
        {"2025-11": 42_000, "2025-12": 38_000, "2026-01": 45_500},
    ),
    "05-commas": Kept(
        {"2026-01_gumroad": "87.00"},
        ["2026-01_upwork", "2026-02_upwork", "2026-02_gumroad"],
        {"2026-01": 8_700},
    ),
    "06-own-channels": Kept(
        {
            "2025-11_toptal": "2000.00", "2025-11_stripe": "100.00", "2025-12_toptal": "1500.00",
            "2025-12_stripe": "80.00", "2025-12_workshops": "650.00", "2026-01_toptal": "1000.00",
            "2026-01_stripe": "120.00",
        },
        [],
        {"2025-11": 210_000, "2025-12": 223_000, "2026-01": 112_000},
    ),
    "07-goals": Kept(
        {"2026-01_gumroad": "140.00", "2026-01_cold_outreach": "900.00", "2026-02_gumroad": "60.00"},
        [],
        {"2026-01": 104_000, "2026-02": 6_000},
    ),
    "08-with-rows": Kept(
        {"2026-01_stripe": "150.00", "2026-02_fiverr": "40.00"},
        ["2026-02_stripe_excess"],
        {"2026-01": 75_000, "2026-02": 39_000},
    ),
    "09-notepad": Kept({"2026-01_upwork": "600.00", "2026-01_other": "15.00"}, [], {"2026-01": 61_500}),
    "10-typo": Kept(
        {
            "2025-12_upwork": "500.00", "2025-12_gumroad": "20.00",
            "2026-01_upwork": "500.00", "2026-01_gumroad": "20.00",
        },
        ["2026-01_total"],
        {"2025-12": 52_000, "2026-01": 52_000},
    ),
    "11-log-only": Kept({}, [], {"2026-01": 113_600, "2026-02": 3_600}),
    "12-monthly-prose": Kept({"2026-01_other": "60.00"}, ["2026-01_stripe"], {"2026-01": 6_000}),
}  # fmt: skip

names = pytest.mark.parametrize("name", EXPECTED)


def adopted(name: str) -> tuple[bytes, Update]:
    """A hand-kept tracker and its first update."""
    data = (HAND_KEPT / f"{name}.md").read_bytes()
    return data, write(data, sources=[state()], answered=True)


def test_every_tracker_in_the_folder_is_expected() -> None:
    """None is forgotten."""
    assert sorted(EXPECTED) == sorted(path.stem for path in HAND_KEPT.glob("*.md"))


@names
def test_figures_without_rows_become_opening_rows(name: str) -> None:
    """One for each month and channel, of what its rows lack; what can't be read or explained needs a person."""
    _, update = adopted(name)
    expected = EXPECTED[name]
    assert {row.id.removeprefix("manual_opening_"): str(row.amount_usd) for row in update.adopted} == expected.openings
    attention = read(update.data).attention
    assert [row.id.removeprefix("manual_opening_") for row in attention] == expected.attention
    assert all(row.why and row.first_seen == "2026-02-19" for row in attention)


@names
def test_months_add_up_to_what_was_kept(name: str) -> None:
    """The derived figures are the person's own wherever those were clear."""
    _, update = adopted(name)
    months: dict[str, int] = {}
    for key, amount in cents(read(update.data)).items():
        months[key[:7]] = months.get(key[:7], 0) + amount
    assert months == EXPECTED[name].after


@names
def test_adoption_happens_once_and_keeps_a_backup(name: str) -> None:
    """The next run adopts nothing, needs no backup, and changes nothing it has nothing new on."""
    _, update = adopted(name)
    assert update.needs_backup
    again = write(update.data, now=LATER, sources=[state()])
    assert again.adopted == ()
    assert not again.needs_backup
    assert again.data == update.data


@names
def test_prose_and_own_columns_survive(name: str) -> None:
    """Every line outside of our tables is there, in order; in our tables a person's cells are."""
    data, update = adopted(name)
    rest = iter(update.data.splitlines())
    for line in data.splitlines():
        is_ours = b"|" in line or b"YTD" in line or b"ast updated" in line
        assert is_ours or any(line == each for each in rest), line
    for cell in (b"the flu", b"icon set \\| v2", b" 61 ", b"2,000.00", b"**Sum**", b"Sometime"):
        assert (cell in data) <= (cell in update.data)


def test_a_padded_table_stays_padded() -> None:
    """Figures keep the person's manner: the dollar sign, the emphasis, the width; months go oldest first."""
    _, update = adopted("03-newest-first")
    table = update.data.split(b"## Monthly Summary\n\n")[1].split(b"\n\n")[0].decode()
    assert table == (
        "| Month         | Stripe     | Fiverr   | **Total**      |\n"
        "|:--------------|-----------:|---------:|---------------:|\n"
        "| December 2025 |  $1,020.00 |  $150.00 |  **$1,170.00** |\n"
        "| January 2026  |    $900.00 |   $75.00 |    **$975.00** |\n"
        "| February 2026 |    $310.00 |        \N{EN DASH} |    **$310.00** |\n"
        "| **Sum**       |  $2,230.00 |  $225.00 |  **$2,455.00** |"
    )
    assert b"**YTD:** $1,285\n" in update.data
    assert b"_Last updated: 2026-02-19T14:03:22-05:00_\n" in update.data


def test_line_ends_and_mark_are_kept() -> None:
    """A file of CR LF gets nothing else, keeps its byte order mark, and still has no newline after its last note."""
    _, update = adopted("09-notepad")
    assert update.data.count(b"\n") == update.data.count(b"\r\n")
    assert update.data.startswith(b"\xef\xbb\xbf# Umsatz\r\n")


def test_rows_a_source_brings_take_the_opening_row_s_place() -> None:
    """It becomes max(0, adopted - others), the month's total stays; an excess is reported and counted."""
    _, first = adopted("01-plain")
    second = write(first.data, sale("stripe_ch_1", "2026-01-05", "400.00"))
    opening = read(second.data).rows["manual_opening_2026-01_stripe"].transaction
    assert opening is not None
    assert opening.amount_usd == Decimal("50.00")
    assert cents(read(second.data))["2026-01 Stripe"] == 45_000
    third = write(second.data, sale("stripe_ch_2", "2026-01-06", "60.00"))
    assert cents(read(third.data))["2026-01 Stripe"] == 46_000
    (row,) = read(third.data).attention
    assert row.id == "manual_opening_2026-01_stripe_excess"
    assert "10.00 more than the 450.00 kept by hand" in row.why
    assert write(third.data, sale("stripe_ch_2", "2026-01-06", "60.00")).data == third.data


def test_adopting_and_pulling_at_once_is_the_same_as_one_after_the_other() -> None:
    """The first run usually does both."""
    data = (HAND_KEPT / "01-plain.md").read_bytes()
    rows = (sale("stripe_ch_1", "2026-01-05", "400.00"), sale("upwork_9", "2025-12-05", "800.00", Channel.UPWORK))
    at_once = write(data, *rows)
    assert {row.id: row.amount_usd for row in at_once.adopted}["manual_opening_2025-12_upwork"] == 0
    apart = write(write(data).data, *rows)
    assert read(at_once.data).totals.keys() == read(apart.data).totals.keys()
    assert cents(read(at_once.data)) == cents(read(apart.data))


def test_an_entry_made_by_hand_adds_to_what_was_adopted() -> None:
    """It is new money: only rows that a source brings explain a figure that was kept by hand."""
    data = (HAND_KEPT / "08-with-rows.md").read_bytes()
    update = write(data, sale("manual_2026-01-30_abcdefabcdef", "2026-01-30", "10.00", Channel.FIVERR))
    assert cents(read(update.data))["2026-01 Fiverr"] == 26_000


def test_a_person_s_change_to_an_opening_row_wins() -> None:
    """A row raised above what it says was adopted, struck, or without the figure, is left alone."""
    _, first = adopted("01-plain")
    row = b"| 2026-01-01 | Stripe | Anonymous | Opening balance (adopted 450.00) | 450.00 | | one-time | completed |"
    assert row in first.data
    pulled = sale("stripe_ch_1", "2026-01-05", "400.00")
    for old, new in ((b"| 450.00 |", b"| 500.00 |"), (b"completed", b"excluded"), (b"(adopted 450.00)", b"as agreed")):
        mine = row.replace(old, new)
        assert mine in write(first.data.replace(row, mine), pulled).data


def test_a_tracker_with_a_sources_section_is_not_adopted() -> None:
    """There the log is the truth: a figure typed over is reported and replaced."""
    typed = CANONICAL.replace(b"| 29.00 | 0.00 | 0.00 | 1,200.00 |", b"| 31.00 | 0.00 | 0.00 | 1,200.00 |")
    update = write(typed)
    assert update.adopted == ()
    assert not update.needs_backup
    assert update.data == CANONICAL
    (problem,) = update.problems
    assert (problem.code, problem.line, problem.column) == ("figure-replaced", 9, 28)
    assert "Gumroad of Jan 2026 said 31.00; the rows of the log add up to 29.00" in problem.message


def test_the_opening_rows_can_be_booked_from_needs_attention() -> None:
    """Everything but the amount stands in the row: the month's first day, the channel, the currency."""
    _, update = adopted("05-commas")
    row = read(update.data).attention[0]
    assert (row.date, row.currency, dict(row.extra)) == ("2026-01-01", "USD", {"Channel": "Upwork"})
    assert "1.200,50" in row.why
    assert row.amount == ""


def test_a_figure_that_is_typed_in_later_is_adopted_like_the_others() -> None:
    """With the rows that came meanwhile, and those that come later: nothing counts twice."""
    _, update = adopted("05-commas")
    pulled = write(update.data, sale("upwork_1", "2026-01-05", "400.00", Channel.UPWORK))
    row = sale("manual_opening_2026-01_upwork", "2026-01-01", "1200.50", Channel.UPWORK, description="Opening balance")
    booked = write(pulled.data, row)
    assert booked.adopted == ()
    opening = read(booked.data).rows[row.id].transaction
    assert opening is not None
    assert (opening.description, str(opening.amount_usd)) == ("Opening balance (adopted 1,200.50)", "800.50")
    assert dict(read(booked.data).totals) == dict(booked.after)
    assert cents(read(booked.data))["2026-01 Upwork"] == 120_050
    more = write(booked.data, sale("upwork_2", "2026-01-06", "800.00", Channel.UPWORK))
    assert cents(read(more.data))["2026-01 Upwork"] == 120_050
    together = write(update.data, row, sale("upwork_1", "2026-01-05", "400.00", Channel.UPWORK))
    assert cents(read(together.data))["2026-01 Upwork"] == 120_050


def test_what_no_channel_explains_is_counted_as_typed() -> None:
    """A rest of the Total stands beside the channels; so does money that went back."""
    _, update = adopted("10-typo")
    rest = sale("manual_opening_2026-01_total", "2026-01-01", "100.00", Channel.OTHER, description="Opening balance")
    back = sale("manual_opening_2026-01_stripe", "2026-01-01", "-20.00", description="Opening balance")
    after = read(write(update.data, rest, back).data)
    assert [after.rows[each.id].transaction for each in (rest, back)] == [rest, back]


@pytest.mark.parametrize("dash", ["", "-", "\N{EM DASH}", "n/a", "**-**"])
def test_a_dash_says_that_there_is_nothing_and_hides_nothing(dash: str) -> None:
    """Neither what a column of a person's own holds in other months, nor what the Total has beyond the channels."""
    own = (
        "| Month | Upwork | Toptal | Total |\n|---|---|---|---|\n"
        f"| Dec 2025 | 100 | {dash} | 100 |\n| Jan 2026 | {dash} | 200 | 200 |\n"
    )
    assert cents(read(write(f"## Monthly Summary\n\n{own}".encode()).data)) == {
        "2025-12 Upwork": 10_000,
        "2026-01 Other": 20_000,
    }
    beyond = f"| Month | Upwork | Stripe | Total |\n|---|---|---|---|\n| Jan 2026 | {dash} | 200 | 250 |\n"
    (row,) = write(f"## Monthly Summary\n\n{beyond}".encode()).attention
    assert row.id == "manual_opening_2026-01_total"
    assert "was 250.00, 50.00 more than its channels" in row.why


@pytest.mark.parametrize(
    ("row", "waits", "why"),
    [
        ("| 100 | 40 | ~1,400 |", ["total"], "was '~1,400', and the amount '~1,400' is not one clear amount"),
        ("| ca. 100 | 40 | 140 |", ["upwork", "total"], "was 140.00, and a channel of it can't be read"),
        ("| ca. 100 | | 100 |", ["upwork"], "said 'ca. 100'"),
        ("| 100 | 40 | ? |", [], ""),
    ],
)
def test_a_total_that_may_be_more_than_its_channels_waits_for_a_person(row: str, waits: list[str], why: str) -> None:
    """Also where it can't be read itself, or a channel can't be while a column of a person's own has a figure."""
    table = "| Month | Upwork | Toptal | Total |\n|---|---|---|---|\n| Dec 2025 | | about 9 | 0 |\n| Jan 2026 "
    found = write(f"## Monthly Summary\n\n{table}{row}\n".encode()).attention
    assert [each.id for each in found] == [f"manual_opening_2026-01_{name}" for name in waits]
    assert not found or why in found[-1].why


def test_opening_rows_are_dated_and_say_what_they_are() -> None:
    """The first of the month, completed, with the figure as it was adopted."""
    _, update = adopted("08-with-rows")
    (row, _) = update.adopted
    assert (row.id, row.date, row.channel) == ("manual_opening_2026-01_stripe", date(2026, 1, 1), Channel.STRIPE)
    assert row.description == "Opening balance (adopted 500.00)"
    assert row.status is Status.COMPLETED


def told(data: str) -> list[tuple[str, int]]:
    """What the adoption of a tracker reports: codes and lines."""
    return [(problem.code, problem.line) for problem in write(data.encode()).problems]


def test_figures_that_are_not_adopted_are_told_with_what_to_do() -> None:
    """A month nobody can read, tables under other headings or without months, rows in no table: none is passed over."""
    table = "| Month | Upwork | Total |\n|---|---|---|\n"
    assert told(f"## Monthly Summary\n\n{table}| Sometime | 9 | 9 |\n") == [("unread-month", 5)]
    assert told(f"## Income 2025\n\n{table}| Jan 2025 | 9 | 9 |\n") == [("not-months", 3)]
    assert told("## Monthly Summary\n\n| Channel | Jan | Feb |\n|---|---|---|\n| Upwork | 9 | 9 |\n") == [
        ("not-months", 3)
    ]
    assert told("## Monthly Summary\n\n| Jan 2025 | 9 | 9 |\n| Feb 2025 | 9 | 9 |\n") == [("stray-row", 3)]
    (problem,) = write(f"## Monthly Summary\n\n{table}| Sometime | 9 | 9 |\n".encode()).problems
    assert "`revintel-mcp add`" in problem.mend
    assert "next refresh" not in problem.mend, "adoption happens once"


def test_months_are_read_as_people_number_them() -> None:
    """In digits either way round, or with the year in a column of its own."""
    table = "| Month | Upwork |\n|---|---|\n| 01/2026 | 1 |\n| 2025-9 | 2 |\n| 2025/10 | 3 |\n"
    by_year = "| Year | Month | Fiverr |\n|---|---|---|\n| 2025 | Dec | 4 |\n| 2026 | January | 5 |\n"
    update = write(f"## Monthly Summary\n\n{table}\n{by_year}".encode())
    assert cents(read(update.data)) == {
        "2026-01 Upwork": 100, "2025-09 Upwork": 200, "2025-10 Upwork": 300,
        "2025-12 Fiverr": 400, "2026-01 Fiverr": 500,
    }  # fmt: skip
    assert write(update.data).data == update.data


def test_figures_of_months_to_come_are_plans_until_a_person_says_otherwise() -> None:
    """They wait; the amount typed into the row there would count them."""
    update = write(b"## Monthly Summary\n\n| Month | Upwork |\n|---|---|\n| Feb 2026 | 5 |\n| Mar 2026 | 100 |\n")
    assert [row.id for row in update.adopted] == ["manual_opening_2026-02_upwork"]
    (row,) = update.attention
    assert (row.id, row.date) == ("manual_opening_2026-03_upwork", "2026-03-01")
    assert "said '100', for a month that has not begun" in row.why


def test_a_total_that_is_less_than_its_channels_is_told() -> None:
    """The channels are adopted; which of them was wrong only the person knows."""
    data = (
        b"## Monthly Summary\n\n| Month | Upwork | Stripe | Total |\n|---|---|---|---|\n| Jan 2026 | 900 | 10 | 900 |\n"
    )
    (problem,) = write(data).problems
    assert (problem.code, problem.line, problem.column) == ("smaller-total", 5, 25)
    assert "10.00 less than its channels" in problem.message


def test_a_second_line_of_a_month_that_says_something_else_is_told() -> None:
    """Two payments of a month, or a month corrected below: only a person knows. A line that is a mere copy is none."""
    kept = """## Monthly Summary

| Month | Upwork | Stripe | Total |
| --- | --- | --- | --- |
| Jan 2026 | 500.00 | 0.00 | 500.00 |
| Jan 2026 | 700.00 | n/a | 700.00 |
| Jan 2026 | 500.00 | 0.00 | 500.00 |
"""
    after = write(kept.encode())
    assert cents(read(after.data)) == {"2026-01 Upwork": 50000}
    (problem,) = after.problems
    assert (problem.code, problem.line, problem.column) == ("duplicate-month", 6, 14)
    assert "says '700.00' here and '500.00' in a line above" in problem.message
    assert "revintel-mcp add" in problem.mend


@pytest.mark.parametrize(
    ("total", "waits", "told"),
    [("500.00", [], []), ("620.00", ["manual_opening_2026-01_total"], []), ("400.00", [], ["smaller-total"])],
)
def test_totals_beside_a_table_of_channels_are_the_same_money(total: str, waits: list[str], told: list[str]) -> None:
    """An overview above the table that says where it came from: the channels count, what they lack is asked for."""
    kept = f"""## Monthly Summary

| Month | Total |
| --- | --- |
| Dec 2025 | 90.00 |
| Jan 2026 | {total} |

| Month | Upwork | Stripe |
| --- | --- | --- |
| Jan 2026 | 500.00 | 0.00 |
"""
    for text in (kept, "## Monthly Summary\n\n" + "\n".join(reversed(kept.split("\n\n")[1:]))):
        after = write(text.encode())
        assert cents(read(after.data)) == {"2025-12 Other": 9000, "2026-01 Upwork": 50000}
        assert [row.id for row in read(after.data).attention] == waits
        assert [problem.code for problem in after.problems] == told
        assert {each.code for each in check(after.data, today=TODAY)} - {"needs-attention"} == {"duplicate-month"}


def test_a_channel_of_one_s_own_in_one_table_is_one_in_all() -> None:
    """What was typed into the other table is a figure too: it becomes a row before the log's figure takes its place."""
    kept = """## Monthly Summary

| Month | Toptal | Stripe | Extra | Total |
| --- | --- | --- | --- | --- |
| Dec 2025 | 1,500 | 80 | see note | 2,230 |

| Month | Toptal | Stripe | Total |
| --- | --- | --- | --- |
| Jan 2026 | 1,000 | 120 | 1,120 |
"""
    after = write(kept.encode())
    assert cents(read(after.data)) == {
        "2025-12 Other": 150000,
        "2025-12 Stripe": 8000,
        "2026-01 Other": 100000,
        "2026-01 Stripe": 12000,
    }
    assert b"| Dec 2025 | 1,500 | 80 | see note |" in after.data
    (waits,) = read(after.data).attention
    assert "650.00 more than its channels" in waits.why


def test_rows_of_sums_and_other_tables_are_nobody_s_business() -> None:
    """A total or an average under the months, a table of goals: kept, and not a word."""
    table = "| Month | Upwork | Total |\n|---|---|---|\n| Jan 2025 | 9 | 9 |\n"
    sums = "| **Total 2025** | 9 | 9 |\n| Sum: | 9 | 9 |\n| average | 9 | 9 |\n"
    goals = "## Goals\n\n| Month | Goal |\n|---|---|\n| Jan 2025 | 10 |\n"
    assert told(f"## Monthly Summary\n\n{table}{sums}\n{goals}") == []


def test_the_check_says_before_the_adoption_what_it_will_not_read() -> None:
    """Then it can be mended in time."""
    text = "## Income\n\n| Month | Upwork |\n|---|---|\n| Jan 2025 | 9 |\n\n## Monthly Summary\n\n| Jan 2025 | 9 |\n"
    problems = {problem.code: problem for problem in check(text.encode(), today=TODAY)}
    assert {"not-months", "stray-row"} <= set(problems)
    assert "before the first refresh" in problems["not-months"].mend


def test_a_figure_whose_opening_row_is_in_the_log_goes_to_a_person() -> None:
    """As after somebody took out the Sources section and raised a figure, or spoilt the opening row."""
    _, first = adopted("01-plain")
    undone = first.data.replace(b"## Sources", b"## My sources").replace(b"| 450.00 |", b"| 500.00 |", 1)
    spoilt = undone.replace(b"(adopted 450.00) | 450.00", b"(adopted 450.00) | four fifty")
    for data, counted in ((undone, 45_000), (spoilt, None)):
        second = write(data)
        assert second.adopted == ()
        (row,) = second.attention
        assert row.id == "manual_opening_2026-01_stripe_2"
        assert "said '500.00', and manual_opening_2026-01_stripe is in the log already" in row.why
        assert cents(read(second.data)).get("2026-01 Stripe") == counted
        assert dict(read(second.data).totals) == dict(second.after)


def test_of_two_columns_of_one_own_name_the_one_with_amounts_is_the_channel_s() -> None:
    """The other holds a person's words, and keeps them."""
    text = (
        "# Money\n\n## Monthly Summary\n\n| Toptal | Month | Toptal | Stripe | Total |\n|---|---|---|---|---|\n"
        "| paid late | Nov 2025 | 2,000 | 100 | 2,100 |\n"
    )
    once = write(text.encode(), sale("stripe_a", "2026-02-01", "1.00"), sources=[state()])
    assert cents(read(once.data))["2025-11 Other"] == 200_000
    assert b"| paid late | Nov 2025 | 2,000 | 100 | 2,100 |" in once.data
    assert write(once.data, sources=[state()]).data == once.data
