"""What pages say, from what the tools answered."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from dashboard.decoding import decode
from dashboard.shapes import (
    AttentionItem,
    Entry,
    Explanation,
    Insights,
    MonthlySummary,
    Problem,
    RefreshReport,
    Row,
    RowList,
    SourceList,
)
from dashboard.tools import EntryForm, RowQuery
from dashboard.view_models import (
    attention,
    entry,
    explanation,
    figures,
    insights,
    overview,
    refresh,
    sources,
    transactions,
)
from dashboard.view_models.coverage import worst
from tests.dashboard import answers

_NO_ROWS = decode(RowList, answers.row_list())


def _summary(*rows: dict[str, Any], **changes: Any) -> MonthlySummary:
    return decode(MonthlySummary, answers.summary(*rows, **changes))


def _row(row_id: str = "gumroad_a1", **changes: Any) -> Row:
    return decode(Row, answers.row(row_id, **changes))


def _insights(**changes: Any) -> Insights:
    found = answers.insights()
    for each in found["metrics"]:
        each.update(changes.get(each["slug"], {}))
    return decode(Insights, found)


@pytest.mark.parametrize(
    ("words", "whole"),
    [
        ([], "exact"),
        (["exact", "exact"], "exact"),
        (["exact", "floor"], "floor"),
        (["exact", "unknown"], "floor"),
        (["unknown", "unknown"], "unknown"),
        (["a newer word"], "unknown"),
    ],
)
def test_a_sum_is_worth_what_its_parts_are(words: list[str], whole: str) -> None:
    assert worst(words) == whole


# Headline


def _headline(
    summary: MonthlySummary, net: MonthlySummary | None = None, found: Insights | None = None
) -> list[figures.Figure]:
    return list(figures.headline(summary, net or summary, found or _insights(), found or _insights()))


def test_the_month_is_that_of_today_whatever_rows_follow() -> None:
    rows = (answers.month("Mar 2026", upwork=610.0), answers.month("May 2026", other=99.0))

    month, *_ = _headline(_summary(*rows))

    assert (month.label, month.value) == ("March 2026, so far", "$610.00")
    assert month.lines[0].text == "\u25bc \u221212.5\u00a0% on the same days of last month ($697.14)"
    assert month.lines[0].tone == "bad"


def test_a_year_that_can_t_be_compared_says_why() -> None:
    _, year, *_ = _headline(_summary())

    assert year.lines[0].text == "Not comparable: 2025 was never read"
    assert year.why == "Stripe was read to 12 Feb 2026"


def test_net_is_at_most_this_while_fees_are_missing() -> None:
    gross = _summary(answers.month("Mar 2026", upwork=100.0))
    net = _summary(answers.month("Mar 2026", upwork=90.0), notes=["Net is at most this: 1 row doesn't say its fee."])

    figure = _headline(gross, net)[2]

    assert (figure.value, figure.spoken, figure.coverage) == ("\u2264\u00a0$90.00", "at most $90.00", "exact")
    lines = [line.text for line in figure.lines]
    assert lines[:2] == ["$10.00 known platform fees", "$90.00 net in March 2026"]


def test_net_is_not_known_while_fees_and_sales_are_missing() -> None:
    net = _summary(notes=["Net is at most this: 1 row doesn't say its fee."])

    assert _headline(_summary(), net)[2].coverage == "unknown"


def test_a_goal_fills_its_bar_and_says_what_is_left() -> None:
    goal = _headline(_summary())[3]

    assert (goal.value, goal.part) == ("61\u00a0%", Decimal("0.61"))
    assert goal.lines[0].text == "$390.00 to go of $1,000.00"


def test_no_goal_says_how_to_set_one() -> None:
    found = _insights(goal={"value": None, "parts": []})

    assert "REVINTEL_MONTHLY_GOAL" in _headline(_summary(), found=found)[3].lines[0].text


def test_a_goal_reached_is_said() -> None:
    parts = [{"label": "goal", "value": 500.0}, {"label": "left", "value": 0.0}]
    goal = _headline(_summary(), found=_insights(goal={"value": 122.0, "parts": parts}))[3]

    assert goal.lines[0].text == "$500.00 reached"
    assert goal.lines[0].tone == "good"


# Overview


def test_the_outlook_is_a_range_on_its_months() -> None:
    run_rate, forecast = overview.outlooks(_insights())

    assert run_rate.value == "$14,400.00"
    assert forecast.value == "$800.00 to $1,500.00"
    assert forecast.range == (Decimal("800.0"), Decimal("1200.0"), Decimal("1500.0"))


def test_an_outlook_that_is_refused_says_why() -> None:
    (run_rate, _) = overview.outlooks(
        _insights(run_rate={"value": None, "why": "it takes 3 full months, and there is 1"})
    )

    assert (run_rate.value, run_rate.why) == ("Not known", "It takes 3 full months, and there is 1")


def test_before_the_first_refresh_each_source_says_what_to_do_here() -> None:
    new = answers.source("Stripe", status="not yet refreshed", next_step="type: revintel-mcp refresh")
    none = answers.source("Upwork", configured=False, status="not configured", next_step="no server named upwork")
    found = decode(SourceList, answers.sources(none, new))

    assert [(each.name, each.tone, each.note) for each in overview.connections(found)] == [
        ("Stripe", "info", "Press Refresh."),
        ("Upwork", "idle", ""),
    ]
    assert [card.next_step for card in sources.source_cards(found)] == ["Press Refresh.", "no server named upwork"]


def test_freshness_leaves_out_what_is_not_connected() -> None:
    found = overview.freshness(decode(SourceList, answers.sources()))

    assert [(each.name, each.tone, each.through) for each in found] == [
        ("Stripe", "good", "through 17 Mar 2026"),
        ("Gumroad", "bad", "through 17 Mar 2026"),
    ]


def test_what_needs_the_user_is_one_sentence() -> None:
    failed = overview.freshness(decode(SourceList, answers.sources()))

    assert (
        overview.attention_text(2, failed)
        == "2 records wait for you, counted in no figure yet; Gumroad could not be read"
    )
    assert overview.attention_text(0, ()) == ""


# Insights


def test_one_reason_that_metrics_count_differently_is_told_once() -> None:
    found = _insights(
        gross={"why": "Stripe has 3 records in Needs Attention"},
        fees={"why": "Fees are not known for 4 of 330 rows"},
        net={"why": "Fees are not known for 4 rows: net is at most this"},
        run_rate={"why": "Stripe has 12 records in Needs Attention"},
        mrr={"why": "Upwork is read only through 2026-11-18"},
    )

    reasons = insights.missing(found)

    assert "Stripe has 12 records in Needs Attention" in reasons
    assert "Fees are not known for 4 of 330 rows" in reasons
    assert "Upwork is read only through 18 Nov 2026" in reasons
    assert not any("3 records" in reason or "at most" in reason for reason in reasons)


def test_the_statement_goes_from_gross_to_net_and_adds_up() -> None:
    found = insights.statement(_insights(), "ytd")

    assert [channel.name for channel in found.channels] == ["Upwork", "Gumroad"]
    assert [(line.label, line.total.text) for line in found.lines] == [
        ("Gross", "$2,855.25"),
        ("Refunds", "\u2212$29.00"),
        ("Income", "$2,826.25"),
        ("Fees", "\u2212$120.50"),
        ("Net", "$2,705.75"),
    ]
    assert '"Gumroad"' in (found.lines[1].cells[1] or found.lines[0].total).go


def test_reasons_are_told_one_by_one_and_whole() -> None:
    why = "Upwork is read only through 2026-11-18; a later refresh reads on; Stripe has 1 record in Needs Attention"
    found = _insights(income={"why": why}, gross={"why": why})

    assert insights.missing(found) == (
        "Upwork is read only through 18 Nov 2026; a later refresh reads on",
        "Stripe has 1 record in Needs Attention",
        "Fees are not known for 2 rows",
    )


def test_rows_that_a_figure_rests_on_are_found_by_what_the_server_names() -> None:
    query = RowQuery.asking({"date_from": "2026-01-01", "client": "Ada", "status": "refunded"})

    assert query is not None
    assert transactions.link_words(query) == {"text": "Ada", "from": "2026-01-01", "status": "Reversal"}
    assert RowQuery.asking({}) is None
    assert RowQuery.asking({"a_newer_filter": "x"}) is None


def test_a_list_says_what_of_it_does_not_count() -> None:
    found = decode(RowList, {"rows": [], "count": 2, "sum_usd": 10.0, "page": 1, "pages": 1})

    assert transactions.found_text(found) == "2 rows, together $10.00"
    assert (
        transactions.found_text(replace(found, not_counted_usd=Decimal("5.5")))
        == "2 rows, together $10.00, and $5.50 not counted"
    )


def test_every_metric_has_a_place_also_those_of_a_newer_server() -> None:
    found = _insights()
    shown = {card.slug for _, cards in insights.groups(found, "ytd") for card in cards}
    shown |= {card.slug for card in insights.clients(found, "ytd")}
    shown |= {"gross", "refunds", "income", "fees", "net"}

    assert shown == {metric.slug for metric in found.metrics}
    assert insights.groups(found, "ytd")[-1][0] == "More"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("12.5", "percent", "12.5\u00a0%"),
        ("95.5", "USD an hour", "$95.50 an hour"),
        ("9", "USD", "$9.00"),
        ("0.5131", "index", "0.51"),
        ("7.0", "days", "7 days"),
    ],
)
def test_a_value_has_its_unit(value: str, unit: str, text: str) -> None:
    assert insights.value_text(Decimal(value), unit) == text


def test_what_is_missing_is_said_once() -> None:
    assert insights.missing(_insights(gross={"why": "Stripe was read to 12 Feb 2026"})) == (
        "Stripe was read to 12 Feb 2026",
        "Fees are not known for 2 rows",
    )


# Transactions


def test_a_reversal_is_linked_to_its_sale_and_back() -> None:
    rows = [_row(), _row("gumroad_a1_refund", status="refunded", amount_usd=-29.0), _row("gumroad_a1x")]

    refund = transactions.details("gumroad_a1_refund", rows)
    sale = transactions.details("gumroad_a1", rows)

    assert refund is not None
    assert [row.id for row in refund.linked] == ["gumroad_a1"]
    assert refund.link_text == "Refund of this sale"
    assert sale is not None
    assert [row.id for row in sale.linked] == ["gumroad_a1_refund"]
    assert transactions.search_for("gumroad_a1_dispute_won_2") == "gumroad_a1"


def test_a_refund_whose_sale_is_not_logged_says_so() -> None:
    found = transactions.details("x_refund", [_row("x_refund", status="refunded")])

    assert found is not None
    assert found.link_text == "Refund of x, which is not in the log"


@pytest.mark.parametrize(
    ("row_id", "changes", "origin"),
    [
        ("gumroad_a1", {}, "From Gumroad, read by list_sales, line 41 of the tracker."),
        ("manual_2026_ab", {"line": 0}, "Entered by hand."),
        (
            "manual_opening_2026-01_upwork",
            {},
            "Adopted: the figure that stood here before its rows were known, line 41 of the tracker.",
        ),
        ("", {}, "Written into the file, line 41 of the tracker."),
    ],
)
def test_a_row_says_where_it_came_from(row_id: str, changes: dict[str, Any], origin: str) -> None:
    assert transactions.origin(_row(row_id, **changes)) == origin


def test_only_an_entry_that_still_stands_may_be_changed() -> None:
    void = _row("manual_1_void", status="refunded", amount_usd=-29.0)
    for row_id, others, allowed in (
        ("manual_1", [], True),
        ("manual_1", [void], False),
        ("manual_1_void", [], False),
        ("manual_opening_2026-01_upwork", [], False),
        ("gumroad_a1", [], False),
    ):
        row = void if row_id == void.id else _row(row_id)
        found = transactions.details(row_id, [row, *others])
        assert found is not None
        assert found.by_hand is allowed, row_id


def test_clicking_a_heading_turns_the_order_round() -> None:
    assert transactions.next_sort("-date", "amount") == "-amount"
    assert transactions.next_sort("-amount", "amount") == "amount"
    assert transactions.next_sort("amount", "amount") == "-amount"


def test_a_download_is_named_after_its_filters() -> None:
    assert (
        transactions.csv_name(["Feb 2026", "GitHub Sponsors", "../../etc"])
        == "transactions-feb-2026-github-sponsors-etc.csv"
    )
    assert transactions.csv_name([]) == "transactions.csv"


# Entries


@pytest.mark.parametrize("amount", ["1200", "1,200.50", "0.5", "-3"])
def test_amounts_as_people_write_them_are_let_through(amount: str) -> None:
    assert entry.mistakes(EntryForm(amount=amount, channel="Other")) == ()


@pytest.mark.parametrize("amount", ["1.200,50", "12,00", "1e3", "1.234", "EUR 5", "\u0661"])
def test_other_amounts_are_asked_again(amount: str) -> None:
    (mistake,) = entry.mistakes(EntryForm(amount=amount, channel="Other"))
    assert amount in mistake


def test_only_changed_fields_are_sent() -> None:
    before = _row("manual_1", amount_usd=1200.5, fee_usd=None)
    same = EntryForm(
        amount="1,200.50", channel="Gumroad", date="2026-02-03", client="ada@example.com", description="Icon set"
    )

    assert entry.changes(before, same) == {}
    assert entry.changes(before, replace(same, amount="1,200.51", fee="2")) == {"amount": "1,200.51", "fee": "2"}
    assert entry.changes(before, replace(same, client="", description="")) == {"client": "", "description": ""}


def test_an_unpaid_entry_says_that_it_does_not_count() -> None:
    found = entry.logged(decode(Entry, answers.entry(entry=answers.ROWS[4])))

    assert "It is not counted until you mark it as paid." in found.lines


# Explanations


def test_an_explanation_says_what_is_left_after_fees() -> None:
    found = explanation.explained(decode(Explanation, answers.explanation()))

    assert found.fees == "$25.60 after $3.40 of known fees"
    assert found.counted == "1 row adds up to this"


def test_an_explanation_with_more_rows_than_it_shows_says_how_many() -> None:
    found = explanation.explained(decode(Explanation, answers.explanation(count=1234, fees_missing=2)))

    assert found.more == 1233
    assert found.fees == "$25.60 after $3.40 of known fees; 2 rows do not say their fee"


# Refreshes


def test_a_refresh_with_nothing_new_says_so() -> None:
    sent = answers.refresh_report(added=0, reversals=0, complete=True, months_changed=[])
    sent["sources"] = [sent["sources"][0]]

    assert refresh.outcome(decode(RefreshReport, sent)).title == "Nothing new. Every source was read to its end."


def test_what_failed_is_said_once() -> None:
    found = answers.refresh_report()
    failure = "unavailable: it ended while starting"
    found["sources"] = [{**found["sources"][0], "status": "failed", "note": failure, "problems": [failure, "no key"]}]

    (source,) = refresh.outcome(decode(RefreshReport, found)).sources
    assert source.note == "unavailable: it ended while starting; no key"


def test_a_changed_month_says_by_how_much() -> None:
    (change,) = refresh.outcome(decode(RefreshReport, answers.refresh_report())).changes

    assert (change.label, change.before, change.after, change.by) == ("Feb 2026", "$1,350.25", "$1,379.25", "+$29.00")


# Sources and attention


def test_sources_that_need_something_come_first() -> None:
    cards = sources.source_cards(decode(SourceList, answers.sources()))

    assert [(card.name, card.tone) for card in cards] == [("Gumroad", "bad"), ("Stripe", "good"), ("Upwork", "idle")]
    assert ("Complete", "1 Jan 2026 to 17 Mar 2026") in cards[1].fields
    assert not cards[2].can_refresh


def test_a_record_without_a_price_has_the_lines_to_paste() -> None:
    found = attention.attention(
        [decode(AttentionItem, answers.ATTENTION)],
        [],
        _NO_ROWS,
        decode(SourceList, answers.sources(answers.source("Stripe"))),
    )

    (item,) = found.waiting
    assert item.title == "180.00 EUR"
    assert item.paste == "| 2026-02-11 | EUR | 0.00 |"
    assert item.mend.startswith("add 2026-02-11 | EUR |")
    assert found.count == 1


def test_a_record_is_not_told_twice() -> None:
    problem = decode(Problem, {**answers.PROBLEM, "code": "needs-attention"})
    all_well = decode(SourceList, answers.sources(answers.source("Stripe")))

    assert attention.attention([decode(AttentionItem, answers.ATTENTION)], [problem], _NO_ROWS, all_well).count == 1
    assert attention.attention([], [problem], _NO_ROWS, all_well).count == 1


def test_what_became_of_a_strike_is_said_as_it_was() -> None:
    paid, unpaid = answers.ROWS[3], {**answers.ROWS[4], "status": "excluded"}

    titles = [
        entry.struck(decode(Entry, answers.entry(**changes))).title
        for changes in ({"entry": paid}, {"entry": unpaid}, {"entry": paid, "created": False})
    ]

    assert titles == [
        "Struck by a reversal row; both stay in the log",
        "Struck; it stays in the log",
        "It was struck already",
    ]


def test_more_unpaid_entries_than_fit_are_counted_too() -> None:
    unpaid = decode(RowList, answers.row_list(answers.ROWS[4]) | {"count": 110})

    found = attention.attention([], [], unpaid, decode(SourceList, answers.sources(answers.source("Stripe"))))

    assert (len(found.unpaid), found.more_unpaid, found.count) == (1, 109, 110)


@pytest.mark.parametrize("status", ["failed", "incomplete", "untrusted", "malformed"])
def test_a_source_that_was_not_read_to_its_end_needs_the_user(status: str) -> None:
    troubled = answers.source("Gumroad", status, last_failure="why", next_step="what to do")
    found = decode(SourceList, answers.sources(answers.source("Stripe"), troubled))

    assert attention.attention([], [], _NO_ROWS, found).sources == (("Gumroad", "why", "what to do"),)
    assert overview.attention_text(0, overview.freshness(found)).startswith("Gumroad ")


# First run


def test_a_refresh_with_no_source_connected_says_so() -> None:
    nobody = [{**each, "status": "not configured"} for each in answers.refresh_report()["sources"]]
    found = refresh.outcome(decode(RefreshReport, answers.refresh_report(sources=nobody, added=0)))

    assert found.title == "No source is connected, so there was nothing to ask."
