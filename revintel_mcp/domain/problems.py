"""Something a person should mend, with its place: what `check` lists and every report carries."""

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """`error` is left out of totals or makes a figure wrong; `warning` is worth a look."""

    ERROR = "error"
    WARNING = "warning"


class Problem(NamedTuple):
    """One finding. `code` is stable (`unreadable-row`, `duplicate-id` …); `line`, `column` count from 1; 0: none."""

    code: str
    message: str
    mend: str
    severity: Severity = Severity.ERROR
    file: str = "revenue-tracker.md"
    line: int = 0
    column: int = 0
    excerpt: str = ""

    @property
    def place(self) -> str:
        """`revenue-tracker.md:57:12`, as far as it is known."""
        numbers = [str(n) for n in (self.line, self.column) if n]
        return ":".join([self.file, *numbers])

    def __str__(self) -> str:
        return f"{self.place}: {self.message}. {self.mend}"
