"""The MCP inspector's command line, over stdio: its lint of every tool, and each tool called."""

import json
from typing import Any

import pytest

from tests.delivery.outside import INSPECTOR, run_node
from tests.delivery.place import COMMAND, ROOT, Place, played

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

MANUAL = "manual_2026-02-03_"


@pytest.fixture
def inspected(place: Place) -> Place:
    place.environ["REVINTEL_NOW"] = "2026-11-23T12:00:00+00:00"
    place.configure(gumroad=played("gumroad-success"))
    place.result("add", "250", "Fiverr", "--date", "2026-02-03", "--client", "Ada Park", "--key", "logo")
    return place


def inspect(place: Place, *words: str) -> tuple[int, Any]:
    """Exit code and JSON answer of the inspector for our stdio server."""
    given = [f"-e={name}={value}" for name, value in place.environ.items() if name.startswith("REVINTEL_")]
    env_words = [word for one in given for word in one.split("=", 1)]
    done = run_node(
        INSPECTOR.resolve(),
        "--cli",
        *env_words,
        str(COMMAND),
        "serve",
        "--format",
        "json",
        "-q",
        "--connect-timeout",
        "120000",
        *words,
        environ=place.environ,
        cwd=place.home,
    )
    assert done.stdout.strip(), done.stderr
    answer, _ = json.JSONDecoder().raw_decode(done.stdout)  # after a tool error, an object of its own follows
    return done.returncode, answer["result"]


def test_every_tool_passes_its_strict_lint(inspected: Place) -> None:
    code, answer = inspect(inspected, "--method", "tools/list", "--strict")
    assert code == 0, answer
    schemas = {file.stem for file in (ROOT / "revintel_mcp" / "schemas").glob("*.json")}
    assert {tool["name"] for tool in answer["tools"]} == schemas


def arguments(place: Place) -> dict[str, tuple[str, ...]]:
    """For each tool, arguments that work in this place."""
    (row,) = place.result("list", "--channel", "Fiverr")["rows"]
    return {
        "refresh_revenue": ("since=2026-01-01",),
        "get_monthly_summary": ("year=2026",),
        "add_manual_entry": ("amount=80", "channel=Upwork", "date=2026-03-01", "idempotency_key=again"),
        "update_entry": (f"id={row['id']}", "client=Ada Park-Lee"),
        "void_entry": (f"id={row['id']}", "reason=paid twice"),
        "list_transactions": ("month=2026-02",),
        "explain_total": ("month=2026-02",),
        "get_insights": ("period=2026",),
        "get_source_status": ("probe=true",),
        "query_source": ("source=gumroad", "tool=gumroad_get_sales"),
        "check_tracker": (),
    }


def test_every_tool_answers(inspected: Place) -> None:
    _, answer = inspect(inspected, "--method", "tools/list")
    working = arguments(inspected)
    assert working.keys() == {tool["name"] for tool in answer["tools"]}
    for tool, given in working.items():
        words = [word for one in given for word in ("--tool-arg", one)]
        code, result = inspect(inspected, "--method", "tools/call", "--tool-name", tool, *words)
        assert code == 0, (tool, result)
        assert result["structuredContent"], tool


def test_a_tool_error_is_one_to_the_inspector_too(inspected: Place) -> None:
    words = ("--tool-name", "get_monthly_summary", "--tool-arg", "month=Febtober")
    code, result = inspect(inspected, "--method", "tools/call", *words)
    assert code == 5
    assert "2026-02" in json.dumps(result)


def test_resources_are_listed_and_read(inspected: Place) -> None:
    _, listed = inspect(inspected, "--method", "resources/list")
    assert "revenue://tracker" in {one["uri"] for one in listed["resources"]}
    code, read = inspect(inspected, "--method", "resources/read", "--uri", "revenue://tracker")
    assert code == 0
    assert read["contents"][0]["text"] == inspected.tracker.read_text(encoding="utf-8")
