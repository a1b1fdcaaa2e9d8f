"""The demo year on Upwork: contracts, weekly hours, milestones, a bonus, and the service fee on each.

Amounts are US cents. Upwork keeps no time of day: a day's records appear the day after.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from revintel_mcp.upstreams.demo_year.ids import YEAR, draw


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract. `rate` is cents an hour, 0 for fixed price; `end` None while it is active."""

    id: str
    title: str
    client: str
    rate: int
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earning:
    """Money earned on a contract. `minutes` are billed time; `fee` cents, None where no fee was recorded."""

    record: str
    day: date
    contract: Contract
    kind: str
    amount: int
    description: str
    minutes: int = 0
    fee: int | None = None


NORTHWIND: Final = Contract("c-2001", "Dashboard design system", "Northwind Robotics", 8500, date(2026, 1, 5))
PINECONE: Final = Contract("c-2002", "Patient portal UX", "Pinecone Health", 6000, date(2026, 9, 7))
LOOM: Final = Contract("c-2003", "Shop redesign", "Hearth & Loom", 0, date(2026, 2, 9), date(2026, 6, 19))
BALTIC: Final = Contract("c-2004", "Ticket app screens", "Baltic Ferries", 0, date(2026, 8, 24))

CONTRACTS: Final = (NORTHWIND, PINECONE, LOOM, BALTIC)

_FIXED: Final = (
    ("m-1", date(2026, 3, 6), LOOM, "fixed", 90000, "Milestone 1: Wireframes"),
    ("m-2", date(2026, 4, 17), LOOM, "fixed", 140000, "Milestone 2: Visual design"),
    ("m-3", date(2026, 6, 19), LOOM, "fixed", 110000, "Milestone 3: Handover"),
    # A bonus after the contract had ended; no service fee is recorded for it.
    ("b-1", date(2026, 7, 14), LOOM, "bonus", 25000, "Bonus: launch week"),
    # Two equal milestones on one day: only their record ids tell them apart.
    ("m-4", date(2026, 9, 15), BALTIC, "fixed", 60000, "Milestone 1: Search screens"),
    ("m-5", date(2026, 9, 15), BALTIC, "fixed", 60000, "Milestone 2: Booking screens"),
    # Between the first and the second refresh of the demo.
    ("m-6", date(2026, 11, 20), BALTIC, "fixed", 85000, "Milestone 3: Boarding pass"),
)


def earnings(today: date) -> list[Earning]:
    """Everything earned on days before `today`, oldest first."""
    return sorted((one for one in _everything() if one.day < today), key=lambda one: (one.day, one.record))


def fee_on(amount: int) -> int:
    """The service fee: a tenth, to the cent."""
    return (amount + 5) // 10


def _everything() -> Iterator[Earning]:
    for record, day, contract, kind, amount, text in _FIXED:
        fee = None if kind == "bonus" else fee_on(amount)
        yield Earning(record=record, day=day, contract=contract, kind=kind, amount=amount, description=text, fee=fee)
    for contract, usual_hours in ((NORTHWIND, 12), (PINECONE, 6)):
        yield from _weeks(contract, usual_hours)


def _weeks(contract: Contract, usual_hours: int) -> Iterator[Earning]:
    """A row each Monday for the week before, in steps of ten minutes; now and then a week off."""
    monday = contract.start + timedelta(days=7)
    while monday.year == YEAR:
        minutes = (usual_hours - 3) * 60 + 10 * draw(f"{contract.id} {monday}", 36)
        if draw(f"{contract.id} off {monday}", 8):
            amount = contract.rate * minutes // 60
            first, last = monday - timedelta(days=7), monday - timedelta(days=1)
            billed = f"{minutes // 60}:{minutes % 60:02d} hrs @ ${contract.rate // 100}.00/hr"
            yield Earning(
                record=f"h-{contract.id[-1]}{monday:%m%d}",
                day=monday,
                contract=contract,
                kind="hourly",
                amount=amount,
                description=f"{billed}, {first} to {last}",
                minutes=minutes,
                fee=fee_on(amount),
            )
        monday += timedelta(days=7)
