"""The small pieces that every page is made of: figures, notices, chips, tables, bars."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from dashboard.channels import Channel
from dashboard.markup import Element, h
from dashboard.view_models.coverage import MEANING, NOT_SURE_OR_NOT_READ
from dashboard.view_models.figures import Figure, Line

_SIGNS = {"good": "\u2713", "bad": "\u2715", "warn": "!", "idle": "\u25cb", "info": "i"}


def outside(text: str, class_: str = "") -> Element:
    """A text from outside, kept apart in its direction from the words around it."""
    return h("bdi", text, class_=class_ or None)


def opener(words: Any, go: str, label: str = "", class_: str = "figure") -> Element:
    """Something that opens its explanation when it is clicked; `label` is what a screen reader says."""
    return h("button", words, class_=class_, type="button", data_go=go, aria_label=label or None)


def figure_card(figure: Figure, *more: Any, class_: str = "") -> Element:
    """A figure with what it is, its mark, what it is compared with, and why it is not exact."""
    value: Any = h("span", figure.value, class_="value")
    if figure.go:
        value = opener(value, figure.go, f"{figure.label}: {figure.spoken}. Show the rows behind it.")
    return h(
        "section",
        h("h3", figure.label, class_="label"),
        h("p", value, class_="amount"),
        meter(figure.part, figure.label) if figure.part is not None else None,
        [h("p", line.text, class_=f"line {line.tone}") for line in figure.lines],
        coverage_note(figure.coverage, figure.why, there=figure.value != "?"),
        more,
        class_=f"card {class_}".strip(),
    )


def coverage_note(coverage: str, why: str, *, there: bool) -> Element | None:
    """A line that says what a figure is worth; nothing for an exact one. `there` is whether any figure is shown."""
    if coverage == "exact":
        return None
    unknown = "Not known for sure" if there else "Not known"
    short = "At least this" if coverage == "floor" else unknown
    return h("p", mark(coverage), f"{short}: {why}" if why else f"{short}.", class_="line coverage")


def mark(coverage: str) -> Element:
    """The little swatch of a coverage, as bars have it."""
    return h("span", class_=f"swatch {coverage}", aria_hidden="true")


def meter(part: Decimal, label: str) -> Element:
    """A bar that fills from zero; more than full is full. The figure beside it says the same in words."""
    width = f"{min(max(part, Decimal(0)), Decimal(1)) * 100:.1f}%"
    return h("div", h("div", class_="fill", style=f"width:{width}"), class_="meter", aria_hidden="true", title=label)


def notice(tone: str, title: str, *more: Any) -> Element:
    """A message: good, info, warn or bad, told by sign and words, not by colour alone."""
    role = "alert" if tone == "bad" else "status"
    return h(
        "div",
        h("span", _SIGNS[tone], class_="sign", aria_hidden="true"),
        h("div", h("p", title, class_="title"), more, class_="words"),
        class_=f"notice {tone}",
        role=role,
    )


def empty(title: str, *more: Any) -> Element:
    """What stands where there is nothing to show yet."""
    return h("div", h("p", title, class_="title"), more, class_="empty")


def chip(tone: str, text: str) -> Element:
    """A state in a word, with a sign of its own."""
    return h("span", h("span", _SIGNS[tone], aria_hidden="true", class_="sign"), text, class_=f"chip {tone}")


def dot(channel: Channel) -> Element:
    """A channel's colour; its name stands beside it."""
    return h("span", class_=f"dot {channel.key}", aria_hidden="true")


def heading(text: str, *beside: Any) -> Element:
    """A section's heading, with what stands beside it."""
    return h("div", h("h2", text), beside, class_="heading")


def lines(found: Iterable[Line]) -> list[Element]:
    """Lines under one another."""
    return [h("p", line.text, class_=f"line {line.tone}") for line in found]


def table(caption: str, columns: Sequence[tuple[Any, str]], rows: Iterable[Sequence[Any]], class_: str = "") -> Element:
    """A table that scrolls by itself when it is too wide.

    Args:
        caption: what it shows; read aloud, not shown.
        columns: heading and class (`number` is set right) of each.
        rows: the cells; the first one of a row is its heading.
        class_: further classes.
    """
    head = [h("th", name, scope="col", class_=kind or None) for name, kind in columns]
    body = [
        h(
            "tr",
            (
                h("th", cell, scope="row", class_=kind or None) if index == 0 else h("td", cell, class_=kind or None)
                for index, (cell, (_, kind)) in enumerate(zip(row, columns, strict=True))
            ),
        )
        for row in rows
    ]
    inner = h("table", h("caption", caption, class_="aside"), h("thead", h("tr", head)), h("tbody", body))
    return h("div", inner, class_=f"scroll {class_}".strip(), tabindex="0", role="region", aria_label=caption)


def definition_list(pairs: Iterable[tuple[str, Any]]) -> Element:
    """Names and values, one under the other."""
    return h("dl", (h("div", h("dt", name), h("dd", value)) for name, value in pairs))


def coverage_key(coverages: Iterable[str], meaning: Mapping[str, str] = MEANING) -> Element | None:
    """What the marks in a chart or table mean; nothing where all is exact."""
    there = set(coverages)
    found = [word for word in ("exact", "floor", "unsure", "unknown") if word in there]
    if {"unsure", "unknown"} <= there:  # they look alike
        found, meaning = [word for word in found if word != "unsure"], {**meaning, "unknown": NOT_SURE_OR_NOT_READ}
    if found in ([], ["exact"]):
        return None
    marks = {"unsure": "unknown"}
    return h("ul", (h("li", mark(marks.get(word, word)), meaning[word]) for word in found), class_="key")
