"""The Upwork source: what was earned, from the best ledger a server has, explained by the contracts."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from revintel_mcp.domain.periods import Window
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.sources.arguments import Arguments, what_tools_want
from revintel_mcp.sources.contract import Profile, Pulling, PullRequest, Tool
from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.sources.fields import shifted
from revintel_mcp.sources.naming import Toolbox
from revintel_mcp.sources.outcome import first_whole_day, joined
from revintel_mcp.sources.paging import ByOffset, Listing, NoPaging, Page, Paging, read_all
from revintel_mcp.sources.pull import Pull
from revintel_mcp.sources.upwork.contracts import contracts_by_id
from revintel_mcp.sources.upwork.earnings import day_of_row, read_rows
from revintel_mcp.sources.upwork.pages import contracts_page, ledger_page
from revintel_mcp.sources.upwork.rows import NATIVE_IDS, Row

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
#: Upwork's transaction history turns no pages: one month at a time keeps every answer whole.
_BY_MONTH: Final = "get_transaction_history"

_STARTS: Final = ("start_date", "startDate", "from_date", "date_from", "range_start", "rangeStart", "after")
_ENDS: Final = ("end_date", "endDate", "to_date", "date_to", "range_end", "rangeEnd", "before")
_CONTRACT_ARGUMENTS: Final = ("contract_id", "contractId")
#: Arguments that we can fill in.
_GIVEN: Final = (
    *_STARTS,
    *_ENDS,
    "limit",
    "offset",
    "first",
    "first_transactions",
    "status",
    "response_format",
    "format",
)
_MOST_A_PAGE: Final = 100
#: Upwork shows a day's records on the day after.
_LAG_DAYS: Final = 1


@dataclass(frozen=True, slots=True)
class UpworkProfile:
    """Records from one ledger tool, clients and titles from the list of contracts."""

    name: str
    tool: Tool
    contracts: Tool | None = None
    lacks: tuple[str, ...] = ()

    def pull(self, request: PullRequest) -> Pulling:
        """Ask for the ledger and the contracts, side by side, and read them together.

        A ledger that is kept by contract is asked for each of them, once they are known.
        """
        parts = self._parts(request.window)
        contracts = _contract_listings(self.contracts)
        by_contract = _contract_argument(self.tool)
        if by_contract:
            yield from read_all(contracts)
            known = contracts_by_id(row for listing in contracts for row in listing.rows)
            ledger = [self._listing(part, request, {by_contract: native}) for native in known for part in parts]
            yield from read_all(ledger)
        else:
            ledger = [self._listing(part, request) for part in parts]
            yield from read_all([*ledger, *contracts])
            known = contracts_by_id(row for listing in contracts for row in listing.rows)
        needed = [*(contracts if by_contract else ()), *ledger]
        refused = next((listing.failure for listing in needed if listing.failure is not None), None)
        if refused is not None and not any(listing.was_read for listing in ledger):
            return Pull(profile=self.name, complete=False, failure=refused, why=str(refused))
        reading = read_rows(ledger, known, request, via=self.tool.name, of_earnings=self.name in _OF_EARNINGS)
        why, first, last = _what_is_missing(ledger, parts, request)
        if by_contract and (unknown := joined(listing.why for listing in contracts)):
            why, first, last = joined((why, f"earnings of some contracts may be missing: {unknown}")), None, None
        return Pull(
            profile=self.name,
            complete=not why,
            sales=tuple(reading.sales),
            reversals=tuple(reading.reversals),
            unbookable=tuple(reading.unbookable),
            fetched=reading.fetched + sum(len(listing.oddities) for listing in ledger),
            why=why,
            complete_from=first,
            complete_to=last,
            notes=(*reading.notes, *(() if by_contract else _contract_notes(contracts))),
        )

    def _parts(self, window: Window) -> list[Window]:
        """The whole window, or its months where Upwork itself gives no more than what fits in an answer."""
        takes = Arguments(self.tool)
        if self.name != _BY_MONTH or not takes.find(*_STARTS) or not takes.find(*_ENDS):
            return [window]
        months = [month.window for month in window.months()]
        return [Window(max(one.start, window.start), min(one.end, window.end)) for one in months]

    def _listing(self, part: Window, request: PullRequest, of_contract: Mapping[str, str] | None = None) -> Listing:
        takes = Arguments(self.tool)
        of_contract = of_contract or {}
        days = takes.days(_STARTS, _ENDS, *_asked_days(takes, part))
        limit = takes.limit(_MOST_A_PAGE)
        form = takes.find("response_format", "format")
        return Listing(
            tool=self.tool.name,
            source="upwork",
            called=" of contract ".join((self.tool.name, *of_contract.values())),
            arguments={**of_contract, **limit, **_first_page(takes), **days, **({form: "json"} if form else {})},
            page_of=_page_of_contract(next(iter(of_contract.values()), "")),
            paging=_paging(takes),
            page_size=next(iter(limit.values()), 0),
            id_keys=NATIVE_IDS,
            day_of=day_of_row(request.timezone),
        )


def _contract_argument(tool: Tool) -> str:
    """The argument by which a ledger must be asked for one contract at a time; empty if it gives all of them."""
    return next((name for name in _CONTRACT_ARGUMENTS if name in Arguments(tool).required), "")


def _page_of_contract(native: str) -> Callable[[Any], Page | Failure | None]:
    """A reader of the ledger's pages; rows that don't repeat whose they are belong to contract `native`."""

    def read(value: Any) -> Page | Failure | None:
        page = ledger_page(value)
        if not native or not isinstance(page, Page):
            return page
        whose = [{"contract_id": native, **row} if _names_no_contract(row) else row for row in page.rows]
        return replace(page, rows=whose)

    return read


def _names_no_contract(row: Any) -> bool:
    return isinstance(row, dict) and not Row(row).contract


def _asked_days(takes: Arguments, part: Window) -> tuple[date, date]:
    """First and last day to ask for, both included: a day more at either end, unless the tool itself counts in days."""
    if all("date" in takes.formats(takes.find(*names)) for names in (_STARTS, _ENDS)):
        return part.start, max(part.start, shifted(part.end, -1))
    return shifted(part.start, -1), part.end


def _what_is_missing(
    ledger: Sequence[Listing], parts: Sequence[Window], request: PullRequest
) -> tuple[str, date | None, date | None]:
    """What was not read, if anything, and the first and last day that are whole all the same.

    A list that ends before today, such as a file downloaded yesterday, misses nothing if it reaches as far as Upwork
    itself would show by now.
    """
    why = joined(listing.why for listing in ledger)
    stated = ledger[0].stated_whole if len(ledger) == 1 and not ledger[0].failure else None
    if not why or stated is None:
        return why, _first_whole_day(ledger, parts, request.window), None
    first, last = stated
    today = request.now.astimezone(request.timezone).date()
    if first <= request.window.start and last >= shifted(today, -1 - _LAG_DAYS) and not ledger[0].unread:
        return "", None, None
    return why, max(first, request.window.start), last


def _first_whole_day(ledger: Sequence[Listing], parts: Sequence[Window], window: Window) -> date | None:
    """Of parts read side by side, those after the last one that is not whole; of one list, what it says itself."""
    if len(parts) == 1:
        return first_whole_day(ledger, window)
    broken = [part.end for part, listing in zip(parts, ledger, strict=True) if listing.why]
    return broken[-1] if broken and broken[-1] < window.end else None


def _paging(takes: Arguments) -> Paging:
    return ByOffset("offset") if "offset" in takes else NoPaging()


def _first_page(takes: Arguments) -> dict[str, int]:
    return {"offset": 0} if "offset" in takes.required else {}


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
            arguments={**limit, **_first_page(takes), **status},
            plainer=[limit] if status else [],
            page_of=contracts_page,
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


def _contract_notes(listings: Sequence[Listing]) -> list[str]:
    missing = joined(listing.why for listing in listings)
    return [f"clients and titles may be missing: {missing}"] if missing else []


@dataclass(frozen=True, slots=True)
class UpworkSource:
    """Upwork, found by the server name `upwork`."""

    name: str = "upwork"
    channel: Channel = Channel.UPWORK
    lag_days: int = _LAG_DAYS
    lag_hours: int = 0

    def negotiate(self, tools: Sequence[Tool], server: str) -> Profile | Failure:
        """The best ledger, and a list of contracts if there is one."""
        box = Toolbox(tools, server, self.name)
        contracts = next((tool for _, tool in _usable(box, CONTRACT_TOOLS, _GIVEN)), None)
        given = (*_GIVEN, *(_CONTRACT_ARGUMENTS if contracts else ()))
        ledgers = _usable(box, LEDGER_TOOLS, given)
        if not ledgers:
            wanted = what_tools_want((box.find((name,)) for name in LEDGER_TOOLS), given)
            told = f"looked for {', '.join(LEDGER_TOOLS)}; the server has {box.shown()}{wanted}"
            return Failure(FailureKind.NO_USABLE_TOOL, told)
        name, ledger = min(ledgers, key=lambda pair: bool(_contract_argument(pair[1])))
        lacks = () if Arguments(ledger).find(*_STARTS) else ("dates",)
        return UpworkProfile(name, ledger, contracts, lacks)


def _usable(box: Toolbox, names: Sequence[str], given: Collection[str]) -> list[tuple[str, Tool]]:
    """The tools the server has of `names`, in their order, that require nothing we can't know."""
    found = ((name, box.find((name,))) for name in names)
    return [(name, tool) for name, tool in found if tool is not None and Arguments(tool).required <= set(given)]
