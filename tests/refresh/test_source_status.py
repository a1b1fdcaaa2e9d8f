"""What is said of a source when nobody asks it."""

from datetime import date

from revintel_mcp.domain.source_state import SourceState, SourceStatus
from revintel_mcp.source_status import source_view
from revintel_mcp.upstream_entry import EntryState, UpstreamEntry

READY = UpstreamEntry(name="stripe", source="stripe", origin="mcp.json", command="stripe-mcp", state=EntryState.READY)


def test_a_source_that_got_its_key_back_is_to_be_refreshed() -> None:
    state = SourceState(
        "Stripe",
        SourceStatus.NOT_CONFIGURED,
        complete_from=date(2026, 1, 1),
        complete_to=date(2026, 3, 9),
        last_attempt="2026-03-10T12:00:00+00:00",
    )
    view = source_view(READY, state, None)
    assert (view.configured, view.status, view.complete_to) == (True, "not yet refreshed", "2026-03-09")
    assert view.next_step == "type: revintel-mcp refresh"


def test_a_source_that_was_cut_short_says_by_what_and_what_to_do() -> None:
    cut = SourceState("Stripe", SourceStatus.INCOMPLETE, last_attempt="2026-03-10T12:00:00+00:00")

    paged = source_view(READY, cut._replace(note="list_charges; 100 pages were read, and there are more"), None)
    assert (paged.profile, paged.last_failure) == ("list_charges", "100 pages were read, and there are more")
    assert paged.next_step.startswith("refresh again; if it stays, use an upstream that lists everything")

    refused = source_view(READY, cut._replace(note="rate limit: Stripe answered 429; try later"), None)
    assert (refused.profile, refused.last_failure) == ("", "rate limit: Stripe answered 429; try later")
    assert refused.next_step == "wait a minute, then refresh"


def test_a_source_that_no_file_names_says_how_to_connect_it() -> None:
    reason = 'no server named "stripe" in ~/.claude.json, or an enabled Claude Code plugin'
    nowhere = UpstreamEntry(name="stripe", source="stripe", reason=reason, state=EntryState.NOT_CONFIGURED)

    assert source_view(nowhere, None, None).next_step == f"{reason}; to connect it, type: revintel-mcp doctor"
