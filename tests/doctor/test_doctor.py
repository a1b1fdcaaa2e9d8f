"""The doctor checks a set-up from end to end, and each failure has a line that says what to do."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from revintel_mcp import doctor
from revintel_mcp.doctor import examine
from revintel_mcp.operations import Operations
from revintel_mcp.results.shapes import DoctorCheck, DoctorResult
from revintel_mcp.settings import load_settings
from revintel_mcp.sources.contract import Answer, Call, Payload, Tool
from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.tracker_lock import locked

CHARGES = Tool("list_charges", {"type": "object", "properties": {"limit": {}}})
REFUNDS = Tool("list_refunds", {"type": "object", "properties": {"limit": {}}})
EMPTY = {"object": "list", "data": [], "has_more": False}
STARTS = {"command": "fake-server", "args": ["--quiet"]}


@dataclass
class FakeHub:
    """Upstreams that list these tools, or fail to start, and answer or fail by tool."""

    tools: tuple[Tool, ...] | Failure = (CHARGES,)
    failures: dict[str, Failure] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def connect(self, name: str) -> tuple[Tool, ...] | Failure:
        del name
        return self.tools

    async def ask(self, name: str, call: Call) -> Answer:
        self.asked.append(f"{name} {call.tool}")
        return self.failures.get(call.tool) or Payload(EMPTY)


@dataclass
class SetUp:
    """A home with a tracker and a configuration, to be examined."""

    home: Path
    tracker: Path
    environ: dict[str, str] = field(default_factory=dict)
    hub: FakeHub = field(default_factory=FakeHub)

    def configure(self, **servers: Any) -> None:
        """Name these servers in the file that the setting names."""
        path = self.home / "mcp.json"
        path.write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")
        self.environ["REVINTEL_MCP_CONFIG"] = str(path)

    async def examine(self) -> DoctorResult:
        environ = {"HOME": str(self.home), "TZ": "America/New_York", **self.environ}
        settings = load_settings(environ, {"tracker": str(self.tracker)})
        operations = Operations(settings, environ, cwd=self.home, home=self.home)
        operations.hub = lambda _entries: self.hub  # type: ignore[method-assign, assignment, return-value] # no processes
        return await examine(operations, environ)

    async def failed(self) -> dict[str, DoctorCheck]:
        """What failed, by what was checked; each has a fix line."""
        checks = [check for check in (await self.examine()).checks if not check.ok]
        assert all(check.fix for check in checks)
        return {check.what: check for check in checks}


@pytest.fixture
def set_up(tmp_path: Path) -> SetUp:
    (tmp_path / "books").mkdir()
    return SetUp(tmp_path, tmp_path / "books" / "revenue-tracker.md")


async def test_a_set_up_that_works_has_nothing_to_mend(set_up: SetUp) -> None:
    set_up.configure(stripe=STARTS)
    result = await set_up.examine()
    assert result.ok
    found = {check.what: check.found for check in result.checks}
    assert found["Stripe"].startswith("answers by list_charges")
    assert found["Gumroad"].startswith("not connected")
    assert found["tracker lock"] == "free"
    assert "America/New_York" in found["time zone"]
    assert not any(check.fix for check in result.checks)
    assert set_up.hub.asked[0] == "stripe list_charges"
    assert not set_up.tracker.exists()


async def test_a_new_user_is_led_to_the_first_step(set_up: SetUp) -> None:
    result = await set_up.examine()
    (failed,) = [check for check in result.checks if not check.ok]
    assert (failed.what, "Connect your platforms" in failed.fix) == ("sources", True)
    found = {check.what: check.found for check in result.checks}
    assert "Create restricted key" in found["Stripe"]
    assert "generate an access token with the scope view_sales" in found["Gumroad"]
    assert "Download CSV" in found["Upwork"]


@pytest.mark.parametrize(
    ("name", "variable", "says"),
    [
        ("stripe", "STRIPE_SECRET_KEY", "Create restricted key; give it Read on Charges and refunds, Balance"),
        ("gumroad", "GUMROAD_ACCESS_TOKEN", "generate an access token with the scope view_sales"),
        ("upwork", "UPWORK_CSV_FOLDER", "Reports, Transactions, choose the dates, Download CSV"),
    ],
)
async def test_an_unset_key_says_where_to_click_and_where_to_put_it(
    set_up: SetUp, name: str, variable: str, says: str
) -> None:
    set_up.configure(**{name: {**STARTS, "env": {variable: "${" + variable + "}"}}})
    (check,) = (await set_up.failed()).values()
    assert check.what == name.title()
    assert f"{variable} is not set" in check.found
    assert says in check.fix
    assert f"Write {variable}=" in check.fix
    assert "keys.env" in check.fix


async def test_an_unset_variable_of_another_server_is_named(set_up: SetUp) -> None:
    set_up.configure(stripe={**STARTS, "args": ["${MINE}"]})
    check = (await set_up.failed())["Stripe"]
    assert "MINE is not set" in check.found
    assert "where your shell starts" in check.fix


async def test_a_file_that_is_no_json_is_named_with_its_line(set_up: SetUp) -> None:
    (set_up.home / ".mcp.json").write_text('{"mcpServers": {\n "stripe": {},\n}}', encoding="utf-8")
    check = (await set_up.failed())["configuration"]
    assert ".mcp.json:3:1: " in check.found
    assert "mend it as it says" in check.fix


async def test_a_missing_file_that_a_setting_names_is_told(set_up: SetUp) -> None:
    set_up.environ["REVINTEL_MCP_CONFIG"] = "nowhere.json"
    check = (await set_up.failed())["configuration"]
    assert "does not exist" in check.found


async def test_an_untrusted_file_is_told_once_with_what_to_type(set_up: SetUp) -> None:
    path = set_up.home / ".mcp.json"
    path.write_text(json.dumps({"mcpServers": {"stripe": STARTS}}), encoding="utf-8")
    failed = await set_up.failed()
    assert list(failed) == ["Stripe"]
    assert failed["Stripe"].fix == f"read it, then type: revintel-mcp trust {path}"
    assert not set_up.hub.asked


async def test_a_malformed_entry_is_told_once_and_the_others_too(set_up: SetUp) -> None:
    set_up.configure(stripe={"command": "revintel-mcp", "args": ["serve"]}, gumroad={"type": "pigeon"})
    failed = await set_up.failed()
    assert list(failed) == ["configuration", "Gumroad"]
    assert "would start revintel-mcp itself" in failed["configuration"].found
    assert "'pigeon'" in failed["Gumroad"].found


async def test_an_entry_that_is_switched_off_is_no_fault(set_up: SetUp) -> None:
    set_up.configure(stripe=STARTS, gumroad={**STARTS, "disabled": True})
    assert (await set_up.examine()).ok


FAILURES = [
    (FailureKind.AUTH, "in the Stripe dashboard open Developers, API keys"),
    (FailureKind.PERMISSION, "give the key the right that is named"),
    (FailureKind.RATE_LIMIT, "wait a minute"),
]


@pytest.mark.parametrize(
    ("kind", "fix"),
    [
        *FAILURES,
        (FailureKind.TIMEOUT, "REVINTEL_START_TIMEOUT=120 revintel-mcp doctor"),
        (FailureKind.UNAVAILABLE, "by itself it says more: fake-server --quiet"),
    ],
)
async def test_a_server_that_does_not_start_says_what_to_type(set_up: SetUp, kind: FailureKind, fix: str) -> None:
    set_up.configure(stripe=STARTS)
    set_up.hub.tools = Failure(kind, "it said why")
    check = (await set_up.failed())["Stripe"]
    assert check.found == f"{kind}: it said why"
    assert fix in check.fix


@pytest.mark.parametrize(
    ("kind", "fix"),
    [
        *FAILURES,
        (FailureKind.TIMEOUT, "REVINTEL_CALL_TIMEOUT=180 revintel-mcp doctor"),
        (FailureKind.UNAVAILABLE, "this machine is online"),
        (FailureKind.BAD_ANSWER, '"args": ["upstream", "stripe"]'),
    ],
)
async def test_a_first_read_that_fails_says_what_to_do(set_up: SetUp, kind: FailureKind, fix: str) -> None:
    set_up.configure(stripe=STARTS)
    set_up.hub.failures = {"list_charges": Failure(kind, "it said why")}
    check = (await set_up.failed())["Stripe"]
    assert check.found == f"{kind}: it said why"
    assert fix in check.fix


async def test_a_right_that_only_a_lesser_list_needs_is_named_too(set_up: SetUp) -> None:
    set_up.configure(stripe=STARTS)
    set_up.hub.tools = (CHARGES, REFUNDS)
    set_up.hub.failures = {"list_refunds": Failure(FailureKind.PERMISSION, "give it read rights for Refunds")}
    assert "read rights for Refunds" in (await set_up.failed())["Stripe"].found
    set_up.hub.failures = {"list_refunds": Failure(FailureKind.TIMEOUT, "slow today")}
    assert (await set_up.examine()).ok


async def test_a_server_without_a_usable_tool_names_the_bundled_one(set_up: SetUp) -> None:
    set_up.configure(gumroad=STARTS)
    check = (await set_up.failed())["Gumroad"]
    assert check.found.startswith("no usable tool")
    assert '"args": ["upstream", "gumroad"]' in check.fix


async def test_a_folder_without_files_says_how_to_download_them(set_up: SetUp) -> None:
    set_up.configure(upwork=STARTS)
    set_up.hub.tools = (Tool("get_earnings", {"type": "object", "properties": {}}),)
    set_up.hub.failures = {"get_earnings": Failure(FailureKind.UNAVAILABLE, "/x is not a folder")}
    assert "Download CSV" in (await set_up.failed())["Upwork"].fix


@pytest.mark.parametrize(("key", "told"), [("rk_test_fake_000000", True), ("rk_live_fake_000000", False)])
async def test_a_test_key_is_told_for_what_it_is(set_up: SetUp, key: str, *, told: bool) -> None:
    set_up.configure(stripe={**STARTS, "env": {"STRIPE_SECRET_KEY": key}})
    result = await set_up.examine()
    (check,) = [check for check in result.checks if check.what == "Stripe"]
    assert result.ok
    assert ("test payments are no income" in check.found) is told
    assert key not in str(result)


async def test_every_account_is_checked(set_up: SetUp) -> None:
    set_up.configure(stripe=STARTS, stripe_eu=STARTS)
    await set_up.examine()
    assert {"stripe list_charges", "stripe_eu list_charges"} <= set(set_up.hub.asked)


async def test_a_zone_that_nobody_knows_is_not_passed_over(set_up: SetUp) -> None:
    set_up.environ["TZ"] = "Mars/Olympus"
    check = (await set_up.failed())["time zone"]
    assert "TZ=Mars/Olympus" in check.found
    assert "export REVINTEL_TIMEZONE=" in check.fix
    set_up.environ["REVINTEL_TIMEZONE"] = "America/Lima"
    assert "time zone" not in await set_up.failed()


async def test_a_lock_that_somebody_holds_is_told(set_up: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_LOCK_WAIT_S", 0.01)
    with locked(set_up.tracker.parent, set_up.tracker.name):
        check = (await set_up.failed())["tracker lock"]
    assert "another program has been holding the lock" in check.found
    assert "tracker lock" not in await set_up.failed()


Spoil = Callable[[Path], object]


def as_folder(path: Path) -> None:
    path.mkdir()


def in_a_file(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("", encoding="utf-8")


def in_utf_16(path: Path) -> None:
    path.write_bytes("# Revenue".encode("utf-16"))


def unclear(path: Path) -> None:
    path.write_text(
        "## Transaction Log\n\n| Date | Channel | Amount (USD) |\n| --- | --- | --- |\n| x | Fiverr | y |\n",
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    ("spoil", "fix"),
    [
        (as_folder, "export REVINTEL_TRACKER="),
        (in_a_file, "export REVINTEL_TRACKER="),
        (in_utf_16, "save it as UTF-8"),
        (unclear, "type: revintel-mcp check"),
    ],
)
async def test_a_tracker_that_cannot_be_read_says_how_to_mend_it(set_up: SetUp, spoil: Spoil, fix: str) -> None:
    spoil(set_up.tracker)
    assert fix in (await set_up.failed())["tracker"].fix


@pytest.fixture
def forbidden(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Paths that may not be written, whoever runs the tests."""
    paths: list[Path] = []
    real = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: real(path, mode) and not (Path(path) in paths and mode & os.W_OK)
    )
    return paths


async def test_what_may_not_be_written_is_named_with_what_to_type(set_up: SetUp, forbidden: list[Path]) -> None:
    forbidden[:] = [set_up.tracker.parent]
    assert (await set_up.failed())["tracker folder"].fix == f"type: chmod u+wx {set_up.tracker.parent}"
    set_up.tracker.write_text("# Revenue Tracker\n", encoding="utf-8")
    forbidden[:] = [set_up.tracker]
    assert (await set_up.failed())["tracker folder"].fix == f"type: chmod u+w {set_up.tracker}"


def names(checks: Sequence[DoctorCheck]) -> list[str]:
    return [check.what for check in checks]


async def test_the_checks_come_in_the_order_in_which_to_mend_them(set_up: SetUp) -> None:
    set_up.configure(stripe=STARTS)
    assert names((await set_up.examine()).checks) == [
        "python",
        "time zone",
        "tracker",
        "tracker folder",
        "tracker lock",
        "Stripe",
        "Gumroad",
        "Upwork",
    ]
