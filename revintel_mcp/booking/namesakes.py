"""One Upwork earning under two kinds of names.

A server that gives Upwork's own ids names an earning by its id, one that gives none by contract and date, and servers
name contracts in ways of their own. Who changes from the one to the other sees the same money under names that the log
does not know. It is told by its day and amount: as many earnings as the log holds under names of the other kind, and
that nothing else of this run claims, are those; only further ones are new. Where there are several accounts nothing is
told like this: a row may be the other one's.
"""

import re
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Final

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.booking.gathering import Gathered, Seen
from revintel_mcp.booking.known import SourcePull
from revintel_mcp.booking.reversal_ids import base_of, read_reversal_id
from revintel_mcp.booking.run import Run
from revintel_mcp.domain.transaction import Channel, Transaction

_BY_CONTRACT: Final = re.compile(r"upwork_.+_\d{4}-\d{2}-\d{2}", re.DOTALL)

Pairs = list[tuple[Seen, LoggedRow]]


class Namesakes:
    """The logged Upwork earnings that this run may show under another name; each is taken once."""

    def __init__(self, run: Run, gathered: Gathered, pulls: Sequence[SourcePull]) -> None:
        self._run = run
        self._gathered = gathered
        accounts = {state.name for state in run.known.states if state.name.lower().startswith("upwork")}
        accounts |= {pull.name for pull in pulls if pull.source == "upwork"}
        self._is_one_account = len(accounts) == 1
        self.taken: dict[str, LoggedRow] = {}
        """The rows that were taken, by ID."""

    def of_numbered(self, sales: Sequence[Seen]) -> Pairs:
        """Earnings named by contract and date, each with the row that has it under Upwork's own id."""
        shown = {seen.sale.id for seen in self._gathered.sales}
        return self._pairs(sales, lambda row: not _is_by_contract(row.id) and row.id not in shown)

    def of_named(self, sales: Sequence[Seen], claimed: Collection[str]) -> Pairs:
        """Earnings with Upwork's own id, each with the row that has it by contract and date.

        `claimed` are the rows that some earning of this run is.
        """
        numbered = self._gathered.numbered
        return self._pairs(
            sales,
            lambda row: _is_by_contract(row.id) and row.id not in claimed and base_of(row.id) not in numbered,
        )

    def _pairs(self, sales: Sequence[Seen], is_free: Callable[[LoggedRow], bool]) -> Pairs:
        """Of one client first; then of any, since servers call clients as they please too."""
        left = [seen for seen in sales if seen.sale.channel is Channel.UPWORK and seen.sale.amount.currency == "USD"]
        if not left or not self._is_one_account:
            return []
        free = [row for row in self._rows if is_free(row)]
        found: Pairs = []
        for is_one in (lambda seen, row: seen.sale.client == row.client, lambda _seen, _row: True):
            for seen in list(left):
                row = next(
                    (row for row in free if _is_alike(seen, row.transaction) and is_one(seen, row.transaction)), None
                )
                if row is not None:
                    found.append((seen, row))
                    left.remove(seen)
                    free.remove(row)
        self.taken |= {row.id: row for _, row in found}
        return found

    @cached_property
    def _rows(self) -> list[LoggedRow]:
        """Every row of an amount that is shown, looked for when something new is: most runs show nothing new."""
        rows = (row for row in self._run.known.alike if row.transaction is not None and row.id.startswith("upwork_"))
        return sorted((row for row in rows if read_reversal_id(row.id) is None), key=lambda row: row.id)


def _is_by_contract(row_id: str) -> bool:
    return _BY_CONTRACT.fullmatch(base_of(row_id)) is not None


def _is_alike(seen: Seen, row: Transaction | None) -> bool:
    return row is not None and (row.date, row.amount_usd) == (seen.sale.date, seen.sale.amount.amount)
