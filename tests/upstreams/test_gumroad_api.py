"""The Gumroad upstream reads every page, understands every refusal, and never tells the token."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Any

import pytest

from revintel_mcp.upstreams import asking
from revintel_mcp.upstreams.errors import (
    AuthenticationError,
    BadAnswer,
    ConfigurationError,
    InvalidRequest,
    PermissionDenied,
    RateLimited,
    TimedOut,
    Unavailable,
    UpstreamError,
)
from revintel_mcp.upstreams.gumroad_api import GumroadShop
from revintel_mcp.upstreams.gumroad_tools import gumroad_tools
from tests.upstreams.fakes import FakeGumroad, Reply, as_reply

pytestmark = pytest.mark.usefixtures("no_waiting")


Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(shop: GumroadShop) -> Ask:
    """Call a tool with these arguments."""

    def ask(tool: str, **arguments: Any) -> dict[str, Any]:
        found = next(one for one in gumroad_tools(shop) if one.name == tool)
        return found.run(found.arguments.model_validate(arguments))

    return ask


def test_every_page_is_reached_by_its_key_and_the_last_has_none(gumroad: FakeGumroad, ask: Ask) -> None:
    rows: list[dict[str, Any]] = []
    page = ask("list_sales")
    rows += page["sales"]
    while "next_page_key" in page:
        page = ask("list_sales", page_key=page["next_page_key"])
        rows += page["sales"]
    assert [row["id"] for row in rows] == [sale["id"] for sale in gumroad.sales]
    assert len(gumroad.asked) == 3


def test_days_and_buyer_are_passed_on(gumroad: FakeGumroad, ask: Ask) -> None:
    page = ask("list_sales", after="2026-04-20", before="2026-04-22", email="buyer11@example.com")
    assert [sale["id"] for sale in page["sales"]] == ["sale11=="]
    assert gumroad.asked[0].query == {"after": "2026-04-20", "before": "2026-04-22", "email": "buyer11@example.com"}
    assert str(date(2026, 4, 20)) == gumroad.asked[0].query["after"]


def test_card_address_licence_and_affiliates_mail_stay_behind(ask: Ask) -> None:
    text = json.dumps([ask("list_sales"), ask("list_products"), ask("list_payouts")])
    for private in ("4242", "Private Lane", "LICENCE", "affiliate@example.com", "custom_receipt", "secret"):
        assert private not in text
    assert '"affiliate": {"amount": "$1"}' in text


def test_a_product_is_found_by_an_id_with_slashes(ask: Ask) -> None:
    assert ask("get_product", product_id="p/1==")["product"]["name"] == "Brush set"
    with pytest.raises(InvalidRequest, match="The product was not found"):
        ask("get_product", product_id="../user")


def test_the_token_travels_in_a_header_never_in_an_address(gumroad: FakeGumroad, ask: Ask) -> None:
    ask("list_sales", product_id="x")
    assert gumroad.asked[0].headers["Authorization"] == f"Bearer {gumroad.token}"
    assert gumroad.token not in str(gumroad.asked[0].query) + gumroad.asked[0].path


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        (Reply(401, b""), AuthenticationError, "GUMROAD_ACCESS_TOKEN"),
        (Reply(403, b""), PermissionDenied, "view_sales"),
        (Reply(200, b"<html>maintenance</html>"), BadAnswer, "no JSON"),
        (Reply(200, b"[1]"), BadAnswer, "no object"),
        (as_reply(200, {"success": True}), BadAnswer, "no list of sales"),
        (as_reply(200, {"success": False, "message": "nope"}), InvalidRequest, "nope"),
        (as_reply(400, {"status": 400, "error": "Invalid page_key."}), InvalidRequest, "Invalid page_key"),
        (as_reply(400, {"status": 400, "error": "Query timed out. Try narrowing"}), TimedOut, "Query timed out"),
        (Reply(302, b"", {"Location": "https://elsewhere.example.com"}), Unavailable, "GUMROAD_BASE_URL"),
        (Reply(429, b"Retry later\n", {"Retry-After": "3600"}), RateLimited, "Retry later"),
    ],
)
def test_a_refusal_says_what_it_is(
    gumroad: FakeGumroad, ask: Ask, reply: Reply, error: type[UpstreamError], says: str
) -> None:
    gumroad.next_replies = [reply] * 5
    with pytest.raises(error, match=says) as caught:
        ask("list_sales")
    assert gumroad.token not in json.dumps(caught.value.as_json())


def test_a_platform_that_echoes_the_token_does_not_get_it_told(gumroad: FakeGumroad, ask: Ask) -> None:
    gumroad.next_replies = [as_reply(400, {"success": False, "message": f"bad token {gumroad.token}"})]
    with pytest.raises(InvalidRequest, match="bad token fake_…0001"):
        ask("list_sales")


@pytest.mark.parametrize(
    "trouble",
    [
        Reply(429, b"Retry later\n"),
        Reply(429, b"Retry later\n", {"Retry-After": "0"}),
        Reply(503, b"<html>"),
        Reply(500, b""),
        Reply(200, b'{"success": true, "sales": [', drop=True),
    ],
)
def test_trouble_that_passes_is_waited_out(gumroad: FakeGumroad, ask: Ask, trouble: Reply) -> None:
    gumroad.next_replies = [trouble, trouble]
    assert len(ask("list_sales")["sales"]) == 10
    assert len(gumroad.asked) == 3


@pytest.mark.parametrize(
    ("reply", "times"),
    [(Reply(401, b""), 1), (Reply(429, b"Retry later", {"Retry-After": "60"}), 1), (Reply(502, b""), 5)],
)
def test_only_what_may_pass_is_asked_again_and_not_for_ever(
    gumroad: FakeGumroad, ask: Ask, reply: Reply, times: int
) -> None:
    gumroad.next_replies = [reply] * 9
    with pytest.raises(UpstreamError):
        ask("list_sales")
    assert len(gumroad.asked) == times


def test_a_long_wait_is_left_to_the_caller_with_its_length(gumroad: FakeGumroad, ask: Ask) -> None:
    gumroad.next_replies = [Reply(429, b"Retry later", {"Retry-After": "60"})]
    with pytest.raises(RateLimited) as caught:
        ask("list_sales")
    assert caught.value.as_json()["error"]["retry_after_s"] == 60


def test_no_connection_is_unavailable() -> None:
    environ = {"GUMROAD_ACCESS_TOKEN": "fake_token_000001", "GUMROAD_BASE_URL": "http://127.0.0.1:9"}
    with closing(GumroadShop(environ)) as shop, pytest.raises(Unavailable, match="no connection"):
        shop.listing("sales", {})


@pytest.mark.parametrize(
    ("token", "says"),
    [
        ("", "is not set"),
        ("  ", "is not set"),
        ("${GUMROAD_ACCESS_TOKEN}", "is not set"),
        ("a b", "characters"),
        ("ä" * 20, "characters"),
    ],
)
def test_a_token_that_is_none_is_never_sent(token: str, says: str) -> None:
    with pytest.raises(AuthenticationError, match=says) as caught:
        GumroadShop({"GUMROAD_ACCESS_TOKEN": token, "GUMROAD_BASE_URL": "http://127.0.0.1:9"}).listing("sales", {})
    assert "ä" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.gumroad.com",
        "ftp://127.0.0.1",
        "https://",
        "https://me:pw@example.com",
        "https://x.example.com/?a=1",
    ],
)
def test_the_token_never_goes_to_an_address_that_is_not_safe(url: str) -> None:
    shop = GumroadShop({"GUMROAD_ACCESS_TOKEN": "fake_token_000001", "GUMROAD_BASE_URL": url})
    with pytest.raises(ConfigurationError, match="GUMROAD_BASE_URL"):
        shop.listing("sales", {})


def test_a_masked_key_tells_which_it_was_and_no_more() -> None:
    assert asking.masked("sk_test_fake_00004242") == "sk_…4242"
    assert asking.masked("short") == "…"
    assert asking.without("key sk_test_fake_00004242!", "sk_test_fake_00004242") == "key sk_…4242!"
