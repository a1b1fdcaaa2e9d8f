"""Where things are, and how many times they are done."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.formats import Files, files_of

ROOT: Final = Path(__file__).resolve().parent.parent
PYTHON: Final = sys.executable
COMMAND: Final = str(Path(PYTHON).parent / "revintel-mcp")


@dataclass(frozen=True, slots=True)
class Bench:
    """One benchmark run. `folder` keeps the generated files and the peers' environments from run to run."""

    folder: Path
    rounds: int
    million: bool
    quick: bool

    @property
    def sizes(self) -> tuple[int, ...]:
        """Transactions in the files that are read."""
        if self.quick:
            return (1_000, 10_000)
        return (1_000, 10_000, 100_000, 1_000_000) if self.million else (1_000, 10_000, 100_000)

    def files(self, rows: int) -> Files:
        """The files of one size."""
        return files_of(self.folder, rows)

    def rounds_for(self, rows: int) -> int:
        """How often: once for a million, which takes the peers minutes."""
        return 1 if rows > 100_000 else self.rounds
