"""The Stripe source: which way a server lets us ask, and one pull through it."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from revintel_mcp.domain.transaction import Channel
from revintel_mcp.sources.arguments import Arguments
from revintel_mcp.sources.contract import Answer, Call, Failure, FailureKind, Profile, Pull, Pulling, PullRequest, Tool
from revintel_mcp.sources.fields import text
from revintel_mcp.sources.naming import Toolbox
from revintel_mcp.sources.outcome import first_whole_day, joined
from revintel_mcp.sources.paging import Listing, read_all, rows_at
from revintel_mcp.sources.stripe.doors import Door, Kind, OneToolForAll, ToolPerList, Want
from revintel_mcp.sources.stripe.facts import Facts, category, is_unfamiliar
from revintel_mcp.sources.stripe.reading import Reading, read_facts

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
#: Tools that take any operation of Stripe's API; only reading operations may ever be named to them.
API_TOOLS: Final = ("stripe_api_read", "stripe_api_execute")
ACCOUNTS_TOOL: Final = "list_available_accounts_or_orgs"

_LISTS_OF_MONEY: Final = (Kind.CHARGES, Kind.INTENTS, Kind.INVOICES)
#: What explains a payment, by the list the payments come from.
_EXPLAINED_BY: Final = {
    Kind.LEDGER: (Kind.CHARGES, Kind.REFUNDS, Kind.DISPUTES, Kind.INVOICES, Kind.SUBSCRIPTIONS),
    Kind.CHARGES: (Kind.REFUNDS, Kind.DISPUTES, Kind.INVOICES, Kind.SUBSCRIPTIONS),
    Kind.INTENTS: (Kind.REFUNDS, Kind.DISPUTES, Kind.INVOICES, Kind.SUBSCRIPTIONS),
    Kind.INVOICES: (Kind.REFUNDS, Kind.DISPUTES, Kind.SUBSCRIPTIONS),
}
#: Lists that only say what kind of payment it was: without them the money is right all the same.
_ONLY_WORDS: Final = (Kind.INVOICES, Kind.SUBSCRIPTIONS)
_EXPAND: Final = {
    Kind.CHARGES: ("data.customer", "data.invoice", "data.refunds"),
    Kind.INTENTS: ("data.latest_charge",),
    Kind.SUBSCRIPTIONS: (),
}


@dataclass(frozen=True, slots=True)
class StripeProfile:
    """Payments from one of Stripe's lists, explained by the others that the server has."""

    name: str
    main: Kind
    door: Door
    lacks: tuple[str, ...] = ()
    accounts: Tool | None = None
    """The tool that tells in which accounts to look, where the server asks for that."""

    def pull(self, request: PullRequest) -> Pulling:
        """Ask for the main list and all that explains it, side by side, and read them together."""
        doors: list[Door] = [self.door]
        if self.accounts is not None and isinstance(self.door, OneToolForAll):
            contexts = yield from _contexts(self.accounts, request.account)
            if isinstance(contexts, Failure):
                return Pull(profile=self.name, complete=False, failure=contexts, why=str(contexts))
            doors = [replace(self.door, context=context) for context in contexts]
        lists = [(kind, listing) for door in doors for kind, listing in self._listings(door, request)]
        yield from read_all([listing for _, listing in lists])
        return self._outcome(lists, request)

    def _listings(self, door: Door, request: PullRequest) -> list[tuple[Kind, Listing]]:
        kinds = (self.main, *(kind for kind in _EXPLAINED_BY[self.main] if self._is_worth_asking(door, kind)))
        return [(kind, door.listing(kind, self._want(kind, request))) for kind in kinds]

    def _is_worth_asking(self, door: Door, kind: Kind) -> bool:
        # Without page turning, a list of disputes is Stripe's own toolkit's, which gives their ids and nothing else.
        return kind in door.kinds and (kind is not Kind.DISPUTES or door.turns_pages(kind))

    def _want(self, kind: Kind, request: PullRequest) -> Want:
        expand = _EXPAND.get(kind, ())
        if kind is Kind.CHARGES and isinstance(self.door, OneToolForAll):
            expand = ("data.customer",)  # newer API versions refuse to expand an invoice
        if kind is Kind.CHARGES and self.main is Kind.CHARGES:
            expand = ("data.balance_transaction", *expand)
        return Want(request.window, request.timezone, expand, joined=kind is not self.main)

    def _outcome(self, lists: Sequence[tuple[Kind, Listing]], request: PullRequest) -> Pull:
        main = self._main_that_answered(lists)
        mains = [listing for kind, listing in lists if kind is main]
        failures = [listing.failure for listing in mains if listing.failure is not None and not listing.was_read]
        if failures:
            return Pull(profile=self.name, complete=False, failure=failures[0], why=str(failures[0]))
        facts = Facts()
        for kind, listing in sorted(lists, key=lambda pair: pair[0] is not Kind.CHARGES):
            facts.learn(kind, listing.rows)
        knows_disputes = any(kind is Kind.DISPUTES and listing.is_whole for kind, listing in lists)
        reading = read_facts(facts, main, mains[0].tool, request, knows_disputes=knows_disputes)
        why = joined(_missing(lists, main, self.main))
        return Pull(
            profile=self.name,
            complete=not why,
            sales=tuple(reading.sales),
            reversals=tuple(reading.reversals),
            unbookable=tuple(reading.unbookable),
            fetched=sum(len(listing.rows) for listing in mains),
            why=why,
            complete_from=first_whole_day(mains, request.window) if why else None,
            notes=tuple(_notes(lists, facts, reading, main, self.main)),
        )

    def _main_that_answered(self, lists: Sequence[tuple[Kind, Listing]]) -> Kind:
        """The main list, or the charges where a key may not read the ledger: payments without fees, better than none."""
        ledger = [listing for kind, listing in lists if kind is self.main]
        charges = [listing for kind, listing in lists if kind is Kind.CHARGES]
        refused = all(listing.failure is not None and not listing.was_read for listing in ledger)
        return Kind.CHARGES if refused and charges and all(listing.was_read for listing in charges) else self.main


def _missing(lists: Sequence[tuple[Kind, Listing]], main: Kind, wanted: Kind) -> list[str]:
    """What was not read and may change a figure."""
    told = [listing.why for kind, listing in lists if listing.why and kind not in _ONLY_WORDS and kind is not wanted]
    mains = [listing.why for kind, listing in lists if listing.why and kind is wanted]
    refused = [listing.failure for kind, listing in lists if kind is wanted and listing.failure is not None]
    if main is not wanted and all(failure.kind is FailureKind.PERMISSION for failure in refused):
        mains = []  # the key may not read the ledger, today or tomorrow: a note says what that costs
    return [*mains, *told]


def _notes(
    lists: Sequence[tuple[Kind, Listing]], facts: Facts, reading: Reading, main: Kind, wanted: Kind
) -> list[str]:
    notes = [listing.why for kind, listing in lists if listing.why and kind in _ONLY_WORDS]
    if notes:
        notes = [f"subscriptions may be shown as one-time payments: {joined(notes)}"]
    if main is not wanted:
        refused = joined([listing.why for kind, listing in lists if kind is wanted])
        notes.append(f"fees are not known, payments came from the list of charges: {refused}")
    if reading.gumroad_payouts:
        notes.append(f"{reading.gumroad_payouts} payouts from Gumroad were left out: their sales count there")
    strange = sorted({category(entry) or "unnamed" for entry in facts.ledger if is_unfamiliar(entry)})
    if strange:
        notes.append(
            f"ledger entries of these kinds are neither sales nor refunds and were left out: {', '.join(strange)}"
        )
    return notes


def _contexts(
    accounts: Tool, account: str
) -> Generator[tuple[Call, ...], tuple[Answer, ...], list[Mapping[str, Any]] | Failure]:
    """The accounts to look in: the one that goes by the name `account`, else all live ones, else all."""
    listing = Listing(tool=accounts.name, source="stripe", arguments={}, page_of=rows_at("accounts", "data", "orgs"))
    yield from read_all([listing])
    if listing.failure is not None:
        return listing.failure
    found = [row for row in listing.rows if text(row, "stripe_context")]
    live = [row for row in found if row.get("livemode") is True] or found
    named = [
        row
        for row in found
        if account and account.lower() in (text(row, "name").lower(), text(row, "stripe_context").lower())
    ]
    if not found:
        return Failure(FailureKind.PERMISSION, f"{accounts.name} lists no account that may be read; sign in to one")
    return [
        {"stripe_context": text(row, "stripe_context"), "livemode": row.get("livemode") is not False}
        for row in named or live
    ]


@dataclass(frozen=True, slots=True)
class StripeSource:
    """Stripe, found by the server name `stripe`."""

    name: str = "stripe"
    channel: Channel = Channel.STRIPE
    lag_days: int = 0
    lag_hours: int = 0

    def negotiate(self, tools: Sequence[Tool], server: str) -> Profile | Failure:
        """The best of: the ledger, the API tool, charges, payment intents, invoices."""
        box = Toolbox(tools, server, self.name)
        per_list = ToolPerList(
            {kind: tool for kind, names in TOOL_NAMES.items() if (tool := _usable(box, kind, names))}
        )
        if Kind.LEDGER in per_list.kinds:
            return _per_list(per_list, Kind.LEDGER)
        for name in API_TOOLS:
            if profile := _through_api(box, name):
                return profile
        for kind in _LISTS_OF_MONEY:
            if kind in per_list.kinds:
                return _per_list(per_list, kind)
        return _none_found(box)


def _usable(box: Toolbox, kind: Kind, names: Sequence[str]) -> Tool | None:
    """The tool for a list, unless it requires something we can't know (`customer_id`)."""
    tool = box.find(names)
    takes = Arguments(tool) if tool else None
    given = {"limit", *(["status"] if kind is Kind.SUBSCRIPTIONS else [])}
    return tool if takes and not takes.required - given else None


def _per_list(door: ToolPerList, main: Kind) -> StripeProfile:
    names = {
        Kind.LEDGER: (),
        Kind.CHARGES: ("fees",),
        Kind.INTENTS: ("fees",),
        Kind.INVOICES: ("fees", "one-time payments"),
    }
    takes = Arguments(door.tools[main])
    lacks = [*names[main]]
    if main is Kind.CHARGES and takes.expand("data.balance_transaction"):
        lacks.remove("fees")
    if not door.filters_days(main):
        lacks.append("dates")
    if not door.turns_pages(main):
        lacks.append("all pages")
    if main is not Kind.LEDGER and Kind.REFUNDS not in door.kinds:
        lacks.append("refunds")
    if main is Kind.LEDGER and Kind.CHARGES not in door.kinds:
        lacks.append("clients")
    return StripeProfile(TOOL_NAMES[main][0], main, door, tuple(lacks))


def _through_api(box: Toolbox, name: str) -> StripeProfile | None:
    tool = box.find((name,))
    if tool is None:
        return None
    accounts = box.find((ACCOUNTS_TOOL,))
    takes = Arguments(tool)
    known = {"stripe_api_operation_id", "parameters"} | ({"stripe_context", "livemode"} if accounts else set())
    if "stripe_api_operation_id" not in takes or takes.required - known:
        return None
    needs_context = takes.required & {"stripe_context", "livemode"}
    return StripeProfile(name, Kind.LEDGER, OneToolForAll(tool), (), accounts if needs_context else None)


def _none_found(box: Toolbox) -> Failure:
    wanted = [TOOL_NAMES[Kind.LEDGER][0], *API_TOOLS, *(TOOL_NAMES[kind][0] for kind in _LISTS_OF_MONEY)]
    return Failure(FailureKind.NO_USABLE_TOOL, f"looked for {', '.join(wanted)}; the server has {box.shown()}")
