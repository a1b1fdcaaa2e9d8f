"""A CSV text as rows by column name, each with its line: whatever delimiter a spreadsheet chose, nothing dropped."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_DELIMITERS: Final = (",", ";", "\t")

Header = tuple[str, ...]


class BrokenCsv(ValueError):
    """The text is no CSV that can be read; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row that holds something. `line` is the one it starts on, from 1; `cells` are stripped, by column name.

    `surplus` is what stands in cells that no column of the header has.
    """

    line: int
    cells: Mapping[str, str]
    surplus: str = ""


@dataclass(frozen=True, slots=True)
class CsvTable:
    """`header` has the column names as `column_name` writes them; of two columns of one name, rows keep the first."""

    header: Header
    rows: tuple[CsvRow, ...]


def column_name(text: str) -> str:
    """A column's name as it is compared: lower case, single spaces."""
    return " ".join(text.lower().split())


def read_table(text: str, fits: Callable[[Header], bool]) -> CsvTable | None:
    """The table in `text`, read with the first delimiter that gives a header which `fits`; None if none does.

    Raises:
        BrokenCsv: the header fits, and a quote further down is out of place or never closed.
    """
    body = text.removeprefix(_BYTE_ORDER_MARK)
    for delimiter in _DELIMITERS:
        records = _records(body, delimiter)
        try:
            _, names = next(records, (1, []))
        except BrokenCsv:
            continue  # quotes that are out of place with this delimiter may be in place with the next
        header = tuple(column_name(name) for name in names)
        if fits(header):
            return CsvTable(header, tuple(_rows(records, header)))
    return None


def header_of(text: str) -> Header:
    """The column names of a CSV text, as far as they can be told, to show them to a person."""
    first = next(iter(text.removeprefix(_BYTE_ORDER_MARK).splitlines()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    return tuple(name.strip(' "') for name in first.split(delimiter))


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it starts on: a quoted cell may run over several."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise BrokenCsv(f"the CSV is broken in the row that starts here ({error})", line) from None


def _rows(records: Iterator[tuple[int, list[str]]], header: Header) -> Iterator[CsvRow]:
    for line, cells in records:
        if not any(cell.strip() for cell in cells):
            continue
        padded = [cell.strip() for cell in cells] + [""] * (len(header) - len(cells))
        named: dict[str, str] = {}
        for name, cell in zip(header, padded, strict=False):
            named.setdefault(name, cell)
        yield CsvRow(line, named, " ".join(padded[len(header) :]).strip())
