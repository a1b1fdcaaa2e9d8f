"""A figure with everything that stands around it: its mark, why it is not exact, what it is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboard import formats
from dashboard.actions import explain
from dashboard.actions import metric as open_metric
from dashboard.shapes import Insights, Metric, MonthlySummary, SummaryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line under a figure; `tone` is plain, good, bad or faint."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure as shown (`value`) and as read aloud (`spoken`); `go` opens its explanation; `part` fills a bar."""

    label: str
    value: str
    spoken: str
    coverage: str = "exact"
    why: str = ""
    go: str = ""
    lines: tuple[Line, ...] = ()
    part: Decimal | None = None


def this_month(summary: MonthlySummary) -> SummaryRow | None:
    """The row of the month that today lies in."""
    return month_row(summary, summary.today[:7])


def month_row(summary: MonthlySummary, key: str) -> SummaryRow | None:
    """The row of a month `2026-02`."""
    return next((row for row in summary.rows if formats.month_key(row.month) == key), None)


def metric(insights: Insights | None, slug: str) -> Metric | None:
    """One metric of several."""
    return next((each for each in insights.metrics if each.slug == slug), None) if insights else None


def headline(
    summary: MonthlySummary, net: MonthlySummary, month: Insights | None, year: Insights | None
) -> tuple[Figure, ...]:
    """This month, the year to date, what is left of both after fees, and the goal.

    Args:
        summary: gross, as booked.
        net: the same less the known fees.
        month: the insights of this month, None while they are not known.
        year: those of the year to date.
    """
    of_year = _year_figure(summary, year)
    return (_month_figure(summary, month), of_year, _net_figure(summary, net, of_year.why), _goal_figure(month))


def _month_figure(summary: MonthlySummary, insights: Insights | None) -> Figure:
    key = summary.today[:7]
    row = this_month(summary)
    total, coverage = (row.total, row.coverage.get("total", "unknown")) if row else (Decimal(0), "unknown")
    return Figure(
        label=f"{formats.long_month(key)}, so far",
        value=formats.covered_usd(total, coverage),
        spoken=formats.spoken_usd(total, coverage),
        coverage=coverage,
        why=formats.days_in(row.why.get("total", "")) if row else "",
        go=explain(key),
        lines=_compared(metric(insights, "month_on_month"), "the same days of last month"),
    )


def _year_figure(summary: MonthlySummary, insights: Insights | None) -> Figure:
    return Figure(
        label=f"Year to date, {summary.ytd_label}",
        value=formats.covered_usd(summary.ytd_total, summary.ytd_coverage),
        spoken=formats.spoken_usd(summary.ytd_total, summary.ytd_coverage),
        coverage=summary.ytd_coverage,
        why=formats.days_in(income.why) if (income := metric(insights, "income")) else "",
        go=explain("ytd"),
        lines=_compared(metric(insights, "year_on_year"), "the same days of last year"),
    )


def _net_figure(summary: MonthlySummary, net: MonthlySummary, why: str) -> Figure:
    """The year's income less fees. A missing fee makes it too high, a missing sale too low: then it is not known."""
    month = this_month(net)
    at_most = any("at most" in note for note in net.notes)
    coverage = summary.ytd_coverage if not at_most else "exact" if summary.ytd_coverage == "exact" else "unknown"
    mark = "\u2264\u00a0" if at_most and coverage == "exact" else ""
    fees = summary.ytd_total - net.ytd_total
    lines = [Line(text=f"{formats.usd(fees)} known platform fees")]
    if month:
        lines.append(Line(text=f"{formats.usd(month.total)} net in {formats.long_month(net.today[:7])}"))
    lines += [Line(text=note, tone="faint") for note in net.notes]
    if at_most and coverage == "unknown":
        why = "some fees are missing, and so are some records: it may be more or less than this"
    return Figure(
        label=f"Net of fees, {summary.ytd_label}",
        value=mark + formats.covered_usd(net.ytd_total, coverage),
        spoken=("at most " if mark else "") + formats.spoken_usd(net.ytd_total, coverage),
        coverage=coverage,
        why=why,
        go=open_metric("net", "ytd"),
        lines=tuple(lines),
    )


def _goal_figure(insights: Insights | None) -> Figure:
    goal = metric(insights, "goal")
    if goal is None or goal.value is None:
        hint = "Set REVINTEL_MONTHLY_GOAL to see how far along you are." if goal else ""
        return Figure(label="Goal of the month", value="\u2013", spoken="not set", lines=_some(hint, "faint"))
    amounts = {part.label: part.value for part in goal.parts if part.value is not None}
    target, left = amounts.get("goal", Decimal(0)), amounts.get("left", Decimal(0))
    reached = f"{formats.usd(left)} to go of {formats.usd(target)}" if left else f"{formats.usd(target)} reached"
    mark = "\u2265\u00a0" if goal.coverage == "floor" else ""
    return Figure(
        label="Goal of the month",
        value=mark + formats.percent(goal.value),
        spoken=("at least " if mark else "") + formats.percent(goal.value),
        coverage=goal.coverage,
        why=formats.days_in(goal.why),
        go=open_metric("goal", "this month"),
        lines=(Line(text=reached, tone="plain" if left else "good"),),
        part=goal.value / 100,
    )


def _compared(change: Metric | None, what: str) -> tuple[Line, ...]:
    """How a figure compares, or why it can't be."""
    if change is None:
        return ()
    if change.value is None:
        return _some(f"Not comparable: {formats.days_in(change.why)}" if change.why else "", "faint")
    tone = "good" if change.value > 0 else "bad" if change.value < 0 else "plain"
    arrow = "\u25b2 " if change.value > 0 else "\u25bc " if change.value < 0 else ""
    then = before_of(change.parts)
    text = f"{arrow}{formats.signed_percent(change.value)} on {what}"
    lines = [Line(text=text if then is None else f"{text} ({formats.usd(then)})", tone=tone)]
    if change.coverage != "exact":
        lines.append(Line(text="Not all of it was read.", tone="faint"))
    return tuple(lines)


def before_of(parts: Sequence[object]) -> Decimal | None:
    """The earlier of the two amounts that a comparison is made of."""
    value = getattr(parts[0], "value", None) if parts else None
    return value if isinstance(value, Decimal) else None


def _some(text: str, tone: str) -> tuple[Line, ...]:
    return (Line(text=text, tone=tone),) if text else ()
