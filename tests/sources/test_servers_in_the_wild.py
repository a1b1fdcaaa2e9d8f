"""One line for each way that a server people run is known to answer: what its pull comes to, and nothing worse.

A pull is `whole`, `cut short`, or failed of a kind; with it stands how many sales came of it.
"""

import json
from typing import Any

import pytest

from revintel_mcp.sources.contract import RawResult, Tool
from revintel_mcp.sources.failure import Failure
from revintel_mcp.sources.pull import Pull
from revintel_mcp.sources.registry import SOURCES
from tests.sources.asker import error_result, play, request, text_result, tool
from tests.sources.builders import charge, earning, entry, sale

LIMIT = {"type": "integer", "maximum": 100}


def said(text: str) -> RawResult:
    """A success that is a text."""
    return RawResult(is_error=False, texts=(text,))


def blocks(*rows: Any) -> RawResult:
    """A success with a block for each row."""
    return RawResult(is_error=False, texts=tuple(json.dumps(row) for row in rows))


def structured(value: Any) -> RawResult:
    """A success whose text is made for people and whose structure is not."""
    return RawResult(is_error=False, texts=("2 records",), structured=value)


def intent(native: str) -> dict[str, Any]:
    """A PaymentIntent as the API gives it since 2022: its charge is an id."""
    ours = {
        "id": f"pi_{native}",
        "status": "succeeded",
        "latest_charge": f"ch_{native}",
        "client_secret": "pi_secret_x",
    }
    return ours | {"amount": 4900, "amount_received": 4900, "currency": "usd", "created": 1770714000}


TOOLKIT = [
    tool("list_payment_intents", limit=LIMIT),
    tool("list_invoices", limit=LIMIT),
    tool("list_disputes"),
    tool("create_refund"),
]
AGENTS = [
    tool("list_payment_intents", "limit", "starting_after"),
    tool("search_stripe_resources", "query", "resource_type", required=("query", "resource_type")),
    tool("fetch_stripe_resources", "resource_type", "ids"),
]
LEDGER = [tool("list_balance_transactions", "limit", "starting_after"), tool("list_charges", "limit", "starting_after")]
API = [tool("stripe_api_read", "stripe_api_operation_id", "parameters"), tool("stripe_api_write")]
BY_PREFIX = [tool("charge_list", "limit"), tool("refund_create")]
NOT_WRITTEN = [tool("stripe_payment_intent_list"), tool("stripe_charge_list")]

STRIPE: list[tuple[str, list[Tool], RawResult, str]] = [
    ("0.2.5, nothing sold", TOOLKIT, text_result([]), "whole 0"),
    ("0.2.5, sold", TOOLKIT, text_result([intent("a"), intent("b")]), "whole 2"),
    ("0.2.5, newest hundred", TOOLKIT, text_result([intent(str(n)) for n in range(100)]), "cut short 100"),
    ("0.2.5, any refusal", TOOLKIT, said('"Failed to list payment intents"'), "unavailable 0"),
    ("0.2.5, limit refused", TOOLKIT, error_result("MCP error -32602: Input validation error"), "bad answer 0"),
    ("agents, sold", AGENTS, text_result({"object": "list", "data": [intent("a")], "has_more": False}), "whole 1"),
    ("agents, key", AGENTS, error_result("Error: Authentication failed — check STRIPE_SECRET_KEY"), "auth 0"),
    ("agents, no key", AGENTS, error_result("Error: STRIPE_SECRET_KEY is not set"), "auth 0"),
    ("agents, limit", AGENTS, error_result("Error: Request req_1: Too many requests"), "rate limit 0"),
    ("agents, trouble", AGENTS, error_result("Error: Request req_1: An error occurred"), "unavailable 0"),
    ("iflow, broken tool", BY_PREFIX, error_result("Unknown tool: charge_list"), "no usable tool 0"),
    ("blade, not written", NOT_WRITTEN, error_result("Error calling tool: NotImplementedError"), "no usable tool 0"),
    ("ledger, one page again and again", LEDGER, text_result({"data": [charge("ch_1", 1)], "has_more": True}), "cut"),
    ("ledger, rows as blocks", LEDGER, blocks(entry("txn_1", 900, source="ch_1")), "whole 1"),
    ("ledger, no block at all", LEDGER, RawResult(is_error=False, texts=()), "whole 0"),
    ("ledger, an empty text", LEDGER, said(""), "bad answer 0"),
    ("ledger, null", LEDGER, said("null"), "bad answer 0"),
    ("ledger, wrapped", LEDGER, structured({"result": [entry("txn_1", 900, source="ch_1")]}), "whole 1"),
    (
        "ledger, a result in a result",
        LEDGER,
        text_result({"content": [{"type": "text", "text": json.dumps([entry("txn_1", 900, source="ch_1")])}]}),
        "whole 1",
    ),
    ("ledger, markdown", LEDGER, said("# Charges\n| Date | Amount |\n| 2026-02-01 | $49.00 |"), "bad answer 0"),
    ("ledger, status 400", LEDGER, text_result({"status": 400, "error": "Bad Request"}), "bad answer 0"),
    ("ledger, not successful", LEDGER, text_result({"success": False, "data": []}), "bad answer 0"),
    ("hosted, 401", API, text_result({"error": {"message": "You did not provide an API key."}}), "auth 0"),
    (
        "hosted, rights",
        API,
        text_result({"error": {"message": "key without the required permissions"}}),
        "permission 0",
    ),
    (
        "hosted, other account",
        API,
        said("No account found for the provided stripe_context and livemode."),
        "permission 0",
    ),
    ("hosted, sandbox", API, said("acct_1 is a sandbox account. Retry with livemode set to false."), "permission 0"),
    ("hosted, 500", API, said("Internal Server Error"), "unavailable 0"),
]

RAW = [tool("gumroad_get_sales", "after", "before", "page_key"), tool("gumroad_disable_product")]
HOSTED = [tool("list_sales", limit={"type": "integer", "minimum": 1, "maximum": 50}), tool("publish_product")]
COMMANDS = [tool("sales_list", "after", "before", "page-key", all={"type": "boolean"}), tool("sales_refund")]
NUMBERED = [tool("get_sales", "after", "before", "page")]
BARE = [tool("get_sales"), tool("get_sales_summary")]
TEN = [sale(f"n{number}") for number in range(10)]
CENTS = {
    "id": "m",
    "email": "eve@example.com",
    "price_cents": 999,
    "currency": "usd",
    "created_at": "2026-02-01T10:00:00Z",
}

GUMROAD: list[tuple[str, list[Tool], RawResult, str]] = [
    ("raw, nothing sold", RAW, text_result({"success": True, "sales": []}), "whole 0"),
    ("raw, ten sales and no next page", RAW, text_result({"success": True, "sales": TEN}), "whole 10"),
    (
        "raw, a cursor that repeats",
        RAW,
        text_result({"success": True, "sales": TEN, "next_page_key": "k"}),
        "cut short 10",
    ),
    ("raw, 401", RAW, text_result({"error": "Unexpected end of JSON input"}), "auth 0"),
    (
        "raw, 429",
        RAW,
        text_result({"error": "Unexpected token 'R', \"Retry later\n\" is not valid JSON"}),
        "rate limit 0",
    ),
    ("raw, 500", RAW, text_result({"error": "Unexpected token '<', \"<!DOCTYPE\""}), "unavailable 0"),
    ("raw, down", RAW, text_result({"error": "fetch failed"}), "unavailable 0"),
    ("raw, a bad date", RAW, text_result({"status": 400, "error": "Invalid date format"}), "bad answer 0"),
    ("raw, refused", RAW, text_result({"success": False, "message": "No."}), "bad answer 0"),
    ("raw, another tool", RAW, text_result({"error": "Unknown tool: gumroad_get_sales"}), "no usable tool 0"),
    ("hosted, in cents", HOSTED, structured({"sales": [CENTS]}), "whole 1"),
    (
        "hosted, newest fifty",
        HOSTED,
        structured({"sales": [CENTS | {"id": str(n)} for n in range(50)]}),
        "cut short 50",
    ),
    ("commands, signed out", COMMANDS, error_result("Authentication unavailable. Run `gumroad auth login`"), "auth 0"),
    ("commands, sold", COMMANDS, text_result({"success": True, "sales": [sale("a")]}), "whole 1"),
    ("cli, codes", RAW, error_result('{"message": "slow", "status": 429, "code": "RATE_LIMIT"}'), "rate limit 0"),
    ("cli, network", RAW, error_result('{"error": "getaddrinfo ENOTFOUND api.gumroad.com"}'), "unavailable 0"),
    ("numbered, a full page that repeats", NUMBERED, text_result(TEN), "cut short 10"),
    ("numbered, 401", NUMBERED, error_result("Failed to get sales: Gumroad API error: 401 Unauthorized - "), "auth 0"),
    ("bare, ten sales", BARE, text_result(TEN), "cut short 10"),
    ("bare, fewer", BARE, text_result(TEN[:9]), "whole 9"),
    ("bare, 401 in words", BARE, said("Error: Gumroad API error: 401 Unauthorized"), "auth 0"),
    ("bare, 429 in words", BARE, said("Retry later"), "rate limit 0"),
]

HISTORY = [tool("get_transaction_history", "start_date", "end_date"), tool("run_graphql")]
EARNINGS = [tool("get_earnings", "first_transactions"), tool("list_contracts")]
IN_JSON = [tool("upwork_get_transactions", "limit", "offset", "response_format")]
SCRAPED = [tool("upwork_get_contracts", "status", "limit"), tool("upwork_get_work_diary", "contract_url")]
DENIED = "The client or authentication token doesn't have enough oauth2 permissions/scopes to access: [X.y]"


def history(rows: Any) -> dict[str, Any]:
    """The answer of Upwork's GraphQL API."""
    return {"data": {"transactionHistory": {"transactionDetail": {"transactionHistoryRow": rows}}}}


UPWORK: list[tuple[str, list[Tool], RawResult, str]] = [
    ("history, a quiet year", HISTORY, text_result(history([])), "whole 0"),
    ("history, no list", HISTORY, text_result(history(None)), "bad answer 0"),
    ("history, scopes", HISTORY, text_result({"errors": [{"message": DENIED}], "data": None}), "permission 0"),
    ("history, half an answer", HISTORY, text_result(history([]) | {"errors": [{"message": DENIED}]}), "permission 0"),
    ("history, signed out", HISTORY, error_result("Error calling tool 'x': 401 Unauthorized"), "auth 0"),
    ("earnings, errors", EARNINGS, text_result({"errors": [{"message": "Cannot query field"}]}), "bad answer 0"),
    ("earnings, 401", EARNINGS, text_result({"error": "401 Client Error", "response_body": "{}"}), "auth 0"),
    ("earnings, totals", EARNINGS, text_result({"data": {"financialOverview": {"totalEarnings": 9}}}), "bad answer 0"),
    ("earnings, rows", EARNINGS, text_result([earning("100.00"), earning("100.00")]), "whole 2"),
    ("in JSON, rounded", IN_JSON, text_result({"transactions": [earning("$1.23K", type="hourly")]}), "whole 0"),
    ("in JSON, markdown all the same", IN_JSON, said("# Transactions\n- **2026-02-01** $300.00"), "bad answer 0"),
    ("scraped", SCRAPED, error_result("Could not start Chrome"), "no usable tool 0"),
]

CASES = [
    pytest.param(source, tools, answer, verdict, id=f"{source}: {name}")
    for source, cases in (("stripe", STRIPE), ("gumroad", GUMROAD), ("upwork", UPWORK))
    for name, tools, answer, verdict in cases
]


def came_to(source: str, tools: list[Tool], answer: RawResult) -> str:
    """A verdict on the pull from a server that always gives `answer`."""
    profile = SOURCES[source].negotiate(tools, source)
    if isinstance(profile, Failure):
        return f"{profile.kind} 0"
    pull: Pull = play(source, tools, lambda _call: answer, request()).pull
    how = str(pull.failure.kind) if pull.failure else "whole" if pull.complete else "cut short"
    return f"{how} {len(pull.sales)}"


@pytest.mark.parametrize(("source", "tools", "answer", "verdict"), CASES)
def test_a_server_is_taken_for_what_it_says_and_never_for_more(
    source: str, tools: list[Tool], answer: RawResult, verdict: str
) -> None:
    assert came_to(source, tools, answer).startswith(verdict)
