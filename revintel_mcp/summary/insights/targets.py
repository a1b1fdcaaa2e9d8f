"""The user's own numbers held against the income: a monthly goal, and a percentage to set aside for taxes."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from revintel_mcp.domain.money import ZERO, round_usd
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Transaction
from revintel_mcp.summary.coverage import less_fees, months_through
from revintel_mcp.summary.insights.income import sums_of
from revintel_mcp.summary.insights.insight import Insight, Metric, Part, Question
from revintel_mcp.summary.insights.ledger import Ledger
from revintel_mcp.summary.insights.measures import Flow, Kind, Ratio, Unit
from revintel_mcp.summary.listing import RowFilter

GOAL: Final = Metric(
    "goal",
    "Monthly goal",
    Kind.RATIO,
    Unit.PERCENT,
    "Income over the monthly goal times the months of the period that have begun; 100 is the goal reached.",
)
TAX: Final = Metric(
    "tax_set_aside",
    "Set aside for taxes",
    Kind.FLOW,
    Unit.USD,
    "Your own percentage of each month's net income (after refunds and known fees), rounded to the cent by month; a "
    "month that refunds outweigh takes some back. A reminder, not tax advice.",
)


def target_insights(ledger: Ledger, question: Question) -> tuple[Insight, ...]:
    """The goal reached, and what to set aside."""
    return (_goal(ledger, question), _tax(ledger, question))


def _goal(ledger: Ledger, question: Question) -> Insight:
    window = question.period.window
    months = _begun(ledger, question)
    goal = (question.monthly_goal or ZERO) * months
    income = ledger.income(window)
    why = ""
    if question.monthly_goal is None or question.monthly_goal <= 0:
        why = "no monthly goal is set (REVINTEL_MONTHLY_GOAL)"
    elif not goal:
        why = "no month of the period has begun"
    return Insight(
        metric=GOAL,
        period=question.period,
        n=months,
        counted="months",
        coverage=question.known.window(window),
        matching=RowFilter(window=window),
        measure=None if why else Ratio(income, goal),
        not_known=why,
        parts=() if why else (Part("income", income), Part("goal", goal), Part("left", max(goal - income, ZERO))),
    )


def _tax(ledger: Ledger, question: Question) -> Insight:
    window = question.period.window
    rows = ledger.within(window)
    sums = sums_of(rows)
    why = "" if question.tax_percent is not None else "no percentage is set (REVINTEL_TAX_SET_ASIDE)"
    rate = (question.tax_percent or ZERO) / 100
    aside = [round_usd(net * rate) for net in _net_by_month(rows)]
    return Insight(
        metric=TAX,
        period=question.period,
        n=sums.rows,
        counted="rows",
        coverage=less_fees(question.known.window(window), sums.fees_missing),
        matching=RowFilter(window=window),
        measure=None if why else Flow(sum(aside, ZERO), window),
        not_known=why,
        parts=() if why else (Part("net income", sums.net),),
        notes=() if why else (f"{question.tax_percent} % of net income",),
    )


def _net_by_month(rows: Iterable[Transaction]) -> Iterable[Decimal]:
    months: dict[tuple[int, int], list[Transaction]] = {}
    for row in rows:
        months.setdefault((row.date.year, row.date.month), []).append(row)
    return (sums_of(held).net for held in months.values())


def _begun(ledger: Ledger, question: Question) -> int:
    """How many months of the period have begun; of all time, those since the first row."""
    start = question.period.window.start
    if start == date.min:
        start = ledger.first_day or question.today
    return len(tuple(months_through(Month.of(start), Month.of(question.as_of)))) if start <= question.today else 0
