"""Transactions: find any row, see what it is linked to, take the list along as CSV."""

from dataclasses import replace
from typing import Final

import streamlit as st

from dashboard.channels import CHANNELS
from dashboard.csv_export import to_csv
from dashboard.drawing import transactions as draw
from dashboard.sheet import sheet
from dashboard.shell import Shell
from dashboard.tools import RowQuery
from dashboard.view_models import transactions as model

_URL: Final = "query-params"


def show(shell: Shell) -> None:
    """Draw the page."""
    query = _filters(shell)
    query = replace(query, sort=st.session_state.get("sort", query.sort))
    pager = f"page_{query!r}"  # of its own for every query, so that a new one starts at its first page
    found = shell.rows(query, st.session_state.get(pager, 1))
    clicked = shell.follow(sheet(draw.listed(found, query.sort, filtered=bool(query.filters)), key="rows"))
    if clicked and clicked.about == "sort":
        st.session_state["sort"] = model.next_sort(query.sort, clicked.words["column"])
        st.rerun()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        if found.pages > 1:
            st.pagination(found.pages, key=pager)
        if found.count:
            _download(shell, query)


def _filters(shell: Shell) -> RowQuery:
    names = [model.ANY, *(channel.name for channel in CHANNELS)]
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        text = st.text_input(
            "Search", key="text", type="search", placeholder="Client, what for, or ID", bind=_URL, width=340
        )
        month = st.selectbox("Month", [model.ANY, *model.months_of(shell.summary)], key="month", bind=_URL, width=150)
        channel = st.selectbox("Channel", names, key="channel", bind=_URL, width=180)
        status = st.selectbox("Status", [model.ANY, *model.STATUSES], key="status", bind=_URL, width=140)
        kind = st.selectbox("Type", [model.ANY, *model.TYPES], key="type", bind=_URL, width=150)
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters_more"):
        since = st.date_input("From", value=None, key="from", bind=_URL, format="YYYY-MM-DD", width=162)
        until = st.date_input("To", value=None, key="to", bind=_URL, format="YYYY-MM-DD", width=162)
        least = st.text_input("At least", key="min", placeholder="$", bind=_URL, width=150)
        most = st.text_input("At most", key="max", placeholder="$", bind=_URL, width=180)
    return RowQuery(
        text=(text or "").strip(),
        month=_chosen(month),
        date_from=since.isoformat() if since else "",
        date_to=until.isoformat() if until else "",
        channel=_chosen(channel),
        status=model.STATUSES.get(status, ""),
        transaction_type=_chosen(kind),
        min_amount=_plain(least),
        max_amount=_plain(most),
    )


def _chosen(value: str | None) -> str:
    return "" if value in (None, model.ANY) else value


def _plain(amount: str | None) -> str:
    return (amount or "").replace("$", "").strip()


def _download(shell: Shell, query: RowQuery) -> None:
    st.download_button(
        "Download as CSV",
        data=lambda: to_csv(shell.tools.all_rows(query)),
        file_name=model.csv_name(query.filters.values()),
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="download",
    )
