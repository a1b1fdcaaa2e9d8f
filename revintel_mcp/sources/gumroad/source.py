"""The Gumroad source: its list of sales, by whichever name a server has it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from revintel_mcp.domain.records import Sale, Unbookable
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.sources.arguments import Arguments, what_tools_want
from revintel_mcp.sources.contract import Profile, Pulling, PullRequest, Tool
from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.sources.fields import MalformedRecord, Record, shifted
from revintel_mcp.sources.gumroad.sales import day_of_sale, is_sale, sale_of, unbookable_of, was_charged
from revintel_mcp.sources.naming import Toolbox
from revintel_mcp.sources.outcome import first_whole_day, not_a_record
from revintel_mcp.sources.paging import ByCursor, ByNumber, Listing, NoPaging, Page, Paging, read_all, rows_at
from revintel_mcp.sources.pull import Pull

#: Names of the tool, best first, without server prefix.
SALES_TOOLS: Final = ("gumroad_get_sales", "list_sales", "sales_list", "get_sales", "gumroad_list_sales")

_PAGE_KEYS: Final = ("page_key", "page-key", "pageKey")
_AFTER: Final = ("after", "start_date", "from_date")
_BEFORE: Final = ("before", "end_date", "to_date")
#: Arguments that we can fill in.
_GIVEN: Final = ("limit", "page", "all", *_AFTER, *_BEFORE)
#: Gumroad's API gives ten sales a page, and no way to ask for more (API v2, sales).
_PAGE_SIZE: Final = 10
_MOST_A_PAGE: Final = 100


@dataclass(slots=True)
class _Reading:
    sales: list[Sale] = field(default_factory=list)
    unbookable: list[Unbookable] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GumroadProfile:
    """Sales from one tool."""

    name: str
    tool: Tool
    lacks: tuple[str, ...] = ()

    def pull(self, request: PullRequest) -> Pulling:
        """Ask for the sales, page after page, and read them."""
        listing = self._listing(request)
        yield from read_all([listing])
        if listing.failure is not None and not listing.was_read:
            return Pull(profile=self.name, complete=False, failure=listing.failure, why=str(listing.failure))
        reading = self._read(listing, request)
        return Pull(
            profile=self.name,
            complete=listing.is_whole,
            sales=tuple(reading.sales),
            unbookable=tuple(reading.unbookable),
            fetched=len(listing.rows) + len(listing.oddities),
            why=listing.why,
            complete_from=first_whole_day([listing], request.window),
            notes=_notes(listing),
        )

    def _listing(self, request: PullRequest) -> Listing:
        takes = Arguments(self.tool)
        limit = takes.limit(_MOST_A_PAGE)
        paging = _paging(takes)
        everything = {"all": True} if isinstance(paging, NoPaging) and "boolean" in takes.types("all") else {}
        first_page = {"page": 1} if isinstance(paging, ByNumber) and "page" in takes.required else {}
        # Gumroad's days are UTC's, ours may be any zone's.
        first, last = shifted(request.window.start, -1), shifted(request.window.end, 1)

        def day_of(row: Record) -> date:
            return day_of_sale(row, request.timezone)

        return Listing(
            tool=self.tool.name,
            source="gumroad",
            arguments={
                **limit,
                **everything,
                **first_page,
                **takes.days(_AFTER, _BEFORE, first, last),
            },
            page_of=_pages(turns=isinstance(paging, ByCursor), gives_all=bool(everything)),
            paging=paging,
            page_size=next(iter(limit.values()), 0) or (_PAGE_SIZE if isinstance(paging, ByNumber) else 0),
            usual_sizes=(_PAGE_SIZE,),
            day_of=day_of,
            not_before=first,
        )

    def _read(self, listing: Listing, request: PullRequest) -> _Reading:
        reading = _Reading()
        for row in listing.rows:
            try:
                if day_of_sale(row, request.timezone) in request.window and was_charged(row):
                    reading.sales.append(sale_of(row, request.timezone, self.tool.name))
            except MalformedRecord as error:
                reading.unbookable.append(unbookable_of(row, request.timezone, error))
        reading.unbookable += not_a_record("gumroad", [listing])
        return reading


def _paging(takes: Arguments) -> Paging:
    if key := takes.find(*_PAGE_KEYS):
        return ByCursor(key)
    return ByNumber("page") if "page" in takes else NoPaging()


def _pages(*, turns: bool, gives_all: bool) -> Callable[[Any], Page | None]:
    """A reader of pages. A page that names no next one is the last, where that means something.

    So it does if the tool turns pages (`turns`) and passes on what Gumroad's API sent, or was told to give all.
    """
    read = rows_at("sales", "data", "items", cursor="next_page_key", is_row=is_sale)

    def read_page(value: Any) -> Page | None:
        page = read(value)
        if page is None or page.cursor or page.has_more is not None or not isinstance(value, dict):
            return page
        is_last = gives_all or "next_page_key" in value or (turns and "success" in value)
        return Page(page.rows, "", has_more=False) if is_last else page

    return read_page


def _notes(listing: Listing) -> tuple[str, ...]:
    if listing.rows and not any(row.get("gumroad_fee") is not None for row in listing.rows):
        return (f"{listing.tool} gives no fees",)
    return ()


@dataclass(frozen=True, slots=True)
class GumroadSource:
    """Gumroad, found by the server name `gumroad`."""

    name: str = "gumroad"
    channel: Channel = Channel.GUMROAD
    lag_days: int = 0
    lag_hours: int = 1

    def negotiate(self, tools: Sequence[Tool], server: str) -> Profile | Failure:
        """A tool that lists sales; of several, one that turns pages."""
        box = Toolbox(tools, server, self.name)
        known = [(name, box.find((name,))) for name in SALES_TOOLS]
        found = [(name, tool) for name, tool in known if tool is not None and not _asks_too_much(tool)]
        if not found:
            wanted = what_tools_want((tool for _, tool in known), _GIVEN)
            told = f"looked for {', '.join(SALES_TOOLS)}; the server has {box.shown()}{wanted}"
            return Failure(FailureKind.NO_USABLE_TOOL, told)
        name, tool = min(found, key=lambda pair: not Arguments(pair[1]).find(*_PAGE_KEYS))
        return GumroadProfile(name, tool, _lacks(Arguments(tool)))


def _asks_too_much(tool: Tool) -> bool:
    return not Arguments(tool).required <= set(_GIVEN)


def _lacks(takes: Arguments) -> tuple[str, ...]:
    lacks = []
    if not takes.find(*_AFTER):
        lacks.append("dates")
    if isinstance(_paging(takes), NoPaging) and "all" not in takes:
        lacks.append("all pages")
    return tuple(lacks)
