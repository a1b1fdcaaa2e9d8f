"""Amounts that a person typed, in dollars or in another currency, into an entry or a cell of Needs Attention."""

import re
from decimal import Decimal
from typing import Final

from revintel_mcp.domain.currencies import CurrencyError, exponent
from revintel_mcp.domain.money import LARGEST_JSON_AMOUNT, AmountError, Money, parse_amount

_PLAIN: Final = re.compile(r"-?\s*(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
_SAYS_USD: Final = re.compile(r"^\W*USD\b|\bUSD\W*$", re.IGNORECASE)


def read_money(text: str, currency: str) -> Money:
    """The amount in a cell beside a currency cell. One that itself says USD is in dollars, whatever that cell says.

    A blank currency is the tracker's, the US dollar. The dollar sign alone does not overrule another currency.

    Raises:
        AmountError: not one clear amount, or finer than the currency's smallest unit.
        CurrencyError: the code is no currency.
    """
    code = currency.strip().upper() or "USD"
    if code == "USD" or _SAYS_USD.search(text.strip()):
        return _bounded(Money(parse_amount(text), "USD"))
    places = exponent(code)
    raw = re.sub(
        rf"^\s*{code}\b|\b{code}\s*$", "", text.strip().replace("\N{MINUS SIGN}", "-"), flags=re.IGNORECASE
    ).strip()
    if not _PLAIN.fullmatch(raw):
        raise AmountError(f"{text!r} is not one clear amount in {code}", "write it like 1200.50 or 1,200.50")
    amount = Decimal(re.sub(r"[,\s]", "", raw))
    if amount != amount.quantize(Decimal(1).scaleb(-places)):
        raise AmountError(f"{text!r} has more decimal places than {code} has ({places})", "round it")
    return _bounded(Money(amount.quantize(Decimal(1).scaleb(-places)), code))


def could_be_booked(text: str, currency: str) -> bool:
    """Whether a cell with this text could be taken for one clear amount, in the currency beside it or another."""
    for code in (currency, "", "CLF"):  # the last has the most decimal places
        try:
            read_money(text, code)
        except (AmountError, CurrencyError):
            continue
        return True
    return False


def _bounded(money: Money) -> Money:
    if abs(money.amount) >= LARGEST_JSON_AMOUNT:
        raise AmountError(f"{money.amount} is too large", "split the entry")
    return money
