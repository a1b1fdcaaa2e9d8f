"""Gross, refunds, income, fees and net, over a period and by channel."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from revintel_mcp.booking.reversal_ids import VOID, read_reversal_id
from revintel_mcp.domain.money import ZERO
from revintel_mcp.domain.transaction import Channel, Status, Transaction
from revintel_mcp.summary.coverage import Coverage, less_fees, with_reason
from revintel_mcp.summary.insights.insight import Insight, Metric, Part, Question
from revintel_mcp.summary.insights.ledger import Ledger
from revintel_mcp.summary.insights.measures import Flow, Kind, Unit
from revintel_mcp.summary.listing import RowFilter
from revintel_mcp.summary.reasons import Lack, Reason

GROSS: Final = Metric(
    "gross",
    "Gross sales",
    Kind.FLOW,
    Unit.USD,
    "Completed sales and entries before fees and refunds; voided entries are taken out.",
)
REFUNDS: Final = Metric(
    "refunds",
    "Refunds",
    Kind.FLOW,
    Unit.USD,
    "Refunds and chargebacks on the day they happened, less disputes won.",
)
INCOME: Final = Metric(
    "income",
    "Income",
    Kind.FLOW,
    Unit.USD,
    "Gross sales less refunds, before fees: the total of the monthly summary.",
)
FEES: Final = Metric("fees", "Platform fees", Kind.FLOW, Unit.USD, "What platforms kept, on the rows that say so.")
NET: Final = Metric("net", "Net income", Kind.FLOW, Unit.USD, "Income less the platform fees that are known.")


@dataclass(frozen=True, slots=True)
class Sums:
    """What rows add up to, US dollars."""

    gross: Decimal = ZERO
    refunds: Decimal = ZERO
    fees: Decimal = ZERO
    fees_missing: int = 0
    rows: int = 0

    @property
    def income(self) -> Decimal:
        """Gross less refunds."""
        return self.gross - self.refunds

    @property
    def net(self) -> Decimal:
        """Income less the known fees."""
        return self.income - self.fees

    def __add__(self, other: "Sums") -> "Sums":
        """Both together."""
        return Sums(
            self.gross + other.gross,
            self.refunds + other.refunds,
            self.fees + other.fees,
            self.fees_missing + other.fees_missing,
            self.rows + other.rows,
        )


def sums_of(rows: Iterable[Transaction]) -> Sums:
    """The sums over rows that count."""
    gross = refunds = fees = ZERO
    missing = count = 0
    for row in rows:
        count += 1
        if is_refund(row):
            refunds -= row.amount_usd
        else:
            gross += row.amount_usd
        if row.fee_usd is None:
            missing += 1
        else:
            fees += row.fee_usd
    return Sums(gross, refunds, fees, missing, count)


def is_refund(row: Transaction) -> bool:
    """Whether money went back (or came back again); a void only takes a mistake out."""
    if row.status is not Status.REFUNDED:
        return False
    parts = read_reversal_id(row.id)
    return parts is None or parts.kind != VOID


def income_insights(ledger: Ledger, question: Question) -> tuple[Insight, ...]:
    """Gross, refunds, income, fees and net of the whole period, each by channel."""
    held: dict[Channel, list[Transaction]] = {channel: [] for channel in Channel}
    rows = ledger.within(question.period.window)
    for row in rows:
        held[row.channel].append(row)
    channels = {channel: sums_of(rows) for channel, rows in held.items()}
    whole = sum(channels.values(), Sums())
    coverage = question.known.window(question.period.window)
    made = _maker(question, whole, channels, coverage)
    fees, net = made(FEES, lambda sums: sums.fees), made(NET, lambda sums: sums.net)
    if whole.fees_missing:
        fees, net = _fees_missing(fees, net, whole)
    gross, refunds = made(GROSS, lambda sums: sums.gross), made(REFUNDS, lambda sums: sums.refunds)
    # A refund that waits is none of the sales, and of the refunds it is one more.
    gross, refunds = (replace(each, coverage=coverage._replace(too_high=False)) for each in (gross, refunds))
    return (
        gross,
        _beside_voids(refunds, rows),
        made(INCOME, lambda sums: sums.income),
        fees,
        net,
    )


_Figure = Callable[[Sums], Decimal]


def _maker(
    question: Question, whole: Sums, channels: dict[Channel, Sums], coverage: Coverage
) -> Callable[[Metric, _Figure], Insight]:
    def made(metric: Metric, figure: _Figure) -> Insight:
        return Insight(
            metric=metric,
            period=question.period,
            n=whole.rows,
            counted="rows",
            coverage=coverage,
            matching=RowFilter(window=question.period.window, status=Status.REFUNDED if metric is REFUNDS else None),
            measure=Flow(figure(whole), question.period.window),
            parts=tuple(Part(channel.value, figure(sums)) for channel, sums in channels.items() if sums.rows),
        )

    return made


def _beside_voids(refunds: Insight, rows: Iterable[Transaction]) -> Insight:
    """Its rows can only be listed together with the rows that void entries, which are no refunds."""
    voids = sum(row.status is Status.REFUNDED and not is_refund(row) for row in rows)
    if not voids:
        return refunds
    which = "1 void of an entry" if voids == 1 else f"{voids} voids of entries"
    return replace(refunds, notes=(f"the list of its rows also shows {which}: no refunds",))


def _fees_missing(fees: Insight, net: Insight, whole: Sums) -> Sequence[Insight]:
    """Known fees are a floor then; net is neither exact nor a floor but at most what is shown."""
    lack = Reason("Fees", f"are not known for {whole.fees_missing} of {whole.rows} rows", Lack.BLANK)
    return (
        replace(fees, coverage=with_reason(fees.coverage, lack)),
        replace(net, coverage=less_fees(net.coverage, whole.fees_missing)),
    )
