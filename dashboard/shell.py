"""What every page has: the tools, the other pages, and what follows a click on a figure."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import streamlit as st

from dashboard.actions import Action
from dashboard.memory import Memory
from dashboard.shapes import AttentionItem, Explanation, Insights, MonthlySummary, RowList
from dashboard.tools import RowQuery, Tools
from dashboard.views import dialogs

T = TypeVar("T")


@dataclass(frozen=True)
class Shell:
    """One run of the script. `pages` are Streamlit's, by our name for them."""

    tools: Tools
    pages: Mapping[str, Any]
    memory: Memory

    @cached_property
    def summary(self) -> MonthlySummary:
        """The monthly summary, asked for once a run."""
        return self.tools.summary()

    def monthly(self, *, view: str, basis: str) -> MonthlySummary:
        """The summary in another view or on another basis."""
        if (view, basis) == ("booked", "gross"):
            return self.summary
        return self._recall(("summary", view, basis), lambda: self.tools.summary(view=view, basis=basis))

    def insights(self, period: str) -> Insights:
        """The metrics of a period."""
        return self._recall(("insights", period), lambda: self.tools.insights(period))

    def explained(self, period: str, channel: str = "") -> Explanation:
        """The rows behind a figure."""
        return self._recall(("explain", period, channel), lambda: self.tools.explain(period, channel))

    def waiting(self) -> tuple[AttentionItem, ...]:
        """The records that wait in Needs Attention."""
        return self._recall(("waiting",), self.tools.waiting)

    def rows(self, query: RowQuery, page: int) -> RowList:
        """One page of the rows that match."""
        return self._recall(("rows", query, page), lambda: self.tools.rows(query, page=page))

    def _recall(self, question: Hashable, ask: Callable[[], T]) -> T:
        state = (self.summary.revision, self.summary.today) if self.summary.revision else None
        return self.memory.recall(state, question, ask)

    def follow(self, action: Action | None, *, note: str = "") -> Action | None:
        """Do what a click asks for; an action that only the page knows is given back to it.

        `note` is said with an explanation, where the figure that was clicked is not computed as its rows are.
        """
        if action is None:
            return None
        if action.kind == "explain":
            dialogs.explain(self, action.about, action.words.get("channel", ""), note)
        elif action.kind == "metric":
            dialogs.metric(self, action.words.get("period", ""), action.about, action.words.get("channel", ""))
        elif action.kind == "row":
            dialogs.row(self, action.about)
        elif action.kind == "page" and action.about in self.pages:
            st.switch_page(self.pages[action.about], query_params=action.words)
        else:
            return action
        return None
