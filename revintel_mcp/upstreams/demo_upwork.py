"""The demo year behind Upwork's tools. A day's records appear the day after, as Upwork's do."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from revintel_mcp.upstreams.demo_year.ids import HOME
from revintel_mcp.upstreams.demo_year.upwork import CONTRACTS, Contract, Earning, earnings

Json = dict[str, Any]

_JOINED: Final = date(2026, 1, 1)


class DemoDesk:
    """A freelancer's Upwork account at a moment of the demo year."""

    def __init__(self, now: datetime) -> None:
        self._today = now.astimezone(HOME).date()

    def contracts(self, status: str) -> Json:
        """The contracts that had begun, in that state."""
        begun = [_contract(one, self._today) for one in CONTRACTS if one.start <= self._today]
        return {"contracts": [one for one in begun if status in ("all", one["status"])]}

    def earnings(self, start: date | None, end: date | None, contract_id: str | None) -> Json:
        """What was earned from `start` to `end`, both included."""
        return {
            "start_date": start.isoformat() if start else None,
            "end_date": end.isoformat() if end else None,
            "currency": "USD",
            "earnings": [_earning(one) for one in _chosen(earnings(self._today), start, end, contract_id)],
            "refunds": [],
            "unattached_fees": [],
            "ignored": [],
            "unread": [],
            "covers": {"start_date": _JOINED.isoformat(), "end_date": None},
            "whole": {
                "start_date": (start or _JOINED).isoformat(),
                "end_date": (end or self._today).isoformat(),
            },
            "complete": True,
            "why": "",
        }


def _chosen(
    rows: Iterable[Earning], start: date | None, end: date | None, contract_id: str | None
) -> Iterable[Earning]:
    first, last = start or date.min, end or date.max
    return (one for one in rows if first <= one.day <= last and contract_id in (None, one.contract.id))


def _contract(one: Contract, today: date) -> Json:
    over = one.end is not None and one.end < today
    return {
        "id": one.id,
        "title": one.title,
        "client_name": one.client,
        "contract_type": _kind(one),
        "status": "ended" if over else "active",
        "start_date": one.start.isoformat(),
        "end_date": one.end.isoformat() if over and one.end else None,
    }


def _earning(one: Earning) -> Json:
    day = one.day.isoformat()
    fees = [] if one.fee is None else [_fee(one, one.fee, day)]
    return {
        "record_id": one.record,
        "date": day,
        "amount": _dollars(one.amount),
        "currency": "USD",
        "type": one.kind,
        "contract_id": one.contract.id,
        "contract_title": one.contract.title,
        "client_name": one.contract.client,
        "contract_type": _kind(one.contract),
        "description": one.description,
        "hours": str((Decimal(one.minutes) / 60).quantize(Decimal("0.01"))) if one.minutes else None,
        "fee": None if one.fee is None else _dollars(one.fee),
        "fees": fees,
    }


def _fee(one: Earning, cents: int, day: str) -> Json:
    return {"record_id": f"{one.record}-fee", "date": day, "type": "Service Fee", "amount": _dollars(cents)}


def _kind(contract: Contract) -> str:
    return "hourly" if contract.rate else "fixed"


def _dollars(cents: int) -> str:
    return str(Decimal(cents).scaleb(-2))
