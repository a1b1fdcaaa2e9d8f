"""A gateway in the place of the real one, and nothing left over from one test to the next."""

from collections.abc import Iterator

import pytest
from streamlit.components.v2.component_manager import BidiComponentManager

from dashboard import connection
from dashboard.refresh_box import RefreshBox
from dashboard.views import refresh, sources
from tests.dashboard.fake_gateway import FakeGateway


@pytest.fixture
def box() -> RefreshBox:
    """The refresh of the session: one for each test, for all AppTests are one session to Streamlit's cache."""
    return RefreshBox()


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, box: RefreshBox) -> Iterator[FakeGateway]:
    """The gateway that pages talk to; its answers may be changed before a page is drawn."""
    fake = FakeGateway()
    monkeypatch.setattr(connection, "McpGateway", lambda _target: fake)
    # AppTest starts Streamlit's runtime anew for each run, which looks through every installed package for components.
    monkeypatch.setattr(BidiComponentManager, "discover_and_register_components", lambda *_args, **_options: None)
    for view in (refresh, sources):
        monkeypatch.setattr(view, "refresh_box", lambda: box)
    connection.open_gateway.clear()
    connection.memory.clear()
    yield fake
    connection.open_gateway.clear()
