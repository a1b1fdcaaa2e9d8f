"""Charts as elements: they keep their text size at any width, are read by screen readers, and need no library."""

from collections.abc import Sequence
from decimal import Decimal

from dashboard import formats
from dashboard.actions import explain
from dashboard.channels import Channel
from dashboard.drawing.parts import coverage_key, dot, opener, table
from dashboard.markup import Element, h
from dashboard.shapes import SummaryRow
from dashboard.view_models.monthly import Bar, BarChart, Segment, Share, amount_of


def month_bars(chart: BarChart, title: str) -> Element:
    """The months as stacked bars. Each opens its rows; hovering or focusing one lists its channels."""
    middle = len(chart.bars) / 2
    plot = h(
        "div",
        h(
            "div",
            (_bar(bar, chart.zero, left=index < middle, first=index == 0) for index, bar in enumerate(chart.bars)),
            class_="bars",
            role="list",
        ),
        class_="plot",
        style=f"--months:{max(len(chart.bars), 1)};--zero:{chart.zero}%",
    )
    return h(
        "figure",
        h("figcaption", title, class_="aside"),
        legend(chart.channels),
        h(
            "div",
            h("div", (_tick(tick.label, tick.place) for tick in chart.ticks), class_="axis", aria_hidden="true"),
            h("div", plot, class_="scroll", tabindex="0", role="group", aria_label=title),
            class_="frame",
        ),
        coverage_key(chart.coverages),
        class_="chart",
    )


def legend(channels: tuple[Channel, ...]) -> Element:
    """Which colour is which channel."""
    return h("ul", (h("li", dot(channel), channel.name) for channel in channels), class_="legend")


def month_table(rows: tuple[SummaryRow, ...], channels: tuple[Channel, ...]) -> Element:
    """The same figures as a table, newest month first; each opens its explanation."""
    columns = [("Month", "nowrap"), *((channel.name, "number") for channel in channels), ("Total", "number total")]
    body = [
        [
            row.month,
            *(_cell(row, amount_of(row, channel), channel.key, channel.name) for channel in channels),
            _cell(row, row.total, "total", ""),
        ]
        for row in reversed(rows)
    ]
    return table("Income by month and channel, US dollars", columns, body)


def share_bars(found: tuple[Share, ...], period: str) -> Element:
    """What each channel brought, as bars from zero, the largest first."""
    return h("ul", (_share(share, period) for share in found), class_="shares")


def composition(found: tuple[Share, ...], period: str) -> Element:
    """What one figure is made of: a bar of its channels, and their names and amounts."""
    whole = sum((share.amount for share in found if share.amount > 0), Decimal(0))
    pieces = (
        h("span", class_=f"segment {share.channel.key} {share.coverage}", style=f"width:{_css(share.amount / whole)}")
        for share in found
        if share.amount > 0
    )
    items = (
        h("li", dot(share.channel), share.channel.name, h("span", _opened(share, period), class_="beside"))
        for share in found
    )
    strip = h("div", pieces, class_="strip", aria_hidden="true") if whole else None
    return h("div", strip, h("ul", items, class_="legend"), class_="made-of")


def range_bar(low: Decimal, middle: Decimal, high: Decimal) -> Element:
    """A range on an axis from zero, with its middle marked."""
    end = max(high, Decimal(1)) * Decimal("1.1")
    left, right, centre = (_css(max(value, Decimal(0)) / end) for value in (low, high, middle))
    return h(
        "div",
        h("div", class_="span", style=f"left:{left};right:calc(100% - {right})"),
        h("div", class_="middle", style=f"left:{centre}"),
        class_="range",
        aria_hidden="true",
    )


def part_bars(parts: Sequence[tuple[Element | str, str, Decimal]]) -> Element:
    """Parts of a figure (name, text of the value, value) as bars from zero, in the order given."""
    largest = max((value for _, _, value in parts), default=Decimal(0))
    return h(
        "ul",
        (
            h(
                "li",
                h("span", name, class_="name"),
                h("span", text, class_="amount"),
                _track(max(value, Decimal(0)) / largest if largest > 0 else Decimal(0), "neutral"),
            )
            for name, text, value in parts
        ),
        class_="shares",
    )


def _tick(label: str, place: Decimal) -> Element:
    return h("div", h("span", label), class_="tick", style=f"bottom:{place}%")


def _bar(bar: Bar, zero: Decimal, *, left: bool, first: bool) -> Element:
    stacks = [h("span", (_segment(piece) for piece in reversed(bar.above)), class_="above", style=f"bottom:{zero}%")]
    if bar.below:
        pieces = (_segment(piece) for piece in bar.below)
        stacks.append(h("span", pieces, class_="below", style=f"top:calc(100% - {zero}%)"))
    height = sum((piece.height for piece in bar.above), Decimal(0)) + zero
    top = h(
        "span",
        _drawn(formats.short_usd(bar.total) + _MARKS.get(bar.coverage, ""), "sum"),
        (_drawn("?", f"ghost {channel.key}") for channel in bar.unknown),
        class_="top",
        style=f"bottom:{height}%",
    )
    go = opener(
        [h("span", stacks, top, class_="column", aria_hidden="true"), _name(bar), _tip(bar, left=left)],
        bar.go,
        _spoken(bar),
        class_="bar so-far" if bar.so_far else "bar",
    )
    dated = first or bar.label == "Jan"
    return h("div", go, role="listitem", class_="month dated" if dated else "month")


_MARKS = {"floor": "+", "unknown": "?"}


def _segment(piece: Segment) -> Element:
    return h("span", class_=f"segment {piece.channel.key} {piece.coverage}", style=f"--height:{piece.height}")


def _name(bar: Bar) -> Element:
    return h(
        "span",
        _drawn(bar.label, "full"),
        _drawn(bar.label[0], "initial"),
        _drawn(bar.year, "year"),
        class_="name",
        aria_hidden="true",
    )


def _drawn(words: str, class_: str) -> Element:
    """Words that are only to be seen: the bar's label says them in full, and a button is named once."""
    return h("span", class_=f"drawn {class_}", data_text=words)


def _tip(bar: Bar, *, left: bool) -> Element:
    """What hovering a bar shows; screen readers have the same in the bar's label."""
    pieces = [*reversed(bar.above), *bar.below]
    return h(
        "span",
        h("strong", f"{formats.month_label(bar.key)}: {formats.covered_usd(bar.total, bar.coverage)}"),
        (
            h(
                "span",
                dot(piece.channel),
                piece.channel.name,
                h("span", _covered(piece), class_="amount"),
                class_="line",
            )
            for piece in pieces
        ),
        (
            h("span", dot(channel), channel.name, h("span", "not known", class_="amount"), class_="line")
            for channel in bar.unknown
        ),
        h("span", bar.why, class_="why") if bar.why else None,
        class_="tip left" if left else "tip right",
        aria_hidden="true",
    )


def _covered(piece: Segment) -> str:
    return formats.covered_usd(piece.amount, piece.coverage)


def _spoken(bar: Bar) -> str:
    pieces = [f"{piece.channel.name} {formats.spoken_usd(piece.amount, piece.coverage)}" for piece in bar.above]
    pieces += [f"{piece.channel.name} {formats.spoken_usd(piece.amount, piece.coverage)}" for piece in bar.below]
    pieces += [f"{channel.name} not known" for channel in bar.unknown]
    so_far = " so far" if bar.so_far else ""
    head = f"{formats.month_label(bar.key)}{so_far}: {formats.spoken_usd(bar.total, bar.coverage)}"
    return f"{head}. {', '.join(pieces)}. Show the rows." if pieces else f"{head}. Show the rows."


def _cell(row: SummaryRow, amount: Decimal, key: str, channel: str) -> Element:
    coverage = row.coverage.get(key, "unknown")
    label = f"{row.month}, {channel or 'total'}: {formats.spoken_usd(amount, coverage)}. Show the rows."
    button = opener(
        formats.covered_usd(amount, coverage), explain(formats.month_key(row.month), channel), label, class_="cell"
    )
    return h("span", button, title=formats.days_in(row.why[key]) if row.why.get(key) else None)


def _share(share: Share, period: str) -> Element:
    of_total = None
    if share.of_total is not None:
        of_total = h("span", formats.percent(share.of_total * 100) if share.amount else "", class_="percent")
    return h(
        "li",
        h("span", dot(share.channel), share.channel.name, class_="name"),
        h("span", _opened(share, period), of_total),
        _track(share.part, f"{share.channel.key} {share.coverage}") if share.amount else None,
    )


def _opened(share: Share, period: str) -> Element:
    """The amount of a channel, which opens its rows."""
    spoken = f"{share.channel.name}, {period}: {formats.spoken_usd(share.amount, share.coverage)}. Show the rows."
    figure = formats.covered_usd(share.amount, share.coverage)
    if figure == "?":
        figure = "not known"
    return opener(figure, explain(period, share.channel.name), spoken, class_="cell")


def _track(part: Decimal, class_: str) -> Element:
    fill = h("span", class_=f"segment {class_}", style=f"width:{_css(part)}")
    return h("span", fill, class_="track", aria_hidden="true")


def _css(part: Decimal) -> str:
    return f"{part * 100:.2f}%"
