"""Write the JSON Schema of every tool's result to revintel_mcp/schemas/, from the dataclasses in results/shapes.py.

Run it after changing a shape (`make schemas`); a test fails while the committed files differ from the code. A shape
that several results hold is described in one of them: every client reads all of `tools/list` before its first call.
"""

import json
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import DecimalSchema

from revintel_mcp.results.by_tool import RESULT_BY_TOOL

FOLDER: Final = Path(__file__).resolve().parent.parent / "revintel_mcp" / "schemas"

#: Where the fields of a shared shape are described.
_DESCRIBED_IN: Final = {
    "TransactionView": "list_transactions",
    "AttentionView": "refresh_revenue",
    "ProblemView": "check_tracker",
    "SummaryRow": "get_monthly_summary",
    "MonthlySummaryResult": "get_monthly_summary",
}


class _Schema(GenerateJsonSchema):
    """Exact amounts are JSON numbers at the edge."""

    def decimal_schema(self, schema: DecimalSchema) -> dict[str, Any]:
        del schema
        return {"type": "number"}


def schema_of(tool: str, shape: type) -> dict[str, Any]:
    """The JSON Schema of a tool's result: no titles that only repeat names, no defaults, no words for programmers."""
    schema = TypeAdapter(shape).json_schema(mode="serialization", schema_generator=_Schema)
    nested = {name: _lean(tool, name, node) for name, node in schema.pop("$defs", {}).items()}
    lean = _lean(tool, shape.__name__, schema)
    return {**lean, "$defs": nested} if nested else lean


def _lean(tool: str, name: str, node: dict[str, Any]) -> dict[str, Any]:
    """An object's schema; the class's docstring is for readers of the code, its fields' descriptions for clients."""
    described = _DESCRIBED_IN.get(name, tool) == tool
    fields = {key: _field(value, described=described) for key, value in node["properties"].items()}
    return {"type": "object", "properties": fields} | ({"required": node["required"]} if "required" in node else {})


def _field(node: Any, *, described: bool) -> Any:
    if isinstance(node, list):
        return [_field(item, described=described) for item in node]
    if not isinstance(node, dict):
        return node
    dropped = {"title", "default"} | (set() if described else {"description"})
    return {key: _field(value, described=described) for key, value in node.items() if key not in dropped}


def texts() -> dict[str, str]:
    """File name to content, for every tool."""
    return {
        f"{tool}.json": json.dumps(schema_of(tool, shape), indent=1, sort_keys=True) + "\n"
        for tool, shape in RESULT_BY_TOOL.items()
    }


def main() -> None:
    """Write them all."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"wrote {len(texts())} schemas to {FOLDER}")


if __name__ == "__main__":
    main()
