"""Payments of a source that a person may have typed into the log before the source was asked.

A row without an ID, or an entry made by hand, is kept and counted whatever a source brings: only the person knows
whether it is the same money. So it is told, once, when the source's row comes in.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.booking.manual import LIKE_DAYS
from revintel_mcp.booking.reversal_ids import read_reversal_id
from revintel_mcp.domain.transaction import Channel, Status, Transaction

_MANUAL: Final = "manual_"
_OPENING: Final = "manual_opening_"


def typed_before(
    added: Iterable[Transaction], rows: Iterable[LoggedRow], is_voided: Callable[[str], bool]
) -> list[tuple[Transaction, LoggedRow]]:
    """Each added payment with the row of a person that is like it: same channel, same amount, not a week apart.

    Every row of a person stands for one payment at most, the nearest in time.

    Args:
        added: the rows that a refresh adds.
        rows: those of the log before, at least a person's of the amounts that `own_cents` named.
        is_voided: whether the entry of an ID was taken back by a row of its own.
    """
    own: dict[tuple[Channel, Decimal], list[LoggedRow]] = {}
    for row in rows:
        typed = row.transaction
        if typed is not None and typed.status.counts and _is_entry(row.id) and not (row.id and is_voided(row.id)):
            own.setdefault((typed.channel, typed.amount_usd), []).append(row)
    found = []
    for new in sorted(added, key=lambda each: (each.date, each.id)):
        like = own.get((new.channel, new.amount_usd))
        if not like or new.status is not Status.COMPLETED or new.id.startswith(_MANUAL):
            continue
        nearest = min(like, key=lambda row: (_days_apart(row, new), row.line))
        if _days_apart(nearest, new) <= LIKE_DAYS:
            like.remove(nearest)
            found.append((new, nearest))
    return found


def _is_entry(row_id: str) -> bool:
    is_own = not row_id or (row_id.startswith(_MANUAL) and not row_id.startswith(_OPENING))
    return is_own and read_reversal_id(row_id) is None


def _days_apart(row: LoggedRow, new: Transaction) -> int:
    assert row.transaction is not None
    return abs((row.transaction.date - new.date).days)
