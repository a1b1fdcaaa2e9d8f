"""The Stripe upstream asks for what was asked, keeps back what is private, and says what a refusal means."""

import base64
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revintel_mcp.upstreams.errors import (
    AuthenticationError,
    BadAnswer,
    ConfigurationError,
    InvalidRequest,
    PermissionDenied,
    RateLimited,
    Unavailable,
    UpstreamError,
)
from revintel_mcp.upstreams.stripe import instructions
from revintel_mcp.upstreams.stripe_api import API_VERSION, StripeLists
from revintel_mcp.upstreams.stripe_objects import TABLES, reduced_page
from revintel_mcp.upstreams.stripe_tools import INSTRUCTIONS, stripe_tools
from tests.upstreams.fakes import FakeStripe, Reply, charge, stripe_error

pytestmark = pytest.mark.usefixtures("no_waiting")
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def asker() -> Iterator[Callable[..., Ask]]:
    """Something that asks with this environment."""
    with ExitStack() as opened:

        def asker(**environ: str) -> Ask:
            lists = opened.enter_context(closing(StripeLists(environ)))
            tools = {tool.name: tool for tool in stripe_tools(lists)}
            return lambda tool, **given: tools[tool].run(tools[tool].arguments.model_validate(given))

        yield asker


@pytest.fixture
def ask(stripe: FakeStripe, asker: Callable[..., Ask]) -> Ask:
    """Call a tool with these arguments."""
    return asker(STRIPE_SECRET_KEY=stripe.key, STRIPE_API_BASE=stripe.base)


def test_pages_join_without_gap_or_overlap(ask: Ask) -> None:
    rows: list[dict[str, Any]] = []
    page = ask("list_charges", limit=2)
    rows += page["data"]
    while page["has_more"]:
        page = ask("list_charges", limit=2, starting_after=rows[-1]["id"])
        rows += page["data"]
    assert [row["id"] for row in rows] == [charge(number)["id"] for number in range(5, 0, -1)]
    assert page["object"] == "list"


def test_arguments_reach_stripe_under_its_own_names(stripe: FakeStripe, ask: Ask) -> None:
    expand = ["data.balance_transaction", "data.invoice"]
    ask("list_charges", created_gte=1_760_000_003, created_lt=1_760_000_009, customer="cus_1", expand=expand, limit=7)
    assert stripe.asked[0].query == {
        "limit": "7",
        "created[gte]": "1760000003",
        "created[lt]": "1760000009",
        "customer": "cus_1",
        "expand[0]": "data.balance_transaction",
        "expand[1]": "data.invoice",
    }
    ask("list_subscriptions")
    assert stripe.asked[1].query == {"limit": "100", "status": "all"}


def test_a_look_alike_that_knows_no_period_gives_the_same_pages(stripe: FakeStripe, ask: Ask) -> None:
    period = {"created_gte": 1_760_000_002, "created_lt": 1_760_000_005}
    seen: list[str] = []
    page: dict[str, Any] = {"has_more": True}
    while page["has_more"]:
        stripe.next_replies = [stripe_error(400, "Unexpected created")]
        page = ask("list_charges", limit=2, **period, **({"starting_after": seen[-1]} if seen else {}))
        seen += [row["id"] for row in page["data"]]
    assert seen == [charge(number)["id"] for number in (4, 3, 2)]


def test_what_is_refused_without_a_period_too_is_told_as_it_is(stripe: FakeStripe, ask: Ask) -> None:
    stripe.next_replies = [stripe_error(400, "No such charge: 'ch_x'")] * 2
    with pytest.raises(InvalidRequest, match="No such charge"):
        ask("list_charges", created_gte=1_760_000_002, starting_after="ch_x")
    assert len(stripe.asked) == 2


def test_the_api_version_is_one_whose_charges_name_their_invoice(stripe: FakeStripe, ask: Ask) -> None:
    ask("list_charges")
    assert stripe.asked[0].headers["Stripe-Version"] == API_VERSION < "2025-03-31"


def test_a_connected_account_is_asked_for_by_its_id(stripe: FakeStripe, asker: Callable[..., Ask]) -> None:
    ask = asker(STRIPE_SECRET_KEY=stripe.key, STRIPE_API_BASE=stripe.base, STRIPE_ACCOUNT="acct_fake1")
    ask("list_charges")
    assert stripe.asked[0].headers["Stripe-Account"] == "acct_fake1"


@pytest.mark.parametrize("account", ["${STRIPE_ACCOUNT}", "Ada's shop", "acct_1\r\nX: y"])
def test_an_account_that_is_none_is_never_taken_for_the_own_one(
    stripe: FakeStripe, asker: Callable[..., Ask], account: str
) -> None:
    ask = asker(STRIPE_SECRET_KEY=stripe.key, STRIPE_API_BASE=stripe.base, STRIPE_ACCOUNT=account)
    with pytest.raises(ConfigurationError, match="write acct_…"):
        ask("list_charges")
    assert not stripe.asked


def test_nothing_is_told_to_stripe_about_earlier_requests(stripe: FakeStripe, ask: Ask) -> None:
    ask("list_charges")
    ask("list_charges")
    assert "X-Stripe-Client-Telemetry" not in stripe.asked[1].headers


def test_cards_addresses_and_secrets_stay_behind(ask: Ask) -> None:
    page = ask("list_charges")
    assert "PRIVATE" not in json.dumps(page)
    assert page["data"][0]["payment_method_details"] == {"type": "card"}
    assert page["data"][0]["billing_details"] == {"email": "c5@example.com", "name": None}
    assert page["data"][0]["metadata"] == {"order": "5"}


#: What Stripe's objects had in the version that we ask for and have no longer in the SDK's own.
ONLY_IN_OUR_VERSION = {"invoice", "plan", "current_period_start", "current_period_end"}
KINDS = {"integer": "int", "string": "str", "boolean": "bool", "number": "float"}


@pytest.mark.parametrize("what", sorted(TABLES))
def test_every_field_is_one_that_stripe_publishes_and_of_its_type(what: str) -> None:
    import stripe as sdk

    objects: dict[str, type] = {
        "charges": sdk.Charge,
        "subscriptions": sdk.Subscription,
        "balance_transactions": sdk.BalanceTransaction,
        "refunds": sdk.Refund,
        "disputes": sdk.Dispute,
    }
    published = objects[what].__annotations__
    assert set(TABLES[what]) - set(published) <= ONLY_IN_OUR_VERSION
    for name, field in TABLES[what].items():
        kind: str = (field.schema.get("type") or ["object"])[0]
        if kind in KINDS and name in published:
            shown = str(published[name])
            assert KINDS[kind] in shown or (kind == "string" and ("Literal" in shown or "Expandable" in shown)), name


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50)
@given(st.sampled_from(sorted(TABLES)), st.data())
def test_whatever_stripe_sends_only_promised_fields_come_out(what: str, data: st.DataObject) -> None:
    names = st.sampled_from([*TABLES[what], "client_secret", "card", "source_types", "x"])
    rows = data.draw(st.lists(JSON | st.dictionaries(names, JSON, max_size=6), max_size=3))
    page = reduced_page(what, {"data": rows, "has_more": data.draw(st.booleans())})
    assert len(page["data"]) == len(rows)
    for before, after in zip(rows, page["data"], strict=True):
        if isinstance(before, dict):
            assert set(after) == set(before) & set(TABLES[what])
        else:
            assert after == before


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        (stripe_error(401, "Invalid API Key provided: {key}"), AuthenticationError, "sk_…6789"),
        (stripe_error(401, "You sent Basic {basic}"), AuthenticationError, "Basic sk_…6789"),
        (
            stripe_error(403, "Having the 'rak_charge_read' permission would help"),
            PermissionDenied,
            "Charges and refunds",
        ),
        (stripe_error(429, "Too many", "rate_limit_error", **{"Retry-After": "90"}), RateLimited, "429"),
        (stripe_error(400, "No such charge: 'ch_x'"), InvalidRequest, "No such charge"),
        (stripe_error(404, "Unrecognized request URL"), InvalidRequest, "404"),
        (stripe_error(503, "down", "api_error"), Unavailable, "503"),
        (Reply(502, b"<html>bad gateway</html>"), Unavailable, "502"),
        (Reply(200, b"<html>captive portal</html>"), BadAnswer, "can't be read"),
        (Reply(200, b'{"object": "charge"}'), BadAnswer, "not a list"),
        (Reply(200, b"[]"), BadAnswer, "not a list"),
    ],
)
def test_a_refusal_says_what_it_is(
    stripe: FakeStripe, ask: Ask, reply: Reply, error: type[UpstreamError], says: str
) -> None:
    basic = base64.b64encode(f"{stripe.key}:".encode())
    reply.body = reply.body.replace(b"{key}", stripe.key.encode()).replace(b"{basic}", basic)
    stripe.next_replies = [reply] * 5
    with pytest.raises(error, match=says) as caught:
        ask("list_charges")
    told = json.dumps(caught.value.as_json())
    assert stripe.key not in told
    assert basic.decode() not in told


def test_a_missing_right_is_named_for_what_is_expanded_too(stripe: FakeStripe, ask: Ask) -> None:
    stripe.next_replies = [stripe_error(403, "no")]
    with pytest.raises(PermissionDenied, match="Charges and refunds, Invoices"):
        ask("list_charges", expand=["data.invoice"])


@pytest.mark.parametrize(
    "trouble",
    [
        stripe_error(429, "Too many", "rate_limit_error"),
        stripe_error(409, "lock_timeout"),
        stripe_error(500, "oops", "api_error"),
        Reply(200, b'{"object": "list", "data": [', drop=True),
    ],
)
def test_trouble_that_passes_is_waited_out(stripe: FakeStripe, ask: Ask, trouble: Reply) -> None:
    stripe.next_replies = [trouble, trouble]
    assert len(ask("list_charges")["data"]) == 5
    assert len(stripe.asked) == 3


def test_a_refused_key_is_not_tried_again(stripe: FakeStripe, asker: Callable[..., Ask]) -> None:
    with pytest.raises(AuthenticationError):
        asker(STRIPE_SECRET_KEY="rk_test_fake_other_key", STRIPE_API_BASE=stripe.base)("list_charges")
    assert len(stripe.asked) == 1


@pytest.mark.parametrize(
    ("key", "says"),
    [("", "is not set"), ("${STRIPE_SECRET_KEY}", "is not set"), ("pk_test_fake_000000", "publishable")],
)
def test_a_key_that_is_none_is_never_sent(stripe: FakeStripe, asker: Callable[..., Ask], key: str, says: str) -> None:
    with pytest.raises(AuthenticationError, match=says) as caught:
        asker(STRIPE_SECRET_KEY=key, STRIPE_API_BASE=stripe.base)("list_charges")
    assert "rk_" in str(caught.value), "a restricted key is what to get"
    assert not stripe.asked


def test_without_the_sdk_it_says_how_to_install_it(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "stripe", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'revintel-mcp\[stripe\]'"):
        ask("list_charges")


def test_no_connection_is_unavailable(asker: Callable[..., Ask]) -> None:
    with pytest.raises(Unavailable, match="no connection"):
        asker(STRIPE_SECRET_KEY="sk_test_fake_000000", STRIPE_API_BASE="http://127.0.0.1:9")("list_charges")


def test_a_full_secret_key_works_and_is_told_that_less_would_do() -> None:
    assert "restricted" in instructions({"STRIPE_SECRET_KEY": "sk_test_fake_000000"})
    assert instructions({"STRIPE_SECRET_KEY": "rk_test_fake_000000"}) == INSTRUCTIONS
