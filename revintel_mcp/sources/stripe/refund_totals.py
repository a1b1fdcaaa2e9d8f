"""What a charge says about its refunds as a whole, held against the refunds that are itemised.

A charge carries a running total (`amount_refunded`). Where refunds are itemised too, the total must not be booked on
top of them; where one of them can't be told to which charge it belongs, it must not be booked beside the total.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import ReversalKind
from revintel_mcp.sources.fields import MalformedRecord, Record, flag, minor_units, text
from revintel_mcp.sources.stripe.facts import Facts, released_minor
from revintel_mcp.sources.stripe.money import stripe_money
from revintel_mcp.sources.stripe.reversals import Move


@dataclass(frozen=True, slots=True)
class RefundTotal:
    """What a charge itself says: the total paid back, that all of it was, or that it can't be told in this currency."""

    total: Money | None = None
    in_full: bool = False
    unknown: bool = False


def refund_total(charge: Record, moves: Iterable[Move], booked: Money) -> RefundTotal:
    """What the charge says was paid back. `moves` are its itemised reversals, `booked` the sale's amount.

    Raises:
        MalformedRecord: the charge's currency can't be read.
    """
    refunds = [move for move in moves if move.kind is ReversalKind.REFUND]
    currency = text(charge, "currency")
    total = refunded_minor(charge)
    if total is None:
        return RefundTotal(unknown=not refunds)
    if charge.get("amount_refunded") is not None and currency.upper() == booked.currency:
        waiting = sum(_minor(move) for move in refunds if move.under_way and _is_in(move, currency))
        return RefundTotal(total=stripe_money(max(0, total - waiting), currency))
    if not _gap(charge, refunds):
        return RefundTotal(in_full=flag(charge, "refunded") and not refunds)
    # A refund in euros of a sale booked in dollars has no exact dollar amount here, and none is made up.
    return RefundTotal(in_full=True) if flag(charge, "refunded") else RefundTotal(unknown=True)


def refunded_minor(charge: Record) -> int | None:
    """`amount_refunded` without what was merely released; None where the two can't be told apart.

    Until API version 2025-03-31 the uncaptured rest of a partial capture counted as refunded, since then it doesn't.
    """
    refunded, released = _whole(charge.get("amount_refunded")), released_minor(charge)
    if released <= 0 or refunded < released or flag(charge, "refunded"):
        return refunded
    return 0 if refunded == released else None


def tie_refunds(moves: Sequence[Move], facts: Facts) -> tuple[list[Move], list[Move]]:
    """Refunds that name no charge, given to the charge whose total lacks exactly that much; and those left in doubt.

    In doubt are refunds that may be part of some charge's total: booking them too could count them twice. Where no
    charge lacks anything, a refund is of a sale further back, and stays as it is.
    """
    tied = [move for move in moves if move.charge or move.kind is not ReversalKind.REFUND]
    loose = [move for move in moves if not move.charge and move.kind is ReversalKind.REFUND]
    if not loose:
        return tied, []
    gaps = {native: gap for native, charge in facts.charges.items() if (gap := _gap(charge, _of(native, tied)))}
    left = []
    for move in loose:
        fits = [
            native for native, gap in gaps.items() if gap == _minor(move) and _is_in(move, _currency_of(native, facts))
        ]
        if len(fits) == 1:
            tied.append(replace(move, charge=fits[0]))
            del gaps[fits[0]]
        else:
            left.append(move)
    if len(gaps) == 1:
        ((native, gap),) = gaps.items()
        if gap == sum(map(_minor, left)) and all(_is_in(move, _currency_of(native, facts)) for move in left):
            return [*tied, *(replace(move, charge=native) for move in left)], []
    return (tied, left) if gaps else ([*tied, *left], [])


def _currency_of(charge: str, facts: Facts) -> str:
    return text(facts.charges[charge], "currency")


def _of(charge: str, moves: Iterable[Move]) -> list[Move]:
    return [move for move in moves if move.charge == charge and move.kind is ReversalKind.REFUND]


def _gap(charge: Record, refunds: Sequence[Move]) -> int:
    """How much of the charge's total no item accounts for, in its minor units; nothing if an item can't be compared."""
    total = refunded_minor(charge) or 0
    currency = text(charge, "currency")
    if not all(_is_in(move, currency) for move in refunds):
        return 0
    return max(0, total - sum(map(_minor, refunds)))


def _is_in(move: Move, currency: str) -> bool:
    return _currency(move) == currency.upper()


def _currency(move: Move) -> str:
    return text(move.statement or move.entry, "currency").upper()


def _minor(move: Move) -> int:
    try:
        return abs(minor_units(move.statement or move.entry, "amount"))
    except MalformedRecord:
        return 0


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
