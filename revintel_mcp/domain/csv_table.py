"""A CSV text as rows by column name, each with its line: whatever delimiter a spreadsheet chose, nothing dropped."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Final, NamedTuple

_BYTE_ORDER_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_ENOUGH_TO_TELL: Final = 200
_DELIMITERS: Final = (",", ";", "\t")
#: A header that comes later than this is none: what stands above it is a title, an account, a blank line.
_LINES_BEFORE_HEADER: Final = 30

Header = tuple[str, ...]


class BrokenCsv(ValueError):
    """The text is no CSV that can be read; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class CsvRow(NamedTuple):
    """A row that holds something. `line` is the one it starts on, from 1; `cells` are stripped, by column name.

    `surplus` is what stands in cells that no column of the header has.
    """

    line: int
    cells: Mapping[str, str]
    surplus: str = ""


class CsvTable(NamedTuple):
    """`header` has the column names as `column_name` writes them; of two columns of one name, rows keep the first."""

    header: Header
    rows: tuple[CsvRow, ...]


def csv_text(data: bytes, encoding: str = "") -> str:
    """The text of a CSV file: UTF-8, or UTF-16 as spreadsheets save it; `encoding` says if it is neither.

    Raises:
        UnicodeDecodeError: it is not written that way.
        LookupError: there is no such encoding.
    """
    return data.decode(encoding or _encoding_of(data[:_ENOUGH_TO_TELL]))


def _encoding_of(start: bytes) -> str:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" in start:  # every other byte of plain letters in UTF-16
        return "utf-16-be" if start.startswith(b"\x00") else "utf-16-le"
    return "utf-8-sig"


def column_name(text: str) -> str:
    """A column's name as it is compared: lower case, single spaces."""
    return " ".join(text.lower().split())


def read_table(text: str, fits: Callable[[Header], bool]) -> CsvTable | None:
    """The table in `text`, from the first line that is a header which `fits` with some delimiter; None if none is.

    Spreadsheets put `sep=;` before the header, banks a title, the account's number and a blank line.

    Raises:
        BrokenCsv: the header fits, and a quote further down is out of place or never closed.
    """
    body = text.removeprefix(_BYTE_ORDER_MARK)
    for delimiter in _DELIMITERS:
        records = _records(body, delimiter)
        header = _header_among(islice(records, _LINES_BEFORE_HEADER + 1), fits)
        if header is not None:
            return CsvTable(header, tuple(_rows(records, header)))
    return None


def _header_among(records: Iterable[tuple[int, list[str]]], fits: Callable[[Header], bool]) -> Header | None:
    try:
        headers = (tuple(column_name(name) for name in names) for _, names in records)
        return next((header for header in headers if fits(header)), None)
    except BrokenCsv:
        return None  # quotes that are out of place with this delimiter may be in place with the next


def header_of(text: str) -> Header:
    """The column names of a CSV text, as far as they can be told, to show them to a person.

    They are the first of the lines that have the most cells: what stands above a header has few.
    """
    lines = text.removeprefix(_BYTE_ORDER_MARK).splitlines()[: _LINES_BEFORE_HEADER + 1]
    rows = [row for delimiter in _DELIMITERS for row in csv.reader(lines, delimiter=delimiter)]
    return tuple(name.strip(' "') for name in max(rows, key=len, default=()) if name.strip(' "'))


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
