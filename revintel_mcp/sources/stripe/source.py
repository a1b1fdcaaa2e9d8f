"""The Stripe source: which way a server lets us ask, and one pull through it."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from revintel_mcp.domain.transaction import Channel
from revintel_mcp.sources.arguments import Arguments, what_tools_want
from revintel_mcp.sources.contract import Answer, Call, Profile, Pulling, PullRequest, Tool
from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.sources.fields import text
from revintel_mcp.sources.naming import Toolbox
from revintel_mcp.sources.paging import Listing, read_all, rows_at
from revintel_mcp.sources.pull import Pull
from revintel_mcp.sources.stripe.doors import Door, Kind, OneToolForAll, Search, ToolPerList, Want
from revintel_mcp.sources.stripe.outcome import outcome

#: Names of the tools for each list, best first, without server prefix.
TOOL_NAMES: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.LEDGER: ("list_balance_transactions", "stripe_list_balance_transactions", "balance_transaction_list"),
    Kind.CHARGES: ("list_charges", "stripe_list_charges", "charge_list"),
    Kind.INTENTS: ("list_payment_intents", "stripe_list_payment_intents", "payment_intent_list"),
    Kind.INVOICES: ("list_invoices", "stripe_list_invoices", "invoice_list"),
    Kind.REFUNDS: ("list_refunds", "stripe_list_refunds", "refund_list"),
    Kind.DISPUTES: ("list_disputes", "stripe_list_disputes", "dispute_list"),
    Kind.SUBSCRIPTIONS: ("list_subscriptions", "stripe_list_subscriptions", "subscription_list"),
}
#: Tools that take any operation of Stripe's API, best first; only reading operations may ever be named to them.
API_TOOLS: Final = ("stripe_api_read", "stripe_api_execute")
ACCOUNTS_TOOL: Final = "list_available_accounts_or_orgs"
SEARCH_TOOL: Final = "search_stripe_resources"

_OF_PAYMENTS: Final = (Kind.CHARGES, Kind.INTENTS, Kind.INVOICES)
_EXPLAINERS: Final = (Kind.CHARGES, Kind.REFUNDS, Kind.DISPUTES, Kind.INVOICES, Kind.SUBSCRIPTIONS)


@dataclass(frozen=True, slots=True)
class StripeProfile:
    """Payments from one of Stripe's lists, explained by the others that the server has."""

    name: str
    main: Kind
    door: Door
    lacks: tuple[str, ...] = ()
    accounts: Tool | None = None
    """The tool that tells in which accounts to look, where the server asks for that."""
    search: Search | None = None
    """A search that shows the charges, where no list does: they tell what of a payment was refunded or disputed."""

    def pull(self, request: PullRequest) -> Pulling:
        """Ask for the main list and all that explains it, side by side, and read them together."""
        doors: list[Door] = [self.door]
        if self.accounts is not None and isinstance(self.door, OneToolForAll):
            contexts = yield from _contexts(self.accounts, request.account)
            if isinstance(contexts, Failure):
                return Pull(profile=self.name, complete=False, failure=contexts, why=str(contexts))
            doors = [replace(self.door, context=context) for context in contexts]
        lists = [(kind, self._listing(door, kind, request)) for door in doors for kind in self._kinds(door)]
        if self.search is not None:
            lists.append((Kind.CHARGES, self._listing(self.search, Kind.CHARGES, request)))
        yield from read_all([listing for _, listing in lists])
        return outcome(self.name, self.main, lists, request)

    def _kinds(self, door: Door) -> list[Kind]:
        """The main list first, then those that explain it.

        Without page turning, a list of disputes is that of Stripe's own toolkit, which gives ids and nothing else.
        """
        explainers: list[Kind] = [kind for kind in _EXPLAINERS if kind in door.kinds and kind is not self.main]
        if self.main is not Kind.LEDGER:
            explainers = [kind for kind in explainers if kind is not Kind.CHARGES]
        if Kind.DISPUTES in explainers and not door.turns_pages(Kind.DISPUTES):
            explainers.remove(Kind.DISPUTES)
        if self.main is Kind.LEDGER and Kind.CHARGES not in door.kinds and Kind.INTENTS in door.kinds:
            explainers.append(Kind.INTENTS)
        return [self.main, *explainers]

    def _listing(self, door: Door, kind: Kind, request: PullRequest) -> Listing:
        expand = tuple(self._expansions(door)) if kind is Kind.CHARGES else ()
        if kind is Kind.INTENTS:
            expand = ("data.latest_charge",)
        return door.listing(kind, Want(request.window, request.timezone, expand, explains=kind is not self.main))

    def _expansions(self, door: Door) -> Iterator[str]:
        """Ids in charges to give as objects: what no list of its own tells."""
        if self.main is Kind.CHARGES:
            yield "data.balance_transaction"
        yield "data.customer"
        if Kind.REFUNDS not in door.kinds:
            yield "data.refunds"
        if Kind.INVOICES not in door.kinds:
            yield "data.invoice"


def _contexts(
    accounts: Tool, account: str
) -> Generator[tuple[Call, ...], tuple[Answer, ...], list[Mapping[str, Any]] | Failure]:
    """The accounts to look in: the one that goes by the name `account`, else all live ones, else all."""
    keys = ("stripe_context",)
    pages = rows_at("accounts", "data", "orgs")
    listing = Listing(tool=accounts.name, source="stripe", arguments={}, page_of=pages, id_keys=keys)
    yield from read_all([listing])
    if listing.failure is not None:
        return listing.failure
    found = [row for row in listing.rows if text(row, "stripe_context")]
    if not found:
        return Failure(FailureKind.PERMISSION, f"{accounts.name} lists no account that may be read; sign in to one")
    wanted = account.lower()
    named = [
        row for row in found if wanted and wanted in (text(row, key).lower() for key in ("name", "stripe_context"))
    ]
    live = [row for row in found if row.get("livemode") is True]
    return [
        {"stripe_context": text(row, "stripe_context"), "livemode": row.get("livemode") is not False}
        for row in named or live or found
    ]


@dataclass(frozen=True, slots=True)
class StripeSource:
    """Stripe, found by the server name `stripe`."""

    name: str = "stripe"
    channel: Channel = Channel.STRIPE
    lag_days: int = 0
    lag_hours: int = 0

    def negotiate(self, tools: Sequence[Tool], server: str) -> Profile | Failure:
        """The best of: the ledger, the tool for all of the API, charges, payment intents, invoices, a search."""
        box = Toolbox(tools, server, self.name)
        found = {kind: tool for kind, names in TOOL_NAMES.items() if (tool := _usable(box, kind, names))}
        per_list = ToolPerList(found)
        if Kind.LEDGER in found:
            return _by_list(per_list, Kind.LEDGER)
        through_api = next(filter(None, (_through_api(box, name) for name in API_TOOLS)), None)
        main = next((kind for kind in _OF_PAYMENTS if kind in found), None)
        if through_api is not None or main is None:
            return through_api or _by_search(box) or _none_found(box)
        return _with_search(_by_list(per_list, main), box)


def _usable(box: Toolbox, kind: Kind, names: Sequence[str]) -> Tool | None:
    """The tool for a list, unless it requires something we can't know (`customer_id`)."""
    tool = box.find(names)
    return tool if tool is not None and ToolPerList({kind: tool}).can_ask(kind) else None


def _by_list(door: ToolPerList, main: Kind) -> StripeProfile:
    return StripeProfile(TOOL_NAMES[main][0], main, door, tuple(_lacks(door, main)))


def _lacks(door: ToolPerList, main: Kind) -> list[str]:
    has_fees = main is Kind.LEDGER or Arguments(door.tools[main]).expand("data.balance_transaction")
    lacks = [] if has_fees else ["fees"]
    lacks += ["one-time payments"] if main is Kind.INVOICES else []
    lacks += [] if door.filters_days(main) else ["dates"]
    lacks += [] if door.turns_pages(main) else ["all pages"]
    if main is Kind.LEDGER:
        return lacks + ([] if door.kinds & {Kind.CHARGES, Kind.INTENTS} else ["clients"])
    return lacks + ([] if Kind.REFUNDS in door.kinds else ["refunds"])


def _through_api(box: Toolbox, name: str) -> StripeProfile | None:
    tool = box.find((name,))
    if tool is None:
        return None
    accounts = box.find((ACCOUNTS_TOOL,))
    takes = Arguments(tool)
    context = {"stripe_context", "livemode"}
    known = {"stripe_api_operation_id", "parameters"} | (context if accounts else set())
    if "stripe_api_operation_id" not in takes or takes.required - known:
        return None
    return StripeProfile(name, Kind.LEDGER, OneToolForAll(tool), (), accounts if takes.required & context else None)


def _with_search(profile: StripeProfile, box: Toolbox) -> StripeProfile:
    """A list of payment intents says nothing of refunds: what a search finds of their charges does."""
    searching = _by_search(box) if profile.main is Kind.INTENTS else None
    if searching is None or not isinstance(searching.door, Search) or Kind.REFUNDS in profile.door.kinds:
        return profile
    return replace(
        profile, search=searching.door, lacks=tuple(each for each in profile.lacks if each != Kind.REFUNDS.value)
    )


def _by_search(box: Toolbox) -> StripeProfile | None:
    tool = box.find((SEARCH_TOOL,))
    takes = Arguments(tool) if tool is not None else None
    if tool is None or takes is None or takes.required - {"query", "resource_type"}:
        return None
    choices = takes.choices("resource_type")
    if "query" not in takes or "resource_type" not in takes or (choices and Kind.CHARGES not in choices):
        return None
    pages = () if "page" in takes else ("all pages",)
    return StripeProfile(SEARCH_TOOL, Kind.CHARGES, Search(tool), ("fees", *pages, "refunds"))


def _none_found(box: Toolbox) -> Failure:
    names = [TOOL_NAMES[Kind.LEDGER][0], *API_TOOLS, *(TOOL_NAMES[kind][0] for kind in _OF_PAYMENTS), SEARCH_TOOL]
    unusable = (box.find(TOOL_NAMES[kind]) for kind in (Kind.LEDGER, *_OF_PAYMENTS))
    given = {"limit", "status", "created"}
    told = f"looked for {', '.join(names)}; the server has {box.shown()}{what_tools_want(unusable, given)}"
    return Failure(FailureKind.NO_USABLE_TOOL, told)
