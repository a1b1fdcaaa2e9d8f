"""Refunds, disputes and failed payments: money that went back, from the ledger, refund and dispute objects, and charges.

Stripe says the same thing in several places, and not every server shows all of them. Each reversal has an id of its own
(`re_…`, `dp_…`), so what several places say about it is one reversal.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import Final

from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import ReversalKind
from revintel_mcp.sources.fields import (
    MalformedRecord,
    Record,
    day_of_unix,
    flag,
    minor_units,
    reference,
    rows_under,
    text,
)
from revintel_mcp.sources.stripe import facts as known
from revintel_mcp.sources.stripe.facts import Facts, category, charge_of_entry
from revintel_mcp.sources.stripe.money import stripe_money
from revintel_mcp.sources.stripe.payments import USD

# Stripe API reference, refunds and disputes. A refund that is pending has not been paid back yet; an inquiry
# (`warning_…`) has not taken anything.
_REFUND_DONE: Final = ("succeeded", "")
_REFUND_UNDER_WAY: Final = ("pending", "requires_action")
_DISPUTE_TOOK: Final = ("needs_response", "under_review", "lost", "won", "")


@dataclass(frozen=True, slots=True)
class Move:
    """One reversal: of which charge (empty: not known), by which native id, and what the objects say about it."""

    kind: ReversalKind
    charge: str
    native: str
    statement: Record = field(default_factory=dict)
    """The refund or dispute object, in the buyer's currency."""
    entry: Record = field(default_factory=dict)
    """The ledger entry, in the balance's currency."""
    under_way: bool = False
    """Not paid back yet: known, and not booked."""

    def amount(self) -> Money | None:
        """How much, positive: in US dollars if Stripe gives dollars at all; None if it doesn't say.

        Raises:
            MalformedRecord: there is an amount, and it can't be read.
        """
        monies = [
            stripe_money(abs(minor_units(row, "amount")), text(row, "currency"))
            for row in (self.statement, self.entry)
            if row.get("amount") is not None
        ]
        return next((money for money in monies if money.currency == USD), monies[0] if monies else None)

    def fee(self) -> Money | None:
        """What Stripe kept for it (or gave back, negative), where it says so in US dollars."""
        if text(self.entry, "currency").upper() != USD or self.entry.get("fee") is None:
            return None
        return stripe_money(minor_units(self.entry, "fee"), USD)

    def day(self, zone: tzinfo) -> date | None:
        """When it happened; None if nothing says."""
        moved_later = self.kind is ReversalKind.DISPUTE_WON
        for row in (self.entry,) if moved_later else (self.statement, self.entry):
            if row.get("created") is not None:
                return day_of_unix(row, "created", zone)
        return None


def moves_of(facts: Facts, *, from_ledger: bool) -> list[Move]:
    """Every reversal the facts tell of, each once. `from_ledger`: the ledger was read, so money moved only if it says so."""
    entries: dict[str, dict[str, Record]] = {}
    for entry in facts.ledger:
        if (kind := category(entry)) != known.SALE:
            entries.setdefault(kind, {})[text(entry, "id") or str(len(entries))] = entry
    refunds = _refund_moves(facts, entries)
    return [
        *refunds,
        *_dispute_moves(facts, entries, from_ledger=from_ledger),
        *_failure_moves(facts, entries, refunds),
    ]


def _refund_moves(facts: Facts, entries: dict[str, dict[str, Record]]) -> list[Move]:
    debits = {reference(entry.get("source")): entry for entry in entries.get(known.REFUND, {}).values()}
    failed = {reference(entry.get("source")) for entry in entries.get(known.REFUND_FAILED, {}).values()}
    released = {reference(entry.get("source")) for entry in entries.get(known.RELEASE, {}).values()}
    moves = []
    for native in dict.fromkeys((*debits, *facts.refunds)):
        statement = facts.refunds.get(native, {})
        status = text(statement, "status")
        if native in failed or native in released or status not in (*_REFUND_DONE, *_REFUND_UNDER_WAY):
            continue
        entry = debits.get(native, {}) or _expanded(statement, "balance_transaction")
        charge = _charge_of_refund(statement, entry, facts)
        moves.append(Move(ReversalKind.REFUND, charge, native, statement, entry, under_way=status in _REFUND_UNDER_WAY))
    return moves


def _charge_of_refund(statement: Record, entry: Record, facts: Facts) -> str:
    intent = reference(statement.get("payment_intent"))
    named = (
        reference(statement.get("charge")) or facts.charge_of_intent.get(intent, "") or charge_of_entry(entry, facts)
    )
    return named or intent


def _expanded(row: Record, key: str) -> Record:
    value = row.get(key)
    return value if isinstance(value, dict) else {}


def _dispute_moves(facts: Facts, entries: dict[str, dict[str, Record]], *, from_ledger: bool) -> list[Move]:
    by_kind = {ReversalKind.DISPUTE: known.DISPUTE, ReversalKind.DISPUTE_WON: known.DISPUTE_WON}
    rows = {kind: dict(entries.get(name, {})) for kind, name in by_kind.items()}
    for dispute in facts.disputes.values():
        for inner in rows_under(dispute, "balance_transactions"):
            for kind, name in by_kind.items():
                if category(inner) == name:
                    rows[kind].setdefault(text(inner, "id"), {"source": text(dispute, "id"), **inner})
    moves = [_dispute_move(kind, entry, facts) for kind in by_kind for entry in rows[kind].values()]
    told = {move.native for move in moves}
    return moves if from_ledger else moves + _disputes_by_status(facts, told)


def _dispute_move(kind: ReversalKind, entry: Record, facts: Facts) -> Move:
    native = reference(entry.get("source"))
    return Move(kind, charge_of_entry(entry, facts), native, facts.disputes.get(native, {}), entry)


def _disputes_by_status(facts: Facts, told: Iterable[str]) -> list[Move]:
    """What disputes that show no ledger entry took (and gave back), by their status."""
    moves = []
    for native, dispute in facts.disputes.items():
        charge, status = reference(dispute.get("charge")), text(dispute, "status")
        if native in told or not charge or status not in _DISPUTE_TOOK:
            continue
        moves.append(Move(ReversalKind.DISPUTE, charge, native, dispute))
        if status == "won":
            moves.append(Move(ReversalKind.DISPUTE_WON, charge, native, dispute))
    return moves


def _failure_moves(facts: Facts, entries: dict[str, dict[str, Record]], refunds: Iterable[Move]) -> list[Move]:
    """Payments that were credited and bounced later (bank debits), each booked like a refund of all of it."""
    refunded = {move.native for move in refunds}
    moves = []
    for entry in entries.get(known.CHARGE_FAILED, {}).values():
        source = reference(entry.get("source"))
        native = source if source.startswith(("re_", "pyr_")) else text(entry, "id")
        if native not in refunded:
            moves.append(Move(ReversalKind.REFUND, charge_of_entry(entry, facts), native, {}, entry))
    return moves


@dataclass(frozen=True, slots=True)
class Cumulative:
    """What a charge itself says about its refunds: the running total, all of it, or something it doesn't say."""

    total: Money | None = None
    in_full: bool = False
    unknown: bool = False


def cumulative_refund(charge: Record, itemised: Iterable[Move], paid: Money) -> Cumulative:
    """What the charge says was refunded and `itemised` doesn't hold; nothing if the items account for all of it.

    `paid` is the amount the sale is booked with.
    """
    total = _refunded_minor(charge)
    if total is None:
        return Cumulative(unknown=True)
    if not total or _sum_minor(itemised, text(charge, "currency")) >= total:
        return Cumulative()
    if flag(charge, "refunded"):
        return Cumulative(in_full=True)
    money = stripe_money(total, text(charge, "currency"))
    # A refund in euros of a sale booked in dollars has no exact dollar amount here, and none is made up.
    return Cumulative(total=money) if money.currency == paid.currency else Cumulative(unknown=True)


def _refunded_minor(charge: Record) -> int | None:
    """`amount_refunded` without what was merely released; None where the two can't be told apart.

    Until API version 2025-03-31 the uncaptured rest of a partial capture counted as refunded, since then it doesn't.
    """
    refunded = charge.get("amount_refunded")
    if not isinstance(refunded, int) or isinstance(refunded, bool):
        refunded = 0
    amount, captured = charge.get("amount"), charge.get("amount_captured")
    released = amount - captured if isinstance(amount, int) and isinstance(captured, int) else 0
    if released <= 0 or refunded < released or flag(charge, "refunded"):
        return refunded
    return 0 if refunded == released else None


def _sum_minor(moves: Iterable[Move], currency: str) -> int:
    """The itemised refunds of a charge, in its minor units; those the ledger alone knows are taken at their word."""
    total = 0
    for move in moves:
        if move.kind is not ReversalKind.REFUND:
            continue
        row = move.statement or move.entry
        if text(row, "currency").lower() != currency.lower():
            return 2**63
        try:
            total += abs(minor_units(row, "amount"))
        except MalformedRecord:
            return 2**63
    return total
