"""What an upstream gets to know of us, and what nobody gets to know of its keys."""

import logging
import os
import sys
from pathlib import Path

import pytest

from revintel_mcp.config import find_upstreams, load_settings
from revintel_mcp.sources.contract import Payload
from revintel_mcp.sources.failure import FailureKind
from revintel_mcp.upstream_client import UpstreamHub
from revintel_mcp.upstream_entry import INHERITED, UpstreamEntry
from tests.client.stubs import LIST_CHARGES, PATIENT, STUB, Stubs, failed, rows
from tests.delivery.place import played

FAKE_KEY = "rk_test_fake_0123456789abcdef4242"


async def test_a_process_sees_its_own_variables_and_no_key_of_ours(
    stubs: Stubs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUMROAD_ACCESS_TOKEN", "a-key-that-is-not-for-stripe")
    servers = (
        '{"mcpServers": {"stripe": {"command": "%s", "args": ["-S", "-E", "%s", "environment", "%s"], '
        '"env": {"STRIPE_SECRET_KEY": "${KEY}"}}}}'
    )
    config = tmp_path / "conf" / "mcp.json"
    config.parent.mkdir()
    config.write_text(servers % (sys.executable, STUB, stubs.folder))
    environ = {**os.environ, "KEY": FAKE_KEY, "REVINTEL_MCP_CONFIG": str(config)}
    found = find_upstreams(load_settings(environ), environ, cwd=tmp_path, home=tmp_path)
    async with UpstreamHub(found.ready, PATIENT) as hub:
        seen = rows(await hub.ask("stripe", LIST_CHARGES))[0]
    assert isinstance(seen["env"], dict)
    assert set(seen["env"]) <= {*INHERITED, "STRIPE_SECRET_KEY"}
    assert seen["env"]["STRIPE_SECRET_KEY"] == "rk_…4242"  # what comes back is masked
    assert seen["cwd"] == str(config.parent)


async def test_a_key_that_comes_back_in_records_is_masked(stubs: Stubs) -> None:
    async with UpstreamHub([stubs.entry("echo-secret", secret=FAKE_KEY)], PATIENT) as hub:
        answer = await hub.ask("stripe", LIST_CHARGES)
    assert isinstance(answer, Payload)
    assert FAKE_KEY not in str(answer.value)
    assert "key rk_…4242" in str(answer.value)


async def test_a_key_in_the_name_of_a_tool_or_of_what_it_takes_is_masked(stubs: Stubs) -> None:
    """A source without a usable tool says which tools the server has."""
    async with UpstreamHub([stubs.entry("secret-tools", secret=FAKE_KEY)], PATIENT) as hub:
        tools = await hub.connect("stripe")
    assert FAKE_KEY not in repr(tools)
    assert "pay_rk_…4242" in repr(tools)


@pytest.mark.parametrize("mode", ["auth", "protocol-auth", "refuses", "echo-secret-and-exit", "echo-secret"])
async def test_no_key_reaches_a_log_the_terminal_or_a_failure(
    stubs: Stubs, mode: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with UpstreamHub([stubs.entry(mode, secret=FAKE_KEY)], PATIENT) as hub:
        outcomes = [await hub.connect("stripe"), await hub.ask("stripe", LIST_CHARGES), hub, stubs.entry(mode)]
    printed = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]
    for shown in (repr(outcomes), str(outcomes), printed.out, printed.err, *ours):
        assert FAKE_KEY not in shown


async def test_a_failure_carries_no_trace_of_what_raised_it(stubs: Stubs) -> None:
    """A traceback of the library's error would quote what the upstream said."""
    async with UpstreamHub([stubs.entry("protocol-auth", secret=FAKE_KEY)], PATIENT) as hub:
        failure = failed(await hub.ask("stripe", LIST_CHARGES))
    assert failure.kind is FailureKind.AUTH
    assert not hasattr(failure, "__cause__")


RECORDED = {
    "stripe-npm-no-key": (
        FailureKind.AUTH,
        "(exit code 0): 🚨 Error initializing Stripe MCP server: Stripe API key not",
    ),
    "gumroad-no-token": (FailureKind.UNAVAILABLE, "it ended while starting (exit code 1): errno: -2"),
}


@pytest.mark.parametrize("recording", RECORDED)
async def test_real_servers_without_a_key_are_told_by_their_last_words(recording: str) -> None:
    raw = played(recording)
    entry = UpstreamEntry(
        name=recording.partition("-")[0],
        source=recording.partition("-")[0],
        origin="/home/ada/.mcp.json",
        command=raw["command"],
        args=tuple(raw["args"]),
        env={"PATH": os.environ["PATH"]},
    )
    async with UpstreamHub([entry], PATIENT) as hub:
        failure = failed(await hub.connect(entry.name))
    kind, words = RECORDED[recording]
    assert (failure.kind, words in failure.message) == (kind, True), failure
