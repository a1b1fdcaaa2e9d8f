"""The refresh button with its progress, and afterwards what changed."""

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.drawing import refresh as draw
from dashboard.markup import Element
from dashboard.refresh_box import RefreshBox, refresh_box
from dashboard.sheet import sheet
from dashboard.view_models import refresh as model

if TYPE_CHECKING:
    from dashboard.shell import Shell

_TICK_S = 0.3


def button(shell: "Shell") -> None:
    """The button; while a refresh runs, how far it is, and a way to stop it."""
    if refresh_box().job is None:
        with st.container(width="content"):
            st.fragment(_idle)(shell)
    else:
        with st.container(width=260):
            st.fragment(running, run_every=_TICK_S)()


def outcome(shell: "Shell") -> None:
    """What the last refresh changed, until it is dismissed."""
    box = refresh_box()
    drawn = _outcome(box, touched=shell.summary.revision != box.before)
    if drawn is None:
        return
    diff = draw.difference(box.report.diff) if box.report and box.report.diff else None
    shell.follow(sheet(drawn, diff, key="refresh_outcome"))
    st.button("Dismiss", on_click=box.clear, key="refresh_dismiss")


def _outcome(box: RefreshBox, *, touched: bool) -> Element | None:
    if box.report is not None:
        return draw.changed(model.outcome(box.report))
    if box.failure is not None:
        return draw.failed(box.failure, touched=touched)
    return draw.cancelled(touched=touched) if box.cancelled else None


def running() -> None:
    """How far the refresh is, looked at again and again; when it has ended, the page is drawn anew."""
    box = refresh_box()
    job = box.job
    if job is None or box.collect():  # another run of the script may have noticed first
        st.rerun()
    sheet(draw.running(job.step), key="refresh_progress")
    if st.button("Cancel", key="refresh_cancel"):
        box.cancel()
        st.rerun()


def _idle(shell: "Shell") -> None:
    if st.button("Refresh", type="primary", icon=":material/sync:", key="refresh"):
        refresh_box().start(shell.tools)
        st.rerun()
