"""From what Stripe said to sales, reversals and what can't be booked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import Reversal, ReversalKind, Sale, Unbookable
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.sources.contract import PullRequest
from revintel_mcp.sources.fields import (
    MalformedRecord,
    Record,
    day_of_unix,
    fee_units,
    flag,
    minor_units,
    reference,
    shown_minor,
    text,
)
from revintel_mcp.sources.metadata import SourceMetadata
from revintel_mcp.sources.stripe.doors import Kind
from revintel_mcp.sources.stripe.facts import RELEASE, SALE, Facts, category, charge_of, payers_of, release_of
from revintel_mcp.sources.stripe.facts import released_minor as released_minor_of
from revintel_mcp.sources.stripe.money import stripe_money
from revintel_mcp.sources.stripe.payments import Payment
from revintel_mcp.sources.stripe.refund_totals import RefundTotal, refund_total, tie_refunds
from revintel_mcp.sources.stripe.reversals import Move, moves_of

_IN_DOUBT: Final = MalformedRecord(
    "Stripe does not say which payment this refund is of, and it may be booked with its payment already; check it there"
)


@dataclass(slots=True)
class Reading:
    """What a pull's facts come to."""

    sales: list[Sale] = field(default_factory=list)
    reversals: list[Reversal] = field(default_factory=list)
    unbookable: list[Unbookable] = field(default_factory=list)
    gumroad_payouts: int = 0
    without_charge: int = 0
    """Sales that only the ledger knows of, where charges were asked for."""
    beside_ledger: int = 0
    """Sales that only the list of charges knows of, where the ledger was read."""
    unexplained: int = 0
    """Sales of PaymentIntents or invoices whose charge nobody shows: it alone says what was refunded."""
    loose_refunds: int = 0
    loose_disputes: int = 0


def read_facts(
    facts: Facts, main: Kind, tools: Mapping[Kind, str], request: PullRequest, *, knows_disputes: bool
) -> Reading:
    """Sales and reversals of the request's days, from the list `main` and all that explains it.

    `tools` are the names of those that gave the lists. `knows_disputes`: every dispute is among the facts, so a charge
    that is merely marked `disputed` needs no guess.
    """
    return _Reader(facts, main, tools, request, knows_disputes=knows_disputes).read()


class _Reader:
    def __init__(
        self, facts: Facts, main: Kind, tools: Mapping[Kind, str], request: PullRequest, *, knows_disputes: bool
    ) -> None:
        self.facts, self.main, self.tools, self.request = facts, main, tools, request
        self.via = tools[main]
        self.from_ledger = main is Kind.LEDGER
        self.knows_disputes = knows_disputes or self.from_ledger
        moves, self.doubtful = tie_refunds(moves_of(facts, from_ledger=self.from_ledger), facts)
        self.beside_ledger: set[str] = set()
        self.moves: dict[str, list[Move]] = {}
        for move in moves:
            self.moves.setdefault(move.charge, []).append(move)
        self.result = Reading()

    def read(self) -> Reading:
        """Sales first, each with its own reversals; then the reversals of sales outside the window."""
        seen: set[str] = set()
        for payment in self._payments():
            if not payment.native or payment.native in seen:
                continue
            seen.add(payment.native)
            try:
                self._payment(payment)
            except MalformedRecord as error:
                self.result.unbookable.append(self._unbookable(payment, error))
        for move in [move for moves in self.moves.values() for move in moves]:
            self._alone(move, doubtful=False)
        for move in self.doubtful:
            self._alone(move, doubtful=True)
        return self.result

    def _payments(self) -> Iterator[Payment]:
        """What the main list holds."""
        if self.main is Kind.LEDGER:
            return self._from_ledger()
        if self.main is Kind.CHARGES:
            return (Payment.of_charge(native, self.facts) for native in self.facts.charges)
        return self._from_intents() if self.main is Kind.INTENTS else self._from_invoices()

    def _from_ledger(self) -> Iterator[Payment]:
        """Its sales, then the charges that it lacks: of money that Stripe did not settle, or a list that was cut."""
        entries = [entry for entry in self.facts.ledger if category(entry) == SALE]
        for entry in entries:
            source = reference(entry.get("source"))
            native = text(entry, "id")
            yield Payment.of_charge(source, self.facts) if source else Payment(native, entry=entry)
        sources = [reference(entry.get("source")) for entry in entries]
        if not all(sources):  # an entry that names no charge may be of any of them
            return
        known = {f"stripe_{name}" for name in (*sources, *(text(entry, "id") for entry in entries))}
        for native, charge in self.facts.charges.items():
            if text(charge, "status") != "succeeded" or charge.get("created") is None:
                continue  # it brought nothing, or is but a part of a charge, inside something else
            payment = Payment.of_charge(native, self.facts)
            if known.isdisjoint((payment.id, *payment.aliases)):
                self.beside_ledger.add(native)
                yield payment

    def _from_intents(self) -> Iterator[Payment]:
        for intent in self.facts.intents:
            if text(intent, "status") != "succeeded":
                continue
            if charge := charge_of(intent):
                yield Payment.of_charge(charge, self.facts, intent=intent)
            else:
                invoice = self.facts.invoice_for({}, intent)
                yield Payment(text(intent, "id"), intent=intent, invoice=invoice)

    def _from_invoices(self) -> Iterator[Payment]:
        for invoice in self.facts.invoices:
            if text(invoice, "status") != "paid" or flag(invoice, "paid_out_of_band") or not invoice.get("amount_paid"):
                continue
            payers = payers_of(invoice)
            charge = next((payer for payer in payers if payer.startswith(("ch_", "py_"))), "")
            native = charge or next(iter(payers), "") or text(invoice, "id")
            yield Payment(native, self.facts.charges.get(native, {}), {}, invoice, self.facts.entry_for(native))

    def _payment(self, payment: Payment) -> None:
        moves = self.moves.get(payment.native, [])
        if not self._was_paid(payment, moves):
            return
        if payment.is_gumroad_payout:
            self.result.gumroad_payouts += 1
            return
        day = payment.day(self.request.timezone)
        if day not in self.request.window and not self._was_credited_in_window(payment):
            return
        amount = payment.amount(self._settled(payment))
        if amount.amount < 0:
            why = "its amount is negative; look it up on Stripe"
            raise MalformedRecord(why, amount=str(amount.amount), currency=amount.currency)
        if amount.amount:
            self.result.without_charge += self.from_ledger and not payment.charge
            self.result.beside_ledger += payment.native in self.beside_ledger
            self.result.unexplained += self.main in (Kind.INTENTS, Kind.INVOICES) and not payment.charge
            self.result.sales.append(self._sale(payment, day, amount))

    def _was_paid(self, payment: Payment, moves: list[Move]) -> bool:
        """Whether the money came: succeeded, and captured. A payment that failed later came, and went."""
        charge = payment.charge
        if not charge:
            return True
        status = text(charge, "status") or ("succeeded" if flag(charge, "paid") else "")
        if not status:
            raise MalformedRecord("it doesn't say whether it succeeded; look it up on Stripe and add it by hand")
        if status == "failed":
            return any(move.is_bounce for move in moves) or bool(reference(charge.get("failure_balance_transaction")))
        return status == "succeeded" and charge.get("captured") is not False

    def _was_credited_in_window(self, payment: Payment) -> bool:
        """Whether the ledger credits it in the window, though the charge was made before (captured later)."""
        if not self.from_ledger or not payment.entry:
            return False
        return day_of_unix(payment.entry, "created", self.request.timezone) in self.request.window

    def _settled(self, payment: Payment) -> Money | None:
        """What the ledger credited for what was captured; None where the ledger may mean what was authorised."""
        settled, releases = payment.settled(), self._releases_of(payment)
        if settled is None or releases is None:
            return None
        taken = sum(abs(minor_units(entry, "amount")) for entry in releases)
        return Money(settled.amount - stripe_money(taken, settled.currency).amount, settled.currency)

    def _releases_of(self, payment: Payment) -> list[Record] | None:
        """Ledger entries that took back what was authorised and never captured; None where it can't be told whose."""
        if payment.charge and not released_minor_of(payment.charge):
            return []
        if payment.charge and (not self.from_ledger or any(not whose for _, whose in self._releases)):
            return None
        return [entry for entry, whose in self._releases if whose == payment.native]

    @cached_property
    def _releases(self) -> list[tuple[Record, str]]:
        """Every such entry, and the charge that it belongs to, empty where nothing tells."""
        entries = (entry for entry in self.facts.ledger if category(entry) == RELEASE)
        return [(entry, release_of(entry, self.facts)) for entry in entries]

    def _fee(self, payment: Payment) -> Money | None:
        """What Stripe kept of what was captured; None where that isn't known."""
        fee, releases = payment.fee(), self._releases_of(payment)
        if fee is None:
            return None
        if releases is None:
            return fee if payment.entry.get("amount") == payment.charge.get("amount_captured") else None
        returned = sum(fee_units(entry, "fee") for entry in releases if entry.get("fee") is not None)
        return Money(fee.amount + stripe_money(returned, fee.currency).amount, fee.currency)

    def _sale(self, payment: Payment, day: date, amount: Money) -> Sale:
        names = (payment.native, *(alias.removeprefix("stripe_") for alias in payment.aliases))
        moves = [move for name in names for move in self.moves.pop(name, [])]
        said = refund_total(payment.charge, moves, amount) if payment.charge else RefundTotal()
        kind, period = payment.terms(self.facts)
        told = any(move.kind is not ReversalKind.REFUND for move in moves)
        disputed = flag(payment.charge, "disputed") and not self.knows_disputes and not told
        failed = text(payment.charge, "status") == "failed" and not moves
        sale = Sale(
            id=payment.id,
            date=day,
            channel=Channel.STRIPE,
            amount=amount,
            fee=self._fee(payment),
            client=payment.client,
            description=payment.description,
            transaction_type=kind,
            period=period,
            via=self.tools.get(Kind.CHARGES, self.via) if payment.native in self.beside_ledger else self.via,
            aliases=payment.aliases,
            same_as=next(iter(payment.gumroad_sales), ""),
            same_as_also=payment.gumroad_sales[1:],
            refunded_total=said.total,
            reversed_in_full=ReversalKind.REFUND if said.in_full or failed else None,
            has_unknown_refund=said.unknown,
            has_unknown_dispute=disputed,
            is_refunded_whole=flag(payment.charge, "refunded"),
            source_metadata=_metadata(payment.charge or payment.intent or payment.invoice, payment.entry),
        )
        reversals = tuple(self._reversal(move, sale) for move in moves if self._counts(move))
        return sale._replace(reversals=reversals) if reversals else sale

    def _counts(self, move: Move) -> bool:
        """Whether a reversal of a known sale happened by the window's end, and is done."""
        day = move.day(self.request.timezone)
        return not move.under_way and (day is None or day < self.request.window.end)

    def _alone(self, move: Move, *, doubtful: bool) -> None:
        """A reversal whose sale is not in this pull: booked if it happened in the window, shown if it is in doubt."""
        try:
            day = move.day(self.request.timezone)
            if move.under_way or (day is not None and day not in self.request.window):
                return
            self.result.loose_refunds += not move.charge and move.kind is ReversalKind.REFUND
            self.result.loose_disputes += not move.charge and move.kind is not ReversalKind.REFUND
            if doubtful:
                self.result.unbookable.append(self._held_back(move, _IN_DOUBT))
            else:
                self.result.reversals.append(self._reversal(move, None))
        except MalformedRecord as error:
            self.result.unbookable.append(self._held_back(move, error))

    def _reversal(self, move: Move, sale: Sale | None) -> Reversal:
        payment = Payment.of_charge(move.charge, self.facts)
        return Reversal(
            kind=move.kind,
            sale_id=sale.id if sale else (f"stripe_{move.charge}" if move.charge else ""),
            channel=Channel.STRIPE,
            native_id=move.native,
            amount=move.amount(),
            date=move.day(self.request.timezone),
            client=sale.client if sale else payment.client,
            description=sale.description if sale else payment.description,
            transaction_type=sale.transaction_type if sale else payment.terms(self.facts)[0],
            fee=move.fee(),
            via=self.via,
            source_metadata=_metadata(move.statement, move.entry),
        )

    def _held_back(self, move: Move, error: MalformedRecord) -> Unbookable:
        holder = move.statement or move.entry
        try:
            day = move.day(self.request.timezone)
        except MalformedRecord:
            day = None
        return Unbookable(
            # Named as it is booked without its payment: once it is booked with it, the row has nothing to wait for.
            id=f"stripe_{move.kind}_{move.native or text(move.entry, 'id')}",
            source="stripe",
            why=f"{move.kind.value.replace('_', ' ')}: {error}",
            date=day,
            amount=error.amount or shown_minor(holder),
            currency=error.currency or text(holder, "currency").upper(),
        )

    def _unbookable(self, payment: Payment, error: MalformedRecord) -> Unbookable:
        holder = payment.charge or payment.intent or payment.invoice or payment.entry
        try:
            day = payment.day(self.request.timezone)
        except MalformedRecord:
            day = None
        return Unbookable(
            id=payment.id,
            source="stripe",
            why=str(error),
            date=day,
            client=payment.client,
            description=payment.description,
            amount=error.amount or shown_minor(holder),
            currency=error.currency or text(holder, "currency").upper(),
        )


def _metadata(teller: Record, entry: Record) -> SourceMetadata:
    """The raw fields of whatever tells most about a payment, and of its ledger entry."""
    return SourceMetadata({**teller, "balance_transaction": entry} if entry else teller)
