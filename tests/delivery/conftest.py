"""What every delivery test starts from."""

from pathlib import Path

import pytest

from tests.delivery.place import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A user with an empty home."""
    home = tmp_path / "home"
    home.mkdir()
    return Place(home)
