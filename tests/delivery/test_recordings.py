"""Refreshing from recordings of real servers: what they sold is logged to the cent, what they refused is told."""

import json
from dataclasses import dataclass
from decimal import Decimal

import pytest

from tests.delivery.place import Json, Place, by_name, played, waiting

SINCE = ("--since", "2026-01-01")
# The recordings were made on 22 November 2026; every command here takes the next day for today.
TODAY = "2026-11-23T12:00:00+00:00"

# Read off the recordings by eye, once: what each sale is worth, in dollars, and what the platform kept.
NPM_PAYMENTS = {
    "stripe_ch_5R6AKBMm4qD2EH": "49.00",
    "stripe_ch_O1JfyE02vw5ujD": "120.00",
    "stripe_ch_O1JfyE02vw5ujD_refund_re_DhpRjVTgJdsiy5": "-20.00",
    "stripe_ch_yQXtYiK6zZj0fI": "0.99",
    "stripe_ch_wqDmBhUpLfsVPw": "29.00",
}
NPM_FOREIGN = {
    "stripe_ch_X96M81cnG6oGzA": ("15.00", "EUR"),
    "stripe_ch_ygmiLvytJDgmWH": ("5000", "JPY"),
    "stripe_ch_9M0pYA9R9HGh0v": ("290.00", "EUR"),
}
LEDGER_PAYMENTS = {
    "stripe_ch_R6PzFbsfm1J7AF": ("49.00", "1.72"),
    "stripe_ch_5gzvcKWH4ghTmr": ("120.00", "3.78"),
    "stripe_ch_5gzvcKWH4ghTmr_refund_re_HfKEW2ElET4DQd": ("-20.00", "0.00"),
    "stripe_ch_6xXbg1suriVayq": ("0.99", "0.33"),
    "stripe_ch_161Lqifl96of9P": ("29.00", "1.14"),
}
LEDGER_FOREIGN = {
    "stripe_ch_EVYQhuxVOjVfNL": ("15.00", "EUR"),
    "stripe_ch_lhgKf6jXZEUuvd": ("5000", "JPY"),
    "stripe_ch_XcPNtK1uWP8Kib": ("290.00", "EUR"),
}
# Sale 12 was free, 01 refunded in full and 03 charged back before anyone looked; 02 got 6 of its 10 dollars back.
# 10 and 11 are listed in euros and yen, and paid out in these dollars.
GUMROAD_SALES = {
    **{f"gumroad_sale{n:02}-7Y-Q==": "10.00" for n in (0, 2, 4, 5, 7, 8, 9, *range(14, 23))},
    "gumroad_sale02-7Y-Q==_refund": "-6.00",
    "gumroad_sale06-7Y-Q==": "100.00",
    "gumroad_sale10-7Y-Q==": "10.85",
    "gumroad_sale11-7Y-Q==": "6.70",
    "gumroad_sale13-7Y-Q==": "30.00",
}


@pytest.fixture
def then(place: Place) -> Place:
    """The user, on the day after the recordings were made."""
    place.environ["REVINTEL_NOW"] = TODAY
    return place


@dataclass(frozen=True)
class Books:
    """What two refreshes from recordings left behind, looked at by several tests."""

    place: Place
    first: Json
    rows: list[Json]
    second: Json
    rows_after_second: list[Json]
    asked: list[Json]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    """Stripe through its ledger and Gumroad page by page, refreshed twice."""
    home = tmp_path_factory.mktemp("home")
    place = Place(home, {"REVINTEL_NOW": TODAY})
    asked = home / "asked.jsonl"
    place.configure(
        stripe=played("stripe-ledger-success", PLAYER_LOG=str(asked)),
        gumroad=played("gumroad-success", PLAYER_LOG=str(asked)),
    )
    first, rows = place.result("refresh", *SINCE), place.log()
    second, again = place.result("refresh", *SINCE), place.log()
    said = [json.loads(line) for line in asked.read_text(encoding="utf-8").splitlines()]
    return Books(place, first, rows, second, again, said)


def amounts(rows: list[Json], channel: str) -> dict[str, Decimal]:
    return {row["id"]: row["amount_usd"] for row in rows if row["channel"] == channel}


def exact(figures: dict[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(figure) for name, figure in figures.items()}


def foreign(figures: dict[str, tuple[str, str]]) -> dict[str, tuple[Decimal, str]]:
    return {name: (Decimal(figure), currency) for name, (figure, currency) in figures.items()}


def test_the_ledger_of_a_stripe_server_brings_amounts_and_fees_to_the_cent(books: Books) -> None:
    rows = {row["id"]: (row["amount_usd"], row["fee_usd"]) for row in books.rows if row["channel"] == "Stripe"}
    assert rows == {name: (Decimal(amount), Decimal(fee)) for name, (amount, fee) in LEDGER_PAYMENTS.items()}
    source = by_name(books.first["sources"], "Stripe")
    assert (source["status"], source["profile"]) == ("complete", "list_balance_transactions")


def test_euros_and_yen_wait_for_a_person(books: Books) -> None:
    assert waiting(books.first) == foreign(LEDGER_FOREIGN)


def test_every_page_of_gumroad_sales_is_read(books: Books) -> None:
    assert amounts(books.rows, "Gumroad") == exact(GUMROAD_SALES)
    source = by_name(books.first["sources"], "Gumroad")
    assert (source["status"], source["fetched"], source["complete_from"]) == ("complete", 23, "2026-01-01")


def test_the_year_is_the_sum_of_what_was_sold(books: Books) -> None:
    assert sum(exact(GUMROAD_SALES).values()) == Decimal("301.55")
    assert books.first["summary"]["ytd_total"] == Decimal("301.55") + Decimal("178.99")
    assert books.first["added"] == len(LEDGER_PAYMENTS) + len(GUMROAD_SALES)


def test_a_second_run_adds_nothing_and_changes_no_row(books: Books) -> None:
    assert (books.second["added"], books.second["reversals"], books.second["months_changed"]) == (0, 0, [])
    assert books.rows_after_second == books.rows
    assert books.second["needs_attention"] == books.first["needs_attention"]


def test_only_reads_ever_reach_a_server(books: Books) -> None:
    tools = {message["params"]["name"] for message in books.asked if message["method"] == "tools/call"}
    assert {"list_balance_transactions", "gumroad_get_sales"} <= tools
    assert not {name for name in tools if not name.removeprefix("gumroad_").startswith(("list_", "get_"))}


@pytest.mark.slow
def test_payments_of_the_npm_server_are_logged_to_the_cent(then: Place) -> None:
    then.configure(stripe=played("stripe-npm-success"))
    report = then.result("refresh", *SINCE)
    assert amounts(then.log(), "Stripe") == exact(NPM_PAYMENTS)
    assert waiting(report) == foreign(NPM_FOREIGN)
    assert (report["added"], report["summary"]["ytd_total"]) == (len(NPM_PAYMENTS), Decimal("178.99"))
    assert by_name(report["sources"], "Stripe")["profile"] == "list_payment_intents"


@pytest.mark.slow
def test_a_server_that_repeats_its_first_page_is_not_called_complete(then: Place) -> None:
    then.configure(gumroad=played("gumroad-first-page"))
    report = then.result("refresh", *SINCE)
    first_page = {name: amount for name, amount in GUMROAD_SALES.items() if name[12:14] >= "13"}
    assert amounts(then.log(), "Gumroad") == exact(first_page)
    source = by_name(report["sources"], "Gumroad")
    assert source["status"] == "incomplete"
    assert source["note"]
    assert not report["complete"]


FAILURES = [
    pytest.param("stripe", "stripe-npm-429", None, ("bad answer", "unavailable", "auth", "rate limit"), id="429"),
    pytest.param("stripe", "stripe-npm-no-key", None, ("unavailable", "auth"), id="no-key"),
    pytest.param("stripe", "stripe-ledger-bad-key", "stripe-ledger-success", ("auth",), id="bad-key"),
    pytest.param("gumroad", "gumroad-bad-token", "gumroad-success", ("auth",), id="bad-token"),
    pytest.param("gumroad", "gumroad-no-token", None, ("unavailable", "auth"), id="no-token"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("source", "recording", "tools", "kinds"), FAILURES)
def test_a_source_that_fails_is_named_with_the_reason_and_ends_nothing(
    then: Place, source: str, recording: str, tools: str | None, kinds: tuple[str, ...]
) -> None:
    then.configure(**{source: played(recording, tools)})
    report = then.result("refresh", *SINCE)
    state = by_name(report["sources"], source.title())
    assert state["status"] == "failed"
    assert state["note"].startswith(tuple(f"{kind}: " for kind in kinds)), state["note"]
    assert (state["complete_from"], state["complete_to"]) == (None, None)
    assert (report["complete"], report["added"]) == (False, 0)
    assert f"| {source.title()} | failed |" in then.tracker.read_text(encoding="utf-8")
    months = report["summary"]["rows"]
    assert months
    assert {months[0]["coverage"][column] for column in (source, "total")} & {"exact"} == set()


@pytest.mark.slow
def test_one_failing_source_keeps_no_other_from_going_in(then: Place) -> None:
    then.configure(stripe=played("stripe-npm-429"), gumroad=played("gumroad-success"))
    report = then.result("refresh", *SINCE)
    assert {row["source"]: row["status"] for row in report["sources"]} == {
        "Stripe": "failed",
        "Gumroad": "complete",
        "Upwork": "not configured",
    }
    assert amounts(then.log(), "Gumroad") == exact(GUMROAD_SALES)


@pytest.mark.slow
def test_strict_tells_cron_that_a_source_failed(then: Place) -> None:
    then.configure(stripe=played("stripe-npm-429"))
    assert then.run("refresh", *SINCE, "--strict").returncode == 1
    assert then.run("refresh", *SINCE).returncode == 0


@pytest.mark.slow
def test_a_failure_later_keeps_what_was_known_to_be_complete(then: Place) -> None:
    then.configure(gumroad=played("gumroad-success"))
    then.result("refresh", *SINCE)
    then.configure(gumroad=played("gumroad-bad-token", "gumroad-success"))
    state = by_name(then.result("refresh")["sources"], "Gumroad")
    assert (state["status"], state["complete_from"], state["complete_to"]) == ("failed", "2026-01-01", "2026-11-22")


@pytest.mark.slow
def test_no_key_is_ever_shown(then: Place) -> None:
    entry = played("stripe-ledger-bad-key", "stripe-ledger-success", STRIPE_SECRET_KEY="sk_test_fake_0123456789abcdef")
    then.configure(stripe=entry)
    done = then.run("refresh", *SINCE)
    status = then.run("status", "--probe")
    shown = done.stdout + done.stderr + status.stdout + status.stderr + then.tracker.read_text(encoding="utf-8")
    assert "0123456789" not in shown
