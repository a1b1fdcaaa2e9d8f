"""Booking one sale: for the first time, or seen again."""

from decimal import Decimal

from revintel_mcp.booking.attention import negative_row, sale_row
from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.booking.cases import case_of, gone_before_first_seen
from revintel_mcp.booking.gathering import Seen
from revintel_mcp.booking.reversal_ids import read_reversal_id
from revintel_mcp.booking.reversals import settle
from revintel_mcp.booking.run import (
    ALREADY_LOGGED,
    CHARGED_BACK_FIRST,
    EXCLUDED,
    NOTHING_PAID,
    REFUNDED_FIRST,
    Run,
)
from revintel_mcp.domain.money import format_usd
from revintel_mcp.domain.records import ReversalKind
from revintel_mcp.domain.transaction import Status, Transaction


def book_sale(run: Run, seen: Seen, row: LoggedRow | None, *, is_part: bool = False) -> None:
    """Book a sale with what went back on it.

    `row` is the logged row that it is, None where there is none; `is_part` if that row stands for other payments too.
    """
    if row is None:
        _first_sight(run, seen)
    elif row.transaction is None:
        run.skip(ALREADY_LOGGED, seen.origin)
        hold = f"line {row.line}, the sale it goes back on, can't be read: mend that line"
        settle(run, case_of(seen, row=None, row_id=row.id, hold=hold))
    elif row.transaction.status is Status.EXCLUDED:
        run.skip(EXCLUDED, seen.origin)
        _settle_waiting(run, seen)
    else:
        run.skip(ALREADY_LOGGED, seen.origin)
        _seen_again(run, seen, row, row.transaction, is_part=is_part)


def new_row(run: Run, seen: Seen, usd: Decimal) -> Transaction:
    """The log row of a sale."""
    sale = seen.sale
    return Transaction(
        id=sale.id,
        date=sale.date,
        channel=sale.channel,
        amount_usd=usd,
        client=run.client(sale.client),
        description=sale.description,
        transaction_type=sale.transaction_type,
        fee_usd=run.usd(sale.fee, sale.date),
        period=sale.period,
        hours=sale.hours,
        via=sale.via,
        source_metadata=sale.source_metadata,
    )


def _first_sight(run: Run, seen: Seen) -> None:
    sale = seen.sale
    if sale.amount.amount == 0:
        run.skip(NOTHING_PAID, seen.origin)
        return
    if sale.amount.amount < 0:
        run.hold(negative_row(run, seen))
        return
    gone = gone_before_first_seen(case_of(seen, row=None), sale.date, run.prices) if seen.tells_reversals else None
    if gone is not None and not any(row.counted for row in run.ledger.reversals(seen.ids)):
        run.skip(REFUNDED_FIRST if gone is ReversalKind.REFUND else CHARGED_BACK_FIRST, seen.origin)
        _settle_waiting(run, seen, sale_too=True)
        return
    usd = run.usd(sale.amount, sale.date)
    if usd is None:
        _wait_for_price(run, seen)
        return
    row = new_row(run, seen, usd)
    run.add(row, seen.origin)
    run.settled.update(name for name in seen.ids if name != row.id)
    if seen.tells_reversals:
        settle(run, case_of(seen, row=row))


def _wait_for_price(run: Run, seen: Seen) -> None:
    """Put a sale before a person, and its reversals with it, under the ID it may wait under already."""
    name = next((name for name in seen.ids if name in run.old_attention), seen.sale.id)
    run.hold(sale_row(run, seen, name))
    settle(run, case_of(seen, row=None, row_id=name, hold="the sale it goes back on waits here as well: mend that row"))


def _seen_again(run: Run, seen: Seen, row: LoggedRow, logged: Transaction, *, is_part: bool) -> None:
    sale = seen.sale
    differs = not is_part and _report_differences(run, seen, row, logged)
    if not is_part and not (sale.numbered and differs):
        run.fill_fee(row, run.usd(sale.fee, sale.date))
    run.settled.update(name for name in seen.ids if name != row.id)
    if seen.tells_reversals and logged.status.counts:
        settle(run, case_of(seen, row=logged, row_id=row.id))


def _report_differences(run: Run, seen: Seen, row: LoggedRow, logged: Transaction) -> bool:
    """Tell where the source shows a row otherwise; whether its amount differs. The row stands."""
    sale = seen.sale
    amount = sale.amount.amount if sale.amount.currency == "USD" else logged.amount_usd
    pairs = (
        ("amount", format_usd(logged.amount_usd), format_usd(amount)),
        ("date", str(logged.date), str(sale.date)),
        ("channel", logged.channel.value, sale.channel.value),
        ("status", logged.status.value, Status.COMPLETED.value),
    )
    for what, here, there in pairs:
        if here != there:
            run.differ(row, what, here, there)
    fee = run.usd(sale.fee, sale.date)
    if fee is not None and logged.fee_usd is not None and fee != logged.fee_usd:
        run.differ(row, "fee", format_usd(logged.fee_usd), format_usd(fee))
    return format_usd(logged.amount_usd) != format_usd(amount)


def _settle_waiting(run: Run, seen: Seen, *, sale_too: bool = False) -> None:
    """Rows that wait for a sale which will not be booked have nothing to wait for; its refunds, now told, neither."""
    run.settled.update(f"{each.channel.key}_{each.kind}_{each.native_id}" for each in seen.reversals if each.native_id)
    for name in run.old_attention:
        parts = read_reversal_id(name)
        if (parts is not None and parts.sale in seen.ids) or (sale_too and name in seen.ids):
            run.settled.add(name)
