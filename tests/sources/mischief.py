"""Answers that look like a platform's and are wrong in places: odd types, missing fields, ids that meet by chance."""

from random import Random
from typing import Any

_KEYS = """amount_captured amount_refunded charge data sales earnings has_more next_page_key email latest_charge
    payment_intent refunds balance_transaction lines customer metadata error errors success fee gumroad_fee price
    balance_transactions recordId transactionAmount rawValue items plan interval interval_count invoice subscription
    payments payment status_transitions paid_at dispute disputed refunded captured client node description hours
    accountingSubtype paid recurrence partially_refunded amount_refundable_in_currency reporting_category""".split()
_ODD = [
    None,
    True,
    False,
    0,
    -1,
    4900,
    10**18,
    2**70,
    1.5,
    float("inf"),
    float("nan"),
    "",
    "usd",
    "jpy",
    "xxx",
    "ch_1",
    "re_1",
    "dp_1",
    "pi_1",
    "in_1",
    "2026-02-01",
    "2026-02-01T00:00:00Z",
    "1.23K",
    "$1,200.00",
    "Service Fee",
    "half a surrogate \ud800",
    "Chargeback withdrawal for ch_1",
]
_CATEGORIES = (
    "charge refund dispute dispute_reversal partial_capture_reversal charge_failure refund_failure payout".split()
)


def answer(chance: Random) -> Any:
    """What a tool might answer on a bad day."""
    rows = [_row(chance, 3) if chance.random() < 0.95 else _value(chance, 2) for _ in range(chance.randint(0, 6))]
    kind = chance.random()
    if kind < 0.1:
        return _value(chance, 4)
    if kind < 0.4:
        return rows
    key = chance.choice(["data", "data", "sales", "earnings", "transactions", "contracts", "accounts"])
    more = {"has_more": chance.choice([True, False, None])} if chance.random() < 0.5 else {}
    cursor = {"next_page_key": chance.choice(["a", "b", 1])} if chance.random() < 0.3 else {}
    return {key: rows, **more, **cursor}


def _value(chance: Random, depth: int) -> Any:
    kind = chance.random()
    if depth <= 0 or kind < 0.6:
        return chance.choice(_ODD)
    if kind < 0.75:
        return [_value(chance, depth - 1) for _ in range(chance.randint(0, 3))]
    return _row(chance, depth - 1)


def _row(chance: Random, depth: int) -> dict[str, Any]:
    row = {key: _value(chance, depth) for key in chance.sample(_KEYS, chance.randint(0, 5))}
    likely: dict[str, list[Any]] = {
        "id": ["ch_1", "ch_2", "ch_3", "re_1", "pi_1", "in_1", "txn_1", "txn_2"],
        "created": [1767500000, 1768000000, 1770000000, 1760000000],
        "amount": [4900, 4900, 2000, -2000, "12.50", 1.5],
        "currency": ["usd", "eur", "jpy"],
        "status": ["succeeded", "succeeded", "failed", "won", "paid"],
        "type": _CATEGORIES,
        "source": ["ch_1", "ch_2", "re_1", "dp_1", {"id": "ch_1", "object": "charge"}],
        "created_at": ["2026-02-01T10:00:00Z"],
        "price": [1000, 1000, 0, -1, "9"],
        "date": ["2026-02-01"],
        "stripe_context": ["acct_1"],
    }
    return row | {key: chance.choice(values) for key, values in likely.items() if chance.random() < 0.7}
