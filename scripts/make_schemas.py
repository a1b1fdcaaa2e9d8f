"""Write the JSON Schema of every tool's result to revintel_mcp/schemas/, from the shapes in `results`.

Run it after changing a shape (`make schemas`); a test fails while the committed files differ from the code. A shape
that several results hold is described in one of them: every client reads all of `tools/list` before its first call.
"""

import json
from dataclasses import MISSING
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

from pydantic import BaseModel, Field, GetCoreSchemaHandler, TypeAdapter, create_model
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import CoreSchema, DecimalSchema

from revintel_mcp.results import row_shapes, shapes, summary_shapes
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


def _is_shape(value: object) -> bool:
    return isinstance(value, type) and (hasattr(value, "_fields") or hasattr(value, "__dataclass_fields__"))


def _optional(shape: Any) -> set[str]:
    """The fields that may be left out when a shape is made: those a client need not find."""
    fields = getattr(shape, "__dataclass_fields__", None)
    if fields is None:
        return set(shape._field_defaults)
    return {name for name, each in fields.items() if not each.default is each.default_factory is MISSING}


def _as_object(shape: type) -> type[BaseModel]:
    """A shape as a model: of a named tuple pydantic would make a list, and of a bare text no description."""
    fields: dict[str, Any] = {}
    for name, hint in get_type_hints(shape, include_extras=True).items():
        bare, text = get_args(hint) if hasattr(hint, "__metadata__") else (hint, None)
        default = None if name in _optional(shape) else ...
        fields[name] = (bare, Field(default, description=text))
    return create_model(shape.__name__, **fields)


def _hook(shape: Any) -> None:
    """Have pydantic see a shape as an object, wherever it stands in another."""
    plain = _as_object(shape)

    def schema(_source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler(plain)

    shape.__get_pydantic_core_schema__ = staticmethod(schema)


for _module in (row_shapes, summary_shapes, shapes):
    for _shape in vars(_module).values():
        if _is_shape(_shape) and _shape.__module__ == _module.__name__:
            _hook(_shape)


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
