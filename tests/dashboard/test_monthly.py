"""Bars are honest: they start at zero, add up to the month, and show what is not there."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.channels import CHANNELS
from dashboard.decoding import decode
from dashboard.drawing.charts import composition, month_bars, month_table, share_bars
from dashboard.drawing.parts import coverage_key
from dashboard.markup import find, h, text_of
from dashboard.shapes import SummaryRow
from dashboard.view_models.monthly import amount_of, bar_chart, last_months, shares, used_channels
from tests.dashboard.answers import TODAY, month

_CENTS = st.integers(-5_000_000, 50_000_000)


def _row(label: str = "Feb 2026", unread: dict[str, str] | None = None, **amounts: float) -> SummaryRow:
    return decode(SummaryRow, month(label, unread=unread, **amounts))


def _rows(cells: list[dict[str, int]]) -> tuple[SummaryRow, ...]:
    labels = (f"{name} {year}" for year in (2025, 2026) for name in ("Jan", "Feb", "Mar", "Apr", "May", "Jun"))
    return tuple(
        _row(label, None, **{key: cents / 100 for key, cents in each.items()})
        for label, each in zip(labels, cells, strict=False)
    )


_MONTHS = st.lists(
    st.dictionaries(st.sampled_from([channel.key for channel in CHANNELS]), _CENTS), min_size=1, max_size=12
)


@given(_MONTHS)
def test_pieces_are_as_high_as_their_part_of_the_axis(cells: list[dict[str, int]]) -> None:
    """One scale for all bars: a dollar is as high everywhere, above and below zero."""
    chart = bar_chart(_rows(cells), TODAY)

    pieces = [piece for bar in chart.bars for piece in (*bar.above, *bar.below)]
    if not pieces:
        return
    tallest = max(pieces, key=lambda piece: abs(piece.amount))
    scale = tallest.height / abs(tallest.amount)
    for piece in pieces:
        assert abs(piece.height - abs(piece.amount) * scale) <= Decimal("0.002")


@given(_MONTHS)
def test_no_bar_leaves_the_axis(cells: list[dict[str, int]]) -> None:
    chart = bar_chart(_rows(cells), TODAY)

    for bar in chart.bars:
        assert sum((piece.height for piece in bar.above), chart.zero) <= Decimal("100.01")
        assert sum((piece.height for piece in bar.below), Decimal(0)) <= chart.zero + Decimal("0.01")


@given(_MONTHS)
def test_the_axis_holds_zero_and_has_few_round_steps(cells: list[dict[str, int]]) -> None:
    chart = bar_chart(_rows(cells), TODAY)

    assert "$0" in [tick.label for tick in chart.ticks]
    assert 2 <= len(chart.ticks) <= 10
    assert chart.ticks[0].place == 0
    assert chart.ticks[-1].place == 100


@given(_MONTHS)
def test_the_pieces_of_a_month_add_up_to_it(cells: list[dict[str, int]]) -> None:
    rows = _rows(cells)

    for bar, row in zip(bar_chart(rows, TODAY).bars, rows, strict=True):
        pieces = sum((piece.amount for piece in (*bar.above, *bar.below)), Decimal(0))
        assert pieces == sum((amount_of(row, channel) for channel in CHANNELS), Decimal(0))


def test_a_bar_without_income_has_an_axis_too() -> None:
    chart = bar_chart((_row(),), TODAY)

    assert [tick.label for tick in chart.ticks] == ["$0", "$100"]
    assert not chart.bars[0].above


def test_a_channel_that_was_not_read_is_outlined() -> None:
    chart = bar_chart((_row("Mar 2026", {"gumroad": "Gumroad could not be read"}, upwork=600.0),), TODAY)

    (bar,) = chart.bars
    assert [channel.name for channel in bar.unknown] == ["Gumroad"]
    assert bar.coverage == "floor"
    assert bar.so_far
    assert chart.coverages == {"exact", "unknown"}


def test_a_source_that_was_never_connected_is_not_shown_at_all() -> None:
    """Its cells are unknown, but the total does not mind it."""
    sent: dict[str, Any] = month("Feb 2026", upwork=600.0)
    sent["coverage"]["stripe"] = "unknown"
    sent["why"]["stripe"] = "Stripe is not connected"
    row = decode(SummaryRow, sent)

    assert [channel.name for channel in used_channels([row])] == ["Upwork"]
    assert bar_chart((row,), TODAY).bars[0].unknown == ()


def test_a_floor_is_hatched_and_says_why() -> None:
    chart = bar_chart((_row("Feb 2026", {"stripe": "Stripe was read to 12 Feb 2026"}, stripe=450.0),), TODAY)
    drawn = month_bars(chart, "Income by month")

    (piece,) = find(drawn, class_="segment")
    assert piece.attributes["class"] == "segment stripe floor"
    (button,) = find(drawn, tag="button")
    assert button.attributes["aria-label"] == ("Feb 2026: at least $450.00. Stripe at least $450.00. Show the rows.")
    assert "Stripe was read to 12 Feb 2026" in text_of(drawn)
    assert "at least this" in text_of(drawn)


def test_the_table_says_the_same_as_the_bars() -> None:
    rows = (_row("Jan 2026", upwork=1200.0), _row("Feb 2026", upwork=900.0, gumroad=-29.0))
    drawn = month_table(rows, used_channels(rows))

    body = [[text_of(cell) for cell in line.children] for line in find(drawn, tag="tr")]
    assert body == [
        ["Month", "Upwork", "Gumroad", "Total"],
        ["Feb 2026", "$900.00", "\u2212$29.00", "$871.00"],
        ["Jan 2026", "$1,200.00", "$0.00", "$1,200.00"],
    ]


@pytest.mark.parametrize(
    ("number", "labels"), [(2, ["Feb 2026", "Mar 2026"]), (24, ["Jan 2026", "Feb 2026", "Mar 2026"])]
)
def test_the_last_months_end_with_this_one(number: int, labels: list[str]) -> None:
    rows = tuple(_row(label) for label in ("Jan 2026", "Feb 2026", "Mar 2026", "May 2026"))

    assert [row.month for row in last_months(rows, number, TODAY)] == labels


def test_all_months_are_all_of_them() -> None:
    rows = (_row("Mar 2026"), _row("May 2026"))

    assert last_months(rows, None, TODAY) == rows


def test_shares_are_the_largest_first_and_together_everything() -> None:
    rows = (_row("Jan 2026", upwork=900.0, other=-50.0), _row("Feb 2026", {"gumroad": "late"}, gumroad=150.0))

    found = shares(rows)

    assert [(share.channel.name, share.amount, share.coverage) for share in found] == [
        ("Upwork", Decimal("900.0"), "exact"),
        ("Gumroad", Decimal("150.0"), "floor"),
        ("Other", Decimal("-50.0"), "exact"),
    ]
    assert found[0].part == 1
    assert found[2].part == 0
    assert "\u2265 $150.00" in text_of(share_bars(found, "Jan 2026 to Feb 2026"))


def test_a_channel_of_which_nothing_is_known_is_among_the_shares() -> None:
    found = shares((_row("Feb 2026", {"gumroad": "Gumroad could not be read (auth)"}, upwork=900.0),))

    assert [(share.channel.name, share.coverage) for share in found] == [("Upwork", "exact"), ("Gumroad", "unknown")]
    assert "Gumroad not known" in text_of(share_bars(found, "Feb 2026"))
    assert "Gumroad not known" in text_of(composition(found, "2026-02"))


def test_a_sum_with_a_part_that_may_be_too_high_is_no_floor() -> None:
    """Net of a fee that nobody told, or with a refund that waits: more is not the only way it can be wrong."""
    net = month("Feb 2026", upwork=900.0)
    net["coverage"] |= {"upwork": "unknown", "total": "unknown"}
    rows = (_row("Jan 2026", upwork=100.0), decode(SummaryRow, net))

    (found,) = shares(rows)
    assert (found.amount, found.coverage) == (Decimal("1000.0"), "unknown")
    chart = bar_chart(rows, TODAY)
    assert chart.coverages == {"exact", "unsure"}
    assert "not known for sure: it may be more or less" in text_of(month_bars(chart, "Income"))
    both = text_of(coverage_key({"unsure", "unknown"}) or h("p"))
    assert both == "not known for sure: it may be more or less, or nothing was read", "one mark, told once"


def test_parts_of_the_whole_are_given_only_where_they_add_up_to_it() -> None:
    good = shares((_row(upwork=900.0, gumroad=100.0),))
    mixed = shares((_row(upwork=900.0, gumroad=-100.0),))

    assert [share.of_total for share in good] == [Decimal("0.9"), Decimal("0.1")]
    assert [share.of_total for share in mixed] == [None, None]
