"""Recurring income: its share, and what the active subscriptions bring in a month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from revintel_mcp.domain.money import ZERO, cents_from_usd, usd_from_cents
from revintel_mcp.domain.periods import Month, Window
from revintel_mcp.domain.transaction import ANONYMOUS, Status, Transaction, TransactionType
from revintel_mcp.summary.asked_period import months_before
from revintel_mcp.summary.coverage import of_a_part, with_reason
from revintel_mcp.summary.insights.billing import Interval, interval
from revintel_mcp.summary.insights.clients import client_key
from revintel_mcp.summary.insights.insight import NOT_BEGUN, Insight, Metric, Part, Question
from revintel_mcp.summary.insights.ledger import Ledger, channels_of, reversed_amounts, total
from revintel_mcp.summary.insights.measures import Kind, Ratio, Stock, Unit
from revintel_mcp.summary.listing import RowFilter
from revintel_mcp.summary.reasons import Lack, Reason

RECURRING_SHARE: Final = Metric(
    "recurring_share",
    "Recurring share",
    Kind.RATIO,
    Unit.PERCENT,
    "The part of income that rows of type subscription bring, refunds taken off.",
)
MRR: Final = Metric(
    "mrr",
    "Monthly recurring revenue",
    Kind.STOCK,
    Unit.USD_PER_MONTH,
    "What active subscriptions bring in a month: the last payment of each, less what was refunded of it, over the "
    "months it pays for, rounded to the cent by channel. Active until five days after the time paid for.",
)

#: A renewal may come this much before or after the day it is due.
SLACK: Final = timedelta(days=5)
_SHORTEST_MONTH: Final = 28


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment of a subscription: US dollars, refunds taken off, for the days up to `paid_until`."""

    row: Transaction
    amount: Decimal
    every: Interval

    @property
    def paid_until(self) -> date:
        """The day the next one falls due."""
        return self.every.after(self.row.date)

    def renews(self, earlier: "Payment") -> bool:
        """Whether this is the next payment of the same subscription."""
        return abs(self.row.date - earlier.paid_until) <= SLACK


def recurring_insights(ledger: Ledger, question: Question) -> tuple[Insight, ...]:
    """The recurring share of the period, and the monthly recurring revenue on its last day."""
    return (_share(ledger, question), _mrr(ledger, question))


def active_payments(rows: Iterable[Transaction], day: date) -> tuple[Payment, ...]:
    """The last payment of every subscription that is active on `day`."""
    past = [row for row in rows if row.date <= day]
    back = reversed_amounts(past)
    chains: dict[tuple[object, ...], list[Payment]] = {}
    for payment in _payments(past, back):
        _join(chains.setdefault(_subscriber(payment), []), payment)
    return tuple(last for chain in chains.values() for last in chain if day <= last.paid_until + SLACK)


def monthly_value(payments: Iterable[Payment]) -> Decimal:
    """What the payments bring in a month, US dollars, rounded once to the cent, halves to the even one."""
    cents = sum((Fraction(cents_from_usd(each.amount)) * each.every.per_month for each in payments), Fraction())
    return usd_from_cents(round(cents))


def _payments(rows: Iterable[Transaction], back: dict[str, Decimal]) -> list[Payment]:
    found = []
    for row in rows:
        every = interval(row.period) if _is_subscription(row) else None
        left = row.amount_usd + (back.get(row.id, ZERO) if row.id else ZERO)
        if every is not None and left > 0:
            found.append(Payment(row, left, every))
    return sorted(found, key=lambda each: (each.row.date, each.row.id, each.amount))


def _is_subscription(row: Transaction) -> bool:
    return row.transaction_type is TransactionType.SUBSCRIPTION and row.status is Status.COMPLETED


def _subscriber(payment: Payment) -> tuple[object, ...]:
    """Who pays, and how often. Nobody knows of two anonymous payments whether they are one client's."""
    row = payment.row
    who = row.id if client_key(row.client) == client_key(ANONYMOUS) else client_key(row.client)
    return (row.channel, who, payment.every)


def _join(lasts: list[Payment], payment: Payment) -> None:
    """Put the payment in the place of the one it renews: of several, one for the same thing at the same price."""
    renewed = [index for index, last in enumerate(lasts) if payment.renews(last)]
    if not renewed:
        lasts.append(payment)
        return
    lasts[min(renewed, key=lambda index: _unlikeness(lasts[index], payment))] = payment


def _unlikeness(last: Payment, payment: Payment) -> tuple[bool, Decimal]:
    return (last.row.description != payment.row.description, abs(last.amount - payment.amount))


def _share(ledger: Ledger, question: Question) -> Insight:
    rows = ledger.within(question.period.window)
    recurring = [row for row in rows if row.transaction_type is TransactionType.SUBSCRIPTION]
    part, whole = total(recurring), total(rows)
    why = ""
    if whole <= 0:
        why = "there is no income in the period"
    elif not ZERO <= part <= whole:
        why = "refunds of the period outweigh what they are of"
    return Insight(
        metric=RECURRING_SHARE,
        period=question.period,
        n=len(recurring),
        counted="rows",
        coverage=of_a_part(question.known.window(question.period.window)),
        matching=RowFilter(window=question.period.window, transaction_type=TransactionType.SUBSCRIPTION),
        measure=None if why else Ratio(part, whole),
        not_known=why,
        parts=(Part("subscriptions", part), Part("all income", whole)),
    )


def _oldest_active(day: date, known: Iterable[Interval]) -> date:
    """The first of the month in which a payment that is active on `day` can have been made, at the earliest.

    The longest interval there is decides: of yearly payments those of a year count.
    """
    latest = Month.of(day - SLACK)
    months = max((each.months or -(-each.days // _SHORTEST_MONTH) for each in known), default=1)
    return months_before(latest, min(months, latest.year * 12 + latest.number - 13)).first_day


def _mrr(ledger: Ledger, question: Question) -> Insight:
    day = question.as_of
    subscriptions = [row for row in ledger.rows if row.date <= day and _is_subscription(row)]
    known = [every for row in subscriptions if (every := interval(row.period)) is not None]
    silent = len(subscriptions) - len(known)
    why = ""
    if not question.begun:
        why = NOT_BEGUN
    elif not subscriptions:
        why = "no subscription payment is in the log"
    elif silent == len(subscriptions):
        why = "no subscription payment says its period (column Period)"
    channels = channels_of(subscriptions)
    coverage = question.known.window(Window(_oldest_active(day, known), day + timedelta(days=1)), channels)
    if silent:
        lack = f"don't say their period ({silent} of {len(subscriptions)} rows)"
        coverage = with_reason(coverage, Reason("Subscriptions", lack, Lack.BLANK))
    active = active_payments(ledger.rows, day)
    parts = tuple(
        Part(channel.value, monthly_value(each for each in active if each.row.channel is channel))
        for channel in channels
    )
    return Insight(
        metric=MRR,
        period=question.period,
        n=len(active),
        counted="active subscriptions",
        coverage=coverage,
        matching=RowFilter(
            window=Window(date.min, day + timedelta(days=1)), transaction_type=TransactionType.SUBSCRIPTION
        ),
        measure=None if why else Stock(sum((part.value for part in parts), ZERO), day),
        not_known=why,
        parts=parts,
    )
