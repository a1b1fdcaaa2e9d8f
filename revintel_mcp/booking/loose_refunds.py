"""Refunds that name no sale, held against refunds that were booked from a sale's running total.

A server that shows only the ledger gives refunds by their own id; one that shows only charges says what was refunded
of each so far. The same money, seen the one way and then the other, is not booked twice: what such rows stand for is
taken for told, and a refund that may be part of one goes to a person.
"""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from revintel_mcp.booking.attention import doubtful_refund_row
from revintel_mcp.booking.gathering import Orphan, chronological
from revintel_mcp.booking.ledger import BookedReversal
from revintel_mcp.booking.run import ALREADY_LOGGED, Run
from revintel_mcp.domain.money import ZERO
from revintel_mcp.domain.records import ReversalKind


class _Slot(NamedTuple):
    """A row that was booked from a total, and the loose refunds that may be part of it.

    `first` is the day of its sale; the first there is, where that is not known.
    """

    row: BookedReversal
    amount: Decimal
    first: date
    fitting: tuple[Orphan, ...] = ()


def without_told(run: Run, orphans: Sequence[Orphan], itemised: Collection[str]) -> list[Orphan]:
    """The orphans that are news. `itemised` are the IDs of sales whose refunds this run tells one by one."""
    loose = sorted((each for each in orphans if _is_loose(run, each)), key=lambda each: chronological(each.reversal))
    if not loose:
        return list(orphans)
    slots = _slots(run, loose, itemised)
    told: set[str] = set()
    for slot in slots:
        for some in _that_make(slot, told, run):
            told.add(some.reversal.native_id)
    in_doubt = {
        each.reversal.native_id: slot
        for slot in slots
        for each in slot.fitting
        if each.reversal.native_id not in told and not any(one.reversal.native_id in told for one in slot.fitting)
    }
    return [each for each in orphans if not _is_settled(run, each, told, in_doubt)]


def _is_settled(run: Run, orphan: Orphan, told: Collection[str], in_doubt: dict[str, _Slot]) -> bool:
    """Whether there is nothing to book for it, here or now."""
    native = orphan.reversal.native_id
    if orphan.reversal.sale_id != orphan.reversal.channel.key or not native:
        return False
    if native in told:
        run.skip(ALREADY_LOGGED, orphan.origin)
        return True
    if native in in_doubt:
        run.hold(doubtful_refund_row(run, orphan.reversal, orphan.origin, in_doubt[native].row.row_id))
        return True
    return False


def _is_loose(run: Run, orphan: Orphan) -> bool:
    """A refund of no known sale that has no row yet."""
    item = orphan.reversal
    is_refund = item.kind is ReversalKind.REFUND and item.sale_id == item.channel.key and bool(item.native_id)
    return is_refund and run.ledger.native(f"{item.sale_id}_{item.kind}_{item.native_id}") is None


def _slots(run: Run, loose: Sequence[Orphan], itemised: Collection[str]) -> list[_Slot]:
    channels = {each.reversal.channel.key for each in loose}
    slots = []
    for row in run.ledger.from_totals(channels):
        if row.id.sale in itemised or row.row_id in run.ledger.added or row.transaction is None:
            continue
        sale = run.ledger.row(row.id.sale)
        first = sale.transaction.date if sale is not None and sale.transaction is not None else date.min
        slot = _Slot(row, abs(row.transaction.amount_usd), first)
        slots.append(slot._replace(fitting=tuple(each for each in loose if _may_be_part(run, each, slot))))
    # A total is seen soon after the refund: each row takes the latest that fits, that of the youngest sale, which can
    # choose least, before the others.
    return sorted(slots, key=lambda slot: slot.first, reverse=True)


def _may_be_part(run: Run, orphan: Orphan, slot: _Slot) -> bool:
    """Whether a refund happened after the sale and before its row was booked, and is no larger."""
    item, row = orphan.reversal, slot.row
    usd = _usd(run, orphan)
    if item.date is None or row.transaction is None or not row.id.sale.startswith(f"{item.channel.key}_"):
        return False
    return slot.first <= item.date <= row.transaction.date and ZERO < usd <= slot.amount


def _that_make(slot: _Slot, told: Collection[str], run: Run) -> list[Orphan]:
    """The refunds that the row is: one of its amount, or all that may be part of it if they sum up to it."""
    left = [each for each in slot.fitting if each.reversal.native_id not in told]
    same = [each for each in left if _usd(run, each) == slot.amount]
    if same:
        return same[-1:]
    return left if sum((_usd(run, each) for each in left), ZERO) == slot.amount else []


def _usd(run: Run, orphan: Orphan) -> Decimal:
    item = orphan.reversal
    return ZERO if item.amount is None or item.date is None else run.usd(item.amount, item.date) or ZERO
