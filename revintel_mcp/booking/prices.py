"""What a foreign amount was worth, by the person's own price table. There is no other source of rates."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from revintel_mcp.booking.booking import Price
from revintel_mcp.domain.money import Money, round_usd

PRICE_HOLDS_DAYS: Final = 31
"""A price serves the days after it up to this many: a rate a month is enough, and a forgotten one is not used."""

_CURRENCY_HERE: Final = "USD"


class Prices:
    """The `## Prices` table, ready for look-ups."""

    def __init__(self, rows: Iterable[Price]) -> None:
        self._rows: dict[str, dict[date, Decimal]] = {}
        for row in rows:
            if row.usd > 0:  # of two rows for one day the later one in the file is the correction
                self._rows.setdefault(row.currency.upper(), {})[row.day] = row.usd

    def rate(self, currency: str, day: date) -> Decimal | None:
        """US dollars for one unit on `day`: the newest row of that day or of the 31 days before; None if there is none.

        A row dated after `day` is never used.
        """
        if currency.upper() == _CURRENCY_HERE:
            return Decimal(1)
        rows = self._rows.get(currency.upper(), {})
        newest = max((dated for dated in rows if dated <= day), default=None)
        if newest is None or (day - newest).days > PRICE_HOLDS_DAYS:
            return None
        return rows[newest]

    def usd(self, money: Money, day: date) -> Decimal | None:
        """`money` of that day in US dollars, halves to the even cent, rounded once; None if it has no price."""
        rate = self.rate(money.currency, day)
        return None if rate is None else round_usd(money.amount * rate)
