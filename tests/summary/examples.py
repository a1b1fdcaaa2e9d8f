"""Rows and totals for the tests of this folder, as short to write as to read."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.domain.money import cents_from_usd, usd_from_cents
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Channel, Status, Transaction, TransactionType
from revintel_mcp.summary.monthly import Cell


@dataclass(frozen=True)
class Totals:
    """What a scan gives for one month and channel."""

    amount_cents: int = 0
    fee_cents: int = 0
    rows: int = 1
    rows_without_fee: int = 0


def row(day: str, amount: str, channel: Channel = Channel.OTHER, **more: Any) -> Transaction:
    """A completed row; its ID says what it is where none is given."""
    given = {"id": f"manual_{day}_{amount}_{channel.key}", **more}
    return Transaction(date=date.fromisoformat(day), amount_usd=Decimal(amount), channel=channel, **given)


def totals_of(rows: Iterable[Transaction]) -> dict[Cell, Totals]:
    """The totals of these rows, as a scan counts them."""
    cells: dict[Cell, list[Transaction]] = defaultdict(list)
    for each in rows:
        if each.status.counts:
            cells[Month.of(each.date), each.channel].append(each)
    return {
        cell: Totals(
            sum(cents_from_usd(each.amount_usd) for each in members),
            sum(cents_from_usd(each.fee_usd) for each in members if each.fee_usd is not None),
            len(members),
            sum(each.fee_usd is None for each in members),
        )
        for cell, members in cells.items()
    }


amounts = st.integers(-(10**6), 10**6).map(usd_from_cents)

transactions = st.builds(
    Transaction,
    id=st.uuids().map(lambda value: f"manual_{value}"),
    date=st.dates(date(2025, 1, 1), date(2026, 3, 31)),
    channel=st.sampled_from(Channel),
    amount_usd=amounts,
    client=st.sampled_from(["Anonymous", "Acorn Ltd", "acorn ltd", "b@example.com"]),
    transaction_type=st.sampled_from(TransactionType),
    status=st.sampled_from(Status),
    fee_usd=st.none() | amounts,
    hours=st.none() | st.integers(1, 4000).map(lambda quarters: Decimal(quarters) / 4),
    source_metadata=st.just({}),
)


def logged(rows: Iterable[Transaction]) -> list[LoggedRow]:
    """The rows as they stand in a log, from line 20 on."""
    return [LoggedRow(each.id, line, each) for line, each in enumerate(rows, 20)]
