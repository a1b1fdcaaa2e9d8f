"""The dashboard in a browser: first figures, page switches, and a large tracker beside fava: P11 and P12.

All clocks run in Chromium, ours and the peers' alike, and stop when the figures can be seen.
"""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page

from benchmarks.clock import ENVIRON, Failed, Taken, interleaved
from benchmarks.peers import debian_program, python_programs, say
from benchmarks.place import PYTHON, ROOT, Bench
from benchmarks.sales import NOW
from benchmarks.table import Line, compared, measured
from scripts.demo_dashboard import prepare
from tests.dashboard import page_times, real_app

_STREAMLIT_PAGE: Final = str(ROOT / "benchmarks" / "streamlit_page.py")
_STREAMLIT_OPTIONS: Final = (
    "--server.headless=true --server.fileWatcherType=none --browser.gatherUsageStats=false --server.address=127.0.0.1"
)
_STREAMLIT_MARKS: Final = ("[data-testid=stVegaLiteChart] :is(canvas, svg)", "[data-testid=stDataFrame] canvas")
_FAVA_MARKS: Final = (".chart-wrapper svg rect", ".flex-table .num")
_SWITCH_MS: Final = 500
_PATIENCE_S: Final = 120
_SEES: Final = """
  const seen = () => marks.every((mark) => [...document.querySelectorAll(mark)].some(
    (each) => each.getBoundingClientRect().height > 0))
  const until = async (done) => {
    const last = performance.now() + 300000
    while (!done()) {
      if (performance.now() > last) throw new Error("in vain: " + marks)
      await new Promise(requestAnimationFrame)
    }
  }
"""
_SEEN: Final = f"async (marks) => {{{_SEES}  await until(seen) }}"
# From the report to the list of options, which has neither chart nor figures, and back again.
_FAVA_SWITCH: Final = f"""async (marks) => {{{_SEES}
  const click = (name) => document.querySelector(`aside a[href*="/${{name}}/"]`).click()
  await until(seen)
  click("options")
  await until(() => !document.querySelector(marks[0]))
  const began = performance.now()
  click("income_statement")
  await until(seen)
  return performance.now() - began
}}"""


def lines(bench: Bench) -> Iterator[Line]:
    """All of it, if there is a Chromium to look with."""
    if debian_program("chromium") is None:
        raise Failed("there is no Chromium")
    with real_app.chromium() as browser:
        yield from _first_figures(bench, browser)
        yield from _switches(bench, browser)
        yield from _large(bench, browser)


# -- first figures ----------------------------------------------------------------------------------------------------


def _first_figures(bench: Bench, browser: Browser) -> Iterator[Line]:
    say("the dashboard on the demo's year, from spawn to its first figures")
    folder = _empty(bench.folder / "work" / "demo")
    environ = prepare(folder, _settings(folder))
    things = {
        "ours": lambda: Taken(page_times.first_figures_s(browser, folder, environ)),
        "bare": lambda: _first_of_streamlit(browser),
    }
    samples = interleaved(things, bench.rounds)
    what = "dashboard, spawn to first figures ÷ a Streamlit page with chart and table"
    yield compared("P11", what, samples["ours"], samples["bare"], 1.2)


def _first_of_streamlit(browser: Browser) -> Taken:
    port = _free_port()
    argv = [PYTHON, "-m", "streamlit", "run", _STREAMLIT_PAGE, f"--server.port={port}", *_STREAMLIT_OPTIONS.split()]
    began = time.perf_counter()
    with _serving(argv, f"http://127.0.0.1:{port}") as address, _tab(browser) as page:
        page.goto(address)
        page.evaluate(_SEEN, list(_STREAMLIT_MARKS))
        return Taken(time.perf_counter() - began)


# -- page switches ----------------------------------------------------------------------------------------------------


def _switches(bench: Bench, browser: Browser) -> Iterator[Line]:
    say("page switches on 10,000 transactions")
    with _dashboard(bench, 10_000) as app, real_app.opened(browser, app) as page:
        taken = page_times.switches_ms(page, bench.rounds)
    for title, times in taken.items():
        yield measured("", f"page switch to {title}, 10,000", sorted(times)[len(times) // 2], "ms", _SWITCH_MS)


# -- a large tracker --------------------------------------------------------------------------------------------------


def _large(bench: Bench, browser: Browser) -> Iterator[Line]:
    """Both apps stay open in a tab; what is timed is the click that leads to the page with the months."""
    rows = 10_000 if bench.quick else 100_000
    programs = python_programs(bench.folder, "fava", ["fava"])
    if programs is None:
        return
    say(f"the dashboard and fava on {rows:,} transactions")
    port = _free_port()
    fava = [str(programs / "fava"), "--host", "127.0.0.1", "--port", str(port), str(bench.files(rows).beancount)]
    with (
        _dashboard(bench, rows) as app,
        _serving(fava, f"http://127.0.0.1:{port}/") as root,
        real_app.opened(browser, app) as ours,
        _tab(browser) as theirs,
    ):
        theirs.goto(f"{_at_end(root).partition('?')[0]}?interval=month")
        things = {
            "ours": lambda: Taken(page_times.switches_ms(ours, rounds=1)["Overview"][0] / 1000),
            "fava": lambda: Taken(float(theirs.evaluate(_FAVA_SWITCH, list(_FAVA_MARKS))) / 1000),
        }
        samples = interleaved(things, bench.rounds)
    what = f"dashboard page on {rows:,}, warm ÷ fava's monthly report"
    yield compared("P12", what, samples["ours"], samples["fava"], None if bench.quick else 0.3)


# -- programs and tabs ------------------------------------------------------------------------------------------------


@contextmanager
def _dashboard(bench: Bench, rows: int) -> Iterator[real_app.RunningApp]:
    folder = _empty(bench.folder / "work" / f"dashboard-{rows}")
    shutil.copy2(bench.files(rows).tracker, folder / "revenue-tracker.md")
    with real_app.running(folder, {**_settings(folder), "REVINTEL_NOW": NOW}) as app:
        yield app


def _settings(folder: Path) -> Mapping[str, str]:
    """As in the browser's tests, but with byte code on disk."""
    return {name: value for name, value in real_app.settings(folder).items() if not name.startswith("PYTHON")}


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@contextmanager
def _tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(_PATIENCE_S * 1000)
    try:
        yield context.new_page()
    finally:
        context.close()


@contextmanager
def _serving(argv: Sequence[str], address: str) -> Iterator[str]:
    """A web server, once it answers.

    Raises:
        Failed: it ended instead.
    """
    silent = subprocess.DEVNULL
    process = subprocess.Popen(argv, env=ENVIRON, stdin=silent, stdout=silent, stderr=silent, cwd=ROOT / "benchmarks")
    try:
        while not _answers(address):
            if process.poll() is not None:
                raise Failed(f"{' '.join(argv)} ended with {process.returncode}")
            time.sleep(0.05)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _answers(address: str) -> bool:
    """Whether somebody listens there."""
    host, _, port = address.removeprefix("http://").rstrip("/").partition(":")
    with closing(socket.socket()) as probe:
        return probe.connect_ex((host, int(port))) == 0


def _at_end(address: str) -> str:
    """Where an address leads to.

    Raises:
        Failed: nowhere.
    """
    try:
        with urlopen(address, timeout=_PATIENCE_S) as answer:
            found: str = answer.url
            return found
    except URLError as error:
        raise Failed(f"{address}: {error}") from None


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
