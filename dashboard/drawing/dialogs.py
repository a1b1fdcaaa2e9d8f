"""What opens over a page, as elements."""

from dashboard import formats
from dashboard.actions import act
from dashboard.drawing.charts import part_bars
from dashboard.drawing.parts import coverage_note, empty, heading, notice, opener, outside
from dashboard.drawing.rows import explained_table, plain_table
from dashboard.failures import GatewayError
from dashboard.markup import Element, h
from dashboard.shapes import RowList
from dashboard.view_models.explanation import Explained
from dashboard.view_models.insights import MetricCard
from dashboard.view_models.transactions import found_text


def failed(error: GatewayError) -> Element:
    """Why there is nothing to show."""
    return notice("bad", str(error))


def explanation(found: Explained, period: str, channel: str, note: str = "") -> Element:
    """A figure, the rows that add up to it, and what was left out."""
    return h(
        "div",
        notice("info", note) if note else None,
        h(
            "section",
            h("h3", found.title, class_="label"),
            h("p", h("span", found.value, class_="value"), class_="amount"),
            h("p", f"{found.counted}.", class_="line"),
            h("p", f"{found.fees}.", class_="line faint") if found.fees else None,
            coverage_note(found.coverage, found.why, there=found.value != "?"),
            class_="card lead",
        ),
        _rows(found, period, channel),
        _left_out(found),
        _waiting(found),
        class_="spaced",
    )


def metric(card: MetricCard, rows: RowList | None, link: dict[str, str]) -> Element:
    """A metric: what it is, what it is made of, and the rows it rests on (None where they can't be listed)."""
    parts = [(outside(part.label), part.text, part.value) for part in card.parts]
    return h(
        "div",
        h(
            "section",
            h("h3", card.label, class_="label"),
            h("p", h("span", card.value, class_="value"), class_="amount"),
            h("p", f"{card.basis}.", class_="line"),
            [h("p", outside(note), class_="line faint") for note in card.notes],
            coverage_note(card.coverage, card.why, there=card.known),
            h("p", card.definition, class_="line prose"),
            class_="card lead",
        ),
        h("section", heading("What it is made of"), part_bars(parts)) if parts else None,
        _listed(rows, link) if rows and rows.rows else None,
        class_="spaced",
    )


def _listed(found: RowList, link: dict[str, str]) -> Element:
    more = None
    if found.count > len(found.rows):
        more = h("p", f"The latest {len(found.rows)} of {found.count:,} rows.", class_="quiet")
    open_all = opener("Show these in Transactions", act("page", "transactions", **link), class_="link")
    head = heading("The rows it rests on", h("p", found_text(found)))
    body = plain_table(found.rows, "Rows it rests on, newest first", opening=False)
    return h("section", head, body, more, h("p", open_all), class_="spaced-small")


def _rows(found: Explained, period: str, channel: str) -> Element:
    if not found.rows:
        return empty("No row counts in this figure")
    more = None
    if found.more:
        earlier = formats.count(found.more, "earlier one is", "earlier ones are")
        more = h("p", f"The latest {len(found.rows)} rows; {earlier} not shown here.", class_="quiet")
    words = {"channel": channel} if channel else {}
    link = None
    if len(period) == 7 and period[4] == "-":
        link = opener(
            "Show these in Transactions",
            act("page", "transactions", month=formats.month_label(period), **words),
            class_="link",
        )
    return h("section", more, explained_table(found.rows, f"Rows of {found.title}"), link, class_="spaced")


def _left_out(found: Explained) -> Element | None:
    if not found.left_out:
        return None
    return h("section", heading("Left out"), explained_table(found.left_out, "Rows that do not count"))


def _waiting(found: Explained) -> Element | None:
    if not found.waiting:
        return None
    items = (
        h(
            "li",
            h(
                "p",
                h("strong", f"{item.amount} {item.currency}"),
                " ",
                formats.day(item.date),
                " ",
                outside(item.client),
            ),
            h("p", outside(item.why), class_="small"),
            class_="item",
        )
        for item in found.waiting
    )
    link = opener("Show all that needs you", act("page", "attention"), class_="link")
    return h("section", heading("Waiting, not counted"), h("ul", items, class_="items"), h("p", link), class_="spaced")
