"""Trackers and bookings for the tests of this folder. All names and amounts are invented."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from revintel_mcp.booking.booking import AttentionRow, Booking
from revintel_mcp.domain.source_state import SourceState, SourceStatus
from revintel_mcp.domain.transaction import Channel, Transaction
from revintel_mcp.tracker import Scan, scan
from revintel_mcp.tracker.update import Update, update

NOW = datetime(2026, 2, 19, 14, 3, 22, tzinfo=timezone(timedelta(hours=-5)))
TODAY = NOW.date()
LATER = NOW + timedelta(hours=1)

LOG_HEADER = (
    "| Date | Channel | Client | Description | Amount (USD) | Fee (USD) | Type | Status | ID |\n"
    "| --- | --- | --- | --- | ---: | ---: | --- | --- | --- |\n"
)

CANONICAL = f"""# Revenue Tracker

**Last updated**: 2026-02-18T09:00:00-05:00

## Monthly Summary

| Month | Upwork | Fiverr | Gumroad | GitHub Sponsors | Cold Outreach | Stripe | Other | Total |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| Jan 2026 | 0.00 | 0.00 | 29.00 | 0.00 | 0.00 | 1,200.00 | 0.00 | 1,229.00 |
| Feb 2026 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | 0.00 |

**YTD Total (2026)**: $1,229.00

## Sources

| Source | Status | Complete from | Complete to | Last attempt | Note |
| --- | --- | --- | --- | --- | --- |
| Stripe | complete | 2026-01-01 | 2026-02-17 | 2026-02-18T09:00:00-05:00 | list_balance_transactions |

## Needs Attention

| ID | Date | Source | Client | Description | Amount | Currency | Why | First seen |
| --- | --- | --- | --- | --- | ---: | --- | --- | --- |

## Transaction Log

{LOG_HEADER}| 2026-01-04 | Gumroad | ada@example.com | Icon set | 29.00 | 3.40 | one-time | completed | gumroad_abc |
| 2026-01-09 | Stripe | Brook & Co | Retainer | 1,200.00 | | subscription | completed | stripe_ch_1 |
""".encode()


def log(*rows: str, header: str = LOG_HEADER) -> bytes:
    """A tracker that is nothing but a log with these rows."""
    return ("## Transaction Log\n\n" + header + "".join(f"{row}\n" for row in rows)).encode()


def sale(name: str, day: str, amount: str, channel: Channel = Channel.STRIPE, **fields: Any) -> Transaction:
    """A row to book."""
    return Transaction(id=name, date=date.fromisoformat(day), channel=channel, amount_usd=Decimal(amount), **fields)


def read(data: bytes, **options: Any) -> Scan:
    """A scan on the tests' day."""
    return scan(data, today=TODAY, **options)


def state(name: str = "Stripe", **fields: Any) -> SourceState:
    """A source that is complete through yesterday."""
    values: dict[str, Any] = {
        "status": SourceStatus.COMPLETE,
        "complete_from": date(2026, 1, 1),
        "complete_to": date(2026, 2, 18),
        "last_attempt": NOW.isoformat(),
        "note": "list_balance_transactions",
    }
    return SourceState(name, **(values | fields))


def write(
    data: bytes,
    *added: Transaction,
    attention: Sequence[AttentionRow] | None = None,
    now: datetime = NOW,
    wanted: Sequence[str] = (),
    **options: Any,
) -> Update:
    """An update with these rows, as if a refresh had brought them."""
    scanned = scan(data, today=now.date(), wanted=wanted, fiscal_year_start=options.pop("fiscal_year_start", 1))
    booking = Booking(
        added=added,
        attention=None if attention is None else tuple(attention),
        fees=options.pop("fees", {}),
        edits=options.pop("edits", {}),
    )
    return update(scanned, booking, now=now, **options)


def cents(scanned: Scan) -> dict[str, int]:
    """Counted cents by `2026-01 Stripe`."""
    return {f"{month} {channel}": totals.amount_cents for (month, channel), totals in scanned.totals.items()}
