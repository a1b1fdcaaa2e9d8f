"""What opens over a page: the rows behind a figure, and everything about one row."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.drawing import dialogs as draw
from dashboard.drawing import entry as draw_entry
from dashboard.drawing import transactions as draw_rows
from dashboard.failures import GatewayError
from dashboard.flash import flash
from dashboard.sheet import sheet
from dashboard.tools import RowQuery
from dashboard.view_models import entry as entries
from dashboard.view_models import explanation as model
from dashboard.view_models import insights
from dashboard.view_models import transactions as rows

if TYPE_CHECKING:
    from dashboard.shell import Shell


@st.dialog("Where this figure comes from", width="large")
def explain(shell: "Shell", period: str, channel: str, note: str = "") -> None:
    """The rows behind a figure."""
    try:
        found = shell.explained(period, channel)
    except GatewayError as error:
        sheet(draw.failed(error), key="explain_failed")
        return
    shell.follow(sheet(draw.explanation(model.explained(found), period, channel, note), key="explain"))


@st.dialog("What this figure rests on", width="large")
def metric(shell: "Shell", period: str, slug: str, channel: str = "") -> None:
    """A metric, or a channel's part of it, with its definition, what it is made of, and the rows it rests on."""
    try:
        found = shell.insights(period)
        chosen = next((each for each in found.metrics if each.slug == slug), None)
        query = RowQuery.asking(chosen.listed_by) if chosen else None
        if query and channel:
            query = replace(query, channel=channel)
        listed = shell.rows(query, 1) if query else None
    except GatewayError as error:
        sheet(draw.failed(error), key="metric_failed")
        return
    if chosen is None:  # the figure went away while it was looked at: another period, another server
        return
    link = rows.link_words(query) if query else {}
    card = insights.card(chosen, period)
    shell.follow(sheet(draw.metric(insights.of_channel(card, channel), listed, link), key="metric"))


@st.dialog("Transaction", width="medium")
def row(shell: "Shell", row_id: str) -> None:
    """Everything about one row; an entry made by hand can be corrected or struck from here."""
    try:
        # All of them: a short ID of a person's own is in many others.
        found = tuple(shell.tools.all_rows(RowQuery(text=rows.search_for(row_id))))
    except GatewayError as error:
        sheet(draw.failed(error), key="row_failed")
        return
    details = rows.details(row_id, found)
    if details is None:
        sheet(draw_rows.gone(row_id), key="row_gone")
        return
    sheet(draw_rows.details(details), key="row")
    if details.by_hand:
        _change(shell, details)


def _change(shell: "Shell", details: rows.Details) -> None:
    if details.row.status == "pending" and st.button("Mark as paid", type="primary", key="row_paid"):
        _write(lambda: entries.corrected(shell.tools.update(details.row.id, {"status": "completed"})))
    if st.button("Correct this entry", key="row_correct"):
        st.switch_page(shell.pages["add"], query_params={"entry": details.row.id})
    with st.form("strike", border=False):
        reason = ""
        if details.row.status != "pending":  # one that is not paid is struck where it stands: no row has the reason
            reason = st.text_input("Why it is struck (kept with it)", key="row_reason")
        if st.form_submit_button("Strike this entry"):
            _write(lambda: entries.struck(shell.tools.void(details.row.id, (reason or "").strip())))


def _write(change: Callable[[], entries.Outcome]) -> None:
    """Make a change, and close the dialog with what became of it."""
    try:
        outcome = change()
    except GatewayError as error:
        sheet(draw_entry.refused(error), key="row_refused")
        return
    flash(draw_entry.done(outcome))
    st.rerun()
