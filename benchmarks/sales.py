"""Made-up transactions: three years, six channels, the same for every program that is measured.

A row is computed from its number alone: a million of them need no memory, and a merge can name known ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zlib import crc32

FIRST_DAY: Final = date(2024, 1, 1)
LAST_DAY: Final = date(2026, 11, 20)
NOW: Final = "2026-11-22T12:00:00+00:00"

# Channel, prefix of its IDs, how many of a hundred rows are its, the platform's cut in thousandths, kind of sale.
_CHANNELS: Final = (
    ("Stripe", "stripe_ch_", 37, 29, "subscription"),
    ("Gumroad", "gumroad_", 33, 100, "one-time"),
    ("Upwork", "upwork_", 24, 100, "hourly"),
    ("Fiverr", "manual_", 3, 200, "fixed"),
    ("GitHub Sponsors", "manual_", 2, 0, "subscription"),
    ("Cold Outreach", "manual_", 1, 0, "fixed"),
)
_BY_HUNDREDTH: Final = tuple(channel for channel in _CHANNELS for _ in range(channel[2]))
_PRODUCTS: Final = ("Icon set", "Retainer", "Landing page", "Consulting", "Template pack", "Course, part two", "Logo")
_ODD: Final = (
    "Fonts | weights",
    "Tea &amp; <b>cake</b>",
    "設計レビュー",
    "Æsthetic audit",
    "`code` review",
    "Съёмка 50 %",
)
_NAMES: Final = ("ada", "brook", "cleo", "dara", "emil", "fern", "gita", "hugo", "iris", "jonas", "kaya", "lior")


@dataclass(frozen=True, slots=True)
class Sale:
    """One transaction. Amounts are US cents; a fee of None is not known."""

    id: str
    day: date
    channel: str
    client: str
    description: str
    cents: int
    fee: int | None
    kind: str
    status: str = "completed"


def sales(count: int) -> Iterator[Sale]:
    """So many transactions, by date."""
    days = (LAST_DAY - FIRST_DAY).days + 1
    return (sale(number, FIRST_DAY + timedelta(days=number * days // count)) for number in range(count))


def sale(number: int, day: date) -> Sale:
    """The transaction of that number: 1 % refunds, 2 % descriptions with pipes, entities or other scripts."""
    spread = crc32(b"%d" % number)
    channel, prefix, _, cut, kind = _BY_HUNDREDTH[spread % 100]
    cents = 500 + spread // 100 % 90_000 + (spread % 7 == 0) * 150_000
    client = f"{_NAMES[spread % 12]}{spread % 401}@example.com"
    text = _ODD[number // 50 % 6] if number % 50 == 7 else _PRODUCTS[spread // 7 % 7]
    if number % 100 == 99:
        row_id = f"stripe_ch_{number:07d}_refund_re_{number:07d}"
        return Sale(row_id, day, "Stripe", client, text, -cents, None, kind, "refunded")
    row_id = f"{prefix}{day}_{number:012x}" if prefix == "manual_" else f"{prefix}{number:07d}"
    fee = None if not cut or number % 10 == 3 else cents * cut // 1000
    return Sale(row_id, day, channel, client, text, cents, fee, kind)


def arrivals(count: int) -> list[Sale]:
    """Sales of the last day, as a platform's export would hold them."""
    return [
        Sale(f"{number:05d}", LAST_DAY, "Gumroad", f"new{number}@example.com", "Kit", 2900 + number, 340, "one-time")
        for number in range(count)
    ]
