"""What a source saw, before it is decided what to book: sales, reversals, and what can't be booked as it is.

A source says what the platform says *now*. Whether that is news is decided against the log, in `booking`.
"""

from collections.abc import Mapping
from datetime import date as date_type  # a field named `date` hides the type
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from revintel_mcp.domain.money import Money
from revintel_mcp.domain.transaction import ANONYMOUS, Channel, TransactionType

HIDDEN_SALE: Final = "gumroad_?"
"""`Sale.same_as` of a payment that is a Gumroad sale, where the server hides which."""


class ReversalKind(StrEnum):
    """Why money went back."""

    REFUND = "refund"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"
    """Money that a dispute took came back; its amount is positive."""


class Reversal(NamedTuple):
    """Money that went back (or came back again) on a sale.

    `sale_id` is the logged ID of the sale (`stripe_ch_…`), empty if the platform doesn't say. `native_id` is the
    platform's own id of the reversal, empty if it has none. `amount` is positive whatever the direction; None
    means all that is left of the sale. `date` None means the platform does not say when. `sale_aliases` are other IDs
    the sale may be logged under (`stripe_pi_…`), where the reversal names them.
    """

    kind: ReversalKind
    sale_id: str
    channel: Channel
    native_id: str = ""
    amount: Money | None = None
    date: date_type | None = None
    client: str = ANONYMOUS
    description: str = ""
    transaction_type: TransactionType = TransactionType.ONE_TIME
    fee: Money | None = None
    via: str = ""
    sale_aliases: tuple[str, ...] = ()
    source_metadata: Mapping[str, Any] = MappingProxyType({})


class Sale(NamedTuple):
    """One payment as the platform shows it now, gross of fees.

    `amount` is in US dollars wherever the platform gives a dollar amount (the price itself, or its own settled
    amount); otherwise in the currency of the price. `aliases` are other IDs the same payment may already be logged
    under (`stripe_pi_…`, `stripe_in_…`). `same_as` is the ID of the sale on another channel that this payment is
    (a Gumroad sale seen in Stripe): it counts there, once; `same_as_also` are the other sales of a cart. `numbered`
    marks an ID made of contract and date: equal ones are matched to logged rows by amount, the rest get `_2`, `_3` …

    Reversals come itemised in `reversals`, or as the running figure `refunded_total` where the platform gives no
    items; `reversed_in_full` where it only says that nothing is left. `has_unknown_refund` says that something was
    refunded and the platform doesn't say how much; `has_unknown_dispute` that it is disputed and nobody says whether
    that took the money. `is_refunded_whole`: the platform says so itself, whatever its figures in dollars sum up to.
    """

    id: str
    date: date_type
    channel: Channel
    amount: Money
    fee: Money | None = None
    client: str = ANONYMOUS
    description: str = ""
    transaction_type: TransactionType = TransactionType.ONE_TIME
    period: str = ""
    hours: Decimal | None = None
    via: str = ""
    aliases: tuple[str, ...] = ()
    same_as: str = ""
    same_as_also: tuple[str, ...] = ()
    numbered: bool = False
    reversals: tuple[Reversal, ...] = ()
    refunded_total: Money | None = None
    reversed_in_full: ReversalKind | None = None
    has_unknown_refund: bool = False
    has_unknown_dispute: bool = False
    is_refunded_whole: bool = False
    source_metadata: Mapping[str, Any] = MappingProxyType({})


class Unbookable(NamedTuple):
    """A record that can't be booked as it is: malformed, rounded, a running total, of unknown currency.

    `amount` is the text as it came (escaped and capped by whoever shows it); `why` is a sentence with the mend.
    """

    id: str
    source: str
    why: str
    date: date_type | None = None
    client: str = ""
    description: str = ""
    amount: str = ""
    currency: str = ""
