"""The first page as elements."""

from collections.abc import Sequence

from dashboard import formats
from dashboard.actions import act
from dashboard.drawing import charts
from dashboard.drawing.parts import chip, empty, figure_card, heading, mark, notice, opener, outside, table
from dashboard.markup import Element, h
from dashboard.shapes import SummaryRow
from dashboard.view_models.figures import Figure
from dashboard.view_models.monthly import BarChart, Share
from dashboard.view_models.overview import Freshness, Outlook


def headline(figures: tuple[Figure, ...], made_of: tuple[Share, ...], month: str, attention: str) -> Element:
    """The figures, in the first of them what this month is made of, and above them what needs the user."""
    call = None
    if attention:
        link = opener("Show what needs you", act("page", "attention"), class_="link")
        call = notice("warn", f"{attention}.", h("p", link))
    first, *others = figures
    lead = figure_card(first, charts.composition(made_of, month) if made_of else None, class_="lead")
    cards = h("div", lead, (figure_card(figure) for figure in others), class_="cards")
    return h("div", call, h("h2", "At a glance", class_="aside"), cards, class_="spaced")


def months(chart: BarChart, rows: tuple[SummaryRow, ...], span: str) -> Element:
    """The months as bars, with the same figures as a table."""
    title = f"Income by month, {span}"
    folded = h("details", h("summary", "Show as a table"), charts.month_table(rows, chart.channels))
    return h("div", charts.month_bars(chart, title), folded, class_="card")


def below(found: tuple[Share, ...], period: str, coming: Sequence[Outlook]) -> Element:
    """Where the months' income came from, and beside it what is coming."""
    return h("div", mix(found, period), outlook(coming), class_="cards pair")


def mix(found: tuple[Share, ...], period: str) -> Element:
    """What each channel brought."""
    body = charts.share_bars(found, period) if found else empty("No income in these months")
    inexact = any(share.of_total is not None and share.coverage != "exact" for share in found)
    note = h("p", "Percentages are of what is known.", class_="small faint") if inexact else None
    return h("div", heading("By channel", h("p", period)), body, note, class_="card spaced-small")


def outlook(found: Sequence[Outlook]) -> Element:
    """What is coming."""
    return h(
        "div", heading("What is coming"), h("div", (_outlook(each) for each in found), class_="spaced"), class_="card"
    )


def _outlook(each: Outlook) -> Element:
    return h(
        "section",
        h("h3", each.metric.label, class_="label"),
        h("p", _opened(each)),
        charts.range_bar(*each.range) if each.range else None,
        h("p", each.text, class_="line faint") if each.text else None,
        h("p", each.why, class_="line faint") if each.why and each.value == "Not known" else None,
        _rests_on(each),
        h(
            "details",
            h("summary", "How it is computed"),
            h("p", each.metric.definition, class_="small prose"),
            charts.part_bars([(part.label, formats.usd(part.value), part.value) for part in each.parts]),
        ),
    )


def _opened(each: Outlook) -> Element:
    value = h("span", each.value, class_="value")
    return opener(value, each.go, f"{each.metric.label}: {each.value}. Show what it rests on.") if each.go else value


def _rests_on(each: Outlook) -> Element | None:
    if each.value == "Not known" or each.metric.coverage == "exact":
        return None
    return h(
        "p", mark(each.metric.coverage), f"Rests on months that are not complete: {each.why}", class_="line coverage"
    )


def freshness(found: Sequence[Freshness]) -> Element:
    """How current every source is."""
    columns = [("Source", ""), ("State", ""), ("Read", "")]
    rows = [
        [
            opener(source.name, act("page", "sources", source=source.name), class_="rowlink"),
            chip(source.tone, source.state),
            h(
                "span",
                source.through,
                h("span", outside(source.note), class_="small faint block") if source.note else None,
            ),
        ]
        for source in found
    ]
    body = table("Sources and how far each was read", columns, rows, "stacking") if found else _no_sources()
    return h("div", heading("Is it all there?"), body, class_="card")


def _no_sources() -> Element:
    return empty(
        "No source is connected",
        h(
            "p",
            "Figures hold what was entered by hand. The Sources page says how to connect Stripe, Gumroad and Upwork.",
        ),
    )


def first_run(found: Sequence[Freshness]) -> Element:
    """What stands on the page before anything was ever read: what to do, and what a refresh would ask."""
    any_connected = any(source.tone != "idle" for source in found)
    first = (
        "Press Refresh to fetch this year's income from the sources below."
        if any_connected
        else "Connect a source (the Sources page says how), then press Refresh to fetch this year's income from it."
    )
    welcome = empty(
        "Nothing here yet",
        h("p", first),
        h("p", "Income that no source reports you enter by hand; both end up in the same file."),
        h(
            "p",
            opener("Add an entry", act("page", "add"), class_="link"),
            opener("More about the sources", act("page", "sources"), class_="link"),
            class_="links centred",
        ),
    )
    rows = [[source.name, chip(source.tone, source.state), outside(source.note)] for source in found]
    columns = [("Source", ""), ("State", ""), ("What to do", "wide")]
    if not any(source.note for source in found):
        rows, columns = [row[:2] for row in rows], columns[:2]
    body = table("Sources and whether they are connected", columns, rows, "stacking") if found else _no_sources()
    return h("div", welcome, h("div", heading("Where income comes from"), body, class_="card"), class_="spaced")


def period_of(rows: Sequence[SummaryRow]) -> str:
    """`Dec 2025 to Nov 2026`."""
    if not rows:
        return ""
    first, last = rows[0].month, rows[-1].month
    return first if first == last else f"{first} to {last}"
