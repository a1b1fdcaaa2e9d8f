"""What a start and an answer cost, by counting: modules imported, functions called, never seconds."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from revintel_mcp.domain.money import Money
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.records import Sale
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.extract import Target
from revintel_mcp.operations import Operations
from revintel_mcp.refresh import Request, transform
from revintel_mcp.results.encode import to_json
from revintel_mcp.server import build_server
from revintel_mcp.settings import load_settings
from revintel_mcp.sources.contract import PullRequest
from revintel_mcp.sources.pull import Pull
from revintel_mcp.sources.registry import SOURCES
from revintel_mcp.upstream_entry import UpstreamEntry
from tests.tracker.test_cost import calls, long_tracker

SALES = 200
_SLOW_TO_IMPORT = "dataclasses inspect shutil".split()
_LIBRARIES = "fastmcp mcp mcp_types pydantic asyncio httpx2 anyio rich subprocess".split()


def loaded(code: str, home: Path) -> set[str]:
    """The modules there are after some code has run in an interpreter of its own."""
    say = "import sys; print('\\n'.join(sys.modules), file=sys.stderr)"
    environ = {"HOME": str(home), "PATH": "", "REVINTEL_TRACKER": str(home / "tracker.md")}
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{say}"], capture_output=True, text=True, check=True, env=environ, cwd=home
    )
    return set(done.stderr.split())


@pytest.mark.parametrize("words", [["--help"], ["summary"], ["summary", "--help"], ["summary", "--json"]])
def test_what_needs_no_server_loads_none(words: list[str], tmp_path: Path) -> None:
    """Neither FastMCP nor MCP, pydantic or an event loop; and a summary nothing that only writes."""
    (tmp_path / "tracker.md").write_bytes(long_tracker(10))
    code = f"from revintel_mcp.cli import main\ntry: main({words!r})\nexcept SystemExit: pass"
    modules = loaded(code, tmp_path)
    assert modules.isdisjoint(_LIBRARIES)
    assert modules.isdisjoint({"revintel_mcp.tracker.update", "revintel_mcp.tracker.check", "revintel_mcp.refresh"})
    assert "--help" in words or modules.isdisjoint(_SLOW_TO_IMPORT)  # help is as wide as the terminal, says shutil
    assert sum(module.startswith("revintel_mcp") for module in modules) <= (6 if "--help" in words else 52)


def test_an_import_loads_no_more_than_it_needs(tmp_path: Path) -> None:
    """No insights, no listing, and none of what takes longer to import than the import itself."""
    (tmp_path / "tracker.md").write_bytes(long_tracker(10))
    (tmp_path / "new.csv").write_text("Date,Amount\n2026-02-03,5.00\n", encoding="utf-8")
    words = ["import", "new.csv", "--channel", "Fiverr", "--map=date=Date", "--map=amount=Amount"]
    modules = loaded(f"from revintel_mcp.cli import main\nmain({words!r})", tmp_path)
    assert modules.isdisjoint(_LIBRARIES + _SLOW_TO_IMPORT)
    assert sum(module.startswith("revintel_mcp") for module in modules) <= 100


@pytest.mark.slow
def test_a_server_starts_without_what_only_calls_need(tmp_path: Path) -> None:
    """It reads no tracker, knows no upstream, and parses no docstrings."""
    code = (
        "from pathlib import Path\nfrom revintel_mcp.operations import Operations\n"
        "from revintel_mcp.settings import load_settings\nfrom revintel_mcp.server import build_server\n"
        "import os\nsettings = load_settings(os.environ)\n"
        "build_server(Operations(settings, os.environ, cwd=Path.cwd(), home=Path.home()))"
    )
    modules = loaded(code, tmp_path)
    late = "griffe revintel_mcp.tracker revintel_mcp.booking revintel_mcp.sources revintel_mcp.summary"
    late += " revintel_mcp.refresh revintel_mcp.upstream_client revintel_mcp.results.shapes"
    assert modules.isdisjoint(late.split())


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["stripe", "gumroad", "upwork"])
def test_a_bundled_upstream_starts_without_what_only_calls_need(platform: str, tmp_path: Path) -> None:
    """No framework over the protocol, no vendor's SDK, no retries, nothing of the rest of the project."""
    code = (
        "from revintel_mcp.cli import main\nimport revintel_mcp.upstreams.serving as serving\n"
        f"serving.serve = lambda *_: 0\nmain(['upstream', '{platform}'])"
    )
    modules = loaded(code, tmp_path)
    assert f"revintel_mcp.upstreams.{platform}_tools" in modules
    assert modules.isdisjoint({"fastmcp", "stripe", "stamina", "revintel_mcp.server", "revintel_mcp.sources"})


def test_an_unchanged_tracker_is_neither_read_nor_parsed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look at its stat is all, however long it is; answers are put into words and JSON once."""
    path = tmp_path / "tracker.md"
    path.write_bytes(long_tracker(2_000))
    environ = {"HOME": str(tmp_path), "REVINTEL_TRACKER": str(path), "REVINTEL_NOW": "2026-02-19T12:00:00+00:00"}
    operations = Operations(load_settings(environ), environ, cwd=tmp_path, home=tmp_path)
    server = build_server(operations)
    read: Callable[[], object] = operations.summary
    first = read()
    assert calls(read) <= 42
    assert read() is first
    found = operations.check()
    monkeypatch.delattr("revintel_mcp.tracker.check.check")
    assert operations.check() == found

    encoded: list[object] = []

    def encode(shape: object) -> object:
        encoded.append(shape)
        return to_json(shape)

    monkeypatch.setattr("revintel_mcp.server.to_json", encode)

    async def ask() -> None:
        tool = await server.get_tool("get_monthly_summary")
        assert tool is not None
        for month in (None, "2026-02", None, "2026-02"):
            await tool.run({} if month is None else {"month": month})

    asyncio.run(ask())
    assert len(encoded) == 2


def test_a_refresh_costs_a_few_calls_for_each_record_and_fewer_for_each_row(tmp_path: Path) -> None:
    """The log behind the records is looked at once, whatever is in it; a second look would be seen here."""
    now = datetime(2026, 2, 19, 12, tzinfo=UTC)
    settings = load_settings({"HOME": str(tmp_path), "REVINTEL_TIMEZONE": "UTC"})
    request = Request((UpstreamEntry(name="gumroad", source="gumroad"),), (), "auto", dry_run=False, now=now)
    asked = PullRequest(window=Month(2026, 2).window, timezone=UTC, now=now)
    target = Target("gumroad", "Gumroad", SOURCES["gumroad"], asked)

    def refreshed(data: bytes, count: int) -> int:
        sales = [
            Sale(id=f"gumroad_n{n:x}", date=now.date(), channel=Channel.GUMROAD, amount=Money(Decimal(29), "USD"))
            for n in range(count)
        ]
        pull = Pull(profile="list_sales", complete=True, sales=tuple(sales), fetched=count)
        return calls(
            lambda: transform(
                data, request=request, settings=settings, targets=[target], pulls={"gumroad": pull}, file="t.md"
            )
        )

    short, long = long_tracker(100), long_tracker(5_000)
    few, many = refreshed(short, SALES), refreshed(short, 2 * SALES)
    assert many - few < SALES * 300
    assert refreshed(long, SALES) - few < 5_000 * 2.5
