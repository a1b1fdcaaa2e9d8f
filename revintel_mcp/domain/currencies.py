"""How many decimal places each currency has (ISO 4217), and nothing else: this program knows no exchange rates."""

from typing import Final

# ISO 4217, list one. Currencies not named in the other two tables have two places.
_NO_PLACES: Final = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_THREE_PLACES: Final = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_FOUR_PLACES: Final = frozenset(("CLF", "UYW"))
_TWO_PLACES: Final = frozenset(
    """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
    CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN
    MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS
    SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW
    ZWG""".split()
)


class CurrencyError(ValueError):
    """A code that is no ISO 4217 currency, so its amounts can't be read."""


def exponent(code: str) -> int:
    """Decimal places of a currency's minor unit: USD 2, JPY 0, KWD 3.

    Raises:
        CurrencyError: the code is not a current ISO 4217 currency.
    """
    upper = code.upper()
    if upper in _TWO_PLACES:
        return 2
    if upper in _NO_PLACES:
        return 0
    if upper in _THREE_PLACES:
        return 3
    if upper in _FOUR_PLACES:
        return 4
    raise CurrencyError(f"{code!r} is not an ISO 4217 currency code")
