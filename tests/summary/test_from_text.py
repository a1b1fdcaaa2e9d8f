"""From a tracker's text to every figure about it: the test's docstring is the tracker."""

from datetime import date
from decimal import Decimal
from inspect import cleandoc

import pytest

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.summary.asked_period import asked_period
from revintel_mcp.summary.coverage import CoverageKind, Coverages, coverage
from revintel_mcp.summary.explain import Figure, explain
from revintel_mcp.summary.incomplete import incomplete_line
from revintel_mcp.summary.insights.catalogue import insights
from revintel_mcp.summary.insights.insight import Question
from revintel_mcp.summary.listing import RowFilter, list_rows
from revintel_mcp.summary.monthly import Basis, monthly_rows, year_to_date
from revintel_mcp.summary.restated import restated
from revintel_mcp.tracker import Scan, log_rows, scan

TODAY = date(2026, 2, 19)
JAN, FEB = Month(2026, 1), Month(2026, 2)


@pytest.fixture
def text(request: pytest.FixtureRequest) -> bytes:
    """The docstring of the test that asks for it, without its first line."""
    return cleandoc(request.function.__doc__.partition("\n")[2]).encode()


@pytest.fixture
def known(text: bytes) -> Scan:
    return scan(text, today=TODAY)


@pytest.fixture
def rows(text: bytes) -> list[LoggedRow]:
    return list(log_rows(text))


def judged(known: Scan) -> Coverages:
    return coverage(known.sources, known.attention, known.totals.keys(), today=TODAY, unreadable=known.unreadable)


def test_every_figure_of_a_small_tracker(known: Scan, rows: list[LoggedRow]) -> None:
    """A sale, its refund in the next month, an unreadable amount, a pending entry, a repeated ID, a source that failed.

    # Revenue Tracker

    ## Sources

    | Source | Status | Complete from | Complete to | Last attempt | Note |
    | --- | --- | --- | --- | --- | --- |
    | Stripe | complete | 2026-01-01 | 2026-02-18 | 2026-02-19T09:00:00-05:00 | list_charges |
    | Gumroad | failed | 2026-01-01 | 2026-02-12 | 2026-02-19T09:00:00-05:00 | auth: token rejected |
    | Upwork | not configured | | | | |

    ## Needs Attention

    | ID | Date | Source | Client | Description | Amount | Currency | Why | First seen |
    | --- | --- | --- | --- | --- | ---: | --- | --- | --- |
    | stripe_ch_9 | 2026-01-20 | Stripe | a@example.com | Course | 40.00 | EUR | no price | 2026-01-21 |

    ## Transaction Log

    | Date | Channel | Client | Description | Amount (USD) | Fee (USD) | Type | Status | ID | Via |
    | --- | --- | --- | --- | ---: | ---: | --- | --- | --- | --- |
    | 2026-01-04 | Gumroad | a@example.com | Icon set | 29.00 | 3.40 | one-time | completed | gumroad_a | list_sales |
    | 2026-02-03 | Gumroad | Acorn Ltd | Refund | -29.00 | 0.00 | one-time | refunded | gumroad_a_refund | list_sales |
    | 2026-01-12 | Stripe | Acorn Ltd | Logo | 450.00 | 13.35 | one-time | completed | stripe_ch_1 | list_charges |
    | 2026-01-13 | Fiverr | Birch | Banner | 80,5 | | one-time | completed | manual_x | |
    | 2026-02-01 | Cold Outreach | Cedar | Audit | 900.00 | | fixed | pending | manual_y | |
    | 2026-02-02 | Other | Dune | Talk | 100.00 | 0.00 | fixed | completed | manual_z | |
    | 2026-02-02 | Other | Dune | Talk | 100.00 | 0.00 | fixed | completed | manual_z | |
    """
    january, february = monthly_rows(known.totals, current=FEB)
    assert (january.summary.total, february.summary.total) == (Decimal("479.00"), Decimal("71.00"))
    assert year_to_date(known.totals, TODAY, basis=Basis.NET).total == Decimal("533.25")

    moved = monthly_rows(restated(known.totals, rows).totals, current=FEB)
    assert [row.summary.total for row in moved] == [Decimal("450.00"), Decimal("100.00")]

    worth = judged(known)
    assert {
        channel: worth.cell(JAN, channel).kind for channel in (Channel.STRIPE, Channel.GUMROAD, Channel.FIVERR)
    } == {
        Channel.STRIPE: CoverageKind.FLOOR,
        Channel.GUMROAD: CoverageKind.EXACT,
        Channel.FIVERR: CoverageKind.FLOOR,
    }
    assert incomplete_line(worth) == (
        "Incomplete: Jan 2026 Fiverr (has 1 row that can't be read); "
        "Feb 2026 Gumroad (is read only through 2026-02-12; the last try failed (auth)); "
        "Jan 2026 Stripe (has 1 record in Needs Attention)."
    )

    month = Figure(label="Jan 2026", matching=RowFilter(window=JAN.window))
    found = explain(month, rows, attention=known.attention, problems=known.problems)
    assert (found.total, [each.row.id for each in found.rows]) == (january.summary.total, ["gumroad_a", "stripe_ch_1"])
    assert [(each.row.line, each.why.partition(":")[0]) for each in found.unreadable] == [
        (24, "this row is not counted")
    ]
    assert [each.id for each in found.attention] == ["stripe_ch_9"]

    month = Figure(label="Feb 2026", matching=RowFilter(window=FEB.window))
    left_out = explain(month, rows, repeated=known.repeated).left_out
    assert [(each.row.line, each.why) for each in left_out] == [
        (25, "pending: counts once its status is completed"),
        (27, "its ID stands in another row above: that one counts"),
    ]

    listed = list_rows(rows)
    assert (listed.count, listed.counted, listed.total) == (5, 4, Decimal("550.00"))

    question = Question(period=asked_period("ytd", TODAY), today=TODAY, known=worth)
    values = {each.metric.slug: each.value for each in insights(rows, question)}
    assert (values["income"], values["refunds"], values["fees"]) == (
        Decimal("550.00"),
        Decimal("29.00"),
        Decimal("16.75"),
    )


def test_a_tracker_kept_by_hand_is_exact_as_entered(known: Scan, rows: list[LoggedRow]) -> None:
    """No Sources section, no ID column: rows of a person.

    # Income

    ## Transaction Log

    | Date | Channel | Amount |
    | --- | --- | ---: |
    | 2026-01-05 | Fiverr | 120.00 |
    | 2026-02-05 | Cold Outreach | 80.00 |
    """
    worth = judged(known)
    assert [worth.month(month).kind for month in (JAN, FEB)] == [CoverageKind.EXACT, CoverageKind.EXACT]
    assert incomplete_line(worth) == ""
    found = explain(Figure(label="2026", matching=RowFilter(window=asked_period("2026", TODAY).window)), rows)
    assert ([each.why for each in found.rows], found.total) == (["written into the file"] * 2, Decimal("200.00"))
