"""Trackers spoilt at random are read, checked and written: no error but ours, and no human line is lost."""

import pytest

from tests.tracker.fuzz import try_one


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_some_hundred_spoilt_trackers(first: int) -> None:
    """Always the same ones; `python -m tests.tracker.fuzz` tries as many as one likes."""
    assert sum(try_one(seed) for seed in range(first, first + 50)) > 25


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_some_thousand_spoilt_trackers() -> None:
    """A few thousand more."""
    assert sum(try_one(seed) for seed in range(1_000, 6_000)) > 2_500
