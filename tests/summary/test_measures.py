"""Flows add up, stocks and ratios don't, and nothing adds them by mistake."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.domain.periods import Month
from revintel_mcp.summary.insights.measures import Flow, MeasureError, Range, Ratio, Stock, latest, sum_of_flows
from revintel_mcp.summary.insights.outlook import quantile
from tests.summary.examples import amounts

JAN, FEB, MAR = Month(2026, 1), Month(2026, 2), Month(2026, 3)


def test_flows_of_months_that_follow_each_other_add_up() -> None:
    """To the flow of the whole span."""
    quarter = sum_of_flows(Flow(Decimal(amount), month.window) for amount, month in ((1, JAN), (2, FEB), (4, MAR)))
    assert (quarter.value, quarter.window.start, quarter.window.end) == (
        Decimal(7),
        date(2026, 1, 1),
        date(2026, 4, 1),
    )


@pytest.mark.parametrize("other", [JAN, MAR])
def test_flows_that_overlap_or_leave_a_gap_do_not_add_up(other: Month) -> None:
    """A day would be counted twice, or be missing."""
    with pytest.raises(MeasureError, match="days follow each other"):
        Flow(Decimal(1), JAN.window) + Flow(Decimal(1), other.window)


FLOW = Flow(Decimal(1), JAN.window)
STOCK = Stock(Decimal(1), date(2026, 1, 31))


@pytest.mark.parametrize(
    "other",
    [STOCK, Ratio(Decimal(1), Decimal(2)), Range(Decimal(1), Decimal(2), Decimal(3), FEB.window), Decimal(1), 1],
)
def test_nothing_but_a_flow_adds_to_a_flow(other: object) -> None:
    """Neither before nor after it; `sum` can't do it either."""
    with pytest.raises(TypeError):
        FLOW + other  # type: ignore[operator] # the types forbid it too
    with pytest.raises(TypeError):
        other + FLOW  # type: ignore[operator] # the types forbid it too
    with pytest.raises(TypeError):
        sum([STOCK, STOCK])  # type: ignore[list-item] # as do they here


def test_of_several_stocks_the_last_day_is_the_one() -> None:
    """Whatever their order."""
    later = Stock(Decimal(5), date(2026, 2, 28))
    assert latest([later, STOCK]) == latest([STOCK, later]) == later


def test_there_is_no_figure_of_nothing() -> None:
    """Neither sum nor stock."""
    with pytest.raises(MeasureError):
        sum_of_flows([])
    with pytest.raises(MeasureError):
        latest([])


def test_a_ratio_is_rounded_once_halves_to_the_even_digit() -> None:
    """Percent with two places as a rule."""
    assert Ratio(Decimal(1), Decimal(3)).value == Decimal("33.33")
    assert Ratio(Decimal("0.00125"), Decimal(1)).value == Decimal("0.12")
    assert Ratio(Decimal(100), Decimal(3), per=1).value == Decimal("33.33")


def test_what_rounds_to_nothing_has_no_sign() -> None:
    """A cent less than a hundred thousand dollars: 0.00 percent, not -0.00."""
    assert str(Ratio(Decimal("-0.01"), Decimal("100000.00")).value) == "0.00"
    assert str(quantile([Decimal("-0.01"), Decimal("0.03")], Decimal("0.2"))) == "0.00"


@pytest.mark.parametrize("whole", ["0", "-1"])
def test_nothing_is_said_as_a_part_of_nothing(whole: str) -> None:
    """Nor of less."""
    with pytest.raises(MeasureError):
        Ratio(Decimal(1), Decimal(whole))


@given(st.lists(amounts, min_size=2, max_size=12), st.integers(1, 11))
def test_sums_may_be_made_in_any_groups(values: list[Decimal], cut: int) -> None:
    """Months to quarters to years, always the same cents."""
    month, flows = JAN, []
    for value in values:
        flows.append(Flow(value, month.window))
        month = month.next
    cut = min(cut, len(flows) - 1)
    assert sum_of_flows(flows[:cut]) + sum_of_flows(flows[cut:]) == sum_of_flows(flows)
