"""How much of the income hangs on how few clients."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from revintel_mcp.domain.money import ZERO
from revintel_mcp.domain.transaction import ANONYMOUS, Transaction
from revintel_mcp.summary.coverage import of_a_part
from revintel_mcp.summary.insights.insight import Insight, Metric, Part, Question
from revintel_mcp.summary.insights.ledger import Ledger
from revintel_mcp.summary.insights.measures import Kind, Ratio, Unit
from revintel_mcp.summary.listing import RowFilter

_WHOLE: Final = (
    "Clients whose rows come to nothing or less are left out; rows without a client's name are part of the whole."
)

TOP_CLIENT: Final = Metric(
    "top_client_share",
    "Largest client",
    Kind.RATIO,
    Unit.PERCENT,
    f"The largest client's part of the income. {_WHOLE}",
)
TOP_THREE: Final = Metric(
    "top_three_share",
    "Three largest clients",
    Kind.RATIO,
    Unit.PERCENT,
    f"The three largest clients' part of the income. {_WHOLE}",
)
CONCENTRATION: Final = Metric(
    "client_concentration",
    "Client concentration",
    Kind.RATIO,
    Unit.INDEX,
    f"The sum of the squares of each client's part: 1 is one client, 0.1 is ten equal ones. {_WHOLE}",
)

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Clients:
    """What named clients brought, the largest first, and the whole that they are part of; US dollars."""

    amounts: tuple[Part, ...]
    whole: Decimal


def clients_of(rows: Iterable[Transaction]) -> Clients:
    """Income by client; names that differ only in case or spaces are one client, shown as it is written most often."""
    rows_of, sum_of = Counter[str](), dict[str, Decimal]()
    for row in rows:
        rows_of[row.client] += 1
        sum_of[row.client] = sum_of.get(row.client, ZERO) + row.amount_usd
    spellings: dict[str, list[str]] = {}
    for name in sum_of:
        spellings.setdefault(client_key(name), []).append(name)
    sums = {key: sum((sum_of[name] for name in names), ZERO) for key, names in spellings.items()}
    nobody = max(sums.pop(_NOBODY, ZERO), ZERO)
    usual = {key: min(names, key=lambda name: (-rows_of[name], name)) for key, names in spellings.items()}
    named = [Part(usual[key], amount) for key, amount in sums.items() if amount > 0]
    named.sort(key=lambda part: (-part.value, part.label))
    return Clients(tuple(named), nobody + sum((part.value for part in named), ZERO))


def client_key(name: str) -> str:
    """What two spellings of one client's name have in common."""
    return " ".join(name.casefold().split()) or _NOBODY


def client_insights(ledger: Ledger, question: Question) -> tuple[Insight, ...]:
    """The largest client's part, the three largest clients', and how concentrated income is."""
    rows = ledger.within(question.period.window)
    clients = clients_of(rows)
    amounts = [part.value for part in clients.amounts]
    squares = sum((amount**2 for amount in amounts), ZERO)
    return (
        _insight(TOP_CLIENT, question, clients, _part(amounts[:1], clients)),
        _insight(TOP_THREE, question, clients, _part(amounts[:3], clients)),
        _insight(CONCENTRATION, question, clients, Ratio(squares, clients.whole**2, 1, 4) if amounts else None),
    )


_NOBODY: Final = ANONYMOUS.casefold()


def _part(amounts: Sequence[Decimal], clients: Clients) -> Ratio | None:
    return Ratio(sum(amounts, ZERO), clients.whole) if amounts else None


def _insight(metric: Metric, question: Question, clients: Clients, measure: Ratio | None) -> Insight:
    why = "no row of the period names a client" if clients.whole else "there is no income in the period"
    nobodys = clients.whole - sum((part.value for part in clients.amounts), ZERO)
    return Insight(
        metric=metric,
        period=question.period,
        n=len(clients.amounts),
        counted="clients",
        coverage=of_a_part(question.known.window(question.period.window)),
        matching=RowFilter(
            window=question.period.window, client=clients.amounts[0].label if metric is TOP_CLIENT and measure else ""
        ),
        measure=measure,
        not_known="" if measure else why,
        parts=clients.amounts[:_SHOWN],
        notes=(f"{nobodys:,.2f} USD came from rows without a client's name",) if nobodys and measure else (),
    )
