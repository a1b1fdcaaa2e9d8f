"""The tracker's outline: its sections, its tables, and the lines in them that are ours.

Reads markdown as far as a tracker needs it: headings (`##` and underlined), tables, code fences, HTML comments, front
matter. What stands in a fence or a comment is never a section or a row.
"""

import re
from typing import Final, Protocol

from revintel_mcp.tracker.cells import cell_text, raw_cells
from revintel_mcp.tracker.lines import BOM, Line, blocks_of, line_at, refuse_unless_utf8
from revintel_mcp.tracker.log_columns import columns_of
from revintel_mcp.tracker.own_lines import is_incomplete_line, is_year_to_date
from revintel_mcp.tracker.values import Unclear, plain, read_month

SUMMARY: Final = "monthly summary"
SOURCES: Final = "sources"
ATTENTION: Final = "needs attention"
LOG: Final = "transaction log"
PRICES: Final = "prices"

# Bytes of rows that are read at once, at most and at least.
_LARGEST_PART: Final = 1 << 20
_SMALLEST_PART: Final = 1024

#: The sections that are ours, in the order a new tracker has them.
SECTIONS: Final = (SUMMARY, SOURCES, ATTENTION, PRICES, LOG)

_HEADING = re.compile(rb"#{1,6}(?=[ \t]|$)")
_UNDERLINE = re.compile(rb"(=+)|-+")
_BREAK = re.compile(rb"([-*_])[ \t]*(?:\1[ \t]*){2,}")
_FENCE = re.compile(rb" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_DELIMITER = re.compile(rb"\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?")
_OPAQUE_HTML = re.compile(rb" {0,3}<(?:(!--)|(pre|script|style|textarea)(?=[\s>]|$))", re.IGNORECASE)
_STARTS_A_BLOCK = re.compile(rb" {0,3}(?:#{1,6}(?:[ \t]|$)|`{3}|~{3}|>|<[!/?A-Za-z]|[-+*][ \t])")
#: How a line begins that is code wherever no table or paragraph goes on.
INDENTED: Final = (b"    ", b"\t", b" \t", b"  \t", b"   \t")
_FRONT_MATTER = re.compile(rb"---[ \t]*\r?\n(?:[^\n]*\n)*?(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
_LAST_UPDATED = re.compile(rb"[*_]{0,3}last updated(?![a-z0-9])", re.IGNORECASE)
_NOISE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_UNIT = re.compile(r" ?(?:\( ?(?:in )?(?:usd?)?\$? ?\)|\bin usd|,? usd)\Z")
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")


def name_of(cell: bytes) -> str:
    """A header cell's name, as columns are matched: `**Amount (USD)**` is `amount`."""
    text = plain(_NOISE.sub("", cell_text(cell))).removesuffix(":").lower()
    return _UNIT.sub("", " ".join(text.split()))


class Section:
    """What stands under one heading of level one or two; `name` is in lower case, "" before the first heading."""

    __slots__ = ("last", "level", "line", "name", "start", "year")

    def __init__(self, name: str, level: int, line: int, start: int) -> None:
        self.name = name
        self.level = level
        self.line = line
        self.start = start
        self.last: Line | None = None
        """The last line that is not blank, the heading included."""
        self.year: int | None = None
        """The year that the nearest heading names, for rows that name none."""


class Table:
    """A table of ours. Rows of the log are read on the way and not kept; those of the others are."""

    __slots__ = ("delimiter", "header", "last", "loose", "names", "rows", "section", "year")

    def __init__(self, section: Section, header: Line, delimiter: Line, names: list[str]) -> None:
        self.section = section
        self.header = header
        self.delimiter = delimiter
        self.names = names
        self.rows: list[Line] = []
        self.last = delimiter
        """The table's last line; new rows come after it."""
        self.loose: list[Line] = []
        """First rows after a gap: a viewer no longer shows them as part of the table; they count."""
        self.year = section.year

    @property
    def has_rule(self) -> bool:
        """Whether a line of dashes stands under the header; without it `delimiter` is the header itself."""
        return self.delimiter is not self.header

    def index(self, name: str) -> int | None:
        """The first column of that name, counted from 0."""
        return self.names.index(name) if name in self.names else None


class RowReader(Protocol):
    """Who reads the rows of a log table as they come."""

    def row(self, line: Line) -> None:
        """One row."""

    def part(self, part: bytes, start: int, number: int) -> int:
        """Many rows at once: how many, or 0 if any of them needs a closer look. Nothing is taken then."""

    def reads(self, text: bytes) -> bool:
        """Whether a line, standing alone, is clearly a row."""


class LogSink(Protocol):
    """Who wants the rows of the log."""

    def table(self, table: Table) -> RowReader | None:
        """A reader for a table under the log's heading; None if it is not one of the log."""


class Outline:
    """The result of one walk over a tracker's bytes."""

    def __init__(self, file: str, sink: LogSink | None = None) -> None:
        self.file = file
        self.sections = [Section("", 0, 1, 0)]
        self.tables: list[Table] = []
        self.strangers: list[Table] = []
        """Tables under headings of level two that are not ours; their rows are not kept."""
        self.title: Line | None = None
        self.last_updated: Line | None = None
        self.ytd: Line | None = None
        self.incomplete: Line | None = None
        self.newline = b""
        self.body_start = 0
        """Where text may first be put: after the byte order mark and the front matter."""
        self.open_since: Line | None = None
        """The line of a code fence or comment that is never closed."""
        self.stray: list[tuple[str, Line]] = []
        """Lines that begin like rows and stand in no table: the section's name, and the line."""
        self.headings: list[tuple[int, str, int]] = []
        """Level, name and line of every heading."""
        self.size = 0
        self.ends_in_newline = True
        self._sink = sink
        self._number = 1
        self._closing: re.Pattern[bytes] | None = None
        self._table: Table | None = None
        self._reader: RowReader | None = None
        self._gap: tuple[Table, RowReader | None] | None = None
        self._foreign = False
        self._paragraph: list[Line] = []
        self._last_before: Line | None = None
        self._window = _LARGEST_PART

    # -- whole text ---------------------------------------------------------------------------------------------

    def walk(self, data: bytes) -> "Outline":
        """Read all of it.

        Raises:
            TrackerUnreadable: the text is not UTF-8.
        """
        for block in blocks_of(data):
            self.feed(block)
        return self.finish()

    def feed(self, block: bytes) -> None:
        """Read on: a block of whole lines, as `blocks_of` gives them.

        Raises:
            TrackerUnreadable: it is not UTF-8.
        """
        refuse_unless_utf8(block, file=self.file, number=self._number, offset=self.size)
        self._block(block)
        self.size += len(block)
        self.ends_in_newline = block.endswith((b"\n", b"\r"))

    def finish(self) -> "Outline":
        """The text ends here."""
        self._flush()
        if self.open_since is not None:  # what is put at the section's end must not stand in the fence
            self.sections[-1].last = self._last_before
        self.newline = self.newline or b"\n"
        return self

    def section(self, name: str) -> Section | None:
        """The first section of that name."""
        return next((each for each in self.sections if each.name == name and each.level == 2), None)

    def tables_in(self, name: str) -> list[Table]:
        """Our tables under every heading of that name, in order."""
        return [table for table in self.tables if table.section.name == name]

    def foreign_in(self, name: str) -> list[Line]:
        """Headers of the tables under these headings that are not ours."""
        return [table.header for table in self.strangers if table.section.name == name]

    # -- blocks and lines ---------------------------------------------------------------------------------------

    def _block(self, block: bytes) -> None:
        position = self._front_matter(block) if not self.size else 0
        while position < len(block):
            taken = self._rows_at_once(block, position) if self._reader is not None else 0
            if taken:
                position += taken
                continue
            line = line_at(block, position, self.size, self._number)
            self.newline = self.newline or line.eol
            self._number += 1
            position += len(line.text) + len(line.eol)
            self._line(line)

    def _front_matter(self, block: bytes) -> int:
        start = len(BOM) if block.startswith(BOM) else 0
        if match := _FRONT_MATTER.match(block, start):
            self._number += match[0].count(b"\n")
            start = match.end()
            self.newline = line_at(block, 0, 0, 1).eol
        self.body_start = start
        return start

    def _rows_at_once(self, block: bytes, position: int) -> int:
        """Bytes of rows that the log's reader took in one go; the stretch shrinks where rows are unusual."""
        reader = self._reader
        assert reader is not None
        if self._window < 0:  # lately unusual: that many bytes are read row by row
            return 0
        while self._window >= _SMALLEST_PART:
            cut = len(block)
            if cut - position > self._window:
                cut = block.rfind(b"\n", position, position + self._window) + 1
            if cut > position:
                rows = reader.part(block[position:cut], self.size + position, self._number)
                if rows:
                    self._number += rows
                    self._rows_end(block, position, cut)
                    self._window = min(self._window * 4, _LARGEST_PART)
                    return cut - position
            self._window //= 4
        self._window = -_SMALLEST_PART
        return 0

    def _rows_end(self, block: bytes, position: int, cut: int) -> None:
        """The last row of a stretch is the table's last line so far: new rows come after it."""
        assert self._table is not None
        start = block.rfind(b"\n", position, cut - 1) + 1 or position
        last = line_at(block, start, self.size, self._number - 1)
        self._table.last = self.sections[-1].last = last

    def _line(self, line: Line) -> None:
        text = line.text
        if self._window < 0:
            self._window += len(text) + 1
            if self._window >= 0:
                self._window = _SMALLEST_PART
        if self._closing is not None:
            self.sections[-1].last = line
            if self._closing.search(text):
                self._closing = self.open_since = None
            return
        body = text.strip(b" \t")
        if not body:
            self._blank()
            return
        if self._table is not None or self._foreign:
            if body.startswith(b"|") or (b"|" in text and not _STARTS_A_BLOCK.match(text)):
                self._row(line)
                return
            self._blank()
        self._text(line, body)
        self.sections[-1].last = line

    def _blank(self) -> None:
        self._flush()
        if self._table is not None:
            self._gap = self._table, self._reader
        self._table = self._reader = None
        self._foreign = False

    def _row(self, line: Line) -> None:
        self.sections[-1].last = line
        if self._table is None:
            return
        self._table.last = line
        if self._reader is not None:
            self._reader.row(line)
        else:
            self._table.rows.append(line)

    def _text(self, line: Line, body: bytes) -> None:
        """A line that is not blank, in no table and in no fence."""
        text = line.text
        if text.startswith(INDENTED):  # code, unless a paragraph goes on
            if self._paragraph:
                self._sentence(line, body)
            return
        if self._opens_opaque(line):
            return
        if match := _HEADING.match(body):
            self._heading(match.end(), body[match.end() :], line, line)
        elif self._paragraph and not self._may_be_row() and (match := _UNDERLINE.fullmatch(body)):
            self._setext(1 if match[1] else 2, line)
        elif self._may_be_header() and (b"|" in body or b":" in body) and _DELIMITER.fullmatch(body):
            self._start_table(line)
        elif _STARTS_A_BLOCK.match(text) or _BREAK.fullmatch(body):
            self._flush()
        elif b"|" in body and self._names_columns():  # the line of dashes is missing or spoilt
            self._start_table(None)
            self._row(line)
        else:
            self._sentence(line, body)

    def _opens_opaque(self, line: Line) -> bool:
        """Whether a code fence, an HTML comment or a block of raw HTML starts here."""
        if match := _FENCE.match(line.text):
            mark = match[1]
            self._closing = re.compile(rb"^ {0,3}" + re.escape(mark[:1]) + b"{%d,}[ \t]*$" % len(mark))
        elif match := _OPAQUE_HTML.match(line.text):
            closing = re.compile(rb"-->" if match[1] else rb"</(?:pre|script|style|textarea)>", re.IGNORECASE)
            if not closing.search(line.text, match.end()):
                self._closing = closing
        else:
            return False
        self._blank()
        self.open_since = line if self._closing is not None else None
        self._last_before = self.sections[-1].last
        return True

    def _sentence(self, line: Line, body: bytes) -> None:
        if body.startswith(b"|") or self._waiting_row() or (self._paragraph and _is_piped(self._paragraph[-1])):
            self._flush()
            if self._table is not None and b"|" in body:
                self._row(line)
                return
            self._blank()
        if not self._paragraph:
            self._last_before = self.sections[-1].last
        if self.last_updated is None and _LAST_UPDATED.match(body):
            self.last_updated = line
        elif self.sections[-1].name == SUMMARY:
            if self.ytd is None and is_year_to_date(body):
                self.ytd = line
            elif self.incomplete is None and is_incomplete_line(body):
                self.incomplete = line
        self._paragraph.append(line)

    def _waiting_row(self) -> Line | None:
        """The paragraph's last line, if it looks like a row of the table before the gap."""
        if not self._paragraph or self._gap is None:
            return None
        last, header = self._paragraph[-1], self._gap[0].header.text.strip(b" \t")
        if _is_piped(last):
            return last
        if header.startswith(b"|") or b"|" not in last.text:
            return None
        return last if self._reads_like(*self._gap, last.text) else None

    @staticmethod
    def _reads_like(table: Table, reader: RowReader | None, text: bytes) -> bool:
        """Whether a line without an outer pipe is a row like the table's, be it as wide as the header or not."""
        if reader is not None:
            return reader.reads(text)
        if table.section.name != SUMMARY:
            return text.count(b"|") == table.header.text.count(b"|")
        index, raws = table.names.index("month"), raw_cells(text)
        try:
            return index < len(raws) and read_month(cell_text(raws[index]), table.year) is not None
        except Unclear:
            return False

    def _may_be_row(self) -> bool:
        """Whether the paragraph's last line is more likely a row than a heading that dashes underline.

        One that begins with a pipe is, whatever stands above: else it would change its meaning with a new table there.
        """
        return _is_piped(self._paragraph[-1]) or self._waiting_row() is not None

    def _flush(self) -> None:
        """The paragraph ends. If a row was waiting in it, for it might have been a header, it is taken now."""
        row = self._waiting_row()
        lines, self._paragraph = self._paragraph, []
        if row is None or self._gap is None:
            if lines and _is_piped(lines[-1]):
                self.stray.append((self.sections[-1].name, lines[-1]))
            return
        self._table, self._reader = self._gap
        self._table.loose.append(row)
        self._row(row)

    # -- headings and tables ------------------------------------------------------------------------------------

    def _heading(self, level: int, text: bytes, first: Line, last: Line) -> None:
        self._blank()
        text = text.strip(b" \t")
        shorter = text.rstrip(b"#")
        name = name_of(shorter if not shorter or shorter[-1:] in b" \t" else text)
        self.headings.append((level, name, first.number))
        if level == 1 and self.title is None:
            self.title = last
        if level <= 2:
            self._gap = None
            self.sections.append(Section(name, level, first.number, first.start))
        section = self.sections[-1]
        year = _YEAR.search(name)
        section.year = int(year[1]) if year else section.year
        section.last = last
        if year and section.name == SUMMARY:  # a month that names no year is not one of the year above
            self._gap = None

    def _setext(self, level: int, line: Line) -> None:
        lines, self._paragraph = self._paragraph, []
        for each in lines:
            self._forget(each)
        self.sections[-1].last = self._last_before  # the lines are a heading, not the end of the section before
        self._heading(level, b" ".join(each.text.strip() for each in lines), lines[0], line)

    def _forget(self, line: Line) -> None:
        """A line that looked like one of ours turns out to be a part of a table, or of a heading."""
        if self.last_updated is line:
            self.last_updated = None
        if self.ytd is line:
            self.ytd = None
        if self.incomplete is line:
            self.incomplete = None

    def _may_be_header(self) -> bool:
        """Whether the line above may be a table's header: not if it were code but for the paragraph that it goes on.

        What is written between the two would make code of it, and of the table something else than it was.
        """
        return bool(self._paragraph) and not self._paragraph[-1].text.startswith(INDENTED)

    def _names_columns(self) -> bool:
        """Whether the line above is clearly the header of one of our tables."""
        section = self.sections[-1]
        if not self._may_be_header() or self._gap is not None or section.level != 2 or section.name not in SECTIONS:
            return False
        text = self._paragraph[-1].text
        names = [name_of(cell) for cell in raw_cells(text)] if b"|" in text else []
        return columns_of(names) is not None if section.name == LOG else _NEEDED[section.name] <= set(names)

    def _start_table(self, delimiter: Line | None) -> None:
        """The paragraph's last line is a header; `delimiter` is the line of dashes under it, if there is one."""
        header = self._paragraph.pop()
        self._forget(header)
        self._paragraph = []
        self._gap = None
        names = [name_of(cell) for cell in raw_cells(header.text)]
        table = Table(self.sections[-1], header, delimiter or header, names)
        self._foreign = True
        if table.section.level != 2:
            return
        self.strangers.append(table)
        if table.section.name == LOG:
            self._reader = self._sink.table(table) if self._sink is not None else None
            if self._reader is None:
                return
            self._window = _LARGEST_PART
        elif not _is_ours(table):
            return
        self._table, self._foreign = table, False
        self.tables.append(self.strangers.pop())


_NEEDED: Final = {
    SUMMARY: {"month"},
    SOURCES: {"source", "status"},
    ATTENTION: {"id", "why"},
    PRICES: {"date", "currency", "usd"},
}


def _is_piped(line: Line) -> bool:
    """Whether a line begins like a row."""
    return line.text.lstrip(b" \t").startswith(b"|")


def _is_ours(table: Table) -> bool:
    needed = _NEEDED.get(table.section.name)
    return needed is not None and needed <= set(table.names)
