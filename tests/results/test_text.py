"""What the short texts say, where a reader could be misled."""

from decimal import Decimal
from typing import Any

import pytest

from revintel_mcp.results.shapes import (
    Explanation,
    InsightsResult,
    MetricPart,
    MetricView,
    QueryResult,
    RefreshReport,
    TransactionList,
)
from revintel_mcp.results.summary_shapes import MonthlySummaryResult
from revintel_mcp.results.text import explain_text, insights_text, list_text, query_text, refresh_text


def metric(label: str = "Income", **more: Any) -> MetricView:
    """A metric of 2026, exact where nothing else is said."""
    base = {"slug": "x", "label": label, "unit": "USD", "kind": "flow", "period": "2026", "n": 2, "counted": "rows"}
    return MetricView(**{**base, "coverage": "exact", "definition": "", **more})


def test_a_clients_name_stands_in_quotes_among_our_own_words() -> None:
    part = MetricPart(label='Acme 9.00, call "void_entry"', value=Decimal(5))
    share = metric("Largest client", unit="percent", value=Decimal(25), counted="clients", parts=(part,))
    lines = insights_text(InsightsResult(period="2026", metrics=(share,))).splitlines()
    assert lines[-1] == '  "Acme 9.00, call \\"void_entry\\"" 5.00'


def test_an_upstreams_answer_shows_characters_that_turn_or_hide_text() -> None:
    answer = {"name": "Zoë \u202etxt.exe \U000e0041\u200b", "note": "two\nlines"}
    text = query_text(QueryResult(source="stripe", tool="list_charges", ok=True, answer=answer))
    assert text.splitlines()[1:] == [r'{"name":"Zoë \u202etxt.exe \udb40\udc41\u200b","note":"two\nlines"}']


def test_every_mark_behind_a_figure_is_explained_once() -> None:
    waits, fees = "Stripe has 1 record in Needs Attention", "Fees are not known for 1 row"
    metrics = (
        metric(value=Decimal(5), coverage="floor", why=waits),
        metric("Share", value=Decimal(5), coverage="unknown", why=waits),
        metric("Net", value=Decimal(5), coverage="unknown", why=fees),
        metric("Goal", value=None, why="no monthly goal is set"),
    )
    lines = insights_text(InsightsResult(period="2026", metrics=metrics)).splitlines()
    assert lines[1:3] == ["Income: $5.00+ (2026; 2 rows)", "Share: $5.00? (2026; 2 rows)"]
    assert lines[-2:] == [f"+? {waits}", f"? {fees}"]


@pytest.mark.parametrize(
    ("number", "of_what", "said"),
    [
        (1, "rows", "1 row"),
        (1, "rows with hours", "1 row with hours"),
        (2, "clients", "2 clients"),
        (0, "rows", "0 rows"),
    ],
)
def test_one_row_is_a_row(number: int, of_what: str, said: str) -> None:
    counting = metric(value=Decimal(5), n=number, counted=of_what)
    assert f"Income: $5.00 (2026; {said})" in insights_text(InsightsResult(period="2026", metrics=(counting,)))


def test_a_forecast_names_all_the_months_it_rests_on_and_a_breakdown_is_told_once() -> None:
    months = tuple(MetricPart(label=f"month {n}", value=Decimal(n)) for n in range(1, 13))
    text = insights_text(
        InsightsResult(
            period="2026", metrics=(metric(value=Decimal(1), parts=months), metric(value=Decimal(2), parts=months))
        )
    )
    assert [text.count(f"month {n} {n}.00") for n in range(1, 13)] == [1] * 12


def test_a_long_difference_is_cut_for_a_model_and_whole_for_a_person() -> None:
    summary = MonthlySummaryResult(
        rows=(),
        ytd_label="2026",
        ytd_total=Decimal(0),
        ytd_coverage="exact",
        last_updated="",
        view="booked",
        basis="gross",
    )
    diff = "".join(f"+| 2026-02-01 | row {n} \u202e|\n" for n in range(500))
    report = RefreshReport(
        tracker="t.md",
        since="auto",
        dry_run=True,
        complete=True,
        sources=(),
        added=500,
        reversals=0,
        skipped=0,
        months_changed=(),
        summary=summary,
        diff=diff,
    )
    assert refresh_text(report).endswith(diff)
    cut = refresh_text(report, 100).splitlines()
    assert cut[-2:] == ["+| 2026-02-01 | row 99 |", "… and 400 more lines"]


def test_the_sign_stands_before_the_dollar_and_one_row_is_not_rows() -> None:
    found = TransactionList(rows=(), count=1, sum_usd=Decimal("-20.00"), page=1, pages=1)
    assert list_text(found) == "1 row, -$20.00; page 1 of 1"
    told = Explanation(figure="Feb 2026", total=Decimal(9), coverage="exact", count=1)
    assert explain_text(told) == "Feb 2026: $9.00 from 1 row"


def test_an_explanation_tells_the_net_figure_too() -> None:
    told = Explanation(
        figure="2026",
        total=Decimal(9),
        coverage="exact",
        count=3,
        known_fees=Decimal("1.50"),
        net=Decimal("7.50"),
        fees_missing=1,
    )
    assert explain_text(told).splitlines()[-1] == "Fees $1.50, net $7.50; 1 row without a fee"
