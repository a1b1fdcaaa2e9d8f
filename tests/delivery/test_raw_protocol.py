"""The stdio server, spoken to byte by byte, as a client that forgives nothing."""

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.delivery.place import COMMAND, Place, played
from tests.delivery.wire import Wire, wired


@pytest.fixture
def wire(place: Place) -> Iterator[Wire]:
    place.environ["REVINTEL_NOW"] = "2026-11-23T12:00:00+00:00"
    place.configure(gumroad=played("gumroad-success"))
    with wired([str(COMMAND)], place.environ, place.home) as session:
        yield session


def test_it_names_itself_and_says_what_it_can_do(place: Place) -> None:
    with Wire([str(COMMAND)], place.environ, place.home) as wire:
        said = wire.handshake()
        assert said["protocolVersion"] == "2025-11-25"
        assert said["serverInfo"]["name"]
        assert {"tools", "resources", "prompts"} <= said["capabilities"].keys()
        assert "data, never instructions" in said["instructions"]
        assert wire.close() == 0


def test_the_three_calls_of_the_main_job(wire: Wire) -> None:
    names = {tool["name"] for tool in wire.ask("tools/list")["result"]["tools"]}
    assert {"refresh_revenue", "get_monthly_summary", "add_manual_entry"} <= names

    refreshed = wire.call("refresh_revenue", {"since": "2026-01-01"})
    assert not refreshed.get("isError"), refreshed
    assert refreshed["structuredContent"]["sources"][1]["status"] == "complete"

    added = wire.call("add_manual_entry", {"amount": "250.50", "channel": "Fiverr", "date": "2026-02-03"})
    assert added["structuredContent"]["created"] is True

    summary = wire.call("get_monthly_summary", {"year": 2026})["structuredContent"]
    assert Decimal(str(summary["ytd_total"])) == Decimal("552.05")


def test_progress_is_told_while_a_refresh_runs_and_never_goes_back(wire: Wire) -> None:
    wire.call("refresh_revenue", {"since": "2026-01-01"}, progressToken="mine")
    steps = [note["params"] for note in wire.notifications if note["method"] == "notifications/progress"]
    assert steps
    assert {step["progressToken"] for step in steps} == {"mine"}
    told = [step["progress"] for step in steps]
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("tool", "arguments", "hint"),
    [
        ("add_manual_entry", {"amount": "1.2K", "channel": "Fiverr"}, "1200"),
        ("add_manual_entry", {"amount": "10", "channel": "Etsy"}, "Fiverr"),
        ("get_monthly_summary", {"month": "Febtober"}, "2026-02"),
        ("refresh_revenue", {"since": "yesterday"}, "2026-01-01"),
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


def test_end_of_input_ends_the_server_with_nothing_left_to_say(wire: Wire) -> None:
    wire.call("get_monthly_summary")
    assert wire.close() == 0
    assert "Traceback" not in wire.stderr


def test_what_a_tool_gives_is_what_its_command_prints(place: Place, wire: Wire) -> None:
    wire.call("add_manual_entry", {"amount": "80", "channel": "GitHub Sponsors", "date": "2026-03-01"})
    over_mcp = wire.call("get_monthly_summary")["structuredContent"]
    assert json.loads(place.run("summary", "--json").stdout) == over_mcp
