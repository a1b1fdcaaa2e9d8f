"""How to ask a server for one of Stripe's lists: a tool per list, one tool for every operation, or a search."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from enum import StrEnum
from typing import Any, Final, Protocol

from revintel_mcp.domain.periods import Window
from revintel_mcp.sources.arguments import Arguments, unix_window
from revintel_mcp.sources.contract import Tool
from revintel_mcp.sources.fields import Record, day_of_unix, shifted, text
from revintel_mcp.sources.paging import ByCursor, ByLastId, Listing, NoPaging, Page, Paging, rows_at

_MOST_A_PAGE: Final = 100
#: Stripe's pages, unless asked for another size, and at most.
_USUAL_SIZES: Final = (10, 100)


class Kind(StrEnum):
    """A list of Stripe's API, by its path."""

    LEDGER = "balance_transactions"
    CHARGES = "charges"
    INTENTS = "payment_intents"
    INVOICES = "invoices"
    REFUNDS = "refunds"
    DISPUTES = "disputes"
    SUBSCRIPTIONS = "subscriptions"


#: Stripe's operation ids for these lists (Stripe's OpenAPI description).
OPERATIONS: Final = {
    Kind.LEDGER: "GetBalanceTransactions",
    Kind.CHARGES: "GetCharges",
    Kind.INTENTS: "GetPaymentIntents",
    Kind.INVOICES: "GetInvoices",
    Kind.REFUNDS: "GetRefunds",
    Kind.DISPUTES: "GetDisputes",
    Kind.SUBSCRIPTIONS: "GetSubscriptions",
}

# How many days before the window a list that explains another is read from, beyond a day's margin: a card payment may
# be captured a week after its charge, an invoice paid a quarter after it was sent, a dispute decided half a year later.
_EARLIER: Final = {Kind.CHARGES: 8, Kind.INTENTS: 8, Kind.INVOICES: 100, Kind.DISPUTES: 200}

_OBJECTS: Final = {
    "balance_transaction": Kind.LEDGER,
    "charge": Kind.CHARGES,
    "payment_intent": Kind.INTENTS,
    "invoice": Kind.INVOICES,
    "refund": Kind.REFUNDS,
    "dispute": Kind.DISPUTES,
    "subscription": Kind.SUBSCRIPTIONS,
}


@dataclass(frozen=True, slots=True)
class Want:
    """What to ask a list for: the days, and which ids to give as objects (`data.customer`), the weightiest first."""

    window: Window
    zone: tzinfo
    expand: tuple[str, ...] = ()
    explains: bool = False
    """Whether the list only explains another one: then it is read from earlier on."""

    @property
    def expansions(self) -> Iterator[tuple[str, ...]]:
        """What to expand, and what to expand instead, in turn, where the key may not read all of it."""
        yield self.expand
        if len(self.expand) > 1:
            yield self.expand[:1]
        if self.expand:
            yield ()

    def days(self, kind: Kind) -> Window:
        """The days to ask a list for, without the margin."""
        earlier = _EARLIER.get(kind, 0) if self.explains else 0
        return Window(shifted(self.window.start, -earlier), self.window.end)


class Door(Protocol):
    """A way to ask for lists of Stripe objects."""

    @property
    def kinds(self) -> frozenset[Kind]:
        """The lists that can be asked for."""

    def listing(self, kind: Kind, want: Want) -> Listing:
        """The list, ready to be read."""

    def filters_days(self, kind: Kind) -> bool:
        """Whether the server can be asked for the records of some days only."""

    def turns_pages(self, kind: Kind) -> bool:
        """Whether the server can be asked for the page after."""


@dataclass(frozen=True, slots=True)
class ToolPerList:
    """A server with `list_charges`, `list_refunds` and so on."""

    tools: Mapping[Kind, Tool]

    @property
    def kinds(self) -> frozenset[Kind]:
        """The lists there is a tool for."""
        return frozenset(self.tools)

    def can_ask(self, kind: Kind) -> bool:
        """Whether we know everything that the tool requires."""
        any_days = Want(Window(date(2000, 1, 1), date(2000, 1, 2)), UTC)
        return Arguments(self.tools[kind]).required <= set(self.listing(kind, any_days).arguments)

    def filters_days(self, kind: Kind) -> bool:
        """Whether the tool takes a filter on `created`."""
        return Arguments(self.tools[kind]).filters_created()

    def turns_pages(self, kind: Kind) -> bool:
        """Whether the tool takes `starting_after`."""
        return "starting_after" in Arguments(self.tools[kind])

    def listing(self, kind: Kind, want: Want) -> Listing:
        """The tool's list with as many of our wishes as it takes."""
        takes = Arguments(self.tools[kind])
        limit = takes.limit(_MOST_A_PAGE)
        plain = {**limit, **_status(kind, takes)}
        if kind is not Kind.SUBSCRIPTIONS:
            plain |= takes.created(want.days(kind), want.zone)
        paging: Paging = NoPaging()
        if "starting_after" in takes:
            paging = ByLastId("starting_after", lambda last: takes.accepts("starting_after", last))
        first, *plainer = [{**plain, **takes.expand(*expand)} for expand in want.expansions]
        return _listing(
            kind,
            want,
            tool=self.tools[kind].name,
            arguments=first,
            plainer=[arguments for arguments in plainer if arguments != first],
            paging=paging,
            page_size=next(iter(limit.values()), 0),
        )


@dataclass(frozen=True, slots=True)
class OneToolForAll:
    """The hosted server's `stripe_api_read`, which takes an operation id and its parameters.

    `context` says in which account to look (`stripe_context`, `livemode`), where the tool asks for that.
    """

    api: Tool
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kinds(self) -> frozenset[Kind]:
        """Every list."""
        return frozenset(Kind)

    def filters_days(self, kind: Kind) -> bool:
        """Every list but the subscriptions, which say nothing about when they are paid."""
        return kind is not Kind.SUBSCRIPTIONS

    def turns_pages(self, kind: Kind) -> bool:
        """Every list of the API turns pages."""
        return kind in self.kinds

    def listing(self, kind: Kind, want: Want) -> Listing:
        """The operation's list, asked for in the API's own parameters."""
        parameters: dict[str, Any] = {"limit": _MOST_A_PAGE}
        if self.filters_days(kind):
            start, end = unix_window(want.days(kind), want.zone)
            parameters["created"] = {"gte": start, "lt": end}
        else:
            parameters["status"] = "all"
        tries = [parameters | ({"expand": list(expand)} if expand else {}) for expand in want.expansions]
        first, *plainer = [self._arguments(kind, one) for one in tries]
        account = self.context.get("stripe_context", "")
        return _listing(
            kind,
            want,
            tool=self.api.name,
            called=f"{self.api.name} {OPERATIONS[kind]}" + (f" of {account}" if account else ""),
            arguments=first,
            plainer=plainer,
            paging=_InParameters(),
            page_size=_MOST_A_PAGE,
        )

    def _arguments(self, kind: Kind, parameters: Mapping[str, Any]) -> dict[str, Any]:
        takes = Arguments(self.api)
        context = {name: value for name, value in self.context.items() if name in takes}
        return {"stripe_api_operation_id": OPERATIONS[kind], "parameters": parameters, **context}


class _InParameters:
    """`starting_after` inside `parameters`."""

    def next_arguments(self, page: Page, read: Listing) -> Mapping[str, Any] | None:
        last = text(page.rows[-1], "id") if page.rows and isinstance(page.rows[-1], dict) else ""
        return {"parameters": {**read.arguments["parameters"], "starting_after": last}} if last else None


@dataclass(frozen=True, slots=True)
class Search:
    """A server that only searches (`search_stripe_resources`): charges, by when they were created."""

    tool: Tool

    @property
    def kinds(self) -> frozenset[Kind]:
        """Charges: with them, payments can be told without the other lists."""
        return frozenset((Kind.CHARGES,))

    def filters_days(self, kind: Kind) -> bool:
        """The query names the days."""
        return kind in self.kinds

    def turns_pages(self, kind: Kind) -> bool:
        """Whether the tool takes the `page` that the answer before named."""
        return kind in self.kinds and "page" in Arguments(self.tool)

    def listing(self, kind: Kind, want: Want) -> Listing:
        """The search, in Stripe's query language (Stripe API reference, "Search query language")."""
        takes = Arguments(self.tool)
        limit = takes.limit(_MOST_A_PAGE)
        start, end = unix_window(want.days(kind), want.zone)
        query = f"created>={start} AND created<{end}"
        return _listing(
            kind,
            want,
            tool=self.tool.name,
            arguments={"query": query, "resource_type": kind.value, **limit},
            paging=ByCursor("page") if "page" in takes else NoPaging(),
            page_size=next(iter(limit.values()), 0),
        )


def _listing(kind: Kind, want: Want, **how: Any) -> Listing:
    def day_of(row: Record) -> date:
        return day_of_unix(row, "created", want.zone)

    def is_row(row: Record) -> bool:
        return _OBJECTS.get(text(row, "object")) is kind

    timeless = kind is Kind.SUBSCRIPTIONS
    return Listing(
        source="stripe",
        usual_sizes=_USUAL_SIZES,
        page_of=rows_at("data", kind.value, "items", cursor="next_page", is_row=is_row),
        day_of=None if timeless else day_of,
        not_before=None if timeless else shifted(want.days(kind).start, -1),
        **how,
    )


def _status(kind: Kind, takes: Arguments) -> dict[str, Any]:
    """`status` where the list would else leave out what we need, or give what we don't."""
    wanted = {Kind.SUBSCRIPTIONS: "all", Kind.INVOICES: "paid"}.get(kind)
    choices = takes.choices("status")
    return {"status": wanted} if wanted and "status" in takes and (not choices or wanted in choices) else {}
