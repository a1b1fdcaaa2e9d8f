"""Each upstream as people run it: a process of its own, spoken to over its pipes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from revintel_mcp.upstreams import demo_config
from revintel_mcp.upstreams.demo import PLATFORMS
from revintel_mcp.upstreams.demo_config import FIRST_REFRESH, SECOND_REFRESH
from revintel_mcp.upstreams.demo_year import gumroad as gumroad_year
from revintel_mcp.upstreams.demo_year import stripe as stripe_year
from revintel_mcp.upstreams.demo_year import upwork as upwork_year
from tests.upstreams.fakes import FakeGumroad, FakeStripe, Json, McpProcess, error_of, program

Start = Callable[..., list[McpProcess]]
UPWORK_FILE = "Date,Ref ID,Type,Description,Team,Amount\n2026-03-02,1,Bonus,Thanks,Fern,5.00\n"


def paged(process: McpProcess, tool: str, rows: str, cursor: str, **arguments: Any) -> list[Json]:
    """Every row of a list, page after page."""
    found: list[Json] = []
    while True:
        page = process.call(tool, **arguments)["structuredContent"]
        found += page[rows]
        if not (page.get("has_more") or page.get("next_page_key")):
            return found
        arguments[cursor] = page.get("next_page_key") or found[-1]["id"]


def finished(process: McpProcess) -> None:
    """It ends with its stdin, says nothing on stderr, and spoke only JSON-RPC on stdout."""
    rest, complaints = process.close()
    assert process.process.returncode == 0
    assert complaints == ""
    assert rest == ""
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in process.lines)


def demo(platform: str) -> McpProcess:
    return program("demo", platform, "--now", SECOND_REFRESH.isoformat())


@pytest.fixture
def all_started() -> Iterator[Callable[..., list[McpProcess]]]:
    """Start processes all at once, as a refresh does; none is left."""
    with ExitStack() as running:

        def all_started(*starts: Callable[[], McpProcess]) -> list[McpProcess]:
            with ThreadPoolExecutor() as pool:
                futures = [pool.submit(start) for start in starts]
                processes = [running.enter_context(future.result()) for future in futures]
                hellos = list(pool.map(McpProcess.start, processes))
            assert all("tools" in hello["result"]["capabilities"] for hello in hellos)
            return processes

        yield all_started


@pytest.mark.slow
def test_the_demos_stripe_pages_filters_and_expands(all_started: Start) -> None:
    (process,) = all_started(lambda: demo("stripe"))
    account = stripe_year.account(SECOND_REFRESH)
    for what in ("charges", "balance_transactions", "refunds", "disputes", "subscriptions"):
        rows = paged(process, f"list_{what}", "data", "starting_after")
        assert [row["id"] for row in rows] == [row["id"] for row in account[what]]
    march = paged(process, "list_charges", "data", "starting_after", created_gte=MARCH[0], created_lt=MARCH[1], limit=7)
    assert march == [row for row in account["charges"] if MARCH[0] <= row["created"] < MARCH[1]]
    expanded = paged(process, "list_balance_transactions", "data", "starting_after", expand=["data.source"])
    sources = {row["source"]["object"] for row in expanded if row["type"] != "stripe_fee"}
    assert sources == {"charge", "refund", "dispute", "payout"}
    assert error_of(process.call("list_charges", starting_after="ch_gone"))["type"] == "invalid_request_error"
    finished(process)


#: March 2026 in New York, as Unix seconds.
MARCH = (1_772_341_200, 1_775_016_000)


@pytest.mark.slow
def test_the_demos_gumroad_and_upwork_serve_their_year(all_started: Start) -> None:
    gumroad, upwork = all_started(lambda: demo("gumroad"), lambda: demo("upwork"))
    assert paged(gumroad, "list_sales", "sales", "page_key") == gumroad_year.sales(SECOND_REFRESH)
    product = gumroad.call("list_products")["structuredContent"]["products"][0]
    assert gumroad.call("get_product", product_id=product["id"])["structuredContent"]["product"] == product
    twins = upwork.call("get_earnings", start_date="2026-09-15", end_date="2026-09-15")["structuredContent"]["earnings"]
    assert [row["amount"] for row in twins] == ["600.00", "600.00"]
    whole = upwork.call("get_earnings")["structuredContent"]["earnings"]
    assert len(whole) == len(upwork_year.earnings(SECOND_REFRESH.date()))
    for process in (gumroad, upwork):
        finished(process)


@pytest.mark.slow
def test_real_upstreams_answer_refuse_and_end_quietly(
    all_started: Start, gumroad: FakeGumroad, stripe: FakeStripe, tmp_path: Path
) -> None:
    (tmp_path / "march.csv").write_text(UPWORK_FILE, encoding="utf-8")
    keys = {"STRIPE_SECRET_KEY": "sk_test_fake_wrong_key", "GUMROAD_ACCESS_TOKEN": gumroad.token}
    processes = all_started(
        lambda: program("stripe", STRIPE_API_BASE=stripe.base, **keys),
        lambda: program("gumroad", GUMROAD_BASE_URL=gumroad.base, **keys),
        lambda: program("upwork", str(tmp_path)),
    )
    first, second, third = processes
    refused = error_of(first.call("list_charges"))
    assert (refused["type"], refused["retryable"]) == ("authentication_error", False)
    assert len(paged(second, "list_sales", "sales", "page_key")) == 25
    assert error_of(second.call("list_sales", after="yesterday"))["type"] == "invalid_request_error"
    assert third.call("get_earnings")["structuredContent"]["earnings"][0]["amount"] == "5.00"
    for process in processes:
        finished(process)
        assert not [line for line in process.lines for key in keys.values() if key in line]


@pytest.mark.slow
def test_whoever_types_its_command_is_told_what_it_waits_for() -> None:
    ours, its = os.openpty()
    command = [sys.executable, "-m", "revintel_mcp.upstreams.upwork"]
    with subprocess.Popen(command, stdin=its, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "MCP server upwork: it waits on stdin" in process.stderr.readline()
        process.kill()
    for handle in (ours, its):
        os.close(handle)


def test_gumroad_is_down_at_the_demos_first_refresh_and_says_so() -> None:
    tools = {tool.name: tool for tool in PLATFORMS["gumroad"][1](FIRST_REFRESH)}
    with pytest.raises(Exception, match="503 Service Unavailable") as caught:
        tools["list_sales"].run(tools["list_sales"].arguments())
    assert getattr(caught.value, "retryable", None) is True


def test_the_demo_configuration_starts_all_three_at_its_clock() -> None:
    config = demo_config(SECOND_REFRESH, ("revintel-mcp", "upstream", "demo"))["mcpServers"]
    assert list(config) == ["stripe", "gumroad", "upwork"]
    assert config["stripe"]["command"] == "revintel-mcp"
    assert config["stripe"]["args"] == ["upstream", "demo", "stripe", "--now", "2026-11-21T09:00:00-05:00"]
    with pytest.raises(ValueError, match="offset"):
        demo_config(datetime.fromisoformat("2026-11-21T09:00"))


@pytest.mark.parametrize("now", ["yesterday", "2026-11-21T09:00"])
def test_a_clock_that_is_none_is_wrong_usage(now: str, capsys: pytest.CaptureFixture[str]) -> None:
    from revintel_mcp.upstreams.demo import main

    with pytest.raises(SystemExit) as caught:
        main(["stripe", "--now", now])
    assert caught.value.code == 2
    assert "--now" in capsys.readouterr().err
