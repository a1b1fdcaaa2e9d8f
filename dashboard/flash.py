"""A message that outlives the run it was made in: what became of an entry, after the page was drawn anew."""

import streamlit as st

from dashboard.markup import Element

_KEY = "flash"


def flash(message: Element) -> None:
    """Show this at the top of the next page that is drawn."""
    st.session_state[_KEY] = message


def take_flash() -> Element | None:
    """The message, if there is one; it stays until the next one, or until `drop_flash`."""
    message = st.session_state.get(_KEY)
    return message if isinstance(message, Element) else None


def drop_flash() -> None:
    """Forget it."""
    st.session_state.pop(_KEY, None)
