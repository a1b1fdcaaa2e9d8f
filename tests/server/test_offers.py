"""Months to choose from, and word of what a write changed."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import mcp
import pytest
from fastmcp import Client, FastMCP
from fastmcp.client.messages import MessageHandler
from mcp import types

MakeServer = Callable[..., FastMCP]

LOG = """\
# Revenue Tracker

## Transaction Log

| Date | Channel | Client | Description | Amount (USD) | Fee (USD) | Type | Status | ID |
| --- | --- | --- | --- | ---: | ---: | --- | --- | --- |
| 2025-12-07 | Fiverr | Bo Lind | Logo | 400.00 | 80.00 | fixed | completed | manual_2025-12-07_0123456789ab |
| 2026-02-07 | Fiverr | Bo Lind | Logo | 400.00 | 80.00 | fixed | completed | manual_2026-02-07_0123456789ab |
"""
SOURCES = """\
## Sources

| Source | Status | Complete from | Complete to | Last attempt | Note |
| --- | --- | --- | --- | --- | --- |
| Gumroad | complete | 2025-01-01 | 2026-03-07 | 2026-03-08T08:00:00-05:00 | list_sales |
"""
Where = types.ResourceTemplateReference | types.PromptReference
MONTH = types.ResourceTemplateReference(type="ref/resource", uri="revenue://summary/{month}")
REVIEW = types.PromptReference(type="ref/prompt", name="monthly_review")
ENTRY = {"amount": 120, "channel": "Other", "date": "2026-02-27"}


@pytest.mark.parametrize("where", [MONTH, REVIEW], ids=["resource", "prompt"])
async def test_a_month_is_completed_from_those_of_the_tracker(
    make_server: MakeServer, tracker: Path, era: str, where: Where
) -> None:
    tracker.write_text(LOG, encoding="utf-8")
    async with Client(make_server(), mode=era) as client:
        typed = ["", "2026", "feb", "1999"]
        offered = [(await client.complete(where, {"name": "month", "value": text})).values for text in typed]
    assert offered == [["2026-03", "2026-02", "2025-12"], ["2026-03", "2026-02"], ["2026-02"], []]


async def test_a_tracker_that_can_not_be_read_completes_nothing(make_server: MakeServer, tracker: Path) -> None:
    tracker.mkdir()
    async with Client(make_server()) as client:
        assert (await client.complete(REVIEW, {"name": "month", "value": ""})).values == []


class Heard(MessageHandler):
    """The resources that the server said have changed."""

    def __init__(self) -> None:
        self.uris: list[str] = []

    async def on_resource_updated(self, message: types.ResourceUpdatedNotification) -> None:
        self.uris.append(str(message.params.uri))


async def test_the_handshake_eras_caller_hears_what_its_write_changed(make_server: MakeServer, tracker: Path) -> None:
    tracker.write_text(LOG, encoding="utf-8")
    heard = Heard()
    async with Client(make_server(), mode="legacy", message_handler=heard) as client:
        await client.call_tool("refresh_revenue", {"dry_run": True})
        await client.call_tool("add_manual_entry", {**ENTRY, "idempotency_key": "a"})
        await client.call_tool("add_manual_entry", {**ENTRY, "idempotency_key": "a"})
    assert heard.uris == ["revenue://tracker", "revenue://summary/2026-02"]


async def test_an_entry_that_moves_changes_both_its_months(make_server: MakeServer, tracker: Path) -> None:
    tracker.write_text(LOG, encoding="utf-8")
    heard = Heard()
    async with Client(make_server(), mode="legacy", message_handler=heard) as client:
        added = await client.call_tool("add_manual_entry", ENTRY)
        assert added.structured_content is not None
        heard.uris.clear()
        moved = {"id": added.structured_content["entry"]["id"], "date": "2026-01-31"}
        await client.call_tool("update_entry", moved)
    assert heard.uris == ["revenue://tracker", "revenue://summary/2026-01", "revenue://summary/2026-02"]


async def test_a_month_of_other_worth_after_a_refresh_has_changed(make_server: MakeServer, tracker: Path) -> None:
    """Gumroad is no longer connected: no figure moved, and March is open for another reason."""
    tracker.write_text(f"{SOURCES}\n{LOG}", encoding="utf-8")
    heard = Heard()
    async with Client(make_server(), mode="legacy", message_handler=heard) as client:
        await client.call_tool("refresh_revenue", {})
    assert heard.uris == ["revenue://tracker", "revenue://summary/2026-03", "revenue://sources"]


async def test_a_modern_client_hears_of_another_clients_write_if_it_listens(
    make_server: MakeServer, tracker: Path
) -> None:
    tracker.write_text(LOG, encoding="utf-8")
    server = make_server()
    async with (
        asyncio.timeout(30),
        mcp.Client(server._mcp_server) as reader,
        Client(server, mode="2026-07-28") as writer,
        reader.listen(resource_subscriptions=["revenue://summary/2026-02"]) as changes,
    ):
        await writer.call_tool("add_manual_entry", ENTRY)
        event = await anext(aiter(changes))
    assert getattr(event, "uri", "") == "revenue://summary/2026-02"
