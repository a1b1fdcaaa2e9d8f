"""Refunds, disputes and failed payments: money that went back, from the ledger, and from refunds and disputes.

Stripe says the same thing in several places, and not every server shows all of them. Each reversal has an id of its
own (`re_…`, `dp_…`), so what several places say about it is one reversal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import Final

from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import ReversalKind
from revintel_mcp.sources.fields import Record, day_of_unix, fee_units, minor_units, reference, rows_under, text
from revintel_mcp.sources.stripe import facts as known
from revintel_mcp.sources.stripe.facts import Facts, category, charge_of_entry, is_release, release_of
from revintel_mcp.sources.stripe.money import USD, stripe_money

# Stripe API reference, refunds and disputes. A refund that is pending has not been paid back yet; an inquiry
# (`warning_…`) has not taken anything.
_REFUND_DONE: Final = ("succeeded", "")
_REFUND_UNDER_WAY: Final = ("pending", "requires_action")
_DISPUTE_TOOK: Final = ("needs_response", "under_review", "lost", "won", "")

_Entries = Mapping[str, Mapping[str, Record]]
"""Ledger entries by category, then by their id."""


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
        return stripe_money(fee_units(self.entry, "fee"), USD)

    def day(self, zone: tzinfo) -> date | None:
        """When it happened; None if nothing says.

        A dispute object tells when the dispute was opened, never when it took the money or was won.
        """
        tellers = {
            ReversalKind.REFUND: (self.statement, self.entry),
            ReversalKind.DISPUTE: (self.entry, self.statement),
            ReversalKind.DISPUTE_WON: (self.entry,),
        }[self.kind]
        told = next((row for row in tellers if row.get("created") is not None), None)
        return None if told is None else day_of_unix(told, "created", zone)

    @property
    def is_bounce(self) -> bool:
        """Whether the payment itself failed after it had been credited."""
        return bool(self.entry) and category(self.entry) == known.CHARGE_FAILED


def moves_of(facts: Facts, *, from_ledger: bool) -> list[Move]:
    """Every reversal the facts tell of, each once.

    `from_ledger`: the ledger was read, so a dispute took money only if the ledger says so.
    """
    entries: dict[str, dict[str, Record]] = {}
    for number, entry in enumerate(facts.ledger):
        if (kind := category(entry)) != known.SALE:
            entries.setdefault(kind, {})[text(entry, "id") or f"entry {number}"] = entry
    refunds = _refund_moves(facts, entries)
    disputes = _dispute_moves(facts, entries, from_ledger=from_ledger)
    return [*refunds, *disputes, *_bounces(facts, entries, {move.native for move in refunds})]


def failed_refunds(facts: Facts) -> list[str]:
    """Ids of refunds whose money came back, because the buyer's bank refused it."""
    sources = [reference(entry.get("source")) for entry in facts.ledger if category(entry) == known.REFUND_FAILED]
    statuses = [native for native, refund in facts.refunds.items() if text(refund, "status") == "failed"]
    return sorted({*filter(None, sources), *statuses})


def _refund_moves(facts: Facts, entries: _Entries) -> list[Move]:
    debits = {reference(entry.get("source")) or key: entry for key, entry in entries.get(known.REFUND, {}).items()}
    releases = entries.get(known.RELEASE, {})
    # What was authorised and never captured is not in the sale's amount either, if anything tells whose it is. A list
    # that would, and is not there for once, is no reason to book it: the sale may stand in the log without it.
    loose = {} if facts.tells_releases else {key: row for key, row in releases.items() if not release_of(row, facts)}
    debits |= {reference(row.get("source")) or key: row for key, row in loose.items()}
    released = {reference(row.get("source")) for key, row in releases.items() if key not in loose}
    void = {*failed_refunds(facts), *released}
    moves = []
    for native in dict.fromkeys((*debits, *facts.refunds)):
        statement = facts.refunds.get(native, {})
        status = text(statement, "status")
        if native in void or status not in (*_REFUND_DONE, *_REFUND_UNDER_WAY):
            continue
        entry = debits.get(native) or _expanded(statement, "balance_transaction")
        if not entry and is_release(statement, facts):
            continue
        charge = _charge_of_refund(statement, entry, facts)
        moves.append(Move(ReversalKind.REFUND, charge, native, statement, entry, under_way=status in _REFUND_UNDER_WAY))
    return moves


def _charge_of_refund(statement: Record, entry: Record, facts: Facts) -> str:
    intent = reference(statement.get("payment_intent"))
    charge = reference(statement.get("charge")) or facts.charge_of_intent.get(intent, "")
    return charge or charge_of_entry(entry, facts) or intent


def _expanded(row: Record, key: str) -> Record:
    value = row.get(key)
    return value if isinstance(value, dict) else {}


_DISPUTE_CATEGORIES: Final = {
    ReversalKind.DISPUTE: known.DISPUTE,
    ReversalKind.DISPUTE_WON: known.DISPUTE_WON,
}


def _dispute_moves(facts: Facts, entries: _Entries, *, from_ledger: bool) -> list[Move]:
    moves = []
    for kind, name in _DISPUTE_CATEGORIES.items():
        rows = dict(entries.get(name, {}))
        for native, dispute in facts.disputes.items():
            for inner in rows_under(dispute, "balance_transactions"):
                if category(inner) == name:
                    rows.setdefault(text(inner, "id"), {**inner, "source": native})
        moves += [_dispute_move(kind, entry, facts) for entry in rows.values()]
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


def _bounces(facts: Facts, entries: _Entries, refunded: Iterable[str]) -> list[Move]:
    """Payments that were credited and failed later (bank debits): each takes all of it back, like a refund."""
    moves = []
    for entry in entries.get(known.CHARGE_FAILED, {}).values():
        source = reference(entry.get("source"))
        native = source if source.startswith(("re_", "pyr_")) else text(entry, "id")
        if native not in refunded:
            moves.append(Move(ReversalKind.REFUND, charge_of_entry(entry, facts), native, {}, entry))
    return moves
