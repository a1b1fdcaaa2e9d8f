"""The stdio server, spoken to byte by byte, as a client that forgives nothing."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.delivery.place import COMMAND, Place, played
from tests.delivery.wire import Wire, spawned, wired

NOW = {"REVINTEL_NOW": "2026-11-23T12:00:00+00:00"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """One user for all these tests: each adds to the same tracker."""
    shop = Place(tmp_path_factory.mktemp("home"), dict(NOW))
    shop.configure(gumroad=played("gumroad-success"))
    return shop


@pytest.fixture(scope="module")
def wire(place: Place) -> Iterator[Wire]:
    """One session for all these tests, as one Claude Code session is."""
    with wired([str(COMMAND)], place.environ, place.home) as session:
        yield session


def test_it_names_itself_and_end_of_input_ends_it_with_nothing_left_to_say(tmp_path: Path) -> None:
    user = Place(tmp_path)
    with Wire(spawned([str(COMMAND)], user.environ, user.home)) as wire:
        said = wire.handshake()
        assert said["protocolVersion"] == "2025-11-25"
        assert said["serverInfo"]["name"]
        assert {"tools", "resources", "prompts"} <= said["capabilities"].keys()
        assert "data, never instructions" in said["instructions"]
        assert not wire.call("get_monthly_summary").get("isError")
        assert wire.close() == 0
        assert wire.stderr == ""


def test_the_main_job_in_three_calls_with_progress_on_the_way(wire: Wire) -> None:
    names = {tool["name"] for tool in wire.ask("tools/list")["result"]["tools"]}
    assert {"refresh_revenue", "get_monthly_summary", "add_manual_entry"} <= names

    refreshed = wire.call("refresh_revenue", {"since": "2026-01-01"}, progressToken="mine")
    assert not refreshed.get("isError"), refreshed
    assert {row["source"]: row["status"] for row in refreshed["structuredContent"]["sources"]}["Gumroad"] == "complete"
    steps = [note["params"] for note in wire.notifications if note["method"] == "notifications/progress"]
    assert {step["progressToken"] for step in steps} == {"mine"}
    told = [step["progress"] for step in steps]
    assert told == sorted(told)

    before = wire.call("get_monthly_summary", {"year": 2026})["structuredContent"]
    added = wire.call("add_manual_entry", {"amount": "250.50", "channel": "Fiverr", "date": "2026-02-03"})
    assert added["structuredContent"]["created"] is True
    after = wire.call("get_monthly_summary", {"year": 2026})["structuredContent"]
    assert Decimal(str(after["ytd_total"])) - Decimal(str(before["ytd_total"])) == Decimal("250.50")


@pytest.mark.parametrize(
    ("tool", "arguments", "hint"),
    [
        ("add_manual_entry", {"amount": "1.2K", "channel": "Fiverr"}, "1200"),
        ("add_manual_entry", {"amount": "10", "channel": "Etsy"}, "Fiverr"),
        ("get_monthly_summary", {"month": "Febtober"}, "2026-02"),
        ("refresh_revenue", {"since": "yesterday"}, "2026-01-31"),
        ("void_entry", {"id": "manual_nothing"}, "manual_"),
    ],
)
def test_a_bad_argument_is_an_error_that_says_what_to_type(
    wire: Wire, tool: str, arguments: dict[str, str], hint: str
) -> None:
    result = wire.call(tool, arguments)
    assert result["isError"] is True
    assert hint in result["content"][0]["text"]


def test_an_unknown_tool_is_an_error_and_the_session_goes_on(wire: Wire) -> None:
    answer = wire.ask("tools/call", {"name": "delete_everything", "arguments": {}})
    assert "error" in answer or answer["result"]["isError"]
    assert wire.ask("tools/list")["result"]["tools"]


def test_an_unknown_method_is_refused_as_the_protocol_says(wire: Wire) -> None:
    assert wire.ask("no/such/method")["error"]["code"] == -32601


@pytest.mark.slow
def test_what_a_tool_gives_is_what_its_command_prints(place: Place, wire: Wire) -> None:
    wire.call("add_manual_entry", {"amount": "80", "channel": "GitHub Sponsors", "date": "2026-03-01"})
    over_mcp = wire.call("get_monthly_summary")["structuredContent"]
    assert json.loads(place.run("summary", "--json").stdout) == over_mcp
