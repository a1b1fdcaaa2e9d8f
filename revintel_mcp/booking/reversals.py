"""Booking what went back on a sale: never more than the sale, each movement once, on the day it happened."""

from decimal import Decimal
from typing import Final

from revintel_mcp.booking.attention import reversal_row, unknown_dispute_row, unknown_refund_row
from revintel_mcp.booking.cases import Case
from revintel_mcp.booking.disputes import dispute_events
from revintel_mcp.booking.refunds import Event, refund_events
from revintel_mcp.booking.reversal_ids import first_free, read_reversal_id
from revintel_mcp.booking.run import NOTHING_LEFT, Run
from revintel_mcp.booking.stated import describe
from revintel_mcp.domain.money import ZERO, Money, format_usd
from revintel_mcp.domain.problems import Problem, Severity
from revintel_mcp.domain.records import ReversalKind
from revintel_mcp.domain.transaction import ANONYMOUS, Status, Transaction

_ORDER: Final = (ReversalKind.REFUND, ReversalKind.DISPUTE, ReversalKind.DISPUTE_WON)


def settle(run: Run, case: Case) -> None:
    """Book every reversal of a sale that is not in the log.

    What a dispute left no room for is tried again once the dispute is won.
    """
    events = [*refund_events(run, case), *dispute_events(run, case)]
    events.sort(key=lambda each: (each.day or run.today, _ORDER.index(each.kind)))
    turned_away = [each for each in events if not _book(run, case, each)]
    if any(each.kind is ReversalKind.DISPUTE_WON for each in events):
        turned_away = [each for each in turned_away if not _book(run, case, each)]
    for each in turned_away:
        run.skip(NOTHING_LEFT, case.origin)
        run.settled.add(row_id(run, case, each))
    if case.has_unknown_refund and not run.ledger.reversals(case.ids, ReversalKind.REFUND):
        run.hold(unknown_refund_row(run, case))
    elif case.tells_refunds:
        _drop_superseded(run, case)
    if case.has_unknown_dispute and not run.ledger.reversals(case.ids, ReversalKind.DISPUTE):
        run.hold(unknown_dispute_row(run, case))


def _drop_superseded(run: Run, case: Case) -> None:
    """Take out waiting refunds that this run tells otherwise: without id now that there are ids, or in a total."""
    for name in run.old_attention:
        parts = read_reversal_id(name)
        is_of_it = parts is not None and parts.sale in case.ids and parts.kind == ReversalKind.REFUND
        if parts is not None and is_of_it and (not parts.native or case.refunded_total is not None):
            run.settled.add(name)


def row_id(run: Run, case: Case, event: Event) -> str:
    """The ID of the row that an event becomes."""
    stem = f"{case.ids[0]}_{event.kind}"
    if event.native and event.kind is ReversalKind.REFUND:
        return f"{stem}_{event.native}"
    return first_free(stem, lambda name: name in run.ledger or name in run.attention)


def _book(run: Run, case: Case, event: Event) -> bool:
    """Book one reversal, or put it before a person; false if nothing is left that could go back."""
    name = row_id(run, case, event)
    usd = None if event.amount is None else case.usd(event.amount, event.day or run.today, run.prices)
    if case.hold or usd is None:
        run.hold(reversal_row(run, case, event, name))
        return True
    room = _room(run, case, event)
    booked = usd if room is None else room if event.closes else min(usd, room)
    if booked <= 0:
        return False
    stated = event.amount if booked == usd or event.closes else Money(booked, "USD")
    run.add(_row(run, case, event, name=name, booked=booked, stated=stated), case.origin)
    if booked < usd and event.kind is ReversalKind.REFUND and event.amount == Money(usd, "USD"):
        run.problems.append(_capped_problem(case, name, booked, usd))
    if case.row is None:
        run.problems.append(_orphan_problem(case, name))
    return True


def _room(run: Run, case: Case, event: Event) -> Decimal | None:
    """US dollars that can still go back (for a won dispute: come back); None if nobody knows."""
    if event.kind is ReversalKind.DISPUTE_WON:
        kinds = (ReversalKind.DISPUTE, ReversalKind.DISPUTE_WON)
        rows = [row for kind in kinds for row in run.ledger.reversals(case.ids, kind)]
        if case.row is None and not rows and event.day is not None and _names_its_sale(case):
            return None  # the dispute took it before the books, or of a sale that was never logged: now it is income
        return max(ZERO, -sum((row.counted for row in rows), ZERO))
    return None if case.row is None else run.ledger.left_of(case.row, case.ids)


def _row(run: Run, case: Case, event: Event, *, name: str, booked: Decimal, stated: Money | None) -> Transaction:
    item = event.item
    day = event.day or run.today
    text = case.description or (item.description if item else "")
    if case.row is None:
        text = f"{text} (booked without its sale)".strip()
    client = case.client if case.client != ANONYMOUS or item is None else item.client
    return Transaction(
        id=name,
        date=day,
        channel=case.channel,
        amount_usd=booked if event.kind is ReversalKind.DISPUTE_WON else -booked,
        client=client if case.row is not None else run.client(client),
        description=describe(event.kind, stated, text),
        transaction_type=case.transaction_type,
        status=Status.REFUNDED,
        fee_usd=run.usd(item.fee, day) if item else None,
        via=(item.via if item else "") or case.via,
        source_metadata=item.source_metadata if item else {},
    )


def _capped_problem(case: Case, name: str, booked: Decimal, told: Decimal) -> Problem:
    return Problem(
        code="refund-over-sale",
        message=f"{name} is a refund of {format_usd(told)}, and only {format_usd(booked)} was left of {case.ids[0]}:"
        " no more than the sale was booked",
        mend="look it up on the platform; if the rest really went back, add it by hand as a negative entry",
        severity=Severity.WARNING,
    )


def _orphan_problem(case: Case, name: str) -> Problem:
    sale = case.ids[0] if _names_its_sale(case) else "a sale that the platform does not name"
    return Problem(
        code="refund-without-sale",
        message=f"{name} was booked and counts, but its sale ({sale}) is not in the log",
        mend="fetch the sale with an earlier --since, or set the Status of the row to excluded",
        severity=Severity.WARNING,
    )


def _names_its_sale(case: Case) -> bool:
    """Whether the platform says which sale it is of: else it bears the platform's name alone."""
    return "_" in case.ids[0]
