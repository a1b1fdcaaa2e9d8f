"""Which months' totals changed, and the rows that did it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from revintel_mcp.domain.money import usd_from_cents
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Channel, Transaction
from revintel_mcp.summary.monthly import Cell, CellMap


@dataclass(frozen=True, slots=True)
class ChannelChange:
    """A channel's figure in one month, before and after, in US dollars; `ids` are the rows that moved it."""

    channel: Channel
    before: Decimal
    after: Decimal
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonthChanged:
    """A month in which some channel's figure changed; `before` and `after` are its totals over all channels."""

    month: Month
    before: Decimal
    after: Decimal
    channels: tuple[ChannelChange, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The rows behind the change."""
        return tuple(row_id for change in self.channels for row_id in change.ids)


def months_changed(
    before: CellMap, after: CellMap, rows: Iterable[Transaction], *, current: Month | None = None
) -> tuple[MonthChanged, ...]:
    """Every month before `current` in which a channel's figure changed, oldest first; every month without it.

    Args:
        before: the totals of the tracker as it was.
        after: the totals as it is now.
        rows: the rows that were added or changed, as they are now (as they were, too, where they moved).
        current: the month that today lies in: it and later ones are expected to change and are left out.
    """
    ids = _ids_by_cell(rows)
    months = sorted({month for month, _ in (*before, *after) if current is None or month < current})
    found = (_change(month, before, after, ids) for month in months)
    return tuple(change for change in found if change.channels)


def _ids_by_cell(rows: Iterable[Transaction]) -> dict[Cell, dict[str, None]]:
    ids: dict[Cell, dict[str, None]] = {}
    for row in rows:
        ids.setdefault((Month.of(row.date), row.channel), {})[row.id] = None
    return ids


def _change(month: Month, before: CellMap, after: CellMap, ids: dict[Cell, dict[str, None]]) -> MonthChanged:
    channels = [
        ChannelChange(channel, was, now, tuple(ids.get((month, channel), ())))
        for channel in Channel
        if (was := _amount(before, (month, channel))) != (now := _amount(after, (month, channel)))
    ]
    return MonthChanged(month, _total(month, before), _total(month, after), tuple(channels))


def _amount(totals: CellMap, cell: Cell) -> Decimal:
    found = totals.get(cell)
    return usd_from_cents(found.amount_cents if found else 0)


def _total(month: Month, totals: CellMap) -> Decimal:
    return sum((_amount(totals, (month, channel)) for channel in Channel), usd_from_cents(0))
