"""Metrics for people: an income statement, and figures with their unit, what they rest on and are made of."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from dashboard import formats
from dashboard.actions import explain
from dashboard.actions import metric as open_metric
from dashboard.channels import BY_NAME, CHANNELS, Channel
from dashboard.shapes import Insights, Metric

#: What the user picks, and what the server is asked.
PERIODS: Final = {
    "This year": "ytd",
    "This month": "this month",
    "Last month": "last month",
    "Last 12 months": "last 12 months",
    "Last year": "last year",
    "All time": "all",
}

#: The cards of the page, and the metrics in each. Metrics that a newer server adds come under More.
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "Direction": ("month_on_month", "year_on_year"),
    "What is coming": ("run_rate", "forecast"),
    "Goal and taxes": ("goal", "tax_set_aside"),
    "Recurring": ("recurring_share", "mrr"),
    "Hours": ("hourly_rate", "hourly_rate_net"),
}
CLIENTS: Final = ("top_client_share", "top_three_share", "client_concentration")

#: The lines of the statement, and whether they are taken off.
_STATEMENT: Final = {"gross": False, "refunds": True, "income": False, "fees": True, "net": False}
_SUMS: Final = frozenset({"income", "net"})
#: Between two reasons; names of sources begin with a capital.
_BETWEEN: Final = re.compile(r";\s+(?=[^a-z])")
#: How many rows or records a reason is told of: metrics look at different months, and so count differently.
_COUNTED: Final = re.compile(r"(?P<number>\d[\d,]*)(?: of \d[\d,]*)? (?:records?|rows?)\b")
_CHANGES: Final = frozenset({"month_on_month", "year_on_year"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """An amount of the statement."""

    text: str
    spoken: str
    go: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A line of the statement; `is_sum` draws a rule above it. `cells` are by channel, in the statement's order."""

    label: str
    definition: str
    coverage: str
    is_sum: bool
    total: Cell
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Gross, refunds, income, fees, net: in all, and by channel."""

    title: str
    channels: tuple[Channel, ...]
    lines: tuple[StatementLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a metric."""

    label: str
    text: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricCard:
    """A metric as shown; `go` opens the rows it rests on. Where it is not `known`, `why` says what is missing."""

    slug: str
    label: str
    value: str
    spoken: str
    known: bool
    coverage: str
    why: str
    basis: str
    definition: str
    notes: tuple[str, ...]
    parts: tuple[Part, ...]
    go: str
    range: tuple[Decimal, Decimal, Decimal] | None = None
    part: Decimal | None = None


def missing(found: Insights) -> tuple[str, ...]:
    """What makes figures of the page inexact, each reason once, with the most rows or records it is told of."""
    told: dict[str, str] = {}
    for reason in (reason for metric in found.metrics if metric.value is not None for reason in _reasons(metric.why)):
        same = _COUNTED.sub("", reason).partition(": ")[0]
        if same not in told or _number_in(reason) > _number_in(told[same]):
            told[same] = reason
    return tuple(told.values())


def _number_in(reason: str) -> int:
    found = _COUNTED.search(reason)
    return int(found["number"].replace(",", "")) if found else 0


def _reasons(why: str) -> tuple[str, ...]:
    """The reasons in a sentence. One goes on after a semicolon and a small letter: `…; the last try failed`."""
    return tuple(formats.days_in(reason) for reason in _BETWEEN.split(why) if reason)


def statement(found: Insights, period: str) -> Statement:
    """The statement of the period; `period` is what the server was asked."""
    by_slug = {metric.slug: metric for metric in found.metrics}
    lines = [by_slug[slug] for slug in _STATEMENT if slug in by_slug and by_slug[slug].value is not None]
    names = {part.label for metric in lines for part in metric.parts}
    channels = tuple(channel for channel in CHANNELS if channel.name in names)
    return Statement(
        title=found.period, channels=channels, lines=tuple(_line(metric, channels, period) for metric in lines)
    )


def groups(found: Insights, period: str) -> tuple[tuple[str, tuple[MetricCard, ...]], ...]:
    """The cards of the page; those without a metric are left out."""
    by_slug = {metric.slug: metric for metric in found.metrics}
    placed = {*_STATEMENT, *CLIENTS, *(slug for slugs in GROUPS.values() for slug in slugs)}
    named = dict(GROUPS) | {"More": tuple(slug for slug in by_slug if slug not in placed)}
    result = (
        (title, tuple(card(by_slug[slug], period) for slug in slugs if slug in by_slug))
        for title, slugs in named.items()
    )
    return tuple((title, cards) for title, cards in result if cards)


def clients(found: Insights, period: str) -> tuple[MetricCard, ...]:
    """How far the income hangs on few clients."""
    by_slug = {metric.slug: metric for metric in found.metrics}
    return tuple(card(by_slug[slug], period) for slug in CLIENTS if slug in by_slug)


def value_text(value: Decimal, unit: str) -> str:
    """A value with its unit: `$12.00`, `12.5 %`, `$95.00 an hour`, `0.28`."""
    if unit == "percent":
        return formats.percent(value)
    if unit.startswith("USD"):
        return f"{formats.usd(value)}{unit.removeprefix('USD')}"
    return f"{value:.2f}" if unit == "index" else f"{value.normalize():f} {unit}".strip()


def card(metric: Metric, period: str) -> MetricCard:
    """One metric of the insights of a period."""
    known = metric.value is not None
    value = _value(metric)
    at_least = known and metric.coverage == "floor" and metric.slug in ("goal", "mrr")
    return MetricCard(
        slug=metric.slug,
        label=metric.label,
        value=f"\u2265\u00a0{value}" if at_least else value,
        spoken=f"at least {value}" if at_least else value,
        known=known,
        coverage=metric.coverage if known else "exact",
        why=formats.sentence(metric.why),
        basis=f"{formats.days_in(metric.period)}, {formats.counted(metric.n, metric.counted)}",
        definition=metric.definition,
        notes=metric.notes,
        parts=parts_of(metric) if known else (),
        go=open_metric(metric.slug, period) if known else "",
        range=_range(metric),
        part=metric.value / 100 if metric.slug == "goal" and metric.value is not None else None,
    )


def of_channel(whole: MetricCard, channel: str) -> MetricCard:
    """The same for one channel of those it is made of; all of it for none."""
    part = next((part for part in whole.parts if part.label == channel), None)
    if part is None:
        return whole
    return replace(whole, label=f"{whole.label}, {channel}", value=part.text, spoken=part.text, parts=())


def _value(metric: Metric) -> str:
    if metric.value is None:
        return "Not known"
    if metric.low is not None and metric.high is not None:
        return f"{formats.usd(metric.low)} to {formats.usd(metric.high)}"
    if metric.slug in _CHANGES:
        return formats.signed_percent(metric.value)
    return value_text(metric.value, metric.unit)


def _range(metric: Metric) -> tuple[Decimal, Decimal, Decimal] | None:
    if metric.low is None or metric.high is None or metric.value is None:
        return None
    return (metric.low, metric.value, metric.high)


def _line(metric: Metric, channels: Sequence[Channel], period: str) -> StatementLine:
    sign = -1 if _STATEMENT[metric.slug] else 1
    values = {part.label: part.value for part in metric.parts}
    total = (metric.value or Decimal(0)) * sign
    return StatementLine(
        label=metric.label,
        definition=metric.definition,
        coverage=metric.coverage,
        is_sum=metric.slug in _SUMS,
        total=_cell(total, metric, period, ""),
        cells=tuple(
            None if (value := values.get(channel.name)) is None else _cell(value * sign, metric, period, channel.name)
            for channel in channels
        ),
    )


def _cell(value: Decimal, metric: Metric, period: str, channel: str) -> Cell:
    where = f"{metric.label}, {channel}" if channel else metric.label
    text = formats.usd(value)
    # Income is the sum of its rows; the other lines need to say what they are as well.
    go = explain(period, channel) if metric.slug == "income" else open_metric(metric.slug, period, channel)
    return Cell(text=text, spoken=f"{where}: {text}. Show the rows behind it.", go=go)


def parts_of(metric: Metric) -> tuple[Part, ...]:
    """What a metric is made of."""
    return tuple(
        Part(
            label=formats.days_in(part.label) if part.label not in BY_NAME else part.label,
            text=f"{part.value:,.2f}" if part.label == "hours" else formats.usd(part.value),
            value=part.value,
        )
        for part in metric.parts
        if part.value is not None
    )
