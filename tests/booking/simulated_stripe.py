"""A Stripe account with a made-up life, and the servers that people read it through."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from revintel_mcp.sources.contract import Call, RawResult, Tool
from tests.sources.asker import text_result, tool

Record = dict[str, Any]

#: What each server has lists of.
SERVERS: dict[str, tuple[str, ...]] = {
    "everything": ("balance_transactions", "charges", "refunds", "disputes"),
    "ledger": ("balance_transactions",),
    "ledger and charges": ("balance_transactions", "charges"),
    "ledger and refunds": ("balance_transactions", "refunds"),
    "charges": ("charges",),
    "charges and refunds": ("charges", "refunds"),
    "charges, refunds, disputes": ("charges", "refunds", "disputes"),
    "payment intents": ("payment_intents",),
}


@dataclass
class Payment:
    """A payment in cents, what of it was given back, and whether it is disputed."""

    number: int
    day: date
    cents: int
    refunds: list[tuple[date, int]] = field(default_factory=list)
    disputed: date | None = None
    taken: int = 0
    """Cents that the dispute took."""
    won: date | None = None

    @property
    def left(self) -> int:
        """Cents that nobody has taken back yet."""
        return 0 if self.disputed and not self.won else self.cents - self.refunded

    @property
    def refunded(self) -> int:
        return sum(cents for _, cents in self.refunds)


@dataclass
class Account:
    """Payments, and a day that goes by."""

    chance: random.Random
    today: date = date(2026, 1, 3)
    payments: list[Payment] = field(default_factory=list)

    @property
    def net(self) -> int:
        """What is left of all payments, cents."""
        return sum(payment.left for payment in self.payments)

    def live(self, *, disputes: bool) -> None:
        """Some days with some events."""
        self.today += timedelta(self.chance.randint(0, 9))
        for _ in range(self.chance.randint(0, 3)):
            event = self.chance.choice(("pays", "pays", "refunds", "refunds", "disputes", "wins"))
            payment = self.chance.choice(self.payments) if self.payments else None
            if event == "pays":
                cents = self.chance.choice((500, 1000, 1000, 2500, 4999))
                self.payments.append(Payment(len(self.payments) + 1, self.today, cents))
            elif event == "refunds" and payment and payment.left:
                cents = min(payment.left, self.chance.choice((100, 250, 333, payment.left)))
                payment.refunds.append((self.today, cents))
            elif event == "disputes" and disputes and payment and payment.left and not payment.disputed:
                payment.disputed, payment.taken = self.today, payment.left
            elif event == "wins" and payment and payment.disputed and not payment.won:
                payment.won = self.today

    def lists(self) -> dict[str, list[Record]]:
        """What Stripe's API lists, newest first."""
        found: dict[str, list[Record]] = {name: [] for names in SERVERS.values() for name in names}
        for payment in self.payments:
            found["charges"].append(_charge(payment))
            found["payment_intents"].append(_intent(payment))
            found["balance_transactions"].append(
                _entry(f"txn_{payment.number}", "charge", payment.cents, payment.day, f"ch_{payment.number}")
            )
            for number, (day, cents) in enumerate(payment.refunds):
                native = f"re_{payment.number}x{number}"
                found["refunds"].append(
                    _object("refund", native, cents, day) | {"charge": f"ch_{payment.number}", "status": "succeeded"}
                )
                found["balance_transactions"].append(_entry(f"txn_{native}", "refund", -cents, day, native))
            moves = _dispute_entries(payment)
            found["balance_transactions"] += moves
            if payment.disputed:
                dispute = _object("dispute", f"dp_{payment.number}", payment.taken, payment.disputed)
                status = "won" if payment.won else "under_review"
                found["disputes"].append(
                    dispute | {"charge": f"ch_{payment.number}", "status": status, "balance_transactions": moves}
                )
        for rows in found.values():
            rows.sort(key=lambda row: row["created"], reverse=True)
        return found


def server_of(account: Account, name: str) -> tuple[Sequence[Tool], Callable[[Call], RawResult]]:
    """The tools of a server, and what they answer today; its pages are short ones."""
    lists, size = account.lists(), account.chance.choice((2, 3, 100))

    def answer(call: Call) -> RawResult:
        rows = lists[call.tool.removeprefix("list_")]
        after = call.arguments.get("starting_after")
        start = next((place + 1 for place, row in enumerate(rows) if row["id"] == after), 0)
        page = rows[start : start + size]
        return text_result({"object": "list", "data": page, "has_more": start + size < len(rows)})

    return [tool(f"list_{each}", "limit", "starting_after") for each in SERVERS[name]], answer


def _object(kind: str, native: str, cents: int, day: date) -> Record:
    noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
    return {"id": native, "object": kind, "amount": cents, "currency": "usd", "created": noon}


def _entry(native: str, kind: str, cents: int, day: date, source: str, words: str = "") -> Record:
    entry = _object("balance_transaction", native, cents, day)
    return entry | {"type": kind, "reporting_category": kind, "fee": 0, "source": source, "description": words}


def _charge(payment: Payment) -> Record:
    charge = _object("charge", f"ch_{payment.number}", payment.cents, payment.day)
    return charge | {
        "amount_captured": payment.cents,
        "amount_refunded": payment.refunded,
        "refunded": payment.refunded == payment.cents,
        "disputed": payment.disputed is not None,
        "captured": True,
        "status": "succeeded",
        "payment_intent": f"pi_{payment.number}",
    }


def _intent(payment: Payment) -> Record:
    intent = _object("payment_intent", f"pi_{payment.number}", payment.cents, payment.day)
    return intent | {"amount_received": payment.cents, "status": "succeeded", "latest_charge": _charge(payment)}


def _dispute_entries(payment: Payment) -> list[Record]:
    source, cents = f"dp_{payment.number}", payment.taken
    entries = []
    if payment.disputed:
        words = f"Chargeback withdrawal for ch_{payment.number}"
        entries.append(_entry(f"txn_{source}", "dispute", -cents, payment.disputed, source, words))
    if payment.won:
        words = f"Chargeback reversal for ch_{payment.number}"
        entries.append(_entry(f"txw_{source}", "dispute_reversal", cents, payment.won, source, words))
    return entries
