"""Amounts as cells of the summary, in the manner of the person who keeps the table."""

import re
from typing import Final

from revintel_mcp.domain.money import format_usd, usd_from_cents

_MANNER: Final = re.compile(r"([*_`]{0,3})([-(]?)(\$?)[^*_`]*?([*_`]{0,3})")


def figure(cents: int, like: str = "") -> str:
    """An amount like `1,737.00`; a dollar sign and emphasis are kept where the cell, or the one above, has them."""
    text = format_usd(usd_from_cents(cents))
    match = _MANNER.fullmatch(like.strip())
    if match is None:
        return text
    if match[3]:
        text = f"-${text[1:]}" if cents < 0 else f"${text}"
    return f"{match[1]}{text}{match[4]}" if match[1] == match[4][::-1] else text
