"""Names and descriptions no longer than a row can show: a platform, or whoever buys there, may send any length."""

from typing import Final

#: Far beyond what platforms allow in a product's or a person's name.
LONGEST: Final = 500


def short(text: str) -> str:
    """`text`, cut to `LONGEST` characters with a mark where more was given."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
