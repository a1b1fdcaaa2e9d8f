"""One view of every payment that a run saw, whichever accounts, pages and tools it came through.

The same payment may come twice: on two pages, from two accounts that are one, as an invoice and as the charge that
paid it. It is one payment, and all that was said of it is kept. The outcome does not depend on any order.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from revintel_mcp.booking.known import SourcePull
from revintel_mcp.booking.reversal_ids import short_hash
from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import HIDDEN_SALE, Reversal, ReversalKind, Sale, Unbookable
from revintel_mcp.domain.transaction import ANONYMOUS


class Seen(NamedTuple):
    """A payment and everything that is said of its reversals. `origin` is the source's name in the Sources table."""

    sale: Sale
    origin: str
    reversals: tuple[Reversal, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Every ID the payment may be logged under, its own first."""
        return tuple(dict.fromkeys((self.sale.id, *self.sale.aliases)))

    @property
    def tells_reversals(self) -> bool:
        """Whether anything at all is said of money that went back."""
        sale = self.sale
        told = sale.refunded_total is not None or sale.reversed_in_full is not None
        return told or sale.has_unknown_refund or sale.has_unknown_dispute or bool(self.reversals)


class Orphan(NamedTuple):
    """A reversal whose sale this run did not see."""

    reversal: Reversal
    origin: str

    @property
    def sale_ids(self) -> tuple[str, ...]:
        """Every ID its sale may be logged under."""
        return self.reversal.sale_id, *self.reversal.sale_aliases


class Gathered:
    """What a run saw. `sales` and `numbered` by ID; `repeats` counts records that were another's double, by source."""

    def __init__(self) -> None:
        self.sales: list[Seen] = []
        self.numbered: dict[str, list[Seen]] = {}
        self.orphans: list[Orphan] = []
        self.unbookable: list[tuple[Unbookable, str]] = []
        self.repeats: Counter[str] = Counter()


def gather(pulls: Sequence[SourcePull]) -> Gathered:
    """All pulls as one view."""
    found = Gathered()
    every = [Seen(sale, pull.name, sale.reversals) for pull in pulls for sale in pull.pull.sales]
    plain = sorted((seen for seen in every if not seen.sale.numbered), key=_best_first)
    found.sales = _without_lesser(_one_per_id(plain, found.repeats), found.repeats)
    found.numbered = _numbered(pulls)
    _attach(found, [Orphan(item, pull.name) for pull in pulls for item in pull.pull.reversals])
    unbookable: dict[str, tuple[Unbookable, str]] = {}
    for pull in sorted(pulls, key=lambda pull: pull.name):
        for record in map(with_id, pull.pull.unbookable):
            unbookable.setdefault(record.id, (record, pull.name))
    found.unbookable = [unbookable[key] for key in sorted(unbookable)]
    return found


def with_id(record: Unbookable) -> Unbookable:
    """The record, named `stripe_unreadable_<12 hex>` if it has no id of its own: the same content is the same row."""
    if record.id:
        return record
    day = record.date.isoformat() if record.date else ""
    content = short_hash(day, record.client, record.description, record.amount, record.currency)
    return record._replace(id=f"{record.source}_unreadable_{content}")


def united(*lists: Iterable[Reversal]) -> tuple[Reversal, ...]:
    """Each reversal once: by its native id; those without one as often as the list that has most of them.

    One without a native id that is the same money as one with (same kind and amount) is that one.
    """
    named: dict[tuple[str, str], Reversal] = {}
    nameless: dict[tuple[str, Money | None, date | None], list[Reversal]] = {}
    for items in lists:
        group: dict[tuple[str, Money | None, date | None], list[Reversal]] = {}
        for item in sorted(items, key=_most_said_first):
            if item.native_id:
                named.setdefault((item.kind, item.native_id), item)
            else:
                group.setdefault((item.kind, item.amount, item.date), []).append(item)
        for key, same in group.items():
            nameless[key] = max(nameless.get(key, []), same, key=len)
    spare = Counter((item.kind, item.amount) for item in named.values())
    rest = []
    for item in sorted((item for same in nameless.values() for item in same), key=chronological):
        if spare[item.kind, item.amount] > 0:
            spare[item.kind, item.amount] -= 1
        else:
            rest.append(item)
    return tuple(sorted([*named.values(), *rest], key=chronological))


def chronological(item: Reversal) -> tuple[object, ...]:
    """Sorts reversals by day, those of unknown day last, equal ones by what they say."""
    return item.date is None, item.date or date.min, item.native_id, str(item.amount), repr(item.description)


def _one_per_id(seen: Iterable[Seen], repeats: Counter[str]) -> list[Seen]:
    by_id: dict[str, Seen] = {}
    for each in seen:
        known = by_id.get(each.sale.id)
        if known is not None:
            repeats[each.origin] += 1
        by_id[each.sale.id] = each if known is None else _merged(known, each)
    return list(by_id.values())


def _without_lesser(sales: list[Seen], repeats: Counter[str]) -> list[Seen]:
    """Fold an invoice into the charge that names it as its alias, and so on.

    Where several charges name one invoice, it is dropped and they stay: they are its parts.
    """
    named_by: dict[str, set[str]] = {}
    for each in sales:
        for alias in each.sale.aliases:
            if alias != each.sale.id:
                named_by.setdefault(alias, set()).add(each.sale.id)
    kept = {each.sale.id: each for each in sales if each.sale.id not in named_by}
    for lesser in sorted(sales, key=lambda each: each.sale.id):
        if lesser.sale.id in kept:
            continue
        better = _reachable(lesser.sale.id, named_by) & kept.keys()
        if not better:  # they name each other in a ring: the first by ID stays
            kept[lesser.sale.id] = lesser
            continue
        repeats[lesser.origin] += 1
        if len(better) == 1:
            (name,) = better
            kept[name] = _merged(kept[name], lesser)
    return [kept[key] for key in sorted(kept)]


def _reachable(start: str, named_by: dict[str, set[str]]) -> set[str]:
    """Every record that names `start` as its alias, or names one that does."""
    found: set[str] = set()
    todo = [start]
    while todo:
        fresh = named_by.get(todo.pop(), set()) - found
        found |= fresh
        todo.extend(fresh)
    return found


def _merged(best: Seen, other: Seen) -> Seen:
    """`best`, completed by what only `other` says."""
    one, two = best.sale, other.sale
    amount = two.amount if one.amount.currency != "USD" and two.amount.currency == "USD" else one.amount
    says_how_much = any(
        sale.refunded_total is not None or sale.reversals for sale in (one, two) if not sale.has_unknown_refund
    )
    reversals = united(best.reversals, other.reversals)
    tells_dispute = any(item.kind is not ReversalKind.REFUND for item in reversals)
    sale = one._replace(
        amount=amount,
        fee=one.fee if one.fee is not None else two.fee,
        client=two.client if one.client == ANONYMOUS else one.client,
        description=one.description or two.description,
        period=one.period or two.period,
        aliases=tuple(sorted({*one.aliases, *two.aliases, two.id} - {one.id})),
        same_as_also=one.same_as_also or two.same_as_also,
        same_as=(two if one.same_as in ("", HIDDEN_SALE) and two.same_as else one).same_as,
        refunded_total=_larger(one.refunded_total, two.refunded_total),
        reversed_in_full=one.reversed_in_full or two.reversed_in_full,
        has_unknown_refund=(one.has_unknown_refund or two.has_unknown_refund) and not says_how_much,
        is_refunded_whole=one.is_refunded_whole or two.is_refunded_whole,
        has_unknown_dispute=(one.has_unknown_dispute or two.has_unknown_dispute) and not tells_dispute,
    )
    return Seen(sale, best.origin, reversals)


def _larger(one: Money | None, two: Money | None) -> Money | None:
    if one is None or two is None or one.currency != two.currency:
        return one if one is not None else two
    return max(one, two, key=lambda money: money.amount)


def _numbered(pulls: Sequence[SourcePull]) -> dict[str, list[Seen]]:
    """Earnings of equal contract and date. Two pulls of one account show the same ones: the longer list counts."""
    bases: dict[str, list[Seen]] = {}
    for pull in pulls:
        here: dict[str, list[Seen]] = {}
        for sale in pull.pull.sales:
            if sale.numbered:
                here.setdefault(sale.id, []).append(Seen(sale, pull.name, sale.reversals))
        for base, same in here.items():
            same.sort(key=_best_first)
            bases[base] = max(
                bases.get(base, []), same, key=lambda seen: (len(seen), [_best_first(each) for each in seen])
            )
    return {base: bases[base] for base in sorted(bases)}


def _attach(found: Gathered, reversals: Sequence[Orphan]) -> None:
    """Give each reversal that came on its own to the sale it names, if this run saw that sale."""
    by_id = {each.sale.id: each.sale.id for each in found.sales}
    by_alias = Counter(alias for each in found.sales for alias in each.sale.aliases)
    by_id |= {
        alias: each.sale.id
        for each in found.sales
        for alias in each.sale.aliases
        if by_alias[alias] == 1 and alias not in by_id
    }
    extra: dict[str, list[Reversal]] = {}
    for each in reversals:
        home = next((by_id[name] for name in each.sale_ids if name in by_id), None)
        if home is None:
            found.orphans.append(each)
        else:
            extra.setdefault(home, []).append(each.reversal)
    found.sales = [each._replace(reversals=united(each.reversals, extra.get(each.sale.id, ()))) for each in found.sales]


def _best_first(seen: Seen) -> tuple[object, ...]:
    """Sorts records of one payment: dollars before other money, with a fee before without, then by content."""
    sale = seen.sale
    return (
        sale.id,
        sale.amount.currency != "USD",
        sale.fee is None,
        -len(sale.aliases),
        sale.amount.amount,
        sale.date,
        sale.description,
        sale.client,
        str(sale.hours),
        seen.origin,
    )


def _most_said_first(item: Reversal) -> tuple[object, ...]:
    return item.amount is None, item.date is None, *chronological(item)
