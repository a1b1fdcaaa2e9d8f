"""Trees of elements on the page, and the clicks that come back from them."""

from functools import cache, partial
from importlib import resources
from typing import Any, Final

import streamlit as st

from dashboard.actions import Action, read_action
from dashboard.markup import Node, to_data
from dashboard.theme import css_variables

#: The newest click and the key of its sheet, until that sheet is drawn.
_CLICK: Final = "sheet_click"


def sheet(*nodes: Node | None, key: str) -> Action | None:
    """Draw the trees, and give what was clicked in them since they were drawn last.

    The data is a list, not a mapping: Streamlit looks into mappings for data frames and loads pandas to do so.
    """
    css, js = _assets()
    mount: Any = st.components.v2.component("revenue_sheet", html='<div class="sheet"></div>', css=css, js=js)
    mount(key=key, data=[to_data(node) for node in nodes if node is not None], on_click_change=partial(_keep, key))
    return _take(key)


def drop_click() -> None:
    """A click in a sheet that the page no longer draws comes to nothing."""
    st.session_state.pop(_CLICK, None)


def _keep(key: str) -> None:
    """Keep a click for when its sheet is drawn; the next click takes its place.

    A sheet's click is a state to Streamlit, told when it changes. As a trigger it could be lost: a run that is just
    ending forgets all triggers, those of the next one too, which has begun beside it.
    """
    clicked = st.session_state.get(key) or {}  # nothing for a sheet that another page has taken away meanwhile
    _when, _, action = str(clicked.get("click")).partition(" ")
    st.session_state[_CLICK] = (key, action)


def _take(key: str) -> Action | None:
    of, action = st.session_state.get(_CLICK) or (None, None)
    if of != key:
        return None
    drop_click()
    return read_action(action)


@cache
def _assets() -> tuple[str, str]:
    folder = resources.files("dashboard")
    css = (folder / "sheet.css").read_text(encoding="utf-8")
    return f"{css_variables()}\n{css}", (folder / "sheet.js").read_text(encoding="utf-8")
