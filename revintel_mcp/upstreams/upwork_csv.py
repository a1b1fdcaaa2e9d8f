"""One transaction file that a freelancer downloaded from Upwork, read row by row: text in, records and complaints out.

Two layouts are known from public importers: the statement (`Date, Ref ID, Type, Description, Agency, Freelancer, Team,
Account Name, PO, Amount, Amount in local currency, Currency, Balance`, some with `ExchangeRate`) and the transaction
report of 2026 (`Transaction ID`, `Transaction type`, `Transaction summary`, `Client team`, `Amount $` …). Either may
have passed through a spreadsheet that wrote its own numbers, days and delimiters. What can't be read exactly is not
read: it comes back as a complaint with file and line.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from revintel_mcp.domain.csv_table import BrokenCsv, CsvRow, Header, column_name, header_of, read_table
from revintel_mcp.domain.money import AmountError
from revintel_mcp.domain.periods import PeriodError
from revintel_mcp.domain.written import DayOrder, day_order, decimal_mark, read_number, read_payment_day

DOLLARS: Final = "USD"

# Column names, lower case, best first.
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "day": ("date", "transaction date"),
    "id": ("ref id", "reference id", "ref. id"),
    "other id": ("transaction id",),
    "type": ("transaction type", "type"),
    "client": ("client team", "team", "client"),
    "amount": ("amount $", "amount ($)", "amount usd", "amount (usd)", "amount"),
    "local": ("amount in local currency",),
    "currency": ("currency",),
    "balance": ("current balance $", "balance"),
}
_TEXTS: Final = (
    "description",
    "transaction summary",
    "transaction summary details",
    "description 1",
    "description 2",
    "description 3",
)
_NEEDED: Final = ("day", "type", "amount")
_SHOWN_AS: Final[Mapping[str, str]] = {"day": "Date", "id": "Ref ID", "type": "Type", "amount": "Amount"}
_SURELY_DOLLARS: Final = ("amount $", "amount ($)", "amount usd", "amount (usd)")
_PERIOD_IN_NAME: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[_ -]+(?:to[_ -]+)?(\d{4}-\d{2}-\d{2})")
_REFERENCE: Final = re.compile(r"\bRef\.? ?ID:? *#?(\w+(?:-\w+)*)", re.IGNORECASE)
_ROUNDED_ID: Final = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_HOURS: Final = re.compile(r"\b(\d+):([0-5]\d) *(?:hrs?|hours?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something in a file that could not be read. `line` counts from 1; `record` and `day` are what is known of it."""

    file: str
    line: int
    why: str
    record: str = ""
    day: date | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A row of the file. `amount` is in US dollars, negative for money that left; `related` the record it refers to."""

    file: str
    line: int
    id: str
    day: date
    type: str
    description: str
    client: str
    amount: Decimal
    related: str
    hours: Decimal | None
    balance: Decimal | None

    @property
    def place(self) -> str:
        """`statements.csv:12`."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A file: its records as they stand, what could not be read, the days that its name says it covers, its own day."""

    file: str
    records: tuple[Record, ...]
    complaints: tuple[Complaint, ...]
    named_period: tuple[date, date] | None = None
    saved: date | None = None


@dataclass(frozen=True, slots=True)
class _Style:
    mark: str | None
    order: DayOrder | None
    surely_dollars: bool


class _Unreadable(ValueError):
    """Why a row, or a whole file, can't be read."""


def read_statement(file: str, text: str, saved: date | None = None) -> Statement:
    """The records of one file; a file of another kind has none and says so.

    `saved` is the day the file was written: it can hold nothing of later days, even if the period in its name does.
    """
    try:
        rows, style = _table(text)
    except (_Unreadable, AmountError, PeriodError) as error:
        return Statement(file=file, records=(), complaints=(Complaint(file, 1, str(error)),))
    except BrokenCsv as error:
        return Statement(file=file, records=(), complaints=(Complaint(file, error.line, str(error)),))
    records: list[Record] = []
    complaints: list[Complaint] = []
    for row in rows:
        try:
            records.append(_record(file, row, style))
        except (_Unreadable, PeriodError) as error:
            complaints.append(_complaint(file, row, style, str(error)))
        except AmountError as error:
            complaints.append(_complaint(file, row, style, f"{error}; {error.mend}"))
    return Statement(
        file=file, records=tuple(records), complaints=tuple(complaints), named_period=_period_in(file), saved=saved
    )


def _complaint(file: str, row: CsvRow, style: _Style, why: str) -> Complaint:
    """A complaint about a row, with its id and day as far as these can be read."""
    own = row.cells["id"]
    try:
        day = read_payment_day(row.cells["day"], style.order)
    except PeriodError:
        day = None
    return Complaint(file, row.line, why, "" if row.surplus or _ROUNDED_ID.fullmatch(own) else own, day)


def _table(text: str) -> tuple[list[CsvRow], _Style]:
    table = read_table(text, _is_upworks)
    if table is None:
        raise _Unreadable(_why_not_upworks(header_of(text)))
    places = _places(table.header)
    rows = _identified([_renamed(row, places) for row in table.rows])
    return rows, _Style(
        decimal_mark(row.cells[key] for row in rows for key in ("amount", "balance") if row.cells.get(key)),
        day_order(row.cells["day"] for row in rows),
        any(name in table.header for name in _SURELY_DOLLARS),
    )


def _is_upworks(header: Header) -> bool:
    return not _lacking(header)


def _lacking(header: Header) -> list[str]:
    """The columns that a transaction file needs and this header lacks, as Upwork writes them."""
    places = _places(header)
    lacking = [_SHOWN_AS[key] for key in _NEEDED if key not in places]
    return lacking if "id" in places or "other id" in places else [*lacking, _SHOWN_AS["id"]]


def _why_not_upworks(header: Header) -> str:
    lacking = _lacking(tuple(column_name(name) for name in header))
    if 1 <= len(lacking) < len(_SHOWN_AS):
        hint = "; Upwork keeps its books in dollars: download the statement in USD" if "Amount" in lacking else ""
        return f"it has no column {' and no '.join(lacking)}{hint}. It has: {', '.join(header)}"
    return (
        "this is no transaction file of Upwork's: it needs the columns Date, Ref ID or Transaction ID, Type and Amount"
    )


def _places(header: Header) -> dict[str, str]:
    """Our name for each thing we know, and the column it stands in."""
    found = {key: next((name for name in names if name in header), None) for key, names in _NAMES.items()}
    return {key: name for key, name in found.items() if name is not None}


def _renamed(row: CsvRow, places: Mapping[str, str]) -> CsvRow:
    cells = {key: row.cells[name] for key, name in places.items()}
    cells["text"] = " - ".join(filter(None, (row.cells.get(name, "") for name in _TEXTS)))
    return CsvRow(row.line, cells, row.surplus)


def _identified(rows: list[CsvRow]) -> list[CsvRow]:
    """The rows with their own id as `id` and the record they refer to, where a column gives it, as `related`.

    A statement's Ref ID is the record's own. A report has a Transaction ID beside it: then the Ref ID is the record's
    own only if every row has one to itself, and else that of the record it refers to.
    """

    def own(key: str) -> bool:
        ids = [row.cells.get(key, "") for row in rows]
        return all(ids) and len(set(ids)) == len(ids)

    mine, related = ("other id", "id") if not own("id") and own("other id") else ("id", "")
    return [
        row._replace(cells={**row.cells, "id": row.cells.get(mine, ""), "related": row.cells.get(related, "")})
        for row in rows
    ]


def _record(file: str, row: CsvRow, style: _Style) -> Record:
    cells = row.cells
    if row.surplus:
        raise _Unreadable("the row has more cells than the header; is a comma in an unquoted text?")
    if not cells["id"]:
        raise _Unreadable("the row has no Ref ID, so it can't be told from another like it")
    if _ROUNDED_ID.fullmatch(cells["id"]):
        raise _Unreadable(f"a spreadsheet has rounded the Ref ID to {cells['id']}; download the file again")
    if not cells["type"]:
        raise _Unreadable("the row has no type")
    amount = read_number(cells["amount"], style.mark)
    if amount != amount.quantize(Decimal("0.01")):
        raise _Unreadable(f"{cells['amount']!r} is finer than a cent")
    _refuse_other_currency(cells, style)
    hours = _HOURS.search(cells["text"])
    return Record(
        file=file,
        line=row.line,
        id=cells["id"],
        day=read_payment_day(cells["day"], style.order),
        type=" ".join(cells["type"].split()),
        description=cells["text"],
        client=cells.get("client", ""),
        amount=amount.quantize(Decimal("0.01")),
        related=_related(cells),
        hours=_decimal_hours(int(hours[1]), int(hours[2])) if hours else None,
        balance=read_number(cells["balance"], style.mark) if cells.get("balance") else None,
    )


def _refuse_other_currency(cells: Mapping[str, str], style: _Style) -> None:
    """Upwork keeps its books in dollars, with a local currency beside them. If both columns agree, dollars are gone."""
    currency = cells.get("currency", "").upper()
    if style.surely_dollars or currency in {"", DOLLARS} or "$" in cells["amount"]:
        return
    if not cells.get("local") or cells["local"] == cells["amount"]:
        raise _Unreadable(f"the amount seems to be in {currency}, not in dollars; download the statement in USD")


def _related(cells: Mapping[str, str]) -> str:
    """The record a fee or refund refers to: named in its text, or in the report's Ref ID column."""
    found = _REFERENCE.findall(cells["text"])
    if found:
        return str(found[-1])
    return cells["related"] if cells["related"] != cells["id"] else ""


def _decimal_hours(hours: int, minutes: int) -> Decimal:
    return (hours + Decimal(minutes) / 60).quantize(Decimal("0.01"))


def _period_in(file: str) -> tuple[date, date] | None:
    """`statements_2026-01-01_2026-01-31.csv` says which days it covers."""
    match = _PERIOD_IN_NAME.search(file)
    if match is None:
        return None
    try:
        first, last = read_payment_day(match[1], None), read_payment_day(match[2], None)
    except PeriodError:
        return None
    return (first, last) if first <= last else None
