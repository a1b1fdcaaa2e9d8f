"""Which logged row a payment is: by its own ID, by an alias, or, where IDs are made of contract and date, by amount."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from revintel_mcp.booking.amounts import read_money
from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.booking.gathering import Seen
from revintel_mcp.booking.namesakes import Namesakes
from revintel_mcp.booking.reversal_ids import base_of, first_free
from revintel_mcp.booking.run import Run
from revintel_mcp.domain.currencies import CurrencyError
from revintel_mcp.domain.money import ZERO, AmountError, Money


class _Slot(NamedTuple):
    """An ID that is taken, by a logged row or by one that waits; `money` None where it can't be read."""

    row_id: str
    money: Money | None
    description: str


def numbered(run: Run, bases: Mapping[str, list[Seen]], namesakes: Namesakes) -> list[Seen]:
    """Earnings of equal contract and date, each with the ID it has or gets.

    Amounts that are logged already keep their IDs. What is left over on both sides is taken for the same earning with
    another amount (a person's edit, a correction by the platform): the row stands. Of the rest, those that are logged
    under Upwork's own id have that; only what then remains takes the next number.
    """
    names: dict[str, list[tuple[str, Seen]]] = {}
    left: dict[str, list[Seen]] = {}
    for base, seen in bases.items():
        names[base], left[base] = _named(run, base, seen)
    pairs = namesakes.of_numbered([each for rest in left.values() for each in rest])
    known = {id(each): row.id for each, row in pairs}
    for base, rest in left.items():
        names[base] += _renamed(run, base, rest, known, {name for name, _ in names[base]})
    return [
        each._replace(sale=each.sale._replace(id=name))
        for named in names.values()
        for name, each in sorted(named, key=lambda pair: pair[0])
    ]


def logged_rows(run: Run, sales: Iterable[Seen]) -> dict[str, LoggedRow]:
    """The logged row of each payment that has one, by the payment's own ID."""
    found: dict[str, LoggedRow] = {}
    claims: dict[str, list[Seen]] = {}
    for seen in sales:
        own = run.ledger.row(seen.sale.id)
        if own is not None:
            found[seen.sale.id] = own
        elif alias := next((alias for alias in seen.sale.aliases if run.ledger.family(alias)), ""):
            claims.setdefault(alias, []).append(seen)
    taken = {row.id for row in found.values()}
    for alias, claimants in sorted(claims.items()):
        rows = [row for row in run.ledger.family(alias) if row.id not in taken]
        shared = _shared(run, claimants, rows)
        found |= shared
        taken |= {row.id for row in shared.values()}
    return found


def _named(run: Run, base: str, seen: list[Seen]) -> tuple[list[tuple[str, Seen]], list[Seen]]:
    """The earnings that have an ID, with it, and those that are left over."""
    free, left, names = _slots(run, base), list(seen), []
    tests: tuple[Callable[[Seen, _Slot], bool], ...] = (
        lambda each, slot: _is_amount(run, each, slot) and each.sale.description == slot.description,
        lambda each, slot: _is_amount(run, each, slot),
        lambda _each, _slot: True,
    )
    for test in tests:
        for each in list(left):
            slot = next((slot for slot in free if test(each, slot)), None)
            if slot is not None:
                free.remove(slot)
                left.remove(each)
                names.append((slot.row_id, each))
    return names, left


def _renamed(
    run: Run, base: str, left: list[Seen], known: Mapping[int, str], used: set[str]
) -> Iterator[tuple[str, Seen]]:
    """What was left over: by the name it is logged under, or by the next number."""

    def is_taken(name: str) -> bool:
        return name in run.ledger or name in run.old_attention or name in used

    for each in left:
        name = known.get(id(each)) or first_free(base, is_taken)
        used.add(name)
        yield name, each


def _slots(run: Run, base: str) -> list[_Slot]:
    slots = []
    for row in run.ledger.family(base):
        sale = row.transaction
        slots.append(_Slot(row.id, Money(sale.amount_usd, "USD") if sale else None, sale.description if sale else ""))
    for name, waiting in run.old_attention.items():
        if base_of(name) == base and name not in run.ledger:
            try:
                money = read_money(waiting.amount, waiting.currency)
            except (AmountError, CurrencyError):
                money = None
            slots.append(_Slot(name, money, waiting.description))
    return slots


def _is_amount(run: Run, seen: Seen, slot: _Slot) -> bool:
    usd = run.usd(seen.sale.amount, seen.sale.date)
    return slot.money is not None and slot.money in (seen.sale.amount, None if usd is None else Money(usd, "USD"))


def _shared(run: Run, claimants: list[Seen], rows: list[LoggedRow]) -> dict[str, LoggedRow]:
    """Who is which of the rows logged under one alias: equal amounts first.

    Several payments that together make one row (an invoice paid in parts) are that row.
    """
    found: dict[str, LoggedRow] = {}
    left, free = list(claimants), list(rows)
    for each in claimants:
        match = next((row for row in free if _usd(run, each) == _logged(row)), None)
        if match is not None:
            found[each.sale.id] = match
            left.remove(each)
            free.remove(match)
    if len(free) == 1 and sum((_usd(run, each) for each in left), ZERO) <= _logged(free[0]):
        return found | {each.sale.id: free[0] for each in left}
    return found | {each.sale.id: row for each, row in zip(left, free, strict=False)}


def _usd(run: Run, seen: Seen) -> Decimal:
    return run.usd(seen.sale.amount, seen.sale.date) or ZERO


def _logged(row: LoggedRow) -> Decimal:
    return row.transaction.amount_usd if row.transaction else ZERO
