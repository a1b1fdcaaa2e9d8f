"""This month against last month, this period against the same days a year before."""

from datetime import date, timedelta
from typing import Final

from revintel_mcp.domain.periods import Month, Window
from revintel_mcp.summary.asked_period import AskedPeriod, month_period
from revintel_mcp.summary.coverage import Coverage, CoverageKind, Coverages, of_a_part
from revintel_mcp.summary.insights.insight import NOT_BEGUN, Insight, Metric, Part, Question
from revintel_mcp.summary.insights.ledger import Ledger
from revintel_mcp.summary.insights.measures import Kind, Ratio, Unit
from revintel_mcp.summary.listing import RowFilter
from revintel_mcp.summary.provenance import is_opening

MONTH_ON_MONTH: Final = Metric(
    "month_on_month",
    "Month on month",
    Kind.RATIO,
    Unit.PERCENT,
    "Income of the period's last month against the month before; of a month that is not over, against the same days.",
)
YEAR_ON_YEAR: Final = Metric(
    "year_on_year",
    "Year on year",
    Kind.RATIO,
    Unit.PERCENT,
    "Income of the period up to its last day, or today, against the same days a year before.",
)

_ONE_DAY: Final = timedelta(days=1)


def trend_insights(ledger: Ledger, question: Question) -> tuple[Insight, ...]:
    """Both comparisons."""
    return (_month_on_month(ledger, question), _year_on_year(ledger, question))


def a_year_before(day: date) -> date:
    """The same day a year before; 28 February for the 29th."""
    return date(day.year - 1, day.month, min(day.day, Month(day.year - 1, day.month).last_day.day))


def _month_on_month(ledger: Ledger, question: Question) -> Insight:
    day, month = question.as_of, Month.of(question.as_of)
    if day == month.last_day:
        return _compared(MONTH_ON_MONTH, ledger, question, month_period(month), month_period(month.previous))
    before = month.previous
    last = min(before.last_day, date(before.year, before.number, min(day.day, before.last_day.day)))
    return _compared(
        MONTH_ON_MONTH,
        ledger,
        question,
        AskedPeriod(f"{month.label} to {day}", Window(month.first_day, day + _ONE_DAY)),
        AskedPeriod(f"{before.label} to {last}", Window(before.first_day, last + _ONE_DAY)),
    )


def _year_on_year(ledger: Ledger, question: Question) -> Insight:
    now = question.so_far
    if now.window.start.year <= date.min.year:
        return Insight(
            metric=YEAR_ON_YEAR,
            period=now,
            n=0,
            counted="rows",
            coverage=question.known.window(now.window),
            matching=RowFilter(window=now.window),
            measure=None,
            not_known="all time has no year before it",
        )
    first, last = a_year_before(now.window.start), a_year_before(now.window.end - _ONE_DAY)
    if now.window.end == Month.of(question.as_of).next.first_day:
        last = Month.of(last).last_day
    return _compared(
        YEAR_ON_YEAR, ledger, question, now, AskedPeriod(f"{first} to {last}", Window(first, last + _ONE_DAY))
    )


def _compared(metric: Metric, ledger: Ledger, question: Question, now: AskedPeriod, before: AskedPeriod) -> Insight:
    new, old = ledger.income(now.window), ledger.income(before.window)
    coverage = _both(question.known, now, before)
    why = ""
    if not question.begun:
        why = NOT_BEGUN
    elif question.known.window(before.window).kind is CoverageKind.UNKNOWN:
        why = f"{before.label} was never read"
    elif old <= 0:
        why = f"there is no income in {before.label} to compare with"
    elif adopted := _adopted_in_part(ledger, before.window) or _adopted_in_part(ledger, now.window):
        why = f"{adopted.label} holds an adopted figure of the whole month: its days can't be told apart"
    return Insight(
        metric=metric,
        period=now,
        n=len(ledger.within(now.window)) + len(ledger.within(before.window)),
        counted="rows",
        coverage=coverage,
        matching=RowFilter(window=Window(before.window.start, now.window.end)),
        measure=None if why else Ratio(new - old, old),
        not_known=why,
        parts=(Part(before.label, old), Part(now.label, new)),
    )


def _adopted_in_part(ledger: Ledger, window: Window) -> Month | None:
    """The last month of a window that ends within it, if an adopted figure stands for all its days."""
    month = Month.of(window.end - _ONE_DAY)
    if window.end == month.next.first_day:
        return None
    rows = ledger.within(Window(month.first_day, window.end))
    return month if any(is_opening(row.id) and row.amount_usd for row in rows) else None


def _both(known: Coverages, now: AskedPeriod, before: AskedPeriod) -> Coverage:
    """The coverage of both spans taken together; with a floor, a comparison is at most what it shows, not at least."""
    months = [*dict.fromkeys((*before.window.months(), *now.window.months()))]
    both = known.over(months)
    return both if known.window(before.window).kind is CoverageKind.EXACT else of_a_part(both)
