"""From what Stripe said to sales, reversals and what can't be booked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import Reversal, ReversalKind, Sale, Unbookable
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.sources.contract import PullRequest
from revintel_mcp.sources.fields import MalformedRecord, Record, day_of_unix, flag, reference, shown_amount, text
from revintel_mcp.sources.metadata import source_metadata
from revintel_mcp.sources.stripe.doors import Kind
from revintel_mcp.sources.stripe.facts import CHARGE_FAILED, RELEASE, SALE, Facts, category, charge_of, payers_of
from revintel_mcp.sources.stripe.money import stripe_money
from revintel_mcp.sources.stripe.payments import Payment
from revintel_mcp.sources.stripe.reversals import Cumulative, Move, cumulative_refund, moves_of

_NO_MONEY: Final = 0


@dataclass(slots=True)
class Reading:
    """What a pull's facts come to."""

    sales: list[Sale] = field(default_factory=list)
    reversals: list[Reversal] = field(default_factory=list)
    unbookable: list[Unbookable] = field(default_factory=list)
    gumroad_payouts: int = 0


def read_facts(facts: Facts, main: Kind, via: str, request: PullRequest, *, knows_disputes: bool) -> Reading:
    """Sales and reversals of the request's days, from the list `main` and all that explains it.

    `knows_disputes`: every dispute is among the facts, so a charge that is merely marked `disputed` needs no guess.
    """
    return _Reader(facts, main, via, request, knows_disputes=knows_disputes).read()


class _Reader:
    def __init__(self, facts: Facts, main: Kind, via: str, request: PullRequest, *, knows_disputes: bool) -> None:
        self.facts, self.main, self.via, self.request = facts, main, via, request
        self.knows_disputes = knows_disputes or main is Kind.LEDGER
        self.moves: dict[str, list[Move]] = {}
        for move in moves_of(facts, from_ledger=main is Kind.LEDGER):
            self.moves.setdefault(move.charge, []).append(move)
        self.released = dict(self._releases()) if main is Kind.LEDGER else {}
        self.bounced = {move.charge for moves in self.moves.values() for move in moves if self._is_bounce(move)}
        self.result = Reading()

    def read(self) -> Reading:
        """Sales first, each with its own reversals; then the reversals of sales outside the window."""
        for payment in self._payments():
            try:
                self._payment(payment)
            except MalformedRecord as error:
                self.result.unbookable.append(self._unbookable(payment, error))
        for moves in self.moves.values():
            for move in moves:
                self._lone(move)
        return self.result

    def _payments(self) -> Iterator[Payment]:
        """What the main list holds, each payment once."""
        seen: set[str] = set()
        for payment in {
            Kind.LEDGER: self._from_ledger,
            Kind.CHARGES: self._from_charges,
            Kind.INTENTS: self._from_intents,
            Kind.INVOICES: self._from_invoices,
        }[self.main]():
            if payment.native not in seen:
                seen.add(payment.native)
                yield payment

    def _from_ledger(self) -> Iterator[Payment]:
        for entry in self.facts.ledger:
            if category(entry) == SALE:
                source = reference(entry.get("source"))
                yield Payment.of_charge(source, self.facts) if source else Payment(text(entry, "id"), entry=entry)

    def _from_charges(self) -> Iterator[Payment]:
        for native in self.facts.charges:
            yield Payment.of_charge(native, self.facts)

    def _from_intents(self) -> Iterator[Payment]:
        for intent in self.facts.intents:
            if text(intent, "status") not in ("succeeded", ""):
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
            yield Payment(native, self.facts.charges.get(native, {}), {}, invoice, self.facts.entry_of.get(native, {}))

    def _payment(self, payment: Payment) -> None:
        if not self._was_paid(payment):
            return
        if payment.is_gumroad_payout:
            self.result.gumroad_payouts += 1
            return
        day = payment.day(self.request.timezone)
        if day not in self.request.window and not self._was_credited_in_window(payment):
            return
        amount = payment.amount(self._released_of(payment))
        if amount.amount == _NO_MONEY:
            return
        if amount.amount < 0:
            raise MalformedRecord(
                "its amount is negative; look it up on Stripe", amount=str(amount.amount), currency=amount.currency
            )
        self.result.sales.append(self._sale(payment, day, amount))

    def _was_paid(self, payment: Payment) -> bool:
        """Whether the money came: succeeded, and captured. A payment that bounced later came, and went."""
        charge = payment.charge
        if not charge:
            return True
        if text(charge, "status") == "failed":
            return payment.native in self.bounced or bool(reference(charge.get("failure_balance_transaction")))
        return text(charge, "status") == "succeeded" and charge.get("captured") is not False

    def _was_credited_in_window(self, payment: Payment) -> bool:
        """Whether the ledger credits it in the window, though the charge was made before (captured later)."""
        if self.main is not Kind.LEDGER or not payment.entry:
            return False
        return day_of_unix(payment.entry, "created", self.request.timezone) in self.request.window

    def _sale(self, payment: Payment, day: date, amount: Money) -> Sale:
        moves = self.moves.pop(payment.native, [])
        for alias in payment.aliases:
            moves += self.moves.pop(alias.removeprefix("stripe_"), [])
        said = cumulative_refund(payment.charge, moves, amount) if payment.charge else Cumulative()
        if said != Cumulative():
            moves = [move for move in moves if move.kind is not ReversalKind.REFUND]
        kind, period = payment.terms(self.facts)
        client, description = payment.client, payment.description
        disputed = flag(payment.charge, "disputed") and not self.knows_disputes and not moves
        failed = text(payment.charge, "status") == "failed" and not moves
        sale = Sale(
            id=payment.id,
            date=day,
            channel=Channel.STRIPE,
            amount=amount,
            fee=payment.fee(),
            client=client,
            description=description,
            transaction_type=kind,
            period=period,
            via=self.via,
            aliases=payment.aliases,
            same_as=payment.gumroad_sale,
            refunded_total=said.total,
            reversed_in_full=ReversalKind.REFUND if said.in_full or failed else None,
            has_unknown_refund=said.unknown or disputed,
            source_metadata=self._metadata(payment),
        )
        return _with_reversals(sale, [self._reversal(move, sale) for move in moves if self._counts(move)])

    def _counts(self, move: Move) -> bool:
        """Whether a reversal of a known sale happened by the window's end, and is done."""
        day = move.day(self.request.timezone)
        return not move.under_way and (day is None or day < self.request.window.end)

    def _lone(self, move: Move) -> None:
        """A reversal whose sale is not in this pull, booked if it happened in the window."""
        try:
            day = move.day(self.request.timezone)
            if move.under_way or (day is not None and day not in self.request.window):
                return
            self.result.reversals.append(self._reversal(move, None))
        except MalformedRecord as error:
            native = move.native or text(move.entry, "id")
            why = f"a {move.kind.value.replace('_', ' ')} can't be read: {error}"
            self.result.unbookable.append(
                Unbookable(
                    id=f"stripe_{native}", source="stripe", why=why, amount=error.amount, currency=error.currency
                )
            )

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
            source_metadata=source_metadata({"statement": move.statement, "entry": move.entry}),
        )

    def _released_of(self, payment: Payment) -> Money | None:
        return self.released.get(payment.native)

    def _releases(self) -> Iterator[tuple[str, Money]]:
        """What the ledger took back from authorised amounts, by charge."""
        for entry in self.facts.ledger:
            if category(entry) == RELEASE:
                refund = self.facts.refunds.get(reference(entry.get("source")), {})
                if charge := reference(refund.get("charge")):
                    yield charge, stripe_money(abs(int(entry.get("amount") or 0)), text(entry, "currency"))

    @staticmethod
    def _is_bounce(move: Move) -> bool:
        return category(move.entry) == CHARGE_FAILED if move.entry else False

    def _metadata(self, payment: Payment) -> dict[str, Any]:
        known: Iterable[tuple[str, Record]] = (
            ("charge", payment.charge),
            ("payment_intent", payment.intent if not payment.charge else {}),
            ("invoice", payment.invoice if not payment.charge and not payment.intent else {}),
            ("balance_transaction", payment.entry),
        )
        return {name: kept for name, record in known if (kept := source_metadata(record))}

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
            amount=error.amount or shown_amount(holder.get("amount")),
            currency=error.currency or text(holder, "currency").upper(),
        )


def _with_reversals(sale: Sale, reversals: Sequence[Reversal]) -> Sale:
    return replace(sale, reversals=tuple(reversals)) if reversals else sale
