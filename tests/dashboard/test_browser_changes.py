"""What people do in the browser: the first refresh, stopping one, adding and striking, and things going wrong."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard import formats
from scripts.demo_dashboard import prepare
from tests.dashboard import real_app
from tests.dashboard.big_tracker import write_tracker
from tests.dashboard.real_app import go, opened, running, settings, settled, shoot, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

EVIL = "<img src=x onerror=alert(1)> [x](https://evil.example) **b** $x^2$ :material/home: :red[r]"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with real_app.chromium() as found:
        yield found


def _usd(amount: float) -> str:
    return formats.usd(Decimal(repr(amount)))


def _refresh_button(page: Page) -> Any:
    return page.get_by_role("button", name="Refresh", exact=True)


def test_the_first_run_leads_to_the_first_refresh_and_its_figures(browser: Browser, tmp_path: Path) -> None:
    """An empty tracker, progress while it runs, what came, and then the figures that the tool gives."""
    environ = prepare(tmp_path, settings(tmp_path))
    (tmp_path / "revenue-tracker.md").unlink()
    with running(tmp_path, environ) as app, opened(browser, app) as page:
        expect(page.get_by_text("Nothing here yet")).to_be_visible()
        settled(page)
        shoot(page, "first-run-1280-light")
        assert real_app.faults(page) == []

        _refresh_button(page).click()
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(page.get_by_text(re.compile("new rows.*Every source was read to its end"))).to_be_visible()
        settled(page)
        shoot(page, "refreshed-1280-light")

        year = app.tool("summary")["ytd_total"]
        assert year > 80_000
        expect(page.get_by_role("button", name=f"Year to date, 2026: at least {_usd(year)}")).to_be_visible()
        page.get_by_role("button", name="Dismiss").click()
        expect(page.get_by_role("button", name="Dismiss")).to_have_count(0)


def test_a_second_refresh_says_what_it_changed(browser: Browser, tmp_path: Path) -> None:
    """Gumroad was down, and is outlined; it comes back, and its months move."""
    environ = prepare(tmp_path, settings(tmp_path))
    with running(tmp_path, environ) as app, opened(browser, app) as page:
        settled(page)
        expect(page.get_by_text("Gumroad could not be read").first).to_be_visible()
        before = app.tool("summary")["ytd_total"]
        shoot(page, "source-down-1280-light")

        _refresh_button(page).click()
        expect(page.get_by_text(re.compile("new rows.*Every source was read to its end"))).to_be_visible()
        page.get_by_text("11 months changed").click()
        settled(page)

        summary = app.tool("summary")
        assert summary["ytd_total"] > before
        table = page.get_by_role("table", name="Months whose total changed")
        march = next(row["total"] for row in summary["rows"] if row["month"] == "Mar 2026")
        assert real_app.row_cells(table.get_by_role("row").filter(has_text="Mar 2026"))[2] == _usd(march)
        shoot(page, "changed-1280-light")


def test_a_refresh_that_hangs_can_be_stopped_and_leaves_the_file_alone(browser: Browser, tmp_path: Path) -> None:
    environ = _hanging(tmp_path)
    tracker = Path(environ["REVINTEL_TRACKER"])
    tracker.write_text("# Revenue Tracker\n", encoding="utf-8")
    with running(tmp_path, environ) as app, opened(browser, app) as page:
        settled(page)
        _refresh_button(page).click()
        expect(page.get_by_text("Stripe: starting")).to_be_visible()
        shoot(page, "refreshing-1280-light")
        go_on = page.get_by_role("link", name="Sources", exact=True)
        go_on.click()  # it goes on while other pages are looked at
        expect(page.get_by_role("heading", level=1, name="Sources")).to_be_visible()

        page.get_by_role("button", name="Cancel").click()

        expect(page.get_by_text("Refresh cancelled")).to_be_visible()
        assert tracker.read_text(encoding="utf-8") == "# Revenue Tracker\n"


def test_closing_the_tab_stops_the_refresh_that_it_started(browser: Browser, tmp_path: Path) -> None:
    """The server does one refresh at a time: the second one begins only once the first was stopped."""
    environ = {**_hanging(tmp_path), "STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "1"}
    with running(tmp_path, environ) as app:
        for _ in range(2):
            with opened(browser, app) as page:
                settled(page)
                _refresh_button(page).click()
                expect(page.get_by_text("Stripe: starting")).to_be_visible()


def test_an_entry_is_added_once_pointed_out_and_struck(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path, settings(tmp_path)) as app, opened(browser, app, "/add") as page:
        settled(page)
        _fill(page, "1,250.00", "Cold Outreach", EVIL)
        page.get_by_role("button", name="Add entry").click()
        expect(page.get_by_text("November 2026 now totals $1,250.00.")).to_be_visible()

        _fill(page, "1250", "Cold Outreach", EVIL)
        page.get_by_role("button", name="Add entry").click()
        expect(page.get_by_text("Look:")).to_be_visible()
        settled(page)
        shoot(page, "duplicate-1280-light")
        assert app.tool("summary")["ytd_total"] == 2500.0

        page.get_by_role("button", name="Show it, correct it, or strike it").click()
        page.get_by_label("Why it is struck").fill("entered twice")
        page.get_by_role("button", name="Strike this entry").click()
        expect(page.get_by_text("Struck by a reversal row")).to_be_visible()
        assert app.tool("summary")["ytd_total"] == 1250.0

        go(page, "Transactions")
        expect(page.get_by_text("3 rows, together $1,250.00")).to_be_visible()
        expect(page.get_by_text(EVIL, exact=False).first).to_be_visible()
        assert page.locator("img[src=x], .katex, [data-testid=stIconMaterial]:text-is('home')").count() == 0
        assert page.get_by_role("link", name="x", exact=True).count() == 0


def test_an_unpaid_entry_is_corrected_and_marked_as_paid(browser: Browser, tmp_path: Path) -> None:
    environ = settings(tmp_path)
    words = ("--client", "Moss & Fern", "--date", "2026-11-02", "--status", "pending")
    real_app.run_command(tmp_path, environ, "add", "1850", "Cold Outreach", *words)
    with running(tmp_path, environ) as app, opened(browser, app, "/attention") as page:
        settled(page)
        page.get_by_role("button", name="Mark as paid, correct, or strike").click()
        page.get_by_role("button", name="Correct this entry").click()
        page.get_by_label("Amount").fill("1900")
        page.get_by_role("button", name="Save correction").click()
        expect(page.get_by_text("Corrected")).to_be_visible()
        assert app.tool("summary")["ytd_total"] == 0.0

        go(page, "Needs attention")
        page.get_by_role("button", name="Mark as paid, correct, or strike").click()
        page.get_by_role("button", name="Mark as paid", exact=True).click()
        expect(page.get_by_text("November 2026 now totals $1,900.00.")).to_be_visible()
        expect(page.get_by_text("Nothing needs you")).to_be_visible()
        assert app.tool("summary")["ytd_total"] == 1900.0


def test_a_server_that_dies_is_started_again_unseen(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path, settings(tmp_path)) as app, opened(browser, app) as page:
        expect(page.get_by_text("Nothing here yet")).to_be_visible()
        (server,) = real_app.children(app.process.pid)
        os.kill(server, signal.SIGKILL)
        until(lambda: not real_app.is_alive(server), "the server's end")

        go(page, "Sources")

        expect(page.get_by_text("Everything is kept in")).to_be_visible()


def test_a_server_that_can_t_start_says_why_on_every_page(browser: Browser, tmp_path: Path) -> None:
    """A tracker that is a folder can't be read: the page says so, in the server's words, and works once it can."""
    (tmp_path / "revenue-tracker.md").mkdir()
    with running(tmp_path, settings(tmp_path)) as app, opened(browser, app) as page:
        expect(page.get_by_role("alert")).to_contain_text("revenue-tracker.md")
        settled(page)
        shoot(page, "unreadable-1280-light")
        assert real_app.faults(page) == []
        (tmp_path / "revenue-tracker.md").rmdir()

        page.get_by_role("button", name="Try again").click()

        expect(page.get_by_text("Nothing here yet")).to_be_visible()


def test_a_running_server_is_used_when_its_address_is_set(browser: Browser, tmp_path: Path) -> None:
    environ = settings(tmp_path, REVINTEL_MCP_URL="http://127.0.0.1:9/mcp")
    with running(tmp_path, environ) as app, opened(browser, app) as page:
        expect(page.get_by_role("alert")).to_contain_text("No server answers at http://127.0.0.1:9/mcp.")
        assert real_app.children(app.process.pid) == set()


def test_a_server_over_http_is_told_when_it_goes_and_used_again_when_it_is_back(
    browser: Browser, tmp_path: Path
) -> None:
    port = _free_port()
    environ = settings(tmp_path, REVINTEL_MCP_URL=f"http://127.0.0.1:{port}/mcp")
    real_app.run_command(tmp_path, environ, "add", "310", "Other", "--date", "2026-11-02")
    with running(tmp_path, environ) as app:
        with _served(tmp_path, environ, port), opened(browser, app) as page:
            expect(page.get_by_role("button", name="November 2026, so far: $310.00")).to_be_visible()
            assert real_app.children(app.process.pid) == set()
        with opened(browser, app, "/transactions") as page:
            expect(page.get_by_role("alert")).to_contain_text(f"No server answers at http://127.0.0.1:{port}/mcp.")
            settled(page)
            shoot(page, "server-gone-1280-light")
            with _served(tmp_path, environ, port):
                page.get_by_role("button", name="Try again").click()
                expect(page.get_by_text("1 row, together $310.00")).to_be_visible()


def test_with_every_source_down_the_page_works_and_says_so(browser: Browser, tmp_path: Path) -> None:
    """Figures that were read before stay; what could not be read is named, with what to do, and is counted nowhere."""
    environ = prepare(tmp_path, settings(tmp_path))
    ended = {"command": sys.executable, "args": ["-c", "raise SystemExit('no key')"]}
    config = {"mcpServers": dict.fromkeys(("stripe", "gumroad", "upwork"), ended)}
    (tmp_path / ".mcp.json").write_text(json.dumps(config), encoding="utf-8")
    with running(tmp_path, environ) as app, opened(browser, app) as page:
        year = app.tool("summary")["ytd_total"]
        _refresh_button(page).click()
        expect(page.get_by_text("Not everything could be read: Stripe, Gumroad, Upwork.")).to_be_visible()
        expect(page.get_by_role("button", name=f"Year to date, 2026: at least {_usd(year)}")).to_be_visible()
        settled(page)
        shoot(page, "all-down-1280-light")
        assert real_app.faults(page) == []

        go(page, "Sources")
        expect(page.get_by_text("What failed:")).to_have_count(3)
        shoot(page, "all-down-sources-1280-light")
        go(page, "Needs attention")
        expect(page.get_by_role("heading", name="Sources that were not read to the end")).to_be_visible()
        go(page, "Insights")
        expect(page.get_by_role("heading", name="From gross to net")).to_be_visible()


def test_nothing_is_left_when_the_app_ends(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path, settings(tmp_path)) as app:
        with opened(browser, app) as page:
            expect(page.get_by_text("Nothing here yet")).to_be_visible()
        left = real_app.children(app.process.pid)
        assert left

    assert app.process.returncode == 0
    until(lambda: not any(real_app.is_alive(pid) for pid in left), "the end of all that was started")


def test_fifty_thousand_rows_are_shown_to_the_cent_and_page_by_page(browser: Browser, tmp_path: Path) -> None:
    environ = settings(tmp_path)
    total = write_tracker(Path(environ["REVINTEL_TRACKER"]), 50_000)
    with running(tmp_path, environ) as app, opened(browser, app) as page:
        settled(page)
        summary = app.tool("summary")
        assert sum(Decimal(repr(row["total"])) for row in summary["rows"]) == total
        expect(page.get_by_role("button", name=f"Year to date, 2026: {_usd(summary['ytd_total'])}")).to_be_visible()
        page.get_by_text("All", exact=True).click()
        settled(page)
        shoot(page, "fifty-thousand-1280-light")

        go(page, "Transactions")
        expect(page.get_by_text(f"50,000 rows, together {formats.usd(total)}")).to_be_visible()
        page.get_by_label("Search").fill("client 123@")
        page.keyboard.press("Enter")
        found = app.tool("list", "client 123@")
        expect(page.get_by_text(f"{found['count']} rows, together {_usd(found['sum_usd'])}")).to_be_visible()


def _fill(page: Page, amount: str, channel: str, client: str) -> None:
    settled(page)
    page.get_by_label("Amount").fill(amount)
    page.get_by_label("Channel").click()
    page.get_by_role("option", name=channel).click()
    page.get_by_label("Client").fill(client)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


@contextmanager
def _served(folder: Path, environ: dict[str, str], port: int) -> Iterator[None]:
    """`revintel-mcp serve --http` until the block ends."""
    argv = [sys.executable, "-m", "revintel_mcp", "serve", "--http", "--port", str(port)]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(argv, cwd=folder, env=environ, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        until(lambda: _answers(port), "the server over HTTP")
        yield
    finally:
        process.terminate()
        process.wait(60)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _hanging(folder: Path) -> dict[str, str]:
    """Settings with a Stripe upstream that starts and then says nothing, for ever."""
    program = folder / "hang.py"
    program.write_text("import threading; threading.Event().wait()\n", encoding="utf-8")
    config = {"mcpServers": {"stripe": {"command": sys.executable, "args": [str(program)]}}}
    (folder / ".mcp.json").write_text(json.dumps(config), encoding="utf-8")
    return settings(folder, REVINTEL_START_TIMEOUT="600")
