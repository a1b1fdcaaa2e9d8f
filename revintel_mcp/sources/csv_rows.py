"""The rows of a CSV file from a platform without an upstream (GitHub Sponsors, PayPal, Fiverr, a bank) as sales.

Numbers and days are read exactly, in the style the file is written in, or refused with file and line. A row's ID is a
hash of what it says, so that the same file, or one that overlaps it, adds nothing again.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from revintel_mcp.domain.csv_table import BrokenCsv, CsvRow, CsvTable, column_name
from revintel_mcp.domain.currencies import CurrencyError, exponent
from revintel_mcp.domain.money import AmountError, Money
from revintel_mcp.domain.periods import PeriodError
from revintel_mcp.domain.problems import Problem
from revintel_mcp.domain.records import Sale
from revintel_mcp.domain.transaction import ANONYMOUS, IMPORTED, Channel
from revintel_mcp.domain.written import DayOrder, day_order, decimal_mark, read_number, read_payment_day
from revintel_mcp.sources.csv_columns import ColumnMap, map_for, table_for
from revintel_mcp.sources.fields import shifted

# The same moment exported in another zone may stand on the day before or after: a row that has an id of its own is
# known under all three.
#: Why a row is left out of which nobody can tell whether it is a refund, a withdrawal or a bill.
MONEY_THAT_LEFT: Final = "money that left"
_MEND_DAY: Final = "mend the day in the file"
_SIGNS: Final[Mapping[str, Sequence[str]]] = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD", "ARS", "CLP", "COP"),
    "US$": ("USD",),
    "$US": ("USD",),
    "CA$": ("CAD",),
    "C$": ("CAD",),
    "A$": ("AUD",),
    "AU$": ("AUD",),
    "NZ$": ("NZD",),
    "R$": ("BRL",),
    "€": ("EUR",),
    "£": ("GBP",),
    "¥": ("JPY", "CNY"),
    "₹": ("INR",),
    "₩": ("KRW",),
    "₽": ("RUB",),
    "₺": ("TRY",),
    "₪": ("ILS",),
    "₦": ("NGN",),
    "₱": ("PHP",),
    "₴": ("UAH",),
    "ZŁ": ("PLN",),
    "KČ": ("CZK",),
    "KR": ("SEK", "NOK", "DKK", "ISK"),
    "KR.": ("DKK", "SEK", "NOK", "ISK"),
    "FR.": ("CHF",),
}
# A sign or code before or after the figures: `1.234,56 €`, `US$ 5`, `EUR -20`, `-£20.00`.
_CURRENCY: Final = re.compile(
    r"US\s?\$|\$\s?US|(?:CA|C|AU|A|NZ|R)\$|[$€£¥₹₩₽₺₪₦₱₴]|zł|Kč|\bkr\b\.?|\bFr\.|(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])",
    re.IGNORECASE,
)
_INSTANT: Final = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[T ](?P<time>\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)? ?(?P<offset>Z|UTC|[+-]\d{2}:?\d{2})"
)


class CsvRows(NamedTuple):
    """What a file holds. `lines` gives the line of each sale by its ID; `skipped` counts rows left out, by reason."""

    sales: tuple[Sale, ...] = ()
    lines: Mapping[str, int] = MappingProxyType({})
    problems: tuple[Problem, ...] = ()
    skipped: Mapping[str, int] = MappingProxyType({})


def read_csv_rows(
    text: str,
    *,
    file: str,
    channel: Channel,
    columns: ColumnMap | None = None,
    currency: str = "USD",
    order: DayOrder | None = None,
    timezone: tzinfo | None = None,
    today: date | None = None,
) -> CsvRows:
    """The sales in a CSV text.

    Args:
        text: the file's text, with a header line.
        file: its name, for problems.
        channel: where its sales count.
        columns: which column holds what; None if the file is one of the known exports.
        currency: of amounts and fees, where no column says.
        order: how days like 03/04/2026 are written, where no day of the file shows it.
        timezone: whose days count, for moments that are given with an offset; None: the day as it is written.
        today: the day it is; what lies further ahead than tomorrow was not paid yet. None: any day will do.

    Raises:
        ColumnsUnknown: no map was given and the file is of no known export, or the map names columns that are not
            there.
    """
    mapping = columns or map_for(text)
    try:
        table = table_for(text, mapping)
        style = _style(table, mapping, order)
    except BrokenCsv as error:
        return CsvRows(problems=(_problem(file, error.line, str(error), "save the file as CSV again"),))
    except AmountError as error:
        return CsvRows(problems=(_problem(file, 1, str(error), error.mend),))
    except PeriodError as error:
        return CsvRows(problems=(_problem(file, 1, str(error), "save the file with days like 2026-03-04"),))
    latest = shifted(today, 1) if today else date.max
    return _Reader(file, channel, mapping, style, currency, timezone, latest).read(table.rows)


class _Style(NamedTuple):
    """How the file is written. `other_side` is the column of money that left, where that has one of its own."""

    mark: str | None
    order: DayOrder | None
    other_side: str


class _Refused(ValueError):
    """Why a row can't be read, and how to mend it."""

    def __init__(self, why: str, mend: str) -> None:
        super().__init__(why)
        self.mend = mend


class _Reader:
    """Reads the rows of one file; what it found so far is its state."""

    def __init__(
        self,
        file: str,
        channel: Channel,
        mapping: ColumnMap,
        style: _Style,
        currency: str,
        timezone: tzinfo | None,
        latest: date,
    ) -> None:
        self._file = file
        self._channel = channel
        self._mapping = mapping
        self._style = style
        self._currency = currency
        self._timezone = timezone
        self._latest = latest
        self._sales: dict[str, Sale] = {}
        self._lines: dict[str, int] = {}
        self._problems: list[Problem] = []
        self._skipped: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()

    def read(self, rows: Iterable[CsvRow]) -> CsvRows:
        for row in rows:
            if reason := _why_unwanted(row.cells, self._mapping):
                self._skipped[reason] += 1
                continue
            try:
                self._take(row)
            except _Refused as error:
                self._problems.append(_problem(self._file, row.line, str(error), error.mend))
            except AmountError as error:
                self._problems.append(_problem(self._file, row.line, str(error), error.mend))
            except PeriodError as error:
                open_order = "could be two" in str(error)
                mend = "say which number is the day: --days day-first or month-first" if open_order else _MEND_DAY
                self._problems.append(_problem(self._file, row.line, str(error), mend))
        return CsvRows(
            sales=tuple(self._sales.values()),
            lines=self._lines,
            problems=tuple(self._problems),
            skipped=dict(self._skipped),
        )

    def _take(self, row: CsvRow) -> None:
        if row.surplus:
            raise _Refused("the row has more cells than the header", "put the text with the delimiter into quotes")
        code, written = self._code(row), self._cell(row, "amount")
        if not written and self._style.other_side:
            self._skipped[MONEY_THAT_LEFT] += 1
            return
        amount = _money(written, code, self._style.mark)
        if amount.amount <= 0:
            self._skipped[MONEY_THAT_LEFT if amount.amount else "an amount of zero"] += 1
            return
        day = self._day(self._cell(row, "date"))
        if day > self._latest:
            raise _Refused(f"{day} lies in the future", "import the file again once it is paid, or mend the year")
        sale = self._sale(row, day, amount, code)
        before = self._sales.setdefault(sale.id, sale)
        if before is sale:
            self._lines[sale.id] = row.line
        elif (before.date, before.amount) == (sale.date, sale.amount):
            self._skipped["the same id twice"] += 1
        else:
            where = f"{self._file}:{self._lines[sale.id]}"
            raise _Refused(
                f"the row has the id of {where} and says something else", "map id to another column, or none"
            )

    def _sale(self, row: CsvRow, day: date, amount: Money, code: str) -> Sale:
        fee = self._cell(row, "fee")
        name = self._hex(row, day, amount)
        return Sale(
            id=f"manual_{day.isoformat()}_{name}",
            aliases=tuple(f"manual_{shifted(day, step)}_{name}" for step in (-1, 1)) if self._cell(row, "id") else (),
            date=day,
            channel=self._channel,
            amount=amount,
            fee=Money(abs(_money(fee, code, self._style.mark).amount), code) if fee else None,
            client=self._cell(row, "client") or ANONYMOUS,
            description=self._cell(row, "description"),
            transaction_type=self._mapping.transaction_type,
            period=self._mapping.period_of(row.cells) if self._mapping.period_of else "",
            via=IMPORTED,
        )

    def _day(self, text: str) -> date:
        instant = _INSTANT.fullmatch(text)
        if instant is None or self._timezone is None:
            return read_payment_day(text, self._style.order)
        offset = "+00:00" if instant["offset"] in {"Z", "UTC"} else instant["offset"]
        try:
            moment = datetime.fromisoformat(f"{instant['day']}T{instant['time']}{offset}")
        except ValueError:
            raise PeriodError(f"{text!r} is no moment of any day; write 2026-03-04") from None
        return moment.astimezone(self._timezone).date()

    def _hex(self, row: CsvRow, day: date, amount: Money) -> str:
        """Twelve hex digits of what the row says: its own id, or else its content and which of equal rows it is."""
        if own := self._cell(row, "id"):
            parts: tuple[str, ...] = ("id", own)
        else:
            said = (f"{amount.amount.normalize():f}", amount.currency, self._cell(row, "client"))
            content = (day.isoformat(), *said, self._cell(row, "description"))
            self._seen["\x1f".join(content)] += 1
            parts = (*content, str(self._seen["\x1f".join(content)]))
        return hashlib.sha256("\x1f".join(("import", self._channel.key, *parts)).encode()).hexdigest()[:12]

    def _cell(self, row: CsvRow, key: str) -> str:
        column = self._mapping.columns.get(key)
        return row.cells.get(column_name(column), "") if column else ""

    def _code(self, row: CsvRow) -> str:
        code = (self._cell(row, "currency") or self._currency).upper()
        try:
            exponent(code)
        except CurrencyError as error:
            raise _Refused(str(error), "write its three letters, like USD") from None
        return code


def _money(text: str, code: str, mark: str | None) -> Money:
    shown = _CURRENCY.findall(text)
    if strange := [each for each in shown if code not in _codes_of(each)]:
        likely = next(iter(_codes_of(strange[0])))
        raise AmountError(f"{text!r} is not in {code}", f"say --currency {likely}, or --map currency=COLUMN")
    amount = read_number(_CURRENCY.sub("", text).strip() if len(shown) == 1 else text, mark)
    places = exponent(code)
    if amount != amount.quantize(Decimal(1).scaleb(-places)):
        raise AmountError(f"{text!r} has more than {places} decimal places", f"round it as {code} is paid")
    return Money(amount, code)


def _why_unwanted(cells: Mapping[str, str], mapping: ColumnMap) -> str:
    for column, values in mapping.only.items():
        if (value := cells.get(column_name(column), "")).lower() not in values:
            return f"{column} is {value!r}"
    return mapping.unless(cells) if mapping.unless else ""


def _style(table: CsvTable, mapping: ColumnMap, order: DayOrder | None) -> _Style:
    def texts(*keys: str) -> Sequence[str]:
        names = [column_name(mapping.columns[key]) for key in keys if key in mapping.columns]
        return [row.cells[name] for row in table.rows for name in names if row.cells[name]]

    amounts = (_CURRENCY.sub("", text) for text in texts("amount", "fee"))
    return _Style(decimal_mark(amounts), day_order(texts("date")) or order, _other_side(table, mapping))


def _other_side(table: CsvTable, mapping: ColumnMap) -> str:
    """The column that is filled in just those rows whose amount is empty: Debit beside Credit."""
    amount, mapped = column_name(mapping.columns["amount"]), {column_name(name) for name in mapping.columns.values()}
    filled = [bool(row.cells[amount]) for row in table.rows]
    if all(filled) or not any(filled):
        return ""
    others = [name for name in table.header if name not in mapped]
    return next((name for name in others if [not row.cells[name] for row in table.rows] == filled), "")


def _codes_of(shown: str) -> Sequence[str]:
    """The currencies that a code or sign beside an amount can mean, the likeliest first."""
    sign = shown.upper().replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    return _SIGNS.get(sign, (sign,))


def _problem(file: str, line: int, message: str, mend: str) -> Problem:
    return Problem(code="unreadable-import", message=message, mend=mend, file=file, line=line)
