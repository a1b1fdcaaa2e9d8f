"""A sale whose reversals are held against the log, and what its platform's figures amount to."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from revintel_mcp.booking.gathering import Seen
from revintel_mcp.booking.prices import Prices
from revintel_mcp.domain.money import Money, round_usd
from revintel_mcp.domain.records import Reversal, ReversalKind
from revintel_mcp.domain.transaction import ANONYMOUS, Channel, Transaction, TransactionType


class Case(NamedTuple):
    """A sale and all that is said of its reversals.

    Reversal rows are named after the first of `ids`; the others are IDs they may be booked under already. `row` is the
    sale as it stands in the log, None if it is not there; `whole` what the platform says was paid. `reversals` have
    an amount wherever one can be known. `hold` says why nothing of it can be booked yet.
    """

    ids: tuple[str, ...]
    origin: str
    channel: Channel
    row: Transaction | None = None
    whole: Money | None = None
    reversals: tuple[Reversal, ...] = ()
    refunded_total: Money | None = None
    has_unknown_refund: bool = False
    has_unknown_dispute: bool = False
    is_refunded_whole: bool = False
    tells_refunds: bool = False
    """Whether the sale itself was seen, with what was refunded: no other refund of it can be waiting."""
    client: str = ANONYMOUS
    description: str = ""
    transaction_type: TransactionType = TransactionType.ONE_TIME
    via: str = ""
    hold: str = ""

    @property
    def moneys(self) -> list[Money]:
        """Every amount that the platform gave for what was refunded."""
        given = [item.amount for item in self.of_kind(ReversalKind.REFUND) if item.amount is not None]
        return [*given, *([self.refunded_total] if self.refunded_total is not None else [])]

    def of_kind(self, kind: ReversalKind) -> list[Reversal]:
        """The reversals of one kind, as they came."""
        return [item for item in self.reversals if item.kind is kind]

    def usd(self, money: Money, day: date, prices: Prices) -> Decimal | None:
        """An amount that went back, in US dollars, at the rate that its sale was booked at.

        That is the price of the sale's day; or, where the person typed the sale's dollars, what they make of one unit.
        A full refund so takes back what was booked. A reversal without a sale has its own day's price.
        """
        if money.currency == "USD":
            return round_usd(money.amount)
        if self.row is not None:
            priced = prices.usd(money, self.row.date)
            if priced is not None:
                return priced
            if self.whole is not None and self.whole.currency == money.currency and self.whole.amount > 0:
                return round_usd(self.row.amount_usd * money.amount / self.whole.amount)
        return prices.usd(money, day)


def case_of(seen: Seen, *, row: Transaction | None, row_id: str = "", hold: str = "") -> Case:
    """The case of a sale that this run saw. `row_id` is the ID it is logged under, where that is another."""
    sale = seen.sale
    reversals = _with_flag(seen)
    total = sale.refunded_total
    if total is None and sale.reversed_in_full is ReversalKind.REFUND:
        total = sale.amount
    return Case(
        ids=tuple(dict.fromkeys(filter(None, (row_id, *seen.ids)))),
        origin=seen.origin,
        channel=row.channel if row else sale.channel,
        row=row,
        whole=sale.amount,
        reversals=_with_amounts(reversals, sale.amount),
        refunded_total=total,
        has_unknown_refund=sale.has_unknown_refund and sale.reversed_in_full is None,
        has_unknown_dispute=sale.has_unknown_dispute and sale.reversed_in_full is None,
        is_refunded_whole=sale.is_refunded_whole,
        tells_refunds=total is not None or any(item.kind is ReversalKind.REFUND for item in reversals),
        client=row.client if row else sale.client,
        description=row.description if row else sale.description,
        transaction_type=row.transaction_type if row else sale.transaction_type,
        via=sale.via,
        hold=hold,
    )


def orphan_case(
    ids: tuple[str, ...], items: Iterable[Reversal], origin: str, *, row: Transaction | None, hold: str
) -> Case:
    """The case of reversals whose sale this run did not see; it may be in the log all the same."""
    some = tuple(items)
    whole = Money(row.amount_usd, "USD") if row else None
    return Case(
        ids=ids,
        origin=origin,
        channel=row.channel if row else some[0].channel,
        row=row,
        whole=whole,
        reversals=_with_amounts(some, whole),
        client=row.client if row else some[0].client,
        description=row.description if row else some[0].description,
        transaction_type=row.transaction_type if row else some[0].transaction_type,
        via=some[0].via,
        hold=hold,
    )


def _with_flag(seen: Seen) -> tuple[Reversal, ...]:
    """The reversals, with the dispute that is only told by a flag."""
    sale = seen.sale
    told = any(item.kind is ReversalKind.DISPUTE for item in seen.reversals)
    if told or sale.reversed_in_full is not ReversalKind.DISPUTE:
        return seen.reversals
    flag = Reversal(kind=ReversalKind.DISPUTE, sale_id=sale.id, channel=sale.channel, via=sale.via)
    return (*seen.reversals, flag)


def _with_amounts(items: tuple[Reversal, ...], whole: Money | None) -> tuple[Reversal, ...]:
    """The reversals, with the sale's own amount where one is of all that is left: booking caps it."""
    return tuple(
        item._replace(
            amount=whole if item.amount is None else Money(abs(item.amount.amount), item.amount.currency.upper()),
        )
        for item in items
    )


def gone_before_first_seen(case: Case, sale_day: date, prices: Prices) -> ReversalKind | None:
    """Why nothing is left of a sale that is not in the log; None if something is."""
    whole = case.whole
    assert whole is not None

    def amount(money: Money | None) -> Decimal:
        if money is None:
            return whole.amount
        if money.currency == whole.currency:
            return money.amount
        return (prices.usd(money, sale_day) or Decimal(0)) if whole.currency == "USD" else Decimal(0)

    def total(kind: ReversalKind) -> Decimal:
        return sum((amount(item.amount) for item in case.of_kind(kind)), Decimal(0))

    refunded = total(ReversalKind.REFUND)
    if case.refunded_total is not None:
        refunded = max(refunded, amount(case.refunded_total))
    if case.is_refunded_whole or refunded >= whole.amount:
        return ReversalKind.REFUND
    disputed = max(Decimal(0), total(ReversalKind.DISPUTE) - total(ReversalKind.DISPUTE_WON))
    return ReversalKind.DISPUTE if refunded + disputed >= whole.amount else None
