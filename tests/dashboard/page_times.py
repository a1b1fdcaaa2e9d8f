"""How long the real app takes in a real browser: from a click to the next page, and from nothing to the first figures.

The clock runs in the browser, so that nothing of the tool that drives it is measured. `python -m benchmarks` compares
these times with others; no test depends on them.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page

from tests.dashboard import real_app

#: A page's title, and what is there once all of the page is (the navigation's order, but for the way back).
TOUR: Final[Mapping[str, str]] = {
    "Transactions": ".stacking table",
    "Add entry": "[data-testid=stForm]",
    "Sources": "[class*=st-key-tracker]",
    "Needs attention": ".empty, .item",
    "Insights": ".statement",
    "Overview": ".plot",
}

#: Everything of a page is there and nothing is being drawn; sheets are in shadow trees of their own.
_SHOWN: Final = """
  const within = (root) => [
    ...root.querySelectorAll(mark),
    ...[...root.querySelectorAll("*")].filter((each) => each.shadowRoot).flatMap((each) => within(each.shadowRoot)),
  ]
  const busy = "[data-stale=true], [data-testid=stSkeleton], [data-testid=stStatusWidget]"
  const shown = () =>
    document.querySelector("h1")?.innerText.trim() === title &&
    !document.querySelector(busy) &&
    within(document).some((each) => each.offsetHeight > 0)
  const wait = async () => { while (!shown()) await new Promise(requestAnimationFrame) }
"""
_SWITCH: Final = f"""async ({{title, mark}}) => {{{_SHOWN}
  const link = [...document.querySelectorAll("a")].find((each) => each.innerText.trim().endsWith(title))
  const began = performance.now()
  link.click()
  await wait()
  return performance.now() - began
}}"""
_LOADED: Final = f"async ({{title, mark}}) => {{{_SHOWN}  await wait(); return performance.now() }}"


def switches_ms(page: Page, rounds: int) -> dict[str, list[float]]:
    """Milliseconds from the click on each page's link until all of it is there; the first round is not counted."""
    load_ms(page)
    taken: dict[str, list[float]] = {title: [] for title in TOUR}
    for number in range(rounds + 1):
        for title, mark in TOUR.items():
            milliseconds = float(page.evaluate(_SWITCH, {"title": title, "mark": mark}))
            if number:
                taken[title].append(milliseconds)
    return taken


def load_ms(page: Page) -> float:
    """Milliseconds from the navigation to the Overview until its bars are there."""
    return float(page.evaluate(_LOADED, {"title": "Overview", "mark": TOUR["Overview"]}))


def first_figures_s(browser: Browser, folder: Path, environ: Mapping[str, str]) -> float:
    """Seconds from starting `revintel-mcp dashboard` until the Overview's bars are in the browser."""
    began = time.perf_counter()
    with real_app.running(folder, environ) as app, real_app.opened(browser, app) as page:
        load_ms(page)
        return time.perf_counter() - began


@contextmanager
def overview(folder: Path, environ: Mapping[str, str]) -> Iterator[Page]:
    """The app on a tracker, open in Chromium at the Overview."""
    with (
        real_app.running(folder, environ) as app,
        real_app.chromium() as browser,
        real_app.opened(browser, app) as page,
    ):
        yield page


def slowest(taken: Mapping[str, Sequence[float]]) -> float:
    """The largest of the pages' medians, milliseconds."""
    return max(sorted(times)[len(times) // 2] for times in taken.values())
