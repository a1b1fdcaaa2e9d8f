"""Text that came from outside, made harmless to show: to a model, a terminal or a page."""

import json
import unicodedata
from typing import Final

LONGEST: Final = 200
#: The reasons why a figure is not exact: one for each account of a channel, and what waits.
LONGEST_WHY: Final = 500

#: Format characters that change how the text around them reads: bidirectional controls and invisible ones.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def shown(text: str, longest: int = LONGEST) -> str:
    """`text` on one line without control, invisible or direction-changing characters, at most `longest` long."""
    if len(text) <= longest and text.isprintable() and "  " not in text:
        return text.strip()
    flat = "".join(" " if ch in "\t\r\n\v\f\x85\u2028\u2029" else _visible(ch) for ch in text[: longest * 4])
    flat = " ".join(flat.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def shown_lines(text: str, longest: int = LONGEST) -> str:
    """Like `shown`, but lines and the spaces in them stay: an excerpt with a mark under it."""
    lines = ("".join(" " if ch == "\t" else _visible(ch) for ch in line)[:longest] for line in text.split("\n"))
    return "\n".join(line.rstrip() for line in lines)


def capped(sentence: str, longest: int = 1_500) -> str:
    """A sentence about what a caller wrote, its middle left out where that was endless: the end says what to do."""
    half = longest // 2
    return sentence if len(sentence) <= longest else f"{sentence[:half]} … {sentence[-half:]}"


def spelled_out(text: str) -> str:
    """JSON `text` with the escapes of its invisible and direction-changing characters in their place."""
    return "".join(ch if _visible(ch) else json.dumps(ch)[1:-1] for ch in text)


def _visible(ch: str) -> str:
    if ch.isascii():
        return ch if ch.isprintable() else ""
    return "" if unicodedata.category(ch) in _INVISIBLE else ch
