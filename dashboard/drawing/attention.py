"""What needs the user, as elements."""

from collections.abc import Sequence

from dashboard import formats
from dashboard.actions import act
from dashboard.drawing.parts import definition_list, empty, heading, opener, outside
from dashboard.drawing.rows import amount, channel_name
from dashboard.markup import Element, h
from dashboard.shapes import Problem, Row
from dashboard.view_models.attention import Attention, Waiting


def nothing(*, any_connected: bool) -> Element:
    """All is well."""
    sources = "every connected source could be read" if any_connected else "no source is connected"
    return empty(
        "Nothing needs you", h("p", f"No record waits, the file is in order, {sources}, and nothing is unpaid.")
    )


def waiting(found: Attention, chosen: str) -> Element | None:
    """Records that are not counted until they are mended; the one that a link names comes first."""
    if not found.waiting:
        return None
    ordered = sorted(found.waiting, key=lambda item: item.id != chosen)
    intro = h("p", "These are in no figure. Mend them in the tracker; the next refresh books them.", class_="quiet")
    items = h("ul", (h("li", _waiting(item, found.tracker), class_="item") for item in ordered), class_="items")
    return h("section", heading("Waiting to be counted", h("p", str(len(ordered)))), intro, items, class_="spaced")


def _waiting(item: Waiting, tracker: str) -> Element:
    paste = None
    if item.paste:
        table = "## Prices\n\n| Date | Currency | USD |\n| --- | --- | ---: |\n" + item.paste
        text = f"In {tracker}, with the price of one unit in US dollars in place of 0.00:"
        paste = h("details", h("summary", "Show the lines to add"), h("p", text, class_="small"), h("pre", table))
    links = (
        opener("Open its source", act("page", "sources"), class_="link"),
        opener("Link to this record", act("page", "attention", item=item.id), class_="link"),
    )
    return h(
        "div",
        h("div", h("h3", outside(item.title)), h("span", outside(item.why)), class_="head"),
        definition_list((name, outside(value)) for name, value in item.fields),
        h("p", h("strong", "What to do: "), outside(item.mend), class_="mend") if item.mend else None,
        paste,
        h("p", links, class_="links"),
        class_="spaced",
    )


def problems(found: Sequence[Problem]) -> Element | None:
    """What is wrong in the file, with the line and the mend."""
    if not found:
        return None
    items = (
        h(
            "li",
            h("div", h("h3", outside(each.message)), h("span", outside(each.place), class_="code end"), class_="head"),
            h("pre", each.excerpt) if each.excerpt else None,
            h("p", h("strong", "What to do: "), outside(each.mend), class_="mend") if each.mend else None,
            class_="item",
        )
        for each in found
    )
    head = heading("In the tracker file", h("p", str(len(found))))
    return h("section", head, h("ul", items, class_="items"), class_="spaced")


def sources(found: Sequence[tuple[str, str, str]]) -> Element | None:
    """Sources that could not be read, or not to the end."""
    if not found:
        return None
    items = (
        h(
            "li",
            h("h3", name),
            h("p", outside(failure)),
            h("p", h("strong", "What to do: "), outside(step), class_="mend") if step else None,
            h("p", opener("Open its source", act("page", "sources", source=name), class_="link")),
            class_="item",
        )
        for name, failure, step in found
    )
    return h(
        "section", heading("Sources that were not read to the end"), h("ul", items, class_="items"), class_="spaced"
    )


def unpaid(found: Sequence[Row], more: int) -> Element | None:
    """Entries that wait for their money."""
    if not found:
        return None
    items = (
        h(
            "li",
            h("div", h("h3", amount(row.amount_usd)), channel_name(row.channel), outside(row.client), class_="head"),
            h("p", outside(row.description), ", ", formats.day(row.date), class_="quiet"),
            h("p", opener("Mark as paid, correct, or strike", act("row", row.id), class_="link")) if row.id else None,
            class_="item",
        )
        for row in found
    )
    head = heading("Not paid yet", h("p", f"{len(found) + more:,}"))
    words = f"{formats.count(more, 'older one')}: show all in Transactions"
    rest = h("p", opener(words, act("page", "transactions", status="Unpaid"), class_="link")) if more else None
    return h("section", head, h("ul", items, class_="items two"), rest, class_="spaced")
