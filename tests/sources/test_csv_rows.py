"""A CSV file of sales is read exactly, or refused by line; the same file twice is the same rows."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.domain.money import Money
from revintel_mcp.domain.transaction import ANONYMOUS, Channel, TransactionType
from revintel_mcp.domain.written import DayOrder
from revintel_mcp.sources.csv_columns import ColumnMap, ColumnsUnknown, column_map, exported_by
from revintel_mcp.sources.csv_rows import CsvRows, read_csv_rows

PLAIN = column_map(["date=Day", "amount=Paid", "client=Who", "description=What"])

GITHUB = """Sponsor Handle,Sponsor Profile Name,Sponsor Public Email,Sponsorship Started On,Is Public?,Is Yearly?,\
Transaction ID,Tier Name,Tier Monthly Amount,Processed Amount,Is Prorated?,Status,Transaction Date,Metadata,Country,\
Region,VAT
wren,Wren,,2026-01-07,true,false,ch_demo1,$5 a month,$5.00,$4.52,true,settled,2026-05-07 21:46:01 +0200,"",AUT,,
kit,Kit,,2026-01-15,true,true,ch_demo2,$60 a year,$5.00,$60.00,false,settled,2026-05-31 00:10:00 +0200,"",GBR,,
gus,Gus,,2026-01-15,true,false,ch_demo3,$3 a month,$3.00,$3.00,false,refunded,2026-06-03 19:04:45 +0200,"",GBR,,
"""

PAYPAL = """"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","Transaction ID"
"09/02/2026","10:00:00","PDT","Jane Client","Invoice Payment","Completed","USD","1,500.00","-44.80","1,455.20","1"
"09/13/2026","10:00:00","PDT","","General Withdrawal","Completed","USD","-400.00","0.00","-400.00","2"
"09/14/2026","10:00:00","PDT","","General Currency Conversion","Completed","USD","80.00","0.00","80.00","3"
"09/15/2026","10:00:00","PDT","Jane Client","Payment Refund","Completed","USD","-20.00","0.59","-19.41","4"
"09/16/2026","10:00:00","PDT","Late Payer","Website Payment","Pending","USD","50.00","-1.80","48.20","5"
"09/17/2026","10:00:00","PDT","Kunde","Website Payment","Completed","EUR","50.00","-1.80","48.20","6"
"""


def read(text: str, columns: ColumnMap | None = PLAIN, order: DayOrder | None = None) -> CsvRows:
    return read_csv_rows(text, file="sales.csv", channel=Channel.FIVERR, columns=columns, order=order)


def test_a_row_becomes_a_sale_of_its_channel() -> None:
    (sale,) = read("Day,Paid,Who,What\n2026-03-04,120.50,studio@example.com,Logo\n").sales
    assert (sale.date, sale.amount, sale.channel) == (date(2026, 3, 4), Money(Decimal("120.50"), "USD"), Channel.FIVERR)
    assert (sale.client, sale.description, sale.fee, sale.via) == ("studio@example.com", "Logo", None, "import")
    assert sale.id.startswith("manual_2026-03-04_")


def test_the_same_file_gives_the_same_ids_and_equal_rows_stay_two() -> None:
    text = "Day,Paid,Who,What\n" + "2026-03-04,5.00,a,Tip\n" * 2 + "2026-03-05,5.00,a,Tip\n"
    once, again = read(text), read(text.replace(",", ";"))
    assert [sale.id for sale in once.sales] == [sale.id for sale in again.sales]
    assert len({sale.id for sale in once.sales}) == 3
    assert once.lines == dict(zip([sale.id for sale in once.sales], [2, 3, 4], strict=True))


def test_a_file_that_overlaps_adds_only_what_is_new() -> None:
    rows = [f"2026-03-{day:02d},5.00,a,Tip\n" for day in range(1, 10)]
    first = {sale.id for sale in read("Day,Paid,Who,What\n" + "".join(rows[:6])).sales}
    second = {sale.id for sale in read("Day,Paid,Who,What\n" + "".join(rows[3:])).sales}
    assert len(first | second) == 9


@given(st.permutations(["2026-03-04,5.00,a,Tip", "2026-03-04,5,a,Tip", "2026-03-06,$7.25,b,Logo", "2026-03-07,1.00,,"]))
def test_the_order_of_rows_does_not_change_their_ids(rows: list[str]) -> None:
    ids = {sale.id for sale in read("Day,Paid,Who,What\n" + "\n".join(rows)).sales}
    expected = read(
        "Day,Paid,Who,What\n2026-03-04,5.00,a,Tip\n2026-03-04,5.00,a,Tip\n2026-03-06,7.25,b,Logo\n2026-03-07,1,,\n"
    )
    assert ids == {sale.id for sale in expected.sales}


def test_an_id_column_names_a_row_whatever_else_is_edited() -> None:
    columns = column_map(["date=Day", "amount=Paid", "client=Who", "id=No"])
    before = read("Day,Paid,Who,No\n2026-03-04,5.00,a,77\n", columns).sales[0].id
    after = read("Day,Paid,Who,No\n2026-03-05,6.00,b,77\n", columns).sales[0].id
    assert before.rsplit("_", 1)[1] == after.rsplit("_", 1)[1]


def test_one_id_with_two_meanings_is_refused_and_twice_the_same_is_one() -> None:
    columns = column_map(["date=Day", "amount=Paid", "id=No"])
    rows = read("Day,Paid,No\n2026-03-04,5.00,7\n2026-03-04,5.00,7\n2026-03-04,6.00,7\n", columns)
    assert len(rows.sales) == 1
    assert rows.skipped == {"the same id twice": 1}
    assert str(rows.problems[0]).startswith("sales.csv:4: the row has the id of sales.csv:2")


def test_github_sponsors_is_known_and_counts_what_was_processed() -> None:
    assert exported_by(GITHUB) == "GitHub Sponsors"
    rows = read_csv_rows(GITHUB, file="github.csv", channel=Channel.GITHUB_SPONSORS)
    assert [(str(sale.date), str(sale.amount.amount), sale.client, sale.period) for sale in rows.sales] == [
        ("2026-05-07", "4.52", "wren", "month"),
        ("2026-05-31", "60.00", "kit", "year"),
    ]
    assert {sale.transaction_type for sale in rows.sales} == {TransactionType.SUBSCRIPTION}
    assert rows.skipped == {"Status is 'refunded'": 1}


@pytest.mark.parametrize("moment", ["2026-05-31 00:10:00 +0200", "2026-05-30T22:10:00Z", "2026-05-30 22:10:00 UTC"])
def test_a_moment_with_an_offset_counts_on_the_users_own_day(moment: str) -> None:
    text = f"Day,Paid,No\n{moment},5.00,7\n"
    columns = column_map(["date=Day", "amount=Paid", "id=No"])
    for zone, day in (("America/New_York", date(2026, 5, 30)), ("Asia/Tokyo", date(2026, 5, 31))):
        (sale,) = read_csv_rows(
            text, file="sales.csv", channel=Channel.OTHER, columns=columns, timezone=ZoneInfo(zone)
        ).sales
        assert sale.date == day


def test_a_moment_of_no_day_is_refused() -> None:
    text = "Day,Paid,Who,What\n2026-02-30 00:10:00 +0200,5.00,a,x\n"
    rows = read_csv_rows(text, file="s.csv", channel=Channel.OTHER, columns=PLAIN, timezone=ZoneInfo("UTC"))
    assert "is no moment of any day" in rows.problems[0].message


def test_a_row_with_an_id_is_known_under_the_days_beside_too() -> None:
    columns = column_map(["date=Day", "amount=Paid", "id=No"])
    (here,) = read("Day,Paid,No\n2026-05-31 00:10:00 +0200,5.00,7\n", columns).sales
    (there,) = read("Day,Paid,No\n2026-05-30 23:10:00 +0100,5.00,7\n", columns).sales
    assert there.id in here.aliases
    assert here.id in there.aliases


def test_paypal_is_known_and_only_payments_received_count() -> None:
    assert exported_by(PAYPAL) == "PayPal"
    rows = read(PAYPAL, None)
    assert [(str(sale.date), sale.amount, sale.fee) for sale in rows.sales] == [
        ("2026-09-02", Money(Decimal("1500.00"), "USD"), Money(Decimal("44.80"), "USD")),
        ("2026-09-17", Money(Decimal("50.00"), "EUR"), Money(Decimal("1.80"), "EUR")),
    ]
    assert rows.skipped == {
        "Type is 'General Withdrawal'": 1,
        "Type is 'General Currency Conversion'": 1,
        "Type is 'Payment Refund'": 1,
        "Status is 'Pending'": 1,
    }


def test_a_german_bank_export_reads_in_its_own_style() -> None:
    columns = column_map(
        ["date=Buchungstag", "amount=Betrag", "client=Auftraggeber", "currency=Währung"], ["Art=Gutschrift"]
    )
    text = (
        "Buchungstag;Auftraggeber;Betrag;Währung;Art\n"
        "04.03.2026;Werkbank;1.250,00;EUR;Gutschrift\n"
        "05.03.2026;Strom;-80,00;EUR;Lastschrift\n"
    )
    rows = read(text, columns)
    assert [(sale.date, sale.amount) for sale in rows.sales] == [(date(2026, 3, 4), Money(Decimal("1250.00"), "EUR"))]
    assert rows.skipped == {"Art is 'Lastschrift'": 1}


def test_money_that_left_is_left_out_and_counted() -> None:
    rows = read("Day,Paid,Who,What\n2026-03-04,-5.00,a,x\n2026-03-04,0,a,x\n")
    assert rows.sales == ()
    assert rows.skipped == {"money that left": 1, "an amount of zero": 1}


def test_of_two_columns_for_money_in_and_out_only_what_came_in_counts() -> None:
    columns = column_map(["date=Date", "amount=Credit", "client=Description"])
    text = (
        "Date,Description,Debit,Credit,Balance\n"
        '02/14/2026,ACME,,"$1,500.00","$2,000.00"\n'
        '02/15/2026,RENT,$800.00,,"$1,200.00"\n'
    )
    rows = read(text, columns)
    assert [str(sale.amount.amount) for sale in rows.sales] == ["1500.00"]
    assert (rows.skipped, rows.problems) == ({"money that left": 1}, ())
    broken = read(text.replace("$800.00", ""), columns)
    assert [problem.line for problem in broken.problems] == [3]


@pytest.mark.parametrize(
    ("written", "currency", "amount"),
    [
        ("1.234,56 €", "EUR", "1234.56"),
        ("€ 1.234,56", "EUR", "1234.56"),
        ("£1,234.56", "GBP", "1234.56"),
        ("EUR 1.234,56", "EUR", "1234.56"),
        ("1.234,56 eur", "EUR", "1234.56"),
        ("1 234,56 zł", "PLN", "1234.56"),
        ("¥1234", "JPY", "1234"),
        ("US$ 1,234.56", "USD", "1234.56"),
        ("$1,234.56 USD", "USD", "1234.56"),
        ("CA$5.00", "CAD", "5.00"),
        ("$5.00", "CAD", "5.00"),
        ("5.00 €", "USD", None),
        ("US$5.00", "EUR", None),
        ("$5.00", "EUR", None),
        ("5.00 GBP", "EUR", None),
        ("CA$5.00", "USD", None),
    ],
)
def test_a_sign_or_code_beside_an_amount_must_be_that_of_its_currency(
    written: str, currency: str, amount: str | None
) -> None:
    text = f"Day;Paid\n2026-03-04;{written}\n"
    columns = column_map(["date=Day", "amount=Paid"])
    rows = read_csv_rows(text, file="s.csv", channel=Channel.OTHER, columns=columns, currency=currency)
    assert [str(sale.amount.amount) for sale in rows.sales] == ([] if amount is None else [amount])
    assert len(rows.problems) == (1 if amount is None else 0)


def test_an_amount_in_another_currency_says_what_to_type() -> None:
    (problem,) = read("Day,Paid,Who,What\n2026-03-04,£5.00,a,x\n").problems
    assert problem.message == "'£5.00' is not in USD"
    assert problem.mend == "say --currency GBP, or --map currency=COLUMN"


def test_what_lies_in_the_future_was_not_paid_yet() -> None:
    text = "Day,Paid,Who,What\n2026-03-05,5.00,a,x\n2026-03-06,5.00,a,x\n"
    rows = read_csv_rows(text, file="s.csv", channel=Channel.OTHER, columns=PLAIN, today=date(2026, 3, 4))
    assert [str(sale.date) for sale in rows.sales] == ["2026-03-05"]
    assert [(problem.line, problem.message) for problem in rows.problems] == [(3, "2026-03-06 lies in the future")]


NUMBERS = ["", "1", "-1", "1.005", "(5)", "$5", "€5", "EUR", "9" * 40]
DAYS = ["Mar 2, 2026", "2026-02-30", "02/03/2026", "0001-01-01", "9999-12-31"]
CELLS = st.sampled_from([*NUMBERS, *DAYS, '"', "\x00", "\r", "x"])


@given(st.lists(st.lists(CELLS | st.text(max_size=6), max_size=6), max_size=5), st.text(max_size=20))
def test_whatever_a_file_holds_it_is_read_or_refused(rows: list[list[str]], above: str) -> None:
    columns = column_map(["date=Day", "amount=Paid", "currency=Code", "fee=Fee", "id=No"])
    text = f"{above}\nDay,No,Paid,Code,Fee\n" + "\n".join(map(",".join, rows))
    try:
        found = read(text, columns)
    except ColumnsUnknown:
        return  # what stands above took the header into a quote
    assert all(sale.amount.amount > 0 for sale in found.sales)
    assert all(problem.mend for problem in found.problems)


def test_days_that_could_be_two_are_read_as_the_user_says() -> None:
    text = "Day,Paid,Who,What\n03/04/2026,5.00,a,x\n"
    (problem,) = read(text).problems
    assert "--days day-first or month-first" in problem.mend
    assert [str(sale.date) for sale in read(text, order=DayOrder.DAY_FIRST).sales] == ["2026-04-03"]
    assert [str(sale.date) for sale in read(text, order=DayOrder.MONTH_FIRST).sales] == ["2026-03-04"]


@pytest.mark.parametrize("above", ["sep=;\n", "Konto;DE00 1234\nZeitraum;01.02.2026 - 28.02.2026\n\n"])
def test_what_a_bank_or_spreadsheet_writes_above_the_header_is_passed_over(above: str) -> None:
    rows = read(above + "Day;Paid;Who;What\n2026-03-04;5,00;a;x\n2026-03-05;bad;a;x\n")
    assert len(rows.sales) == 1
    assert rows.problems[0].line == above.count("\n") + 3


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2026-03-04,1.2K,a,x", "'1.2K' is not one clear amount"),
        ("2026-03-04,1.005,a,x", "could be a thousand or a fraction"),
        ("2026-03-04,1.0050,a,x", "more than 2 decimal places"),
        ("2026-03-04,,a,x", "'' is not one clear amount"),
        ("03/04/2026,5.00,a,x", "'03/04/2026' could be two days"),
        ("2026-03-04,5.00,a,x,y", "more cells than the header"),
    ],
)
def test_a_row_that_cannot_be_read_exactly_is_a_problem_with_its_line(row: str, why: str) -> None:
    rows = read(f"Day,Paid,Who,What\n{row}\n")
    (problem,) = rows.problems
    assert rows.sales == ()
    assert problem.place == "sales.csv:2"
    assert why in problem.message
    assert problem.mend


def test_days_that_could_be_two_are_read_if_the_user_says_how() -> None:
    text = "Day,Paid,Who,What\n03/04/2026,5.00,a,x\n"
    assert read(text, order=DayOrder.DAY_FIRST).sales[0].date == date(2026, 4, 3)
    assert read(text, order=DayOrder.MONTH_FIRST).sales[0].date == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('Day,Paid,Who,What\n2026-03-04,5.00,a,"x\n', "sales.csv:2"),
        ('Day,Paid,Who,What\n2026-03-04,5.50,a,x\n2026-03-04,"5,50",a,x\n', "sales.csv:1"),
        ("Day,Paid,Who,What\n14/03/2026,5.50,a,x\n03/14/2026,5.50,a,x\n", "sales.csv:1"),
    ],
)  # fmt: skip
def test_a_file_that_contradicts_itself_gives_nothing(text: str, place: str) -> None:
    rows = read(text)
    assert rows.sales == ()
    assert [problem.place for problem in rows.problems] == [place]


def test_an_unknown_file_is_answered_with_its_columns() -> None:
    with pytest.raises(ColumnsUnknown, match=r"--map date=COLUMN --map amount=COLUMN .* It has: Foo, Bar"):
        read("Foo;Bar\n1;2\n", None)
    with pytest.raises(ColumnsUnknown, match="the file lacks the column Day, Paid"):
        read("Foo,Bar\n1,2\n")
    with pytest.raises(ColumnsUnknown, match="two columns 'Paid'"):
        read("Day,Paid,paid,Who,What\n2026-03-04,1.00,2.00,a,x\n")


@pytest.mark.parametrize(
    ("pairs", "only", "why"),
    [
        (["date"], [], "'date' maps nothing"),
        (["day=A"], [], "FIELD one of date, amount"),
        (["date=A", "date=B"], [], "date is mapped twice"),
        (["date=A"], [], "map amount too"),
        (["date=A", "amount=B"], ["Status"], "'Status' keeps nothing"),
    ],
)
def test_a_map_that_means_nothing_is_refused(pairs: list[str], only: list[str], why: str) -> None:
    with pytest.raises(ColumnsUnknown, match=why):
        column_map(pairs, only)


def test_blank_clients_are_anonymous_and_unknown_currencies_refused() -> None:
    columns = column_map(["date=Day", "amount=Paid", "client=Who", "currency=Cur"])
    rows = read("Day,Paid,Who,Cur\n2026-03-04,5.00,,usd\n2026-03-04,500,b,JPY\n2026-03-04,5.00,c,XXQ\n", columns)
    assert [(sale.client, str(sale.amount.amount), sale.amount.currency) for sale in rows.sales] == [
        (ANONYMOUS, "5.00", "USD"),
        ("b", "500", "JPY"),
    ]
    assert "'XXQ' is not an ISO 4217 currency code" in rows.problems[0].message
