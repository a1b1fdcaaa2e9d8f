"""The refresh of a session, looked at by two runs of the script at once: one that is ending, and the one after it."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.connection import tools
from dashboard.gateway import Step
from dashboard.refresh_box import RefreshBox
from dashboard.tools import report
from tests.dashboard import answers
from tests.dashboard.fake_gateway import FakeGateway
from tests.dashboard.page import open_page, words


class NoticedTwice:
    """A job whose end another run collects in the moment in which this one notices it."""

    step = Step(3.0, 3.0)

    def __init__(self, box: RefreshBox) -> None:
        self._box = box
        self._looks = 0

    @property
    def done(self) -> bool:
        """It is; the other run looks second and collects first."""
        self._looks += 1
        if self._looks == 1:
            assert self._box.collect()
        return True

    def cancel(self) -> None:
        """Nobody does."""

    def result(self) -> dict[str, Any]:
        """What it gave, the same each time."""
        return answers.refresh_report()


def test_an_end_that_two_runs_notice_is_collected_all_the_same() -> None:
    box = RefreshBox()
    box.job = NoticedTwice(box)

    assert box.collect()

    assert box == RefreshBox(report=report(answers.refresh_report()))
    assert not box.collect()


def test_a_refresh_begun_while_the_last_one_is_collected_goes_on(
    gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = RefreshBox()
    box.start(tools())
    (job,) = gateway.jobs
    job.done = True

    def begin_another() -> dict[str, Any]:
        box.job = None
        box.start(tools())
        return answers.refresh_report()

    monkeypatch.setattr(job, "result", begin_another)

    assert box.collect()

    assert box.job is gateway.jobs[1]


def test_a_refresh_whose_end_another_run_has_collected_is_told_at_once(gateway: FakeGateway, box: RefreshBox) -> None:
    page = open_page("overview")
    page.button(key="refresh").click().run()
    gateway.jobs[0].done = True
    assert box.collect()

    ticked = AppTest.from_function(_tick, default_timeout=30).run()

    assert "3 new rows" in words(ticked)


def _tick() -> None:
    """The control as it was drawn while the refresh ran, run once more; the page only if that asks for it."""
    import streamlit as st

    from dashboard.connection import memory, tools
    from dashboard.frame import draw
    from dashboard.shell import Shell
    from dashboard.views import refresh

    if st.session_state.setdefault("first", True):
        st.session_state["first"] = False
        refresh.running()
    else:
        draw("overview", Shell(tools(), {}, memory()))
