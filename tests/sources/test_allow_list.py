"""Nothing but reads leaves the process, whatever a server calls its tools or says about them."""

from typing import Any

import pytest

from revintel_mcp.sources.allow_list import READ_TOOLS, refusal
from revintel_mcp.sources.contract import Tool
from revintel_mcp.sources.failure import Failure
from revintel_mcp.sources.registry import SOURCES
from tests.sources.asker import play, request, text_result, tool

WRITES = [
    ("stripe", "create_refund"),
    ("stripe", "stripe_api_write"),
    ("stripe", "stripe_stripe_api_write"),
    ("stripe", "list_charges_and_refund"),
    ("stripe", "refund_list_charges"),
    ("stripe", "stripe_delete_list_charges"),
    ("stripe", "LIST_CHARGES"),
    ("stripe", " list_charges"),
    ("stripe", "list_charges\n"),
    ("stripe", "update_subscription"),
    ("stripe", "manage_stripe_accounts"),
    ("stripe", ""),
    ("stripe", "gumroad_get_sales"),
    ("gumroad", "gumroad_disable_product"),
    ("gumroad", "sales_refund"),
    ("gumroad", "list_sales_delete"),
    ("gumroad", "list_charges"),
    ("upwork", "run_graphql"),
    ("upwork", "upwork_submit_proposal"),
    ("upwork", "send_message"),
    ("paypal", "list_charges"),
]


@pytest.mark.parametrize(("source", "name"), WRITES)
def test_what_is_not_on_the_list_is_refused_with_a_reason(source: str, name: str) -> None:
    told = refusal(source, name, {})
    assert told is not None
    assert "may be called" in told


@pytest.mark.parametrize("name", ["stripe_api_read", "stripe_api_execute", "stripe_stripe_api_read"])
@pytest.mark.parametrize(
    ("operation", "allowed"),
    [
        ("GetCharges", True),
        ("GetBalanceTransactionsId", True),
        ("PostRefunds", False),
        ("DeleteCustomersCustomer", False),
        ("Get", False),
        ("getCharges", False),
        ("GetCharges; PostRefunds", False),
        ("GetCharges\n", False),
        (None, False),
        (["GetCharges"], False),
    ],
)
def test_the_tool_for_all_of_the_api_may_only_read(name: str, operation: Any, allowed: bool) -> None:  # noqa: FBT001 - a table's column
    told = refusal("stripe", name, {"stripe_api_operation_id": operation, "parameters": {}})
    assert (told is None) is allowed


def test_a_server_prefix_is_taken_off_only_if_it_is_this_server_s() -> None:
    assert refusal("stripe", "stripe-eu_list_charges", {}, server="stripe-eu") is None
    assert refusal("stripe", "stripe-us_list_charges", {}, server="stripe-eu") is not None
    assert refusal("stripe", "stripe-eu_list_charges", {}) is not None


def test_no_name_on_the_list_is_that_of_a_write() -> None:
    verbs = (
        "create",
        "update",
        "delete",
        "write",
        "cancel",
        "send",
        "submit",
        "disable",
        "enable",
        "manage",
    )
    assert not [name for names in READ_TOOLS.values() for name in names if any(verb in name for verb in verbs)]


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_tempting_tools_are_never_called(source: str) -> None:
    """A server that offers every read and as many writes sees only reads."""
    paged = ("limit", "starting_after", "page_key", "stripe_api_operation_id", "parameters")
    reads = [tool(name, *paged) for name in READ_TOOLS[source]]
    writes = [Tool(name, {"properties": {}, "annotations": {"readOnlyHint": True}}) for _, name in WRITES]
    played = play(source, [*writes, *reads], lambda _call: text_result([]), request())
    assert played.calls
    assert {call.tool for call in played.calls} <= READ_TOOLS[source]


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_a_server_of_nothing_but_writes_is_not_used(source: str) -> None:
    writes = [Tool(name) for where, name in WRITES if where == source]
    assert isinstance(SOURCES[source].negotiate(writes, source), Failure)
