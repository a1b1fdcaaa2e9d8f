"""How to ask a server for one of Stripe's lists: through a tool per list, or through one tool for every operation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Final, Protocol

from revintel_mcp.domain.periods import Window
from revintel_mcp.sources.arguments import Arguments, unix_midnight
from revintel_mcp.sources.contract import Tool
from revintel_mcp.sources.fields import Record, day_of_unix, text
from revintel_mcp.sources.paging import ByLastId, Listing, NoPaging, Page, Paging, rows_at

_MOST_A_PAGE: Final = 100


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

# How many days before the window a list is read from, beyond a day's margin: a card payment may be captured a week after
# its charge, an invoice paid a quarter after it was sent, a dispute decided half a year after it was opened.
_EARLIER: Final = {Kind.CHARGES: 8, Kind.INVOICES: 100, Kind.DISPUTES: 200}
_MARGIN: Final = 1

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
    """What to ask a list for: the days, and which ids to give as objects (`data.customer`)."""

    window: Window
    zone: tzinfo
    expand: tuple[str, ...] = ()
    joined: bool = False
    """Whether the list only explains another one: then it is read from earlier on."""


class Door(Protocol):
    """A way to ask for lists of Stripe objects."""

    @property
    def kinds(self) -> frozenset[Kind]:
        """The lists that can be asked for."""

    def tool(self, kind: Kind) -> str:
        """The upstream tool that gives a list."""

    def listing(self, kind: Kind, want: Want) -> Listing:
        """The list, ready to be read."""

    def filters_days(self, kind: Kind) -> bool:
        """Whether the server can be asked for the records of some days only."""

    def turns_pages(self, kind: Kind) -> bool:
        """Whether the server can be asked for the page after."""


@dataclass(frozen=True, slots=True)
class ToolPerList:
    """A server with `list_charges`, `list_refunds` …"""

    tools: Mapping[Kind, Tool]

    @property
    def kinds(self) -> frozenset[Kind]:
        """The lists there is a tool for."""
        return frozenset(self.tools)

    def tool(self, kind: Kind) -> str:
        """The tool's name, as the server lists it."""
        return self.tools[kind].name

    def filters_days(self, kind: Kind) -> bool:
        """Whether the tool takes a filter on `created`."""
        takes = Arguments(self.tools[kind])
        return bool(takes.find("created_gte", "created_after", "created_gt")) or "object" in takes.types("created")

    def turns_pages(self, kind: Kind) -> bool:
        """Whether the tool takes `starting_after`."""
        return "starting_after" in Arguments(self.tools[kind])

    def listing(self, kind: Kind, want: Want) -> Listing:
        """The tool's list with as many of our wishes as it takes."""
        takes = Arguments(self.tools[kind])
        limit = takes.limit(_MOST_A_PAGE)
        days = _earlier(kind, want)
        arguments = {**limit, **takes.created(days, want.zone), **takes.expand(*want.expand), **_extras(kind, takes)}
        paging: Paging = NoPaging()
        if "starting_after" in takes:
            paging = ByLastId("starting_after", lambda last: takes.accepts("starting_after", last))
        size = next(iter(limit.values()), 0)
        return _listing(kind, self.tool(kind), arguments, paging, size, days, want)


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

    def tool(self, kind: Kind) -> str:  # noqa: ARG002 - one tool gives every list
        """The one tool."""
        return self.api.name

    def filters_days(self, kind: Kind) -> bool:
        """Subscriptions can be filtered too, but are not."""
        return kind is not Kind.SUBSCRIPTIONS

    def turns_pages(self, kind: Kind) -> bool:  # noqa: ARG002 - every list of the API turns pages
        """Always."""
        return True

    def listing(self, kind: Kind, want: Want) -> Listing:
        """The operation's list, asked for in the API's own parameters."""
        days = _earlier(kind, want)
        parameters: dict[str, Any] = {"limit": _MOST_A_PAGE}
        if self.filters_days(kind):
            parameters["created"] = {"gte": _unix_start(days, want.zone), "lt": _unix_end(days, want.zone)}
        if kind is Kind.SUBSCRIPTIONS:
            parameters["status"] = "all"
        if want.expand:
            parameters["expand"] = list(want.expand)
        arguments = {"stripe_api_operation_id": OPERATIONS[kind], "parameters": parameters, **self.context}
        return _listing(kind, self.api.name, arguments, _InParameters(), _MOST_A_PAGE, days, want)


class _InParameters:
    """`starting_after` inside `parameters`."""

    def next_arguments(self, page: Page, read: Listing) -> Mapping[str, Any] | None:
        last = text(page.rows[-1], "id") if page.rows and isinstance(page.rows[-1], dict) else ""
        return {"parameters": {**read.arguments["parameters"], "starting_after": last}} if last else None


def _listing(
    kind: Kind, tool: str, arguments: Mapping[str, Any], paging: Paging, size: int, days: Window, want: Want
) -> Listing:
    def day_of(row: Record) -> date:
        return day_of_unix(row, "created", want.zone)

    endless = kind is Kind.SUBSCRIPTIONS
    return Listing(
        tool=tool,
        source="stripe",
        arguments=arguments,
        page_of=rows_at("data", kind.value, "items", is_row=lambda row: _OBJECTS.get(text(row, "object")) is kind),
        paging=paging,
        page_size=size,
        day_of=None if endless else day_of,
        not_before=None if endless else days.start - timedelta(days=_MARGIN),
        retry_without=("expand",),
    )


def _earlier(kind: Kind, want: Want) -> Window:
    days = 0 if kind is Kind.CHARGES and not want.joined else _EARLIER.get(kind, 0)
    return Window(want.window.start - timedelta(days=days), want.window.end)


def _extras(kind: Kind, takes: Arguments) -> dict[str, Any]:
    """`status` where the list would else leave out what we need, or give what we don't."""
    wanted = {Kind.SUBSCRIPTIONS: "all", Kind.INVOICES: "paid"}.get(kind)
    choices = takes.choices("status")
    return {"status": wanted} if wanted and "status" in takes and (not choices or wanted in choices) else {}


def _unix_start(days: Window, zone: tzinfo) -> int:
    return unix_midnight(days.start - timedelta(days=_MARGIN), zone)


def _unix_end(days: Window, zone: tzinfo) -> int:
    return unix_midnight(days.end + timedelta(days=_MARGIN), zone)
