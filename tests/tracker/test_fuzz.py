"""Trackers spoilt at random are read, checked and written: no error but ours, and no human line is lost."""

import pytest

from tests.tracker.fuzz import BOOKED, lost, try_one
from tests.tracker.trackers import CANONICAL, read, state, write


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_some_hundred_spoilt_trackers(first: int) -> None:
    """Always the same ones; `python -m tests.tracker.fuzz` tries as many as one likes."""
    assert sum(try_one(seed) for seed in range(first, first + 50)) > 25


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_some_thousand_spoilt_trackers() -> None:
    """A few thousand more."""
    assert sum(try_one(seed) for seed in range(1_000, 6_000)) > 2_500


_PRICES = b"""| mine_1 | | | | | | | no price | |

## Prices

| Date | Currency | USD |
| --- | --- | --- |
| 2026-01-31 | EUR | 1.08 |

## Trans"""
_PERSONS_OWN = (
    CANONICAL.replace(b"| Other | Total |\n| ---", b"| Other | Total | Mine |\n| ---")
    .replace(b"| 0.00 | 1,229.00 |\n", b"| 0.00 | 1,229.00 | a holiday |\n")
    .replace(b"## Sources\n", b"A thought of mine.\n\n## Sources\n")
    .replace(b"\n## Needs", b"| Etsy | by hand | | | | |\n\n## Needs")
    .replace(b"\n## Trans", _PRICES)
    + b"\n```\ncode\n```\nlast words"
)


@pytest.mark.parametrize(
    "victim",
    [
        *(b"# Revenue Tracker", b"A thought of mine.", b"| Etsy |", b"| mine_1 |", b"| 2026-01-31 | EUR", b"code"),
        *(
            b"last words",
            b"gumroad_abc",
            b"stripe_ch_1",
            b"a holiday",
            b"| Date | Currency",
            b"| Source |",
            b"## Prices",
        ),
    ],
)
def test_the_law_sees_what_is_lost(victim: bytes) -> None:
    """A line gone, or a letter of it changed: the trial of a spoilt tracker would fail."""
    assert _PERSONS_OWN.count(victim) >= 1
    before, after = read(_PERSONS_OWN), write(_PERSONS_OWN, *BOOKED, sources=[state()], answered=True).data
    assert not lost(before, _PERSONS_OWN, after)
    lines = after.splitlines(keepends=True)
    (at,) = [index for index, line in enumerate(lines) if victim in line][:1]
    changed = lines[at].replace(victim, victim[:-1] + b"~")
    assert lost(before, _PERSONS_OWN, b"".join((*lines[:at], *lines[at + 1 :])))
    assert lost(before, _PERSONS_OWN, b"".join((*lines[:at], changed, *lines[at + 1 :])))


def test_the_law_sees_blank_lines_and_line_ends() -> None:
    """An empty line taken out, CR LF that became LF, a mark taken off, a line end put to a file that had none."""
    before, after = read(CANONICAL), write(CANONICAL, *BOOKED, sources=[state()], answered=True).data
    assert lost(before, CANONICAL, after.replace(b"\n\n", b"\n"))
    windows = CANONICAL.replace(b"\n", b"\r\n")
    assert lost(read(windows), windows, after)
    marked = b"\xef\xbb\xbf" + CANONICAL.rstrip()
    after = write(marked, sources=[state()], answered=True).data
    assert not lost(read(marked), marked, after)
    assert lost(read(marked), marked, after.removeprefix(b"\xef\xbb\xbf"))
    assert lost(read(marked), marked, after + b"\n")
