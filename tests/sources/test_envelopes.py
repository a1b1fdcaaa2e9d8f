"""An answer is a value or a failure; a failure never passes for an empty list."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revintel_mcp.sources.contract import Payload, RawResult
from revintel_mcp.sources.envelopes import read_result
from revintel_mcp.sources.failure import Failure, FailureKind
from tests.sources.asker import error_result, text_result

ROWS = [{"id": "a1", "price": 100}, {"id": "a2", "price": 200}]
LIST_OBJECT = {"object": "list", "data": ROWS, "has_more": False}

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)


def plain(*texts: str, structured: Any = None) -> RawResult:
    return RawResult(is_error=False, texts=texts, structured=structured)


def failure(source: str, raw: RawResult) -> Failure:
    answer = read_result(source, raw)
    assert isinstance(answer, Failure), answer
    return answer


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        pytest.param(text_result(ROWS), ROWS, id="one block, a list"),
        pytest.param(text_result(LIST_OBJECT), LIST_OBJECT, id="one block, a list object"),
        pytest.param(plain(json.dumps(ROWS[0]), json.dumps(ROWS[1])), ROWS, id="one block per row"),
        pytest.param(plain(json.dumps(ROWS), structured={"result": ROWS}), ROWS, id="structured, wrapped"),
        pytest.param(plain("{}", structured=LIST_OBJECT), LIST_OBJECT, id="structured before text"),
        pytest.param(plain("Here it is", structured=LIST_OBJECT), LIST_OBJECT, id="structured beside prose"),
        pytest.param(text_result({"result": {"result": ROWS}}), ROWS, id="wrapped twice"),
        pytest.param(text_result(json.dumps(ROWS)), ROWS, id="serialised twice"),
        pytest.param(
            text_result({"content": [{"type": "text", "text": json.dumps(ROWS)}]}), ROWS, id="result in result"
        ),
        pytest.param(plain(json.dumps(ROWS)[:20], json.dumps(ROWS)[20:]), ROWS, id="one value cut into two blocks"),
        pytest.param(plain(), [], id="no block at all: an empty list"),
        pytest.param(text_result([]), [], id="empty list"),
        pytest.param(plain(structured={"result": []}), [], id="empty list, wrapped"),
        pytest.param(text_result({"error": None, "data": ROWS}), {"error": None, "data": ROWS}, id="error: null"),
        pytest.param(text_result({"errors": [], "data": ROWS}), {"errors": [], "data": ROWS}, id="errors: none"),
    ],
)
def test_a_value_comes_out_of_every_envelope(raw: RawResult, value: Any) -> None:
    assert read_result("stripe", raw) == Payload(value)


@pytest.mark.parametrize(
    ("source", "text", "kind"),
    [
        ("stripe", '"Failed to list payment intents"', FailureKind.UNAVAILABLE),
        ("stripe", '"Failed to retrieve balance"', FailureKind.UNAVAILABLE),
        (
            "stripe",
            '{"error":{"type":"StripeAuthenticationError","message":"Invalid API Key provided"}}',
            FailureKind.AUTH,
        ),
        ("stripe", '{"error":{"type":"StripeRateLimitError","message":"Too many"}}', FailureKind.RATE_LIMIT),
        ("stripe", '{"error":{"type":"StripePermissionError","message":"no"}}', FailureKind.PERMISSION),
        ("stripe", '{"error":{"type":"StripeAPIError","message":"An error occurred"}}', FailureKind.UNAVAILABLE),
        ("gumroad", '{"error":"Unexpected end of JSON input"}', FailureKind.AUTH),
        (
            "gumroad",
            '{"error":"Unexpected token \'R\', \\"Retry later\\n\\" is not valid JSON"}',
            FailureKind.RATE_LIMIT,
        ),
        (
            "gumroad",
            '{"error":"Unexpected token \'<\', \\"<!DOCTYPE \\"... is not valid JSON"}',
            FailureKind.UNAVAILABLE,
        ),
        ("gumroad", '{"error":"fetch failed"}', FailureKind.UNAVAILABLE),
        ("gumroad", '{"error":"No arguments provided"}', FailureKind.BAD_ANSWER),
        ("gumroad", '{"error":"Unknown tool: list_sales"}', FailureKind.NO_USABLE_TOOL),
        ("gumroad", '{"success":false,"message":"The product was not found."}', FailureKind.BAD_ANSWER),
        ("gumroad", '{"status":400,"error":"Invalid page_key."}', FailureKind.BAD_ANSWER),
        ("gumroad", '{"status":503,"body":""}', FailureKind.UNAVAILABLE),
        ("gumroad", "Error: Gumroad API error: 401 Unauthorized", FailureKind.AUTH),
        (
            "upwork",
            '{"errors":[{"message":"not enough oauth2 permissions/scopes"}],"data":null}',
            FailureKind.PERMISSION,
        ),
        ("upwork", '{"errors":[{"message":"x"}],"data":{"transactionHistory":null}}', FailureKind.BAD_ANSWER),
        ("upwork", '{"error":"401 Client Error","response_body":"{}"}', FailureKind.AUTH),
        ("upwork", '[{"error":"Session expired: please log in"}]', FailureKind.AUTH),
        ("upwork", "# Earnings\n\nTotal: 0 … $0.00 (no permission problems)", FailureKind.BAD_ANSWER),
        ("upwork", "No earnings found.", FailureKind.BAD_ANSWER),
        ("upwork", '"No earnings found."', FailureKind.BAD_ANSWER),
        ("upwork", "null", FailureKind.BAD_ANSWER),
        ("upwork", "", FailureKind.BAD_ANSWER),
        ("upwork", "0", FailureKind.BAD_ANSWER),
        ("upwork", "[" * 5000, FailureKind.BAD_ANSWER),
        ("upwork", "9" * 5000, FailureKind.BAD_ANSWER),
        ("upwork", '{"result":"Failed to fetch earnings: timed out"}', FailureKind.TIMEOUT),
    ],
)
def test_a_failure_dressed_as_success_is_a_failure(source: str, text: str, kind: FailureKind) -> None:
    assert failure(source, plain(text)).kind is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("MCP error -32602: Tool list_charges not found", FailureKind.NO_USABLE_TOOL),
        ("Unknown tool: charge_list", FailureKind.NO_USABLE_TOOL),
        ("Error: Authentication failed — check STRIPE_SECRET_KEY", FailureKind.AUTH),
        ('{"message":"slow down","status":429,"code":"RATE_LIMIT"}', FailureKind.RATE_LIMIT),
        ('{"error":"expired","code":"AUTH"}', FailureKind.AUTH),
        ("Could not start Chrome: no such file", FailureKind.UNAVAILABLE),
        ("connect ECONNREFUSED 127.0.0.1:12111", FailureKind.UNAVAILABLE),
        ("No account found for the provided stripe_context and livemode", FailureKind.PERMISSION),
        ("acct_1 is a sandbox account. Retry with livemode set to false.", FailureKind.PERMISSION),
        ("Error: Request req_1: An error occurred", FailureKind.UNAVAILABLE),
        ("KeyError: 'GUMROAD_TOKEN'", FailureKind.AUTH),
        ("UPWORK_CLIENT_ID and UPWORK_CLIENT_SECRET are required", FailureKind.AUTH),
        ("Cannot read properties of undefined (reading 'MONKEY')", FailureKind.BAD_ANSWER),
        ("Request timed out", FailureKind.TIMEOUT),
        ("", FailureKind.BAD_ANSWER),
    ],
)
def test_an_error_result_is_told_by_its_words(text: str, kind: FailureKind) -> None:
    assert failure("stripe", error_result(text)).kind is kind


def test_a_row_that_speaks_of_errors_is_a_row() -> None:
    rows = [{"id": "pi_1", "error": "card declined", "errors": ["x"], "status": 500, "success": False}, {"id": "pi_2"}]
    assert read_result("stripe", text_result({"object": "list", "data": rows})) == Payload(
        {"object": "list", "data": rows}
    )
    assert read_result("stripe", text_result(rows)) == Payload(rows)
    assert read_result("stripe", plain(*map(json.dumps, rows))) == Payload(rows)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (FailureKind.AUTH, "authentication_error"),
        (FailureKind.PERMISSION, "permission_error"),
        (FailureKind.RATE_LIMIT, "rate_limit_error"),
        (FailureKind.TIMEOUT, "timeout_error"),
        (FailureKind.UNAVAILABLE, "unavailable_error"),
        (FailureKind.BAD_ANSWER, "bad_answer_error"),
    ],
)
def test_the_bundled_servers_errors_are_told_by_their_type_and_shown_by_their_message(
    kind: FailureKind, told: str
) -> None:
    error = {"error": {"type": told, "message": "It went wrong. Ask later.", "retryable": True, "retry_after_s": 3}}
    assert failure("stripe", error_result(json.dumps(error))) == Failure(kind, "It went wrong. Ask later.", 3.0)


def test_when_to_ask_again_is_passed_on() -> None:
    assert failure("stripe", error_result("429 Too Many Requests, Retry-After: 7")).retry_after_s == 7.0


def test_a_key_in_an_error_is_masked_and_a_long_one_is_short() -> None:
    told = failure("stripe", error_result("Invalid API Key provided: sk_test_fake_0123456789abcdef " + "x" * 5000))
    assert "0123456789" not in told.message
    assert len(told.message) <= 300


@pytest.mark.parametrize(
    ("stated", "kind"),
    [
        ("authentication_error", FailureKind.AUTH),
        ("StripeAuthenticationError", FailureKind.AUTH),
        ("permission_error", FailureKind.PERMISSION),
        ("rate_limit_error", FailureKind.RATE_LIMIT),
        ("timeout_error", FailureKind.TIMEOUT),
        ("configuration_error", FailureKind.UNAVAILABLE),
        ("StripeAPIError", FailureKind.PERMISSION),
        ("invalid_request_error", FailureKind.PERMISSION),
    ],
)
def test_an_error_that_states_its_type_is_of_that_kind_whatever_its_sentence_speaks_of(
    stated: str, kind: FailureKind
) -> None:
    error = {"error": {"type": stated, "message": "generate a token with the view_sales scope"}}
    assert failure("gumroad", error_result(json.dumps(error))).kind is kind


@settings(max_examples=40)
@given(st.lists(JSON.map(json.dumps) | st.text(max_size=20), max_size=3), st.booleans(), st.none() | JSON)
def test_whatever_comes_it_is_a_value_or_a_failure(texts: list[str], is_error: bool, structured: Any) -> None:  # noqa: FBT001 - drawn, not called
    answer = read_result("stripe", RawResult(is_error=is_error, texts=tuple(texts), structured=structured))
    assert isinstance(answer, (Failure, Payload))
    if isinstance(answer, Payload):
        assert isinstance(answer.value, (list, dict))
        assert not is_error


@settings(max_examples=20)
@given(
    st.lists(
        st.dictionaries(st.text(max_size=6), JSON, max_size=3).map(lambda row: {**row, "id": "a"}),
        min_size=1,
        max_size=3,
    )
)
def test_rows_come_out_as_they_went_in(rows: Any) -> None:
    assert read_result("gumroad", text_result({"result": rows})) == Payload(rows)
