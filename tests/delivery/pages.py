"""The project's pages, taken apart: their fenced blocks and the lines of shell in them."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.delivery.place import ROOT

PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    """The text of every fenced block of this language, in order."""
    return [text for tag, text in _FENCE.findall(page.read_text(encoding="utf-8")) if tag == language]


def languages() -> Iterator[tuple[Path, str]]:
    """Page and language of every fenced block."""
    for page in PAGES:
        for tag, _ in _FENCE.findall(page.read_text(encoding="utf-8")):
            yield page, tag


def shell_lines(page: Path) -> list[str]:
    """Every line of the page's shell blocks."""
    return [line for block in blocks(page, "sh") for line in block.splitlines() if line.strip()]
