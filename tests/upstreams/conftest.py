"""Fakes of the platforms, and retries that don't wait."""

from collections.abc import Iterator
from contextlib import closing

import pytest
import stamina

from revintel_mcp.upstreams.gumroad_api import GumroadShop
from tests.upstreams.fakes import FakeGumroad, FakeStripe


@pytest.fixture
def no_waiting() -> Iterator[None]:
    """Retries happen at once, as often as they would."""
    with stamina.set_testing(testing=True, attempts=5, cap=True):
        yield


@pytest.fixture(scope="session")
def gumroad_platform() -> Iterator[FakeGumroad]:
    fake = FakeGumroad()
    with fake.serving():
        yield fake


@pytest.fixture
def gumroad(gumroad_platform: FakeGumroad) -> FakeGumroad:
    """A Gumroad that was never asked anything."""
    gumroad_platform.forget()
    return gumroad_platform


@pytest.fixture(scope="session")
def shop(gumroad_platform: FakeGumroad) -> Iterator[GumroadShop]:
    """An account at the fake Gumroad, over one connection."""
    environ = {"GUMROAD_ACCESS_TOKEN": gumroad_platform.token, "GUMROAD_BASE_URL": gumroad_platform.base}
    with closing(GumroadShop(environ)) as shop:
        yield shop


@pytest.fixture(scope="session")
def stripe_platform() -> Iterator[FakeStripe]:
    fake = FakeStripe()
    with fake.serving():
        yield fake


@pytest.fixture
def stripe(stripe_platform: FakeStripe) -> FakeStripe:
    """A Stripe that was never asked anything."""
    stripe_platform.forget()
    return stripe_platform
