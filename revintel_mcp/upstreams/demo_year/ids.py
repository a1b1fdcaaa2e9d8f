"""Deterministic choices: what looks like chance in the demo year is the SHA-256 of a name."""

import hashlib
from datetime import date, datetime, time, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

#: Where the freelancer lives; her platforms keep UTC.
HOME: Final = ZoneInfo("America/New_York")
YEAR: Final = 2026

T = TypeVar("T")


def draw(name: str, below: int) -> int:
    """A number from 0 up to, not including, `below`, always the same for the same name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % below


def pick(name: str, choices: tuple[T, ...]) -> T:
    """One of the choices, always the same for the same name."""
    return choices[draw(name, len(choices))]


def ident(prefix: str, name: str) -> str:
    """A platform's id that shows where it is from: `ch_demo5f0c…`."""
    return f"{prefix}demo{hashlib.sha256(name.encode()).hexdigest()[:14]}"


def at_home(text: str) -> datetime:
    """`2026-03-12 14:05` on the freelancer's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


def some_time(name: str, day: date) -> datetime:
    """A moment between 8 in the morning and 10 at night of that day at home."""
    return datetime.combine(day, time(8), HOME) + timedelta(seconds=draw(f"time of {name}", 14 * 3600))


def days_of_year() -> list[date]:
    """Every day of the demo year."""
    first = date(YEAR, 1, 1)
    return [first + timedelta(days=n) for n in range((date(YEAR + 1, 1, 1) - first).days)]
