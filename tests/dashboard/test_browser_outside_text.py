"""What anybody may have named: in a real browser it stays words, on every page and in every dialog."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboard import real_app
from tests.dashboard.real_app import go, opened, running, settings, settled

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

NAME = "<img src=x onerror=alert(1)> [x](https://evil.example) **bold** $x^2$ :material/home: :red[r] www.evil.example"
FORMULA = '=HYPERLINK("https://evil.example")'
#: What would be there if any of it were read as more than words.
ALIVE = (
    "img[src=x], a[href*='evil'], .katex, [data-testid=stIconMaterial]:text-is('home'), "
    "strong:text-is('bold'), em:text-is('bold'), span[style*='red']:text-is('r')"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with real_app.chromium() as found:
        yield found


def test_a_hostile_name_stays_a_name_wherever_it_is_shown(browser: Browser, tmp_path: Path) -> None:
    environ = settings(tmp_path)
    names = ("--client", NAME, "--description", FORMULA)
    for day, more in (("01", ()), ("02", ("--status", "pending")), ("03", ("--currency", "EUR"))):
        real_app.run_command(tmp_path, environ, "add", f"1{day}", "Fiverr", "--date", f"2026-11-{day}", *names, *more)
    with running(tmp_path, environ) as app, opened(browser, app, "/transactions") as page:
        settled(page)
        _inert(page, NAME, FORMULA)
        with page.expect_download() as download:
            page.get_by_role("button", name="Download as CSV").click()
        rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
        assert {row["Description"] for row in rows} == {f"'{FORMULA}"}
        page.get_by_role("button", name="Show details.").first.click()
        expect(page.get_by_role("dialog")).to_contain_text(NAME)
        _inert(page, NAME, FORMULA)
        page.get_by_role("button", name="Correct this entry").click()
        expect(page.get_by_label("Client", exact=True)).to_have_value(NAME)
        _inert(page)

        go(page, "Needs attention")
        _inert(page, NAME, FORMULA)
        go(page, "Insights")
        _inert(page, NAME)
        page.get_by_role("button", name="Largest client: ").click()
        expect(page.get_by_role("dialog")).to_contain_text(FORMULA)
        _inert(page, NAME, FORMULA)
        page.keyboard.press("Escape")

        go(page, "Overview")
        page.get_by_role("button", name="Nov 2026 so far: ").click()
        expect(page.get_by_role("dialog")).to_contain_text(NAME)
        _inert(page, NAME, FORMULA)


def _inert(page: Page, *texts: str) -> None:
    """The texts are on the page to the letter, and nothing else came of them."""
    for text in texts:
        expect(page.get_by_text(text).first).to_be_visible()
    assert page.locator(ALIVE).count() == 0
