"""Stripe's minor units (Stripe API documentation, "Supported currencies")."""

from typing import Final

from revintel_mcp.domain.currencies import CurrencyError
from revintel_mcp.domain.money import Money
from revintel_mcp.sources.fields import MalformedRecord

USD: Final = "USD"

#: Where Stripe's minor unit is not the ISO 4217 one: 100 is one króna, one shilling; MGA has no minor unit there.
_PLACES: Final = {"ISK": 2, "UGX": 2, "MGA": 0}


def stripe_money(minor: int, currency: str) -> Money:
    """Money from Stripe's whole minor units of `currency` (any case).

    Raises:
        MalformedRecord: the currency is missing or unknown.
    """
    code = currency.upper()
    if not code:
        raise MalformedRecord("it has no currency; type amount and currency in", amount=f"{minor} minor units")
    try:
        return Money.from_minor(minor, code, _PLACES.get(code))
    except CurrencyError as error:
        why = f"{error}; look the amount up on Stripe and type it in"
        raise MalformedRecord(why, amount=f"{minor} minor units", currency=code) from None
