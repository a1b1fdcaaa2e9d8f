"""The demo year on Stripe, as a story: what was paid, by whom, what was refunded or disputed.

Amounts are minor units of the currency paid in.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from revintel_mcp.upstreams.demo_year.ids import YEAR, at_home, days_of_year, draw, ident, pick, some_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One attempt to pay. `settled` is the amount in `settled_in`, where that is not the currency paid in."""

    name: str
    when: datetime
    amount: int
    client: str
    description: str
    currency: str = "usd"
    settled: int | None = None
    settled_in: str = "usd"
    rate: float | None = None
    subscription: str = ""
    declined: bool = False


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A recurring agreement: who, what for, how much in cents, how often, from when, until when."""

    client: str
    plan: str
    amount: int
    interval: str
    start: date
    end: date | None = None


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A refund, or a dispute that was lost, of the payment with that name."""

    payment: str
    when: datetime
    amount: int
    lost: datetime | None = None


SHOP: Final = (
    ("Lumen UI kit", 7900),
    ("Fieldnotes icon set", 2900),
    ("Pitch deck template", 4900),
    ("Lumen UI kit", 7900),
    ("Portfolio review", 14900),
)
FIRST_NAMES: Final = tuple(
    "ada bela cora dilan edda femi gus hana ivo jun kaia leo mira nils odile pia quin rosa".split()
)
MAIL_HOSTS: Final = ("example.com", "example.org", "example.net")

SUBSCRIBERS: Final = (
    Subscriber("accounts@harbour-pine.example", "Studio retainer", 150000, "month", date(2026, 1, 12)),
    Subscriber("ops@tallow.example", "Care plan", 24000, "month", date(2026, 2, 3), date(2026, 8, 3)),
    Subscriber("dev@quayside.example", "Component library Pro", 1900, "month", date(2026, 1, 21)),
    Subscriber("ui@bramble.example", "Component library Pro", 1900, "month", date(2026, 3, 30)),
    Subscriber("team@orchard-six.example", "Component library Pro", 1900, "month", date(2026, 5, 8)),
    Subscriber("hello@mistral.example", "Component library Pro, yearly", 19000, "year", date(2026, 4, 17)),
    Subscriber("studio@fennel.example", "Component library Pro, yearly", 19000, "year", date(2026, 9, 2)),
)

SPECIAL: Final = (
    # Late on 31 January at home, already February in UTC.
    Payment(
        name="midnight",
        when=at_home("2026-01-31 22:30"),
        amount=45000,
        client="nora@example.com",
        description="Design audit",
    ),
    Payment(
        name="kit refunded",
        when=at_home("2026-03-12 14:05"),
        amount=7900,
        client="theo@example.org",
        description="Lumen UI kit",
    ),
    Payment(
        name="workshop",
        when=at_home("2026-04-28 10:40"),
        amount=120000,
        client="events@saltmarsh.example",
        description="Team workshop, two days",
    ),
    # Paid in euros, settled in dollars: Stripe's own amount counts.
    Payment(
        name="euro settled",
        when=at_home("2026-05-19 09:15"),
        amount=24000,
        client="buero@lindenhof.example",
        description="Markenworkshop",
        currency="eur",
        settled=26021,
        rate=1.08421,
    ),
    # Paid in yen, which has no minor unit.
    Payment(
        name="yen",
        when=at_home("2026-06-24 20:50"),
        amount=48000,
        client="aoi@example.net",
        description="Icon commission",
        currency="jpy",
        settled=31872,
        rate=0.664,
    ),
    # Paid in euros into a euro balance: nobody says what it is in dollars.
    Payment(
        name="euro kept",
        when=at_home("2026-07-09 11:25"),
        amount=18000,
        client="kontakt@werkbank.example",
        description="Beratung",
        currency="eur",
        settled=18000,
        settled_in="eur",
    ),
    Payment(
        name="disputed",
        when=at_home("2026-08-14 16:20"),
        amount=14900,
        client="r.vale@example.com",
        description="Portfolio review",
    ),
    Payment(
        name="declined",
        when=at_home("2026-09-03 13:10"),
        amount=45000,
        client="ines@example.org",
        description="Design audit",
        declined=True,
    ),
    Payment(
        name="audit",
        when=at_home("2026-10-08 15:30"),
        amount=45000,
        client="ines@example.org",
        description="Design audit",
    ),
    # Between the first and the second refresh of the demo.
    Payment(
        name="last kit",
        when=at_home("2026-11-20 10:15"),
        amount=7900,
        client="wren@example.net",
        description="Lumen UI kit",
    ),
    Payment(
        name="last icons",
        when=at_home("2026-11-20 19:45"),
        amount=2900,
        client="sol@example.com",
        description="Fieldnotes icon set",
    ),
)

REFUNDS: Final = (
    GivenBack("kit refunded", at_home("2026-03-20 09:00"), 7900),
    GivenBack("workshop", at_home("2026-05-06 17:45"), 20000),
    GivenBack("audit", at_home("2026-11-20 15:10"), 45000),  # after the first refresh has logged the sale
)
DISPUTES: Final = (GivenBack("disputed", at_home("2026-09-09 08:30"), 14900, lost=at_home("2026-10-21 12:00")),)
# The last days before the demo's first refresh are told by SPECIAL alone, so that the second brings what it says.
_QUIET_FROM: Final = date(2026, 11, 19)


def payments() -> list[Payment]:
    """Every payment of the year, oldest first."""
    everything = [*SPECIAL, *_shop_sales(), *(bill for one in SUBSCRIBERS for bill in bills(one))]
    return sorted(everything, key=lambda payment: (payment.when, payment.name))


def _shop_sales() -> Iterator[Payment]:
    for day in days_of_year():
        if day >= _QUIET_FROM:
            return
        for number in range((0, 0, 0, 1, 1, 2)[draw(f"sales on {day}", 6)]):
            name = f"shop {day} {number}"
            product, amount = pick(name, SHOP)
            client = f"{pick(f'who {name}', FIRST_NAMES)}@{pick(f'host {name}', MAIL_HOSTS)}"
            yield Payment(name=name, when=some_time(name, day), amount=amount, client=client, description=product)


def bills(one: Subscriber) -> Iterator[Payment]:
    """The payments of a subscription in the year, oldest first."""
    months = range(12) if one.interval == "month" else range(1)
    for offset in months:
        day = month_later(one.start, offset)
        if day.year > YEAR or (one.end is not None and day >= one.end):
            return
        yield Payment(
            name=f"{one.client} {day}",
            when=some_time(one.client, day),
            amount=one.amount,
            client=one.client,
            description="Subscription update" if offset else "Subscription creation",
            subscription=ident("sub_", one.client),
        )


def month_later(start: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    year, month = divmod(start.month - 1 + months, 12)
    last_day = monthrange(start.year + year, month + 1)[1]
    return date(start.year + year, month + 1, min(start.day, last_day))


def first_bill(one: Subscriber) -> datetime:
    """When a subscription was paid first."""
    return some_time(one.client, month_later(one.start, 0))
