"""Stub upstreams for every test here, and the check that none survives."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.stubs import Stubs


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that this machine may use has no business with loopback."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def stubs(tmp_path: Path) -> Iterator[Stubs]:
    """Stub upstreams; whatever a test does, no process of theirs may be alive after it."""
    made = Stubs(tmp_path / "stubs")
    made.folder.mkdir()
    yield made
    survivors = made.living()
    for pid in survivors:
        os.kill(pid, 9)
    assert not survivors
