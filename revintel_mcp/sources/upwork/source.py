"""The Upwork source: what was earned, from the best ledger a server has, explained by the contracts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from revintel_mcp.domain.transaction import Channel
from revintel_mcp.sources.arguments import Arguments
from revintel_mcp.sources.contract import Failure, FailureKind, Profile, Pull, Pulling, PullRequest, Tool
from revintel_mcp.sources.fields import Record, child, text
from revintel_mcp.sources.naming import Toolbox
from revintel_mcp.sources.outcome import first_whole_day, joined
from revintel_mcp.sources.paging import ByOffset, Listing, NoPaging, Page, Paging, read_all
from revintel_mcp.sources.upwork.contracts import contracts_by_id
from revintel_mcp.sources.upwork.earnings import day_of_row, read_rows

#: Names of the ledgers, best first, without server prefix. The first two hold fees and withdrawals too.
LEDGER_TOOLS: Final = ("get_transaction_history", "upwork_get_transactions", "upwork_get_earnings", "get_earnings")
CONTRACT_TOOLS: Final = (
    "get_contracts",
    "list_contracts",
    "upwork_get_contracts",
    "upwork_get_my_contracts",
    "upwork_list_contracts",
)
_OF_EARNINGS: Final = ("upwork_get_earnings", "get_earnings")

_STARTS: Final = ("start_date", "startDate", "from_date", "date_from", "range_start", "rangeStart", "after")
_ENDS: Final = ("end_date", "endDate", "to_date", "date_to", "range_end", "rangeEnd", "before")
_MOST_A_PAGE: Final = 100
_ROW_PATHS: Final = (
    ("earnings",),
    ("transactions",),
    ("data", "transactionHistory", "transactionDetail", "transactionHistoryRow"),
    ("transactionHistory", "transactionDetail", "transactionHistoryRow"),
    ("transactionDetail", "transactionHistoryRow"),
    ("transactionHistoryRow",),
    ("data", "financialOverview", "recentTransactions"),
    ("financialOverview", "recentTransactions"),
    ("data", "earnings"),
    ("data", "transactions"),
    ("items",),
    ("results",),
    ("data",),
)
_CONTRACT_PATHS: Final = (
    ("contracts",),
    ("data", "contractList", "contracts"),
    ("contractList", "contracts"),
    ("data", "engagements"),
    ("engagements",),
    ("data", "contracts"),
    ("items",),
    ("results",),
    ("data",),
)


@dataclass(frozen=True, slots=True)
class UpworkProfile:
    """Records from one ledger tool, clients and titles from the list of contracts."""

    name: str
    tool: Tool
    contracts: Tool | None = None
    lacks: tuple[str, ...] = ()

    def pull(self, request: PullRequest) -> Pulling:
        """Ask for the ledger and the contracts, side by side, and read them together."""
        ledger = self._ledger(request)
        contracts = _contract_listings(self.contracts)
        yield from read_all([*ledger, *contracts])
        unread = [listing.failure for listing in ledger if listing.failure is not None and not listing.was_read]
        if unread:
            return Pull(profile=self.name, complete=False, failure=unread[0], why=str(unread[0]))
        known = contracts_by_id(row for listing in contracts for row in listing.rows)
        reading = read_rows(ledger, known, request, via=self.tool.name, of_earnings=self.name in _OF_EARNINGS)
        why = joined([*(listing.why for listing in ledger), *reading.why])
        return Pull(
            profile=self.name,
            complete=not why,
            sales=tuple(reading.sales),
            reversals=tuple(reading.reversals),
            unbookable=tuple(reading.unbookable),
            fetched=sum(len(listing.rows) + len(listing.oddities) for listing in ledger),
            why=why,
            complete_from=first_whole_day(ledger, request.window) if why and not reading.why else None,
            notes=(*reading.notes, *_contract_notes(contracts)),
        )

    def _ledger(self, request: PullRequest) -> list[Listing]:
        """One listing, or one a month where Upwork itself gives no more than what fits in an answer."""
        takes = Arguments(self.tool)
        if self.name != "get_transaction_history" or not takes.find(*_STARTS) or not takes.find(*_ENDS):
            return [self._listing(takes, takes.days(request.window, _STARTS, _ENDS), request)]
        months = [month.window for month in request.window.months()]
        return [self._listing(takes, takes.days(month, _STARTS, _ENDS), request) for month in months]

    def _listing(self, takes: Arguments, days: dict[str, Any], request: PullRequest) -> Listing:
        limit = takes.limit(_MOST_A_PAGE)
        form = takes.find("response_format", "format")
        return Listing(
            tool=self.tool.name,
            source="upwork",
            arguments={**limit, **days, **({form: "json"} if form else {})},
            page_of=_pages(_ROW_PATHS),
            paging=_paging(takes),
            page_size=next(iter(limit.values()), 0),
            id_keys=("recordId", "record_id", "id", "transaction_id", "transactionId"),
            day_of=day_of_row(request.timezone),
        )


def _paging(takes: Arguments) -> Paging:
    return ByOffset("offset") if "offset" in takes else NoPaging()


def _contract_listings(tool: Tool | None) -> list[Listing]:
    """The contracts, ended ones too, which a server may leave out unless asked."""
    if tool is None:
        return []
    takes = Arguments(tool)
    limit = takes.limit(_MOST_A_PAGE)
    return [
        Listing(
            tool=tool.name,
            source="upwork",
            arguments={**limit, **status},
            page_of=_pages(_CONTRACT_PATHS),
            paging=_paging(takes),
            page_size=next(iter(limit.values()), 0),
        )
        for status in _every_status(takes)
    ]


def _every_status(takes: Arguments) -> list[dict[str, str]]:
    if "status" not in takes:
        return [{}]
    choices = takes.choices("status")
    every = next((choice for choice in choices if choice.lower() == "all"), "")
    if every or not choices:
        return [{"status": every or "all"}]
    return [{"status": choice} for choice in choices]


def _pages(paths: Sequence[tuple[str, ...]]) -> Any:
    def read(value: Any) -> Page | None:
        if isinstance(value, list):
            return Page(value)
        if not isinstance(value, dict):
            return None
        for *parents, last in paths:
            rows = _rows(child(value, *parents).get(last))
            if rows is not None:
                return Page(rows, has_more=_says_more(value, child(value, *parents, last)))
        return Page([value]) if "amount" in value and text(value, "date") else None

    return read


def _rows(value: Any) -> list[Any] | None:
    """A list of rows, or the nodes of a GraphQL connection."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and isinstance(value.get("edges"), list):
        return [edge.get("node") if isinstance(edge, dict) else edge for edge in value["edges"]]
    return None


def _says_more(value: Record, connection: Record) -> bool | None:
    for told in (value.get("has_more"), child(connection, "pageInfo").get("hasNextPage")):
        if isinstance(told, bool):
            return told
    return None


def _contract_notes(listings: Sequence[Listing]) -> list[str]:
    missing = joined([listing.why for listing in listings])
    return [f"clients and titles may be missing: {missing}"] if missing else []


@dataclass(frozen=True, slots=True)
class UpworkSource:
    """Upwork, found by the server name `upwork`."""

    name: str = "upwork"
    channel: Channel = Channel.UPWORK
    lag_days: int = 1
    lag_hours: int = 0

    def negotiate(self, tools: Sequence[Tool], server: str) -> Profile | Failure:
        """The best ledger, and a list of contracts if there is one."""
        box = Toolbox(tools, server, self.name)
        ledgers = [(name, tool) for name in LEDGER_TOOLS if (tool := box.find((name,))) and not _asks_too_much(tool)]
        if not ledgers:
            told = f"looked for {', '.join(LEDGER_TOOLS)}; the server has {box.shown()}"
            return Failure(FailureKind.NO_USABLE_TOOL, told)
        name, tool = ledgers[0]
        contracts = [tool for wanted in CONTRACT_TOOLS if (tool := box.find((wanted,))) and not _asks_too_much(tool)]
        lacks = () if Arguments(tool).find(*_STARTS) else ("dates",)
        return UpworkProfile(name, tool, contracts[0] if contracts else None, lacks)


def _asks_too_much(tool: Tool) -> bool:
    takes = Arguments(tool)
    given = {*_STARTS, *_ENDS, "limit", "offset", "first", "first_transactions", "status", "response_format", "format"}
    return bool(takes.required - given)
