"""A change of Upwork servers, from one that gives ids to one that gives none: the tracker's text stays as it is."""

from datetime import UTC, date, datetime
from decimal import Decimal

from revintel_mcp.domain.money import Money
from revintel_mcp.domain.periods import Window
from revintel_mcp.domain.records import Sale
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.extract import Target
from revintel_mcp.refresh import Outcome, Request, transform
from revintel_mcp.settings import load_settings
from revintel_mcp.sources.contract import PullRequest
from revintel_mcp.sources.pull import Pull
from revintel_mcp.sources.registry import SOURCES
from revintel_mcp.tracker import log_rows
from revintel_mcp.upstream_entry import EntryState, UpstreamEntry
from tests.tracker.trackers import CANONICAL

NOW = datetime(2026, 2, 19, 14, tzinfo=UTC)
ASKED = PullRequest(window=Window(date(2026, 1, 1), date(2026, 2, 20)), timezone=UTC, now=NOW)
READY = UpstreamEntry(name="upwork", source="upwork", origin="mcp.json", command="x", state=EntryState.READY)


def refreshed(data: bytes, *sales: Sale) -> Outcome:
    """What a refresh makes of a tracker whose Upwork server shows these earnings."""
    return transform(
        data,
        request=Request(entries=(READY,), mistakes=(), since="auto", dry_run=False, now=NOW),
        settings=load_settings({"HOME": "/nowhere"}, {"tracker": "t.md", "timezone": "UTC"}),
        targets=(Target("upwork", "Upwork", SOURCES["upwork"], ASKED),),
        pulls={"upwork": Pull(profile="get_earnings", complete=True, sales=sales, fetched=len(sales))},
        file="t.md",
    )


def earning(name: str, amount: str, *, numbered: bool = False) -> Sale:
    money = Money(Decimal(amount), "USD")
    return Sale(id=name, date=date(2026, 2, 3), channel=Channel.UPWORK, amount=money, client="Acme", numbered=numbered)


def test_a_server_without_ids_shows_what_one_with_ids_has_logged() -> None:
    first = refreshed(CANONICAL, earning("upwork_8", "100.00"), earning("upwork_9", "40.00")).update.data
    shown = [earning("upwork_c1_2026-02-03", amount, numbered=True) for amount in ("40.00", "100.00", "40.00")]
    second = refreshed(first, *shown)
    assert [row.id for row in second.booking.added] == ["upwork_c1_2026-02-03"]
    added = {row.id for row in log_rows(second.update.data)} - {row.id for row in log_rows(CANONICAL)}
    assert added == {"upwork_8", "upwork_9", "upwork_c1_2026-02-03"}
    assert refreshed(second.update.data, *shown).booking.changes_nothing
