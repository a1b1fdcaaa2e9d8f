"""A refresh that is called off, and two at once, over a real upstream process."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastmcp import Client, FastMCP
from fastmcp.exceptions import ToolError

from tests.server.shops import Shop, sale

MakeServer = Callable[..., FastMCP]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop.in_folder(tmp_path / "shop")


async def test_a_cancelled_refresh_stops_the_upstream_and_leaves_the_tracker_as_it_was(
    make_server: MakeServer, tracker: Path, shop: Shop, era: str
) -> None:
    shop.sells([sale(n) for n in range(25)])  # three pages
    async with Client(make_server(mcp_config=str(shop.config)), mode=era) as client:
        await client.call_tool("add_manual_entry", {"amount": 5, "channel": "Other"})
        before = tracker.read_bytes()
        shop.mark("hold")
        refresh = asyncio.create_task(client.call_tool("refresh_revenue", {}))
        await shop.leaves("called-1")
        refresh.cancel()
        with pytest.raises(asyncio.CancelledError):
            await refresh
        await shop.leaves("cancelled")
        shop.unmark("hold")
        assert (shop.calls, tracker.read_bytes()) == (1, before)
        report = (await client.call_tool("refresh_revenue", {})).structured_content
    assert report is not None
    assert (report["complete"], report["added"], shop.calls) == (True, 25, 4)


async def test_a_second_refresh_waits_for_the_first_and_its_client_is_told(
    make_server: MakeServer, shop: Shop, era: str
) -> None:
    shop.sells([sale(1)])
    shop.mark("wait")
    server = make_server(mcp_config=str(shop.config))
    heard: list[tuple[float, str]] = []
    waits = asyncio.Event()

    async def on_progress(done: float, _whole: float | None, sentence: str | None) -> None:
        heard.append((done, sentence or ""))
        waits.set()

    async with Client(server, mode=era) as one, Client(server, mode=era) as two:
        first = asyncio.create_task(_refreshed(one))
        await shop.leaves("called-1")
        second = asyncio.create_task(_refreshed(two, progress_handler=on_progress))
        async with asyncio.timeout(30):
            await waits.wait()
        assert (shop.calls, heard[0][1]) == (1, "Another refresh is running; waiting for it to end")
        shop.mark("release")
        reports = [await first, await second]
    assert [report["added"] for report in reports] == [1, 0]
    done = [each for each, _ in heard]
    assert done == sorted(set(done))
    assert heard[-1][1] == "Gumroad: 1 records"


async def test_a_refresh_that_waits_can_be_called_off_too(make_server: MakeServer, shop: Shop, era: str) -> None:
    shop.sells([sale(1)])
    shop.mark("wait")
    server = make_server(mcp_config=str(shop.config))
    waits = asyncio.Event()

    async def on_progress(*_: object) -> None:
        waits.set()

    async with Client(server, mode=era) as one, Client(server, mode=era) as two:
        first = asyncio.create_task(_refreshed(one))
        await shop.leaves("called-1")
        second = asyncio.create_task(_refreshed(two, progress_handler=on_progress))
        async with asyncio.timeout(30):
            await waits.wait()
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        shop.mark("release")
        assert (await first)["added"] == 1
        assert (await _refreshed(two))["complete"]


async def test_a_refresh_of_a_tracker_that_is_a_folder_fails_in_a_sentence(
    make_server: MakeServer, tracker: Path, shop: Shop, era: str
) -> None:
    tracker.mkdir()
    async with Client(make_server(mcp_config=str(shop.config)), mode=era) as client:
        with pytest.raises(ToolError, match=r"revenue-tracker\.md"):
            await client.call_tool("refresh_revenue", {})


async def _refreshed(client: Client[Any], **more: Any) -> dict[str, Any]:
    answer = (await client.call_tool("refresh_revenue", {}, **more)).structured_content
    assert answer is not None
    return answer


async def test_a_sale_that_somebody_typed_in_before_is_told_with_its_line(
    make_server: MakeServer, tracker: Path, shop: Shop
) -> None:
    """Both count until the person says otherwise; a trial run names the line where it stands now."""
    shop.sells([sale(1)])
    typed = "| 2026-02-27 | Gumroad | Ada | Icons | 10 |"
    head = "## Transaction Log\n\n| Date | Channel | Client | Description | Amount |\n|---|---|---|---|---|\n"
    tracker.write_text(f"{head}{typed}\n", encoding="utf-8")
    async with Client(make_server(mcp_config=str(shop.config))) as client:
        told = [await _told(client, {"dry_run": dry_run}) for dry_run in (True, False, False)]
    line = tracker.read_text(encoding="utf-8").splitlines().index(typed) + 1
    trial, report, again = told
    for where, notes in ((5, trial), (line, report)):
        assert notes[0] == (
            f"gumroad_sale1 (2026-02-27, 10.00) is like line {where}, which was typed in, and both count; "
            f"if it is the same money, delete line {where}, or set its Status to excluded"
        )
    assert again == []


@pytest.mark.parametrize(("status", "count"), [("refunded", 0), ("excluded", 1)])
async def test_an_entry_counts_again_once_its_void_is_struck(
    make_server: MakeServer, shop: Shop, tracker: Path, status: str, count: int
) -> None:
    """Then it may be the payment that a source brings; an entry that is void is no income twice."""
    shop.sells([sale(1)])
    name = "manual_2026-02-27_0123456789ab"
    head = "## Transaction Log\n\n| Date | Channel | Amount | Status | ID |\n|---|---|---|---|---|\n"
    rows = (
        f"| 2026-02-27 | Gumroad | 10 | completed | {name} |\n| 2026-02-27 | Gumroad | -10 | {status} | {name}_void |\n"
    )
    tracker.write_text(head + rows, encoding="utf-8")
    async with Client(make_server(mcp_config=str(shop.config))) as client:
        notes = await _told(client, {})
    assert sum("which was typed in" in note for note in notes) == count


async def _told(client: Client[Any], arguments: dict[str, Any]) -> list[str]:
    report = (await client.call_tool("refresh_revenue", arguments)).structured_content
    assert report is not None
    return list(report["notes"])
