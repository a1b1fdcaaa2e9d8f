"""The table of results: what, ours, the peer's, the ratio of their medians, and the limit it is held to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.clock import Sample


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison. Without a peer the figure itself is held to the limit; without a limit it is only told."""

    number: str
    what: str
    ours: str
    peer: str
    ratio: float | None = None
    limit: float | None = None
    cpu_ratio: float | None = None

    @property
    def told(self) -> str:
        """The figure in words: the ratio where there is a peer, else what was measured; and how it compares."""
        figure = f"{self.ratio:.3f}" if self.ratio is not None and self.peer else self.ours
        return f"{figure} {self.verdict}".strip()

    @property
    def verdict(self) -> str:
        """`ok`, `over`, or nothing where there is no limit."""
        if self.ratio is None or self.limit is None:
            return ""
        return "ok" if self.ratio <= self.limit else "over"


def compared(number: str, what: str, ours: Sample, peer: Sample, limit: float | None) -> Line:
    """A ratio of times: by the clock, which is what counts, and of processor time, which noise disturbs less."""
    cpu = ours.cpu / peer.cpu if ours.cpu and peer.cpu else None
    return Line(number, what, seconds(ours.wall), seconds(peer.wall), ours.wall / peer.wall, limit, cpu)


def measured(number: str, what: str, value: float, unit: str, limit: float | None) -> Line:
    """A figure that is held to a limit by itself."""
    return Line(number, what, f"{value:.0f} {unit}", "", value, limit)


def seconds(value: float) -> str:
    """`69 ms`, `2.74 s`."""
    if value < 0.01:
        return f"{value * 1000:.2f} ms"
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


_HEAD = ("#", "what", "ours", "against", "ratio", "limit", "", "CPU ratio")


def rendered(lines: Iterable[Line]) -> str:
    """The table as markdown, lined up."""
    rows = [_HEAD, *map(_cells, lines)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(_HEAD))]
    text = [_row(row, widths) for row in rows]
    return "\n".join([text[0], _row(["-" * width for width in widths], widths), *text[1:]])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def _cells(line: Line) -> tuple[str, ...]:
    ratio = "" if line.ratio is None or not line.peer else f"{line.ratio:.3f}"
    limit = "" if line.limit is None else f"≤ {line.limit:g}"
    cpu = "" if line.cpu_ratio is None else f"{line.cpu_ratio:.3f}"
    return line.number, line.what, line.ours, line.peer, ratio, limit, line.verdict, cpu
