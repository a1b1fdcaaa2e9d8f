"""The committed schemas are the contract that others are written against."""

import importlib.util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_schemas", ROOT / "scripts" / "make_schemas.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_schemas_are_those_of_the_code() -> None:
    made: dict[str, str] = maker().texts()
    committed = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "revintel_mcp/schemas").glob("*.json")}
    assert committed == made, "type: make schemas"
