"""What the pages read of an answer is what the server promises, and nothing else can get in."""

import json
from dataclasses import fields, is_dataclass
from decimal import Decimal
from importlib import resources
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import shapes
from dashboard.decoding import decode
from dashboard.failures import StrangeAnswer
from tests.dashboard import answers

_BY_TOOL = {
    "get_monthly_summary": shapes.MonthlySummary,
    "list_transactions": shapes.RowList,
    "explain_total": shapes.Explanation,
    "get_insights": shapes.Insights,
    "get_source_status": shapes.SourceList,
    "check_tracker": shapes.Check,
    "add_manual_entry": shapes.Entry,
    "update_entry": shapes.Entry,
    "void_entry": shapes.Entry,
    "refresh_revenue": shapes.RefreshReport,
}


def _schema(tool: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((resources.files("revintel_mcp") / "schemas" / f"{tool}.json").read_text())
    return found


@pytest.mark.parametrize("tool", _BY_TOOL)
def test_every_field_a_page_reads_is_promised_by_the_tool_s_schema(tool: str) -> None:
    schema = _schema(tool)
    _hold(_BY_TOOL[tool], schema, schema)


def _hold(shape: type, node: dict[str, Any], root: dict[str, Any]) -> None:
    node = root["$defs"][node["$ref"].rsplit("/", 1)[1]] if "$ref" in node else node
    hints = get_type_hints(shape)
    for field in fields(shape):
        assert field.name in node["properties"], f"{shape.__name__}.{field.name}"
        promised = node["properties"][field.name]
        _kind(hints[field.name], promised, root, f"{shape.__name__}.{field.name}")


def _kind(hint: Any, promised: dict[str, Any], root: dict[str, Any], where: str) -> None:
    if "anyOf" in promised:
        inner = [option for option in promised["anyOf"] if option.get("type") != "null"]
        assert len(inner) == len(promised["anyOf"]) or type(None) in get_args(hint), f"{where} may be null"
        promised = inner[0]
        hint = next((each for each in get_args(hint) if each is not type(None)), hint) if get_args(hint) else hint
    arguments = get_args(hint)
    if promised.get("type") == "array":
        _kind(arguments[0], promised["items"], root, where)
    elif "$ref" in promised or (is_dataclass(hint) and "properties" in promised):
        assert isinstance(hint, type)
        _hold(hint, promised, root)
    elif "type" in promised and promised["type"] != "object":
        assert {"string": str, "integer": int, "boolean": bool, "number": Decimal}[promised["type"]] is hint, where


@pytest.mark.parametrize("tool", _BY_TOOL)
def test_canned_answers_are_answers(tool: str) -> None:
    decode(_BY_TOOL[tool], answers.of_all_tools()[tool])


@given(st.integers(-(10**12), 10**12))
def test_a_json_amount_is_read_to_the_cent(cents: int) -> None:
    sent = json.loads(json.dumps({"label": "x", "value": float(Decimal(cents) / 100)}))

    assert decode(shapes.MetricPart, sent).value == Decimal(cents) / 100


def test_a_field_that_a_newer_server_adds_is_left_aside() -> None:
    assert decode(shapes.MetricPart, {"label": "x", "value": 1, "colour": "red"}) == shapes.MetricPart(
        label="x", value=Decimal(1)
    )


@pytest.mark.parametrize(
    "answer",
    [{"value": 1}, {"label": 7, "value": 1}, {"label": "x", "value": "1"}, {"label": "x", "value": True}, [], None],
)
def test_what_does_not_fit_is_refused_with_what_to_do(answer: Any) -> None:
    with pytest.raises(StrangeAnswer, match="update server and dashboard together"):
        decode(shapes.MetricPart, answer)
