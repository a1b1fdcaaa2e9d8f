"""Stripe payments that are Gumroad sales, shown as well by a creator's own Stripe account: once, as Gumroad.

Where Gumroad is one of the sources, its own record is the sale; until it lists it, the payment waits in Needs
Attention. Where it is not, Stripe's record is all there is: it is booked under the Gumroad sale's ID, so that
Gumroad, once configured, finds its sale logged.
"""

from collections.abc import Sequence

from revintel_mcp.booking.attention import hidden_sale_row, not_listed_row
from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.booking.gathering import Seen
from revintel_mcp.booking.known import SourcePull
from revintel_mcp.booking.reversal_ids import VOID
from revintel_mcp.booking.run import COUNTED_AS_GUMROAD, Run
from revintel_mcp.booking.sales import book_sale
from revintel_mcp.domain.money import ZERO
from revintel_mcp.domain.records import HIDDEN_SALE
from revintel_mcp.domain.source_state import SourceStatus
from revintel_mcp.domain.transaction import Channel, Status


def book_gumroad_payments(run: Run, payments: Sequence[Seen], pulls: Sequence[SourcePull]) -> None:
    """Book, or leave to Gumroad, each Stripe payment that names a Gumroad sale, once Gumroad's own sales are booked."""
    is_used = _gumroad_is_used(run, pulls)
    listed = {sale.id for pull in pulls for sale in pull.pull.sales}
    for seen in payments:
        own = run.ledger.first(seen.ids)
        if seen.sale.same_as == HIDDEN_SALE:
            _hidden(run, seen, own, is_used=is_used)
            continue
        names = (seen.sale.same_as, *seen.sale.same_as_also)
        gumroad = run.ledger.first(names)
        if own is not None:
            _logged_as_stripe(run, seen, own, gumroad)
        elif listed.intersection(names) or (is_used and gumroad is not None):
            run.skip(COUNTED_AS_GUMROAD, seen.origin)
        elif is_used:
            run.hold(not_listed_row(run, seen))
        elif seen.sale.same_as_also:
            # No one sale's ID fits a whole cart; a void takes it back once Gumroad lists them.
            book_sale(run, seen, None)
        else:
            book_sale(run, _as_gumroad(seen), gumroad)


def _hidden(run: Run, seen: Seen, own: LoggedRow | None, *, is_used: bool) -> None:
    """A payment of a Gumroad sale that nobody can name: beside Gumroad's own list it would count twice."""
    if own is None and is_used:
        run.hold(hidden_sale_row(run, seen))
    else:
        book_sale(run, seen, own)


def _gumroad_is_used(run: Run, pulls: Sequence[SourcePull]) -> bool:
    if any(pull.source == "gumroad" for pull in pulls):
        return True
    states = (state for state in run.known.states if state.name.lower().startswith("gumroad"))
    return any(state.status is not SourceStatus.NOT_CONFIGURED for state in states)


def _as_gumroad(seen: Seen) -> Seen:
    sale = seen.sale
    return seen._replace(sale=sale._replace(id=sale.same_as, channel=Channel.GUMROAD, aliases=seen.ids, same_as=""))


def _logged_as_stripe(run: Run, seen: Seen, own: LoggedRow, gumroad: LoggedRow | None) -> None:
    """A payment that was logged as Stripe's before it was known to be a Gumroad sale.

    If the Gumroad sale counts as well, what is left of the Stripe row is taken back by a void, on the row's own day.
    """
    sale = gumroad.transaction if gumroad is not None else None
    if own.transaction is None or sale is None or not sale.status.counts:
        book_sale(run, seen, own)
        return
    run.skip(COUNTED_AS_GUMROAD, seen.origin)
    left = run.ledger.left_of(own.transaction, (own.id, *seen.ids))
    void = f"{own.id}_{VOID}"
    if left == ZERO or void in run.ledger:
        return
    row = own.transaction._replace(
        id=void,
        amount_usd=-left,
        status=Status.REFUNDED,
        fee_usd=None if own.transaction.fee_usd is None else -own.transaction.fee_usd,
        description=f"Counted as {sale.id}",
        hours=None,
        source_metadata={},
    )
    run.add(row, seen.origin)
