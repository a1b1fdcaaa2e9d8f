"""What a page costs, by counting: how many questions it asks the server."""

import pytest

from tests.dashboard.fake_gateway import FakeGateway
from tests.dashboard.page import open_page


@pytest.mark.parametrize(
    ("page", "most"),
    [("overview", 5), ("transactions", 2), ("add", 2), ("sources", 2), ("attention", 5), ("insights", 2)],
)
def test_a_page_asks_a_few_questions(gateway: FakeGateway, page: str, most: int) -> None:
    """One more for each row or month would be seen here."""
    open_page(page)
    assert 0 < len(gateway.calls) <= most
