"""How every source stands, as elements."""

from collections.abc import Sequence

from dashboard.drawing.parts import chip, definition_list, empty, notice, outside
from dashboard.markup import Element, h
from dashboard.view_models.sources import SourceCard


def card(found: SourceCard) -> Element:
    """One source."""
    return h(
        "section",
        h("div", h("h2", found.name, class_="plain"), chip(found.tone, found.state), class_="heading"),
        definition_list((name, outside(value)) for name, value in found.fields),
        h("p", h("strong", "What failed: "), outside(found.failure)) if found.failure else None,
        h("p", h("strong", "What to do: "), outside(found.next_step), class_="mend") if found.next_step else None,
        class_="spaced-small",
    )


def problems(found: Sequence[str]) -> Element | None:
    """Mistakes in the configuration."""
    if not found:
        return None
    return notice("warn", "The configuration has something to mend", (h("p", outside(each)) for each in found))


def none() -> Element:
    """No source at all."""
    return empty(
        "No source is known yet",
        h("p", "Add servers named stripe, gumroad or upwork to your Claude Code configuration or to a .mcp.json file."),
        h("p", "Type in a terminal to see what is looked for, and where: revintel-mcp doctor"),
    )


def tracker(path: str) -> Element:
    """Where the figures are kept."""
    return h("p", "Everything is kept in ", h("span", path, class_="code"), class_="quiet")
