"""A tool's arguments are checked, its failures are told as JSON, and nothing private leaks through an accident."""

import json
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from revintel_mcp.upstreams.demo import PLATFORMS
from revintel_mcp.upstreams.demo_config import SECOND_REFRESH
from revintel_mcp.upstreams.errors import RateLimited
from revintel_mcp.upstreams.serving import Arguments, UpstreamTool, build_server, call

PRIVATE = "sk_test_fake_private in the text of an exception"


class Nothing(Arguments):
    """No arguments."""


class Size(Arguments):
    """One argument."""

    size: int = 1


def tool(name: str, arguments: type[Arguments], run: Any) -> UpstreamTool[Any]:
    return UpstreamTool(name, name, "A test.", arguments, {"type": "object"}, run)


def fails(_: Arguments) -> dict[str, Any]:
    raise RateLimited("slow down", retry_after_s=3)


def crashes(_: Arguments) -> dict[str, Any]:
    raise KeyError(PRIVATE)


TABLE = {
    one.name: one
    for one in (
        tool("fine", Size, lambda given: {"size": given.size}),
        tool("fails", Nothing, fails),
        tool("crashes", Nothing, crashes),
    )
}


async def test_an_answer_is_structured_and_the_same_as_text() -> None:
    result = await call(TABLE, "fine", {"size": 3})
    assert not result.is_error
    assert result.structured_content == {"size": 3}
    assert [json.loads(block.text) for block in result.content if block.type == "text"] == [{"size": 3}]


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("fails", {}, {"type": "rate_limit_error", "message": "slow down", "retryable": True, "retry_after_s": 3}),
        ("fine", {"sice": 3}, {"type": "invalid_request_error", "retryable": False}),
        ("fine", {"size": "big"}, {"type": "invalid_request_error", "retryable": False}),
        ("gone", {}, {"type": "invalid_request_error", "retryable": False}),
        ("crashes", {}, {"type": "bad_answer_error", "retryable": False}),
    ],
)
async def test_a_failure_is_json_with_type_sentence_and_whether_to_retry(
    name: str, arguments: dict[str, Any], error: dict[str, Any]
) -> None:
    result = await call(TABLE, name, arguments)
    assert result.is_error
    (block,) = result.content
    assert block.type == "text"
    told = json.loads(block.text)["error"]
    assert told["message"]
    assert told | error == told


async def test_a_misspelt_argument_is_named_with_those_there_are() -> None:
    (block,) = (await call(TABLE, "fine", {"sice": 3})).content
    assert block.type == "text"
    assert "sice: Extra inputs are not permitted. It takes: size" in block.text


async def test_a_bug_tells_where_it_is_and_nothing_of_the_data(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        (block,) = (await call(TABLE, "crashes", {})).content
    assert block.type == "text"
    assert PRIVATE not in block.text + caplog.text
    assert "test_serving.py" in caplog.text


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_every_tool_says_that_it_only_reads_and_describes_all_it_takes_and_gives(platform: str) -> None:
    instructions, tools = PLATFORMS[platform]
    assert build_server(platform, instructions, tools(SECOND_REFRESH)).name == platform
    for one in (tool.listed() for tool in tools(SECOND_REFRESH)):
        assert one.annotations is not None
        assert one.annotations.read_only_hint is True
        assert one.annotations.destructive_hint is False
        assert one.description
        assert one.input_schema["additionalProperties"] is False
        assert all("description" in argument for argument in one.input_schema["properties"].values())
        assert one.output_schema is not None
        assert one.output_schema["required"]


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_the_page_names_every_tool_with_the_arguments_it_takes(platform: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "upstreams.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.splitlines() if line.count("|") == 4]
    for one in PLATFORMS[platform][1](SECOND_REFRESH):
        (row,) = [cells for cells in rows if f"`{one.name}`" in cells[2]]
        assert set(re.findall(r"`(\w+)`", row[3])) == set(one.arguments.model_fields)


CALLS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "stripe": [
        ("list_charges", {"expand": ["data.balance_transaction", "data.customer", "data.invoice", "data.refunds"]}),
        ("list_balance_transactions", {"expand": ["data.source"]}),
        ("list_refunds", {"expand": ["data.charge", "data.balance_transaction"]}),
        ("list_disputes", {"expand": ["data.charge"]}),
        ("list_subscriptions", {"expand": ["data.customer"]}),
    ],
    "gumroad": [("list_sales", {}), ("list_products", {}), ("list_payouts", {})],
    "upwork": [("get_contracts", {}), ("get_earnings", {})],
}


def validator_of(schema: Mapping[str, Any]) -> jsonschema.Draft202012Validator:
    """Checks the schema once, not with every record."""
    jsonschema.Draft202012Validator.check_schema(dict(schema))
    return jsonschema.Draft202012Validator(dict(schema))


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
async def test_answers_are_as_their_schemas_say(platform: str) -> None:
    table = {tool.name: tool for tool in PLATFORMS[platform][1](SECOND_REFRESH)}
    for name, arguments in CALLS[platform]:
        result = await call(table, name, arguments)
        assert not result.is_error
        validator_of(table[name].answer).validate(result.structured_content)
        if platform == "stripe":
            typed = validator_of(table[name].answer["properties"]["data"]["items"]["anyOf"][0])
            assert result.structured_content is not None
            for item in result.structured_content["data"]:
                typed.validate(item)
