"""The list of rows and a row's details, as elements."""

from dashboard import formats
from dashboard.actions import act
from dashboard.drawing.parts import definition_list, empty, heading, opener, outside, table
from dashboard.drawing.rows import amount, channel_name, link, what
from dashboard.markup import Element, h
from dashboard.shapes import Row, RowList
from dashboard.view_models.transactions import SORTS, Details, found_text, reversal_of


def listed(found: RowList, sort: str, *, filtered: bool) -> Element:
    """One page of rows under what they add up to."""
    if not found.rows:
        hint = "No row matches. Widen the filters." if filtered else "The log is empty: refresh, or add an entry."
        return empty("No rows", h("p", hint))
    return h(
        "div",
        heading("Found" if filtered else "All rows", h("p", found_text(found))),
        _table(found, sort),
        class_="card",
    )


def _table(found: RowList, sort: str) -> Element:
    columns = [
        (_sorter("Date", sort), ""),
        (_sorter("Channel", sort), ""),
        (_sorter("Client", sort), "client"),
        ("What", "wide"),
        ("Type", "aside-narrow nowrap"),
        ("Fee", "number aside-narrow"),
        (_sorter("Amount", sort), "number amount-cell"),
    ]
    rows = [
        [
            link(row),
            channel_name(row.channel),
            outside(row.client),
            h("span", what(row, told=reversal_of(row) is not None), _sale(row)),
            row.transaction_type,
            "" if row.fee_usd is None else amount(row.fee_usd),
            amount(row.amount_usd),
        ]
        for row in found.rows
    ]
    return table(f"Transactions, page {found.page} of {found.pages}", columns, rows, "stacking")


def _sorter(name: str, sort: str) -> Element:
    column = SORTS[name]
    active = sort.lstrip("-") == column
    arrow = (" \u2193" if sort.startswith("-") else " \u2191") if active else ""
    state = (", now from high to low" if sort.startswith("-") else ", now from low to high") if active else ""
    return h(
        "button",
        f"{name}{arrow}",
        type="button",
        class_="sort active" if active else "sort",
        data_go=act("here", "sort", column=column),
        aria_label=f"Sort by {name.lower()}{state}",
    )


def _sale(row: Row) -> Element | None:
    """From a reversal to its sale."""
    reversal = reversal_of(row)
    if reversal is None:
        return None
    words = f"{reversal.word} \u2192 its sale"
    return h("span", " ", opener(words, act("row", reversal.sale), class_="link small nowrap"))


def details(found: Details) -> Element:
    """Everything about one row."""
    return h(
        "div",
        h("p", h("span", formats.usd(found.row.amount_usd), class_="value"), class_="amount"),
        definition_list((name, outside(value)) for name, value in found.fields),
        h("p", outside(found.origin), class_="quiet"),
        _linked(found),
        class_="spaced card lead",
    )


def _linked(found: Details) -> Element | None:
    if not found.link_text:
        return None
    columns = [("Date", ""), ("What", "wide"), ("Amount", "number")]
    rows = [[formats.day(row.date), what(row), amount(row.amount_usd)] for row in found.linked]
    body = table("Linked rows", columns, rows) if rows else None
    return h("section", h("h3", outside(found.link_text), class_="label"), body)


def gone(row_id: str) -> Element:
    """A row that is not in the log."""
    return empty("Not in the log", h("p", outside(row_id), " is not there, or no longer."))
