"""The demo year on Stripe, as its API would show it at a moment.

Objects not yet made are missing, refunds not yet given are not in a charge's figures. Amounts are minor units.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from revintel_mcp.upstreams.demo_year.ids import draw, ident, some_time
from revintel_mcp.upstreams.demo_year.stripe_ledger import entries_of, unix, with_payouts
from revintel_mcp.upstreams.demo_year.stripe_story import (
    DISPUTES,
    REFUNDS,
    SUBSCRIBERS,
    GivenBack,
    Payment,
    Subscriber,
    bills,
    first_bill,
    month_later,
    payments,
)

Json = dict[str, Any]


def account(now: datetime) -> dict[str, list[Json]]:
    """Everything Stripe would show at `now`, newest first, by list name (`charges`), its objects unexpanded."""
    paid = [payment for payment in payments() if payment.when <= now]
    refunds = [back for back in REFUNDS if back.when <= now]
    disputes = [back for back in DISPUTES if back.when <= now]
    ledger = with_payouts(entries_of(paid, refunds, disputes, now), now)
    return {
        "charges": _newest_first(_charge(payment, refunds, disputes) for payment in paid),
        "refunds": _newest_first(_refund(back) for back in refunds),
        "disputes": _newest_first(_dispute(back, ledger, now) for back in disputes),
        "balance_transactions": _newest_first(ledger),
        "subscriptions": _newest_first(_subscription(one, now) for one in SUBSCRIBERS if first_bill(one) <= now),
        "customers": [_customer(client) for client in sorted({payment.client for payment in paid})],
        "invoices": [_invoice(payment) for payment in paid if payment.subscription],
        "payouts": [{"id": entry["source"], "object": "payout"} for entry in ledger if entry["type"] == "payout"],
    }


def _newest_first(objects: Iterator[Json] | Sequence[Json]) -> list[Json]:
    return sorted(objects, key=lambda item: (item["created"], item["id"]), reverse=True)


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
        "created": unix(payment.when),
        "currency": payment.currency,
        "customer": ident("cus_", payment.client),
        "description": payment.description,
        "disputed": any(back.payment == payment.name for back in disputes),
        "failure_code": "card_declined" if payment.declined else None,
        "invoice": ident("in_", payment.name) if payment.subscription else None,
        "livemode": True,
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
        "created": unix(back.when),
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
        "created": unix(back.when),
        "currency": "usd",
        "payment_intent": ident("pi_", back.payment),
        "reason": "fraudulent",
        "status": "lost" if back.lost is not None and back.lost <= now else "under_review",
    }


def _customer(client: str) -> Json:
    name = client.partition("@")[0].replace(".", " ").title()
    return {"id": ident("cus_", client), "object": "customer", "name": name, "email": client}


def _invoice(payment: Payment) -> Json:
    one = next(one for one in SUBSCRIBERS if one.client == payment.client)
    first = payment.when == first_bill(one)
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
    billed = [bill for bill in bills(one) if bill.when <= now]
    months = len(billed) if one.interval == "month" else 12
    ended = some_time(one.client, one.end) if one.end is not None else None
    over = ended is not None and ended <= now
    return {
        "id": ident("sub_", one.client),
        "object": "subscription",
        "cancel_at_period_end": False,
        "canceled_at": unix(ended) if over and ended else None,
        "created": unix(first_bill(one)),
        "currency": "usd",
        "current_period_end": unix(some_time(one.client, month_later(one.start, months))),
        "current_period_start": unix(billed[-1].when),
        "customer": ident("cus_", one.client),
        "ended_at": unix(ended) if over and ended else None,
        "items": {"object": "list", "data": [{"id": ident("si_", one.client), "quantity": 1, "price": _price(one)}]},
        "latest_invoice": ident("in_", billed[-1].name),
        "livemode": True,
        "metadata": {},
        "plan": {
            "id": ident("price_", one.plan),
            "amount": one.amount,
            "currency": "usd",
            "interval": one.interval,
            "interval_count": 1,
        },
        "start_date": unix(first_bill(one)),
        "status": "canceled" if over else "active",
        "trial_end": None,
    }
