"""A CSV file goes into the tracker once, exactly, and what it can't say is told by line with what to type."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from revintel_mcp.errors import UsageError
from revintel_mcp.operations import Operations
from revintel_mcp.results.row_shapes import ImportResult
from revintel_mcp.results.text import import_text
from revintel_mcp.settings import load_settings

FIVERR = """Date,Activity,Description,From / To,Order,Currency,Amount
2026-02-14,Earning,Logo design,ada_p,FO1234,USD,80.00
2026-02-20,Earning,Logo design,bo_k,FO1235,USD,"1,120.00"
2026-02-21,Withdrawal,,PayPal,,USD,-500.00
"""
FIVERR_COLUMNS = ("date=Date", "amount=Amount", "client=From / To", "description=Description", "id=Order")
BANK = """Konto;DE00 1234

Buchungstag;Auftraggeber;Verwendungszweck;Betrag
14.02.2026;Müller GmbH;Rechnung 12;1.234,56
15.02.2026;Vermieter;Miete;-800,00
16.02.2026;Müller GmbH;Rechnung 13;1.000
"""
BANK_COLUMNS = ("date=Buchungstag", "amount=Betrag", "client=Auftraggeber", "description=Verwendungszweck")
Import = Callable[..., ImportResult]


@pytest.fixture
def operations(tmp_path: Path) -> Operations:
    options = {"tracker": str(tmp_path / "tracker.md"), "timezone": "America/New_York", "now": "2026-03-10T09:00:00"}
    settings = load_settings({"HOME": str(tmp_path)}, options)
    return Operations(settings, {"HOME": str(tmp_path)}, cwd=tmp_path, home=tmp_path)


@pytest.fixture
def import_text_of(operations: Operations, tmp_path: Path) -> Import:
    """Import a text, or bytes, as a file."""

    def import_text_of(data: str | bytes, channel: str = "Fiverr", **more: Any) -> ImportResult:
        path = tmp_path / "export.csv"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return operations.import_csv(path, channel, **more)

    return import_text_of


def test_the_same_file_twice_adds_nothing_and_changes_no_byte(import_text_of: Import, operations: Operations) -> None:
    first = import_text_of(FIVERR, columns=FIVERR_COLUMNS)
    assert (first.added, first.sum_usd, first.skipped) == (2, Decimal("1200.00"), {"money that left": 1})
    before = operations.file.read().data
    again = import_text_of(FIVERR, columns=FIVERR_COLUMNS)
    assert (again.added, again.skipped["already logged"]) == (0, 2)
    assert operations.file.read().data == before


def test_a_dry_run_says_what_it_would_add_and_writes_nothing(import_text_of: Import, operations: Operations) -> None:
    result = import_text_of(FIVERR, columns=FIVERR_COLUMNS, dry_run=True)
    assert (result.added, result.sum_usd) == (2, Decimal("1200.00"))
    assert "2 rows would be added, $1,200.00" in import_text(result)
    assert not operations.file.path.exists()


def test_a_file_that_overlaps_adds_what_is_new(import_text_of: Import) -> None:
    import_text_of(FIVERR, columns=FIVERR_COLUMNS)
    later = FIVERR + "2026-02-22,Earning,Icon,cy,FO1240,USD,15.00\n"
    result = import_text_of(later, columns=FIVERR_COLUMNS)
    assert [row.amount_usd for row in result.rows] == [Decimal("15.00")]
    assert "1 row added, $15.00" in import_text(result)


@pytest.mark.parametrize(
    ("data", "more"),
    [
        (BANK.encode("cp1252"), {"encoding": "cp1252"}),
        (BANK.encode(), {}),
        (BANK.encode("utf-8-sig"), {}),
        (BANK.encode("utf-16"), {}),
    ],
)
def test_a_banks_export_is_read_in_its_own_numbers_and_letters(
    import_text_of: Import, operations: Operations, data: bytes, more: dict[str, str]
) -> None:
    result = import_text_of(data, "Cold Outreach", columns=BANK_COLUMNS, **more)
    assert [(row.client, row.amount_usd) for row in result.rows] == [
        ("Müller GmbH", Decimal("1234.56")),
        ("Müller GmbH", Decimal("1000.00")),
    ]
    assert "Müller GmbH" in operations.tracker_text()


@pytest.mark.parametrize(
    ("encoding", "says"),
    [
        ("", "add --encoding cp1252 --dry-run"),
        ("utf-8", "is not written in utf-8"),
        ("klingon", "no such encoding; write utf-8, cp1252"),
    ],
)
def test_letters_that_cannot_be_read_say_what_to_type(import_text_of: Import, encoding: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        import_text_of(BANK.encode("cp1252"), "Other", columns=BANK_COLUMNS, encoding=encoding)


@pytest.mark.parametrize(
    ("data", "says"), [(b"PK\x03\x04...", "an Excel workbook or a ZIP"), (b"%PDF-1.7", "a PDF, no CSV")]
)
def test_a_file_that_is_no_csv_is_called_what_it_is(import_text_of: Import, data: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        import_text_of(data, "Other", columns=BANK_COLUMNS)


def test_days_that_could_be_two_are_refused_by_line_until_the_user_says_which(import_text_of: Import) -> None:
    text = "Date,Amount\n03/04/2026,5.00\n"
    columns = ("date=Date", "amount=Amount")
    refused = import_text_of(text, columns=columns)
    assert refused.added == 0
    assert "export.csv:2: error: '03/04/2026' could be two days" in import_text(refused)
    assert "--days day-first or month-first" in import_text(refused)
    assert [row.date for row in import_text_of(text, columns=columns, days="month-first").rows] == ["2026-03-04"]


def test_foreign_money_waits_and_only_this_files_rows_are_told(import_text_of: Import) -> None:
    columns = ("date=Date", "amount=Amount")
    first = import_text_of("Date,Amount\n2026-02-03,5.00\n", columns=columns, currency="EUR")
    assert [row.amount for row in first.needs_attention] == ["5.00"]
    second = import_text_of("Date,Amount\n2026-02-04,7.00\n", columns=columns, currency="EUR")
    assert [row.amount for row in second.needs_attention] == ["7.00"]


def test_a_row_that_was_entered_by_hand_before_is_warned_of(import_text_of: Import, operations: Operations) -> None:
    from revintel_mcp.asked import EntryFields

    fields = EntryFields(amount="80", channel="Fiverr", date="2026-02-13", client="Ada Park")
    operations.add(fields)
    result = import_text_of(FIVERR, columns=FIVERR_COLUMNS, dry_run=True)
    (warning, _) = result.warnings
    assert "80.00) is like tracker.md:" in warning
    assert '"Ada Park"' in warning
    assert f"revintel-mcp void {result.rows[0].id}" in warning


def test_a_file_read_again_with_other_columns_is_warned_of(import_text_of: Import) -> None:
    import_text_of(FIVERR, columns=FIVERR_COLUMNS)
    again = import_text_of(FIVERR, columns=("date=Date", "amount=Amount"), dry_run=True)
    likes = [warning for warning in again.warnings if "is like tracker.md:" in warning]
    assert len(likes) == again.added == 2


def test_money_that_left_says_how_a_refund_is_entered(import_text_of: Import) -> None:
    (warning,) = import_text_of(FIVERR, columns=FIVERR_COLUMNS).warnings
    assert "revintel-mcp add -20 Fiverr --date" in warning


@pytest.mark.parametrize(
    ("columns", "only", "says"),
    [
        ((), (), "--map date=COLUMN --map amount=COLUMN.*It has: Date, Activity, Description, 'From / To'"),
        (("date=Datum", "amount=Amount"), (), "the file lacks the column Datum; it has: Date"),
        (("when=Date",), (), "write --map FIELD=COLUMN with FIELD one of date, amount"),
        (("date=Date",), (), "map amount too, like --map amount=COLUMN"),
        ((), ("Activity=Earning",), "--only goes with --map"),
    ],
)
def test_columns_that_cannot_be_told_say_what_to_type(
    import_text_of: Import, columns: tuple[str, ...], only: tuple[str, ...], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        import_text_of(FIVERR, columns=columns, only=only)


def test_a_platform_that_a_refresh_can_read_is_better_connected(import_text_of: Import) -> None:
    with pytest.raises(UsageError, match=r"Better: connect Upwork, which reads the very files .* revintel-mcp doctor"):
        import_text_of("Date,Ref ID,Type,Amount\n", "Upwork")


def test_a_missing_file_and_an_unknown_channel_are_told(operations: Operations, import_text_of: Import) -> None:
    with pytest.raises(UsageError, match="can't be read: No such file"):
        operations.import_csv(Path("nowhere.csv"), "Fiverr")
    with pytest.raises(UsageError, match="'Bank' is not a channel; use one of: Upwork, Fiverr"):
        import_text_of(FIVERR, "Bank", columns=FIVERR_COLUMNS)


def test_rows_behind_a_figure_that_was_kept_by_hand_take_its_place(
    import_text_of: Import, operations: Operations
) -> None:
    operations.file.path.write_text(
        "## Monthly Summary\n\n| Month | Fiverr | Total |\n| --- | ---: | ---: |\n| Feb 2026 | 1,250.00 | 1,250.00 |\n",
        encoding="utf-8",
    )
    import_text_of(FIVERR, columns=FIVERR_COLUMNS)
    assert operations.summary(year=2026).ytd_total == Decimal("1250.00")
    import_text_of("Date,Amount\n2026-02-25,100.00\n", columns=("date=Date", "amount=Amount"))
    assert operations.summary(year=2026).ytd_total == Decimal("1300.00")
    assert "(adopted 1,250.00) | 0.00 |" in operations.tracker_text()


@pytest.mark.parametrize(("status", "warned"), [("complete", [True]), ("failed", [True]), ("not configured", [])])
def test_a_channel_that_a_refresh_reads_is_warned_of(
    import_text_of: Import, operations: Operations, status: str, warned: list[bool]
) -> None:
    operations.file.path.write_text(
        "# Revenue Tracker\n\n## Sources\n\n| Source | Status | Complete from | Complete to | Last attempt | Note |\n"
        f"| --- | --- | --- | --- | --- | --- |\n| Stripe-eu | {status} | | | 2026-03-01T09:00:00-05:00 | |\n",
        encoding="utf-8",
    )
    text, columns = "Date,Amount\n2026-02-25,100.00\n", ("date=Date", "amount=Amount")
    warnings = import_text_of(text, "Stripe", columns=columns, dry_run=True).warnings
    assert ["Stripe-eu is read by refresh too" in each for each in warnings] == warned
    assert import_text_of(text, "Fiverr", columns=columns, dry_run=True).warnings == ()


def test_an_imported_row_can_be_struck(import_text_of: Import, operations: Operations) -> None:
    first = import_text_of(FIVERR, columns=FIVERR_COLUMNS).rows[0]
    operations.void(first.id)
    assert operations.summary(year=2026).ytd_total == Decimal("1120.00")
    assert import_text_of(FIVERR, columns=FIVERR_COLUMNS).added == 0
    assert datetime.fromisoformat(first.date).year == 2026
