"""Needs attention: what waits for the user, each with what to do about it."""

import streamlit as st

from dashboard.drawing import attention as draw
from dashboard.sheet import sheet
from dashboard.shell import Shell
from dashboard.tools import RowQuery
from dashboard.view_models import attention as model


def show(shell: Shell) -> None:
    """Draw the page."""
    found = model.attention(
        shell.waiting(),
        shell.tools.check().problems,
        shell.tools.rows(RowQuery(status="pending")),
        shell.tools.sources(),
    )
    if not found.count:
        sheet(draw.nothing(any_connected=found.any_connected), key="nothing")
        return
    shell.follow(sheet(draw.waiting(found, st.query_params.get("item", "")), key="waiting"))
    shell.follow(sheet(draw.unpaid(found.unpaid, found.more_unpaid), key="unpaid"))
    shell.follow(sheet(draw.sources(found.sources), key="failed_sources"))
    sheet(draw.problems(found.problems), key="problems")
