from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.domain.monthly_summary import MonthlySummary
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Channel, Status, channel_named


@pytest.mark.parametrize("channel", list(Channel))
def test_every_channel_is_found_by_its_name_and_its_key(channel: Channel) -> None:
    assert channel_named(channel.value) == channel_named(channel.key) == channel_named(channel.value.upper()) == channel


def test_manual_counts_in_other_and_a_stranger_is_no_channel() -> None:
    assert channel_named("Manual") is Channel.OTHER
    assert channel_named("Etsy") is None


def test_completed_and_refunded_count_and_nothing_else_does() -> None:
    assert [status for status in Status if status.counts] == [Status.COMPLETED, Status.REFUNDED]


@given(st.dictionaries(st.sampled_from(list(Channel)), st.integers(-(10**9), 10**9).map(lambda c: Decimal(c) / 100)))
def test_the_total_is_always_the_sum_of_the_columns(amounts: dict[Channel, Decimal]) -> None:
    row = MonthlySummary.of(Month(2026, 2), amounts)
    assert row.total == sum(amounts.values(), Decimal(0))
