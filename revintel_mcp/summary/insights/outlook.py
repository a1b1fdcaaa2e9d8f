"""Where the last months lead if nothing changes: a run rate, and a range for the next month."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import islice
from typing import Final

from revintel_mcp.domain.money import ZERO, round_usd
from revintel_mcp.domain.periods import Month, Window
from revintel_mcp.summary.asked_period import month_period
from revintel_mcp.summary.coverage import Coverage, CoverageKind, months_through
from revintel_mcp.summary.insights.insight import NOT_BEGUN, Insight, Metric, Part, Question
from revintel_mcp.summary.insights.ledger import Ledger
from revintel_mcp.summary.insights.measures import Kind, Range, Stock, Unit
from revintel_mcp.summary.listing import RowFilter
from revintel_mcp.summary.reasons import Lack

RUN_RATE: Final = Metric(
    "run_rate",
    "Annual run rate",
    Kind.STOCK,
    Unit.USD_PER_YEAR,
    "Income of the last three full months times four.",
)
FORECAST: Final = Metric(
    "forecast",
    "Next month",
    Kind.STOCK,
    Unit.USD,
    "The next month's income if it is like the last full months, twelve at most: from the 10th to the 90th "
    "percentile of theirs, the middle being the median. Refused under six full months.",
)

_RUN_RATE_MONTHS: Final = 3
_LEAST: Final = 6
_MOST: Final = 12
_LOW, _MIDDLE, _HIGH = Decimal("0.1"), Decimal("0.5"), Decimal("0.9")


def outlook_insights(ledger: Ledger, question: Question) -> tuple[Insight, ...]:
    """The run rate, and the forecast for the month after the period's last day."""
    months = full_months(ledger, question)
    return (_run_rate(ledger, question, months), _forecast(ledger, question, months))


def full_months(ledger: Ledger, question: Question) -> list[Month]:
    """The last months, twelve at most, that are over by the period's last day and that no source leaves open.

    None lies before the first row's.
    """
    if ledger.first_day is None or not question.begun:
        return []
    months = months_through(max(Month.of(ledger.first_day), question.known.read_from), question.last_full_month)
    full = (month for month in reversed(tuple(months)) if _is_full(question.known.month(month)))
    return list(islice(full, _MOST))[::-1]


def _is_full(coverage: Coverage) -> bool:
    """Read to its end. A record that waits, or a channel entered by hand, doesn't spoil a month."""
    unread = any(reason.lack is Lack.UNREAD for reason in coverage.reasons)
    return coverage.kind is not CoverageKind.UNKNOWN and not unread


def quantile(values: Sequence[Decimal], part: Decimal) -> Decimal:
    """The amount that `part` (0 to 1) of the amounts lie below: between two of them in proportion, to the cent."""
    ordered = sorted(values)
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return round_usd(ordered[below] + (place - below) * (ordered[above] - ordered[below]))


def _run_rate(ledger: Ledger, question: Question, months: Sequence[Month]) -> Insight:
    last = months[-_RUN_RATE_MONTHS:]
    amounts = [ledger.income(month.window) for month in last]
    enough = len(last) == _RUN_RATE_MONTHS
    return Insight(
        metric=RUN_RATE,
        period=question.so_far,
        n=len(last),
        counted="full months",
        coverage=question.known.over(last or [question.last_full_month]),
        matching=RowFilter(window=_span(last or [question.last_full_month])),
        measure=Stock(sum(amounts, ZERO) * 4, last[-1].last_day) if enough else None,
        not_known="" if enough else _too_few(question, _RUN_RATE_MONTHS, len(last)),
        parts=_by_month(last, amounts),
    )


def _forecast(ledger: Ledger, question: Question, months: Sequence[Month]) -> Insight:
    amounts = [ledger.income(month.window) for month in months]
    ahead = month_period(Month.of(question.as_of).next) if question.begun else question.period
    enough = len(months) >= _LEAST
    return Insight(
        metric=FORECAST,
        period=ahead,
        n=len(months),
        counted="full months",
        coverage=question.known.over(months or [question.last_full_month]),
        matching=RowFilter(window=_span(months or [question.last_full_month])),
        measure=_range(amounts, ahead.window) if enough else None,
        not_known="" if enough else _too_few(question, _LEAST, len(months)),
        parts=_by_month(months, amounts),
    )


def _too_few(question: Question, least: int, count: int) -> str:
    there = "there is 1" if count == 1 else f"there are {count}"
    return f"it takes {least} full months, and {there}" if question.begun else NOT_BEGUN


def _range(amounts: Sequence[Decimal], window: Window) -> Range:
    return Range(quantile(amounts, _LOW), quantile(amounts, _MIDDLE), quantile(amounts, _HIGH), window)


def _span(months: Sequence[Month]) -> Window:
    return Window(months[0].first_day, months[-1].next.first_day)


def _by_month(months: Sequence[Month], amounts: Sequence[Decimal]) -> tuple[Part, ...]:
    return tuple(Part(month.label, amount) for month, amount in zip(months, amounts, strict=True))
