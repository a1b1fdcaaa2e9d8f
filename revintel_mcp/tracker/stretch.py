"""A stretch of rows that look alike, cut into columns at once.

Most rows are written by this program and hold the same number of cells, each with a blank on both sides. Such rows are
cut by one split, and their columns are looked at as a whole. As soon as anything is unusual there is no stretch, and
its rows are read one by one.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from revintel_mcp.tracker.cells import cell_text

# Amounts as this program writes them. Nothing here is ever tried a second way, so it takes one look at each byte.
_AMOUNT: Final = rb"-?+\d{1,3}+(?:\d{0,9}+|(?:,\d{3}+){1,3}+)\.\d\d "
_AMOUNTS: Final = re.compile(rb"(?: %b\|)*+" % _AMOUNT)
_FEES: Final = re.compile(rb"(?: (?:%b)?+\|)*+" % _AMOUNT)
_NOT_IN_PLAIN_IDS: Final = (b" ", b"\t", b"&", b"\\", b"`", b"\x00")
# bytes.strip would take these off with the blanks and tabs.
_FORM_CONTROLS: Final = (b"\v", b"\f")
_HIDDEN_PIPE: Final = b"\x00"
BLANK: Final = b" "


class Stretch(NamedTuple):
    """Rows with the same number of cells; the cells of all of them stand in one list, with the line ends between.

    An escaped pipe stands in `cells` as a zero byte; `text_of` puts it back.
    """

    cells: list[bytes]
    rows: int
    width: int
    columns: Mapping[str, int]

    def column(self, key: str) -> list[bytes]:
        """The raw cells of a column, one for each row; empty if the rows have no such column."""
        index = self.columns.get(key, self.width)
        return self.cells[index + 1 :: self.width + 1] if index < self.width else []

    def ids(self) -> list[bytes] | None:
        """The rows' IDs, blanks taken off; None if one of them holds anything but a plain word."""
        ids = list(map(bytes.strip, self.column("id")))
        joined = b"|".join(ids)
        return None if any(char in joined for char in _NOT_IN_PLAIN_IDS) else ids

    def cents(self) -> list[int] | None:
        """The amounts in whole cents; None if one is not written as this program writes it."""
        joined = b"|".join((*self.column("amount"), b""))
        return list(map(int, _digits(joined)[:-1])) if _AMOUNTS.fullmatch(joined) else None

    def fee_cents(self) -> list[bytes] | None:
        """The fees as the digits of whole cents, `BLANK` where none is known; None if one is unusual."""
        joined = b"|".join((*self.column("fee"), b""))
        return _digits(joined)[:-1] if _FEES.fullmatch(joined) else None


def _digits(joined: bytes) -> list[bytes]:
    return joined.replace(b",", b"").replace(b".", b"").split(b"|")


def stretch_of(part: bytes, columns: Mapping[str, int], most_cells: int) -> Stretch | None:
    """The rows of a part of the file, cut into cells; None if they are not alike.

    `part` is whole lines. Rows may be shorter than the table: then the columns further right are not there.
    """
    feed = part.find(b"\n")
    width = part.count(b"|", 0, feed) - part.count(b"\\|", 0, feed) - 1
    if not columns["date"] < width <= most_cells or columns["amount"] >= width or _HIDDEN_PIPE in part:
        return None
    newline = b"\r\n" if part[feed - 1 : feed] == b"\r" else b"\n"
    cells = (_without_escaped_pipes(part) if b"\\" in part else part).split(b"|")
    rows, rest = divmod(len(cells) - 1, width + 1)
    if rest or cells[0] or cells[width + 1 :: width + 1].count(newline) != rows:
        return None
    return Stretch(cells, rows, width, columns) if _breaks_only(part, rows, newline) else None


def _breaks_only(part: bytes, rows: int, newline: bytes) -> bool:
    """Whether no line ends in the middle of a row; each of the rows is known to be followed by a newline."""
    returns = part.count(b"\r") == rows if newline == b"\r\n" else b"\r" not in part
    return returns and part.count(b"\n") == rows and not any(control in part for control in _FORM_CONTROLS)


def _without_escaped_pipes(part: bytes) -> bytes:
    first, *rest = part.split(b"\\")
    if not any(piece[:1] == b"|" for piece in rest):
        return part
    return first + b"".join(_HIDDEN_PIPE + each[1:] if each[:1] == b"|" else b"\\" + each for each in rest)


def text_of(cell: bytes) -> str:
    """What a cell of a stretch says."""
    return cell_text(cell.replace(_HIDDEN_PIPE, b"\\|") if _HIDDEN_PIPE in cell else cell)
