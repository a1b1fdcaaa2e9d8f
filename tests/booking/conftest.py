"""The story in a test's docstring."""

import inspect

import pytest

from tests.booking.stories import Story, lines_of


@pytest.fixture
def story(request: pytest.FixtureRequest) -> Story:
    """What the test's docstring tells."""
    return Story(lines_of(inspect.getdoc(request.function) or ""))
