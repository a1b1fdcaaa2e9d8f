"""Each page once with answers, once with the server down, and what happens on it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from dashboard.actions import explain, metric
from dashboard.decoding import decode
from dashboard.drawing import entry as draw_entry
from dashboard.failures import Refused, ServerDown, TooSlow
from dashboard.frame import PAGES
from dashboard.markup import text_of
from dashboard.shapes import Entry
from dashboard.view_models import entry
from tests.dashboard import answers
from tests.dashboard.fake_gateway import FakeGateway
from tests.dashboard.page import follow, open_page, sheets, words

pytestmark = pytest.mark.usefixtures("gateway")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_drawn(name: str) -> None:
    page = open_page(name)

    assert not page.exception
    assert page.title[0].value == PAGES[name].title
    assert page.caption[0].value == "Last updated 18 Mar 2026, 09:30"
    assert sheets(page)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_when_the_server_is_down_and_why(name: str, gateway: FakeGateway) -> None:
    gateway.answers["get_monthly_summary"] = ServerDown(
        "The server could not be started.", "REVINTEL_NOW=x: not a time"
    )

    page = open_page(name)

    assert not page.exception
    assert "The server could not be started." in words(page)
    assert "REVINTEL_NOW=x: not a time" in words(page)
    assert page.button(key="try_again").label == "Try again"


def test_a_server_that_is_not_ours_to_start_is_told_with_what_to_do(gateway: FakeGateway) -> None:
    url = "http://127.0.0.1:8321/mcp"
    gateway.answers["get_monthly_summary"] = ServerDown(f"No server answers at {url}.", elsewhere=url)

    assert "revintel-mcp serve --http" in words(open_page("overview"))


def test_trying_again_connects_anew_and_draws_the_page(gateway: FakeGateway) -> None:
    good = gateway.answers["get_monthly_summary"]
    gateway.answers["get_monthly_summary"] = ServerDown("The server went away.")
    page = open_page("overview")
    gateway.answers["get_monthly_summary"] = good

    page.button(key="try_again").click().run()

    assert gateway.closed
    assert "The server went away." not in words(page)
    assert "$610.00" in words(page)


def test_a_page_tells_when_the_answer_is_late(gateway: FakeGateway) -> None:
    gateway.answers["get_insights"] = TooSlow("The server took too long to answer (get_insights).")

    assert "took too long" in words(open_page("insights"))


def test_the_first_run_says_what_to_do(gateway: FakeGateway) -> None:
    gateway.answers["get_monthly_summary"] = answers.summary(answers.month("Mar 2026"), last_updated="", waiting=0)

    page = open_page("overview")

    text = words(page)
    assert "Nothing here yet" in text
    assert "Press Refresh to fetch this year's income from the sources below." in text
    assert "Gumroad" in text
    assert "put a valid key into the environment variable" in text
    assert page.button(key="refresh").label == "Refresh"
    assert not gateway.asked("get_insights")


def test_figures_on_the_overview_are_the_tool_s() -> None:
    text = words(open_page("overview"))

    for figure in ("\u2265\u00a0$610.00", "\u2265\u00a0$3,276.35", "61\u00a0%", "$800.00 to $1,500.00", "$14,400.00"):
        assert figure in text
    assert "1 record waits for you" in text
    assert "Gumroad could not be read" in text


def test_the_chart_can_be_drawn_net_and_restated(gateway: FakeGateway) -> None:
    page = open_page("overview")

    page.segmented_control(key="basis").set_value("net").run()
    page.segmented_control(key="view").set_value("in their sale's month").run()

    assert {"view": "restated", "basis": "net"} in gateway.asked("get_monthly_summary")


def test_a_link_opens_an_explanation_once(gateway: FakeGateway) -> None:
    page = open_page("overview", **{"explain": "2026-02", "in": "Gumroad"})

    assert gateway.asked("explain_total") == [{"month": "2026-02", "channel": "Gumroad"}]
    assert "Gumroad, read by list_sales" in words(page)
    assert "Waiting, not counted" in words(page)
    assert not page.query_params


def test_the_statement_says_what_its_marks_mean() -> None:
    text = words(open_page("insights"))

    assert "at least this: something is missing" in text
    assert "not known for sure: it may be more or less" in text


def test_a_metric_opens_what_it_is_and_the_rows_it_rests_on(gateway: FakeGateway) -> None:
    page = follow(metric("recurring_share", "ytd"))

    (asked,) = gateway.asked("list_transactions")
    assert {name: asked[name] for name in answers.RECURRING} == answers.RECURRING
    text = words(page)
    assert not page.exception
    assert "What recurring_share is." in text
    assert "21.5" in text
    assert answers.EVIL in text
    assert "Show these in Transactions" in text


def test_a_channel_s_line_of_the_statement_opens_its_own_rows(gateway: FakeGateway) -> None:
    found = answers.insights()
    next(each for each in found["metrics"] if each["slug"] == "fees")["listed_by"] = {"date_from": "2026-01-01"}
    gateway.answers["get_insights"] = found

    page = follow(metric("fees", "ytd", "Gumroad"))

    (asked,) = gateway.asked("list_transactions")
    assert (asked["date_from"], asked["channel"]) == ("2026-01-01", "Gumroad")
    assert "Fees, Gumroad $3.40" in words(page)


def test_a_metric_without_rows_to_list_opens_all_the_same(gateway: FakeGateway) -> None:
    page = follow(metric("mrr", "ytd"))

    assert not page.exception
    assert "What mrr is." in words(page)
    assert not gateway.asked("list_transactions")


@pytest.mark.parametrize("link", [metric("gross", "ytd"), explain("2026-02"), '["row", "gumroad_a1", {}]'])
def test_what_opens_over_a_page_says_when_the_server_is_down(link: str, gateway: FakeGateway) -> None:
    for tool in ("get_insights", "explain_total", "list_transactions"):
        gateway.answers[tool] = ServerDown("The server went away.")

    page = follow(link)

    assert not page.exception
    assert "The server went away." in words(page)


def test_filters_come_from_the_link_and_reach_the_tool(gateway: FakeGateway) -> None:
    open_page(
        "transactions", text="icon", month="Feb 2026", channel="Gumroad", status="Paid", min="$10", to="2026-02-20"
    )

    (asked,) = gateway.asked("list_transactions")
    assert asked == {
        "text": "icon",
        "month": "Feb 2026",
        "date_to": "2026-02-20",
        "channel": "Gumroad",
        "status": "completed",
        "min_amount": "10",
        "sort": "-date",
        "page": 1,
        "page_size": 50,
    }


def test_a_filter_that_the_server_refuses_is_said(gateway: FakeGateway) -> None:
    gateway.answers["list_transactions"] = Refused("'abc' is no amount; write it like 1,200.50")

    assert "is no amount" in words(open_page("transactions", min="abc"))


def test_a_name_from_outside_stays_a_text_on_every_page() -> None:
    """It arrives in one piece in a tree of texts; no markdown or HTML element of Streamlit ever gets it."""
    for name in PAGES:
        page = open_page(name)
        others = [*page.markdown, *page.html, *page.caption, *page.title, *page.info, *page.error]
        assert not any("evil.example" in element.value for element in others)
    assert answers.EVIL in words(open_page("transactions"))


def test_a_refresh_is_started_followed_and_told(gateway: FakeGateway) -> None:
    page = open_page("overview")
    page.button(key="refresh").click().run()
    assert "Stripe: list_charges, page 1" in words(page)
    assert '"aria-valuenow": "33"' in json.dumps(sheets(page)["refresh_progress"])

    gateway.jobs[0].done = True
    page.run()

    text = words(page)
    assert "3 new rows, of which 1 is a reversal" in text
    assert "Not everything could be read: Gumroad" in text
    assert "$1,350.25" in text
    assert "$1,379.25" in text
    page.button(key="refresh_dismiss").click().run()
    assert "3 new rows" not in words(page)


def test_a_refresh_can_be_cancelled(gateway: FakeGateway) -> None:
    page = open_page("overview")
    page.button(key="refresh").click().run()

    page.button(key="refresh_cancel").click().run()

    assert gateway.jobs[0].cancelled
    page.run()
    assert "Refresh cancelled Nothing was written." in words(page)


def test_a_refresh_that_was_stopped_too_late_does_not_say_that_nothing_was_written(gateway: FakeGateway) -> None:
    gateway.answers["get_monthly_summary"] = answers.summary(revision="before")
    page = open_page("overview")
    page.button(key="refresh").click().run()
    gateway.answers["get_monthly_summary"] = answers.summary(revision="after")

    page.button(key="refresh_cancel").click().run()
    page.run()

    assert "The tracker has changed all the same" in words(page)
    assert "Nothing was written" not in words(page)


def test_a_refresh_that_fails_says_why(gateway: FakeGateway) -> None:
    gateway.answers["refresh_revenue"] = Refused("another program holds the tracker")
    page = open_page("overview")
    page.button(key="refresh").click().run()
    gateway.jobs[0].done = True

    page.run()

    assert "another program holds the tracker" in words(page)
    assert "The tracker is as it was." in words(page)


def test_one_source_can_be_refreshed_alone(gateway: FakeGateway) -> None:
    open_page("sources").button(key="refresh_gumroad").click().run()

    assert gateway.asked("refresh_revenue") == [{"dry_run": False, "sources": ["gumroad"]}]


def test_a_preview_writes_nothing_and_shows_the_difference(gateway: FakeGateway) -> None:
    gateway.answers["refresh_revenue"] = answers.refresh_report(dry_run=True, diff="+| 2026-03-17 | Stripe |")
    page = open_page("sources")
    page.button(key="preview").click().run()
    gateway.jobs[0].done = True

    page.run()

    assert gateway.asked("refresh_revenue") == [{"dry_run": True}]
    assert "nothing was written" in words(page)
    assert "+| 2026-03-17 | Stripe |" in words(page)


def test_connections_are_tested_when_asked(gateway: FakeGateway) -> None:
    page = open_page("sources")
    assert gateway.asked("get_source_status")[-1] == {"probe": False}

    page.button(key="probe").click().run()

    assert gateway.asked("get_source_status")[-1] == {"probe": True}


def test_a_failed_source_says_what_to_do() -> None:
    text = words(open_page("sources"))

    assert "auth: token rejected" in text
    assert "put a valid key into the environment variable" in text


def test_an_unpaid_entry_is_struck_where_it_stands(gateway: FakeGateway) -> None:
    unpaid = answers.ROWS[4]
    gateway.answers["void_entry"] = answers.entry(entry={**unpaid, "status": "excluded"})
    page = follow(f'["row", "{unpaid["id"]}", {{}}]')
    assert not [field for field in page.text_input if field.label.startswith("Why it is struck")]

    page.form_submit_button[0].click().run()

    assert gateway.asked("void_entry") == [{"id": unpaid["id"]}]


def test_a_struck_entry_is_not_offered_to_be_struck_again() -> None:
    text = text_of(draw_entry.done(entry.struck(decode(Entry, answers.entry()))))
    assert "Show it" in text
    assert "correct it" not in text


def test_what_needs_the_user_is_there_with_the_mend() -> None:
    text = words(open_page("attention"))

    for part in ("180.00 EUR", "add 2026-02-11 | EUR |", "revenue-tracker.md:57:40", "write it like 1,200.50"):
        assert part in text
    assert "Moss & Fern" in text
    assert "auth: token rejected" in text


def test_nothing_to_do_is_said_too(gateway: FakeGateway) -> None:
    gateway.answers |= {
        "explain_total": answers.explanation(needs_attention=[]),
        "check_tracker": answers.check(),
        "list_transactions": answers.row_list(),
        "get_source_status": answers.sources(answers.source("Stripe")),
    }

    text = words(open_page("attention"))
    assert "Nothing needs you" in text
    assert "every connected source could be read" in text


def test_nothing_to_do_does_not_claim_that_sources_were_read_where_none_is_connected(gateway: FakeGateway) -> None:
    gateway.answers |= {
        "explain_total": answers.explanation(needs_attention=[]),
        "check_tracker": answers.check(),
        "list_transactions": answers.row_list(),
        "get_source_status": answers.sources(answers.source("Stripe", "not configured", configured=False)),
    }

    assert "no source is connected" in words(open_page("attention"))


def test_where_no_source_is_connected_the_sources_page_says_how_to_connect_one(gateway: FakeGateway) -> None:
    gateway.answers["get_source_status"] = answers.sources(answers.source("Stripe", "not configured", configured=False))

    assert "Connect your platforms" in words(open_page("sources"))


def test_while_a_refresh_runs_no_other_can_be_started(gateway: FakeGateway) -> None:
    page = open_page("sources")
    page.button(key="refresh_gumroad").click().run()

    assert page.button(key="refresh_stripe").disabled
    assert page.button(key="preview").disabled
    assert len(gateway.jobs) == 1


def test_a_row_with_a_short_id_is_found_among_all_that_contain_it(gateway: FakeGateway) -> None:
    def page_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
        wanted = answers.row("1", client="Ada Park")
        found = answers.row("gumroad_1") if arguments["page"] == 1 else wanted
        return answers.row_list(found) | {"count": 2, "pages": 2}

    gateway.answers["list_transactions"] = page_of

    assert "Ada Park" in words(follow('["row", "1", {}]'))


def test_a_figure_of_many_rows_opens_the_latest_of_them(gateway: FakeGateway) -> None:
    def page_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
        numbers = {1: (1, 2), 2: (3, 4), 3: (5,)}[arguments.get("page", 1)]
        rows = [{"row": answers.row(f"x_{number}", client=f"client {number}"), "why": ""} for number in numbers]
        told = answers.explanation(rows=rows, count=5, pages=3)
        return told if numbers[0] == 1 else told | {"left_out": []}

    gateway.answers["explain_total"] = page_of

    text = words(follow(explain("2026")))
    assert text.index("client 5") < text.index("client 4") < text.index("Left out")
    assert not any(f"client {number}" in text for number in (1, 2, 3))
    assert "The latest 2 rows; 3 earlier ones are not shown here." in text


def test_a_figure_of_few_rows_shows_them_though_many_were_left_out(gateway: FakeGateway) -> None:
    """The server's pages go on as long as there is anything to tell."""
    spoilt = [{"row": answers.row(f"bad_{number}"), "why": "it can't be read"} for number in range(2)]
    gateway.answers["explain_total"] = lambda _: answers.explanation(pages=3, left_out=spoilt)

    text = words(follow(explain("2026")))
    assert "not shown here" not in text
    assert "it can't be read" in text
    assert "Gumroad, read by list_sales" in text
    assert len(gateway.asked("explain_total")) == 1


def test_what_waits_is_asked_for_once_however_many_rows_there_are(gateway: FakeGateway) -> None:
    gateway.answers["explain_total"] = lambda _: answers.explanation(count=900, pages=5)
    open_page("attention")

    assert gateway.asked("explain_total") == [{"month": "all"}]
