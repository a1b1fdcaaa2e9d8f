"""Insights: what the rows say about the business, each figure with its definition."""

import streamlit as st

from dashboard.drawing import insights as draw
from dashboard.sheet import sheet
from dashboard.shell import Shell
from dashboard.view_models import insights as model


def show(shell: Shell) -> None:
    """Draw the page."""
    chosen = st.segmented_control(
        "Period", list(model.PERIODS), default="This year", required=True, key="period", bind="query-params"
    )
    period = model.PERIODS[chosen or "This year"]
    found = shell.insights(period)
    shell.follow(sheet(draw.missing(model.missing(found)), key="missing"))
    shell.follow(sheet(draw.statement(model.statement(found, period)), key="statement"))
    shell.follow(sheet(draw.groups(model.groups(found, period)), key="groups"))
    shell.follow(sheet(draw.clients(model.clients(found, period)), key="clients"))
