"""A month's income by channel: the row of the summary table."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from revintel_mcp.domain.money import ZERO
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Channel


class MonthlySummary(NamedTuple):
    """US dollars, exact, two places; `total` is always the sum of the seven channels."""

    month: Month
    upwork: Decimal = ZERO
    fiverr: Decimal = ZERO
    gumroad: Decimal = ZERO
    github_sponsors: Decimal = ZERO
    cold_outreach: Decimal = ZERO
    stripe: Decimal = ZERO
    other: Decimal = ZERO

    @classmethod
    def of(cls, month: Month, by_channel: Mapping[Channel, Decimal]) -> "MonthlySummary":
        """The row for a month; channels without an amount are zero."""
        return cls(month, **{channel.key: by_channel.get(channel, ZERO) for channel in Channel})

    def amount(self, channel: Channel) -> Decimal:
        """A channel's income."""
        amount: Decimal = getattr(self, channel.key)
        return amount

    @property
    def total(self) -> Decimal:
        """The sum of all channels."""
        return sum((self.amount(channel) for channel in Channel), ZERO)
