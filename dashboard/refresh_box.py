"""The refresh of one browser session: at most one at a time, and what the last one gave."""

from dataclasses import dataclass

import streamlit as st

from dashboard.failures import GatewayError
from dashboard.gateway import Job
from dashboard.shapes import RefreshReport
from dashboard.tools import Tools, report


@dataclass
class RefreshBox:
    """`job` while one runs; afterwards `report`, or `failure`, or `cancelled`. `before` is the tracker before it.

    Two runs of the script may use it at once: one that is about to be stopped, and the one that takes its place.
    """

    job: Job | None = None
    sources: tuple[str, ...] = ()
    report: RefreshReport | None = None
    failure: GatewayError | None = None
    cancelled: bool = False
    before: str = ""

    def start(self, tools: Tools, *, sources: tuple[str, ...] = (), dry_run: bool = False) -> None:
        """Start a refresh, unless one runs."""
        if self.job is not None:
            return
        self.clear()
        self.sources = sources
        try:
            self.before = tools.summary().revision
            self.job = tools.refresh(sources=sources, dry_run=dry_run)
        except GatewayError as error:
            self.failure = error

    def cancel(self) -> None:
        """Stop the one that runs; the tracker stays as it is unless it was being written at this very moment."""
        job = self.job
        if job is not None:
            job.cancel()

    def collect(self) -> bool:
        """Take what an ended refresh gave; whether there was one to take."""
        job = self.job
        if job is None or not job.done:
            return False
        try:
            result = job.result()
            self.report = None if result is None else report(result)
            self.cancelled = result is None
        except GatewayError as error:
            self.failure = error
        if self.job is job:
            self.job = None
        return True

    def clear(self) -> None:
        """Forget what the last one gave."""
        self.report, self.failure, self.cancelled = None, None, False


def _release(box: RefreshBox) -> None:
    box.cancel()


@st.cache_resource(scope="session", on_release=_release, show_spinner=False)
def refresh_box() -> RefreshBox:
    """This session's. When the tab closes and the session ends, a refresh that still runs is cancelled."""
    return RefreshBox()
