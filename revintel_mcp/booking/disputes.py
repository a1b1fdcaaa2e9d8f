"""Which disputes of a sale, opened and won, are news.

A dispute row carries no native id: the nth row of a sale stands for its nth dispute.
"""

from revintel_mcp.booking.cases import Case
from revintel_mcp.booking.gathering import chronological
from revintel_mcp.booking.ledger import BookedReversal
from revintel_mcp.booking.refunds import Event
from revintel_mcp.booking.run import ALREADY_LOGGED, Run
from revintel_mcp.domain.records import Reversal, ReversalKind


def dispute_events(run: Run, case: Case) -> list[Event]:
    """Disputes and won disputes of a sale that are not in the log.

    One that was opened and won between two looks, on days nobody knows, moved nothing that the log ever had.
    """
    opened = _news(run, case, ReversalKind.DISPUTE)
    won = _news(run, case, ReversalKind.DISPUTE_WON)
    for each in [each for each in opened if each.day is None][: len(won)]:
        opened.remove(each)
        won.pop()
    return [*opened, *won]


def _news(run: Run, case: Case, kind: ReversalKind) -> list[Event]:
    rows = [row for row in run.ledger.reversals(case.ids, kind) if not _took_nothing(row)]
    items = sorted(case.of_kind(kind), key=chronological)
    run.skip(ALREADY_LOGGED, case.origin, min(len(rows), len(items)))
    return [Event(kind=kind, amount=item.amount, day=item.date, item=item) for item in _unmatched(items, rows)]


def _took_nothing(row: BookedReversal) -> bool:
    """Whether a person typed 0 for a dispute in doubt: then it stands for none that is told later."""
    return row.stated is not None and row.stated.amount == 0


def _unmatched(items: list[Reversal], rows: list[BookedReversal]) -> list[Reversal]:
    """Items beyond those that rows stand for: the same day and amount first, the same amount, then any."""
    free = list(rows)
    left = list(items)
    for test in (_same_day_and_amount, _same_amount, _any):
        for item in list(left):
            match = next((row for row in free if test(item, row)), None)
            if match is not None:
                free.remove(match)
                left.remove(item)
    return left


def _same_day_and_amount(item: Reversal, row: BookedReversal) -> bool:
    return row.transaction is not None and row.transaction.date == item.date and _same_amount(item, row)


def _same_amount(item: Reversal, row: BookedReversal) -> bool:
    return row.stated == item.amount


def _any(_item: Reversal, _row: BookedReversal) -> bool:
    return True
