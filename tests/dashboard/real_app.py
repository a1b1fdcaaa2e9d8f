"""The real app for a real browser: `revintel-mcp dashboard` as a process of its own, and Debian's Chromium."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / "artifacts"
AXE = ROOT / "tests" / "dashboard" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
#: How long the browser waits for what is asserted; generous, because machines that test are busy.
PATIENCE_MS = 60_000

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


@dataclass(frozen=True)
class RunningApp:
    """The app, its address, its process, and the environment it was started with."""

    address: str
    process: "subprocess.Popen[bytes]"
    environ: Mapping[str, str]
    folder: Path

    def tool(self, *words: str) -> dict[str, Any]:
        """What the command line says to the same question: the same fields as the tool."""
        done = run_command(self.folder, self.environ, *words, "--json")
        found: dict[str, Any] = json.loads(done)
        return found


def run_command(folder: Path, environ: Mapping[str, str], *words: str) -> str:
    """`revintel-mcp` run to its end; its standard output."""
    argv = [sys.executable, "-m", "revintel_mcp", *words]
    return subprocess.run(argv, cwd=folder, env=environ, check=True, capture_output=True, text=True).stdout


def settings(folder: Path, **more: str) -> dict[str, str]:
    """An environment whose settings are all in the folder, so that nothing of this machine's user is read."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("REVINTEL_", "STREAMLIT_"))}
    config = folder / ".mcp.json"
    if not config.exists():
        config.write_text('{"mcpServers": {}}\n', encoding="utf-8")
    return {
        **clean,
        "HOME": str(folder),
        "REVINTEL_TRACKER": str(folder / "revenue-tracker.md"),
        "REVINTEL_MCP_CONFIG": str(config),
        "REVINTEL_TIMEZONE": "America/New_York",
        "REVINTEL_NOW": "2026-11-21T09:00:00-05:00",
        **more,
    }


@contextmanager
def running(
    folder: Path, environ: Mapping[str, str], program: Sequence[str] = ("-m", "revintel_mcp")
) -> Iterator[RunningApp]:
    """The app until the block ends; then it must end by itself, with exit code 0, when it is asked to."""
    argv = [sys.executable, *program, "dashboard", "--port", "0", "--no-browser"]
    log = folder / "dashboard.log"
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(
            argv, cwd=folder, env=environ, stdout=said, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
    try:
        yield RunningApp(_address(process, log), process, environ, folder)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            code = process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert code == 0, f"the dashboard ended with {code}:\n{log.read_text('utf-8')}"


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """Where it serves, as it says."""
    until(
        lambda: process.poll() is not None or bool(_ADDRESS.search(log.read_text("utf-8"))), "the dashboard's address"
    )
    found = _ADDRESS.search(log.read_text("utf-8"))
    assert found, f"the dashboard did not start:\n{log.read_text('utf-8')}"
    return found[0]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; a machine without one fails the tests, nothing is skipped."""
    path = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("These tests need Chromium: on Debian or Ubuntu, apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS.split())
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser, app: RunningApp, path: str = "/", *, width: int = 1280, mode: str = "light"
) -> Iterator[Page]:
    """A page in a tab of its own. Errors in its console fail the test, and so does asking another host for anything."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if mode == "dark" else "light",
        reduced_motion="reduce",
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
    page.on("request", lambda request: _hold_local(request.url, app, troubles))
    page.goto(app.address + path)
    try:
        yield page
        assert not troubles
    finally:
        context.close()


def _hold_local(url: str, app: RunningApp, troubles: list[str]) -> None:
    if not url.startswith((app.address, "data:", "blob:", app.address.replace("http", "ws", 1))):
        troubles.append(f"asked {url}")


def settled(page: Page) -> None:
    """The script has run to its end and nothing is being drawn any more."""
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    expect(page.locator("[data-stale=true]")).to_have_count(0)


def go(page: Page, title: str) -> None:
    """Another page, by the navigation."""
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    settled(page)


def shoot(page: Page, name: str) -> None:
    """A picture of the whole page, kept for people to look at."""
    ARTIFACTS.mkdir(exist_ok=True)
    size = page.viewport_size or {"width": 1280, "height": 900}
    height = page.get_by_test_id("stMain").evaluate("element => element.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(int(height), size["height"])})
    page.screenshot(path=ARTIFACTS / f"{name}.png", animations="disabled")
    page.set_viewport_size({"width": size["width"], "height": size["height"]})


def faults(page: Page) -> list[str]:
    """What axe finds that is serious or worse, each with the place."""
    assert AXE.exists(), "axe-core is not installed: sh scripts/make-outside"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # Streamlit's document has no height; under a dialog it also clips, and axe would take all of it for hidden.
    page.evaluate("() => { document.documentElement.style.minHeight = document.body.style.minHeight = '100vh' }")
    found = page.evaluate("async () => (await axe.run(document)).violations")
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def until(done: Callable[[], bool], what: str) -> None:
    """Wait for something outside the browser."""
    pause = threading.Event()
    for _ in range(PATIENCE_MS // 50):
        if done():
            return
        pause.wait(0.05)
    raise AssertionError(f"waited in vain for {what}")


def children(pid: int) -> set[int]:
    """The processes below a process, also those further down (proc(5), stat: the fourth field is the parent)."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found: set[int] = set()
    wave = {pid}
    while wave:
        wave = {child for child, parent in parents.items() if parent in wave} - found
        found |= wave
    return found


def is_alive(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be reaped."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def row_cells(row: Locator) -> list[str]:
    """The words in the cells of a table's row."""
    return [text.strip() for text in row.locator("th, td").all_inner_texts()]
