"""The ledger behind the demo year on Stripe: what each movement cost, and what was paid out each Monday."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from revintel_mcp.upstreams.demo_year.ids import HOME, YEAR, days_of_year, ident
from revintel_mcp.upstreams.demo_year.stripe_story import GivenBack, Payment

Json = dict[str, Any]

DISPUTE_FEE: Final = 1500
BILLING_FEE: Final = 120


def unix(when: datetime) -> int:
    """Seconds since 1970, as Stripe writes moments."""
    return int(when.timestamp())


def _fee(payment: Payment) -> int:
    """2.9 % and 30 cents at home; 1.5 % more from abroad; halves up, as Stripe rounds."""
    amount = payment.amount if payment.settled is None else payment.settled
    share = Decimal("0.029") if payment.currency == "usd" else Decimal("0.044")
    return int((amount * share).quantize(Decimal(1), ROUND_HALF_UP)) + 30


def entries_of(
    paid: Sequence[Payment], refunds: Sequence[GivenBack], disputes: Sequence[GivenBack], now: datetime
) -> list[Json]:
    """Balance transactions of payments, refunds, disputes and Stripe's monthly bill, unsorted."""
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
        "available_on": unix(when + timedelta(days=2)),
        "created": unix(when),
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


def with_payouts(ledger: list[Json], now: datetime) -> list[Json]:
    """The ledger with a payout each Monday of all dollars available by then."""
    entries = sorted(ledger, key=lambda entry: entry["available_on"])
    paid_out: list[Json] = []
    for day in days_of_year():
        when = datetime(day.year, day.month, day.day, 5, tzinfo=HOME)
        if day.weekday() or when > now:
            continue
        due = [e for e in entries if e["currency"] == "usd" and "payout" not in e and e["available_on"] <= unix(when)]
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
