"""One booked movement of money: the row of the transaction log."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple


class Channel(StrEnum):
    """Where income comes from: the columns of the monthly summary."""

    UPWORK = "Upwork"
    FIVERR = "Fiverr"
    GUMROAD = "Gumroad"
    GITHUB_SPONSORS = "GitHub Sponsors"
    COLD_OUTREACH = "Cold Outreach"
    STRIPE = "Stripe"
    OTHER = "Other"

    @property
    def key(self) -> str:
        """`github_sponsors` for `GitHub Sponsors`: the field's name in results."""
        return self.value.lower().replace(" ", "_")


#: Channels fed by a source; the others are kept by hand and are exact as entered.
SOURCED_CHANNELS: Final = (Channel.STRIPE, Channel.GUMROAD, Channel.UPWORK)

_CHANNEL_BY_NAME: Final = {"".join(ch for ch in channel.value.lower() if ch.isalnum()): channel for channel in Channel}


def channel_named(text: str) -> Channel | None:
    """The channel a person means by `github sponsors`, `GITHUB_SPONSORS` or `GitHub-Sponsors`; None if none.

    `Manual` is Other.
    """
    key = "".join(ch for ch in text.lower() if ch.isalnum())
    return Channel.OTHER if key == "manual" else _CHANNEL_BY_NAME.get(key)


class TransactionType(StrEnum):
    """What kind of work or sale it was. A reversal has the type of its sale."""

    ONE_TIME = "one-time"
    SUBSCRIPTION = "subscription"
    HOURLY = "hourly"
    FIXED = "fixed"


class Status(StrEnum):
    """Whether and how a row counts."""

    COMPLETED = "completed"
    """Counts."""
    PENDING = "pending"
    """Shown, does not count: an unpaid invoice a person noted."""
    REFUNDED = "refunded"
    """A reversal row (refund, dispute, void): its amount is negative, or positive for a won dispute, and counts."""
    EXCLUDED = "excluded"
    """Struck by a person: kept, not counted, never added again."""

    @property
    def counts(self) -> bool:
        """Whether the row's amount is part of the totals."""
        return self in (Status.COMPLETED, Status.REFUNDED)


ANONYMOUS: Final = "Anonymous"
IMPORTED: Final = "import"
"""What `via` says of a row from a CSV file."""


class Transaction(NamedTuple):
    """A row of the log.

    `amount_usd` is gross of fees, US dollars, two places, negative for reversals. `fee_usd` is what the platform
    kept, where it says so; None is not known, and is never the same as zero. `date` is a day in the tracker's time
    zone. `period` is a subscription's billing interval (`month`, `year`), `hours` the hours an earning pays for,
    `via` the upstream tool the row came from. `source_metadata` never reaches the file.
    """

    id: str
    date: date
    channel: Channel
    amount_usd: Decimal
    client: str = ANONYMOUS
    description: str = ""
    transaction_type: TransactionType = TransactionType.ONE_TIME
    status: Status = Status.COMPLETED
    fee_usd: Decimal | None = None
    period: str = ""
    hours: Decimal | None = None
    via: str = ""
    source_metadata: Mapping[str, Any] = MappingProxyType({})
