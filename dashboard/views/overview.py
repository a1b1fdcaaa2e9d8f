"""Overview: how much, from where, is it all there, what is coming, what needs me."""

import streamlit as st

from dashboard.drawing import overview as draw
from dashboard.shapes import SummaryRow
from dashboard.sheet import sheet
from dashboard.shell import Shell
from dashboard.view_models import figures, monthly
from dashboard.view_models import overview as model


def show(shell: Shell) -> None:
    """Draw the page."""
    summary = shell.summary
    if model.is_first_run(summary):
        shell.follow(sheet(draw.first_run(model.connections(shell.tools.sources())), key="first_run"))
        return
    month, year = shell.insights("this month"), shell.insights("ytd")
    sources = model.freshness(shell.tools.sources())
    headline = figures.headline(summary, shell.monthly(view="booked", basis="net"), month, year)
    attention = model.attention_text(summary.waiting, sources)
    row = figures.this_month(summary)
    made_of = monthly.shares((row,)) if row else ()
    shell.follow(sheet(draw.headline(headline, made_of, summary.today[:7], attention), key="headline"))
    shown = _months(shell, summary.today)
    drawn = draw.below(monthly.shares(shown), draw.period_of(shown), model.outlooks(year))
    shell.follow(sheet(drawn, key="below"))
    shell.follow(sheet(draw.freshness(sources), key="freshness"))


def _months(shell: Shell, today: str) -> tuple[SummaryRow, ...]:
    """The chart with its choices; gives the months that it shows."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        span = st.segmented_control("Months", list(model.SPANS), default="12 months", required=True, key="span")
        refunds = st.segmented_control(
            "Refunds count", list(model.VIEWS), default="when they happened", required=True, key="view"
        )
        amounts = st.segmented_control("Amounts", ["gross", "net"], default="gross", required=True, key="basis")
    view, basis = model.VIEWS[refunds], amounts
    rows = monthly.last_months(shell.monthly(view=view, basis=basis).rows, model.SPANS[span], today)
    drawn = draw.months(monthly.bar_chart(rows, today), rows, draw.period_of(rows))
    shell.follow(sheet(drawn, key="months"), note=model.difference(view, basis))
    return rows
