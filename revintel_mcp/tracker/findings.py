"""Problems with their place: file, line, column, and the line itself with the spot marked."""

from collections.abc import Iterable, Iterator
from typing import Final

from revintel_mcp.domain.problems import Problem, Severity
from revintel_mcp.tracker.cells import spans
from revintel_mcp.tracker.lines import BOM, Line

_WIDTH: Final = 96
_MOST_MARKS: Final = 40
_NEEDS_A_HEADER: Final = (
    "put a header above, and under that a line of dashes with as many cells, or move it into a table"
)


def problem_at(
    file: str,
    line: Line,
    code: str,
    message: str,
    mend: str,
    *,
    severity: Severity = Severity.ERROR,
    cell: int | None = None,
) -> Problem:
    """A problem on a line, or in one of its cells (counted from 0; a cell the row lacks is the row's end)."""
    start, stop = _spot(line.text, cell)
    return Problem(
        code=code,
        message=message,
        mend=mend,
        severity=severity,
        file=file,
        line=line.number,
        column=_characters(line.text[:start]) + 1,
        excerpt=_excerpt(line, start, stop),
    )


def stray_rows(
    file: str, lines: Iterable[Line], what: str, severity: Severity, mend: str = _NEEDS_A_HEADER
) -> Iterator[Problem]:
    """A word on each stretch of lines that look like rows and stand in no table; `what` says what is not done."""
    stretch: list[Line] = []
    for line in (*lines, None):
        if stretch and (line is None or line.number != stretch[-1].number + 1):
            rows = [each for each in stretch if any(48 <= byte <= 57 for byte in each.text)]
            if rows:
                one = "this row stands" if len(rows) == 1 else f"{len(rows)} rows from here on stand"
                message = f"{one} in no table: {what}"
                yield problem_at(file, rows[0], "stray-row", message, mend, severity=severity)
            stretch = []
        if line is not None:
            stretch.append(line)


def _spot(text: bytes, cell: int | None) -> tuple[int, int]:
    """The bytes of a cell without the blanks around it."""
    stop = len(text.rstrip(b" \t"))
    start = len(text) - len(text.lstrip(b" \t"))
    if cell is not None:
        places = spans(text)
        if cell >= len(places):
            return stop, stop
        start, stop = places[cell]
        raw = text[start:stop]
        if raw.strip(b" \t"):
            start, stop = start + len(raw) - len(raw.lstrip(b" \t")), start + len(raw.rstrip(b" \t"))
    return start, max(start, stop)


def _characters(text: bytes) -> int:
    return len(text.removeprefix(BOM).decode(errors="replace"))


def _excerpt(line: Line, start: int, stop: int) -> str:
    """The line around the spot, and a line of marks under it; hidden characters are shown as `\ufffd`."""
    before = _visible(line.text[:start])
    spot = _visible(line.text[start:stop])
    after = _visible(line.text[stop:])
    if len(before) > _WIDTH // 2:
        before = "…" + before[-_WIDTH // 2 :]
    if len(spot) > _MOST_MARKS:
        spot, after = spot[:_MOST_MARKS] + "…", ""
    room = max(0, _WIDTH - len(before) - len(spot))
    after = after if len(after) <= room else after[:room] + "…"
    margin = " " * len(str(line.number))
    marks = "^" * max(1, len(spot))
    return f"{line.number} | {before}{spot}{after}\n{margin} | {' ' * len(before)}{marks}"


def _visible(text: bytes) -> str:
    shown = text.removeprefix(BOM).decode(errors="replace").replace("\t", " ")
    return shown if shown.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in shown)
