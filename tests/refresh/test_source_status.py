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
