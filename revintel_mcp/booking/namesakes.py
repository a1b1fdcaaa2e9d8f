"""One Upwork earning under two kinds of names.

A server that gives Upwork's own ids names an earning by its id, one that gives none by contract and date, and servers
name contracts in ways of their own. Who changes from the one to the other sees the same money under names that the log
does not know. It is told by its day and amount: as many earnings as the log holds under names of the other kind, and
that nothing else of this run claims, are those; only further ones are new. Where there are several accounts nothing is
told like this: a row may be the other one's.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.booking.gathering import Gathered, Seen
from revintel_mcp.booking.known import SourcePull
from revintel_mcp.booking.reversal_ids import base_of, read_reversal_id
from revintel_mcp.booking.run import Run
from revintel_mcp.domain.transaction import Channel

_BY_CONTRACT: Final = re.compile(r"upwork_.+_\d{4}-\d{2}-\d{2}", re.DOTALL)

_Key = tuple[bool, date, Decimal]
"""Whether it is named by contract and date, its day, its amount in US dollars."""


class Namesakes:
    """The logged Upwork earnings that this run may show under another name; each is taken once."""

    def __init__(self, run: Run, gathered: Gathered, pulls: Sequence[SourcePull]) -> None:
        self._run = run
        self._gathered = gathered
        accounts = {state.name for state in run.known.states if state.name.lower().startswith("upwork")}
        accounts |= {pull.name for pull in pulls if pull.source == "upwork"}
        self._is_one_account = len(accounts) == 1
        self._free: dict[_Key, list[LoggedRow]] | None = None
        self.taken: dict[str, LoggedRow] = {}
        """The rows that were taken, by ID."""

    def take(self, seen: Seen) -> LoggedRow | None:
        """The row that a sale is, which the log does not know by its name; None if it is new."""
        sale = seen.sale
        if sale.channel is not Channel.UPWORK or sale.amount.currency != "USD" or not self._is_one_account:
            return None
        if self._free is None:  # most runs show nothing new
            self._free = self._unclaimed(self._run.known.alike)
        rows = self._free.get((not sale.numbered, sale.date, sale.amount.amount))
        if not rows:
            return None
        row = rows.pop(0)
        self.taken[row.id] = row
        return row

    def _unclaimed(self, rows: Iterable[LoggedRow]) -> dict[_Key, list[LoggedRow]]:
        named = {name for seen in self._gathered.sales for name in seen.ids}
        free: dict[_Key, list[LoggedRow]] = {}
        for row in sorted(rows, key=lambda row: row.id):
            logged = row.transaction
            if logged is None or not row.id.startswith("upwork_") or read_reversal_id(row.id) is not None:
                continue
            base = base_of(row.id)
            if row.id in named or base in named or base in self._gathered.numbered:
                continue
            is_by_contract = _BY_CONTRACT.fullmatch(base) is not None
            free.setdefault((is_by_contract, logged.date, logged.amount_usd), []).append(row)
        return free
