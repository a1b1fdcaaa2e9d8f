"""Adding an entry to a tracker that was kept by hand until now."""

from datetime import UTC, datetime
from pathlib import Path

from revintel_mcp.asked import EntryFields
from revintel_mcp.entries import add_entry
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
