"""A tracker is read as a person means it, whatever hand it was written by."""

from datetime import date
from decimal import Decimal

import pytest

from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.source_state import SourceStatus
from revintel_mcp.domain.transaction import Channel, Status, TransactionType
from revintel_mcp.errors import TrackerUnreadable
from revintel_mcp.tracker import Totals, Wanted, log_rows
from revintel_mcp.tracker.check import check
from tests.tracker.trackers import CANONICAL, LOG_HEADER, TODAY, cents, log, read, sale, state, write

ROW = "| 2026-01-04 | Gumroad | ada@example.com | Icon set | 29.00 | 3.40 | one-time | completed | gumroad_abc |"


def test_a_canonical_tracker_is_read_whole() -> None:
    """Sums, sources and the moment of the last update."""
    known = read(CANONICAL)
    assert known.totals == {
        (Month(2026, 1), Channel.GUMROAD): Totals(2_900, 340, 1, 0),
        (Month(2026, 1), Channel.STRIPE): Totals(120_000, 0, 1, 1),
    }
    assert known.last_updated == "2026-02-18T09:00:00-05:00"
    (stripe,) = known.sources
    assert (stripe.name, stripe.status, stripe.complete_to) == ("Stripe", SourceStatus.COMPLETE, date(2026, 2, 17))
    assert known.problems == ()
    assert known.months == (Month(2026, 1),)


def test_nothing_is_a_tracker_without_rows() -> None:
    """A first run reads an empty text."""
    known = read(b"")
    assert not known.totals
    assert not known.sources
    assert known.last_updated == ""
    assert list(log_rows(b"")) == []


def test_a_row_is_read_into_its_transaction() -> None:
    """Every column of the log."""
    header = "| Hours | Via | Period | id | STATUS | type | fee (usd) | amount (USD) | Description | Client | channel "
    header += "| date |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n"
    row = r"| 7.5 | get_earnings | week | upwork_9 | completed | hourly | 4 | $40 | a \| b &lt;i&gt; | Brook | upwork "
    row += "| 4 Jan 2026 |"
    (found,) = log_rows(log(row, header=header))
    transaction = found.transaction
    assert transaction is not None
    assert (transaction.date, transaction.channel, transaction.amount_usd) == (
        date(2026, 1, 4),
        Channel.UPWORK,
        Decimal(40),
    )
    assert (transaction.fee_usd, transaction.hours) == (Decimal(4), Decimal("7.5"))
    assert (transaction.period, transaction.via) == ("week", "get_earnings")
    assert transaction.description == "a | b <i>"
    assert (transaction.transaction_type, transaction.status) == (TransactionType.HOURLY, Status.COMPLETED)
    assert found.line == 5


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff", "---\ntitle: Money\n---\n"])
def test_line_ends_marks_and_front_matter_don_t_matter(end: str, start: str) -> None:
    """LF, CR LF, CR; a byte order mark; front matter."""
    text = (start + CANONICAL.decode()).replace("\n", end)
    assert read(text.encode()).totals == read(CANONICAL).totals


@pytest.mark.parametrize(
    "text",
    [
        ROW.strip("| "),
        ROW.replace(" | ", "|"),
        ROW.replace(" | ", " \t| \t"),
        f"   {ROW}   ",
        ROW.replace("29.00", "**$29**").replace("completed", "paid"),
        ROW.replace("Gumroad", "gumroad").replace("2026-01-04", "Jan 4, 2026"),
    ],
)
def test_rows_count_in_every_style(text: str) -> None:
    """Without outer pipes, without blanks, with tabs, indented, in a person's words."""
    known = read(log(text))
    assert cents(known) == {"2026-01 Gumroad": 2_900}
    assert known.has("gumroad_abc")


def test_rows_of_every_table_in_the_section_count() -> None:
    """Tables by year under smaller headings, a section that stands twice, a row after a gap."""
    text = (
        log(ROW).decode()
        + "\n### 2025\n\n| ID | Amount | Date |\n|---|---|---|\n| a | 1 | 2025-03-01 |\n"
        + "\nA word.\n\n| b | 2 | 2025-03-02 |\n"
        + "\n## Notes\n\n| Date | Amount |\n|---|---|\n| 2025-03-03 | 99 |\n\n## TRANSACTION LOG\n\n"
        + "Date | Amount\n--- | ---\n2025-03-04 | 4\n\n2025-03-05 | 5\n"
    )
    assert cents(read(text.encode())) == {"2026-01 Gumroad": 2_900, "2025-03 Other": 1_200}


def test_what_stands_in_a_fence_or_a_comment_is_no_row() -> None:
    """Our own headings in code, comments, quotations and indented blocks are somebody's text."""
    hidden = f"```\n{log(ROW).decode()}```\n~~~~ md\n~~~\n{log(ROW).decode()}~~~~\n<!--\n{log(ROW).decode()}-->\n"
    quoted = "".join(f"> {line}\n" for line in log(ROW).decode().splitlines())
    indented = "".join(f"    {line}\n" for line in log(ROW).decode().splitlines())
    assert read((hidden + quoted + "\n" + indented).encode()).totals == {}


def test_an_underlined_heading_is_a_heading() -> None:
    """`Transaction Log` over dashes opens the section, `Notes` over dashes ends it."""
    text = log(ROW).decode().replace("## Transaction Log", "Transaction Log\n---------------")
    text += "\nNotes\n-----\n\n| Date | Amount |\n|---|---|\n| 2026-01-05 | 99 |\n"
    assert cents(read(text.encode())) == {"2026-01 Gumroad": 2_900}


def test_columns_may_be_dropped() -> None:
    """Date and amount are enough; the rest has its usual meaning."""
    (found,) = log_rows(log("| 2026-01-04 | 5 |", header="| Date | Amount |\n|---|---|\n"))
    assert found.transaction is not None
    assert (found.id, found.transaction.channel, found.transaction.client) == ("", Channel.OTHER, "Anonymous")
    assert found.transaction.status is Status.COMPLETED


def test_a_header_repeated_in_the_middle_is_no_row() -> None:
    """Also with its line of dashes; and if it orders the columns anew, the rows below are read by it."""
    again = "| Amount | Date | ID |\n|---|---|---|\n| 7 | 2026-01-05 | x |"
    known = read(log(ROW, again))
    assert cents(known) == {"2026-01 Gumroad": 2_900, "2026-01 Other": 700}
    assert known.problems == ()


def test_unreadable_rows_are_left_out_and_reported_with_their_place() -> None:
    """File, line and column, the line with the spot marked, the reason, the mend."""
    known = read(log(ROW, "| 2026-01-05 | Stripe | Brook | Café | 1 200,50 | | | | stripe_ch_9 |"), file="mine.md")
    assert cents(known) == {"2026-01 Gumroad": 2_900}
    (problem,) = known.problems
    assert problem.place == "mine.md:6:40"
    assert problem.code == "unreadable-row"
    assert "1 200,50" in problem.message
    assert problem.mend
    line, marks = problem.excerpt.splitlines()
    assert line[marks.index("^") :].startswith("1 200,50")
    assert marks.count("^") == len("1 200,50")


def test_an_unreadable_row_keeps_its_id() -> None:
    """So that what it stands for is not booked a second time."""
    known = read(log("| someday | Stripe | Brook | Work | 5 | | | | stripe_ch_9 |"))
    assert known.rows["stripe_ch_9"].transaction is None
    shifted = read(log("| 2026-01-05 | Stripe | Brook | a | b | 5 | | | | stripe_ch_8 |"))
    assert shifted.rows["stripe_ch_8"].transaction is None
    assert "write a pipe inside text as" in shifted.problems[0].mend


def test_both_readings_tell_the_day_and_channel_of_an_unreadable_row() -> None:
    """What explains a figure sees the rows one by one: a bad amount of March is none of February's business."""
    text = log(ROW, "| 2026-03-05 | Fiverr | Brook | Work | 1 200,50 | | | | x9 |", "| soon | | | | 5 | | | | x8 |")
    one_by_one = [row for row in log_rows(text) if row.transaction is None]
    assert one_by_one == list(read(text).unreadable)
    assert [(row.day, row.channel) for row in one_by_one] == [(date(2026, 3, 5), Channel.FIVERR), (None, None)]


def test_of_rows_with_one_id_the_first_counts() -> None:
    """Later ones are left out, and reported."""
    known = read(log(ROW, ROW.replace("29.00", "31.00"), ROW.replace("2026-01-04", "4 Jan 2026")))
    assert cents(known) == {"2026-01 Gumroad": 2_900}
    assert [(problem.code, problem.line) for problem in known.problems] == [("duplicate-id", 6), ("duplicate-id", 7)]
    assert len(list(log_rows(log(ROW, ROW)))) == 1


def test_rows_without_an_id_all_count() -> None:
    """They are a person's own."""
    row = "| 2026-01-04 | Fiverr | Kim | Logo | 5.00 | | one-time | completed | |"
    assert cents(read(log(row, row, ROW, row))) == {"2026-01 Fiverr": 1_500, "2026-01 Gumroad": 2_900}


def test_only_completed_and_refunded_rows_count() -> None:
    """Pending and excluded rows are there, and don't."""
    rows = [ROW.replace("completed", word).replace("gumroad_abc", f"gumroad_{word}") for word in Status]
    assert cents(read(log(*rows))) == {"2026-01 Gumroad": 5_800}


def test_an_unreadable_fee_leaves_the_amount() -> None:
    """The income is known; the fee is not, and that is said."""
    known = read(log(ROW.replace("3.40", "about 3")))
    assert known.totals[Month(2026, 1), Channel.GUMROAD] == Totals(2_900, 0, 1, 1)
    assert [problem.code for problem in known.problems] == ["unreadable-fee"]


def test_the_rows_that_are_asked_for_are_captured() -> None:
    """By ID, those numbered after one, reversals, opening rows, and entries made by hand."""
    names = [
        "stripe_ch_1", "stripe_ch_2", "upwork_7_2026-01-04", "upwork_7_2026-01-04_2", "upwork_8_2026-01-04_2",
        "gumroad_a_refund", "gumroad_b_dispute_won", "manual_2026-01-04_abcdefabcdef", "manual_opening_2026-01_fiverr",
    ]  # fmt: skip
    data = log(*(ROW.replace("gumroad_abc", name) for name in names))
    wanted = ("stripe_ch_2", "upwork_7_2026-01-04", "stripe_ch_missing")
    assert set(read(data, wanted=wanted).rows) == {*names} - {"stripe_ch_1", "upwork_8_2026-01-04_2"}
    few = read(data, wanted=wanted, manual=False).rows
    assert "manual_2026-01-04_abcdefabcdef" not in few
    assert few["stripe_ch_2"].line == 6


def test_the_small_tables_can_be_read_alone() -> None:
    """Without the log: no sums, no rows."""
    known = read(CANONICAL, log=False)
    assert known.sources == read(CANONICAL).sources
    assert not known.totals


def test_prices_and_what_needs_attention() -> None:
    """As a person keeps them: unknown columns are kept as `extra`, unreadable prices are reported."""
    text = (
        "## Needs Attention\n\n| Why | ID | Channel | Mine |\n|---|---|---|---|\n"
        "| no price \\| yet | stripe_x | Stripe | ask |\n"
        "\n## Prices\n\n| Date | Currency | USD |\n|---|---|---|\n"
        "| 31 Jan 2026 | eur | 1.0842 |\n| 2026-02-01 | GBP | ? |\n"
    )
    known = read(text.encode())
    (row,) = known.attention
    assert (row.id, row.why, dict(row.extra)) == ("stripe_x", "no price | yet", {"Channel": "Stripe", "mine": "ask"})
    (price,) = known.prices
    assert (price.day, price.currency, price.usd) == (date(2026, 1, 31), "EUR", Decimal("1.0842"))
    assert [(problem.code, problem.line) for problem in known.problems] == [("unreadable-price", 12)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"# R\n\nA\xe9B\n", "mine.md:3:2: the byte 0xE9 is not UTF-8. Save the file as UTF-8"),
        ("# Größe\nTotal: 5 €\n".encode("cp1252"), "mine.md:1:5: the byte 0xF6 is not UTF-8"),
        ("# R\n".encode("utf-16"), "mine.md:1:1: the file is UTF-16"),
        (b"a\r\n" * 20_000 + b"\xff", "mine.md:20001:1: the byte 0xFF"),
    ],
)
def test_a_file_that_is_not_utf_8_is_refused_with_place_and_mend(data: bytes, message: str) -> None:
    """Nothing of it is read, and nothing written."""
    with pytest.raises(TrackerUnreadable, match=message):
        read(data, file="mine.md")


def test_a_cell_may_be_very_long() -> None:
    """A hundred thousand characters in a cell, a heading, a paragraph."""
    long = "x| \\" * 25_000
    text = (
        f"# {long}\n\n{'#' * 100_000}\n\n{'-' * 100_000} y\n\n" + log(ROW.replace("Icon set", "y" * 100_000)).decode()
    )
    known = read(text.encode())
    assert cents(known) == {"2026-01 Gumroad": 2_900}
    bad = read(log(ROW.replace("29.00", "9" * 100_000)))
    assert len(bad.problems[0].message) < 200
    assert len(bad.problems[0].excerpt) < 400


@pytest.mark.parametrize("rule", ["", "| --- | -- x | --- | --- | --- | --- | --- | --- | --- |\n"])
def test_a_log_whose_line_of_dashes_is_gone_or_spoilt_still_counts(rule: str) -> None:
    """A slip of the hand must not take every row out of the sums: the header names the columns well enough."""
    text = log(ROW, header=LOG_HEADER.splitlines(keepends=True)[0] + rule)
    known = read(text)
    assert cents(known) == {"2026-01 Gumroad": 2_900}
    assert known.problems == ()
    assert [row.id for row in log_rows(text)] == ["gumroad_abc"]
    (problem,) = [each for each in check(text, today=TODAY) if each.code == "no-rule"]
    assert problem.line == 3
    assert "| --- | --- |" in problem.mend


def test_a_table_without_its_line_of_dashes_is_written_all_the_same() -> None:
    """In every section; a new column touches the header alone."""
    data = b"".join(line for line in CANONICAL.splitlines(keepends=True) if not line.startswith(b"| ---"))
    assert read(data).totals == read(CANONICAL).totals
    assert read(data).sources == read(CANONICAL).sources
    update = write(data, sale("stripe_a", "2026-02-01", "1.00", via="x"), sources=[state()])
    expected = write(CANONICAL, sale("stripe_a", "2026-02-01", "1.00", via="x"), sources=[state()]).data
    lines = [line for line in expected.splitlines(keepends=True) if not line.startswith(b"| ---")]
    assert update.data == b"".join(lines)


def test_rows_that_stand_in_no_table_are_reported() -> None:
    """Under the log's heading they look as if they counted."""
    text = log().replace(LOG_HEADER.encode(), b"\n")
    known = read(text + f"{ROW}\n{ROW}\n\nA word.\n\n{ROW}\n".encode(), file="mine.md")
    assert known.totals == {}
    assert [(each.place, each.code) for each in known.problems] == [
        ("mine.md:4:1", "stray-row"),
        ("mine.md:9:1", "stray-row"),
    ]
    assert "2 rows from here on stand in no table" in known.problems[0].message


def test_a_line_of_dashes_under_a_row_makes_no_heading_of_it() -> None:
    """Whatever stands above: with a new table there it would be a row of that."""
    text = log(ROW).decode() + "\nA word.\n\n| 2026-01-05 | Stripe | | | 5.00 | | | | stripe_a |\n---\n"
    assert cents(read(text.encode())) == {"2026-01 Gumroad": 2_900, "2026-01 Stripe": 500}


def test_a_row_without_outer_pipes_behind_a_gap_is_known_by_what_it_says() -> None:
    """Not by how wide it is: the header may get a column, and what counts must stay what it was."""
    header = "Date|Channel|Amount|ID\n---|---|---|---\n"
    data = log(
        "2026-01-04|Gumroad|5|a", "", "2026-01-05|Gumroad|6|b", "", "half a row | of | something | c", header=header
    )
    known = read(data)
    assert cents(known) == {"2026-01 Gumroad": 1_100}
    update = write(data, sale("stripe_a", "2026-02-01", "1.00", via="x"))
    after = read(update.data)
    assert after.totals == update.after
    assert [after.has(name) for name in "abc"] == [known.has(name) for name in "abc"] == [True, True, False]


def test_a_row_with_too_many_cells_behind_a_gap_is_reported_before_the_table_gets_columns() -> None:
    """It was text until then, and counted from the write on that brought the columns: a total nobody could explain."""
    header = "Date | Platform | Project | USD\n--- | --- | --- | ---\n"
    data = log("Newest first.", "2026-01-05 | Stripe | a site | 5 | and | more", header=header)
    known = read(data)
    assert cents(known) == {}
    assert [(each.code, each.line) for each in known.problems] == [("unreadable-row", 6)]
    update = write(data, sale("stripe_a", "2026-02-01", "1.00", via="x"))
    after = read(update.data)
    assert after.totals == update.after
    assert [each.code for each in after.problems] == ["unreadable-row"]


def test_what_is_wanted_may_depend_on_small_tables_wherever_they_stand() -> None:
    """A person may move a section; the rows that Needs Attention names are captured all the same."""
    attention = "## Needs Attention\n\n| ID | Source | Why |\n| --- | --- | --- |\n| gumroad_abc | Gumroad | no day |\n"
    text = log(ROW).decode()
    above, below = text.replace("## Transaction Log", f"{attention}\n## Transaction Log"), f"{text}\n{attention}"
    for data in (above.encode(), below.encode()):
        found = read(data, wanted=lambda waiting, _: Wanted([row.id for row in waiting]), manual=False)
        assert list(found.rows) == ["gumroad_abc"]
        assert found.rows["gumroad_abc"].line == 1 + data[: data.index(ROW.encode())].count(b"\n")


@pytest.mark.parametrize("dashes", ["", "| --- | --- |\n"])
def test_an_indented_line_of_a_paragraph_is_no_header(dashes: str) -> None:
    """A word written above it would make code of it: what is a table must not depend on what we write."""
    text = CANONICAL.decode().replace("**YTD Total (2026)**: $1,229.00\n", "")
    start = text.index("| Month |")
    data = f"{text[:start]}YTD: 40\n\t| Month |\n{dashes}{text[start:]}".encode()
    once = write(data, sale("stripe_a", "2025-12-30", "1.00"), answered=True, incomplete="Feb 2026 Stripe (late)")
    again = write(once.data, sale("stripe_a", "2025-12-30", "1.00"), answered=True, incomplete="Feb 2026 Stripe (late)")
    assert again.data == once.data


@pytest.mark.parametrize("line", ["YTD: 40", "**Incomplete**: Feb 2026", "**Last updated**: never"])
def test_a_line_that_dashes_underline_is_a_heading_and_none_of_ours(line: str) -> None:
    """A word put under it would part it from its dashes, and it would be a sentence, and ours, from then on."""
    text = CANONICAL.decode().replace("**YTD Total (2026)**: $1,229.00\n", "").replace("**Last updated**", "Made")
    data = text.replace("## Sources", f"{line}\n-------\n\n| Jan 2026 | 1 |\n\n## Sources").encode()
    once = write(data, sale("stripe_a", "2025-12-30", "1.00"), answered=True, incomplete="Feb 2026 Stripe (late)")
    again = write(once.data, sale("stripe_a", "2025-12-30", "1.00"), answered=True, incomplete="Feb 2026 Stripe (late)")
    assert f"{line}\n-------\n".encode() in once.data
    assert again.data == once.data


def test_a_line_with_a_pipe_in_front_is_no_part_of_a_heading() -> None:
    """With a table of ours above it is a row of that, and what was a heading would be another one then."""
    text = CANONICAL.decode()
    start, stop = text.index("| Month |"), text.index("**YTD")
    data = f"{text[:start]}| --- | --- |\n| Jan 2026 | 600.00 |\nas of\n-\n\n{text[stop:]}".encode()
    once = write(data, sale("stripe_a", "2025-12-30", "1.00"), answered=True, incomplete="Feb 2026 Stripe (late)")
    again = write(once.data, sale("stripe_a", "2025-12-30", "1.00"), answered=True, incomplete="Feb 2026 Stripe (late)")
    assert again.data == once.data
