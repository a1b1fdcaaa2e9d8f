"""Months as bars: stacked by channel, on an axis that starts at zero, with the coverage of each piece."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from dashboard import formats
from dashboard.actions import explain
from dashboard.channels import CHANNELS, Channel
from dashboard.shapes import SummaryRow
from dashboard.view_models.coverage import worst


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A channel's piece of a bar. `height` is its part of the axis in percent, 0 to 100."""

    channel: Channel
    amount: Decimal
    height: Decimal
    coverage: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A month: pieces above and below zero, and the channels of which nothing is known."""

    key: str
    label: str
    year: str
    total: Decimal
    coverage: str
    why: str
    above: tuple[Segment, ...]
    below: tuple[Segment, ...]
    unknown: tuple[Channel, ...]
    so_far: bool = False

    @property
    def go(self) -> str:
        """Opens the rows behind the month."""
        return explain(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A line of the axis, `place` percent up from its foot."""

    label: str
    place: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """The bars with their axis. `zero` is where zero lies, in percent from the foot."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    zero: Decimal
    channels: tuple[Channel, ...]
    coverages: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A channel's part of a span of months.

    `part` is 0 to 1 of the largest channel, `of_total` 0 to 1 of all; the latter is None where a channel is below
    zero, because parts of such a whole say nothing.
    """

    channel: Channel
    amount: Decimal
    part: Decimal
    of_total: Decimal | None
    coverage: str


def amount_of(row: SummaryRow, channel: Channel) -> Decimal:
    """A month's figure of a channel."""
    amount: Decimal = getattr(row, channel.key)
    return amount


def last_months(rows: Sequence[SummaryRow], number: int | None, today: str) -> tuple[SummaryRow, ...]:
    """The last `number` months up to this one, those without income between them included; all if None."""
    past = [row for row in rows if formats.month_key(row.month) <= today[:7]]
    if number is None:
        return tuple(rows)
    return tuple(past[-number:])


def used_channels(rows: Iterable[SummaryRow]) -> tuple[Channel, ...]:
    """The channels that have a figure, or lack one that belongs into a total."""
    found = tuple(rows)
    return tuple(channel for channel in CHANNELS if any(_is_used(row, channel) for row in found))


def bar_chart(rows: Sequence[SummaryRow], today: str) -> BarChart:
    """The months as bars."""
    channels = used_channels(rows)
    highest = max((_sum_above(row, channels) for row in rows), default=Decimal(0))
    lowest = min((_sum_below(row, channels) for row in rows), default=Decimal(0))
    step = _step(max(highest, -lowest))
    top = max(_up(highest, step), step)
    foot = _down(lowest, step)
    span = top - foot
    bars = tuple(_bar(row, channels, span, today) for row in rows)
    steps = int(span / step)
    ticks = (foot + step * index for index in range(steps + 1))
    return BarChart(
        bars=bars,
        ticks=tuple(Tick(label=formats.short_usd(value), place=_part(value - foot, span)) for value in ticks),
        zero=_part(-foot, span),
        channels=channels,
        coverages=frozenset(
            {_sure(segment.coverage) for bar in bars for segment in (*bar.above, *bar.below)}
            | ({"unknown"} if any(bar.unknown for bar in bars) else set())
        ),
    )


def shares(rows: Sequence[SummaryRow]) -> tuple[Share, ...]:
    """What each channel brought over the months, the largest first; those without any that miss none are left out."""
    sums = {channel: sum((amount_of(row, channel) for row in rows), Decimal(0)) for channel in used_channels(rows)}
    total = sum(sums.values(), Decimal(0))
    largest, lowest = max(sums.values(), default=Decimal(0)), min(sums.values(), default=Decimal(0))
    found = [
        Share(
            channel=channel,
            amount=amount,
            part=max(Decimal(0), amount / largest) if largest > 0 else Decimal(0),
            of_total=amount / total if total > 0 and lowest >= 0 else None,
            coverage=worst(_worth(row, channel) for row in rows),
        )
        for channel, amount in sums.items()
        if amount or any(_lacks(row, channel) for row in rows)
    ]
    return tuple(sorted(found, key=lambda share: -share.amount))


def _worth(row: SummaryRow, channel: Channel) -> str:
    coverage = row.coverage.get(channel.key, "unknown")
    return _sure(coverage) if amount_of(row, channel) else coverage


def _sure(coverage: str) -> str:
    """The coverage of a figure that has an amount."""
    return "unsure" if coverage == "unknown" else coverage


def _is_used(row: SummaryRow, channel: Channel) -> bool:
    return bool(amount_of(row, channel)) or _lacks(row, channel)


def _lacks(row: SummaryRow, channel: Channel) -> bool:
    """Whether something of the channel is missing from the month's total: the total then gives the same reason.

    A source that was never connected is not known either, but no total minds it.
    """
    if row.coverage.get(channel.key, "unknown") == "exact":
        return False
    reasons = [reason.strip() for reason in row.why.get(channel.key, "").split(";") if reason.strip()]
    return any(reason in row.why.get("total", "") for reason in reasons)


def _bar(row: SummaryRow, channels: Sequence[Channel], span: Decimal, today: str) -> Bar:
    key = formats.month_key(row.month)
    pieces = [
        Segment(
            channel=channel,
            amount=amount,
            height=_part(abs(amount), span),
            coverage=row.coverage.get(channel.key, "unknown"),
            why=formats.days_in(row.why.get(channel.key, "")),
        )
        for channel in channels
        if (amount := amount_of(row, channel))
    ]
    name, _, year = row.month.partition(" ")
    return Bar(
        key=key,
        label=name,
        year=year,
        total=row.total,
        coverage=row.coverage.get("total", "unknown"),
        why=formats.days_in(row.why.get("total", "")),
        above=tuple(piece for piece in pieces if piece.amount > 0),
        below=tuple(piece for piece in pieces if piece.amount < 0),
        unknown=tuple(channel for channel in channels if not amount_of(row, channel) and _lacks(row, channel)),
        so_far=key == today[:7],
    )


def _sum_above(row: SummaryRow, channels: Sequence[Channel]) -> Decimal:
    return sum((max(amount_of(row, channel), Decimal(0)) for channel in channels), Decimal(0))


def _sum_below(row: SummaryRow, channels: Sequence[Channel]) -> Decimal:
    return sum((min(amount_of(row, channel), Decimal(0)) for channel in channels), Decimal(0))


def _step(largest: Decimal) -> Decimal:
    """A round step that divides the axis into three to five."""
    if largest <= 0:
        return Decimal(100)
    rough = largest / 4
    power = Decimal(10) ** rough.adjusted()
    return next(step for factor in ("1", "2", "2.5", "5", "10") if (step := Decimal(factor) * power) >= rough)


def _up(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_CEILING) * step


def _down(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_FLOOR) * step


def _part(value: Decimal, span: Decimal) -> Decimal:
    return (value * 100 / span).quantize(Decimal("0.001"))
