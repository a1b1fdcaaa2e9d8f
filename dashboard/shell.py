"""What every page has: the tools, the other pages, and what follows a click on a figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import streamlit as st

from dashboard.actions import Action
from dashboard.shapes import MonthlySummary
from dashboard.tools import Tools
from dashboard.views import dialogs


@dataclass(frozen=True)
class Shell:
    """One run of the script. `pages` are Streamlit's, by our name for them."""

    tools: Tools
    pages: Mapping[str, Any]

    @cached_property
    def summary(self) -> MonthlySummary:
        """The monthly summary, asked for once a run."""
        return self.tools.summary()

    def follow(self, action: Action | None) -> Action | None:
        """Do what a click asks for; an action that only the page knows is given back to it."""
        if action is None:
            return None
        if action.kind == "explain":
            dialogs.explain(self, action.about, action.words.get("channel", ""))
        elif action.kind == "row":
            dialogs.row(self, action.about)
        elif action.kind == "page" and action.about in self.pages:
            st.switch_page(self.pages[action.about], query_params=action.words)
        else:
            return action
        return None
