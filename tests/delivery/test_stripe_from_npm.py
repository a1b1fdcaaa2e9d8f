"""The published @stripe/mcp, unchanged, over stdio, with a local stand-in for Stripe's API behind it."""

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.delivery.outside import NODE, STRIPE_MCP
from tests.delivery.place import Place, by_name, waiting

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

HERE = Path(__file__).parent
KEY = "sk_test_fake_npm_4242"
READS = ",".join(f"{what}.read" for what in ("customers", "invoices", "paymentIntents", "subscriptions", "disputes"))
MOST_ROWS = 100  # what this server gives at most, without a cursor to more

Json = dict[str, Any]


class FakeStripe:
    """localstripe, seeded over its own HTTP API."""

    def __init__(self, port: int) -> None:
        self.port = port

    def post(self, path: str, **fields: str) -> Json:
        """Create an object; nested fields as Stripe's form encoding writes them."""
        request = Request(f"http://127.0.0.1:{self.port}/v1/{path}", data=urlencode(fields).encode())
        request.add_header("Authorization", "Basic " + b64encode(f"{KEY}:".encode()).decode())
        with urlopen(request, timeout=20) as answer:
            created: Json = json.load(answer)
        return created

    def customer(self, email: str, card: str = "4242424242424242") -> tuple[str, str]:
        """A customer with a card on file: both their ids."""
        method = self.post(
            "payment_methods",
            **{
                "type": "card",
                "card[number]": card,
                "card[exp_month]": "12",
                "card[exp_year]": "2040",
                "card[cvc]": "123",
            },
        )
        customer = self.post("customers", email=email)
        self.post(f"payment_methods/{method['id']}/attach", customer=customer["id"])
        self.post(f"customers/{customer['id']}", **{"invoice_settings[default_payment_method]": method["id"]})
        return customer["id"], method["id"]

    def pay(self, who: tuple[str, str], minor: int, currency: str = "usd") -> str:
        """A succeeded payment; the id of its charge."""
        customer, method = who
        intent = self.post(
            "payment_intents",
            amount=str(minor),
            currency=currency,
            customer=customer,
            payment_method=method,
            confirm="true",
        )
        charge: str = intent["latest_charge"]["id"]
        return charge

    def subscribe(self, who: tuple[str, str], minor: int) -> None:
        """A monthly subscription, whose first invoice is paid at once."""
        plan = self.post("plans", amount=str(minor), currency="usd", interval="month", **{"product[name]": "Care plan"})
        self.post("subscriptions", customer=who[0], **{"items[0][plan]": plan["id"]})


@pytest.fixture
def stripe() -> Iterator[FakeStripe]:
    with subprocess.Popen(
        [sys.executable, str(HERE / "fake_stripe.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield FakeStripe(int(process.stdout.readline()))
        finally:
            process.terminate()


@pytest.fixture
def seller(place: Place, stripe: FakeStripe) -> Place:
    assert STRIPE_MCP.exists(), "sh scripts/make-outside installs it"
    place.configure(
        stripe={
            "command": str(NODE),
            "args": [str(STRIPE_MCP), f"--tools={READS}"],
            "env": {
                "STRIPE_SECRET_KEY": KEY,
                "NODE_OPTIONS": f"--require {HERE / 'to_loopback.cjs'}",
                "FAKE_STRIPE_PORT": str(stripe.port),
            },
        }
    )
    return place


def lately() -> tuple[str, str]:
    """localstripe stamps what it makes with the clock, so that the window must hold today, whatever it is."""
    return "--since", (datetime.now(UTC) - timedelta(days=2)).date().isoformat()


def logged(place: Place) -> dict[str, Decimal]:
    return {row["id"]: row["amount_usd"] for row in place.log()}


def test_payments_refunds_and_subscriptions_are_logged_to_the_cent(seller: Place, stripe: FakeStripe) -> None:
    ada, ben = stripe.customer("ada@example.com"), stripe.customer("ben@example.com")
    logo = stripe.pay(ada, 49_00)
    site = stripe.pay(ben, 1_234_56)
    euros, yen = stripe.pay(ada, 15_00, "eur"), stripe.pay(ben, 5_000, "jpy")
    refund = stripe.post("refunds", charge=site, amount="23456")
    stripe.subscribe(ada, 29_00)

    report = seller.result("refresh", *lately(), timeout_s=90)

    rows = logged(seller)
    care = rows.keys() - {f"stripe_{logo}", f"stripe_{site}", f"stripe_{site}_refund_{refund['id']}"}
    assert len(care) == 1
    assert rows == {
        f"stripe_{logo}": Decimal("49.00"),
        f"stripe_{site}": Decimal("1234.56"),
        f"stripe_{site}_refund_{refund['id']}": Decimal("-234.56"),
        care.pop(): Decimal("29.00"),
    }
    assert waiting(report) == {f"stripe_{euros}": (Decimal(15), "EUR"), f"stripe_{yen}": (Decimal(5000), "JPY")}
    assert sum(Decimal(row["total"]) for row in report["summary"]["rows"]) == Decimal("1078.00")
    assert by_name(report["sources"], "Stripe")["profile"] == "list_payment_intents"


def test_a_second_refresh_adds_nothing(seller: Place, stripe: FakeStripe) -> None:
    stripe.pay(stripe.customer("ada@example.com"), 49_00)
    seller.result("refresh", *lately(), timeout_s=90)
    again = seller.result("refresh", *lately(), timeout_s=90)
    assert (again["added"], len(logged(seller))) == (0, 1)


def test_more_payments_than_it_can_list_are_never_called_complete(seller: Place, stripe: FakeStripe) -> None:
    ada = stripe.customer("ada@example.com")
    for number in range(MOST_ROWS + 5):
        stripe.pay(ada, 100 + number)
    report = seller.result("refresh", *lately(), timeout_s=90)
    source = by_name(report["sources"], "Stripe")
    assert (source["status"], source["fetched"], source["added"]) == ("incomplete", MOST_ROWS, MOST_ROWS)
    assert not report["complete"]


def test_a_stripe_that_is_down_is_a_failure_and_not_a_month_without_income(seller: Place, stripe: FakeStripe) -> None:
    config = json.loads(Path(seller.environ["REVINTEL_MCP_CONFIG"]).read_text(encoding="utf-8"))["mcpServers"]
    config["stripe"]["env"]["FAKE_STRIPE_PORT"] = "9"  # nobody listens on the discard port
    seller.configure(**config)
    report = seller.result("refresh", *lately(), timeout_s=90)
    assert by_name(report["sources"], "Stripe")["status"] == "failed"
    assert stripe.port != 9


def test_without_a_key_the_server_ends_and_the_run_goes_on(seller: Place) -> None:
    config = json.loads(Path(seller.environ["REVINTEL_MCP_CONFIG"]).read_text(encoding="utf-8"))["mcpServers"]
    del config["stripe"]["env"]["STRIPE_SECRET_KEY"]
    seller.configure(**config)
    source = by_name(seller.result("refresh", timeout_s=90)["sources"], "Stripe")
    assert source["status"] == "failed"
    assert source["note"].startswith(("unavailable: ", "auth: "))


def test_the_key_is_never_shown(seller: Place) -> None:
    done = seller.run("refresh", *lately(), timeout_s=90)
    assert KEY not in done.stdout + done.stderr + seller.tracker.read_text(encoding="utf-8")
