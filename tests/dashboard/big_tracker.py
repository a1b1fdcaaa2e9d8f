"""A tracker with very many rows, as a refresh leaves one."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

_FIRST, _LAST = date(2025, 1, 1), date(2026, 11, 20)
_CHANNELS = (("Upwork", "upwork"), ("Gumroad", "gumroad"), ("Stripe", "stripe_ch"))

_HEAD = """\
# Revenue Tracker

**Last updated**: 2026-11-21T09:00:00-05:00

## Sources

| Source | Status | Complete from | Complete to | Last attempt | Note |
| --- | --- | --- | --- | --- | --- |
| Stripe | complete | 2025-01-01 | 2026-11-20 | 2026-11-21T09:00:00-05:00 | list_charges |
| Gumroad | complete | 2025-01-01 | 2026-11-20 | 2026-11-21T09:00:00-05:00 | list_sales |
| Upwork | complete | 2025-01-01 | 2026-11-20 | 2026-11-21T09:00:00-05:00 | get_earnings |

## Transaction Log

| Date | Channel | Client | Description | Amount (USD) | Fee (USD) | Type | Status | ID |
| --- | --- | --- | --- | ---: | ---: | --- | --- | --- |
"""


def write_tracker(path: Path, count: int) -> Decimal:
    """Write a tracker with so many rows by date; gives what they add up to, US dollars."""
    days = (_LAST - _FIRST).days + 1
    total = Decimal(0)
    rows = []
    for number in range(count):
        channel, prefix = _CHANNELS[number % 3]
        amount = Decimal(number % 9973 + 101) / 100
        total += amount
        day = _FIRST + timedelta(days=number * days // count)
        rows.append(
            f"| {day} | {channel} | client {number % 400}@example.com | Thing {number % 50} | {amount:.2f} | 0.30 "
            f"| one-time | completed | {prefix}_{number:07} |\n"
        )
    path.write_text(_HEAD + "".join(rows), encoding="utf-8")
    return total
