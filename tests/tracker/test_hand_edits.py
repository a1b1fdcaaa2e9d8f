"""A person's edit wins, and of a row that stands only what must change does."""

from decimal import Decimal

import pytest

from revintel_mcp.domain.transaction import Channel, Status
from tests.tracker.trackers import CANONICAL, LOG_HEADER, cents, log, read, sale, write

ROW = "| 2026-01-04 | Gumroad | ada@example.com | Icon set | 29.00 | | one-time | completed | gumroad_abc |"
BOOKED = sale("gumroad_abc", "2026-01-04", "29.00", Channel.GUMROAD)


def log_of(data: bytes) -> bytes:
    """The log's section."""
    return data[data.index(b"## Transaction Log") :]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("29.00", "19.00"),
        ("29.00", "$29"),
        ("completed", "excluded"),
        ("2026-01-04", "4 January 2026"),
        ("Icon set", "Icon set, *mine*"),
        ("29.00", "twenty-nine"),
        (" | ", "|"),
    ],
)
def test_a_row_with_a_known_id_is_never_written_again(old: str, new: str) -> None:
    """Whatever a person made of it: changed, struck, spoilt. Its bytes stay, and it is not added a second time."""
    data = log(ROW.replace(old, new))
    update = write(data, BOOKED)
    assert log_of(update.data) == data


def test_a_struck_row_does_not_count() -> None:
    """And never comes back."""
    update = write(log(ROW.replace("completed", "excluded")), BOOKED)
    assert cents(read(update.data)) == {}


def test_a_removed_row_comes_back_when_it_is_booked_again() -> None:
    """The tracker has no other memory than the file."""
    assert read(write(log(), BOOKED).data).has("gumroad_abc")


def test_a_blank_fee_is_filled_and_nothing_else_moves() -> None:
    """The one cell; a fee that stands is left alone."""
    data = log(ROW, ROW.replace("gumroad_abc", "gumroad_b").replace("| | one", "| 1.00 | one"))
    fees = {"gumroad_abc": Decimal("3.40"), "gumroad_b": Decimal("9.99"), "gumroad_unknown": Decimal(1)}
    update = write(data, fees=fees, wanted=tuple(fees))
    assert log_of(update.data) == data.replace(b"29.00 | |", b"29.00 | 3.40 |", 1)
    assert sum(totals.fee_cents for totals in update.after.values()) == 440
    assert dict(read(update.data).totals) == dict(update.after)


def test_a_fee_finds_its_place_in_a_short_row() -> None:
    """The row is filled up; a table without the column gets it."""
    header = "| ID | Date | Amount | Fee |\n|---|---|---|---|\n"
    update = write(log("| a | 2026-01-04 | 5 |", header=header), fees={"a": Decimal("0.30")}, wanted=("a",))
    assert b"| a | 2026-01-04 | 5 | 0.30 |\n" in update.data
    bare = "| ID | Date | Amount |\n|---|---|---|\n"
    update = write(log("| a | 2026-01-04 | 5 |", header=bare), fees={"a": Decimal("0.30")}, wanted=("a",))
    assert b"| ID | Date | Amount | Fee (USD) |\n|---|---|---| ---: |\n| a | 2026-01-04 | 5 | 0.30 |\n" in update.data
    assert update.needs_backup


def test_a_correction_changes_only_the_cells_that_differ() -> None:
    """An unpaid entry is paid, a day later, for more: three cells, every other byte as the person left it."""
    row = "|2026-02-01 | Fiverr|  Kim  | Logo \\| two | 50.00 | | fixed | unpaid | manual_2026-02-01_abcdefabcdef | x"
    data = log(
        row, header=LOG_HEADER.replace("| ID |", "| ID | Mine |").replace("| --- | --- |\n", "| --- | --- | --- |\n")
    )
    entry = read(data).rows["manual_2026-02-01_abcdefabcdef"].transaction
    assert entry is not None
    paid = entry._replace(status=Status.COMPLETED, amount_usd=Decimal("55.00"), description="Logo & <two>")
    update = write(data, edits={entry.id: paid})
    expected = (
        row.replace("50.00", "55.00").replace("unpaid", "completed").replace("Logo \\| two", "Logo & &lt;two&gt;")
    )
    assert log_of(update.data) == data.replace(row.encode(), expected.encode())
    assert cents(read(update.data)) == {"2026-02 Fiverr": 5_500}


def test_a_correction_can_clear_a_cell_and_move_the_month() -> None:
    """Sums follow."""
    data = log(ROW.replace("gumroad_abc", "manual_2026-01-04_abcdefabcdef").replace("29.00 | |", "29.00 | 1.00 |"))
    (row,) = read(data).rows.values()
    assert row.transaction is not None
    new = row.transaction._replace(fee_usd=None, date=row.transaction.date.replace(month=2))
    update = write(data, edits={row.id: new})
    assert b"| 2026-02-04 | Gumroad | ada@example.com | Icon set | 29.00 | | one-time" in update.data
    assert dict(read(update.data).totals) == dict(update.after)


def test_new_rows_come_in_date_order_under_the_newest_ones() -> None:
    """In a tracker with a table a year, in this year's, wherever it stands."""
    old = "### 2025\n\n" + LOG_HEADER + ROW.replace("2026", "2025").replace("abc", "old") + "\n"
    new = "### 2026\n\n" + LOG_HEADER + ROW + "\n\n"
    data = ("## Transaction Log\n\n" + new + old).encode()
    update = write(data, sale("stripe_b", "2026-02-02", "2.00"), sale("stripe_a", "2026-02-01", "1.00"))
    lines = log_of(update.data).decode().splitlines()
    names = [line.split("|")[-2].strip() for line in lines if line.startswith("| 202")]
    assert names == ["gumroad_abc", "stripe_a", "stripe_b", "gumroad_old"]


def test_new_rows_find_their_columns() -> None:
    """Reordered, renamed, with columns of the person's own: each text stands under its header."""
    header = "| Mine | amount | Item | ID | Date | Platform |\n|---|---|---|---|---|---|\n"
    update = write(log(header=header), sale("stripe_a", "2026-02-01", "1.00", description="x|y"))
    assert b"| | 1.00 | x\\|y | stripe_a | 2026-02-01 | Stripe |\n" in update.data


def test_optional_columns_appear_when_a_row_needs_one() -> None:
    """At the right end; the rows that stand are shorter, which is valid. The old text is worth a backup."""
    update = write(log(ROW), sale("stripe_a", "2026-02-01", "1.00", via="list_charges", period="month"))
    header, delimiter, first, second = log_of(update.data).decode().splitlines()[2:6]
    assert header.endswith("| ID | Period | Via |")
    assert delimiter.endswith("| --- | --- | --- |")
    assert first == ROW
    assert second.endswith("| stripe_a | month | list_charges |")
    assert update.needs_backup
    assert not write(update.data, sale("stripe_b", "2026-02-01", "1.00", via="x")).needs_backup


def test_a_table_without_ids_gets_the_column() -> None:
    """Header and delimiter line only."""
    header = "Date | Amount\n:-- | --:\n"
    update = write(log("2026-01-04 | 5", header=header), sale("stripe_a", "2026-02-01", "1.00"))
    assert log_of(update.data).decode().splitlines()[2:6] == [
        "Date | Amount | Channel | ID |",
        ":-- | --: | --- | --- |",
        "2026-01-04 | 5",
        "| 2026-02-01 | 1.00 | Stripe | stripe_a |",
    ]


def test_a_log_that_is_kept_in_columns_stays_so() -> None:
    """New rows are padded to the widths of the table."""
    table = (
        "| Date       | Channel | Amount (USD) | ID          |\n| ---------- | ------- | -----------: | ----------- |\n"
    )
    data = log("| 2026-01-04 | Gumroad |        29.00 | gumroad_abc |", header=table)
    update = write(data, sale("stripe_a", "2026-02-01", "1.00"))
    assert b"| 2026-02-01 | Stripe  |         1.00 | stripe_a    |\n" in update.data


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_new_lines_end_as_the_others_do(end: bytes) -> None:
    """No line end of another kind comes in; a file that ends without one still does."""
    data = CANONICAL.replace(b"\n", end).rstrip(b"\r\n")
    update = write(data, sale("stripe_a", "2026-02-01", "1.00"))
    assert update.data.replace(end, b"").count(b"\n") == update.data.replace(end, b"").count(b"\r") == 0
    assert update.data.endswith(b"| stripe_a |")


def test_in_a_fence_that_is_never_closed_nothing_is_written() -> None:
    """New sections go before it: behind it they would be code, and be written again with every run."""
    data = b"# Mine\n\n```\nsome code\n"
    update = write(data, BOOKED)
    assert update.data.endswith(data[data.index(b"```") :])
    assert read(update.data).has("gumroad_abc")


def test_outside_text_can_t_break_out_of_its_cell() -> None:
    """Whatever a buyer calls himself."""
    evil = "x |\n## Transaction Log\n| 2026-01-01 | <script> `rm` \u202e"
    update = write(b"", sale("stripe_a", "2026-02-01", "1.00", client=evil, description=evil))
    (row,) = read(update.data, wanted=("stripe_a",)).rows.values()
    assert row.transaction is not None
    assert row.transaction.client == row.transaction.description == evil
    assert update.data.count(b"\n## Transaction Log") == 1
    assert b"<script" not in update.data


def test_where_the_log_can_t_be_found_a_new_one_is_made_and_the_old_text_kept() -> None:
    """A heading misspelt takes all rows out of the sums: what was there is worth a backup."""
    data = CANONICAL.replace(b"## Transaction Log", b"## Transactions")
    update = write(data, BOOKED)
    assert update.needs_backup
    assert read(update.data).has("gumroad_abc")
    assert not write(update.data, sale("stripe_a", "2026-02-01", "1.00")).needs_backup
