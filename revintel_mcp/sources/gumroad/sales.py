"""One Gumroad sale as Gumroad's API describes it (API v2, sales; the hosted server's shorter rows too)."""

from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal
from typing import Final

from revintel_mcp.domain.billing_periods import period_of_adverb
from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import Reversal, ReversalKind, Sale, Unbookable
from revintel_mcp.domain.transaction import ANONYMOUS, Channel, TransactionType
from revintel_mcp.sources.fields import (
    MalformedRecord,
    Record,
    day_of_text,
    decimal_amount,
    fee_units,
    flag,
    minor_units,
    said,
    shown_amount,
    text,
    unnamed_id,
)
from revintel_mcp.sources.metadata import SourceMetadata

_USD: Final = "USD"


def day_of_sale(row: Record, zone: tzinfo) -> date:
    """The day of a sale in `zone`.

    Raises:
        MalformedRecord: it has none.
    """
    day = day_of_text(row.get("created_at"), zone)
    if day is None:
        raise MalformedRecord(f"its created_at is {said(row.get('created_at'))}; type the date in")
    return day


def is_sale(row: Record) -> bool:
    """Whether a lone object is a sale."""
    return bool(text(row, "id")) and ("price" in row or "price_cents" in row)


def was_charged(row: Record) -> bool:
    """Whether money was taken for this row itself.

    A free trial shows the later price and takes nothing (the first real charge is a row of its own); neither does a
    preorder before its release, the copy that the receiver of a gift has, a product inside a bundle, or a price of 0.
    """
    trial = bool(text(row, "free_trial_ends_on")) and not flag(row, "recurring_charge")
    unpaid = ("is_gift_receiver_purchase", "is_bundle_product_purchase", "is_preorder_authorization")
    return not trial and not any(flag(row, key) for key in unpaid) and _price_of(row) != 0


def sale_of(row: Record, zone: tzinfo, via: str) -> Sale:
    """The sale that a row describes.

    Raises:
        MalformedRecord: it has no id, date or price that can be read.
    """
    if not text(row, "id"):
        raise MalformedRecord("it has no id; look it up on Gumroad and add it by hand")
    sale_id = f"gumroad_{text(row, 'id')}"
    price = _price_of(row)
    if price < 0:
        raise MalformedRecord("its price is negative; look it up on Gumroad", amount=f"{price} cents", currency=_USD)
    paid = Money.from_minor(price, _USD)
    kind, period = _terms(row)
    state = _state(row, paid)
    return Sale(
        id=sale_id,
        date=day_of_sale(row, zone),
        channel=Channel.GUMROAD,
        amount=paid,
        fee=_fee(row),
        client=_client(row),
        description=text(row, "product_name"),
        transaction_type=kind,
        period=period,
        via=via,
        reversals=_settled_dispute(sale_id, row, kind) if state.dispute_won else (),
        refunded_total=state.refunded,
        reversed_in_full=state.in_full,
        has_unknown_refund=state.unknown,
        source_metadata=SourceMetadata(row),
    )


def unbookable_of(row: Record, zone: tzinfo, error: MalformedRecord) -> Unbookable:
    """A row that is no readable sale, with all that can be said about it."""
    native = text(row, "id")
    return Unbookable(
        id=f"gumroad_{native}" if native else unnamed_id("gumroad", row),
        source="gumroad",
        why=f"{error}; it was refunded in full" if flag(row, "refunded") else str(error),
        date=day_of_text(row.get("created_at"), zone),
        client=_client(row),
        description=text(row, "product_name"),
        amount=error.amount or _shown_price(row),
        # A price made for people is in the currency that the product is listed in.
        currency=error.currency or (_USD if {"price", "price_cents"} & row.keys() else ""),
    )


def _shown_price(row: Record) -> str:
    """The price as it came, for a person to look at; one made for people, where there is no other (`$29.50`)."""
    shown = shown_amount(row.get("price", row.get("price_cents")))
    if not shown:
        return shown_amount(row.get("formatted_total_price", row.get("formatted_display_price")))
    return f"{shown} cents" if shown.isdigit() else shown


def _price_of(row: Record) -> int:
    """US cents, whatever currency the product is listed in; already times the quantity."""
    return minor_units(row, "price_cents" if row.get("price") is None and "price_cents" in row else "price")


def _fee(row: Record) -> Money | None:
    return Money.from_minor(fee_units(row, "gumroad_fee"), _USD) if row.get("gumroad_fee") is not None else None


def _client(row: Record) -> str:
    return text(row, "email", "purchase_email") or ANONYMOUS


def _terms(row: Record) -> tuple[TransactionType, str]:
    """A membership's charge is a subscription; an instalment of one purchase, though it recurs, is not."""
    duration = text(row, "recurrence", "subscription_duration")
    if row.get("is_recurring_billing") is False or not (duration or flag(row, "is_recurring_billing")):
        return TransactionType.ONE_TIME, ""
    return TransactionType.SUBSCRIPTION, period_of_adverb(duration)


@dataclass(frozen=True, slots=True)
class _State:
    """What became of a sale's money."""

    in_full: ReversalKind | None = None
    refunded: Money | None = None
    unknown: bool = False
    dispute_won: bool = False


def _state(row: Record, paid: Money) -> _State:
    won = flag(row, "dispute_won")
    disputed = flag(row, "disputed") or flag(row, "chargedback") or flag(row, "chargebacked")
    if flag(row, "refunded"):
        return _State(in_full=ReversalKind.REFUND)
    if disputed and not won:
        return _State(in_full=ReversalKind.DISPUTE)
    refunded = _partly_refunded(row, paid) if flag(row, "partially_refunded") else None
    unknown = flag(row, "partially_refunded") and refunded is None
    return _State(refunded=refunded, unknown=unknown, dispute_won=won)


def _partly_refunded(row: Record, paid: Money) -> Money | None:
    """What was given back of a sale that was partly refunded; None where Gumroad doesn't say it in dollars.

    Gumroad tells what may still be refunded, in the listed currency. In a product listed in dollars that is the price
    less the refunds so far; in any other it was converted and rounded.
    """
    listed = text(row, "currency").upper() or {"$": _USD, "US$": _USD}.get(text(row, "currency_symbol"), "")
    if listed != _USD or row.get("amount_refundable_in_currency") is None:
        return None
    try:
        left = decimal_amount(row["amount_refundable_in_currency"])
    except MalformedRecord:
        return None
    refunded = paid.amount - left
    return Money(refunded, _USD) if Decimal(0) < refunded < paid.amount else None


def _settled_dispute(sale_id: str, row: Record, kind: TransactionType) -> tuple[Reversal, ...]:
    """A chargeback that took the money, and was won: Gumroad gives neither amounts nor days."""
    return tuple(
        Reversal(
            kind=step,
            sale_id=sale_id,
            channel=Channel.GUMROAD,
            client=_client(row),
            description=text(row, "product_name"),
            transaction_type=kind,
        )
        for step in (ReversalKind.DISPUTE, ReversalKind.DISPUTE_WON)
    )
