"""Sums of rows by month and channel, in whole cents."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

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
    return Place(Month.of(transaction.date), transaction.channel, own_name(transaction.channel, name))


def own_name(channel: Channel, name: str) -> str:
    """The name, as it is compared, of a channel that only this tracker knows; empty for the known ones."""
    key = channel_key(name) if channel is Channel.OTHER else ""
    return "" if key in {"other", "manual"} else key


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


# A key is one number, in bits from the right: whether the row counts (1), the channel (3), the month (20), and what is
# left of the channel's code where a tracker has more than eight channels. So usual keys are dense, and quick to find.
_CHANNEL_BITS: Final = 3
_MONTH_SHIFT: Final = 1 + _CHANNEL_BITS
_REST_SHIFT: Final = _MONTH_SHIFT + 20
#: The bit of a key that says that its rows count.
COUNTS: Final = 1
_CHANNELS: Final = (1 << _CHANNEL_BITS) - 1
_MONTHS: Final = (1 << 20) - 1


class Tally:
    """Adds rows up while they are read."""

    def __init__(self) -> None:
        self.amounts: dict[int, int] = {}
        self.fees: dict[int, int] = {}
        self.rows: Counter[int] = Counter()
        self.without_fee: Counter[int] = Counter()
        self._codes: dict[tuple[Channel, str], int] = {}

    def channel_code(self, channel: Channel, name: str) -> int:
        """The part of a key that stands for a channel."""
        code = self._codes.setdefault((channel, own_name(channel, name)), len(self._codes))
        return (code >> _CHANNEL_BITS << _REST_SHIFT) | ((code & _CHANNELS) << 1)

    def add(self, transaction: Transaction, name: str) -> None:
        """Count one row."""
        key = self.channel_code(transaction.channel, name) + month_code(transaction.date)
        key += COUNTS * transaction.status.counts
        one = totals_of(transaction)
        self.add_rows(key, one.amount_cents, one.fee_cents, 1, one.rows_without_fee)

    def add_rows(self, key: int, cents: int, fees: int, rows: int, without_fee: int) -> None:
        """Count rows of one key: what they add up to, their fees, how many there are, how many have no fee."""
        self.amounts[key] = self.amounts.get(key, 0) + cents
        self.fees[key] = self.fees.get(key, 0) + fees
        self.rows[key] += rows
        self.without_fee[key] += without_fee

    def cells(self) -> dict[Place, Totals]:
        """The sums of all rows that count."""
        channels = list(self._codes)
        return {
            _place(key, channels): Totals(self.amounts[key], self.fees[key], count, self.without_fee[key])
            for key, count in self.rows.items()
            if key & COUNTS
        }


def month_code(day: date) -> int:
    """The part of a key that stands for a day's month."""
    return (day.year * 12 + day.month - 1) << _MONTH_SHIFT


def _place(key: int, channels: list[tuple[Channel, str]]) -> Place:
    channel, name = channels[(key >> _REST_SHIFT << _CHANNEL_BITS) | (key >> 1 & _CHANNELS)]
    year, month = divmod(key >> _MONTH_SHIFT & _MONTHS, 12)
    return Place(Month(year, month + 1), channel, name)


def by_month(cells: Cells) -> dict[Month, dict[Place, int]]:
    """Counted cents by month, then by place."""
    found: dict[Month, dict[Place, int]] = {}
    for place, totals in cells.items():
        found.setdefault(place.month, {})[place] = totals.amount_cents
    return found


def months_of(cells: Cells) -> Iterator[Month]:
    """Every month with a counted row, oldest first."""
    return iter(sorted({place.month for place, totals in cells.items() if totals.rows}))
