"""What became of an entry, and the entries made by hand, as elements."""

from collections.abc import Sequence

from dashboard import formats
from dashboard.actions import act
from dashboard.drawing.parts import empty, heading, notice, opener, outside
from dashboard.drawing.rows import plain_table
from dashboard.failures import GatewayError
from dashboard.markup import Element, h
from dashboard.shapes import Row
from dashboard.view_models.entry import Outcome


def mistakes(found: Sequence[str]) -> Element:
    """What to mend before the entry can be sent."""
    return notice("bad", "Nothing was added yet", h("ul", (h("li", outside(each)) for each in found)))


def refused(error: GatewayError) -> Element:
    """The server's reason."""
    return notice("bad", "Nothing was added", h("p", outside(str(error))))


def lost(error: GatewayError) -> Element:
    """No answer came: the entry may be there or not, and sending it again is safe."""
    return notice(
        "warn",
        "No answer came, so it is not certain whether the entry was added",
        h("p", outside(str(error))),
        h("p", "Press Add entry again: the same form adds one row, however often it is sent."),
    )


def correcting(row: Row) -> Element:
    """Which entry the form corrects."""
    entry = (formats.usd(row.amount_usd), ", ", outside(row.client), ", ", formats.day(row.date))
    return heading("Correct an entry", h("p", entry))


def done(found: Outcome) -> Element:
    """What became of it."""
    links = None
    if found.row_id:
        words = "Show it, correct it, or strike it" if found.still_stands else "Show it"
        links = h("p", opener(words, act("row", found.row_id), class_="link"))
    elif found.waiting_id:
        links = h("p", opener("Show what to do", act("page", "attention", item=found.waiting_id), class_="link"))
    return notice(
        found.tone,
        found.title,
        [h("p", outside(line)) for line in found.lines],
        [h("p", h("strong", "Look: "), outside(warning)) for warning in found.warnings],
        links,
    )


def entries(rows: Sequence[Row]) -> Element:
    """The latest entries made by hand."""
    head = heading("Entered by hand", h("p", "open one to correct or strike it"))
    if not rows:
        return h("div", head, empty("No entries yet"), class_="card")
    return h("div", head, plain_table(rows, "Entries made by hand, newest first", opening=True), class_="card")
