"""A refresh of a tracker that was kept by hand until now."""

from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import Mock

from revintel_mcp.refresh import Request, refresh
from revintel_mcp.results.shapes import RefreshReport
from revintel_mcp.settings import load_settings
from revintel_mcp.terminal import quiet
from revintel_mcp.tracker_file import TrackerFile
from revintel_mcp.upstream_entry import EntryState, UpstreamEntry

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
NOBODY = UpstreamEntry(name="stripe", source="stripe", origin="", state=EntryState.NOT_CONFIGURED)
BY_HAND = "# Money\n\n## Monthly Summary\n\n| Month | Fiverr | Total |\n| --- | --- | --- |\n| Jan 2026 | 100 | 100 |\n"


async def refreshed(path: Path, *, dry_run: bool = False) -> RefreshReport:
    """A refresh that reaches nobody."""
    settings = load_settings({"HOME": str(path.parent)}, {"tracker": str(path), "timezone": "UTC"})
    request = Request(entries=(NOBODY,), mistakes=(), since="auto", dry_run=dry_run, now=NOW)
    return await refresh(request, settings, TrackerFile(path), Mock(), quiet)


async def test_the_report_names_what_was_adopted_and_the_backup(tmp_path: Path) -> None:
    """Once; a trial run keeps none."""
    path = tmp_path / "money.md"
    path.write_text(BY_HAND, encoding="utf-8")
    trial = await refreshed(path, dry_run=True)
    assert trial.notes == ("Adopted Opening balance (adopted 100.00): Fiverr, Jan 2026.",)
    assert list(tmp_path.iterdir()) == [path]
    report = await refreshed(path)
    (backup,) = (each for each in tmp_path.iterdir() if each != path)
    assert report.notes == (*trial.notes, f"The file as it was is kept beside it: {backup.name}.")
    assert backup.read_text(encoding="utf-8") == BY_HAND
    assert (await refreshed(path)).notes == ()
    assert len(list(tmp_path.iterdir())) == 2
