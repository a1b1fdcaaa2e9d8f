"""Write the JSON Schema of every tool's result to revintel_mcp/schemas/, from the dataclasses in results/shapes.py.

Run it after changing a shape (`make schemas`); a test fails while the committed files differ from the code.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import DecimalSchema

from revintel_mcp.results.by_tool import RESULT_BY_TOOL

FOLDER = Path(__file__).resolve().parent.parent / "revintel_mcp" / "schemas"


class _Schema(GenerateJsonSchema):
    """Exact amounts are JSON numbers at the edge."""

    def decimal_schema(self, schema: DecimalSchema) -> dict[str, Any]:  # noqa: ARG002 - the base class's signature
        return {"type": "number"}


def schema_of(shape: type) -> dict[str, Any]:
    """The JSON Schema of a result, without the titles that only repeat names."""
    schema = TypeAdapter(shape).json_schema(mode="serialization", schema_generator=_Schema)
    lean: dict[str, Any] = _without_titles(schema)
    return lean


def _without_titles(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: {name: _without_titles(sub) for name, sub in value.items()}
            if key in ("properties", "$defs")
            else _without_titles(value)
            for key, value in node.items()
            if key not in ("title", "default", "description")
            or (key == "description" and "type" in node)
            or _wordy(node, key)
        }
    return [_without_titles(item) for item in node] if isinstance(node, list) else node


def _wordy(node: dict[str, Any], key: str) -> bool:
    """A field's own description stays; a class's docstring is for readers of the code."""
    return key == "description" and "properties" not in node


def texts() -> dict[str, str]:
    """File name to content, for every tool."""
    return {
        f"{tool}.json": json.dumps(schema_of(shape), indent=1, sort_keys=True) + "\n"
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
