"""Trees of elements on the page, and the clicks that come back from them."""

from functools import cache
from importlib import resources
from typing import Any

import streamlit as st

from dashboard.actions import Action, read_action
from dashboard.markup import Node, to_data
from dashboard.theme import css_variables


def sheet(*nodes: Node | None, key: str) -> Action | None:
    """Draw the trees, and give what was clicked in them since the last run of the script.

    The data is a list, not a mapping: Streamlit looks into mappings for data frames and loads pandas to do so.
    """
    css, js = _assets()
    mount: Any = st.components.v2.component("revenue_sheet", html='<div class="sheet"></div>', css=css, js=js)
    result = mount(key=key, data=[to_data(node) for node in nodes if node is not None], on_go_change=_nothing)
    return read_action(result.go)


@cache
def _assets() -> tuple[str, str]:
    folder = resources.files("dashboard")
    css = (folder / "sheet.css").read_text(encoding="utf-8")
    return f"{css_variables()}\n{css}", (folder / "sheet.js").read_text(encoding="utf-8")


def _nothing() -> None:
    """A trigger is part of the result only if somebody listens."""
