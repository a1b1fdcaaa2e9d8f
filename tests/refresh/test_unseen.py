"""Rows that a source reported once and, asked again for all of that time, no longer does."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from revintel_mcp.domain.periods import Window
from revintel_mcp.extract import Target
from revintel_mcp.refresh import Outcome, Request, transform
from revintel_mcp.settings import load_settings
from revintel_mcp.sources.contract import PullRequest
from revintel_mcp.sources.pull import Pull
from revintel_mcp.sources.registry import SOURCES
from revintel_mcp.tracker import log_rows
from revintel_mcp.tracker.check import check
from revintel_mcp.tracker.unseen import Asked, unseen_in, unseen_rows
from revintel_mcp.upstream_entry import EntryState, UpstreamEntry
from tests.tracker.trackers import CANONICAL as WITHOUT_TOOLS

TOOL = "list_balance_transactions"
CANONICAL = (
    WITHOUT_TOOLS.replace(b"Status | ID |\n", b"Status | ID | Via |\n")
    .replace(b"| --- |\n| 2026-01-04", b"| --- | --- |\n| 2026-01-04")
    .replace(b"gumroad_abc |", b"gumroad_abc | list_sales |")
    .replace(b"stripe_ch_1 |", b"stripe_ch_1 | list_balance_transactions |")
)
NOW = datetime(2026, 2, 19, 14, tzinfo=UTC)
NOTHING = Pull(profile=TOOL, complete=True)
READY = UpstreamEntry(name="stripe", source="stripe", origin="mcp.json", command="x", state=EntryState.READY)


def refreshed(data: bytes, pull: Pull = NOTHING, start: date = date(2026, 1, 1)) -> Outcome:
    """What a refresh makes of a tracker whose Stripe, asked from that day on, answers so."""
    asked = PullRequest(window=Window(start, date(2026, 2, 20)), timezone=UTC, now=NOW)
    return transform(
        data,
        request=Request(entries=(READY,), mistakes=(), since="auto", dry_run=False, now=NOW),
        settings=load_settings({"HOME": "/nowhere"}, {"tracker": str(Path("t.md")), "timezone": "UTC"}),
        targets=(Target("stripe", "Stripe", SOURCES["stripe"], asked),),
        pulls={"stripe": pull},
        file="t.md",
    )


def test_a_row_that_is_no_longer_reported_is_named_by_the_report_and_by_the_check() -> None:
    """It stands and counts; its ID stands in the source's note until the source names it again, or it is struck."""
    outcome = refreshed(CANONICAL)
    assert [row.id for row in outcome.unseen] == ["stripe_ch_1"]
    written = outcome.update.data
    assert b"| list_balance_transactions; no longer reported: stripe_ch_1 |" in written
    assert "stripe_ch_1" in {row.id for row in log_rows(written)}
    assert [problem.code for problem in check(written, today=NOW.date())] == ["no-longer-reported"]
    struck = written.replace(b"completed | stripe_ch_1", b"excluded | stripe_ch_1")
    assert b"no longer reported" not in refreshed(struck).update.data


@pytest.mark.parametrize(
    ("data", "pull", "start"),
    [
        (CANONICAL, NOTHING._replace(complete=False, why="cut short"), date(2026, 1, 1)),
        (CANONICAL, NOTHING, date(2026, 1, 9)),
        (CANONICAL, NOTHING._replace(complete_to=date(2026, 1, 8)), date(2026, 1, 1)),
        (CANONICAL.replace(b"| 2026-01-01 | 2026-02-17 |", b"| | |"), NOTHING, date(2026, 1, 1)),
        (CANONICAL.replace(b"| Stripe | complete", b"| Stripe-eu | complete | | | | |\n| Stripe | complete"), NOTHING,
         date(2026, 1, 1)),
        (CANONICAL.replace(b"subscription | completed", b"subscription | excluded"), NOTHING, date(2026, 1, 1)),
        (CANONICAL.replace(b"1,200.00 |", b"a lot |"), NOTHING, date(2026, 1, 1)),
        (CANONICAL, NOTHING._replace(profile="list_invoices"), date(2026, 1, 1)),
        (WITHOUT_TOOLS, NOTHING, date(2026, 1, 1)),
    ],
    ids=["cut short", "window's first day", "read to an earlier day", "never complete", "another account", "struck",
         "unreadable", "through another tool", "through nobody knows what"],
)  # fmt: skip
def test_nothing_is_said_where_the_source_was_not_asked_for_all_of_it(data: bytes, pull: Pull, start: date) -> None:
    """A row may be another account's, or lie at the edge of what was read."""
    outcome = refreshed(data, pull, start)
    assert not outcome.unseen
    assert b"no longer reported" not in outcome.update.data


def test_many_are_named_by_the_first_ones() -> None:
    """The note stays readable; stretches and single rows say the same."""
    row = (
        "| 2026-01-10 | Stripe | a | b | 1.00 | | one-time | completed | stripe_ch_x{} | list_balance_transactions |\n"
    )
    data = CANONICAL + "".join(map(row.format, range(60))).encode()
    outcome = refreshed(data)
    assert len(outcome.unseen) == 61
    note = outcome.states["Stripe"].note
    assert len(unseen_in(note)) == 20
    assert note.endswith(" and more")
    asked = {"stripe_": Asked(date(2026, 1, 1), date(2026, 2, 17), frozenset((TOOL,)))}
    careful = data.replace(b" |\n", b" | \n")
    assert unseen_rows(careful, asked, ()) == unseen_rows(data, asked, ()) == list(outcome.unseen)
