"""What stands around every page: navigation, title, refresh, and what is shown when the server gives no answer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import streamlit as st

from dashboard.connection import memory, open_gateway, tools
from dashboard.drawing import states
from dashboard.failures import GatewayError
from dashboard.flash import drop_flash, take_flash
from dashboard.sheet import drop_click, sheet
from dashboard.shell import Shell
from dashboard.view_models.overview import as_of
from dashboard.views import add, attention, dialogs, insights, overview, refresh, sources, transactions


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page: its title, its icon, what it is for, and what draws it."""

    title: str
    icon: str
    purpose: str
    show: Callable[[Shell], None]


PAGES: Final = {
    "overview": PageSpec(
        "Overview", ":material/monitoring:", "How much, from where, is it all there, what is coming", overview.show
    ),
    "transactions": PageSpec(
        "Transactions", ":material/receipt_long:", "Find any row, and take the list along as CSV", transactions.show
    ),
    "add": PageSpec("Add entry", ":material/add_circle:", "Income that no source reports", add.show),
    "sources": PageSpec("Sources", ":material/hub:", "How each source stands, and what to do about it", sources.show),
    "attention": PageSpec("Needs attention", ":material/flag:", "What waits for you, with the mend", attention.show),
    "insights": PageSpec(
        "Insights", ":material/insights:", "Clients, fees, recurring income, goal and taxes", insights.show
    ),
}

_MARK: Final = str(Path(__file__).with_name("mark.svg"))

#: What Streamlit's options don't reach: a readable width, figures of one width, room for the finger.
_STYLE: Final = """<style>
[data-testid="stMainBlockContainer"] { max-width: 84rem; margin-inline: auto; }
[data-testid="stAppViewContainer"] { font-variant-numeric: tabular-nums lining-nums; }
[data-selected="true"] [data-testid="stMarkdownContainer"] p { color: light-dark(#15604A, #7FD1B1); font-weight: 600; }
[data-testid="stCaptionContainer"] { color: light-dark(#56605B, #A3B0A9); opacity: 1; }
[data-testid="stCaptionContainer"] p { color: inherit; opacity: 1; }
@media (max-width: 40rem) {
  :is(.st-key-filters, .st-key-filters_more, .st-key-entry_money, .st-key-entry_words) > * {
    flex: 1 1 8.5rem !important;
  }
  .st-key-filters > .st-key-text { flex-basis: 100% !important; }
}
[class*="st-key-source_"], [data-testid="stMain"] [data-testid="stForm"] { background: light-dark(#FFFFFF, #19201D); }
</style>"""


def run() -> None:
    """One turn of the app."""
    st.set_page_config(page_title="Revenue", page_icon=_MARK, layout="wide")
    st.html(_STYLE)
    st.logo(_MARK, size="medium")
    pages = {
        name: st.Page(
            partial(_nothing, name), title=spec.title, icon=spec.icon, url_path=name, default=name == "overview"
        )
        for name, spec in PAGES.items()
    }
    chosen = st.navigation(list(pages.values()), position="top")
    name = next(name for name, page in pages.items() if page == chosen)
    draw(name, Shell(tools(), pages, memory()))
    drop_click()


def draw(name: str, shell: Shell) -> None:
    """One page with what stands around it."""
    spec = PAGES[name]
    try:
        _head(spec, shell)
        _linked_explanation(shell)
        refresh.outcome(shell)
        _message(name, shell)
        spec.show(shell)
    except GatewayError as error:
        sheet(states.no_answer(error), key="no_answer")
        st.button("Try again", key="try_again", on_click=_reconnect)


def _head(spec: PageSpec, shell: Shell) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        with st.container(width="content", gap=None):
            st.title(spec.title, anchor=False)
            as_of_line = st.empty()
        corner = st.container(width="content")
    with st.skeleton(height=420):
        as_of_line.caption(as_of(shell.summary))
    with corner:
        refresh.button(shell)


def _message(name: str, shell: Shell) -> None:
    """What the last change led to, as long as the user stays on the page."""
    if st.session_state.get("page_shown") != name:
        st.session_state["page_shown"] = name
        drop_flash()
    message = take_flash()
    if message is not None:
        shell.follow(sheet(message, key="flash_message"))


def _linked_explanation(shell: Shell) -> None:
    """A link such as `?explain=2026-02&in=Gumroad` opens a figure's explanation, once."""
    period = st.query_params.get("explain")
    if not period:
        return
    channel = st.query_params.get("in", "")
    for name in ("explain", "in"):
        st.query_params.pop(name, None)
    dialogs.explain(shell, period, channel)


def _reconnect() -> None:
    open_gateway.clear()
    memory().forget()


def _nothing(_name: str) -> Any:
    """Pages are drawn by `run`, which needs what `st.navigation` chose."""
