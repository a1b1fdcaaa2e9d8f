"""Exact money. Amounts are `Decimal`; sums of many rows are whole cents; nothing here is ever binary floating point."""

import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, NamedTuple

from revintel_mcp.domain.currencies import exponent

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")

# Past this, the shortest binary text of an amount could differ from its decimal text: no JSON number then.
LARGEST_JSON_AMOUNT: Final = Decimal(10) ** 13

# As text: `re` compiles a pattern when it is first used, and most runs use none of these.
_PLAIN = r"\d+(?:\.\d+)?|\.\d+"
_PERHAPS_THOUSANDS: Final = r"[1-9]\d{0,2}\.\d{3}"
_GROUPED = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?"


class AmountError(ValueError):
    """A text that is not one clear amount. The message says why; `mend` says what to type instead."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.mend = mend


class Money(NamedTuple):
    """An amount in the major unit of a currency: `Money(Decimal("12.34"), "USD")` is twelve dollars thirty-four."""

    amount: Decimal
    currency: str

    @classmethod
    def from_minor(cls, minor: int, currency: str, places: int | None = None) -> "Money":
        """Money from whole minor units: 1234 USD is 12.34, 500 JPY is 500, 1234 KWD is 1.234.

        `places` overrides the ISO 4217 exponent where a platform writes a currency differently.
        """
        code = currency.upper()
        return cls(Decimal(minor).scaleb(-(exponent(code) if places is None else places)), code)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)


def round_usd(amount: Decimal) -> Decimal:
    """`amount` with exactly two places, halves to the even cent; what rounds to nothing has no sign."""
    return amount.quantize(CENT, rounding=ROUND_HALF_EVEN) or ZERO


def usd_from_cents(cents: int) -> Decimal:
    """Whole cents as dollars with two places."""
    return Decimal(cents).scaleb(-2)


def cents_from_usd(amount: Decimal) -> int:
    """Dollars as whole cents; an amount finer than a cent is an error, never rounded in passing."""
    cents = amount.scaleb(2)
    if cents != cents.to_integral_value():
        raise AmountError(f"{amount} has more than two decimal places", "round it to the cent")
    return int(cents)


def format_usd(amount: Decimal) -> str:
    """Two places, thousands by comma, as the tracker shows it: `1,200.00`, `-29.00`."""
    return f"{round_usd(amount):,.2f}"


def parse_amount(text: str) -> Decimal:
    """The amount that a person typed, dollars and cents, at most two places; minus or parentheses make it negative.

    Accepts `1200`, `1,200.5`, `$1,200`, `-50`, `(50)`, `USD 50`, `50 USD`. Refuses what could be read in two ways
    (`1 200,50`, `1.200,50`, `1.200`, `1,5`) and what is rounded (`1.2K`).

    Raises:
        AmountError: the text is not one clear amount.
    """
    raw = text.strip().replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ")
    body = re.sub(r"^\s*USD\b\s*|\s*\bUSD\s*$", "", raw, flags=re.IGNORECASE)
    negative = False
    if body.startswith("(") and body.endswith(")"):
        negative, body = True, body[1:-1].strip()
    for _ in range(2):  # the sign stands before or after the dollar sign
        if body[:1] in {"-", "+"}:
            if negative and body[0] == "-":
                raise AmountError(f"{text!r} is negative twice", "write it as -50.00")
            negative, body = negative or body[0] == "-", body[1:].strip()
        body = body.removeprefix("$").strip()
    if not (re.fullmatch(_PLAIN, body) or re.fullmatch(_GROUPED, body)) or not body.isascii():
        raise AmountError(f"{text!r} is not one clear amount", "write dollars and cents like 1200.50 or 1,200.50")
    if re.fullmatch(_PERHAPS_THOUSANDS, body):
        thousands = f"{body.replace('.', '')}.00"
        mend = f"write {thousands} if that is meant, else two decimal places"
        raise AmountError(f"{text!r} could be {thousands} or less than a thousand dollars", mend)
    value = Decimal(body.replace(",", ""))
    if value >= LARGEST_JSON_AMOUNT:
        raise AmountError(f"{text!r} is too large to be kept exact", "split the entry")
    if value != round_usd(value):
        raise AmountError(f"{text!r} has more than two decimal places", "round it to the cent")
    return round_usd(-value if negative else value)


def json_number(amount: Decimal) -> int | float:
    """`amount` as a JSON number whose decimal text is exactly the amount; only for the edge, never for sums."""
    if abs(amount) >= LARGEST_JSON_AMOUNT:
        raise AmountError(f"{amount} is too large to be exact as a JSON number", "split the entry")
    return float(amount)
