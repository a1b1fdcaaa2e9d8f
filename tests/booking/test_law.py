"""For any sequence of sales, refunds, disputes, partial pulls, failures and re-runs in any order, the log's totals are
those of a simple reference model, and re-running changes nothing.

The platform knows the truth and shows it through tools that differ: one itemises refunds, one gives running totals,
one only raises flags, one shows what went back without the sale. The model remembers, per sale, only what was shown.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from revintel_mcp.booking.known import SourcePull
from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import Reversal, ReversalKind, Sale
from revintel_mcp.domain.transaction import Channel
from tests.booking.memory_log import MemoryLog, price, pull
from tests.booking.text_log import TextLog

FIRST_DAY = date(2026, 1, 5)
RATE = 2  # dollars for a euro: halves never come up, so cents can be compared
MODES = ("items", "nameless", "totals", "flags")


@dataclass
class Payment:
    """A sale as the platform knows it, and what of it was shown. Amounts are whole cents of `currency`."""

    number: int
    day: date
    cents: int
    currency: str
    refunds: dict[str, tuple[date, int]] = field(default_factory=dict)
    disputed: date | None = None
    won: date | None = None

    is_logged: bool = False
    waits: bool = False
    is_struck: bool = False
    has_charge_id: bool = False
    shown_refunds: set[str] = field(default_factory=set)
    shown_dispute: bool = False
    shown_won: bool = False

    @property
    def charge(self) -> str:
        return f"stripe_ch_{self.number}"

    @property
    def intent(self) -> str:
        return f"stripe_pi_{self.number}"

    @property
    def refunded(self) -> int:
        return sum(cents for _, cents in self.refunds.values())

    @property
    def is_gone(self) -> bool:
        is_disputed = self.disputed is not None and self.won is None
        return is_disputed or self.refunded >= self.cents

    def money(self, cents: int) -> Money:
        return Money(Decimal(cents).scaleb(-2), self.currency)

    @property
    def expected_cents(self) -> int:
        """US cents that the log should have for it, by what was shown."""
        shown = sum(self.refunds[name][1] for name in self.shown_refunds)
        rate = RATE if self.currency == "EUR" else 1
        if self.is_struck:
            return 0
        if not self.is_logged:
            return 0 if self.waits else -shown * rate
        taken = self.cents if self.shown_dispute and not self.shown_won else 0
        return max(0, self.cents - shown - taken) * rate


class Books(RuleBasedStateMachine):
    """A platform, a person, and a log."""

    log_type: Callable[[], Any] = MemoryLog

    def __init__(self) -> None:
        super().__init__()
        self.log = self.log_type()
        self.today = FIRST_DAY
        self.payments: list[Payment] = []

    @rule(cents=st.integers(1, 9999), currency=st.sampled_from(["USD", "USD", "EUR"]))
    def someone_pays(self, cents: int, currency: str) -> None:
        if len(self.payments) < 4:
            self.payments.append(Payment(len(self.payments) + 1, self.today, cents, currency))

    @precondition(lambda self: self.payments)
    @rule(data=st.data())
    def money_is_given_back(self, data: st.DataObject) -> None:
        payment = data.draw(st.sampled_from(self.payments))
        left = payment.cents - payment.refunded
        if left > 0:
            name = f"re_{payment.number}x{len(payment.refunds)}"
            cents = data.draw(st.one_of(st.just(left), st.integers(1, left)))
            payment.refunds[name] = (self.today, cents)

    @precondition(lambda self: self.payments)
    @rule(data=st.data())
    def a_buyer_disputes(self, data: st.DataObject) -> None:
        payment = data.draw(st.sampled_from(self.payments))
        if payment.disputed is None:
            payment.disputed = self.today
        elif payment.won is None:
            payment.won = self.today

    @precondition(lambda self: self.payments)
    @rule(
        data=st.data(),
        modes=st.lists(st.sampled_from(MODES), min_size=1, max_size=2),
        with_charge=st.booleans(),
        order=st.randoms(use_true_random=False),
    )
    def a_source_is_pulled(
        self,
        data: st.DataObject,
        modes: list[str],
        with_charge: bool,  # noqa: FBT001 - drawn by name
        order: random.Random,
    ) -> None:
        """Some of the payments are shown (a pull may be cut short), by one server or by two of one account."""
        some = data.draw(st.lists(st.sampled_from(self.payments), unique_by=lambda each: each.number))
        for payment in some:
            payment.has_charge_id |= with_charge
        pulls = []
        for name, mode in zip(("Stripe", "Stripe-eu"), modes, strict=False):
            sales = [self._sale(payment, mode) for payment in some]
            order.shuffle(sales)
            pulls.append(pull(*sales, name=name))
        order.shuffle(pulls)
        self._run(pulls)
        for payment in some:
            self._shown(payment, modes)

    @precondition(lambda self: self.payments)
    @rule(data=st.data())
    def reversals_are_shown_without_their_sales(self, data: st.DataObject) -> None:
        some = data.draw(st.lists(st.sampled_from(self.payments), unique_by=lambda each: each.number))
        some = [payment for payment in some if payment.is_logged or payment.waits or payment.currency == "USD"]
        items = []
        for payment in some:
            is_known = payment.is_logged or payment.waits
            items += [
                item for item in self._items(payment, native=True) if is_known or item.kind is ReversalKind.REFUND
            ]
            self._shown_back(payment, disputes=is_known)
        self._run([pull(reversals=items)])

    @rule()
    def a_pull_fails(self) -> None:
        self._run([])

    @rule()
    def the_person_gives_a_price(self) -> None:
        """From then on euros are booked, those that wait too, with what is known of them."""
        if not self.log.prices:
            self.log.prices = tuple(
                price(f"2026-{month:02}-{on:02}", str(RATE)) for month in range(1, 13) for on in (1, 15)
            )
            self._run([])
            for payment in self.payments:
                payment.is_logged |= payment.waits
                payment.waits = False

    @precondition(lambda self: self.log.rows)
    @rule(data=st.data())
    def the_person_strikes_a_sale(self, data: st.DataObject) -> None:
        payment = data.draw(st.sampled_from(self.payments))
        rows = [name for name in self.log.rows if name.startswith((payment.charge, payment.intent))]
        if len(rows) == 1 and payment.is_logged:  # what went back already stays in the log
            self.log.strike(rows[0])
            payment.is_struck = True

    @invariant()
    def the_log_says_what_the_model_says(self) -> None:
        for payment in self.payments:
            rows = [row for row in self.log.counted if row.id.startswith((payment.charge, payment.intent))]
            booked = sum(int(row.amount_usd.scaleb(2)) for row in rows)
            assert booked == payment.expected_cents, (payment, self.log.table(), self.log.attention)

    def _run(self, pulls: list[SourcePull]) -> None:
        self.log.run(*pulls, today=self.today)
        again = self.log.look(*pulls, today=self.today)
        assert again.changes_nothing, again
        self.today += timedelta(days=1)

    def _sale(self, payment: Payment, mode: str) -> Sale:
        refunded = payment.money(payment.refunded)
        is_open = payment.disputed is not None and payment.won is None
        flags = {ReversalKind.REFUND: payment.refunded >= payment.cents, ReversalKind.DISPUTE: is_open}
        flag = next((kind for kind, is_set in flags.items() if is_set), None)
        items = self._items(payment, native=mode == "items")
        disputes = [item for item in items if item.kind is not ReversalKind.REFUND]
        undated = [self._reversal(payment, item.kind) for item in disputes] if payment.won is not None else []
        shown = {
            "items": (items, None, None),
            "nameless": (items, None, None),
            "totals": (disputes, refunded, None),
            "flags": ([] if flag else undated, None if flag else refunded, flag),
        }[mode]
        return Sale(
            id=payment.charge if payment.has_charge_id else payment.intent,
            date=payment.day,
            channel=Channel.STRIPE,
            amount=payment.money(payment.cents),
            aliases=(payment.intent,) if payment.has_charge_id else (),
            reversals=tuple(shown[0]),
            refunded_total=shown[1],
            reversed_in_full=shown[2],
        )

    def _items(self, payment: Payment, *, native: bool) -> list[Reversal]:
        items = [
            self._reversal(payment, ReversalKind.REFUND, day, payment.money(cents), name if native else "")
            for name, (day, cents) in payment.refunds.items()
        ]
        if payment.disputed:
            items.append(self._reversal(payment, ReversalKind.DISPUTE, payment.disputed))
        if payment.won:
            items.append(self._reversal(payment, ReversalKind.DISPUTE_WON, payment.won))
        return items

    @staticmethod
    def _reversal(
        payment: Payment, kind: ReversalKind, day: date | None = None, money: Money | None = None, native: str = ""
    ) -> Reversal:
        sale_id = payment.charge if payment.has_charge_id else payment.intent
        return Reversal(
            kind=kind,
            sale_id=sale_id,
            sale_aliases=(payment.intent,),
            channel=Channel.STRIPE,
            native_id=native,
            amount=money,
            date=day,
        )

    def _shown(self, payment: Payment, modes: list[str]) -> None:
        """The model's side of a pull that showed a sale."""
        before = payment.is_logged or payment.is_struck
        has_orphans = not before and not payment.waits and bool(payment.shown_refunds)
        if not before and payment.is_gone and not has_orphans:
            payment.waits = False
            payment.shown_refunds, payment.shown_dispute, payment.shown_won = set(), False, False
            return
        if not before:
            payment.waits = payment.currency != "USD" and not self.log.prices
            payment.is_logged = not payment.waits
        only_flags = all(mode == "flags" for mode in modes)
        is_open = payment.disputed is not None and payment.won is None
        if only_flags and is_open and payment.refunded < payment.cents:
            payment.shown_dispute = True  # the flag of the dispute hides what was refunded before it
        elif only_flags and payment.refunded >= payment.cents:
            payment.shown_refunds = set(payment.refunds)  # and the flag of the refund hides the dispute
        else:
            self._shown_back(payment, disputes=True)

    @staticmethod
    def _shown_back(payment: Payment, *, disputes: bool) -> None:
        payment.shown_refunds = set(payment.refunds)
        if disputes:
            payment.shown_dispute = payment.disputed is not None
            payment.shown_won = payment.won is not None


Books.TestCase.settings = settings(
    max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestBooks = Books.TestCase


@pytest.mark.slow
def test_the_law_holds_for_many_more_sequences() -> None:
    more = settings(
        max_examples=600, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    run_state_machine_as_test(Books, settings=more)


class BooksInText(Books):
    """The same over the tracker's text: what is written is read again by every run."""

    log_type = TextLog

    @invariant()
    def the_trackers_totals_are_the_models(self) -> None:
        booked = sum(cell.amount_cents for cell in self.log.totals.values())
        assert booked == sum(payment.expected_cents for payment in self.payments)


@pytest.mark.slow
def test_the_law_holds_for_the_trackers_text() -> None:
    some = settings(
        max_examples=120, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    run_state_machine_as_test(BooksInText, settings=some)
