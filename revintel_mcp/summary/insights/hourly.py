"""What an hour of work brought, where the hours are known."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from revintel_mcp.domain.money import ZERO
from revintel_mcp.domain.transaction import Status, Transaction, TransactionType
from revintel_mcp.summary.coverage import Coverage, of_a_part, with_reason
from revintel_mcp.summary.insights.insight import Insight, Metric, Part, Question
from revintel_mcp.summary.insights.ledger import Ledger, channels_of, total
from revintel_mcp.summary.insights.measures import Kind, Ratio, Unit
from revintel_mcp.summary.listing import RowFilter
from revintel_mcp.summary.provenance import sale_of
from revintel_mcp.summary.reasons import Lack, Reason

HOURLY_RATE: Final = Metric(
    "hourly_rate",
    "Effective hourly rate",
    Kind.RATIO,
    Unit.USD_PER_HOUR,
    "What rows with hours brought, reversals taken off, over their hours; before fees.",
)
HOURLY_NET: Final = Metric(
    "hourly_rate_net",
    "Effective hourly rate after fees",
    Kind.RATIO,
    Unit.USD_PER_HOUR,
    "The same less the platform fees; not known unless every row says its fee.",
)


def hourly_insights(ledger: Ledger, question: Question) -> tuple[Insight, ...]:
    """The effective hourly rate of the period, before and after fees."""
    rows = ledger.within(question.period.window)
    timed = _timed(rows)
    hours = sum((row.hours for row in timed if row.hours is not None), Decimal(0))
    why = "" if hours > 0 else "no row of the period says its hours (column Hours)"
    earned = total(timed)
    fees = [row.fee_usd for row in timed if row.fee_usd is not None]
    no_net = why or ("" if len(fees) == len(timed) else f"{len(timed) - len(fees)} of these rows don't say their fee")
    coverage = _coverage(question, rows, timed)

    def made(metric: Metric, amount: Decimal, why: str) -> Insight:
        return Insight(
            metric=metric,
            period=question.period,
            n=len(timed),
            counted="rows with hours",
            coverage=coverage,
            matching=RowFilter(window=question.period.window, transaction_type=TransactionType.HOURLY),
            measure=None if why else Ratio(amount, hours, per=1),
            not_known=why,
            parts=(Part("USD", amount), Part("hours", hours)) if not why else (),
        )

    return (made(HOURLY_RATE, earned, why), made(HOURLY_NET, earned - sum(fees, ZERO), no_net))


def _timed(rows: Iterable[Transaction]) -> list[Transaction]:
    """The rows that say their hours, and the reversals of those of them that the period holds."""
    found = list(rows)
    timed = {row.id for row in found if row.hours is not None and row.id}
    return [row for row in found if row.hours is not None or sale_of(row) in timed]


def _coverage(question: Question, rows: Sequence[Transaction], timed: Sequence[Transaction]) -> Coverage:
    coverage = question.known.window(question.period.window, channels_of(timed))
    hourly = [row for row in rows if row.transaction_type is TransactionType.HOURLY and row.status is Status.COMPLETED]
    silent = sum(row.hours is None for row in hourly)
    if silent:
        lack = f"are not known for {silent} of {len(hourly)} hourly rows"
        coverage = with_reason(coverage, Reason("Hours", lack, Lack.BLANK))
    return of_a_part(coverage)
