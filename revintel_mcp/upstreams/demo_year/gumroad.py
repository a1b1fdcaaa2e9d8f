"""The demo year on Gumroad: products, sales and what became of them, as its v2 API would show them at a moment.

`price` and `gumroad_fee` are US cents whatever the listed currency is (Gumroad API v2, sales). Refunds are not
itemised there: a sale only carries flags, and what could still be refunded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final

from revintel_mcp.upstreams.demo_year.ids import YEAR, at_home, days_of_year, draw, ident, pick, some_time

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product; `price` is in cents of its listed `currency`, `usd` what a sale of it is in US cents."""

    name: str
    price: int
    usd: int
    currency: str = "usd"
    duration: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleMade:
    """A sale; `flags` are API fields that differ from a plain sale's, from the moment `flags_from` on."""

    name: str
    when: datetime
    product: Product
    email: str | None
    full_name: str = ""
    quantity: int = 1
    usd: int | None = None
    subscription: str = ""
    flags: Json = field(default_factory=dict)
    flags_from: datetime | None = None


FREELANCE_OS: Final = Product(name="Freelance OS for Notion", price=4900, usd=4900)
ICONS: Final = Product(name="Fieldnotes icon set", price=2900, usd=2900)
WORKSHEET: Final = Product(name="Pricing worksheet", price=1200, usd=1200)
TYPE_GUIDE: Final = Product(name="Typografie-Leitfaden", price=2400, usd=2604, currency="eur")
SAMPLER: Final = Product(name="Icon sampler", price=0, usd=0)
LETTERS: Final = Product(name="Studio Letters", price=900, usd=900, duration="monthly")
LETTERS_YEARLY: Final = Product(name="Studio Letters, yearly", price=9000, usd=9000, duration="yearly")
GRID_GUIDES: Final = Product(name="Grid | Guides <script>alert('x')</script> *pro*", price=3900, usd=3900)

PRODUCTS: Final = (FREELANCE_OS, ICONS, WORKSHEET, TYPE_GUIDE, SAMPLER, LETTERS, LETTERS_YEARLY, GRID_GUIDES)
_SHELF: Final = (FREELANCE_OS, ICONS, WORKSHEET, ICONS, WORKSHEET)
_READERS: Final = ("amos", "birte", "cleo", "dov", "esme", "finn", "greta", "hugo", "ilse", "jonas")

SPECIAL: Final = (
    SaleMade(
        name="to be refunded",
        when=at_home("2026-02-10 12:00"),
        product=FREELANCE_OS,
        email="kit@example.com",
        flags={"refunded": True, "partially_refunded": False, "amount_refundable_in_currency": "0"},
        flags_from=at_home("2026-02-12 09:00"),
    ),
    SaleMade(
        name="to be partly refunded",
        when=at_home("2026-06-03 18:20"),
        product=FREELANCE_OS,
        email="lou@example.org",
        flags={"partially_refunded": True, "amount_refundable_in_currency": "29"},
        flags_from=at_home("2026-06-10 10:00"),
    ),
    SaleMade(
        name="charged back",
        when=at_home("2026-04-06 22:10"),
        product=ICONS,
        email="m.gray@example.net",
        flags={"disputed": True, "chargedback": True},
        flags_from=at_home("2026-05-01 09:00"),
    ),
    SaleMade(
        name="charged back and won",
        when=at_home("2026-07-16 14:45"),
        product=FREELANCE_OS,
        email="pat@example.com",
        flags={"disputed": True, "dispute_won": True},
        flags_from=at_home("2026-09-30 09:00"),
    ),
    SaleMade(
        name="hostile text",
        when=at_home("2026-05-27 11:05"),
        product=GRID_GUIDES,
        email="zoe|quill@example.com",
        full_name="Zoe | **Quill** <img src=x onerror=alert(1)> `rm -rf`",
    ),
    SaleMade(name="no address", when=at_home("2026-08-08 08:08"), product=ICONS, email=None),
    SaleMade(name="in euros", when=at_home("2026-03-18 19:30"), product=TYPE_GUIDE, email="b.ott@example.org"),
    SaleMade(name="in euros again", when=at_home("2026-10-02 07:40"), product=TYPE_GUIDE, email="s.roth@example.net"),
    SaleMade(name="for nothing", when=at_home("2026-01-29 13:00"), product=SAMPLER, email="val@example.com"),
    SaleMade(
        name="three seats",
        when=at_home("2026-09-11 16:30"),
        product=FREELANCE_OS,
        email="team@kelp.example",
        quantity=3,
        usd=14700,
    ),
    # The year's last evening of a month, already the next month in UTC.
    SaleMade(name="month end", when=at_home("2026-03-31 21:15"), product=WORKSHEET, email="eve@example.com"),
    # Between the first and the second refresh of the demo.
    SaleMade(name="newest", when=at_home("2026-11-20 13:35"), product=ICONS, email="tam@example.org"),
)


@dataclass(frozen=True, slots=True)
class Member:
    """A membership: its product, when it began, and when its free trial ended, if it had one."""

    email: str
    product: Product
    start: date
    trial_until: date | None = None


MEMBERS: Final = (
    Member("ruth@example.net", LETTERS, date(2026, 6, 15)),
    Member("silas@example.com", LETTERS, date(2026, 9, 4), trial_until=date(2026, 9, 18)),
    Member("tove@example.org", LETTERS_YEARLY, date(2026, 2, 20)),
    Member("ugo@example.net", LETTERS_YEARLY, date(2026, 11, 13), trial_until=date(2026, 11, 27)),
)


def sales(now: datetime) -> list[Json]:
    """Every sale the API would list at `now`, newest first."""
    made = [sale for sale in _everything() if sale.when <= now]
    made.sort(key=lambda sale: (sale.when, sale.name), reverse=True)
    return [_as_json(sale, now) for sale in made]


def products() -> list[Json]:
    """Every product, newest first."""
    return [
        {
            "id": ident("", f"product {product.name}"),
            "name": product.name,
            "price": product.price,
            "currency": product.currency,
            "formatted_price": _formatted(product.price, product.currency),
            "subscription_duration": product.duration or None,
            "is_tiered_membership": bool(product.duration),
            "recurrences": [product.duration] if product.duration else None,
            "published": True,
        }
        for product in PRODUCTS
    ]


def _everything() -> Iterator[SaleMade]:
    yield from SPECIAL
    for member in MEMBERS:
        yield from _charges_of(member)
    for day in days_of_year():
        if day < date(YEAR, 11, 19) and draw(f"gumroad on {day}", 6) == 0:
            name = f"gumroad {day}"
            email = f"{pick(f'reader {name}', _READERS)}{draw(name, 90) + 10}@example.com"
            yield SaleMade(name=name, when=some_time(name, day), product=pick(name, _SHELF), email=email)


def _charges_of(member: Member) -> Iterator[SaleMade]:
    if member.trial_until is not None:
        yield _charge(member, member.start, renewal=False)
    first = member.trial_until or member.start
    for offset in range(12 if member.product.duration == "monthly" else 1):
        month = first.month + offset
        if month > 12:
            return
        yield _charge(member, first.replace(month=month), renewal=bool(offset or member.trial_until))


def _charge(member: Member, day: date, *, renewal: bool) -> SaleMade:
    flags: Json = {"is_recurring_billing": True, "recurring_charge": renewal}
    flags["cancelled"] = flags["dead"] = flags["ended"] = False
    if member.trial_until is not None:
        flags["free_trial_ends_on"] = f"{member.trial_until:%b} {member.trial_until.day}, {member.trial_until.year}"
    return SaleMade(
        name=f"{member.email} {day}",
        when=some_time(member.email, day),
        product=member.product,
        email=member.email,
        subscription=ident("", f"subscription {member.email}"),
        flags=flags,
    )


def _as_json(sale: SaleMade, now: datetime) -> Json:
    product, listed = sale.product, sale.product.price * sale.quantity
    cents = product.usd if sale.usd is None else sale.usd
    plain = {
        "id": ident("", f"sale {sale.name}") + "==",
        "email": sale.email,
        "created_at": sale.when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "product_id": ident("", f"product {product.name}"),
        "product_name": product.name,
        "price": cents,
        "gumroad_fee": cents // 10 + 50 if cents else 0,
        "formatted_display_price": _formatted(listed, product.currency),
        "formatted_total_price": _formatted(listed, product.currency),
        "currency_symbol": _SYMBOLS[product.currency],
        "currency": product.currency,
        "amount_refundable_in_currency": _plain(listed),
        "refunded": False,
        "partially_refunded": False,
        "chargedback": False,
        "disputed": False,
        "dispute_won": False,
        "full_name": sale.full_name,
        "paid": cents != 0,
        "order_id": 524_000_000 + draw(sale.name, 900_000),
        "is_recurring_billing": False,
        "is_gift_sender_purchase": False,
        "is_gift_receiver_purchase": False,
        "discover_fee_charged": False,
        "quantity": sale.quantity,
    }
    if sale.subscription:
        plain |= {"subscription_id": sale.subscription, "subscription_duration": product.duration}
    return plain | (sale.flags if sale.flags_from is None or sale.flags_from <= now else {})


_SYMBOLS: Final = {"usd": "$", "eur": "€"}


def _formatted(cents: int, currency: str) -> str:
    return f"{_SYMBOLS[currency]}{_plain(cents)}"


def _plain(cents: int) -> str:
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)
