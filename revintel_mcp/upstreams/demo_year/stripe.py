"""The demo year on Stripe: what sold, what was refunded or disputed, and the ledger behind it.

The tables say what happened; `account` works out what Stripe would show at a moment: objects not yet made are
missing, refunds not yet given are not in a charge's figures. Amounts are minor units.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from revintel_mcp.upstreams.demo_year.ids import HOME, YEAR, at_home, days_of_year, draw, ident, pick, some_time

Json = dict[str, Any]


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
DISPUTE_FEE: Final = 1500
BILLING_FEE: Final = 120

# The last days before the demo's first refresh are told by SPECIAL alone, so that the second brings what it says.
_QUIET_FROM: Final = date(2026, 11, 19)


def account(now: datetime) -> dict[str, list[Json]]:
    """Everything Stripe would show at `now`, newest first, by list name (`charges`), its objects unexpanded."""
    paid = [payment for payment in payments() if payment.when <= now]
    refunds = [back for back in REFUNDS if back.when <= now]
    disputes = [back for back in DISPUTES if back.when <= now]
    ledger = _with_payouts(_ledger(paid, refunds, disputes, now), now)
    return {
        "charges": _newest_first(_charge(payment, refunds, disputes) for payment in paid),
        "refunds": _newest_first(_refund(back) for back in refunds),
        "disputes": _newest_first(_dispute(back, ledger, now) for back in disputes),
        "balance_transactions": _newest_first(ledger),
        "subscriptions": _newest_first(_subscription(one, now) for one in SUBSCRIBERS if _first_bill(one) <= now),
        "customers": [_customer(client) for client in sorted({payment.client for payment in paid})],
        "invoices": [_invoice(payment) for payment in paid if payment.subscription],
        "payouts": [{"id": entry["source"], "object": "payout"} for entry in ledger if entry["type"] == "payout"],
    }


def payments() -> list[Payment]:
    """Every payment of the year, oldest first."""
    everything = [*SPECIAL, *_shop_sales(), *(bill for one in SUBSCRIBERS for bill in _bills(one))]
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


def _bills(one: Subscriber) -> Iterator[Payment]:
    months = range(12) if one.interval == "month" else range(1)
    for offset in months:
        day = _month_later(one.start, offset)
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


def _month_later(start: date, months: int) -> date:
    year, month = divmod(start.month - 1 + months, 12)
    last_day = monthrange(start.year + year, month + 1)[1]
    return date(start.year + year, month + 1, min(start.day, last_day))


def _first_bill(one: Subscriber) -> datetime:
    return some_time(one.client, _month_later(one.start, 0))


def _unix(when: datetime) -> int:
    return int(when.timestamp())


def _newest_first(objects: Iterator[Json] | Sequence[Json]) -> list[Json]:
    return sorted(objects, key=lambda item: (item["created"], item["id"]), reverse=True)


def _fee(payment: Payment) -> int:
    """2.9 % and 30 cents at home; 1.5 % more from abroad; halves up, as Stripe rounds."""
    amount = payment.amount if payment.settled is None else payment.settled
    share = Decimal("0.029") if payment.currency == "usd" else Decimal("0.044")
    return int((amount * share).quantize(Decimal(1), ROUND_HALF_UP)) + 30


def _charge(payment: Payment, refunds: Sequence[GivenBack], disputes: Sequence[GivenBack]) -> Json:
    given_back = sum(back.amount for back in refunds if back.payment == payment.name)
    kept = not payment.declined
    return {
        "id": ident("ch_", payment.name),
        "object": "charge",
        "amount": payment.amount,
        "amount_captured": payment.amount if kept else 0,
        "amount_refunded": given_back,
        "balance_transaction": ident("txn_", payment.name) if kept else None,
        "billing_details": {"email": payment.client, "name": None},
        "captured": kept,
        "created": _unix(payment.when),
        "currency": payment.currency,
        "customer": ident("cus_", payment.client),
        "description": payment.description,
        "disputed": any(back.payment == payment.name for back in disputes),
        "failure_code": "card_declined" if payment.declined else None,
        "invoice": ident("in_", payment.name) if payment.subscription else None,
        "livemode": False,
        "metadata": {},
        "paid": kept,
        "payment_intent": ident("pi_", payment.name),
        "payment_method_details": {"type": "card"},
        "receipt_email": None,
        "refunded": given_back == payment.amount,
        "status": "succeeded" if kept else "failed",
    }


def _refund(back: GivenBack) -> Json:
    return {
        "id": ident("re_", back.payment),
        "object": "refund",
        "amount": back.amount,
        "balance_transaction": ident("txn_", f"refund of {back.payment}"),
        "charge": ident("ch_", back.payment),
        "created": _unix(back.when),
        "currency": "usd",
        "metadata": {},
        "payment_intent": ident("pi_", back.payment),
        "reason": "requested_by_customer",
        "status": "succeeded",
    }


def _dispute(back: GivenBack, ledger: Sequence[Json], now: datetime) -> Json:
    identity = ident("du_", back.payment)
    return {
        "id": identity,
        "object": "dispute",
        "amount": back.amount,
        "balance_transactions": [entry for entry in ledger if entry["source"] == identity],
        "charge": ident("ch_", back.payment),
        "created": _unix(back.when),
        "currency": "usd",
        "payment_intent": ident("pi_", back.payment),
        "reason": "fraudulent",
        "status": "lost" if back.lost is not None and back.lost <= now else "under_review",
    }


def _ledger(
    paid: Sequence[Payment], refunds: Sequence[GivenBack], disputes: Sequence[GivenBack], now: datetime
) -> list[Json]:
    entries = [_earned(payment) for payment in paid if not payment.declined]
    entries += [
        _entry(
            name=f"refund of {back.payment}",
            when=back.when,
            kind="refund",
            category="refund",
            amount=-back.amount,
            source=ident("re_", back.payment),
            text="REFUND FOR CHARGE",
        )
        for back in refunds
    ]
    entries += [
        _entry(
            name=f"dispute of {back.payment}",
            when=back.when,
            kind="adjustment",
            category="dispute",
            amount=-back.amount,
            fee=DISPUTE_FEE,
            source=ident("du_", back.payment),
            text="Chargeback withdrawal",
        )
        for back in disputes
    ]
    return entries + [
        _entry(
            name=f"billing fee {month}",
            when=when,
            kind="stripe_fee",
            category="fee",
            amount=-BILLING_FEE,
            source=None,
            text="Billing - Usage Fee",
        )
        for month in range(1, 13)
        if (when := datetime(YEAR, month, 1, 6, tzinfo=HOME)) <= now
    ]


def _earned(payment: Payment) -> Json:
    entry = _entry(
        name=payment.name,
        when=payment.when,
        kind="charge",
        category="charge",
        amount=payment.amount if payment.settled is None else payment.settled,
        fee=_fee(payment),
        source=ident("ch_", payment.name),
        text=payment.description,
    )
    currency = payment.currency if payment.settled is None else payment.settled_in
    details = [{"amount": entry["fee"], "currency": currency, "type": "stripe_fee"}]
    return entry | {"currency": currency, "exchange_rate": payment.rate, "fee_details": details}


def _entry(
    *, name: str, when: datetime, kind: str, category: str, amount: int, source: str | None, text: str, fee: int = 0
) -> Json:
    return {
        "id": ident("txn_", name),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": _unix(when + timedelta(days=2)),
        "created": _unix(when),
        "currency": "usd",
        "description": text,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [{"amount": fee, "currency": "usd", "type": "stripe_fee"}] if fee else [],
        "net": amount - fee,
        "reporting_category": category,
        "source": source,
        "status": "available",
        "type": kind,
    }


def _with_payouts(ledger: list[Json], now: datetime) -> list[Json]:
    """The ledger with a payout each Monday of all dollars available by then."""
    entries = sorted(ledger, key=lambda entry: entry["available_on"])
    paid_out: list[Json] = []
    for day in days_of_year():
        when = datetime(day.year, day.month, day.day, 5, tzinfo=HOME)
        if day.weekday() or when > now:
            continue
        due = [e for e in entries if e["currency"] == "usd" and "payout" not in e and e["available_on"] <= _unix(when)]
        net = sum(entry["net"] for entry in due)
        if net <= 0:
            continue
        payout = ident("po_", f"{day}")
        for entry in due:
            entry["payout"] = payout
        paid_out.append(
            _entry(
                name=f"payout {day}",
                when=when,
                kind="payout",
                category="payout",
                amount=-net,
                source=payout,
                text="STRIPE PAYOUT",
            )
            | {"payout": payout}
        )
    return entries + paid_out


def _customer(client: str) -> Json:
    name = client.partition("@")[0].replace(".", " ").title()
    return {"id": ident("cus_", client), "object": "customer", "name": name, "email": client}


def _invoice(payment: Payment) -> Json:
    one = next(one for one in SUBSCRIBERS if one.client == payment.client)
    first = payment.when == _first_bill(one)
    return {
        "id": ident("in_", payment.name),
        "object": "invoice",
        "number": f"DEMO-{draw(payment.name, 9000) + 1000}",
        "subscription": payment.subscription,
        "billing_reason": "subscription_create" if first else "subscription_cycle",
        "lines": {"object": "list", "data": [{"description": one.plan, "price": _price(one)}], "has_more": False},
    }


def _price(one: Subscriber) -> Json:
    return {
        "id": ident("price_", one.plan),
        "product": ident("prod_", one.plan),
        "currency": "usd",
        "unit_amount": one.amount,
        "recurring": {"interval": one.interval, "interval_count": 1},
    }


def _subscription(one: Subscriber, now: datetime) -> Json:
    bills = [bill for bill in _bills(one) if bill.when <= now]
    months = len(bills) if one.interval == "month" else 12
    ended = some_time(one.client, one.end) if one.end is not None else None
    over = ended is not None and ended <= now
    return {
        "id": ident("sub_", one.client),
        "object": "subscription",
        "cancel_at_period_end": False,
        "canceled_at": _unix(ended) if over and ended else None,
        "created": _unix(_first_bill(one)),
        "currency": "usd",
        "current_period_end": _unix(some_time(one.client, _month_later(one.start, months))),
        "current_period_start": _unix(bills[-1].when),
        "customer": ident("cus_", one.client),
        "ended_at": _unix(ended) if over and ended else None,
        "items": {"object": "list", "data": [{"id": ident("si_", one.client), "quantity": 1, "price": _price(one)}]},
        "latest_invoice": ident("in_", bills[-1].name),
        "livemode": False,
        "metadata": {},
        "plan": {
            "id": ident("price_", one.plan),
            "amount": one.amount,
            "currency": "usd",
            "interval": one.interval,
            "interval_count": 1,
        },
        "start_date": _unix(_first_bill(one)),
        "status": "canceled" if over else "active",
        "trial_end": None,
    }
