"""Where a row of the log came from, in one line."""

from collections.abc import Callable
from datetime import date
from typing import Final

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.booking.reversal_ids import VOID, read_reversal_id
from revintel_mcp.domain.outside import word
from revintel_mcp.domain.transaction import Status, Transaction
from revintel_mcp.summary.source_gaps import source_of_row

#: More than a tool's name or an ID has: quotes around it must not be cut away with the rest.
_LONGEST_NAME: Final = 160
_OPENING: Final = "manual_opening_"
_MANUAL: Final = "manual_"
_WORDS: Final = {"refund": "refund of", "dispute": "chargeback of", "dispute_won": "won dispute on", VOID: "void of"}

DayOf = Callable[[str], date | None]
"""The day of the logged row that has an ID, None if there is none."""


def where_from(row: LoggedRow, day_of: DayOf) -> str:
    """`Stripe, read by list_charges`, `refund of gumroad_a (2026-01-04); Gumroad`, `entered by hand` and the like."""
    transaction = row.transaction
    if transaction is None:
        return "can't be read"
    if is_opening(row.id):
        return "adopted: the figure that stood here before its rows were known, less those found since"
    linked = _reversal(transaction, day_of)
    maker = _maker(transaction)
    return f"{linked}; {maker}" if linked else maker


def is_opening(row_id: str) -> bool:
    """Whether a row stands for a figure that was adopted from a tracker kept by hand."""
    return row_id.startswith(_OPENING)


def sale_of(transaction: Transaction) -> str:
    """The ID of the sale that a reversal row goes back to; empty for any other row."""
    parts = read_reversal_id(transaction.id) if transaction.status is Status.REFUNDED else None
    return parts.sale if parts else ""


def _reversal(transaction: Transaction, day_of: DayOf) -> str:
    parts = read_reversal_id(transaction.id) if transaction.status is Status.REFUNDED else None
    if parts is None:
        return ""
    day = day_of(parts.sale)
    return f"{_WORDS.get(parts.kind, parts.kind)} {word(parts.sale[:_LONGEST_NAME])} ({day or 'not in the log'})"


def _maker(transaction: Transaction) -> str:
    platform = source_of_row(transaction.id)
    if platform is not None:
        return (
            f"{platform.value}, read by {word(transaction.via[:_LONGEST_NAME])}" if transaction.via else platform.value
        )
    return "entered by hand" if transaction.id.startswith(_MANUAL) else "written into the file"
