"""Every insight there is, in the order they are shown."""

from collections.abc import Callable, Iterable
from typing import Final

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.summary.insights.clients import CONCENTRATION, TOP_CLIENT, TOP_THREE, client_insights
from revintel_mcp.summary.insights.hourly import HOURLY_NET, HOURLY_RATE, hourly_insights
from revintel_mcp.summary.insights.income import FEES, GROSS, INCOME, NET, REFUNDS, income_insights
from revintel_mcp.summary.insights.insight import Insight, Metric, Question
from revintel_mcp.summary.insights.ledger import Ledger
from revintel_mcp.summary.insights.outlook import FORECAST, RUN_RATE, outlook_insights
from revintel_mcp.summary.insights.recurring import MRR, RECURRING_SHARE, recurring_insights
from revintel_mcp.summary.insights.targets import GOAL, TAX, target_insights
from revintel_mcp.summary.insights.trends import MONTH_ON_MONTH, YEAR_ON_YEAR, trend_insights

#: Every metric, in the order of `insights`.
METRICS: Final[tuple[Metric, ...]] = (
    *(GROSS, REFUNDS, INCOME, FEES, NET),
    *(MONTH_ON_MONTH, YEAR_ON_YEAR),
    *(RUN_RATE, FORECAST),
    *(GOAL, TAX),
    *(RECURRING_SHARE, MRR),
    *(TOP_CLIENT, TOP_THREE, CONCENTRATION),
    *(HOURLY_RATE, HOURLY_NET),
)

_ASKED: Final[tuple[Callable[[Ledger, Question], tuple[Insight, ...]], ...]] = (
    income_insights,
    trend_insights,
    outlook_insights,
    target_insights,
    recurring_insights,
    client_insights,
    hourly_insights,
)


def insights(rows: Iterable[LoggedRow], question: Question) -> tuple[Insight, ...]:
    """Every metric of `METRICS`, in that order; those that can't be known say why.

    Args:
        rows: every row of the log; pending, struck and unreadable ones are left aside.
        question: the period, the day, what is known to be complete, and the user's goal and percentage.
    """
    ledger = Ledger(rows)
    return tuple(insight for ask in _ASKED for insight in ask(ledger, question))
