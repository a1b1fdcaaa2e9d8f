"""Holding what the sources saw against the log: what is new is booked, what is logged stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from revintel_mcp.booking.addresses import only_domains, with_descriptions
from revintel_mcp.booking.attention import unbookable_row
from revintel_mcp.booking.booking import Booking, LoggedRow
from revintel_mcp.booking.cases import orphan_case
from revintel_mcp.booking.gathering import Gathered, Orphan, Seen, chronological, gather, united
from revintel_mcp.booking.gumroad_in_stripe import book_gumroad_payments
from revintel_mcp.booking.known import Known, SourcePull
from revintel_mcp.booking.loose_refunds import without_told
from revintel_mcp.booking.matching import logged_rows, numbered
from revintel_mcp.booking.mending import attention_after, book_mended
from revintel_mcp.booking.nameless import claim_rows
from revintel_mcp.booking.namesakes import Namesakes
from revintel_mcp.booking.reversal_ids import short_hash
from revintel_mcp.booking.reversals import settle
from revintel_mcp.booking.run import ALREADY_LOGGED, NEVER_COUNTED, SALE_NOT_COUNTED, SEEN_TWICE, ClientNames, Run
from revintel_mcp.booking.sales import book_sale
from revintel_mcp.booking.short_texts import short
from revintel_mcp.domain.records import Reversal, ReversalKind


def book(pulls: Sequence[SourcePull], known: Known, *, today: date, client_names: ClientNames = "full") -> Booking:
    """What this run's pulls change in the tracker.

    The outcome does not depend on the order of pulls or records, and booking the same pulls again changes nothing.
    With no pulls at all, rows of Needs Attention that were mended are booked all the same.

    Args:
        pulls: what each source saw, failed ones included.
        known: the tracker, scanned with `wanted_ids` of these pulls.
        today: the day it is, in the tracker's zone: reversals whose day nobody knows are booked on it.
        client_names: `domain` stores only the domain of a client's e-mail address, for new rows.
    """
    if client_names == "domain":
        pulls = with_descriptions(pulls, only_domains)
    pulls = with_descriptions(pulls, short)
    run = Run(known, today=today, client_names=client_names)
    gathered = gather(pulls)
    for origin, times in gathered.repeats.items():
        run.skip(SEEN_TWICE, origin, times)
    claim_rows(run.ledger, gathered)
    book_mended(run, _priced_by_source(gathered))
    _book_sales(run, gathered, pulls)
    itemised = {name for seen in gathered.sales if any(map(_is_refund, seen.reversals)) for name in seen.ids}
    _book_orphans(run, without_told(run, list(map(_with_sale, gathered.orphans)), itemised))
    for record, origin in gathered.unbookable:
        row = unbookable_row(run, record, origin)
        if row.id in run.ledger:
            run.skip(ALREADY_LOGGED, origin)
        run.hold(row)
    return run.booking(attention_after(run))


def _priced_by_source(gathered: Gathered) -> frozenset[str]:
    return frozenset(name for seen in gathered.sales if seen.sale.amount.currency == "USD" for name in seen.ids)


def _book_sales(run: Run, gathered: Gathered, pulls: Sequence[SourcePull]) -> None:
    plain = [seen for seen in gathered.sales if not seen.sale.same_as]
    namesakes = Namesakes(run, gathered, pulls)
    sales = [*plain, *numbered(run, gathered.numbered, namesakes)]
    logged = logged_rows(run, sales)
    new = [seen for seen in plain if _is_new(run, seen, logged)]
    pairs = namesakes.of_named(new, {row.id for row in logged.values()})
    logged |= {**namesakes.taken, **{seen.sale.id: row for seen, row in pairs}}
    uses = Counter(row.id for row in logged.values())
    for seen in sorted(sales, key=_by_day):
        row = logged.get(seen.sale.id)
        is_part = row is not None and (uses[row.id] > 1 or row.id in namesakes.taken)
        book_sale(run, seen, row, is_part=is_part)
    book_gumroad_payments(run, sorted((seen for seen in gathered.sales if seen.sale.same_as), key=_by_day), pulls)


def _is_new(run: Run, seen: Seen, logged: Mapping[str, LoggedRow]) -> bool:
    """Whether nothing in the tracker bears a sale's name."""
    return seen.sale.id not in logged and run.old_attention.keys().isdisjoint(seen.ids)


def _by_day(seen: Seen) -> tuple[date, str]:
    return seen.sale.date, seen.sale.id


def _is_refund(item: Reversal) -> bool:
    return item.kind is ReversalKind.REFUND


def _book_orphans(run: Run, orphans: Sequence[Orphan]) -> None:
    by_sale: dict[str, list[Orphan]] = {}
    for each in sorted(orphans, key=_by_content):
        by_sale.setdefault(_known_as(run, each), []).append(each)
    for sale_id, some in sorted(by_sale.items()):
        row = run.ledger.row(sale_id)
        if row is None:
            _settle_orphans(run, sale_id, [each for each in some if not _was_decided(run, each)], None)
        elif row.transaction is None or row.transaction.status.counts:
            _settle_orphans(run, sale_id, some, row)
        else:
            run.skip(SALE_NOT_COUNTED, some[0].origin, len(some))


def _known_as(run: Run, orphan: Orphan) -> str:
    """The ID its sale is logged under, or waits under; its own if neither."""
    logged = run.ledger.first(orphan.sale_ids)
    if logged is not None:
        return logged.id
    waiting = {*run.attention, *run.old_attention}
    return next((name for name in orphan.sale_ids if name in waiting), orphan.reversal.sale_id)


def _by_content(orphan: Orphan) -> tuple[object, ...]:
    return orphan.reversal.sale_id, orphan.origin, chronological(orphan.reversal)


def _settle_orphans(run: Run, sale_id: str, orphans: Sequence[Orphan], row: LoggedRow | None) -> None:
    if not orphans:
        return
    hold = ""
    if row is not None and row.transaction is None:
        hold = f"line {row.line}, the sale it goes back on, can't be read: mend that line"
    elif row is None and (sale_id in run.attention or sale_id in run.old_attention):
        hold = "the sale it goes back on waits here as well: mend that row"
    ids = tuple(dict.fromkeys((sale_id, *(name for each in orphans for name in each.sale_ids))))
    items = united(*([each.reversal for each in group] for _, group in groupby(orphans, key=lambda each: each.origin)))
    settle(run, orphan_case(ids, items, orphans[0].origin, row=row.transaction if row else None, hold=hold))


def _was_decided(run: Run, orphan: Orphan) -> bool:
    """Whether an earlier run that had every record of that day has seen it and had nothing to book.

    So it is with a sale that was already refunded in full when it was first seen: later the refund still shows, the
    sale, being older than the window, does not. A reversal that names no sale can't have been decided by it.
    """
    item = orphan.reversal
    if item.sale_id == item.channel.key:
        return False
    is_logged = bool(item.native_id) and run.ledger.native(f"{item.sale_id}_{item.kind}_{item.native_id}") is not None
    if is_logged or run.ledger.reversals(orphan.sale_ids, item.kind):
        return False
    if item.date is None or not run.was_complete(orphan.origin, item.date):
        return False
    run.skip(NEVER_COUNTED, orphan.origin)
    return True


def _with_sale(orphan: Orphan) -> Orphan:
    """A reversal that names no sale is named after its platform, and itself by what it says."""
    item = orphan.reversal
    if item.sale_id:
        return orphan
    native = item.native_id or short_hash(
        str(item.kind), str(item.date), str(item.amount), item.client, item.description
    )
    named = item._replace(
        sale_id=item.channel.key, native_id=native if item.kind is ReversalKind.REFUND else item.native_id
    )
    return Orphan(named, orphan.origin)
