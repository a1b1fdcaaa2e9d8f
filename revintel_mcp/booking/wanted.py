"""Which rows of the log booking must see."""

from collections.abc import Iterator, Sequence

from revintel_mcp.booking.booking import AttentionRow
from revintel_mcp.booking.gathering import with_id
from revintel_mcp.booking.known import SourcePull
from revintel_mcp.booking.reversal_ids import base_of, read_reversal_id
from revintel_mcp.sources.pull import Pull


def wanted_ids(pulls: Sequence[Pull], attention: Sequence[AttentionRow]) -> frozenset[str]:
    """The IDs that a scan must capture for `book`.

    Besides the rows of these IDs, the scan captures those numbered after one of them (`<id>_2`) and every reversal. Of
    manual rows `book` needs none but those that are named here.
    """
    return frozenset(name for name in (*_of_pulls(pulls), *_of_attention(attention)) if name)


def wanted_cents(pulls: Sequence[SourcePull]) -> frozenset[int]:
    """The amounts, in US cents, whose rows may be earnings that the log knows by another name."""
    return own_cents([pull for pull in pulls if pull.source == "upwork"])


def own_cents(pulls: Sequence[SourcePull]) -> frozenset[int]:
    """The amounts, in US cents, of which a person's rows may be payments that were typed in before."""
    amounts = (sale.amount for pull in pulls for sale in pull.pull.sales)
    return frozenset(int(money.amount.scaleb(2)) for money in amounts if money.currency == "USD")


def _of_pulls(pulls: Sequence[Pull]) -> Iterator[str]:
    for pull in pulls:
        for sale in pull.sales:
            yield from (sale.id, sale.same_as, *sale.same_as_also, *sale.aliases)
        for item in pull.reversals:
            yield from (item.sale_id, *item.sale_aliases)
        for record in pull.unbookable:
            yield with_id(record).id


def _of_attention(attention: Sequence[AttentionRow]) -> Iterator[str]:
    for row in attention:
        parts = read_reversal_id(row.id)
        yield from (row.id, base_of(row.id), parts.sale if parts else "")
