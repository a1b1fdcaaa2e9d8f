"""Every metric by a worked example, and the laws that hold for any log."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revintel_mcp.booking.booking import AttentionRow
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.source_state import SourceState, SourceStatus
from revintel_mcp.domain.transaction import Channel, Status, Transaction, TransactionType
from revintel_mcp.summary.asked_period import asked_period
from revintel_mcp.summary.coverage import CoverageKind, coverage
from revintel_mcp.summary.insights.catalogue import METRICS, insights
from revintel_mcp.summary.insights.insight import Insight, Question
from revintel_mcp.summary.insights.measures import Flow, Kind, Range, Ratio, Stock, sum_of_flows
from revintel_mcp.summary.listing import list_rows
from revintel_mcp.summary.monthly import Basis, year_to_date
from tests.summary.examples import logged, row, totals_of, transactions

TODAY = date(2026, 7, 15)
SUBSCRIPTION, HOURLY = TransactionType.SUBSCRIPTION, TransactionType.HOURLY


def asked(
    rows: Sequence[Transaction],
    period: str = "ytd",
    *,
    today: date = TODAY,
    states: Sequence[SourceState] = (),
    attention: Sequence[AttentionRow] = (),
    **more: Any,
) -> dict[str, Insight]:
    known = coverage(states, attention, totals_of(rows).keys(), today=today)
    question = Question(period=asked_period(period, today), today=today, known=known, **more)
    return {found.metric.slug: found for found in insights(logged(rows), question)}


def value(rows: Sequence[Transaction], slug: str, period: str = "ytd", **more: Any) -> Decimal | None:
    return asked(rows, period, **more)[slug].value


def test_every_metric_is_answered_in_the_order_of_the_catalogue() -> None:
    """Each slug once, each with a definition, even over an empty log."""
    found = list(asked([]).values())
    assert [each.metric for each in found] == list(METRICS)
    assert len({metric.slug for metric in METRICS}) == len(METRICS)
    for each in found:
        assert each.metric.definition.endswith(".")
        assert (each.measure is None) == bool(each.not_known)


# Income

SALES = [
    row("2026-03-02", "100.00", Channel.GUMROAD, id="gumroad_a", fee_usd=Decimal("11.50")),
    row("2026-03-09", "50.00", Channel.GUMROAD, id="gumroad_b", fee_usd=Decimal("6.10")),
    row("2026-03-10", "-20.00", Channel.GUMROAD, id="gumroad_a_refund", status=Status.REFUNDED, fee_usd=Decimal(0)),
    row("2026-03-12", "-50.00", Channel.GUMROAD, id="gumroad_b_dispute", status=Status.REFUNDED, fee_usd=Decimal(0)),
    row("2026-03-30", "50.00", Channel.GUMROAD, id="gumroad_b_dispute_won", status=Status.REFUNDED,
        fee_usd=Decimal(0)),
    row("2026-03-15", "400.00", Channel.STRIPE, id="stripe_ch_1", fee_usd=Decimal("11.90")),
    row("2026-03-16", "70.00", Channel.FIVERR, id="manual_x", fee_usd=Decimal("14.00")),
    row("2026-03-16", "-70.00", Channel.FIVERR, id="manual_x_void", status=Status.REFUNDED, fee_usd=Decimal("-14.00")),
    row("2026-03-20", "999.00", id="manual_p", status=Status.PENDING),
]  # fmt: skip
READ = [SourceState(name, SourceStatus.COMPLETE, date(2025, 1, 1), date(2026, 7, 14)) for name in ("Stripe", "Gumroad")]


def test_gross_refunds_income_fees_and_net() -> None:
    """550 sold, 20 refunded, a dispute lost and won, an entry voided, 29.50 kept by the platforms."""
    found = asked(SALES, "2026-03")
    values = {slug: str(found[slug].value) for slug in ("gross", "refunds", "income", "fees", "net")}
    assert values == {"gross": "550.00", "refunds": "20.00", "income": "530.00", "fees": "29.50", "net": "500.50"}
    assert {part.label: str(part.value) for part in found["net"].parts} == {
        "Fiverr": "0.00",
        "Gumroad": "112.40",
        "Stripe": "388.10",
    }
    assert (found["net"].n, found["net"].period.label) == (8, "Mar 2026")


def test_fees_that_are_not_known_are_said() -> None:
    """Known fees are a floor; net is neither exact nor a floor."""
    found = asked([*SALES, row("2026-03-20", "10.00")], "2026-03", states=READ)
    assert (found["fees"].coverage.kind, found["fees"].coverage.why) == (
        CoverageKind.FLOOR,
        "Fees are not known for 1 of 9 rows",
    )
    assert (found["net"].coverage.kind, found["net"].value) == (CoverageKind.UNKNOWN, Decimal("510.50"))
    assert found["income"].coverage.kind is CoverageKind.EXACT


def test_a_refund_that_waits_may_lower_income_and_no_sales() -> None:
    """Refunds are at least what is shown, sales are, and what is left of both nobody knows."""
    waits = AttentionRow(id="gumroad_a_refund", source="Gumroad", why="?", date="2026-03-12", first_seen="2026-03-12")
    found = asked(SALES, "2026-03", states=READ, attention=[waits])
    worth = {slug: found[slug].coverage.worth for slug in ("gross", "refunds", "income", "net")}
    floor, unknown = CoverageKind.FLOOR, CoverageKind.UNKNOWN
    assert worth == {"gross": floor, "refunds": floor, "income": unknown, "net": unknown}
    assert found["month_on_month"].not_known != "Feb 2026 was never read"


def test_insights_carry_the_coverage_of_their_rows() -> None:
    """A source that failed makes income a floor."""
    failed = SourceState("Stripe", SourceStatus.FAILED, date(2026, 1, 1), date(2026, 3, 20), "", "timeout: slow")
    found = asked(SALES, "2026-03", states=[failed, READ[1]])["income"]
    assert (found.coverage.kind, found.coverage.why) == (
        CoverageKind.FLOOR,
        "Stripe is read only through 2026-03-20; the last try failed (timeout)",
    )


def test_the_list_behind_refunds_is_said_to_show_voids_too() -> None:
    """The voided entry is no refund, and stands among the rows of status refunded."""
    found = asked(SALES, "2026-03")["refunds"]
    listed = list_rows(logged(SALES), found.matching)
    assert found.notes == ("the list of its rows also shows 1 void of an entry: no refunds",)
    assert (found.value, -listed.total) == (Decimal("20.00"), Decimal("90.00"))


PARTS_OF_A_WHOLE = (
    "recurring_share",
    "top_client_share",
    "top_three_share",
    "client_concentration",
    "hourly_rate",
    "hourly_rate_net",
)


def test_a_part_of_an_incomplete_whole_is_not_called_at_least_this() -> None:
    """What was not read may make a share smaller."""
    failed = SourceState("Stripe", SourceStatus.FAILED, date(2026, 1, 1), date(2026, 3, 20))
    worked = {"transaction_type": HOURLY, "hours": Decimal(1), "fee_usd": Decimal(8)}
    rows = [*SALES, row("2026-03-19", "80.00", Channel.STRIPE, id="stripe_w", **worked)]
    found = asked(rows, "2026-03", states=[failed, READ[1]])
    assert {found[slug].coverage.kind for slug in PARTS_OF_A_WHOLE} == {CoverageKind.UNKNOWN}
    assert found["income"].coverage.kind is CoverageKind.FLOOR
    whole = asked(SALES, "2026-03", states=READ)
    assert {whole[slug].coverage.kind for slug in PARTS_OF_A_WHOLE} == {CoverageKind.EXACT}


def test_a_comparison_is_at_least_this_only_if_what_it_starts_from_is_whole() -> None:
    """March was read through the 20th: against February March may be more, against March April may be less."""
    rows = [row(f"2026-0{month}-05", "100.00", Channel.STRIPE, id=f"stripe_{month}") for month in (2, 3, 4)]
    waits = AttentionRow(id="stripe_x", date="2026-03-09", source="Stripe", why="no price", first_seen="2026-03-10")
    kinds = [
        asked(rows, period, states=READ, attention=[waits])["month_on_month"].coverage.kind
        for period in ("2026-03", "2026-04")
    ]
    assert kinds == [CoverageKind.FLOOR, CoverageKind.UNKNOWN]


# Clients

CLIENTS = [
    row("2026-01-05", "500.00", client="Acorn Ltd"),
    row("2026-02-05", "100.00", client="acorn  ltd", id="second"),
    row("2026-01-06", "200.00", client="Birch & Co"),
    row("2026-01-07", "100.00", client="Cedar"),
    row("2026-01-08", "50.00", client="Dune"),
    row("2026-01-09", "50.00"),
    row("2026-01-10", "-30.00", client="Elm", status=Status.REFUNDED),
]


def test_client_concentration() -> None:
    """600 of 1,000 from the largest; Elm's refund has no sale here and is left out."""
    found = asked(CLIENTS)
    assert [found[slug].value for slug in ("top_client_share", "top_three_share", "client_concentration")] == [
        Decimal("60.00"),
        Decimal("90.00"),
        Decimal("0.4125"),
    ]
    top = found["top_client_share"]
    assert [part.label for part in top.parts] == ["Acorn Ltd", "Birch & Co", "Cedar", "Dune"]
    assert (top.n, top.notes) == (4, ("50.00 USD came from rows without a client's name",))


def test_clients_are_not_known_where_no_row_names_one() -> None:
    """Sales to nobody in particular, or none."""
    assert asked([row("2026-01-09", "50.00")])["top_client_share"].not_known == "no row of the period names a client"
    assert asked([])["top_client_share"].not_known == "there is no income in the period"


# Recurring


def paid(day: str, amount: str, period: str = "month", client: str = "acorn@example.com", **more: Any) -> Transaction:
    given: dict[str, Any] = {"description": "Newsletter", "id": f"stripe_{day}_{amount}_{client}", **more}
    return row(day, amount, Channel.STRIPE, client=client, period=period, transaction_type=SUBSCRIPTION, **given)


def test_monthly_recurring_revenue_divides_each_payment_by_its_months() -> None:
    """Monthly 10, quarterly 30, yearly 120, every two years 240, weekly 3: 10 + 10 + 10 + 10 + 13."""
    rows = [
        paid("2026-07-01", "10.00"),
        paid("2026-05-20", "30.00", "quarter", "b@example.com"),
        paid("2025-09-01", "120.00", "year", "c@example.com"),
        paid("2024-09-01", "240.00", "2 years", "d@example.com"),
        paid("2026-07-10", "3.00", "week", "e@example.com"),
    ]
    found = asked(rows)["mrr"]
    assert (found.value, found.n, found.measure) == (Decimal("53.00"), 5, Stock(Decimal("53.00"), TODAY))


def test_a_renewal_takes_the_place_of_the_payment_before_whatever_its_text_and_price() -> None:
    """A subscription whose price went up counts once, at the new price."""
    rows = [
        paid("2026-05-31", "10.00", description="Subscription creation"),
        paid("2026-06-30", "10.00", description="Subscription update"),
        paid("2026-07-14", "12.00", description="Other plan", client="b@example.com"),
        paid("2026-06-15", "10.00", description="Other plan", client="b@example.com"),
    ]
    assert value(rows, "mrr") == Decimal("22.00")


def test_two_subscriptions_of_one_client_count_both() -> None:
    """Paid on one day, renewed on one day."""
    rows = [paid(day, amount) for day in ("2026-06-10", "2026-07-10") for amount in ("5.00", "20.00")]
    rows += [paid("2026-07-10", "5.00", id="stripe_again")]
    assert value(rows, "mrr") == Decimal("30.00")


@pytest.mark.parametrize(("today", "mrr"), [("2026-07-15", "10.00"), ("2026-07-16", "0.00")])
def test_a_subscription_ends_five_days_after_the_time_paid_for(today: str, mrr: str) -> None:
    """Paid to 10 July; a late renewal may still come until the 15th."""
    assert value([paid("2026-06-10", "10.00")], "mrr", today=date.fromisoformat(today)) == Decimal(mrr)


def test_a_refunded_payment_is_no_recurring_revenue() -> None:
    """In full: it does not count; in part: what is left does."""
    rows = [
        paid("2026-07-01", "10.00", id="stripe_a"),
        row("2026-07-02", "-10.00", Channel.STRIPE, id="stripe_a_refund", status=Status.REFUNDED),
        paid("2026-07-01", "30.00", id="stripe_b", client="b@example.com"),
        row("2026-07-02", "-12.00", Channel.STRIPE, id="stripe_b_refund", status=Status.REFUNDED),
    ]
    assert value(rows, "mrr") == Decimal("18.00")


def test_recurring_revenue_is_exact_where_every_payment_that_still_runs_can_be_known() -> None:
    """Read from New Year on: all monthly payments, and of yearly ones not those of last year, which still run."""
    stripe = SourceState("Stripe", SourceStatus.COMPLETE, date(2026, 1, 1), date(2026, 7, 14))
    monthly, yearly = paid("2026-07-01", "10.00"), paid("2026-03-01", "120.00", "year", "b@example.com")
    assert asked([monthly], states=[stripe])["mrr"].coverage.kind is CoverageKind.EXACT
    found = asked([monthly, yearly], states=[stripe])["mrr"].coverage
    assert (found.kind, found.why) == (CoverageKind.FLOOR, "Stripe is read only from 2026-01-01 on")
    assert asked([monthly, yearly], states=[READ[0]])["mrr"].coverage.kind is CoverageKind.EXACT
    first = asked([paid("0001-01-03", "10.00", "2 years")], "0001-02", today=date(1, 2, 3))["mrr"]
    assert first.value == Decimal("0.42")


def test_anonymous_subscribers_are_each_their_own() -> None:
    """Nobody knows whether they are one."""
    rows = [paid("2026-06-20", "5.00", client="Anonymous", id="a"), paid("2026-07-10", "5.00", client="", id="b")]
    assert value(rows, "mrr") == Decimal("10.00")


def test_recurring_revenue_without_periods_is_not_known() -> None:
    """Or, where some say theirs, a floor."""
    silent = paid("2026-07-01", "10.00", "")
    assert asked([silent])["mrr"].not_known == "no subscription payment says its period (column Period)"
    assert asked([row("2026-07-01", "9.00")])["mrr"].not_known == "no subscription payment is in the log"
    some = asked([silent, paid("2026-07-02", "4.00", client="b@example.com")])["mrr"]
    assert (some.value, some.coverage.kind) == (Decimal("4.00"), CoverageKind.FLOOR)


def test_recurring_share() -> None:
    """A quarter of the income."""
    rows = [paid("2026-07-01", "25.00"), row("2026-07-02", "75.00")]
    assert value(rows, "recurring_share") == Decimal("25.00")
    outweighed = [*rows, row("2026-07-03", "-90.00", status=Status.REFUNDED)]
    assert asked(outweighed)["recurring_share"].not_known == "refunds of the period outweigh what they are of"
    assert asked([])["recurring_share"].not_known == "there is no income in the period"


# Hours


def test_effective_hourly_rate() -> None:
    """1,000 for 12.5 hours, 100 of it refunded, 90 of fees."""
    rows = [
        row("2026-04-03", "600.00", Channel.UPWORK, id="upwork_1", hours=Decimal("7.5"), transaction_type=HOURLY,
            fee_usd=Decimal("60.00")),
        row("2026-04-10", "400.00", Channel.UPWORK, id="upwork_2", hours=Decimal(5), transaction_type=HOURLY,
            fee_usd=Decimal("40.00")),
        row("2026-04-12", "-100.00", Channel.UPWORK, id="upwork_2_refund", status=Status.REFUNDED,
            fee_usd=Decimal("-10.00")),
        row("2026-04-13", "5000.00", Channel.UPWORK, id="upwork_3", transaction_type=TransactionType.FIXED),
    ]  # fmt: skip
    found = asked(rows)
    assert (found["hourly_rate"].value, found["hourly_rate_net"].value) == (Decimal("72.00"), Decimal("64.80"))
    assert [str(part.value) for part in found["hourly_rate"].parts] == ["900.00", "12.5"]


def test_hours_that_are_not_known_are_said() -> None:
    """No hours, no rate; some hours, a rate of those."""
    silent = row("2026-04-03", "600.00", Channel.UPWORK, id="upwork_1", transaction_type=HOURLY)
    assert asked([silent])["hourly_rate"].not_known == "no row of the period says its hours (column Hours)"
    timed = row("2026-04-04", "80.00", Channel.UPWORK, id="upwork_2", transaction_type=HOURLY, hours=Decimal(2))
    found = asked([silent, timed])
    assert (found["hourly_rate"].value, found["hourly_rate"].coverage.reasons[-1].text) == (
        Decimal("40.00"),
        "are not known for 1 of 2 hourly rows",
    )
    assert found["hourly_rate_net"].not_known == "1 of these rows don't say their fee"


# Trends


def test_a_month_that_is_not_over_is_held_against_the_same_days() -> None:
    """1 to 15 July against 1 to 15 June; 20 June is not among them."""
    rows = [row("2026-06-10", "80.00"), row("2026-06-20", "1000.00"), row("2026-07-15", "100.00")]
    found = asked(rows)["month_on_month"]
    assert (found.value, found.n) == (Decimal("25.00"), 2)
    assert [part.label for part in found.parts] == ["Jun 2026 to 2026-06-15", "Jul 2026 to 2026-07-15"]


def test_a_month_that_is_over_is_held_against_the_whole_month_before() -> None:
    """28 February is a month's end: all of January counts."""
    rows = [row("2026-01-31", "100.00"), row("2026-02-10", "90.00")]
    assert value(rows, "month_on_month", "2026-02") == Decimal("-10.00")


def test_a_short_month_ends_before_the_day() -> None:
    """On 30 March, February has 28 days to compare."""
    rows = [row("2026-02-28", "100.00"), row("2026-03-30", "150.00")]
    assert value(rows, "month_on_month", today=date(2026, 3, 30)) == Decimal("50.00")


def test_year_on_year_is_to_the_same_day() -> None:
    """To 15 July of both years."""
    rows = [row("2025-07-15", "200.00"), row("2025-07-16", "5000.00"), row("2026-02-01", "250.00")]
    assert value(rows, "year_on_year") == Decimal("25.00")
    assert asked(rows)["year_on_year"].parts[0].label == "2025-01-01 to 2025-07-15"


def test_a_leap_day_is_held_against_the_28th_and_a_whole_february_against_a_whole_one() -> None:
    """2024 had a 29th."""
    rows = [row("2024-02-29", "30.00"), row("2024-02-01", "10.00"), row("2025-02-28", "60.00")]
    assert value(rows, "year_on_year", "2025-02") == Decimal("50.00")
    leap = [row("2023-02-28", "10.00"), row("2024-02-29", "20.00")]
    assert value(leap, "year_on_year", "2024", today=date(2024, 2, 29)) == Decimal("100.00")


def test_nothing_is_held_against_what_is_not_known() -> None:
    """A year never read, a year without income, all time."""
    state = SourceState("Stripe", SourceStatus.COMPLETE, date(2026, 1, 1), date(2026, 7, 14))
    rows = [row("2026-02-01", "250.00", Channel.STRIPE)]
    found = asked(rows, states=[state])["year_on_year"]
    assert found.not_known == "2025-01-01 to 2025-07-15 was never read"
    assert asked(rows)["year_on_year"].not_known == "there is no income in 2025-01-01 to 2025-07-15 to compare with"
    assert asked(rows, "all")["year_on_year"].not_known == "all time has no year before it"


def test_an_adopted_month_cannot_be_compared_by_days() -> None:
    """It stands on the first for all its days; a whole month against it can be."""
    rows = [row("2026-06-01", "900.00", id="manual_opening_2026-06_other"), row("2026-07-15", "100.00")]
    assert asked(rows)["month_on_month"].not_known == (
        "Jun 2026 holds an adopted figure of the whole month: its days can't be told apart"
    )
    july_over = asked(rows, "2026-07", today=date(2026, 8, 3))["month_on_month"]
    assert july_over.value == Decimal("-88.89")


# Outlook


def months_of(*amounts: str, first: str = "2026-01") -> list[Transaction]:
    rows, month = [], Month.parse(first)
    for amount in amounts:
        rows.append(row(month.first_day.isoformat(), amount, id=f"manual_{month}"))
        month = month.next
    return rows


def test_the_run_rate_is_three_full_months_times_four() -> None:
    """April, May and June; July is not over."""
    rows = months_of("1.00", "1.00", "1.00", "100.00", "200.00", "300.00", "9999.00")
    found = asked(rows)["run_rate"]
    assert (found.value, found.n) == (Decimal("2400.00"), 3)
    assert found.measure == Stock(Decimal("2400.00"), date(2026, 6, 30))


def test_the_forecast_is_a_range_of_what_months_were_like() -> None:
    """Six months of 100 to 600: tenth percentile 150, median 350, ninetieth 550."""
    rows = months_of("600.00", "200.00", "500.00", "400.00", "300.00", "100.00", "9999.00")
    found = asked(rows)["forecast"]
    august = Month(2026, 8)
    assert found.measure == Range(Decimal("150.00"), Decimal("350.00"), Decimal("550.00"), august.window)
    assert (found.period.label, found.n) == ("Aug 2026", 6)


def test_the_forecast_is_refused_under_six_full_months() -> None:
    """Five and a half are not six; a month that was read in part is none, whatever is in it."""
    rows = months_of("600.00", "200.00", "500.00", "400.00", "300.00", "100.00", first="2026-02")
    assert asked(rows)["forecast"].not_known == "it takes 6 full months, and there are 5"
    one = asked(months_of("600.00", "5.00", first="2026-06"))["forecast"]
    assert one.not_known == "it takes 6 full months, and there is 1"
    old = [row("2025-10-01", "5.00", Channel.STRIPE), *rows]
    state = SourceState("Stripe", SourceStatus.COMPLETE, date(2026, 1, 15), date(2026, 7, 14))
    refused = asked(old, states=[state])["forecast"]
    assert (refused.measure, refused.n) == (None, 5)


def test_months_without_income_are_months() -> None:
    """Zeros count: a quiet month is part of what months are like."""
    rows = [row("2026-01-10", "600.00"), row("2026-07-01", "1.00")]
    found = asked(rows)["forecast"].measure
    assert isinstance(found, Range)
    assert (found.low, found.value, found.high) == (Decimal("0.00"), Decimal("0.00"), Decimal("300.00"))


@pytest.mark.parametrize("period", ["2026-08", "2027", "2026-12 to 2027-02", "9999-11"])
def test_a_period_to_come_has_no_outlook_and_no_stock(period: str) -> None:
    """A year of sponsors: months that have not been are no months without income."""
    days = [date(2025, 8, 5) + timedelta(days=30 * number) for number in range(12)]
    rows = [
        row(str(day), "100.00", Channel.GITHUB_SPONSORS, client="Ada", transaction_type=SUBSCRIPTION, period="month")
        for day in days
    ]
    slugs = ("run_rate", "forecast", "mrr", "month_on_month", "year_on_year")
    ahead, now = asked(rows, period), asked(rows)
    assert {slug: ahead[slug].not_known for slug in slugs} == dict.fromkeys(slugs, "the period has not begun")
    assert all(now[slug].value for slug in ("run_rate", "forecast", "mrr"))


# Targets


def test_the_monthly_goal_counts_the_months_that_have_begun() -> None:
    """Seven months of 1,000, and 3,500 earned."""
    rows = [row("2026-02-01", "3500.00")]
    found = asked(rows, monthly_goal=Decimal(1000))["goal"]
    assert (found.value, found.n) == (Decimal("50.00"), 7)
    assert {part.label: str(part.value) for part in found.parts} == {
        "income": "3500.00",
        "goal": "7000",
        "left": "3500.00",
    }
    assert value(rows, "goal", "2026-02", monthly_goal=Decimal(1000)) == Decimal("350.00")
    assert value(rows, "goal", "all", monthly_goal=Decimal(1000)) == Decimal("58.33")
    assert asked(rows, "2026-09", monthly_goal=Decimal(1000))["goal"].not_known == "no month of the period has begun"
    assert "REVINTEL_MONTHLY_GOAL" in asked(rows)["goal"].not_known


def test_tax_is_set_aside_of_each_months_net() -> None:
    """27.5 percent of 100.10 and of 33.30, each rounded; a month of refunds takes some back."""
    rows = [
        row("2026-01-05", "110.10", fee_usd=Decimal("10.00")),
        row("2026-02-05", "33.30", fee_usd=Decimal(0)),
        row("2026-03-05", "-20.00", status=Status.REFUNDED, fee_usd=Decimal(0)),
    ]
    found = asked(rows, tax_percent=Decimal("27.5"))["tax_set_aside"]
    assert (found.value, found.coverage.kind) == (Decimal("31.19"), CoverageKind.EXACT)
    assert "REVINTEL_TAX_SET_ASIDE" in asked(rows)["tax_set_aside"].not_known


def test_every_metric_finds_its_rows_in_the_log() -> None:
    """As a filter for a list: the refunds, the largest client's rows, the months of a forecast."""
    rows = [*SALES, *months_of("9.00", "9.00", "9.00", "9.00", "9.00", "9.00"), paid("2026-07-01", "9.00")]
    found = asked(rows)
    listed = {slug: list_rows(logged(rows), each.matching).count for slug, each in found.items()}
    assert (listed["income"], listed["refunds"], listed["mrr"]) == (16, 4, 1)
    assert listed["forecast"] == 15
    top = found["top_client_share"]
    assert listed["top_client_share"] == 1
    assert top.matching.client == top.parts[0].label == "acorn@example.com"


# Laws

logs = st.lists(transactions, max_size=25)
QUARTERS = ["Q1 2025", "Q2 2025", "Q3 2025", "Q4 2025", "Q1 2026"]


@settings(max_examples=30)
@given(logs)
def test_the_parts_of_income_add_up_and_equal_the_summary(rows: list[Transaction]) -> None:
    """Channels to totals, gross less refunds to income, income less fees to net, and the tracker's own year."""
    found = asked(rows, "2026")
    for slug in ("gross", "refunds", "income", "fees", "net"):
        assert sum(part.value for part in found[slug].parts) == found[slug].value
    gross, refunds, income, fees, net = (
        found[slug].value or Decimal(0) for slug in ("gross", "refunds", "income", "fees", "net")
    )
    assert (gross - refunds, income - fees) == (income, net)
    assert income == year_to_date(totals_of(rows), TODAY).total
    assert net == year_to_date(totals_of(rows), TODAY, basis=Basis.NET).total


@settings(max_examples=20)
@given(logs)
def test_every_flow_of_months_adds_up_to_the_flow_of_the_span(rows: list[Transaction]) -> None:
    """Quarters to fifteen months, to the cent; taxes too."""
    parts = [asked(rows, quarter, tax_percent=Decimal("31.4")) for quarter in QUARTERS]
    whole = asked(rows, "2025-01 to 2026-03", tax_percent=Decimal("31.4"))
    for metric in METRICS:
        if metric.kind is Kind.FLOW:
            flows = [measure for part in parts if isinstance(measure := part[metric.slug].measure, Flow)]
            assert sum_of_flows(flows) == whole[metric.slug].measure


@settings(max_examples=20)
@given(logs, st.randoms(use_true_random=False))
def test_the_order_of_the_log_changes_no_figure(rows: list[Transaction], random: Any) -> None:
    """Rows may stand anywhere."""
    turned = list(rows)
    random.shuffle(turned)
    other_way = asked(turned, "last 12 months", monthly_goal=Decimal(900), tax_percent=Decimal(25))
    for slug, found in asked(rows, "last 12 months", monthly_goal=Decimal(900), tax_percent=Decimal(25)).items():
        other = other_way[slug]
        assert (other.value, other.not_known, other.n, other.parts) == (
            found.value,
            found.not_known,
            found.n,
            found.parts,
        )


@settings(max_examples=20)
@given(logs)
def test_shares_lie_between_nothing_and_all(rows: list[Transaction]) -> None:
    """The largest client has no more than the three largest, and nobody more than everything."""
    found = asked(rows, "all")
    one, three, index = (found[slug].value for slug in ("top_client_share", "top_three_share", "client_concentration"))
    if one is not None and three is not None and index is not None:
        assert 0 <= one <= three <= 100
        assert 0 <= index <= 1
    recurring = found["recurring_share"].value
    assert recurring is None or 0 <= recurring <= 100


subscription_days = st.dates(date(2025, 6, 1), date(2026, 7, 15))


@given(subscription_days, st.integers(1, 12), st.integers(100, 99999), st.integers(-5, 5))
def test_a_subscription_renewed_near_its_day_is_always_one(start: date, months: int, cents: int, late: int) -> None:
    """On any day from the first payment on, its monthly value is counted exactly once."""
    day, rows = start, []
    every = f"{months} months"
    for number in range(14 // months + 1):
        rows.append(paid(day.isoformat(), f"{cents / 100:.2f}", every, id=f"stripe_{number}"))
        month = Month(day.year + (day.month + months - 1) // 12, (day.month + months - 1) % 12 + 1)
        due = date(month.year, month.number, min(day.day, month.last_day.day))
        day = due + timedelta(days=late * (number % 2))
    on = min(rows[-1].date, TODAY)
    found = asked(rows, today=on)["mrr"]
    assert found.n == 1
    assert found.value == round(Decimal(cents) / months) / Decimal(100)


def test_a_ratio_of_the_catalogue_is_a_ratio_and_a_stock_no_flow() -> None:
    """The kind that is announced is the type that is given."""
    rows = [*SALES, *CLIENTS, *months_of("9.00", "9.00", "9.00", "9.00", "9.00", "9.00"), paid("2026-07-01", "9.00")]
    types = {Kind.FLOW: Flow, Kind.STOCK: Stock | Range, Kind.RATIO: Ratio}
    found = asked(rows, monthly_goal=Decimal(9), tax_percent=Decimal(9))
    for each in found.values():
        assert each.measure is None or isinstance(each.measure, types[each.metric.kind])
    assert {slug for slug, each in found.items() if each.measure is None} == {
        "year_on_year",
        "hourly_rate",
        "hourly_rate_net",
    }
