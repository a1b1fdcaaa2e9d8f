"""Fakes of the platforms, a Stripe look-alike that others wrote, and retries that don't wait."""

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import stamina

from revintel_mcp.upstreams.gumroad_api import GumroadShop
from tests.upstreams.fakes import FakeGumroad, FakeStripe, Json

LOCALSTRIPE_KEY = "sk_test_fake_localstripe_01"


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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def localstripe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a fresh localstripe."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("localstripe")), "--port", str(port), "--from-scratch"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=tmp_path_factory.mktemp("localstripe"), stdout=quiet, stderr=quiet)
    try:
        until(lambda: process.poll() is None and answers(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def until(ready: Callable[[], bool], seconds: float = 30) -> None:
    end, pause = time.monotonic() + seconds, threading.Event()
    while not ready():
        assert time.monotonic() < end, "it never came up"
        pause.wait(0.05)


@pytest.fixture(scope="session")
def account(localstripe: str) -> dict[str, str]:
    """A little business: six payments, one of them refunded in part, and a subscription; their ids."""
    import stripe as sdk

    client = sdk.StripeClient(LOCALSTRIPE_KEY, base_addresses={"api": localstripe})

    def post(path: str, **params: Any) -> Json:
        made: Any = client.raw_request("post", f"/v1/{path}", **params).data
        return dict(made)

    customer = post("customers", email="ada@example.com", name="Ada Example")
    card = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2030", "cvc": "123"}
    method = post("payment_methods", type="card", card=card)
    post(f"payment_methods/{method['id']}/attach", customer=customer["id"])
    paid = [
        post(
            "payment_intents",
            amount=4900 + number,
            currency="usd",
            customer=customer["id"],
            payment_method=method["id"],
            confirm="true",
        )
        for number in range(6)
    ]
    refund = post("refunds", payment_intent=paid[0]["id"], amount=1900)
    plan = post("plans", amount=1900, currency="usd", interval="month", product={"name": "Pro"})
    post(f"customers/{customer['id']}", invoice_settings={"default_payment_method": method["id"]})
    subscription = post("subscriptions", customer=customer["id"], items=[{"plan": plan["id"]}])
    http = client._requestor._get_http_client()
    http.close()  # type: ignore[no-untyped-call] # the SDK leaves it without annotations
    return {"customer": customer["id"], "refund": refund["id"], "subscription": subscription["id"]}
