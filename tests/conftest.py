"""No test reaches a network beyond this machine: a switch, not good will."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Laws are tried without a clock, a busy machine fails no test; the same cases come up on every run.
settings.register_profile(
    "quick", deadline=None, max_examples=40, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("quick")

# FastMCP reads .env files and asks for updates when it is imported or started; tests must not depend on either.
os.environ["FASTMCP_ENV_FILE"] = os.devnull
os.environ["FASTMCP_CHECK_FOR_UPDATES"] = "off"

#: Files of slow tests that take more than a minute, the longest first: one that began last would keep all waiting.
_LONG = (
    "tests/delivery/test_installing.py",
    "tests/dashboard/test_browser.py",
    "tests/dashboard/test_browser_changes.py",
    "tests/delivery/test_two_writers.py",
    "tests/tracker/test_writers.py",
    "tests/delivery/test_inspector.py",
    "tests/delivery/test_recordings.py",
    "tests/dashboard/test_pictures.py",
    "tests/upstreams/test_whole_command.py",
    "tests/delivery/test_pages.py",
)

assert all((Path(__file__).parents[1] / name).is_file() for name in _LONG), "a file was renamed or removed"

_LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0", "::", ""}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest; the others stay as they are."""
    rank = {name: place for place, name in enumerate(_LONG)}
    items.sort(key=lambda item: rank.get(item.nodeid.partition("::")[0], len(rank)))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker for each core; for slow tests one more, for they wait for others a third of their time."""
    return (os.cpu_count() or 1) + int(config.getoption("markexpr") == "slow")


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    """Connecting anywhere but loopback fails the test that tries."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in _LOOPBACK:
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()
