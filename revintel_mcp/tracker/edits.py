"""Changes to a text as places and bytes: what is not named is copied as it is."""

from collections.abc import Iterable, Sequence

from revintel_mcp.tracker.cells import raw_cells, render_row, with_cells
from revintel_mcp.tracker.lines import Line, line_at, line_ends
from revintel_mcp.tracker.outline import SECTIONS, Outline, Section, Table


class Edits:
    """Collects replacements and insertions, in any order; of insertions at one place the earlier comes first."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._edits: list[tuple[int, int, int, bytes]] = []
        self._sections: dict[str, bytes] = {}

    def replace(self, line: Line, text: bytes) -> None:
        """Another text for a line; what ends it stays."""
        if text != line.text:
            self._edits.append((line.start, line.stop, len(self._edits), text))

    def insert(self, at: int, text: bytes) -> None:
        """More text at an offset."""
        if text:
            self._edits.append((at, at, len(self._edits), text))

    def insert_paragraph(self, at: int, text: bytes, newline: bytes) -> None:
        """More text after the line that stops at `at`, with blank lines on both sides.

        Lines end as that one does, `newline` is for the file's last one: else a CR might come before an LF and be no
        line end of its own any more.
        """
        feed = line_at(self._data, at, 0, 1)
        newline = feed.eol or newline
        after = line_at(self._data, feed.end, 0, 1).text.strip(b" \t")
        self.insert(at, newline * 2 + text + (newline if after else b""))

    def delete(self, start: int, stop: int) -> None:
        """Take bytes out."""
        self._edits.append((start, stop, len(self._edits), b""))

    def add_section(self, name: str, body: bytes) -> None:
        """A new section, by its name in lower case; `place_sections` puts it into the text."""
        self._sections[name] = body

    def place_sections(self, outline: Outline) -> None:
        """Put new sections where a new tracker has them: before the first one that follows them, else at the end."""
        newline = outline.newline
        at_end = b""
        for name in (name for name in SECTIONS if name in self._sections):
            text = f"## {name.title()}".encode() + newline * 2 + self._sections[name] + newline
            followers = [outline.section(each) for each in SECTIONS[SECTIONS.index(name) + 1 :]]
            starts = [section.start for section in followers if section is not None]
            if starts:
                self.insert(min(starts), text + newline)
            else:
                at_end += newline * bool(at_end) + text
        if not at_end:
            return
        if outline.open_since is not None:  # what follows a fence that is never closed would be code
            self.insert(outline.open_since.start, at_end + newline)
            return
        gap = b"" if self._data.endswith((newline * 2, b"\n\n")) else newline
        self.insert(len(self._data), (b"" if outline.ends_in_newline else newline) + gap + at_end)

    def __bool__(self) -> bool:
        return bool(self._edits)

    def number_of(self, line: Line) -> int:
        """The number of an old line in the new text, counted from 1."""
        above = (edit for edit in self._edits if edit[:2] <= (line.start, line.start))
        return line.number + sum(line_ends(text) - line_ends(self._data[start:stop]) for start, stop, _, text in above)

    def pieces(self) -> list[memoryview]:
        """The new text in pieces; the untouched ones are views of the old text, not copies."""
        view, position = memoryview(self._data), 0
        pieces = []
        for start, stop, _, text in sorted(self._edits):
            pieces += [view[position:start], memoryview(text)]
            position = stop
        return [piece for piece in (*pieces, view[position:]) if len(piece)]


def rule(names: Iterable[tuple[str, bool]]) -> bytes:
    """The line under a header: `---`, numbers `---:`."""
    return render_row(["---:" if is_number else "---" for _, is_number in names])


def empty_table(columns: Sequence[tuple[str, bool]], newline: bytes) -> bytes:
    """Header and rule of a new table, without a newline at the end. Columns are titles and whether they are numbers."""
    return render_row([title for title, _ in columns]) + newline + rule(columns)


def free_column(table: Table) -> int:
    """The first column that no row of a small table has a cell in, counted from 0."""
    return max(len(table.names), *(len(raw_cells(row.text)) for row in (table.header, *table.rows)))


def add_columns(
    edits: Edits, table: Table, columns: Sequence[tuple[str, bool]], at: int | None = None
) -> tuple[Line, Line]:
    """Put columns at the right end of a table, or from `at` on: header and rule grow, rows may stay shorter."""
    width = len(table.names) if at is None else at
    header = with_cells(table.header.text, {width + i: title for i, (title, _) in enumerate(columns)})
    rules = dict.fromkeys(range(len(raw_cells(table.delimiter.text)), width), "---")  # a rule that was too short
    rules |= {width + i: "---:" if number else "---" for i, (_, number) in enumerate(columns)}
    delimiter = with_cells(table.delimiter.text, rules)
    edits.replace(table.header, header)
    if table.has_rule:
        edits.replace(table.delimiter, delimiter)
    return table.header._replace(text=header), table.delimiter._replace(text=delimiter)


def append_rows(edits: Edits, table: Table, rows: Iterable[bytes], newline: bytes) -> None:
    """Put rows under a table's last one."""
    edits.insert(table.last.stop, b"".join(newline + row for row in rows))


def table_newline(outline: Outline, table: Table) -> bytes:
    """What ends a table's lines."""
    return table.header.eol or outline.newline


def add_table(edits: Edits, outline: Outline, section: Section, text: bytes) -> None:
    """Put a table at the end of a section that has none."""
    newline = outline.newline
    assert section.last is not None
    edits.insert_paragraph(section.last.stop, text, newline)
