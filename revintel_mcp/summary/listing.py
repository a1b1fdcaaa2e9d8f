"""Rows of the log that match, sorted, one page of them, with sum and count over all that match."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Any, Final

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.domain.money import ZERO
from revintel_mcp.domain.periods import Window
from revintel_mcp.domain.transaction import Channel, Status, Transaction, TransactionType


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFilter:
    """Which rows to list; what is left out lets every row through.

    `window` is days, its end excluded. `client` is a part of the name. Every word of `text` must occur in client,
    description, channel or ID; neither minds case. `min_amount` and `max_amount` are US dollars, both included.
    """

    window: Window | None = None
    channel: Channel | None = None
    client: str = ""
    status: Status | None = None
    transaction_type: TransactionType | None = None
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    text: str = ""

    def test(self) -> Callable[[Transaction], bool]:
        """The filter as one test, made of only the parts that are set."""
        parts = [*_exact_parts(self), *_amount_parts(self), *_text_parts(self)]
        return lambda row: all(part(row) for part in parts)


class Sort(StrEnum):
    """The order of a list; a leading minus turns it round."""

    DATE = "date"
    DATE_DOWN = "-date"
    AMOUNT = "amount"
    AMOUNT_DOWN = "-amount"
    CLIENT = "client"
    CLIENT_DOWN = "-client"
    CHANNEL = "channel"
    CHANNEL_DOWN = "-channel"


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the matching rows.

    `count` and `counted` are over all pages: rows that match, and those of them whose amounts count. `total` and
    `known_fees` are sums of the counted ones, `not_counted` of the others, US dollars. An empty list has one page.
    """

    rows: tuple[LoggedRow, ...]
    count: int
    counted: int
    total: Decimal
    known_fees: Decimal
    not_counted: Decimal
    page: int
    pages: int


def list_rows(
    rows: Iterable[LoggedRow],
    matching: RowFilter | None = None,
    *,
    sort: Sort = Sort.DATE_DOWN,
    page: int = 1,
    page_size: int = 50,
) -> Listing:
    """The page of rows that match, both numbers from 1; a page past the end is the last.

    Rows that sort alike stand as they are given (turned round where the sort is). Rows that can't be read are left
    out.
    """
    test = (matching or RowFilter()).test()
    found = [row for row in rows if row.transaction is not None and test(row.transaction)]
    down = sort.value.startswith("-")
    if down:  # sorting keeps the order of rows that sort alike, also from the end
        found.reverse()
    found.sort(key=_KEYS[sort.value.removeprefix("-")], reverse=down)
    matched = [row.transaction for row in found if row.transaction is not None]
    counted = [each for each in matched if each.status.counts]
    pages = max(1, -(-len(found) // page_size))
    shown = min(page, pages)
    return Listing(
        tuple(found[(shown - 1) * page_size : shown * page_size]),
        len(found),
        len(counted),
        sum((each.amount_usd for each in counted), ZERO),
        sum((each.fee_usd for each in counted if each.fee_usd is not None), ZERO),
        sum((each.amount_usd for each in matched if not each.status.counts), ZERO),
        shown,
        pages,
    )


_Test = Callable[[Transaction], bool]

_KEYS: Final[dict[str, Callable[[LoggedRow], Any]]] = {
    "date": attrgetter("transaction.date"),
    "amount": attrgetter("transaction.amount_usd"),
    "client": lambda row: (row.transaction.client.casefold(), row.transaction.date) if row.transaction else (),
    "channel": attrgetter("transaction.channel.value", "transaction.date"),
}


def _exact_parts(wanted: RowFilter) -> list[_Test]:
    parts: list[_Test] = []
    if (window := wanted.window) is not None:
        parts.append(lambda row: row.date in window)
    if wanted.channel is not None:
        parts.append(lambda row: row.channel is wanted.channel)
    if wanted.status is not None:
        parts.append(lambda row: row.status is wanted.status)
    if wanted.transaction_type is not None:
        parts.append(lambda row: row.transaction_type is wanted.transaction_type)
    return parts


def _amount_parts(wanted: RowFilter) -> list[_Test]:
    parts: list[_Test] = []
    if (least := wanted.min_amount) is not None:
        parts.append(lambda row: row.amount_usd >= least)
    if (most := wanted.max_amount) is not None:
        parts.append(lambda row: row.amount_usd <= most)
    return parts


def _text_parts(wanted: RowFilter) -> list[_Test]:
    parts: list[_Test] = []
    if name := wanted.client.strip().casefold():
        parts.append(lambda row: name in row.client.casefold())
    if words := frozenset(wanted.text.casefold().split()):

        def has_words(row: Transaction) -> bool:
            haystack = f"{row.client}\n{row.description}\n{row.channel.value}\n{row.id}".casefold()
            return all(word in haystack for word in words)

        parts.append(has_words)
    return parts
