"""One word for each billing interval, whatever a platform calls it: `month`, `quarter`, `half-year`, `2 years`."""

from typing import Final

_NAMED: Final = {(3, "month"): "quarter", (6, "month"): "half-year", (12, "month"): "year", (7, "day"): "week"}
_UNITS: Final = frozenset(("day", "week", "month", "year"))

# Gumroad API v2, sales: `subscription_duration`. Older exports say `recurrence`, with the same words.
_GUMROAD: Final = {
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "biannually": "half-year",
    "yearly": "year",
    "annually": "year",
    "every_two_years": "2 years",
}


def period_of_interval(interval: str, count: int = 1) -> str:
    """`quarter` for every 3 months, `2 weeks` for every 2 weeks; empty for an interval we don't know."""
    if interval not in _UNITS or count < 1:
        return ""
    if named := _NAMED.get((count, interval)):
        return named
    return interval if count == 1 else f"{count} {interval}s"


def period_of_gumroad(duration: str) -> str:
    """The period of a Gumroad recurrence (`monthly` is `month`); a word we don't know stays as it is."""
    return _GUMROAD.get(duration, duration)
