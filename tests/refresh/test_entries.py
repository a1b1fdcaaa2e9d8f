"""Entries in a tracker's text: the first in one that was kept by hand, and one that waits and is corrected."""

from datetime import UTC, datetime
from pathlib import Path

from revintel_mcp.asked import EntryFields
from revintel_mcp.entries import add_entry, update_entry
from revintel_mcp.settings import load_settings
from revintel_mcp.tracker_file import TrackerFile

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
BY_HAND = """\
# Money

## Monthly Summary

| Month | Fiverr | Total |
| --- | --- | --- |
| Jan 2026 | 100 | 100 |
| Feb | 9 | 9 |
"""


def test_the_first_entry_says_that_the_figures_kept_by_hand_were_adopted(tmp_path: Path) -> None:
    path = tmp_path / "money.md"
    path.write_text(BY_HAND, encoding="utf-8")
    settings = load_settings({"HOME": str(tmp_path)}, {"tracker": str(path), "timezone": "UTC"})
    fields = [EntryFields(amount=amount, channel="Fiverr") for amount in ("25", "30")]
    first, second = (add_entry(TrackerFile(path), settings, NOW, each, "USD", None) for each in fields)
    adopted, unread = first.warnings
    assert adopted == "1 figure kept by hand is an opening row of the log now; the file as it was is kept beside it"
    assert unread.startswith("money.md:8:")
    assert not second.warnings


def test_an_entry_that_waits_unpaid_and_is_paid_without_a_fee_says_so_in_its_row(tmp_path: Path) -> None:
    """Else it would be booked as unpaid once there is a price."""
    path = tmp_path / "money.md"
    settings = load_settings({"HOME": str(tmp_path)}, {"tracker": str(path), "timezone": "UTC"})
    unpaid = EntryFields(amount="100", channel="Fiverr", status="pending", fee="3")
    entry = add_entry(TrackerFile(path), settings, NOW, unpaid, "EUR", None).needs_attention
    assert entry is not None
    update_entry(TrackerFile(path), settings, NOW, entry.id, EntryFields(status="completed", fee="", client="Kim"))
    (row,) = (line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {entry.id}"))
    assert row.endswith("| 2026-03-10 | Fiverr | one-time | | |")
    assert "| Kim |" in row
