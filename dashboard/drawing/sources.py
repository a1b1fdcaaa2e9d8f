"""How every source stands, as elements."""

from collections.abc import Sequence

from dashboard.drawing.parts import chip, definition_list, empty, notice, outside
from dashboard.markup import Element, h
from dashboard.view_models.sources import SourceCard


def card(found: SourceCard) -> Element:
    """One source."""
    what = "What failed" if found.tone == "bad" else "Why it is incomplete"
    return h(
        "section",
        h("div", h("h2", found.name, class_="plain"), chip(found.tone, found.state), class_="heading"),
        definition_list((name, outside(value)) for name, value in found.fields),
        h("p", h("strong", f"{what}: "), outside(found.failure)) if found.failure else None,
        h("p", h("strong", "What to do: "), outside(found.next_step), class_="mend") if found.next_step else None,
        class_="spaced-small",
    )


def problems(found: Sequence[str]) -> Element | None:
    """Mistakes in the configuration."""
    if not found:
        return None
    return notice("warn", "The configuration has something to mend", (h("p", outside(each)) for each in found))


def none() -> Element:
    """No source is connected."""
    return empty(
        "No source is connected yet",
        h(
            "p",
            "README, \u201cConnect your platforms\u201d, has the file that names their servers and says where each key "
            "comes from. Then start the dashboard again, from a shell that has the keys.",
        ),
        h("p", "Type in a terminal to see what is missing: ", h("span", "revintel-mcp doctor", class_="code")),
    )


def tracker(path: str) -> Element:
    """Where the figures are kept."""
    return h("p", "Everything is kept in ", h("span", path, class_="code"), class_="quiet")
