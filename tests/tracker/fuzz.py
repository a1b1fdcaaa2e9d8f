"""Trackers spoilt at random, read, checked and written: nothing but our own errors, and no human line is lost.

`python -m tests.tracker.fuzz 1000000 [first seed]` tries a million; a case that fails is named by its seed, and can be
tried alone: `python -m tests.tracker.fuzz 1 <seed>`.
"""

import random
import sys
from collections import Counter
from pathlib import Path

from revintel_mcp.domain.transaction import Channel
from revintel_mcp.errors import TrackerUnreadable
from revintel_mcp.tracker import Scan, log_rows
from revintel_mcp.tracker.adoption import OPENING, take_own_columns
from revintel_mcp.tracker.check import check
from revintel_mcp.tracker.lines import BOM, lines_of
from revintel_mcp.tracker.outline import ATTENTION, SOURCES, SUMMARY
from revintel_mcp.tracker.small_tables import cell_rows
from revintel_mcp.tracker.summary_table import SummaryTable, own_names
from revintel_mcp.tracker.update import Update
from revintel_mcp.tracker.values import plain
from tests.tracker.trackers import CANONICAL, TODAY, log, read, sale, state, write

_PAGE = (Path(__file__).parents[2] / "docs" / "tracker-format.md").read_bytes()
SEEDS = (
    CANONICAL,
    _PAGE,
    _PAGE.split(b"```markdown\n")[1].split(b"```")[0],
    log("| 2026-01-04 | Stripe | a | b | 1.00 | | one-time | completed | manual_opening_2026-01_stripe |"),
    *(path.read_bytes() for path in sorted((Path(__file__).parent / "hand_kept").glob("*.md"))),
)
_BITS = (
    "|", "||", "\\|", "\\", "`", "```", "~~~", "<!--", "-->", "#", "## ", "### 2025", "---", "===", ":-:", "\n", "\n\n",
    "\r", "\r\n", "\t", "    ", "> ", "- ", "*", "**", "$", "-", "(50)", "1,5", "1 200,50", "9" * 20, "0.00",
    "2026-02-30", "01/02/2026", "excluded", "completed", "Total", "Stripe", "Toptal", "ID", "Date", "Other", "Month",
    "## Sources\n", "## Transaction Log\n", "## Monthly Summary\n", "| --- | --- |\n", "**YTD Total (2025)**: $1",
    "**Incomplete**: x", "**Last updated**: x", "\ufeff", "\u202e", "\u200b", "é", "日", "\0", "\x0b", "\x0c", "\x85",
    "\u2028", "&#10;", "&amp;", "manual_opening_2026-01_stripe", "gumroad_abc", "stripe_ch_1", "(adopted 5.00)",
    "<details>", "<pre>", "</pre>",
)  # fmt: skip
BOOKED = (
    sale("stripe_ch_1", "2026-01-09", "1200.00"),
    sale("gumroad_new", "2026-01-30", "15.00", Channel.GUMROAD, via="list_sales"),
    sale("stripe_ch_8_refund", "2025-12-30", "-5.00"),
)


def spoilt(seed: int) -> bytes:
    """A tracker to which somebody, or something, has done a few things."""
    chance = random.Random(seed)
    data = chance.choice(SEEDS)
    for _ in range(chance.randint(1, 8)):
        data = chance.choice(_WAYS)(chance, data)
    return data


def _insert(chance: random.Random, data: bytes) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(_BITS).encode() + data[at:]


def _cut(chance: random.Random, data: bytes) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + data[at + chance.choice((1, 1, 2, 5, 40)) :]


def _lines(chance: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    if len(lines) < 2:
        return data
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            lines[one], lines[other] = lines[other], lines[one]
        case 1:
            lines.insert(other, lines[one])
        case 2:
            del lines[one]
        case _:
            lines[one] = lines[one].replace(b" | ", b"|").strip(b" |\n") + b"\n"
    return b"".join(lines)


def _ends(chance: random.Random, data: bytes) -> bytes:
    end = chance.choice((b"\r\n", b"\r", b"\n"))
    return data.replace(b"\r\n", b"\n").replace(b"\n", end)


def _byte(chance: random.Random, data: bytes) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def _truncate(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randint(0, len(data))]


_WAYS = (_insert, _insert, _insert, _insert, _cut, _lines, _lines, _lines, _ends, _byte, _truncate)


def try_one(seed: int) -> bool:
    """Hold one case to every law; False if it was no text at all and refused as such."""
    data = spoilt(seed)
    try:
        before = read(data)
    except TrackerUnreadable:
        return False
    check(data, today=TODAY)
    rows = [row for row in log_rows(data) if row.transaction is not None and row.transaction.status.counts]
    assert len(rows) == sum(totals.rows for totals in before.totals.values()), seed
    once = write(data, *BOOKED, sources=[state()], answered=True, incomplete="Feb 2026 Stripe (late)")
    after = read(once.data)
    assert dict(after.totals) == dict(once.after), seed
    assert {row.id for row in log_rows(once.data)} >= {row.id for row in BOOKED}, seed
    gone = lost(before, data, once.data, after)
    assert not gone, (seed, gone)
    assert not misnumbered(before, once), (seed, misnumbered(before, once))
    twice = write(once.data, *BOOKED, sources=[state()], answered=True, incomplete="Feb 2026 Stripe (late)")
    assert twice.data == once.data, seed
    return True


def lost(before: Scan, old: bytes, new: bytes, after: Scan | None = None) -> list[bytes]:
    """Lines that are not ours and are not in the new text as they were, in order, blank ones too."""
    if not old.removeprefix(BOM).strip():  # nothing but blanks is an empty file
        return []
    mine = _ours(before)
    rest = iter(new.removeprefix(BOM).splitlines())
    shift = len(BOM) if old.startswith(BOM) else 0
    others = (line.text for line in lines_of(old.removeprefix(BOM)) if line.start + shift not in mine)
    gone = [text for text in others if not any(text == each for each in rest)]
    return [*gone, *_lost_cells(before, after or read(new), new), *_lost_ends(old, new)]


def misnumbered(before: Scan, update: Update) -> list[int]:
    """Lines of captured rows that are not where an update says they are now."""
    lines = {line.number: line.text for line in lines_of(update.data)}
    stay = (found.line for name, found in before.log.found.items() if not name.startswith(OPENING))
    return [line.number for line in stay if lines.get(update.number_of(line)) != line.text]


def _ours(before: Scan) -> set[int]:
    """Where the lines start that a write may change: those of the figures, of this source, opening rows, and our own.

    Headers may get columns and figures may change in a row that holds a person's own cells: see `_lost_cells`.
    """
    outline = before.outline
    lines = [line for line in (outline.last_updated, outline.ytd, outline.incomplete) if line is not None]
    for table in outline.tables:
        lines += [table.header, table.delimiter]
    for summary in summaries(before):
        lines += [row.line for row in summary.rows]
    lines += [
        row.line for row in cell_rows(outline.tables_in(SOURCES)) if plain(row.text("source")).lower() == "stripe"
    ]
    lines += [row.line for row in cell_rows(outline.tables_in(ATTENTION)) if row.text("id").startswith(OPENING)]
    lines += [found.line for name, found in before.log.found.items() if name.startswith(OPENING)]
    return {line.start for line in lines}


def summaries(scan: Scan) -> list[SummaryTable]:
    """The summary's tables."""
    return [SummaryTable(table, own_names(scan.cells)) for table in scan.outline.tables_in(SUMMARY)]


def _lost_cells(before: Scan, after: Scan, new: bytes) -> list[bytes]:
    """Headers that no line begins with any more, and cells of a person's own that left the summary."""
    lines = [line.removeprefix(BOM) for line in new.splitlines()]
    headers = [table.header.text.removeprefix(BOM).rstrip(b" \t|") for table in before.outline.tables]
    gone = [header for header in headers if not any(line.startswith(header) for line in lines)]
    had, has = _cells(before, only_own=True), _cells(after, only_own=False)
    return gone + [repr(cells).encode() for cells in had - has]


def _cells(scan: Scan, *, only_own: bool) -> Counter[tuple[object, ...]]:
    """The cells of the summary's months as they stand, all of them or those in columns that are a person's own."""
    found: Counter[tuple[object, ...]] = Counter()
    tables = summaries(scan)
    take_own_columns(tables)
    for table in tables:
        ours = {table.month_index, table.total_index, *table.columns} if only_own else set()
        for row in table.rows:
            for index, raw in enumerate(row.raws[: len(table.table.names)]):
                if index not in ours and raw.strip(b" \t"):
                    found[row.month, table.table.names[index], raw.strip(b" \t")] += 1
    return found


def _lost_ends(old: bytes, new: bytes) -> list[bytes]:
    """Line ends of which there are fewer than before, the mark at the start, an end of the file without a line end."""
    gone = [end for end in (b"\r", b"\n") if new.count(end) < old.count(end)]
    if old.startswith(BOM) != new.startswith(BOM):
        gone.append(BOM)
    lasts = [lines[-1] for lines in (old.splitlines(keepends=True), new.splitlines(keepends=True)) if lines]
    if len(lasts) == 2 and lasts[0] != lasts[1] and lasts[0].rstrip(b"\r\n") == lasts[1].rstrip(b"\r\n"):
        gone.append(lasts[0])
    return gone


def main(count: str, first: str = "0") -> None:
    """Try so many cases."""
    refused = 0
    for seed in range(int(first), int(first) + int(count)):
        try:
            refused += not try_one(seed)
        except BaseException:
            sys.stderr.write(f"seed {seed}\n")
            raise
    sys.stdout.write(f"{count} cases, {refused} refused as no text\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
