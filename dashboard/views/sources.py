"""Sources: how each stands, what failed and what to do, and a refresh of one alone."""

import streamlit as st

from dashboard import formats
from dashboard.drawing import sources as draw
from dashboard.refresh_box import refresh_box
from dashboard.sheet import sheet
from dashboard.shell import Shell
from dashboard.view_models import sources as model


def show(shell: Shell) -> None:
    """Draw the page."""
    busy = refresh_box().job is not None
    with st.container(horizontal=True):
        probe = st.button("Test the connections", icon=":material/cable:", key="probe")
        if st.button(
            "Preview a refresh",
            icon=":material/difference:",
            key="preview",
            help="Shows what would change; writes nothing.",
            disabled=busy,
        ):
            refresh_box().start(shell.tools, dry_run=True)
            st.rerun()
    with st.skeleton(height=200) if probe else st.container():
        found = shell.tools.sources(probe=probe)
    sheet(draw.problems(found.problems), key="config_problems")
    cards = model.source_cards(found)
    if not any(source.configured for source in found.sources):
        sheet(draw.none(), key="no_sources")
    with st.grid(3, min_column_width=330):
        for card in cards:
            _card(shell, card, busy=busy)
    sheet(draw.tracker(found.tracker), key="tracker")


def _card(shell: Shell, card: model.SourceCard, *, busy: bool) -> None:
    with st.container(border=True, height="stretch", key=f"source_{card.key}"):
        sheet(draw.card(card), key=f"card_{card.key}")
        st.space("stretch")
        name = f"Refresh {formats.label(card.name)}"
        if card.can_refresh and st.button(name, key=f"refresh_{card.key}", disabled=busy):
            refresh_box().start(shell.tools, sources=(card.key,))
            st.rerun()
