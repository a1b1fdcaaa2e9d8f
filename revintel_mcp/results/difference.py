"""What a write would change, as a unified diff that `patch` takes."""

from difflib import unified_diff
from typing import Final

_UNENDED: Final = "\n\\ No newline at end of file\n"


def difference(before: bytes, after: bytes, name: str) -> str:
    """The lines of a file that would change; empty if none would.

    A line ends with a line feed and with nothing else, as for every program that reads diffs; the carriage returns of
    CRLF stay in their lines. A last line that has no end is marked as such.
    """
    old, new = (text.decode("utf-8", "replace").split("\n") for text in (before, after))
    found = unified_diff(_lines(old), _lines(new), f"{name} (now)", f"{name} (after)")
    return "".join(line if line.endswith("\n") else line + _UNENDED for line in found)


def _lines(parts: list[str]) -> list[str]:
    return [f"{part}\n" for part in parts[:-1]] + [part for part in parts[-1:] if part]
