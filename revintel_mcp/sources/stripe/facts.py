"""All that Stripe said in one pull, found by id: charges, ledger entries, refunds, disputes, invoices."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from revintel_mcp.domain.billing_periods import period_of_interval
from revintel_mcp.sources.fields import Record, child, reference, rows_under, text
from revintel_mcp.sources.stripe.doors import Kind

_CHARGE_ID = re.compile(r"\b(?:ch|py)_[A-Za-z0-9]+")

# Reporting categories of balance transactions, and the older `type` they follow from (Stripe API reference).
SALE: Final = "charge"
REFUND: Final = "refund"
RELEASE: Final = "partial_capture_reversal"
REFUND_FAILED: Final = "refund_failure"
CHARGE_FAILED: Final = "charge_failure"
DISPUTE: Final = "dispute"
DISPUTE_WON: Final = "dispute_reversal"
_BY_TYPE: Final = {
    "charge": SALE,
    "payment": SALE,
    "refund": REFUND,
    "payment_refund": REFUND,
    "refund_failure": REFUND_FAILED,
    "payment_failure_refund": CHARGE_FAILED,
    "payment_reversal": CHARGE_FAILED,
}
_OURS: Final = frozenset((SALE, REFUND, RELEASE, REFUND_FAILED, CHARGE_FAILED, DISPUTE, DISPUTE_WON))
#: Money of ours that moved, or fees: never income, whatever its sign.
_NEVER_INCOME = re.compile(
    r"payout|transfer|top_?up|(?<!application_)fee|tax|reserve|network_cost|issuing|advance|financing|contribution|climate|hold|anticipation"
)


def category(entry: Record) -> str:
    """The reporting category of a ledger entry, worked out from its type and description where it isn't given."""
    given = text(entry, "reporting_category")
    if given in _OURS:
        return given
    kind = text(entry, "type")
    if not given and kind == "adjustment":
        words = text(entry, "description").lower()
        if "chargeback reversal" in words or "dispute reversal" in words:
            return DISPUTE_WON
        if "chargeback" in words or "dispute" in words:
            return DISPUTE
    return given or _BY_TYPE.get(kind, kind)


def is_unfamiliar(entry: Record) -> bool:
    """Whether an entry is neither a sale, nor a reversal, nor something known not to be income."""
    return category(entry) not in _OURS and not _NEVER_INCOME.search(category(entry))


@dataclass(slots=True)
class Facts:
    """What was read. `ledger` is in the order it came; the others are by id."""

    ledger: list[Record] = field(default_factory=list)
    charges: dict[str, Record] = field(default_factory=dict)
    intents: list[Record] = field(default_factory=list)
    invoices: list[Record] = field(default_factory=list)
    refunds: dict[str, Record] = field(default_factory=dict)
    disputes: dict[str, Record] = field(default_factory=dict)
    subscriptions: dict[str, Record] = field(default_factory=dict)
    intent_of: dict[str, Record] = field(default_factory=dict)
    """PaymentIntents by the charge that paid them."""
    charge_of_intent: dict[str, str] = field(default_factory=dict)
    invoice_of: dict[str, Record] = field(default_factory=dict)
    """Invoices by their own id, and by the id of the charge or PaymentIntent that paid them."""
    entries_of: dict[str, dict[str, Record]] = field(default_factory=dict)
    """Ledger entries of sales, by charge and by their own id: more than one where a charge was captured in parts."""
    subscription_of_invoice: dict[str, Record] = field(default_factory=dict)
    tells_releases: bool = False
    """Whether the server has lists that tell whose rest of an authorisation was released, read or not."""
    lacks_ledger: bool = False
    """Whether the ledger failed for once, at its start or on its way: the next run tells what a refund is."""

    def learn(self, kind: Kind, rows: Iterable[Record]) -> None:
        """Take in the rows of one list, and the objects inside them."""
        learn_one = {
            Kind.LEDGER: self._entry,
            Kind.CHARGES: self._charge,
            Kind.INTENTS: self._intent,
            Kind.INVOICES: self._invoice,
            Kind.REFUNDS: self._refund,
            Kind.DISPUTES: self._dispute,
            Kind.SUBSCRIPTIONS: self._subscription,
        }[kind]
        for row in rows:
            learn_one(row)

    def _entry(self, entry: Record) -> None:
        self.ledger.append(entry)
        source = reference(entry.get("source"))
        if isinstance(entry.get("source"), dict):
            self._expanded(entry["source"])
        if category(entry) == SALE and source:
            self.entries_of.setdefault(source, {}).setdefault(text(entry, "id"), entry)

    def _expanded(self, source: Record) -> None:
        learn_one = {"charge": self._charge, "refund": self._refund, "dispute": self._dispute}.get(
            text(source, "object")
        )
        if learn_one is not None:
            learn_one(source)

    def _charge(self, charge: Record) -> None:
        native = text(charge, "id")
        if not native:
            return
        self.charges.setdefault(native, charge)
        if intent := reference(charge.get("payment_intent")):
            self.charge_of_intent.setdefault(intent, native)
        if isinstance(charge.get("invoice"), dict):
            self._invoice(charge["invoice"], native)
        if isinstance(expanded := charge.get("balance_transaction"), dict):
            self.entries_of.setdefault(native, {}).setdefault(text(expanded, "id"), expanded)
        for refund in rows_under(charge, "refunds"):
            self._refund({"charge": native, **refund})

    def _intent(self, intent: Record) -> None:
        self.intents.append(intent)
        paid_by = charge_of(intent)
        if isinstance(charge := intent.get("latest_charge"), dict):
            self._charge(charge)
        for inner in rows_under(intent, "charges"):
            self._charge(inner)
        if paid_by:
            self.intent_of.setdefault(paid_by, intent)
            self.charge_of_intent.setdefault(text(intent, "id"), paid_by)

    def _invoice(self, invoice: Record, paid_by: str = "") -> None:
        self.invoices.append(invoice)
        if isinstance(charge := invoice.get("charge"), dict):
            self._charge(charge)
        for key in (text(invoice, "id"), paid_by, *payers_of(invoice)):
            if key:
                self.invoice_of.setdefault(key, invoice)

    def _refund(self, refund: Record) -> None:
        if native := text(refund, "id"):
            # The list's own refund says more than the one inside a charge; what only one of them says is kept.
            said = {key: value for key, value in refund.items() if value is not None}
            self.refunds[native] = {**self.refunds.get(native, {}), **said}

    def _dispute(self, dispute: Record) -> None:
        if native := text(dispute, "id"):
            self.disputes[native] = dispute
        if isinstance(charge := dispute.get("charge"), dict):
            self._charge(charge)

    def _subscription(self, subscription: Record) -> None:
        if native := text(subscription, "id"):
            self.subscriptions[native] = subscription
        if latest := reference(subscription.get("latest_invoice")):
            self.subscription_of_invoice[latest] = subscription

    def entry_for(self, charge: str) -> Record:
        """The ledger entry of a charge; of several in one currency, one with their amounts and fees together."""
        first, *more = self.entries_of.get(charge, {"": {}}).values()
        parts = [part for part in more if part.get("currency") == first.get("currency")]
        if not parts:
            return first
        sums = {key: _sum_of([first, *parts], key) for key in ("amount", "fee")}
        return {**first, **{key: total for key, total in sums.items() if total is not None}}

    def invoice_for(self, charge: Record, intent: Record) -> Record:
        """The invoice that a payment paid; an empty object if none is known."""
        keys = (
            text(charge, "id"),
            reference(charge.get("invoice")),
            reference(charge.get("payment_intent")),
            text(intent, "id"),
            reference(intent.get("invoice")),
        )
        return next((self.invoice_of[key] for key in keys if key in self.invoice_of), {})


def _sum_of(entries: Sequence[Record], key: str) -> int | None:
    values = [entry.get(key) for entry in entries]
    whole = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    return sum(whole) if len(whole) == len(values) else None


def charge_of(intent: Record) -> str:
    """The id of the charge that paid an intent: `latest_charge`, or the one of the older `charges` that succeeded."""
    if latest := reference(intent.get("latest_charge")):
        return latest
    attempts = rows_under(intent, "charges")
    return next((text(attempt, "id") for attempt in attempts if text(attempt, "status") == "succeeded"), "")


def charge_of_entry(entry: Record, facts: Facts) -> str:
    """The charge that a dispute's or failure's ledger entry is about, as far as anything says it."""
    source = reference(entry.get("source"))
    about: Mapping[str, object] = facts.disputes.get(source) or facts.refunds.get(source) or {}
    if found := reference(about.get("charge")):
        return found
    if source.startswith(("ch_", "py_")):
        return source
    if match := _CHARGE_ID.search(text(entry, "description")):
        return match[0]
    marked = (
        native for native, charge in facts.charges.items() if source and reference(charge.get("dispute")) == source
    )
    return next(marked, "")


def released_minor(charge: Record) -> int:
    """What was authorised and never captured, in minor units of the charge's currency."""
    amount, captured = charge.get("amount"), charge.get("amount_captured")
    return max(0, amount - captured) if isinstance(amount, int) and isinstance(captured, int) else 0


def release_of(entry: Record, facts: Facts) -> str:
    """The charge that a released rest of an authorisation belongs to, known or only named; empty if none fits."""
    refund = facts.refunds.get(reference(entry.get("source")), {})
    if named := reference(refund.get("charge")):
        return named
    amount = entry.get("amount")
    freed = abs(amount) if isinstance(amount, int) else -1
    return next((native for native, charge in facts.charges.items() if freed and released_minor(charge) == freed), "")


def is_release(refund: Record, facts: Facts) -> bool:
    """Whether a refund without a ledger entry is what its charge never captured, or may be until the ledger tells.

    Of a charge that has nothing else refunded it is: its own total says so too.
    """
    charge = facts.charges.get(reference(refund.get("charge")), {})
    if not charge and facts.lacks_ledger:
        return True
    released = released_minor(charge)
    if not released or refund.get("amount") != released:
        return False
    return charge.get("amount_refunded") == released or facts.lacks_ledger


def payers_of(invoice: Record) -> list[str]:
    """Ids of the charge and the PaymentIntent that paid an invoice, in today's and in older API versions."""
    payments = [child(row, "payment") for row in rows_under(invoice, "payments")]
    holders = [invoice, *payments]
    return [found for row in holders for key in ("charge", "payment_intent") if (found := reference(row.get(key)))]


def subscription_of(invoice: Record) -> str:
    """The id of the subscription that an invoice bills; empty for any other invoice."""
    holders = (invoice, child(invoice, "parent", "subscription_details"), *rows_under(invoice, "lines"))
    return next((found for row in holders if (found := reference(row.get("subscription")))), "")


def period_of(plan_holders: Iterable[Record]) -> str:
    """The billing period of the first of these subscriptions, items or invoice lines that states one."""
    for holder in plan_holders:
        for terms in (child(holder, "price", "recurring"), child(holder, "plan"), child(holder, "recurring")):
            count = terms.get("interval_count")
            if word := period_of_interval(text(terms, "interval"), count if isinstance(count, int) else 1):
                return word
    return ""
