"""Questions about the log, from arguments as people give them to results: list, explain, check, insights, query."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from revintel_mcp.asked import RowQuery, View
from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.booking.entry_fields import channel_of
from revintel_mcp.domain.money import ZERO, AmountError, parse_amount
from revintel_mcp.domain.periods import Month, PeriodError, Window
from revintel_mcp.domain.problems import Problem
from revintel_mcp.domain.transaction import Channel, Status, TransactionType
from revintel_mcp.errors import UsageError
from revintel_mcp.results.outside_text import LONGEST_WHY, shown
from revintel_mcp.results.row_shapes import TransactionView
from revintel_mcp.results.shapes import (
    CheckResult,
    ExplainedRow,
    Explanation,
    InsightsResult,
    MetricPart,
    MetricView,
    QueryResult,
    TransactionList,
)
from revintel_mcp.results.summaries import no_tracker, word
from revintel_mcp.results.views import attention_view, problem_view, transaction_view
from revintel_mcp.settings import Settings
from revintel_mcp.sources.contract import Answer
from revintel_mcp.sources.failure import Failure
from revintel_mcp.sources.metadata import showable
from revintel_mcp.summary import explain as explaining
from revintel_mcp.summary.asked_period import AskedPeriod, asked_period
from revintel_mcp.summary.coverage import Coverages
from revintel_mcp.summary.insights.catalogue import insights
from revintel_mcp.summary.insights.insight import Insight, Question
from revintel_mcp.summary.insights.measures import Range
from revintel_mcp.summary.listing import RowFilter, Sort, list_rows
from revintel_mcp.tracker import Scan

E = TypeVar("E", bound=StrEnum)

_MOST_ROWS = 200


def list_result(rows: Iterable[LoggedRow], query: RowQuery, *, sort: str, page: int, page_size: int) -> TransactionList:
    """One page of the rows that match.

    Raises:
        UsageError: a filter can't be used.
    """
    try:
        order = Sort(sort)
    except ValueError:
        raise UsageError(f"{sort!r} is no order; use one of: {', '.join(Sort)}") from None
    if page < 1 or not 1 <= page_size <= 500:
        raise UsageError("pages count from 1, and hold 1 to 500 rows")
    found = list_rows(rows, _filter(query), sort=order, page=page, page_size=page_size)
    return TransactionList(
        rows=tuple(transaction_view(row.transaction, row.line) for row in found.rows if row.transaction),
        count=found.count,
        sum_usd=found.total,
        not_counted_usd=found.not_counted,
        page=found.page,
        pages=found.pages,
    )


def _filter(query: RowQuery) -> RowFilter:
    return RowFilter(
        window=_window(query),
        channel=None if query.channel is None else channel_of(query.channel),
        client=query.client,
        status=None if query.status is None else _word(Status, query.status, "status"),
        transaction_type=None
        if query.transaction_type is None
        else _word(TransactionType, query.transaction_type, "type"),
        min_amount=_amount(query.min_amount),
        max_amount=_amount(query.max_amount),
        text=query.text,
    )


def explain_result(
    rows: Iterable[LoggedRow],
    known: Scan,
    coverages: Coverages,
    settings: Settings,
    *,
    period: str,
    channel: str | None,
    view: View,
    page: int = 1,
) -> Explanation:
    """The rows behind the figure of a period, over one channel or all, and those left out of it, each 200 a page.

    Raises:
        UsageError: the period, the channel or the page can't be used.
    """
    if page < 1:
        raise UsageError("pages count from 1")
    asked = period_named(period, known.today, settings.fiscal_year_start)
    wanted = None if channel is None else channel_of(channel)
    label = asked.label + (f", {wanted.value}" if wanted else "")
    figure = explaining.Figure(
        label=label,
        matching=RowFilter(window=asked.window, channel=wanted),
        view=explaining.View(view),
    )
    found = explaining.explain(
        figure,
        rows,
        attention=known.attention,
        problems=known.problems,
        repeated=known.repeated,
        most=_MOST_ROWS,
        page=page,
    )
    left_out = (*found.left_out, *found.unreadable)
    months, channels = _months_so_far(asked, known), Channel if wanted is None else (wanted,)
    judged = coverages.over(months, channels)
    if view == "restated":
        judged = coverages.restated(judged, months, channels)
    return Explanation(
        figure=label,
        total=found.total,
        coverage=word(judged),
        why=shown(judged.why, LONGEST_WHY),
        rows=tuple(_explained(row) for row in found.rows),
        count=found.count,
        page=page,
        pages=max(1, -(-max(found.count, len(left_out)) // _MOST_ROWS)),
        known_fees=found.known_fees,
        net=found.net,
        fees_missing=found.fees_missing,
        left_out=tuple(_explained(row) for row in left_out[(page - 1) * _MOST_ROWS :][:_MOST_ROWS]),
        needs_attention=tuple(attention_view(row) for row in found.attention),
    )


def _months_so_far(asked: AskedPeriod, known: Scan) -> list[Month]:
    """The period's months up to today; of an open period only those from the first booked one on."""
    first = max(asked.window.start, min((*known.months, Month.of(known.today))).first_day)
    last = min(asked.window.end, Month.of(known.today).next.first_day)
    return list(Window(first, last).months()) if first < last else list(asked.window.months())[:1]


def _explained(item: explaining.ExplainedRow) -> ExplainedRow:
    transaction = item.row.transaction
    view = _unreadable(item.row) if transaction is None else transaction_view(transaction, item.row.line)
    return ExplainedRow(row=view, why=shown(item.why, 400))


def _unreadable(row: LoggedRow) -> TransactionView:
    """A line that can't be read, as far as it is known: its ID and its place."""
    return TransactionView(
        id=shown(row.id),
        date="",
        channel="",
        client="",
        description="",
        amount_usd=ZERO,
        fee_usd=None,
        transaction_type="",
        status="",
        line=row.line,
    )


def insights_result(
    rows: Iterable[LoggedRow], known: Scan, coverages: Coverages, settings: Settings, period: str
) -> InsightsResult:
    """Every metric over a period; the year to date if none is named.

    Raises:
        UsageError: the period can't be read.
    """
    asked = period_named(period, known.today, settings.fiscal_year_start)
    question = Question(
        period=asked,
        today=known.today,
        known=coverages,
        monthly_goal=settings.monthly_goal,
        tax_percent=settings.tax_set_aside,
    )
    return InsightsResult(period=asked.label, metrics=tuple(_metric(each) for each in insights(rows, question)))


def _metric(insight: "Insight") -> MetricView:
    span = insight.measure if isinstance(insight.measure, Range) else None
    return MetricView(
        slug=insight.metric.slug,
        label=insight.metric.label,
        unit=insight.metric.unit.value,
        kind=insight.metric.kind.value,
        value=insight.value,
        low=span.low if span else None,
        high=span.high if span else None,
        period=insight.period.label,
        n=insight.n,
        counted=insight.counted,
        coverage=word(insight.coverage),
        definition=insight.metric.definition,
        why=shown(insight.not_known or insight.coverage.why, 400),
        parts=tuple(MetricPart(label=shown(part.label), value=part.value) for part in insight.parts),
        notes=tuple(shown(note, 400) for note in insight.notes),
        listed_by=_listed_by(insight.matching),
    )


def _listed_by(matching: RowFilter) -> dict[str, str]:
    """A filter as the arguments of `list_transactions`; empty where no arguments say it."""
    if shown(matching.client) != matching.client:  # a name that can't be shown as it is can't be asked for either
        return {}
    window = matching.window
    first = "" if window is None or window.start == date.min else window.start.isoformat()
    last = "" if window is None or window.end == date.max else (window.end - timedelta(days=1)).isoformat()
    said = {
        "date_from": first,
        "date_to": last,
        "channel": matching.channel or "",
        "client": matching.client,
        "status": matching.status or "",
        "transaction_type": matching.transaction_type or "",
    }
    return {name: str(value) for name, value in said.items() if value}


def check_result(problems: Iterable[Problem], tracker: str, *, there: bool = True) -> CheckResult:
    """Every finding, in the order of the file; `there` is whether the file exists."""
    found = tuple(problem_view(problem) for problem in problems)
    return CheckResult(ok=not found, tracker=tracker, problems=found, notes=() if there else (no_tracker(tracker),))


def query_result(source: str, tool: str, answer: Answer) -> QueryResult:
    """What an upstream said to one read, without card data and secrets."""
    if isinstance(answer, Failure):
        return QueryResult(source=source, tool=shown(tool), ok=False, failure=shown(str(answer), 400))
    return QueryResult(source=source, tool=shown(tool), ok=True, answer=showable(answer.value))


def period_named(text: str, today: date, fiscal_year_start: int) -> AskedPeriod:
    """The period that a person means.

    Raises:
        UsageError: the text names none.
    """
    try:
        return asked_period(text, today, fiscal_year_start)
    except PeriodError as error:
        raise UsageError(str(error)) from None


def _window(query: RowQuery) -> Window | None:
    spans = [_days_of(query.month)] if query.month else []
    if query.date_from or query.date_to:
        first = _day(query.date_from) if query.date_from else date.min
        last = min(_day(query.date_to) if query.date_to else date.max, date.max - timedelta(days=1))
        if last < first:
            raise UsageError(f"{last} lies before {first}; give the first day first")
        spans.append(Window(first, last + timedelta(days=1)))
    if not spans:
        return None
    start, end = max(span.start for span in spans), min(span.end for span in spans)
    return Window(start, max(start, end))


def _days_of(month: str) -> Window:
    try:
        return Month.parse(month).window
    except PeriodError as error:
        raise UsageError(str(error)) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{text!r} is not a day; write it like 2026-02-19") from None


def _word(words: type[E], text: str, what: str) -> E:
    try:
        return words(text.strip().lower())
    except ValueError:
        raise UsageError(f"{text!r} is no {what}; use one of: {', '.join(words)}") from None


def _amount(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return parse_amount(text)
    except AmountError as error:
        raise UsageError(f"{error}; {error.mend}") from None
