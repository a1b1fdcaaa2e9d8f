r"""Cells of a table row, and text from outside inside them.

What is written here is a plain GitHub-flavoured table: a pipe inside text is `\|`, characters that could break the
row, turn into markup or reorder what one sees are written as character references. `unescape(escape(x)) == x`.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

# C0 and C1 controls, soft hyphen, marks that reorder or hide text (bidirectional controls, zero width characters but
# for the two joiners that Persian and emoji need, line and paragraph separators, tags) and lone surrogates.
_HIDDEN: Final = (
    "\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff"
)
# As text: `re` compiles a pattern when it is first used, and who only reads seldom needs these.
_TO_ESCAPE: Final = rf"[\\|`\[<>{_HIDDEN}]|&(?=#?[0-9A-Za-z]{{1,32}};)"
_ESCAPED: Final = r"\\([!-/:-@\[-`{-~])|&#(?:([0-9]{1,7})|[xX]([0-9A-Fa-f]{1,6}));|&(amp|lt|gt|quot|nbsp);"
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "nbsp": "\N{NO-BREAK SPACE}"}
_BY_NAME: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LAST_CODE_POINT: Final = 0x10FFFF


def escape(text: str) -> str:
    """`text` as the inside of a cell, on one line; safe in any markdown viewer."""
    body = text.strip(" ")
    left = len(text) - len(text.lstrip(" "))
    return "&#32;" * left + re.sub(_TO_ESCAPE, _reference, body) + "&#32;" * (len(text) - left - len(body))


def _reference(match: re.Match[str]) -> str:
    found = match[0]
    if found in {"\\", "|", "`", "["}:
        return "\\" + found
    return _BY_NAME.get(found) or f"&#{ord(found)};"


def unescape(text: str) -> str:
    """What a cell says: backslash escapes and character references resolved, nothing else."""
    if "\\" not in text and "&" not in text:
        return text
    return re.sub(_ESCAPED, _character, text)


def _character(match: re.Match[str]) -> str:
    if match[1]:
        return match[1]
    if match[4]:
        return _NAMED[match[4]]
    code = int(match[2]) if match[2] else int(match[3], 16)
    return chr(code) if code <= _LAST_CODE_POINT else match[0]


def cell_text(raw: bytes) -> str:
    """A raw cell's text, unescaped, without the blanks around it."""
    return unescape(raw.strip(b" \t").decode())


def spans(text: bytes) -> list[tuple[int, int]]:
    r"""Where each cell of a row stands, outer pipes left out; a pipe right after a backslash is text.

    A row without outer pipes is as good as one with them.
    """
    cuts = [index for index in _pipes(text) if index == 0 or text[index - 1] != _BACKSLASH]
    start = len(text) - len(text.lstrip(b" \t"))
    stop = len(text.rstrip(b" \t"))
    opens = bool(cuts) and cuts[0] == start
    closes = len(cuts) > opens and cuts[-1] == stop - 1
    edges = [*([] if opens else [-1]), *cuts, *([] if closes else [len(text)])]
    return [(left + 1, right) for left, right in pairwise(edges)]


_BACKSLASH: Final = ord("\\")


def _pipes(text: bytes) -> list[int]:
    found, position = [], text.find(b"|")
    while position >= 0:
        found.append(position)
        position = text.find(b"|", position + 1)
    return found


def raw_cells(text: bytes) -> list[bytes]:
    """The cells of a row as they stand, blanks and escapes included."""
    if b"\\" not in text and text[:1] == b"|" and text[-1:] == b"|" and len(text) > 1:
        return text[1:-1].split(b"|")
    return [text[start:stop] for start, stop in spans(text)]


def render_row(cells: Sequence[str]) -> bytes:
    """A row of cells that are escaped already: `| a | b |`, a blank one `| |`; blanks at the end are kept."""
    text = "".join(f" {cell} |" if cell else " |" for cell in cells)
    return f"|{text}".encode()


def with_cells(row: bytes, changes: Mapping[int, str], header: bytes = b"") -> bytes:
    """A row with some cells replaced, every other byte as it was.

    `changes` is escaped text by column, counted from 0. A short row is filled up with blank cells. In a table whose
    columns are padded to `header`'s widths, the new text is padded too, on the side where the old one was.
    """
    places = spans(row)
    if len(places) <= max(changes, default=-1):
        return with_cells(_filled_up(row, max(changes) + 1 - len(places)), changes, header)
    padded = is_padded(row, header)
    pieces, position = [], 0
    for index in sorted(changes):
        start, stop = places[index]
        pieces += [row[position:start], _in_place(row[start:stop], changes[index], padded=padded)]
        position = stop
    if 0 in changes and not row.lstrip(b" \t").startswith(b"|"):
        pieces.insert(
            0, b"|" if pieces[1].startswith(b" ") else b"| "
        )  # the first cell may be blank, or look like a heading
    return b"".join((*pieces, row[position:]))


def _filled_up(row: bytes, missing: int) -> bytes:
    body = row.rstrip(b" \t")
    closed = body.endswith(b"|") and not body.endswith(b"\\|")
    return body + (b"" if closed else b" |") + b" |" * missing


def is_padded(row: bytes, header: bytes) -> bool:
    """Whether every cell of a row is as wide as the header's: then the table is kept in columns."""

    def widths(line: bytes) -> list[int]:
        return [len(line[start:stop].decode()) for start, stop in spans(line)]

    return bool(header) and widths(row) == widths(header)


def _in_place(raw: bytes, text: str, *, padded: bool) -> bytes:
    old = raw.strip(b" \t")
    if not old:
        return (f" {text}" + " " * max(1, len(raw) - 1 - len(text) if padded else 1)).encode() if text else raw or b" "
    if not text and not padded:
        return b" "
    at = raw.index(old)
    left, right = raw[:at], raw[at + len(old) :]
    spare = len(old.decode()) - len(text) if padded else 0
    if len(left) > len(right):
        left = _stretched(left, spare)
    else:
        right = _stretched(right, spare)
    return left + text.encode() + right


def _stretched(blanks: bytes, by: int) -> bytes:
    return b" " * max(len(blanks) + by, 1) if by and blanks else blanks
