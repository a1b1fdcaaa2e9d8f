"""The real app in a real browser, on demo upstreams: what a person sees is what the tools say."""

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dashboard import formats
from scripts.demo_dashboard import prepare
from tests.dashboard import page_times, real_app
from tests.dashboard.real_app import RunningApp, opened, settled, shoot

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

STATEMENT = ("gross", "refunds", "income", "fees", "net")
PATHS = {
    "Overview": "/",
    "Transactions": "/transactions",
    "Add entry": "/add",
    "Sources": "/sources",
    "Needs attention": "/attention",
    "Insights": "/insights",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with real_app.chromium() as found:
        yield found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The demo on the morning after Gumroad was down. Tests of this module leave it as they found it."""
    folder = tmp_path_factory.mktemp("demo")
    environ = prepare(folder, real_app.settings(folder))
    with real_app.running(folder, environ) as app:
        yield app


def _usd(amount: float) -> str:
    return formats.usd(Decimal(repr(amount)))


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280, 1600])
def test_every_page_fits_its_window_and_is_kept_as_a_picture(
    browser: Browser, demo: RunningApp, width: int, mode: str
) -> None:
    for title, path in PATHS.items():
        slug = title.lower().replace(" ", "-")
        with opened(browser, demo, path, width=width, mode=mode) as page:
            expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
            settled(page)
            shoot(page, f"{slug}-{width}-{mode}")
            over = page.get_by_test_id("stMain").evaluate("element => element.scrollWidth - element.clientWidth")
            assert over <= 0, f"{title} is {over} px too wide"


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280])
def test_axe_finds_no_serious_fault_on_any_page(browser: Browser, demo: RunningApp, width: int, mode: str) -> None:
    for title, path in PATHS.items():
        with opened(browser, demo, path, width=width, mode=mode) as page:
            expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
            settled(page)
            assert real_app.faults(page) == [], title


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280])
@pytest.mark.parametrize(
    ("path", "button", "words"),
    [
        ("/", "November 2026, so far: ", "rows add up to this"),
        ("/insights", "Recurring share: ", "The rows it rests on"),
        ("/transactions?text=Shop+redesign%2C+part+2", "Moss & Fern", "Correct this entry"),
    ],
)
def test_axe_finds_no_serious_fault_in_what_opens_over_a_page(
    browser: Browser, demo: RunningApp, path: str, button: str, words: str, width: int, mode: str
) -> None:
    with opened(browser, demo, path, width=width, mode=mode) as page:
        page.get_by_role("button", name=button).first.click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(words)
        settled(page)
        shoot(page, f"dialog-{path.strip('/').partition('?')[0] or 'overview'}-{width}-{mode}")
        assert real_app.faults(page) == []
        scheme = dialog.locator(".sheet").first.evaluate("element => getComputedStyle(element).colorScheme")
        assert scheme == mode, "a dialog lies outside the element that has the page's colours"


def test_figures_are_the_tools(browser: Browser, demo: RunningApp) -> None:
    summary = demo.tool("summary")
    this_month, year = summary["rows"][-1], summary["ytd_total"]

    with opened(browser, demo) as page:
        settled(page)
        expect(
            page.get_by_role("button", name=f"November 2026, so far: at least {_usd(this_month['total'])}")
        ).to_be_visible()
        expect(page.get_by_role("button", name=f"Year to date, 2026: at least {_usd(year)}")).to_be_visible()
        page.get_by_text("Show as a table").click()
        table = page.get_by_role("table", name="Income by month and channel")
        for row in summary["rows"]:
            shown = real_app.row_cells(table.get_by_role("row").filter(has_text=row["month"]))
            assert re.sub(r"[^\d.,$]", "", shown[-1]) == _usd(row["total"])


def test_every_bar_and_figure_opens_its_rows(browser: Browser, demo: RunningApp) -> None:
    explained = demo.tool("explain", "2026-05")

    with opened(browser, demo) as page:
        settled(page)
        page.get_by_role("button", name="May 2026: ").first.click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(_usd(explained["total"]))
        expect(dialog).to_contain_text(f"{explained['count']} rows add up to this")
        amounts = [
            Decimal(re.sub(r"[$,]", "", text).replace(formats.MINUS, "-"))
            for text in dialog.get_by_role("table").first.locator("td.number").all_inner_texts()
        ]
        assert sum(amounts) == Decimal(repr(explained["total"]))
        shoot(page, "explanation-1280-light")
        dialog.get_by_role("button", name="Show these in Transactions").click()
        expect(page.get_by_role("heading", level=1, name="Transactions")).to_be_visible()
        expect(page.get_by_text(f"{explained['count']} rows, together {_usd(explained['total'])}")).to_be_visible()


def test_a_bar_is_reached_and_opened_by_keyboard_alone(browser: Browser, demo: RunningApp) -> None:
    with opened(browser, demo) as page:
        settled(page)
        page.get_by_role("button", name="Jan 2026: ").first.focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_contain_text("Feb 2026")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="Feb 2026: ").first).to_be_focused()


def test_months_that_do_not_fit_begin_with_the_newest_in_sight(browser: Browser, demo: RunningApp) -> None:
    with opened(browser, demo, width=300) as page:
        settled(page)
        months = page.locator(".chart .scroll")
        hidden = months.evaluate("element => element.scrollLeft")
        beyond = months.evaluate(
            "element => element.firstChild.getBoundingClientRect().right - element.getBoundingClientRect().right"
        )
    assert hidden > 0
    assert abs(beyond) <= 1

    with opened(browser, demo) as page:
        settled(page)
        assert page.locator(".chart .scroll").evaluate("element => element.scrollLeft") == 0


def test_rows_are_found_sorted_and_taken_along_as_csv(browser: Browser, demo: RunningApp) -> None:
    found = demo.tool("list", "--channel", "Upwork", "--page-size", "500")

    with opened(browser, demo, "/transactions") as page:
        settled(page)
        page.get_by_label("Channel", exact=True).click()
        page.get_by_role("option", name="Upwork").click()
        expect(page.get_by_text(f"{found['count']} rows, together {_usd(found['sum_usd'])}")).to_be_visible()
        page.get_by_role("button", name="Sort by amount").click()
        cells = page.get_by_role("table").locator("td.amount-cell")
        expect(cells.first).to_have_text(_usd(max(row["amount_usd"] for row in found["rows"])))
        settled(page)
        amounts = cells.all_inner_texts()
        values = [Decimal(re.sub(r"[$,]", "", text).replace(formats.MINUS, "-")) for text in amounts]
        assert values == sorted(values, reverse=True)
        with page.expect_download() as download:
            page.get_by_role("button", name="Download as CSV").click()
        assert download.value.suggested_filename == "transactions-upwork.csv"
        rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert len(rows) == found["count"]
    assert sum(Decimal(row["Amount (USD)"]) for row in rows) == Decimal(repr(found["sum_usd"]))
    assert {row["Channel"] for row in rows} == {"Upwork"}


def test_a_refund_leads_to_its_sale_and_a_row_to_its_origin(browser: Browser, demo: RunningApp) -> None:
    with opened(browser, demo, "/transactions?status=Reversal") as page:
        settled(page)
        page.get_by_role("button", name="its sale").first.click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Taken back by")
        expect(dialog).to_contain_text(re.compile(r"read by \w+, line \d+ of the tracker"))
        shoot(page, "transaction-1280-light")


def test_a_search_link_can_be_shared(browser: Browser, demo: RunningApp) -> None:
    with opened(browser, demo, "/transactions?text=Logo+sketches") as page:
        expect(page.get_by_text("1 row, together $640.00")).to_be_visible()
        expect(page.get_by_label("Search")).to_have_value("Logo sketches")


def test_what_waits_is_shown_with_its_mend(browser: Browser, demo: RunningApp) -> None:
    (waiting,) = demo.tool("explain", "all")["needs_attention"]

    with opened(browser, demo, f"/attention?item={waiting['id']}") as page:
        expect(page.get_by_text(f"{waiting['amount']} {waiting['currency']}")).to_be_visible()
        page.get_by_text("Show the lines to add").click()
        expect(page.get_by_text(f"| {waiting['date']} | {waiting['currency']} | 0.00 |")).to_be_visible()
        expect(page.get_by_text("Moss & Fern")).to_be_visible()


def test_every_figure_of_the_overview_opens_an_explanation_that_says_the_same(
    browser: Browser, demo: RunningApp
) -> None:
    with opened(browser, demo) as page:
        settled(page)
        figures = page.locator(".card .amount .figure")
        expect(figures).to_have_count(4)
        for number in range(4):
            figure = figures.nth(number).inner_text().replace("?", "").strip()
            figures.nth(number).click()
            dialog = page.get_by_role("dialog")
            expect(dialog.locator(".value").first).to_contain_text(figure)
            expect(dialog.get_by_role("table").first).to_be_visible()
            page.keyboard.press("Escape")
            expect(dialog).to_have_count(0)


def test_a_click_that_comes_while_the_run_before_it_ends_is_not_lost(browser: Browser, tmp_path: Path) -> None:
    environ = prepare(tmp_path, real_app.settings(tmp_path))
    program = (str(Path(__file__).with_name("slow_ending.py")),)

    with real_app.running(tmp_path, environ, program) as app, opened(browser, app) as page:
        figures = page.locator(".card .amount .figure")
        expect(figures).to_have_count(4)
        for number in (0, 3, 1):
            figures.nth(number).click()
            dialog = page.get_by_role("dialog")
            expect(dialog.locator(".value")).to_be_visible(timeout=10_000)
            page.keyboard.press("Escape")
            expect(dialog).to_have_count(0)


def test_insights_are_the_tool_s(browser: Browser, demo: RunningApp) -> None:
    by_slug = {metric["slug"]: metric for metric in demo.tool("insights")["metrics"]}

    with opened(browser, demo, "/insights") as page:
        settled(page)
        net = page.get_by_role("button", name=re.compile(r"^Net income: "))
        expect(net).to_have_text(_usd(by_slug["net"]["value"]))
        for metric in by_slug.values():
            card = page.locator(".metric").filter(has=page.get_by_role("heading", name=metric["label"], exact=True))
            if metric["value"] is None:
                expect(card).to_contain_text("Not known")
            elif metric["unit"].startswith("USD") and metric["low"] is None and metric["slug"] not in STATEMENT:
                expect(card).to_contain_text(_usd(metric["value"]))
        page.get_by_text("This month", exact=True).click()
        settled(page)
        month = {metric["slug"]: metric for metric in demo.tool("insights", "this month")["metrics"]}
        expect(net).to_have_text(_usd(month["net"]["value"]))


def test_a_page_of_another_site_gets_nothing(browser: Browser, demo: RunningApp) -> None:
    """Its own name with our address: the browser would let it read the answer, so there must be none."""
    del browser
    import http.client

    host = demo.address.removeprefix("http://")
    for path in ("/", "/_stcore/health", "/_stcore/stream"):
        connection = http.client.HTTPConnection(host, timeout=30)
        connection.request("GET", path, headers={"Host": "evil.example"})
        assert connection.getresponse().status == 400
        connection.close()
    assert json.dumps(host).startswith('"127.0.0.1:')


def test_the_clock_of_page_switches_sees_every_page(browser: Browser, demo: RunningApp) -> None:
    """What the benchmarks measure with: it ends only once all of a page is there."""
    with opened(browser, demo) as page:
        taken = page_times.switches_ms(page, rounds=1)

    assert list(taken) == list(page_times.TOUR)
    assert all(times[0] > 0 for times in taken.values())
