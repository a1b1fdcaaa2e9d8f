"""Running programs and taking their time: interleaved, so that what else the machine does hits all of them alike."""

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

#: Programs are measured as people run them: with byte code on disk, and without a project's settings.
ENVIRON: Final = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("PYTHON", "REVINTEL_", "FASTMCP_", "LEDGER_"))
} | {"TZ": "UTC", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What one run took: seconds by the clock, seconds of processor, peak of resident memory in bytes."""

    wall: float
    cpu: float = 0.0
    memory: int = 0


@dataclass(slots=True)
class Sample:
    """The runs of one thing."""

    name: str
    runs: list[Taken] = field(default_factory=list)

    @property
    def wall(self) -> float:
        """Median, seconds."""
        return statistics.median(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        """Median, seconds."""
        return statistics.median(run.cpu for run in self.runs)

    @property
    def memory(self) -> int:
        """The largest peak, bytes."""
        return max(run.memory for run in self.runs)


class Failed(RuntimeError):
    """A program that is measured ended in error."""


def run(argv: Sequence[str], *, output: Path | None = None, cwd: Path | None = None) -> Taken:
    """One run of a program. Its standard output goes to a file, or away.

    Raises:
        Failed: it did not end with 0.
    """
    where = "/dev/null" if output is None else str(output)
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, where, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
    ]
    before = Path.cwd()
    if cwd is not None:
        os.chdir(cwd)
    try:
        start = time.perf_counter()
        child = os.posix_spawnp(argv[0], list(argv), ENVIRON, file_actions=actions)
        _, status, usage = os.wait4(child, 0)
        wall = time.perf_counter() - start
    finally:
        os.chdir(before)
    if status:
        raise Failed(f"{' '.join(argv)} ended with {os.waitstatus_to_exitcode(status)}")
    return Taken(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def interleaved(things: Mapping[str, Callable[[], Taken]], rounds: int) -> dict[str, Sample]:
    """Each thing once a round; before the first round each runs once unseen, so that files and byte code are warm."""
    samples = {name: Sample(name) for name in things}
    for number in range(rounds + 1):
        for name, thing in things.items():
            taken = thing()
            if number:
                samples[name].runs.append(taken)
    return samples


def program(*argv: str, cwd: Path | None = None) -> Callable[[], Taken]:
    """A program to run, as `interleaved` wants it."""
    return lambda: run(argv, cwd=cwd)
