"""Which column of a CSV export holds what: known for a few exports, told by the user for any other."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from revintel_mcp.domain.csv_table import BrokenCsv, CsvTable, Header, column_name, header_of, read_table
from revintel_mcp.domain.transaction import TransactionType

#: What a column can be mapped to.
FIELDS: Final = ("date", "amount", "client", "description", "fee", "currency", "id")
_NEEDED: Final = ("date", "amount")


class ColumnsUnknown(ValueError):
    """The columns can't be told; the message lists those there are, and what to type."""


class ColumnMap(NamedTuple):
    """Which column (by name, any case) holds a field of ours, and which rows are wanted.

    `only` keeps the rows whose column has one of these values (lower case); `unless` names a reason to leave a row
    out, or none; `period_of` tells a subscription's billing interval.
    """

    columns: Mapping[str, str]
    only: Mapping[str, frozenset[str]] = MappingProxyType({})
    unless: Callable[[Mapping[str, str]], str] | None = None
    transaction_type: TransactionType = TransactionType.ONE_TIME
    period_of: Callable[[Mapping[str, str]], str] | None = None


def column_map(pairs: Iterable[str], only: Iterable[str] = ()) -> ColumnMap:
    """The map that a person types: `date=Booked on`, `amount=Net`; `only` has `Status=Completed`, may repeat.

    Raises:
        ColumnsUnknown: a pair can't be understood, or date or amount is missing.
    """
    columns: dict[str, str] = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        key = name.strip().lower()
        if not equals or key not in FIELDS or not column.strip():
            raise ColumnsUnknown(
                f"--map {pair!r} maps nothing; write --map FIELD=COLUMN with FIELD one of {', '.join(FIELDS)}"
            )
        if key in columns:
            raise ColumnsUnknown(f"{key} is mapped twice; map it to one column")
        columns[key] = column.strip()
    if missing := [key for key in _NEEDED if key not in columns]:
        raise ColumnsUnknown(f"map {' and '.join(missing)} too, like --map {missing[0]}=COLUMN")
    return ColumnMap(columns=columns, only=_wanted_values(only))


def map_for(text: str) -> ColumnMap:
    """The columns of a file that is a known export.

    Raises:
        ColumnsUnknown: it is none.
    """
    if name := exported_by(text):
        return KNOWN_EXPORTS[name]
    raise ColumnsUnknown(
        f"this file is of no export that is known ({', '.join(KNOWN_EXPORTS)}); say which columns hold what, like "
        f"--map date=COLUMN --map amount=COLUMN --map client=COLUMN. It has: {_listed(header_of(text))}"
    )


def exported_by(text: str) -> str:
    """The known export that a text is (`GitHub Sponsors`), empty if none."""
    return next((name for name, mapping in KNOWN_EXPORTS.items() if _fits(text, mapping)), "")


def _fits(text: str, mapping: ColumnMap) -> bool:
    try:
        return _fitting(text, mapping) is not None
    except BrokenCsv:
        return True  # its header fits; what is broken is told when it is read


def table_for(text: str, mapping: ColumnMap) -> CsvTable:
    """The file as a table that has the mapped columns.

    Raises:
        ColumnsUnknown: it lacks one, or has it twice.
        BrokenCsv: it is no CSV from some line on.
    """
    table = _fitting(text, mapping)
    if table is None:
        wanted = [*mapping.columns.values(), *mapping.only]
        has = header_of(text)
        lacking = [name for name in wanted if column_name(name) not in map(column_name, has)] or wanted
        raise ColumnsUnknown(f"the file lacks the column {_listed(lacking)}; it has: {_listed(has)}")
    twice = [name for name in mapping.columns.values() if table.header.count(column_name(name)) > 1]
    if twice:
        raise ColumnsUnknown(f"the file has two columns {twice[0]!r}; rename one of them in the file")
    return table


def _listed(names: Sequence[str]) -> str:
    """Column names as they are typed in a shell: in quotes where a space or a sign would cut them."""
    return ", ".join(f"'{name}'" if re.search(r"[^\w.-]", name) else name for name in names) or "none"


def _fitting(text: str, mapping: ColumnMap) -> CsvTable | None:
    wanted = {column_name(name) for name in (*mapping.columns.values(), *mapping.only)}

    def fits(header: Header) -> bool:
        return wanted <= set(header)

    return read_table(text, fits)


def _wanted_values(only: Iterable[str]) -> dict[str, frozenset[str]]:
    wanted: dict[str, frozenset[str]] = {}
    for pair in only:
        column, equals, value = pair.partition("=")
        if not equals or not column.strip():
            raise ColumnsUnknown(f"--only {pair!r} keeps nothing; write --only COLUMN=VALUE")
        wanted[column.strip()] = wanted.get(column.strip(), frozenset()) | {value.strip().lower()}
    return wanted


def _github_period(cells: Mapping[str, str]) -> str:
    return "year" if cells.get("is yearly?", "").lower() == "true" else "month"


def _not_paypal_income(cells: Mapping[str, str]) -> str:
    """PayPal lists conversions, holds, transfers and refunds beside payments; only payments received are sales."""
    kind = cells["type"].lower()
    others = ("refund", "reversal", "hold", "withdrawal", "deposit", "conversion", "transfer", "fee")
    return f"Type is {cells['type']!r}" if "payment" not in kind or any(word in kind for word in others) else ""


#: Exports whose columns are known, by the name of who makes them (column names as found in public examples).
KNOWN_EXPORTS: Final[Mapping[str, ColumnMap]] = {
    "GitHub Sponsors": ColumnMap(
        columns={
            "date": "Transaction Date",
            "amount": "Processed Amount",
            "client": "Sponsor Handle",
            "description": "Tier Name",
            "id": "Transaction ID",
        },
        only={"Status": frozenset({"settled"})},
        transaction_type=TransactionType.SUBSCRIPTION,
        period_of=_github_period,
    ),
    "PayPal": ColumnMap(
        columns={
            "date": "Date",
            "amount": "Gross",
            "fee": "Fee",
            "client": "Name",
            "description": "Type",
            "currency": "Currency",
            "id": "Transaction ID",
        },
        only={"Status": frozenset({"completed"})},
        unless=_not_paypal_income,
    ),
}
