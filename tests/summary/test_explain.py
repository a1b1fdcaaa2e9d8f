"""Every figure goes back to the rows that make it, each to its source, with what was left out and why."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from revintel_mcp.booking.booking import AttentionRow, LoggedRow
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.problems import Problem
from revintel_mcp.domain.transaction import Channel, Status, Transaction
from revintel_mcp.summary.asked_period import asked_period
from revintel_mcp.summary.explain import Explanation, Figure, View, explain
from revintel_mcp.summary.listing import RowFilter
from revintel_mcp.summary.monthly import Basis, monthly_rows, year_to_date
from revintel_mcp.summary.restated import restated
from tests.summary.examples import logged, row, totals_of, transactions

JAN, FEB = Month(2026, 1), Month(2026, 2)

LOG = [
    row("2026-01-04", "29.00", Channel.GUMROAD, id="gumroad_a", via="list_sales", fee_usd=Decimal("3.40")),
    row("2026-01-09", "100.00", Channel.GUMROAD, id="manual_opening_2026-01_gumroad"),
    row("2026-01-11", "80.00", Channel.GUMROAD, id="manual_2026-01-11_0123456789ab", fee_usd=Decimal("1.00")),
    row("2026-01-12", "45.00", Channel.STRIPE, id="stripe_ch_1"),
    row("2026-01-15", "300.00", Channel.GUMROAD, id="manual_b", status=Status.PENDING),
    row("2026-01-16", "12.00", Channel.GUMROAD, id="gumroad_c", status=Status.EXCLUDED),
    row("2026-01-17", "5.00", Channel.GUMROAD, id=""),
    row("2026-02-03", "-9.00", Channel.GUMROAD, id="gumroad_a_refund", status=Status.REFUNDED, via="list_sales"),
    row("2026-02-04", "-1.00", Channel.GUMROAD, id="gumroad_z_dispute", status=Status.REFUNDED),
]


def gumroad(month: Month, view: View = View.BOOKED) -> Figure:
    matching = RowFilter(window=month.window, channel=Channel.GUMROAD)
    return Figure(label=f"{month.label}, Gumroad", matching=matching, view=view)


def whys(explanation: Explanation) -> dict[str, str]:
    return {each.row.id: each.why for each in explanation.rows}


def test_each_row_says_where_it_came_from() -> None:
    """From a source and by which tool, by hand, adopted, or written into the file."""
    found = explain(gumroad(JAN), logged(LOG))
    assert whys(found) == {
        "gumroad_a": "Gumroad, read by list_sales",
        "manual_opening_2026-01_gumroad": (
            "adopted: the figure that stood here before its rows were known, less those found since"
        ),
        "manual_2026-01-11_0123456789ab": "entered by hand",
        "": "written into the file",
    }
    assert (found.total, found.known_fees, found.net, found.fees_missing) == (
        Decimal("214.00"),
        Decimal("4.40"),
        Decimal("209.60"),
        2,
    )


def test_what_was_left_out_says_why() -> None:
    """Pending and struck rows of the same month and channel, nothing else."""
    found = explain(gumroad(JAN), logged(LOG))
    assert {each.row.id: each.why for each in found.left_out} == {
        "manual_b": "pending: counts once its status is completed",
        "gumroad_c": "struck: its status is excluded",
    }


def test_a_reversal_names_its_sale() -> None:
    """With the sale's day, or that it is not in the log."""
    assert whys(explain(gumroad(FEB), logged(LOG))) == {
        "gumroad_a_refund": "refund of gumroad_a (2026-01-04); Gumroad, read by list_sales",
        "gumroad_z_dispute": "chargeback of gumroad_z (not in the log); Gumroad",
    }


def test_restated_a_reversal_counts_with_its_sale() -> None:
    """In January it is explained, in February it is named as moved."""
    january = explain(gumroad(JAN, View.RESTATED), logged(LOG))
    assert january.total == Decimal("205.00")
    assert whys(january)["gumroad_a_refund"].endswith("; counted with its sale")
    february = explain(gumroad(FEB, View.RESTATED), logged(LOG))
    assert whys(february).keys() == {"gumroad_z_dispute"}
    assert [(each.row.id, each.why) for each in february.left_out] == [
        ("gumroad_a_refund", "counted in Jan 2026, the month of its sale")
    ]


def test_lines_that_cannot_be_read_are_shown_where_they_may_belong() -> None:
    """With the reason and the mend; a Stripe line is no part of Gumroad's figure."""
    lines = [LoggedRow("gumroad_q", 57, None), LoggedRow("stripe_ch_q", 58, None), LoggedRow("", 59, None)]
    problem = Problem(code="unreadable-row", message="'12,5' is not one clear amount", mend="write 12.50", line=57)
    found = explain(gumroad(JAN), lines, problems=[problem])
    assert [(each.row.line, each.why) for each in found.unreadable] == [
        (57, "'12,5' is not one clear amount. write 12.50"),
        (59, "can't be read"),
    ]


def test_records_in_needs_attention_are_shown_where_they_may_belong() -> None:
    """Those of the month and channel, and those without a readable day."""
    waiting = [
        AttentionRow(id="gumroad_e", source="Gumroad", why="no price for EUR", date="2026-01-30", currency="EUR"),
        AttentionRow(id="gumroad_f", source="Gumroad", why="no price for EUR", date="2026-02-01", currency="EUR"),
        AttentionRow(id="gumroad_g", source="Gumroad", why="no day", date="soon"),
        AttentionRow(id="stripe_h", source="Stripe-eu", why="no price for JPY", date="2026-01-30", currency="JPY"),
    ]
    found = explain(gumroad(JAN), logged(LOG), attention=waiting)
    assert [each.id for each in found.attention] == ["gumroad_e", "gumroad_g"]
    everywhere = explain(Figure(label="all", matching=RowFilter()), logged(LOG), attention=waiting)
    assert len(everywhere.attention) == 4


def test_only_so_many_rows_are_given_and_all_are_summed() -> None:
    """The oldest first."""
    found = explain(gumroad(JAN), logged(LOG), most=1)
    assert ([each.row.id for each in found.rows], found.count, found.total) == (["gumroad_a"], 4, Decimal("214.00"))


def test_the_pages_of_an_explanation_are_all_of_its_rows() -> None:
    whole = explain(gumroad(JAN), logged(LOG))
    pages = [explain(gumroad(JAN), logged(LOG), most=2, page=page) for page in range(1, 5)]
    assert tuple(each for page in pages for each in page.rows) == whole.rows
    assert {(page.total, page.count) for page in pages} == {(whole.total, whole.count)}


def test_a_years_figure_is_explained_by_all_its_rows() -> None:
    """The year to date of the tracker."""
    period = asked_period("ytd", date(2026, 2, 19))
    found = explain(Figure(label=period.label, matching=RowFilter(window=period.window)), logged(LOG))
    assert found.total == year_to_date(totals_of(LOG), date(2026, 2, 19)).total == Decimal("249.00")


@st.composite
def logs_with_refunds(draw: st.DrawFn) -> list[Transaction]:
    rows = draw(st.lists(transactions, max_size=10, unique_by=lambda each: each.id))
    refunds = draw(st.lists(st.tuples(st.sampled_from(rows), transactions), max_size=4)) if rows else []
    return rows + [
        row(other.date.isoformat(), str(other.amount_usd), sale.channel, id=f"{sale.id}_refund_{number}",
            status=Status.REFUNDED, fee_usd=other.fee_usd)
        for number, (sale, other) in enumerate(refunds)
    ]  # fmt: skip


def figures(rows: Sequence[Transaction], view: View, basis: Basis) -> dict[tuple[Month, Channel], Decimal]:
    totals = totals_of(rows)
    shown = restated(totals, logged(rows)).totals if view is View.RESTATED else totals
    return {
        (each.month, channel): each.summary.amount(channel)
        for each in monthly_rows(shown, current=FEB, basis=basis)
        for channel in Channel
    }


@settings(max_examples=25)
@given(logs_with_refunds(), st.sampled_from(View), st.sampled_from(Basis))
def test_every_cell_of_every_view_equals_its_rows(rows: list[Transaction], view: View, basis: Basis) -> None:
    """No figure of the summary is without the rows that make it."""
    for (month, channel), shown in figures(rows, view, basis).items():
        matching = RowFilter(window=month.window, channel=channel)
        found = explain(Figure(label="", matching=matching, view=view), logged(rows))
        assert (found.net if basis is Basis.NET else found.total) == shown
