"""What a row's ID tells: which sale a reversal belongs to, which rows a person or an adoption made.

Sales are `stripe_…`, `gumroad_…`, `upwork_…` or `manual_<date>_<hex>`; `manual_opening_<yyyy-mm>_<channel>` is an
adopted figure. A reversal is named after what it reverses: `<id>_refund_<native id>`, `<id>_refund_2`, `<id>_dispute`,
`<id>_dispute_won`, `<id>_void`. Rows without an ID, or with another one, are a person's own.
"""

import re
from collections.abc import Callable
from typing import Final

MANUAL_PREFIX: Final = "manual_"
OPENING_PREFIX: Final = "manual_opening_"
SOURCE_PREFIXES: Final = ("stripe_", "gumroad_", "upwork_")

_REVERSAL = re.compile(r"_(?:refund|dispute|void)(?=_|$)")


def is_opening(row_id: str) -> bool:
    """Whether the row is a figure adopted from a tracker that had no rows behind it."""
    return row_id.startswith(OPENING_PREFIX)


def is_void(row_id: str) -> bool:
    """Whether the row takes back an entry that was a mistake."""
    return row_id.endswith("_void")


def reversed_ids(row_id: str) -> tuple[str, ...]:
    """The IDs that the row may be a reversal of, the longest first: which one is meant, the log knows."""
    return tuple(row_id[: match.start()] for match in _REVERSAL.finditer(row_id) if match.start())[::-1]


def sale_id(row_id: str, is_logged: Callable[[str], bool]) -> str:
    """The sale that a reversal goes back to, through reversals of reversals; empty if it is not in the log."""
    found = next((base for base in reversed_ids(row_id) if is_logged(base)), "")
    return (sale_id(found, is_logged) or found) if found else ""
