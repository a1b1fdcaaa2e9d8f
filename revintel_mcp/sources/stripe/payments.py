"""One Stripe payment, put together from its charge, PaymentIntent, invoice and ledger entry."""

import re
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import Final

from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import HIDDEN_SALE
from revintel_mcp.domain.transaction import ANONYMOUS, TransactionType
from revintel_mcp.sources.fields import (
    MalformedRecord,
    Record,
    child,
    day_of_unix,
    fee_units,
    minor_units,
    reference,
    rows_under,
    text,
)
from revintel_mcp.sources.stripe.facts import Facts, payers_of, period_of, subscription_of
from revintel_mcp.sources.stripe.money import USD, stripe_money

# A sale's id on Gumroad, as Gumroad writes it into the metadata of the charges it makes on a seller's own Stripe
# account (Gumroad's source: `purchase`, or `purchases{0}` with commas for a cart).
_GUMROAD_SALE = re.compile(r"[A-Za-z0-9_-]{8,}={1,2}")
_GUMROAD_KEYS: Final = ("gumroad_sale_id", "gumroad_purchase_id")
_GUMROAD_CART = re.compile(r"purchases\{\d+\}")
# Money that Gumroad held and paid out to the same account: its sales are Gumroad's, the transfer is no income.
_GUMROAD_PAYOUT = re.compile(r"^Funds held by Gumroad for Payment\b")
# What Stripe itself writes on the payments of subscriptions, where the invoice can't be seen.
_SUBSCRIPTION_WORDS = re.compile(r"^Subscription (?:creation|update|cycle)\b")


def _sales_in(key: str, value: object) -> list[str]:
    """The ids of Gumroad sales that one entry of the metadata names."""
    names = [name.strip() for name in value.split(",")] if isinstance(value, str) else []
    if key in _GUMROAD_KEYS:
        return [name for name in names if name]
    is_ours = key == "purchase" or _GUMROAD_CART.fullmatch(key)
    return [name for name in names if is_ours and _GUMROAD_SALE.fullmatch(name)]


def _hides_a_gumroad_sale(metadata: Record) -> bool:
    """Whether a server that keeps metadata to itself (`{"redacted": true, "keys": […]}`) lets a sale's key be seen."""
    keys = metadata.get("keys") if metadata.get("redacted") is True else None
    names = [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
    return any(key in ("purchase", *_GUMROAD_KEYS) or _GUMROAD_CART.fullmatch(key) for key in names)


@dataclass(frozen=True, slots=True)
class Payment:
    """Whatever is known of one payment; objects that are not known are empty. `native` is the id it is named by."""

    native: str
    charge: Record = field(default_factory=dict)
    intent: Record = field(default_factory=dict)
    invoice: Record = field(default_factory=dict)
    entry: Record = field(default_factory=dict)

    @classmethod
    def of_charge(cls, native: str, facts: Facts, *, intent: Record | None = None) -> "Payment":
        """The payment that charge `native` is, with all that is known of it."""
        charge = facts.charges.get(native, {})
        intent = intent or facts.intent_of.get(native, {})
        invoice = facts.invoice_for(charge or {"id": native}, intent)
        return cls(native, charge, intent, invoice, facts.entry_for(native))

    @property
    def id(self) -> str:
        """The ID it is logged under."""
        return f"stripe_{self.native}"

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other IDs it may be logged under: by its PaymentIntent, its invoice, its ledger entry."""
        natives = (
            reference(self.charge.get("payment_intent")),
            text(self.intent, "id"),
            reference(self.charge.get("invoice")),
            reference(self.intent.get("invoice")),
            text(self.invoice, "id"),
            *payers_of(self.invoice),
            reference(self.charge.get("balance_transaction")),
            text(self.entry, "id"),
        )
        return tuple(f"stripe_{native}" for native in dict.fromkeys(natives) if native and native != self.native)

    def presented(self) -> Money | None:
        """What the buyer paid, in the buyer's currency; None where only the ledger knows of the payment.

        Raises:
            MalformedRecord: the amount or the currency can't be read.
        """
        holder, keys = next(((obj, keys) for obj, keys in self._amounts() if obj), ({}, ()))
        if not holder:
            return None
        key = next((key for key in keys if holder.get(key) is not None), keys[-1])
        return stripe_money(minor_units(holder, key), text(holder, "currency"))

    def _amounts(self) -> tuple[tuple[Record, tuple[str, ...]], ...]:
        return (
            (self.charge, ("amount_captured", "amount")),
            (self.intent, ("amount_received", "amount")),
            (self.invoice, ("amount_paid",)),
        )

    def day(self, zone: tzinfo) -> date:
        """The day of the charge; without one, of what else says when it was paid."""
        if self.charge:
            return day_of_unix(self.charge, "created", zone)
        if isinstance(child(self.invoice, "status_transitions").get("paid_at"), int) and not self.intent:
            return day_of_unix(child(self.invoice, "status_transitions"), "paid_at", zone)
        return day_of_unix(self.entry or self.intent or self.invoice, "created", zone)

    @property
    def client(self) -> str:
        """Billing e-mail, receipt e-mail, customer's name, customer id."""
        billing = child(self.charge, "billing_details")
        holders = (self.charge, self.intent, self.invoice)
        emails = [text(billing, "email"), *(text(row, "receipt_email", "customer_email") for row in holders)]
        customers = [row.get("customer") for row in holders]
        names = [text(row, "name") for row in customers if isinstance(row, dict)]
        names += [text(self.invoice, "customer_name"), text(billing, "name")]
        return next((found for found in (*emails, *names, *map(reference, customers)) if found), ANONYMOUS)

    @property
    def description(self) -> str:
        """The charge's description, else the product in its metadata, else the invoice's first line."""
        holders = (self.charge, self.intent)
        described = [text(row, "description") for row in holders]
        products = [text(child(row, "metadata"), "product", "product_name") for row in holders]
        lines = [text(row, "description") for row in rows_under(self.invoice, "lines")[:1]]
        return next((found for found in (*described, *products, *lines, text(self.entry, "description")) if found), "")

    def terms(self, facts: Facts) -> tuple[TransactionType, str]:
        """Whether it pays for a subscription, and that subscription's period if it is known."""
        invoice_id = (
            text(self.invoice, "id") or reference(self.charge.get("invoice")) or reference(self.intent.get("invoice"))
        )
        subscription = facts.subscriptions.get(subscription_of(self.invoice)) or facts.subscription_of_invoice.get(
            invoice_id, {}
        )
        told = (
            subscription
            or subscription_of(self.invoice)
            or text(self.invoice, "billing_reason").startswith("subscription")
        )
        if not told and not any(
            _SUBSCRIPTION_WORDS.match(text(row, "description")) for row in (self.charge, self.intent)
        ):
            return TransactionType.ONE_TIME, ""
        plans = (*rows_under(self.invoice, "lines"), subscription, *rows_under(subscription, "items"))
        return TransactionType.SUBSCRIPTION, period_of(plans)

    @property
    def gumroad_sales(self) -> tuple[str, ...]:
        """The IDs of the Gumroad sales that this charge is, `HIDDEN_SALE` if that is kept back; none for any other."""
        for holder in (self.charge, self.intent):
            notes = child(holder, "metadata")
            if _hides_a_gumroad_sale(notes):
                return (HIDDEN_SALE,)
            if found := tuple(dict.fromkeys(sale for key, value in notes.items() for sale in _sales_in(key, value))):
                return tuple(f"gumroad_{sale}" for sale in found)
        return ()

    @property
    def is_gumroad_payout(self) -> bool:
        """Whether it is Gumroad paying out what it sold: counted there already."""
        notes = child(self.charge, "metadata")
        words = (text(self.charge, "description"), text(self.entry, "description"))
        return any(map(_GUMROAD_PAYOUT.match, words)) or ("payment" in notes and "balances{0}" in notes)

    def settled(self) -> Money | None:
        """What the ledger credited before fees, in the currency of the account's balance; None if that isn't known."""
        if self.entry.get("amount") is None:
            return None
        return stripe_money(minor_units(self.entry, "amount"), text(self.entry, "currency"))

    def fee(self) -> Money | None:
        """What Stripe kept, where it says so in US dollars."""
        if text(self.entry, "currency").upper() != USD or self.entry.get("fee") is None:
            return None
        return stripe_money(fee_units(self.entry, "fee"), USD)

    def amount(self, settled: Money | None) -> Money:
        """Gross, in US dollars if Stripe gives dollars at all: as paid, else as `settled`; otherwise as paid.

        Raises:
            MalformedRecord: no amount can be read.
        """
        presented = self.presented()
        given = [money for money in (presented, settled) if money is not None]
        if not given:
            raise MalformedRecord("it has no amount; look it up on Stripe and type it in")
        return next((money for money in given if money.currency == USD), given[0])
