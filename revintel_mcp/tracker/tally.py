"""Sums of rows by month and channel, in whole cents."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from revintel_mcp.domain.money import cents_from_usd
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Channel, Transaction
from revintel_mcp.tracker.log_rows import channel_key


class Totals(NamedTuple):
    """Counted rows of one month and channel. Fees are summed over the rows that have one; the others are counted."""

    amount_cents: int = 0
    fee_cents: int = 0
    rows: int = 0
    rows_without_fee: int = 0

    def plus(self, other: "Totals") -> "Totals":
        """Both together."""
        return Totals(*map(sum, zip(self, other, strict=True)))

    def minus(self, other: "Totals") -> "Totals":
        """These without the others."""
        return Totals(*(mine - its for mine, its in zip(self, other, strict=True)))


class Place(NamedTuple):
    """A cell of the summary: month, channel, and the channel's name where only this tracker knows it."""

    month: Month
    channel: Channel
    name: str = ""


Cells = Mapping[Place, Totals]


def place_of(transaction: Transaction, name: str = "") -> Place:
    """Where a row counts; `name` is its channel as typed."""
    own = channel_key(name) if transaction.channel is Channel.OTHER else ""
    return Place(Month.of(transaction.date), transaction.channel, own if own not in {"other", "manual"} else "")


def totals_of(transaction: Transaction) -> Totals:
    """One row as totals; nothing, if it does not count."""
    if not transaction.status.counts:
        return Totals()
    fee: Decimal | None = transaction.fee_usd
    return Totals(
        cents_from_usd(transaction.amount_usd), 0 if fee is None else cents_from_usd(fee), 1, int(fee is None)
    )


def by_channel(cells: Cells) -> dict[tuple[Month, Channel], Totals]:
    """Sums by month and channel, names of a tracker's own within Other; cells without a row are left out."""
    found: dict[tuple[Month, Channel], Totals] = {}
    for place, totals in cells.items():
        if totals.rows:
            key = place.month, place.channel
            found[key] = found.get(key, Totals()).plus(totals)
    return found


_MONTH_BITS = 18


class Tally:
    """Adds rows up while they are read. A key is one number: channel's code, month, whether it counts."""

    def __init__(self) -> None:
        self.amounts: defaultdict[int, int] = defaultdict(int)
        self.fees: defaultdict[int, int] = defaultdict(int)
        self.rows: Counter[int] = Counter()
        self.without_fee: Counter[int] = Counter()
        self._codes: dict[tuple[Channel, str], int] = {}

    def channel_code(self, channel: Channel, name: str) -> int:
        """The part of a key that stands for a channel."""
        own = channel_key(name) if channel is Channel.OTHER else ""
        return (
            self._codes.setdefault((channel, own if own not in {"other", "manual"} else ""), len(self._codes))
            << _MONTH_BITS
        )

    def add(self, transaction: Transaction, name: str) -> None:
        """Count one row."""
        key = self.channel_code(transaction.channel, name) + month_code(transaction) + transaction.status.counts
        one = totals_of(transaction)
        self.amounts[key] += one.amount_cents
        self.fees[key] += one.fee_cents
        self.rows[key] += 1
        self.without_fee[key] += one.rows_without_fee

    def cells(self) -> dict[Place, Totals]:
        """The sums of all rows that count."""
        channels = list(self._codes)
        return {
            _place(key, channels): Totals(self.amounts[key], self.fees[key], count, self.without_fee[key])
            for key, count in self.rows.items()
            if key & 1
        }


def month_code(transaction: Transaction) -> int:
    """The part of a key that stands for a month."""
    return (transaction.date.year * 12 + transaction.date.month - 1) << 1


def _place(key: int, channels: list[tuple[Channel, str]]) -> Place:
    channel, name = channels[key >> _MONTH_BITS]
    year, month = divmod((key & (1 << _MONTH_BITS) - 1) >> 1, 12)
    return Place(Month(year, month + 1), channel, name)


def months_of(cells: Cells) -> Iterator[Month]:
    """Every month with a counted row, oldest first."""
    return iter(sorted({place.month for place, totals in cells.items() if totals.rows}))
