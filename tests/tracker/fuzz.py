"""Trackers spoilt at random, read, checked and written: nothing but our own errors, and no human line is lost.

`python -m tests.tracker.fuzz 1000000 [first seed]` tries a million; a case that fails is named by its seed, and can be
tried alone: `python -m tests.tracker.fuzz 1 <seed>`.
"""

import random
import sys
from pathlib import Path

from revintel_mcp.domain.transaction import Channel
from revintel_mcp.errors import TrackerUnreadable
from revintel_mcp.tracker import Scan, check, log_rows
from revintel_mcp.tracker.adoption import OPENING
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
    assert not lost(before, data, once.data), (seed, lost(before, data, once.data))
    twice = write(once.data, *BOOKED, sources=[state()], answered=True, incomplete="Feb 2026 Stripe (late)")
    assert twice.data == once.data, seed
    return True


def lost(before: Scan, old: bytes, new: bytes) -> list[bytes]:
    """Lines that are not ours and are not in the new text, in order."""
    ours = _ours(before)
    rest = iter(new.removeprefix(b"\xef\xbb\xbf").splitlines())
    lines = old.removeprefix(b"\xef\xbb\xbf").splitlines()
    return [line for line in lines if line not in ours and not any(line == each for each in rest)]


def _ours(before: Scan) -> set[bytes]:
    """Lines that a write may change: headers, rows of the small tables, our own lines, opening rows; and blank ones."""
    outline = before.outline
    ours = {line.text for line in (outline.last_updated, outline.ytd, outline.incomplete) if line is not None}
    for table in outline.tables:
        ours |= {table.header.text, table.delimiter.text, *(row.text for row in table.rows)}
    ours |= {found.line.text for name, found in before.log.found.items() if name.startswith(OPENING)}
    return {text.removeprefix(b"\xef\xbb\xbf") for text in ours} | {b""}


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
