"""Metrics as elements."""

from collections.abc import Sequence
from dataclasses import replace

from dashboard.actions import act
from dashboard.channels import BY_NAME
from dashboard.drawing import charts
from dashboard.drawing.parts import coverage_key, dot, empty, heading, mark, meter, notice, opener, outside, table
from dashboard.markup import Element, h
from dashboard.view_models.coverage import JUDGED
from dashboard.view_models.insights import Cell, MetricCard, Part, Statement, StatementLine


def missing(reasons: Sequence[str]) -> Element | None:
    """What makes figures of the page inexact, said once for all of them."""
    if not reasons:
        return None
    body = h("ul", (h("li", outside(reason)) for reason in reasons))
    link = opener("Show what needs you", act("page", "attention"), class_="link")
    return notice("warn", "Not every figure is exact", body, h("p", link))


def statement(found: Statement) -> Element:
    """From gross sales to net income, in all and by channel."""
    head = heading("From gross to net", h("p", found.title))
    if not found.lines:
        return h("div", head, empty("No income in this period"), class_="card")
    columns = [
        ("", "wide"),
        ("All", "number total"),
        *((h("span", dot(channel), channel.name, class_=channel.key), "number") for channel in found.channels),
    ]
    rows = [
        [_label(line), _cell(line.total), *(None if cell is None else _cell(cell) for cell in line.cells)]
        for line in found.lines
    ]
    body = table(f"Income statement, {found.title}, US dollars", columns, rows, "statement")
    key = coverage_key((line.coverage for line in found.lines), JUDGED)
    meaning = h("details", h("summary", "What each line is"), h("dl", (_meaning(line) for line in found.lines)))
    return h("div", head, body, key, meaning, class_="card spaced-small")


def group(title: str, cards: Sequence[MetricCard]) -> Element:
    """Two metrics of one kind in a card."""
    half = title in ("Direction", "What is coming")
    body = h("div", (_metric(card) for card in cards), class_="spaced")
    return h("section", heading(title), body, class_="card half" if half else "card")


def groups(found: Sequence[tuple[str, Sequence[MetricCard]]]) -> Element:
    """All of them, side by side."""
    return h("div", (group(title, cards) for title, cards in found), class_="masonry")


def clients(cards: Sequence[MetricCard]) -> Element | None:
    """How far the income hangs on few clients."""
    if not cards:
        return None
    parts = cards[0].parts
    notes = dict.fromkeys(note for card in cards for note in card.notes)
    left = h(
        "div",
        charts.part_bars([(_client(part), part.text, part.value) for part in parts]) if parts else None,
        [h("p", outside(note), class_="line faint") for note in notes],
        class_="spaced-small",
    )
    right = h("div", (_metric(replace(card, notes=(), parts=())) for card in cards), class_="spaced")
    head = heading("Clients", h("p", "the largest")) if parts else heading("Clients")
    return h("section", head, h("div", left, right, class_="columns wide-left"), class_="card")


def _label(line: StatementLine) -> Element:
    inexact = line.coverage != "exact"
    return h(
        "span",
        h("span", line.label, class_="total" if line.is_sum else None, title=line.definition),
        h("span", " ", mark(line.coverage), h("span", JUDGED[line.coverage], class_="aside")) if inexact else None,
    )


def _cell(cell: Cell) -> Element:
    return opener(cell.text, cell.go, cell.spoken, class_="cell")


def _meaning(line: StatementLine) -> Element:
    return h("div", h("dt", line.label), h("dd", line.definition))


def _metric(card: MetricCard) -> Element:
    parts = [(_name(part), part.text, part.value) for part in card.parts]
    return h(
        "section",
        h("h3", card.label, class_="label"),
        h("p", _opened(card), _mark(card), class_="amount"),
        meter(card.part, card.label) if card.part is not None else None,
        charts.range_bar(*card.range) if card.range else None,
        h("p", outside(card.why), class_="line faint") if not card.known and card.why else None,
        h("p", card.basis, class_="line faint") if card.known else None,
        [h("p", outside(note), class_="line faint") for note in card.notes],
        h(
            "details",
            h("summary", "What this is"),
            h("p", card.definition, class_="small prose"),
            charts.part_bars(parts) if parts else None,
        ),
        class_="metric",
    )


def _opened(card: MetricCard) -> Element:
    if not card.known:
        return h("span", card.value, class_="value faint")
    return opener(
        h("span", card.value, class_="value"), card.go, f"{card.label}: {card.spoken}. Show what it rests on."
    )


def _mark(card: MetricCard) -> Element | None:
    if not card.known or card.coverage == "exact":
        return None
    words = h("span", f"{JUDGED[card.coverage]}: {card.why}", class_="aside")
    return h("span", " ", mark(card.coverage), words, title=card.why, class_="marked")


def _name(part: Part) -> Element:
    channel = BY_NAME.get(part.label)
    return h("span", dot(channel) if channel else None, outside(part.label), class_=channel.key if channel else None)


def _client(part: Part) -> Element:
    """A client, whose rows can be looked at."""
    return opener(outside(part.label), act("page", "transactions", text=part.label), class_="rowlink")
