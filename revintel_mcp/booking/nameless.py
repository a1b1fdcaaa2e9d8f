"""Reversal rows that were booked when nothing said which sale they go back on, once something does.

Which lists a server has, and how far back they were read, decides whether a refund or dispute names its sale. When it
is told again with its sale, its row counts as one of that sale's: it is not booked twice, and it is held against the
sale's amount.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from revintel_mcp.booking.gathering import Gathered
from revintel_mcp.booking.ledger import BookedReversal, Ledger
from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import Reversal


def claim_rows(ledger: Ledger, gathered: Gathered) -> None:
    """Give every row that was booked without its sale to the sale that this run names for it."""
    for seen in (*gathered.sales, *(one for same in gathered.numbered.values() for one in same)):
        _claim(ledger, seen.ids, seen.reversals)
    for orphan in gathered.orphans:
        if orphan.reversal.sale_id:
            _claim(ledger, orphan.sale_ids, (orphan.reversal,))


def _claim(ledger: Ledger, sale_ids: Sequence[str], items: Iterable[Reversal]) -> None:
    alike: Counter[tuple[object, ...]] = Counter()
    for item in items:
        rows = ledger.reversals((item.channel.key,))
        known = ledger.native(f"{sale_ids[0]}_{item.kind}_{item.native_id}") if item.native_id else None
        if known is not None and known in rows:
            ledger.claim(sale_ids, known)
            continue
        # A dispute's row has no id of the platform's: it is the one of that day and amount.
        looks = (item.kind, item.date, item.amount)
        alike[looks] += 1
        own = sum(_looks(row) == looks for row in ledger.reversals(sale_ids, item.kind))
        row = next((row for row in rows if not row.id.native and _looks(row) == looks), None)
        if row is not None and own < alike[looks]:
            ledger.claim(sale_ids, row)


def _looks(row: BookedReversal) -> tuple[str, object, Money | None]:
    return row.id.kind, row.transaction.date if row.transaction else None, row.stated
