"""What a page costs, by counting: how many questions it asks the server, and what a start has to load."""

import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.first import FIRST_QUESTIONS
from tests.dashboard.fake_gateway import FakeGateway
from tests.dashboard.page import open_page

_ROOT = Path(__file__).resolve().parents[2]

#: The start with a server of its own, up to the first page: all that is loaded by then, names a line.
_START = """
import sys
from dashboard import connection, launch
from dashboard.gateway import McpGateway
from dashboard.target import Target
from streamlit import App
from tests.dashboard.fake_gateway import FakeGateway
from tests.dashboard.page import open_page

gateway = McpGateway(Target(command=(sys.executable, "-c", "")))
gateway.warm((("who", {}),))
gateway.close()
connection.configure({}, FakeGateway())
open_page("overview")
print(*sys.modules, sep="\\n")
"""


@pytest.mark.parametrize(
    ("page", "most"),
    [("overview", 5), ("transactions", 2), ("add", 2), ("sources", 2), ("attention", 5), ("insights", 2)],
)
def test_a_page_asks_a_few_questions(gateway: FakeGateway, page: str, most: int) -> None:
    """One more for each row or month would be seen here."""
    open_page(page)
    assert 0 < len(gateway.calls) <= most


def test_the_server_has_been_asked_for_all_of_the_first_page(gateway: FakeGateway) -> None:
    """In the page's own order, so that each answer is there when the page comes to it."""
    open_page("overview")

    assert gateway.calls == list(FIRST_QUESTIONS)


def test_a_start_loads_neither_an_mcp_library_nor_a_data_frame() -> None:
    """Each of them takes longer than all of the dashboard's own code and its server's handshake."""
    done = subprocess.run([sys.executable, "-c", _START], cwd=_ROOT, check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())

    assert {"streamlit", "dashboard.own_server", "dashboard.views.overview"} <= loaded
    heavy = {"fastmcp", "mcp", "mcp_types", "pydantic", "jsonschema", "httpx2", "pandas", "pyarrow", "numpy", "altair"}
    assert heavy.isdisjoint(loaded)
