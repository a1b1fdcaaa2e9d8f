"""The amount that a reversal's description states: what the platform said when the row was booked.

`Refund of 30.00: Icon set`. A person may later change the row's amount, and the change stands. The description
still tells which part of a running figure the row stood for, so that the same money is not booked a second time.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import ReversalKind

_LABELS: Final = {
    ReversalKind.REFUND: "Refund",
    ReversalKind.DISPUTE: "Dispute",
    ReversalKind.DISPUTE_WON: "Dispute won",
}
_STATED: Final = re.compile(
    r"(?:Refund|Dispute|Dispute won) of (?P<amount>\d[\d,]*(?:\.\d+)?)(?: (?P<currency>[A-Z]{3}))?\b"
)


def describe(kind: ReversalKind, money: Money | None, text: str) -> str:
    """`Refund of 30.00: Icon set`; with its currency where that is not the US dollar; `Refund: Icon set` if unknown."""
    label = _LABELS[kind]
    if money is not None:
        label += f" of {money.amount:,f}" + ("" if money.currency == "USD" else f" {money.currency}")
    return f"{label}: {text}" if text else label


def stated_in(description: str) -> Money | None:
    """The amount that `describe` wrote; None where a person wrote something else."""
    match = _STATED.match(description)
    if match is None:
        return None
    try:
        return Money(Decimal(match["amount"].replace(",", "")), match["currency"] or "USD")
    except InvalidOperation:  # pragma: no cover - the pattern only lets digits through
        return None
