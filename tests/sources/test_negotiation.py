"""A source takes the best profile that a server's own tool list allows, and says what it looked for otherwise."""

from collections.abc import Sequence
from typing import Any

import pytest

from revintel_mcp.sources.contract import Call, RawResult, Tool
from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.sources.registry import SOURCES
from tests.sources.asker import negotiated, play, request, text_result, tool

API = tool("stripe_api_read", "stripe_api_operation_id", "parameters")
API_OF_ACCOUNTS = tool(
    "stripe_api_read",
    "stripe_api_operation_id",
    "parameters",
    "stripe_context",
    "livemode",
    required=("stripe_api_operation_id", "parameters", "stripe_context", "livemode"),
)
ACCOUNTS = tool("list_available_accounts_or_orgs")
PAGED = ("limit", "starting_after")


def tools(*names: str) -> list[Tool]:
    return [tool(name, *PAGED) for name in names]


def refused(source: str, *offered: Tool) -> Failure:
    answer = SOURCES[source].negotiate(offered, source)
    assert isinstance(answer, Failure), answer
    return answer


@pytest.mark.parametrize(
    ("source", "offered", "profile"),
    [
        (
            "stripe",
            [*tools("list_charges", "list_balance_transactions", "list_payment_intents"), API],
            "list_balance_transactions",
        ),
        ("stripe", [*tools("list_charges", "list_payment_intents"), API], "stripe_api_read"),
        (
            "stripe",
            [*tools("list_charges"), tool("stripe_api_execute", "stripe_api_operation_id", "parameters")],
            "stripe_api_execute",
        ),
        ("stripe", tools("list_invoices", "list_payment_intents", "list_charges", "list_refunds"), "list_charges"),
        ("stripe", tools("charge_list"), "list_charges"),
        ("stripe", tools("list_invoices", "list_payment_intents", "list_customers"), "list_payment_intents"),
        ("stripe", tools("list_invoices", "list_subscriptions"), "list_invoices"),
        ("stripe", [tool("search_stripe_resources", "query", "resource_type")], "search_stripe_resources"),
        ("stripe", [API_OF_ACCOUNTS, ACCOUNTS], "stripe_api_read"),
        ("gumroad", tools("list_sales", "gumroad_get_sales"), "gumroad_get_sales"),
        ("gumroad", [tool("gumroad_get_sales", "after"), tool("list_sales", "page_key")], "list_sales"),
        ("gumroad", tools("get_sales"), "get_sales"),
        ("gumroad", tools("sales_list"), "sales_list"),
        ("gumroad", [tool("list_sales", "page", required=["page"])], "list_sales"),
        ("upwork", tools("get_earnings", "get_transaction_history"), "get_transaction_history"),
        ("upwork", tools("upwork_get_earnings", "upwork_get_transactions"), "upwork_get_transactions"),
        ("upwork", tools("get_earnings", "get_contracts"), "get_earnings"),
    ],
)
def test_the_best_profile_is_taken(source: str, offered: Sequence[Tool], profile: str) -> None:
    assert negotiated(source, offered).name == profile
    assert negotiated(source, offered[::-1]).name == profile


@pytest.mark.parametrize(
    ("source", "server", "name"),
    [
        ("stripe", "stripe", "stripe_list_balance_transactions"),
        ("stripe", "stripe-eu", "stripe-eu_list_balance_transactions"),
        ("gumroad", "gumroad", "gumroad_gumroad_get_sales"),
        ("gumroad", "gumroad_shop2", "gumroad_shop2_list_sales"),
        ("upwork", "upwork", "upwork_get_earnings"),
        ("upwork", "upwork", "upwork_upwork_get_transactions"),
    ],
)
def test_a_name_behind_a_prefix_is_recognised_and_called_as_listed(source: str, server: str, name: str) -> None:
    played = play(source, tools(name), lambda _call: text_result([]), request(), name=server)
    assert {call.tool for call in played.calls} == {name}
    assert played.pull.complete


def test_a_tool_that_bears_the_name_itself_comes_before_a_prefixed_one() -> None:
    offered = [tool("stripe_list_charges"), tool("list_charges")]
    played = play("stripe", offered, lambda _call: text_result([]), request())
    assert {call.tool for call in played.calls} == {"list_charges"}


@pytest.mark.parametrize(
    ("source", "offered", "looked_for"),
    [
        ("stripe", tools("create_charge", "get_charge", "stripe_transaction_list"), "list_balance_transactions"),
        ("stripe", [tool("list_invoices", "customer_id", required=["customer_id"])], "list_invoices"),
        ("stripe", [API_OF_ACCOUNTS], "stripe_api_read"),
        ("gumroad", [tool("list_sales", "product_id", required=["product_id"])], "gumroad_get_sales"),
        ("upwork", tools("upwork_get_my_contracts", "get_time_report"), "get_transaction_history"),
        ("upwork", [], "get_earnings"),
    ],
)
def test_a_server_without_a_usable_tool_is_told_what_was_looked_for(
    source: str, offered: Sequence[Tool], looked_for: str
) -> None:
    failure = refused(source, *offered)
    assert failure.kind is FailureKind.NO_USABLE_TOOL
    assert looked_for in failure.message
    assert all(one.name in failure.message for one in offered) or not offered


@pytest.mark.parametrize(
    ("source", "offered", "lacks"),
    [
        ("stripe", [tool("list_balance_transactions", *PAGED, "created_gte"), tool("list_charges", *PAGED)], ()),
        ("stripe", tools("list_balance_transactions"), ("dates", "clients")),
        ("stripe", tools("list_charges"), ("fees", "dates", "refunds")),
        ("stripe", [tool("list_charges", *PAGED, "created_gte", expand={"type": "array"}), *tools("list_refunds")], ()),
        ("stripe", [tool("list_payment_intents", "limit")], ("fees", "dates", "all pages", "refunds")),
        ("stripe", [API], ()),
        ("gumroad", [tool("list_sales", "limit")], ("dates", "all pages")),
        ("gumroad", [tool("gumroad_get_sales", "after", "before", "page_key")], ()),
        ("upwork", [tool("get_earnings")], ("dates",)),
        ("upwork", [tool("get_earnings", "start_date", "end_date")], ()),
    ],
)
def test_a_profile_says_what_a_better_one_would_add(
    source: str, offered: Sequence[Tool], lacks: tuple[str, ...]
) -> None:
    assert negotiated(source, offered).lacks == lacks


INTEGER = {"type": "integer"}
OPTIONAL_DAY = {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}


@pytest.mark.parametrize(
    ("source", "offered", "arguments"),
    [
        ("stripe", tool("list_charges"), {}),
        ("stripe", tool("list_charges", limit={"type": "integer", "maximum": 25}), {"limit": 25}),
        (
            "stripe",
            tool("list_charges", limit={"anyOf": [{"type": "integer", "maximum": 50}, {"type": "null"}]}),
            {"limit": 50},
        ),
        (
            "stripe",
            tool("list_charges", created_gte=INTEGER, created_lte=INTEGER),
            {"created_gte": 1767139200, "created_lte": 1775088000},
        ),
        (
            "stripe",
            tool("list_charges", created={"type": "object"}),
            {"created": {"gte": 1767139200, "lt": 1775088000}},
        ),
        (
            "stripe",
            tool("list_charges", created={"type": "object", "properties": {"gte": INTEGER, "lte": INTEGER}}),
            {"created": {"gte": 1767139200, "lte": 1775088000}},
        ),
        ("stripe", tool("list_charges", created={"type": "integer"}), {}),
        ("stripe", tool("list_charges", created_gte={"type": "string"}), {"created_gte": "2025-12-31T00:00:00Z"}),
        ("stripe", tool("list_charges", expand={"type": "string"}), {}),
        (
            "stripe",
            tool("list_charges", expand_balance_transaction={"type": "boolean"}),
            {"expand_balance_transaction": True},
        ),
        ("gumroad", tool("list_sales", "after", "before"), {"after": "2025-12-31", "before": "2026-04-02"}),
        ("gumroad", tool("list_sales", after={"format": "date-time"}), {"after": "2025-12-31T00:00:00Z"}),
        ("gumroad", tool("sales_list", "after", all={"type": "boolean"}), {"after": "2025-12-31", "all": True}),
        ("gumroad", tool("list_sales", "page", required=["page"]), {"page": 1}),
        (
            "upwork",
            tool("get_earnings", "start_date", "end_date"),
            {"start_date": "2025-12-31", "end_date": "2026-04-01"},
        ),
        (
            "upwork",
            tool("get_earnings", start_date=OPTIONAL_DAY, end_date=OPTIONAL_DAY),
            {"start_date": "2026-01-01", "end_date": "2026-03-31"},
        ),
        ("upwork", tool("get_earnings", startDate={"pattern": r"^\d{8}$"}), {"startDate": "20251231"}),
        ("upwork", tool("upwork_get_earnings", "response_format"), {"response_format": "json"}),
    ],
)
def test_only_arguments_that_the_tool_takes_are_sent_in_its_form(
    source: str, offered: Tool, arguments: dict[str, Any]
) -> None:
    played = play(source, [offered], lambda _call: text_result([]), request())
    assert dict(played.calls[0].arguments) == arguments


def test_an_argument_defined_elsewhere_in_the_schema_is_understood() -> None:
    schema = {
        "properties": {"limit": {"$ref": "#/$defs/Limit"}, "created_gte": {"$ref": "#/$defs/Loop"}},
        "$defs": {"Limit": {"type": "integer", "maximum": 7}, "Loop": {"$ref": "#/$defs/Loop"}},
    }
    played = play("stripe", [Tool("list_charges", schema)], lambda _call: text_result([]), request())
    assert played.calls[0].arguments["limit"] == 7


@pytest.mark.parametrize("schema", [{}, {"properties": None}, {"properties": {"limit": None}, "required": "limit"}])
def test_a_schema_that_says_little_is_no_obstacle(schema: dict[str, Any]) -> None:
    played = play("gumroad", [Tool("list_sales", schema)], lambda _call: text_result([]), request())
    assert played.pull.complete


def test_all_live_accounts_are_read_or_the_one_the_server_is_named_after() -> None:
    accounts = [
        {"stripe_context": "acct_1", "livemode": True, "name": "Studio"},
        {"stripe_context": "acct_2", "livemode": True, "name": "EU"},
        {"stripe_context": "acct_3", "livemode": False, "name": "Sandbox"},
    ]

    def contexts(server: str, account: str, offered: Sequence[Any]) -> set[tuple[str, bool]]:
        played = play(
            "stripe",
            [API_OF_ACCOUNTS, ACCOUNTS],
            lambda call: text_result({"accounts": offered} if call.tool == ACCOUNTS.name else []),
            request(account=account),
            name=server,
        )
        asked = [call.arguments for call in played.calls if call.tool == API.name]
        return {(arguments["stripe_context"], arguments["livemode"]) for arguments in asked}

    assert contexts("stripe", "", accounts) == {("acct_1", True), ("acct_2", True)}
    assert contexts("stripe-eu", "eu", accounts) == {("acct_2", True)}
    assert contexts("stripe", "", accounts[2:]) == {("acct_3", False)}


def test_a_login_without_accounts_says_so() -> None:
    played = play("stripe", [API_OF_ACCOUNTS, ACCOUNTS], lambda _call: text_result({"accounts": []}), request())
    assert played.pull.failure is not None
    assert played.pull.failure.kind is FailureKind.PERMISSION


def test_an_account_is_named_in_the_arguments_that_the_tool_has() -> None:
    api = tool(
        "stripe_api_read",
        "stripe_api_operation_id",
        "parameters",
        "stripe_context",
        required=("stripe_api_operation_id", "stripe_context"),
    )

    def server(call: Call) -> RawResult:
        accounts = {"accounts": [{"stripe_context": "acct_1", "livemode": True}]}
        return text_result(accounts if call.tool == ACCOUNTS.name else [])

    played = play("stripe", [api, ACCOUNTS], server, request())
    asked = [set(call.arguments) for call in played.calls if call.tool == API.name]
    assert asked
    assert all(names == {"stripe_api_operation_id", "parameters", "stripe_context"} for names in asked)
