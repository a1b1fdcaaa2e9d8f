"""Invented records, as the platforms write them."""

from datetime import UTC, datetime
from typing import Any


def unix(day: str) -> int:
    """The Unix seconds of a day's noon, or of an ISO time, in UTC."""
    written = day if "T" in day else f"{day}T12:00:00"
    return int(datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp())


def charge(native: str, amount: int, *, day: str = "2026-02-10", currency: str = "usd", **other: Any) -> dict[str, Any]:
    """A captured Stripe charge."""
    return {
        "id": native,
        "object": "charge",
        "amount": amount,
        "amount_captured": amount,
        "amount_refunded": 0,
        "captured": True,
        "currency": currency,
        "created": unix(day),
        "status": "succeeded",
        "refunded": False,
        "disputed": False,
        **other,
    }


def entry(native: str, amount: int, *, day: str = "2026-02-10", kind: str = "charge", **other: Any) -> dict[str, Any]:
    """An entry of Stripe's ledger."""
    return {
        "id": native,
        "object": "balance_transaction",
        "type": kind,
        "reporting_category": kind,
        "amount": amount,
        "fee": 0,
        "currency": "usd",
        "created": unix(day),
        "source": None,
        **other,
    }


def refund(native: str, of: str, amount: int, *, day: str = "2026-02-20", **other: Any) -> dict[str, Any]:
    """A Stripe refund."""
    return {
        "id": native,
        "object": "refund",
        "charge": of,
        "amount": amount,
        "currency": "usd",
        "created": unix(day),
        "status": "succeeded",
        **other,
    }


def sale(native: str, price: int = 1000, *, day: str = "2026-02-10", **other: Any) -> dict[str, Any]:
    """A Gumroad sale."""
    return {
        "id": native,
        "email": "eve@example.com",
        "created_at": f"{day}T12:00:00Z" if "T" not in day else day,
        "product_name": "Icon set",
        "price": price,
        "gumroad_fee": price // 10 + 50,
        "currency": "usd",
        "refunded": False,
        "partially_refunded": False,
        "chargedback": False,
        "disputed": False,
        "dispute_won": False,
        **other,
    }


def earning(amount: Any, *, day: str = "2026-02-10", **other: Any) -> dict[str, Any]:
    """An Upwork earning without an id of its own."""
    return {"contract_id": "c1", "date": day, "amount": amount, **other}
