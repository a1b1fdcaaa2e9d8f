"""The tracker's bytes as lines: where each one starts, what ends it, and that it is UTF-8."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from revintel_mcp.errors import TrackerUnreadable

BOM: Final = b"\xef\xbb\xbf"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")

#: Bytes taken at a time: small enough to stay in the processor's cache.
BLOCK: Final = 65_536


class Line(NamedTuple):
    """A line of the file. `start` is its offset in bytes, `number` counts from 1, `eol` is empty at the file's end."""

    start: int
    number: int
    text: bytes
    eol: bytes

    @property
    def stop(self) -> int:
        """The offset just after the text, before what ends the line."""
        return self.start + len(self.text)

    @property
    def end(self) -> int:
        """The offset of the next line."""
        return self.start + len(self.text) + len(self.eol)


def blocks_of(data: bytes) -> Iterator[bytes]:
    """The bytes of a file in pieces of whole lines, in order; nothing is added or lost."""
    position, size = 0, len(data)
    while position < size:
        cut = data.rfind(b"\n", position, position + BLOCK) + 1
        if not cut:
            cut = data.find(b"\n", position + BLOCK) + 1 or size
        yield data[position:cut]
        position = cut


def line_at(block: bytes, position: int, offset: int, number: int) -> Line:
    """The line that starts at `position` of a block; the block starts at `offset` of the file.

    A line ends with LF, CR LF, or a CR on its own, as CommonMark has it.
    """
    feed = block.find(b"\n", position)
    stop = feed if feed >= 0 else len(block)
    lone = block.find(b"\r", position, stop)
    if lone >= 0 and not lone == stop - 1 == feed - 1:
        return Line(offset + position, number, block[position:lone], b"\r")
    if feed < 0:
        return Line(offset + position, number, block[position:], b"")
    if lone >= 0:
        return Line(offset + position, number, block[position:lone], b"\r\n")
    return Line(offset + position, number, block[position:feed], b"\n")


def lines_of(data: bytes) -> Iterator[Line]:
    """Every line of a text, with its place."""
    position, number = 0, 1
    while position < len(data):
        line = line_at(data, position, 0, number)
        yield line
        position, number = line.end, number + 1


def refuse_unless_utf8(block: bytes, *, file: str, number: int, offset: int) -> None:
    """Nothing, if a block of whole lines is UTF-8.

    Raises:
        TrackerUnreadable: it is not; the message has the place and the mend. `number` is the block's first line.
    """
    if block.isascii():
        return
    try:
        block.decode()
    except UnicodeDecodeError as error:
        before = block[: error.start]
        line = number + len(before.splitlines()) - (0 if before.endswith((b"\n", b"\r")) or not before else 1)
        column = len(before[max(before.rfind(b"\n"), before.rfind(b"\r")) + 1 :].decode()) + 1
        if offset == 0 and block.startswith(_UTF16):
            raise TrackerUnreadable(
                f"{file}:1:1: the file is UTF-16, not UTF-8. Save it as UTF-8 in your editor, then run this again"
            ) from error
        raise TrackerUnreadable(
            f"{file}:{line}:{column}: the byte 0x{block[error.start]:02X} is not UTF-8. Save the file as UTF-8 in your "
            "editor (it may be in Latin-1 or Windows-1252 now), then run this again"
        ) from error


def is_blank(data: bytes) -> bool:
    """Whether a text holds nothing but a mark at its start and blanks. Most hold more in their first lines."""
    return not (data[:BLOCK].removeprefix(BOM).strip() or data[BLOCK:].strip())


def line_ends(text: bytes) -> int:
    """How many lines end in a text."""
    return text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")


def newline_of(data: bytes) -> bytes:
    """What ends the first line of a text; LF where there is none."""
    return line_at(data, 0, 0, 1).eol or b"\n"
