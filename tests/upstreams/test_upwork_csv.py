"""Upwork's transaction files: every known layout and locale reads exactly, what doesn't is named with file and line."""

import csv
import io
import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revintel_mcp.domain.csv_table import csv_text
from revintel_mcp.upstreams.demo_config import SECOND_REFRESH
from revintel_mcp.upstreams.demo_upwork import DemoDesk
from revintel_mcp.upstreams.errors import BadAnswer, ConfigurationError
from revintel_mcp.upstreams.upwork_csv import read_statement
from revintel_mcp.upstreams.upwork_folder import CsvDesk
from revintel_mcp.upstreams.upwork_ledger import earnings_answer, ledger_of
from tests.upstreams.fakes import demo_year_as_upworks_file

STATEMENT = (
    "Date,Ref ID,Type,Description,Agency,Freelancer,Team,Account Name,PO,Amount,Amount in local currency,Currency,"
    "Balance"
)
REPORT = (
    "Date,Transaction ID,Transaction type,Transaction summary,Transaction summary details,Description 1,Description 2,"
    "Description 3,Agency team,Freelancer,Client team,Account name,PO,Ref ID,Amount $,Amount in local currency,"
    "Currency,Current balance $,Payment method"
)

Files = dict[str, str]
#: When the files were downloaded, unless a test says otherwise.
SAVED = datetime(2026, 12, 31, 12, tzinfo=UTC).timestamp()


def statement(*rows: str) -> str:
    return "\n".join([STATEMENT, *rows]) + "\n"


def row(
    day: str, ref: str, kind: str, text: str, amount: str, *, client: str = "Fern & Sons", balance: str = ""
) -> str:
    return f'"{day}",{ref},{kind},"{text}",,Mia Holm,{client},Mia Holm,,"{amount}",,,{balance}'


MARCH = statement(
    row("Mar 30, 2026", "105", "Withdrawal", "To bank: xxxx-1111", "-850.50", client=""),
    row("Mar 16, 2026", "104", "VAT", "VAT (SE) - Service Fee - Ref ID 103", "-2.55"),
    row("Mar 16, 2026", "103", "Service Fee", "Service Fee for Hourly - Ref ID 102", "-10.20"),
    row("Mar 16, 2026", "102", "Hourly", "Invoice for 03/09/2026-03/15/2026 - 2:30 hrs @ $40.80/hr", "102.00"),
    row("Mar 2, 2026", "101", "Fixed Price", "Milestone 1: Logo", "$1,250.00"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def desk(folder: Path, files: Files) -> CsvDesk:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
        os.utime(folder / name, (SAVED, SAVED))
    return CsvDesk(str(folder), {})


def earnings(folder: Path, files: Files, start: date | None = None, end: date | None = None) -> dict[str, Any]:
    return desk(folder, files).earnings(start, end, None)


def test_gross_fee_tax_on_the_fee_and_hours_are_told_apart(folder: Path) -> None:
    answer = earnings(folder, {"march.csv": MARCH})
    fixed, hourly = answer["earnings"]
    assert (fixed["record_id"], fixed["date"], fixed["amount"], fixed["fee"]) == ("101", "2026-03-02", "1250.00", None)
    assert (hourly["amount"], hourly["fee"], hourly["hours"]) == ("102.00", "12.75", "2.50")
    assert [fee["record_id"] for fee in hourly["fees"]] == ["103", "104"]
    assert (hourly["client_name"], hourly["contract_type"], hourly["type"]) == ("Fern & Sons", "hourly", "hourly")
    assert answer["ignored"] == [{"type": "Withdrawal", "rows": 1}]
    assert answer["complete"] is True
    assert answer["unread"] == []


def resaved(day_format: str, delimiter: str = ",") -> str:
    """MARCH as a spreadsheet would save it again."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    header, *rows = csv.reader(io.StringIO(MARCH))
    writer.writerow(header)
    for day, *rest in rows:
        writer.writerow([datetime.strptime(day, "%b %d, %Y").replace(tzinfo=UTC).strftime(day_format), *rest])
    return out.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(MARCH, id="as downloaded"),
        pytest.param("\ufeff" + MARCH.replace("\n", "\r\n"), id="CRLF and byte order mark"),
        pytest.param(MARCH.replace(STATEMENT, STATEMENT.upper()), id="headers in capitals"),
        pytest.param("sep=,\n" + MARCH, id="with the line that tells Excel the delimiter"),
        pytest.param("Transaction history\n\n" + MARCH, id="with a title and a blank line"),
        pytest.param(MARCH.replace("-10.20", "($10.20)").replace("-2.55", "(2.55)"), id="negatives in parentheses"),
        pytest.param(MARCH.replace("102.00", "102.00 $US").replace("$1,250.00", "$ US 1,250.00"), id="French dollars"),
        pytest.param(MARCH.replace(",VAT,", ",vat,").replace("Service Fee,", "SERVICE  FEE,"), id="types in any case"),
        pytest.param(MARCH.replace("Amount in local currency", "ExchangeRate"), id="with an exchange rate"),
        pytest.param(resaved("%Y-%m-%d"), id="ISO days"),
        pytest.param(resaved("%m/%d/%Y"), id="American days"),
        pytest.param(resaved("%d/%m/%Y"), id="British days"),
        pytest.param(resaved("%d.%m.%Y", ";"), id="semicolons"),
        pytest.param(resaved("%d.%m.%Y", ";").replace("Date;Ref ID", '"Date";"Ref ID"'), id="semicolons and quotes"),
        pytest.param(resaved("%d %B %Y", "\t"), id="tabs"),
    ],
)
def test_every_known_way_of_writing_gives_the_same_money(folder: Path, text: str) -> None:
    rows = earnings(folder, {"march.csv": text})["earnings"]
    assert [(one["date"], one["amount"], one["fee"]) for one in rows] == [
        ("2026-03-02", "1250.00", None),
        ("2026-03-16", "102.00", "12.75"),
    ]


def test_a_german_spreadsheet_reads_to_the_cent(folder: Path) -> None:
    text = (
        "Date;Ref ID;Type;Description;Team;Amount;Balance\n"
        "16.03.2026;2;Fixed Price;Entwurf;Fern;1.234,50;2.469,00\n"
        "02.03.2026;1;Fixed Price;Entwurf;Fern;1.234;1.234\n"
    )
    assert [one["amount"] for one in earnings(folder, {"umsatz.csv": text})["earnings"]] == ["1234.00", "1234.50"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_what_a_spreadsheet_calls_unicode_is_read(folder: Path, encoding: str) -> None:
    (folder / "march.csv").write_bytes(MARCH.encode(encoding))
    assert len(earnings(folder, {})["earnings"]) == 2


def test_french_numbers_with_spaces_read_to_the_cent(folder: Path) -> None:
    text = (
        "Date;Ref ID;Type;Description;Team;Amount\n"
        "20/03/2026;1;Fixed Price;Logo;Fern;10\N{NARROW NO-BREAK SPACE}102,50\n"
        "20/03/2026;2;Service Fee;Service Fee - Ref ID 1;Fern;-1 010,25\n"
    )
    (only,) = earnings(folder, {"mars.csv": text})["earnings"]
    assert (only["amount"], only["fee"]) == ("10102.50", "1010.25")


def test_the_report_of_2026_reads_like_the_statement(folder: Path) -> None:
    text = (
        REPORT
        + '\n"Oct 2, 2026",9002,Service Fee,Fee,,Service Fee - Ref ID 9001,,,,Mia,Fern,Mia,,,-22.92,,,160.41,'
        + '\n"Oct 2, 2026",9001,Fixed-price,Job,,Milestone 1,,,,Mia,Fern,Mia,,,229.17,,,183.33,\n'
    )
    (only,) = earnings(folder, {"2026-10-02_transaction_report.csv": text})["earnings"]
    assert (only["record_id"], only["amount"], only["fee"], only["type"]) == ("9001", "229.17", "22.92", "fixed")
    assert only["description"] == "Job - Milestone 1"


def test_a_report_whose_ref_id_names_another_record_ties_by_it(folder: Path) -> None:
    text = (
        "Date,Transaction ID,Transaction type,Description 1,Client team,Ref ID,Amount $\n"
        '"Oct 2, 2026",52,Service Fee,Fee,Fern,51,-1.00\n'
        '"Oct 2, 2026",53,VAT,Tax,Fern,51,-0.25\n'
        '"Oct 2, 2026",51,Hourly,Hours,Fern,51,10.00\n'
    )
    (only,) = earnings(folder, {"report.csv": text})["earnings"]
    assert (only["record_id"], only["fee"]) == ("51", "1.25")


def test_overlapping_files_count_each_record_once(folder: Path) -> None:
    later = MARCH + row("Apr 6, 2026", "106", "Bonus", "Thanks!", "50.00") + "\n"
    answer = earnings(folder, {"a.csv": MARCH, "b.csv": later, "c.csv": later})
    assert [one["record_id"] for one in answer["earnings"]] == ["101", "102", "106"]
    assert answer["complete"] is True


def test_two_equal_milestones_of_one_day_are_two(folder: Path) -> None:
    text = statement(*(row("May 4, 2026", ref, "Fixed Price", "Milestone", "300.00") for ref in ("7", "8")))
    assert [one["record_id"] for one in earnings(folder, {"may.csv": text, "again.csv": text})["earnings"]] == [
        "7",
        "8",
    ]


def test_the_same_money_under_another_number_is_not_counted_twice(folder: Path) -> None:
    other = (
        MARCH.replace(",101,", ",9101,")
        .replace(",102,", ",9102,")
        .replace(",103,", ",9103,")
        .replace(",104,", ",9104,")
    )
    answer = earnings(folder, {"a.csv": MARCH, "b.csv": other.replace("Ref ID 10", "Ref ID 910")})
    assert sum(Decimal(one["amount"]) for one in answer["earnings"]) == Decimal("1352.00")
    assert answer["complete"] is False
    assert "no id of that day stands in both files" in answer["unread"][0]["why"]


def test_files_that_contradict_each_other_say_where(folder: Path) -> None:
    answer = earnings(folder, {"a.csv": MARCH, "b.csv": MARCH.replace("$1,250.00", "$1,350.00")})
    assert answer["complete"] is False
    assert answer["unread"] == [
        {
            "file": "b.csv",
            "line": 6,
            "why": "record 101 says something else than at a.csv:6; remove the wrong file or row",
            "record_id": None,
            "date": "2026-03-02",
        }
    ]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (row("Mar 31, 2026", "9", "Hourly", "x", "1,5.00"), "'1,5.00' is not one clear amount"),
        (row("Mar 31, 2026", "9", "Hourly", "x", "1.2K"), "'1.2K' is not one clear amount"),
        (row("Mar 31, 2026", "9", "Hourly", "x", "1.005"), "finer than a cent"),
        (row("Mar 31, 2026", "", "Hourly", "x", "1.00"), "no Ref ID"),
        (row("Mar 31, 2026", "1.23457E+11", "Hourly", "x", "1.00"), "a spreadsheet has rounded the Ref ID"),
        (row("Mar 31, 2026", "9", "", "x", "1.00"), "no type"),
        (row("Mar 31, 2026", "9", "Hourly", "x", "-1.00"), "paid to somebody else, or given back?"),
        (row("Mar 31, 2026", "9", "Refund", "x", "1.00"), "Refund of 1.00 brings money in"),
        (row("Mar 2, 2026", "101", "Fixed Price", "Milestone 2", "1250.00"), "says something else than at bad.csv:6"),
        (row("Mar 31, 2026", "9", "Jackpot", "x", "1.00"), "write Miscellaneous into its Type in the file if it is"),
        (row("someday", "9", "Hourly", "x", "1.00"), "'someday' is not one clear day"),
        (row("Mar 31, 2026", "9", "Hourly", "x", "1.00") + ",more", "more cells than the header"),
        ('"Mar 31, 2026",9,Hourly,x,,Mia Holm,Fern,Mia Holm,,5.00,5.00,EUR,', "in EUR, not in dollars"),
    ],
)
def test_a_row_that_cannot_be_read_exactly_is_refused_by_file_and_line(folder: Path, bad: str, why: str) -> None:
    answer = earnings(folder, {"bad.csv": MARCH + bad + "\n"})
    (unread,) = answer["unread"]
    assert (unread["file"], unread["line"]) == ("bad.csv", 7)
    assert why in unread["why"]
    assert "bad.csv:7: " in answer["why"]
    assert answer["complete"] is False
    assert len(answer["earnings"]) == 2


def test_days_that_could_be_two_are_refused(folder: Path) -> None:
    text = statement(row("03/04/2026", "1", "Hourly", "x", "5.00"))
    with pytest.raises(BadAnswer, match=r"no file could be read: d\.csv:2: '03/04/2026' could be two days"):
        earnings(folder, {"d.csv": text})


def test_a_local_currency_beside_the_dollars_is_fine(folder: Path) -> None:
    text = statement('"Mar 2, 2026",1,Hourly,x,,Mia,Fern,Mia,,100.00,"12,900.00",KES,')
    assert earnings(folder, {"k.csv": text})["earnings"][0]["amount"] == "100.00"


def test_a_clients_own_statement_is_no_income(folder: Path) -> None:
    text = statement(row("Mar 2, 2026", "1", "Hourly", "x", "-100.00"))
    with pytest.raises(BadAnswer, match="a client's statement"):
        earnings(folder, {"client.csv": text})


def test_refunds_and_what_came_back_of_the_fee(folder: Path) -> None:
    text = statement(
        row("Mar 20, 2026", "13", "Service Fee", "Service Fee returned - Ref ID 12", "10.00"),
        row("Mar 20, 2026", "12", "Refund", "Refund for Ref ID 11", "-100.00"),
        row("Mar 2, 2026", "11", "Fixed Price", "Milestone", "100.00"),
        row("Mar 1, 2026", "10", "Membership Fee", "Connects", "-20.00", client=""),
    )
    answer = earnings(folder, {"r.csv": text})
    (refund,) = answer["refunds"]
    assert (refund["amount"], refund["related_record_id"], refund["fee_returned"]) == ("100.00", "11", "10.00")
    assert [(fee["type"], fee["amount"]) for fee in answer["unattached_fees"]] == [("Membership Fee", "20.00")]


@pytest.mark.parametrize(
    "kind",
    ["Connects", "Connects Purchase", "Membership Fee", "Freelancer Plus", "Processing Fee", "WHT", "Withdrawal Fee"],
)
def test_what_upwork_costs_is_no_income_and_spoils_nothing(folder: Path, kind: str) -> None:
    answer = earnings(folder, {"c.csv": MARCH + row("Mar 30, 2026", "9", kind, "x", "-6.00", client="") + "\n"})
    assert [(fee["type"], fee["amount"]) for fee in answer["unattached_fees"]] == [(kind, "6.00")]
    assert answer["complete"] is True
    assert len(answer["earnings"]) == 2


def test_money_paid_to_another_freelancer_takes_nothing_off_the_income(folder: Path) -> None:
    answer = earnings(folder, {"c.csv": MARCH + row("Mar 31, 2026", "9", "Fixed Price", "Hired", "-500.00") + "\n"})
    assert answer["refunds"] == []
    assert len(answer["unread"]) == 1


def test_a_period_is_whole_days_both_included(folder: Path) -> None:
    answer = earnings(folder, {"march.csv": MARCH}, date(2026, 3, 2), date(2026, 3, 15))
    assert [one["record_id"] for one in answer["earnings"]] == ["101"]


def test_what_the_files_do_not_cover_is_said(folder: Path) -> None:
    may = statement(row("May 4, 2026", "201", "Bonus", "x", "5.00"))
    answer = earnings(folder, {"march.csv": MARCH, "may.csv": may}, date(2026, 1, 1), date(2026, 6, 30))
    assert answer["covers"] == {"start_date": "2026-03-02", "end_date": "2026-05-04"}
    for text in ("start on 2026-03-02", "cover 2026-03-31 to 2026-05-03", "reach to 2026-05-04"):
        assert text in answer["why"]


def test_a_period_in_the_name_or_a_balance_that_continues_closes_the_gap(folder: Path) -> None:
    named = {"statements_2026-03-01_2026-04-30.csv": MARCH, "statements_2026-05-01_2026-06-30.csv": statement()}
    answer = earnings(folder, named, date(2026, 3, 1), date(2026, 6, 30))
    assert answer["complete"] is True, answer["why"]


def saved_on(day: date, folder: Path, name: str, text: str) -> CsvDesk:
    """A desk over a file that was downloaded at noon of that day."""
    at = desk(folder, {name: text})
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()
    os.utime(folder / name, (noon, noon))
    return at


@pytest.mark.parametrize(
    ("name", "saved", "end"),
    [
        ("statements_2026-01-01_2026-12-31.csv", date(2026, 4, 2), "2026-03-31"),
        ("statements_2026-01-01_2026-03-31.csv", date(2026, 4, 20), "2026-03-31"),
        ("march.csv", date(2026, 3, 30), "2026-03-28"),
        ("march.csv", date(2026, 4, 20), "2026-03-30"),
        ("march.csv", date(2020, 1, 1), "2026-03-30"),
    ],
)
def test_a_file_covers_only_days_that_were_over_when_it_was_downloaded(
    folder: Path, name: str, saved: date, end: str
) -> None:
    answer = saved_on(saved, folder, name, MARCH).earnings(date(2026, 1, 1), date(2026, 6, 30), None)
    assert answer["whole"]["end_date"] == end
    assert f"the files reach to {end}" in answer["why"]


def test_a_first_record_of_today_makes_no_day_whole(folder: Path) -> None:
    text = statement(row("Apr 2, 2026", "1", "Bonus", "x", "5.00"))
    answer = saved_on(date(2026, 4, 2), folder, "new.csv", text).earnings(None, None, None)
    assert (answer["whole"]["end_date"], answer["complete"]) == (None, False)
    assert "download them again in two days" in answer["why"]


def test_a_balance_that_continues_from_file_to_file_closes_the_gap(folder: Path) -> None:
    march = statement(
        row("Mar 16, 2026", "2", "Bonus", "x", "5.00", balance="15.00"),
        row("Mar 2, 2026", "1", "Bonus", "y", "10.00", balance="10.00"),
    )
    may = statement(row("May 4, 2026", "3", "Bonus", "z", "7.00", balance="22.00"))
    assert earnings(folder, {"1.csv": march, "2.csv": may})["complete"] is True
    assert earnings(folder, {"2.csv": may.replace("22.00", "23.00")})["complete"] is False


@pytest.mark.parametrize(
    ("start", "end", "whole"),
    [
        ((2026, 1, 1), (2026, 6, 30), ("2026-05-04", "2026-05-04")),
        ((2026, 1, 1), (2026, 4, 15), ("2026-03-02", "2026-03-30")),
        ((2026, 3, 10), (2026, 3, 20), ("2026-03-10", "2026-03-20")),
        ((2026, 4, 1), (2026, 4, 30), (None, None)),
    ],
)
def test_the_newest_run_of_whole_days_is_named(
    folder: Path, start: tuple[int, int, int], end: tuple[int, int, int], whole: tuple[str | None, str | None]
) -> None:
    may = statement(row("May 4, 2026", "201", "Bonus", "x", "5.00"))
    answer = earnings(folder, {"march.csv": MARCH, "may.csv": may}, date(*start), date(*end))
    assert tuple(answer["whole"].values()) == whole


def test_an_unread_row_of_a_known_day_spoils_that_day_only(folder: Path) -> None:
    bad = row("Mar 20, 2026", "9", "Hourly", "x", "1,5.00")
    files = {"statements_2026-03-01_2026-03-31.csv": MARCH + bad + "\n"}
    answer = earnings(folder, files, date(2026, 3, 1), date(2026, 3, 31))
    (unread,) = answer["unread"]
    assert (unread["record_id"], unread["date"], answer["complete"]) == ("9", "2026-03-20", False)
    assert answer["whole"] == {"start_date": "2026-03-01", "end_date": "2026-03-31"}
    before = earnings(folder, files, date(2026, 3, 1), date(2026, 3, 19))
    assert (before["unread"], before["complete"]) == ([], True)


def test_no_day_is_whole_while_a_row_of_an_unknown_day_is_unread(folder: Path) -> None:
    bad = row("someday", "9", "Hourly", "x", "1.00")
    answer = earnings(folder, {"march.csv": MARCH + bad + "\n"}, date(2026, 3, 1), date(2026, 3, 31))
    assert [(one["record_id"], one["date"]) for one in answer["unread"]] == [("9", None)]
    assert answer["whole"] == {"start_date": None, "end_date": None}


def test_a_file_without_records_says_how_to_tell_its_period(folder: Path) -> None:
    answer = earnings(folder, {"march.csv": statement()}, date(2026, 3, 1), date(2026, 3, 31))
    assert "put the period of each into its name" in answer["why"]


def test_amounts_in_another_currency_name_the_column(folder: Path) -> None:
    with pytest.raises(BadAnswer, match=r"it has no column Amount; .*in USD\. It has: .*Amount £"):
        earnings(folder, {"gbp.csv": MARCH.replace("PO,Amount,", "PO,Amount £,")})


def test_what_a_system_keeps_beside_a_file_is_none(folder: Path) -> None:
    (folder / "._march.csv").write_bytes(b"\x00\x05\x16\x07")
    assert earnings(folder, {"march.csv": MARCH})["unread"] == []


def test_contracts_are_clients_by_way_of_paying_and_their_ids_find_their_earnings(folder: Path) -> None:
    at = desk(folder, {"march.csv": MARCH})
    contracts = at.contracts("active")["contracts"]
    assert [(one["client_name"], one["contract_type"], one["status"]) for one in contracts] == [
        ("Fern & Sons", "fixed", "unknown"),
        ("Fern & Sons", "hourly", "unknown"),
    ]
    found = at.earnings(None, None, contracts[1]["id"])["earnings"]
    assert [one["record_id"] for one in found] == ["102"]


@pytest.mark.parametrize(
    ("path", "why"), [("", "no folder is named"), ("nowhere", "is not a folder"), (".", "holds no .csv file")]
)
def test_a_missing_folder_says_what_to_do(folder: Path, path: str, why: str) -> None:
    at = CsvDesk(str(folder / path) if path else "", {})
    with pytest.raises(ConfigurationError, match=why):
        at.earnings(None, None, None)


def test_a_file_of_another_kind_is_named_and_the_rest_is_read(folder: Path) -> None:
    (folder / "latin1.csv").write_bytes("Date,Ref ID,Type,Amount\n2026-01-02,1,Bonus,5,M\xfcller".encode("latin-1"))
    answer = earnings(
        folder, {"march.csv": MARCH, "bank.csv": "Datum,Betrag\n1,2\n", "quote.csv": STATEMENT + '\n"broken'}
    )
    assert len(answer["earnings"]) == 2
    assert [one["file"] for one in answer["unread"]] == ["bank.csv", "latin1.csv", "quote.csv"]
    json.dumps(answer)


def test_a_line_break_inside_a_text_keeps_line_numbers_true(folder: Path) -> None:
    text = statement(
        row("Mar 2, 2026", "1", "Bonus", "two\nlines", "5.00"), row("Mar 3, 2026", "2", "Bonus", "x", "bad")
    )
    assert earnings(folder, {"l.csv": text})["unread"][0]["line"] == 4


def in_english(cents: int, sign: str) -> str:
    return f"{'-' * (cents < 0)}{sign}{abs(cents) / 100:,.2f}"


def in_parentheses(cents: int, sign: str) -> str:
    return f"({sign}{-cents / 100:,.2f})" if cents < 0 else f"{sign}{cents / 100:,.2f}"


def in_german(cents: int, sign: str) -> str:
    return in_english(cents, "").translate(str.maketrans(",.", ".,")) + (" $" if sign else "")


def in_french(cents: int, sign: str) -> str:
    return in_english(cents, "").replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",") + (" $US" if sign else "")


@given(
    amounts=st.lists(st.integers(1, 10_000_000), min_size=1, max_size=8),
    written=st.sampled_from([in_english, in_parentheses, in_german, in_french]),
    day=st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%b %d, %Y", "%d %B %Y"]),
    delimiter=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    above=st.sampled_from(["", "sep={}\n", "My report\n\n"]),
    sign=st.sampled_from(["", "$"]),
)
@settings(max_examples=100)
def test_however_it_is_written_every_cent_and_fee_comes_through(
    *,
    amounts: list[int],
    written: Callable[[int, str], str],
    day: str,
    delimiter: str,
    encoding: str,
    above: str,
    sign: str,
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["Date", "Ref ID", "Type", "Description", "Team", "Amount"])
    for number, cents in enumerate(amounts):
        on = date(2026, 3, 28 - number % 20).strftime(day)
        fee = f"Service Fee for Hourly, Ref ID {number}"
        writer.writerow([on, f"{number}f", "Service Fee", fee, "Fern; & Sons", written(-(cents // 10), sign)])
        writer.writerow([on, number, "Hourly", "Line one\nline, two", "Fern; & Sons", written(cents, sign)])
    data = (above.replace("{}", delimiter) + out.getvalue()).encode(encoding)
    answer = earnings_answer(ledger_of([read_statement("s.csv", csv_text(data))]), None, None, None)
    assert answer["unread"] == []
    told = {one["record_id"]: (Decimal(one["amount"]), Decimal(one["fee"])) for one in answer["earnings"]}
    assert told == {
        str(number): (Decimal(cents) / 100, Decimal(cents // 10) / 100) for number, cents in enumerate(amounts)
    }


NUMBERS = ["", "1", "-1", "1.005", "(5)", "$5", "1E+9", "EUR", "9" * 40]
DAYS = ["Mar 2, 2026", "2026-02-30", "02/03/2026", "0001-01-01", "9999-12-31"]
KINDS = ["Hourly", "Service Fee", "Refund", "VAT", "Ref ID 1", "Ref ID 2"]
CELLS = st.sampled_from([*NUMBERS, *DAYS, *KINDS, '"', "\x00", "\r", "x"])


@given(
    rows=st.lists(st.lists(CELLS | st.text(max_size=6), max_size=9), max_size=5),
    above=st.text(max_size=20),
    name=st.sampled_from(["s.csv", "s_2026-01-01_2026-02-01.csv", "s_0001-01-01_9999-12-31.csv"]),
    saved=st.dates() | st.none(),
)
def test_whatever_a_file_holds_it_is_read_or_refused(
    rows: list[list[str]], above: str, name: str, saved: date | None
) -> None:
    text = f"{above}\nDate,Ref ID,Type,Description,Team,Amount,Currency\n" + "\n".join(map(",".join, rows))
    ledger = ledger_of([read_statement(name, text, saved), read_statement("other.csv", text, saved)])
    answer = earnings_answer(ledger, date(2026, 1, 1), date(2026, 12, 31), None)
    assert all(Decimal(one["amount"]) > 0 for one in answer["earnings"])
    assert bool(answer["why"]) is not answer["complete"]
    json.dumps(answer)


def test_the_demo_year_as_a_statement_keeps_every_amount_and_fee(folder: Path) -> None:
    today = date(2026, 11, 21)
    answer = earnings(folder, {"statements_2026-01-01_2026-11-20.csv": demo_year_as_upworks_file(today)})
    told = {one["record_id"]: (one["date"], one["amount"], one["fee"]) for one in answer["earnings"]}
    served = DemoDesk(SECOND_REFRESH).earnings(None, None, None)["earnings"]
    assert told == {one["record_id"]: (one["date"], one["amount"], one["fee"]) for one in served}
