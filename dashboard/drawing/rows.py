"""Rows of the log as tables."""

from collections.abc import Iterable
from decimal import Decimal

from dashboard import formats
from dashboard.actions import act
from dashboard.channels import BY_NAME, key_of
from dashboard.drawing.parts import chip, dot, opener, outside, table
from dashboard.markup import Element, h
from dashboard.shapes import ExplainedRow, Row

_STATUS = {"refunded": ("info", "reversal"), "pending": ("warn", "unpaid"), "excluded": ("idle", "struck")}


def channel_name(name: str) -> Element:
    """A channel with its dot."""
    channel = BY_NAME.get(name)
    return h("span", dot(channel) if channel else None, name, class_=f"nowrap {key_of(name)}")


def amount(value: Decimal) -> Element:
    """An amount; what goes back is marked by its sign and its colour."""
    return h("span", formats.usd(value), class_="negative" if value < 0 else None)


def what(row: Row, *, told: bool = False) -> Element:
    """What a row is for, with its state where that is not simply paid, and is not `told` beside it."""
    tone, word = ("", "") if told else _STATUS.get(row.status, ("", ""))
    return h("span", outside(row.description or "\u2013"), " ", chip(tone, word) if word else None)


def link(row: Row) -> Element:
    """Opens everything about the row; rows that a person wrote without an ID have nothing to be found by."""
    when = formats.day(row.date)
    if not row.id:
        return h("span", when, class_="nowrap")
    label = f"{when}, {row.client}, {formats.usd(row.amount_usd)}. Show details."
    return opener(when, act("row", row.id), label, class_="rowlink nowrap")


def plain_table(rows: Iterable[Row], caption: str, *, opening: bool) -> Element:
    """Rows, each of which opens its details where it can: not in a dialog, which can't open another."""
    columns = [
        ("Date", ""),
        ("Channel", ""),
        ("Client", "client"),
        ("What", "wide"),
        ("Fee", "number aside-narrow"),
        ("Amount", "number amount-cell"),
    ]
    body = [
        [
            link(row) if opening else h("span", formats.day(row.date), class_="nowrap"),
            channel_name(row.channel),
            outside(row.client),
            what(row),
            "" if row.fee_usd is None else amount(row.fee_usd),
            amount(row.amount_usd),
        ]
        for row in rows
    ]
    return table(caption, columns, body, "stacking")


def explained_table(rows: Iterable[ExplainedRow], caption: str) -> Element:
    """Rows with why they are where they are."""
    columns = [
        ("Date", ""),
        ("Channel", ""),
        ("Client", "client"),
        ("What", "wide"),
        ("Amount", "number amount-cell"),
        ("Origin", "wide"),
    ]
    body = [
        [
            h("span", formats.day(each.row.date), class_="nowrap"),
            channel_name(each.row.channel),
            outside(each.row.client),
            what(each.row),
            amount(each.row.amount_usd),
            h("span", outside(each.why), class_="small faint"),
        ]
        for each in rows
    ]
    return table(caption, columns, body, "stacking")
