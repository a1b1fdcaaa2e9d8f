"""The Stripe upstream's tools: names, arguments and answers. Who answers them (Stripe, or the demo) is a `Lists`.

Fields and their meaning: Stripe API reference (charges, balance transactions, refunds, disputes, subscriptions).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from pydantic import Field

from revintel_mcp.upstreams.serving import Arguments, Json, UpstreamTool
from revintel_mcp.upstreams.stripe_objects import ANSWERS

Expansion = Literal["data.balance_transaction", "data.customer", "data.invoice", "data.refunds"]
SubscriptionStatus = Literal[
    "active", "past_due", "unpaid", "canceled", "incomplete", "incomplete_expired", "trialing", "paused", "ended", "all"
]
_UNIX_DAY: Final = "Unix seconds, UTC."


class Page(Arguments):
    """Which page of a list, and of which period."""

    limit: int = Field(100, ge=1, le=100, description="Objects per page, 1 to 100.")
    starting_after: str | None = Field(
        None, min_length=1, description="The id of the last object of the page before; ask on while has_more is true."
    )
    created_gte: int | None = Field(None, ge=0, description=f"Only objects created at or after this. {_UNIX_DAY}")
    created_lt: int | None = Field(None, ge=0, description=f"Only objects created before this. {_UNIX_DAY}")


class ListCharges(Page):
    """Arguments of `list_charges`."""

    customer: str | None = Field(None, description="Only charges of this customer (cus_…).")
    payment_intent: str | None = Field(None, description="Only charges of this PaymentIntent (pi_…).")
    expand: list[Expansion] = Field(
        default_factory=list,
        description="Objects to include instead of their ids; data.balance_transaction gives the fee and the settled "
        "amount, data.invoice the subscription a charge pays for. Each needs read rights of its own.",
    )


class ListBalanceTransactions(Page):
    """Arguments of `list_balance_transactions`."""

    type: str | None = Field(None, description="Only this type: charge, payment, refund, adjustment, payout …")
    source: str | None = Field(None, description="Only those of this charge, refund or dispute.")
    payout: str | None = Field(None, description="Only those paid out by this payout (po_…).")
    currency: str | None = Field(None, description="Only those settled in this currency (usd).")
    expand: list[Literal["data.source"]] = Field(
        default_factory=list, description="data.source includes the charge, refund or dispute instead of its id."
    )


class ListRefunds(Page):
    """Arguments of `list_refunds`."""

    charge: str | None = Field(None, description="Only refunds of this charge (ch_…).")
    payment_intent: str | None = Field(None, description="Only refunds of this PaymentIntent (pi_…).")
    expand: list[Literal["data.balance_transaction", "data.charge"]] = Field(
        default_factory=list, description="Objects to include instead of their ids."
    )


class ListDisputes(Page):
    """Arguments of `list_disputes`."""

    charge: str | None = Field(None, description="Only the dispute of this charge (ch_…).")
    payment_intent: str | None = Field(None, description="Only the dispute of this PaymentIntent (pi_…).")
    expand: list[Literal["data.charge"]] = Field(
        default_factory=list, description="data.charge includes the disputed charge instead of its id."
    )


class ListSubscriptions(Page):
    """Arguments of `list_subscriptions`."""

    customer: str | None = Field(None, description="Only subscriptions of this customer (cus_…).")
    price: str | None = Field(None, description="Only subscriptions with this price (price_…).")
    status: SubscriptionStatus = Field("all", description="Only subscriptions in this state.")
    expand: list[Literal["data.customer"]] = Field(
        default_factory=list, description="data.customer includes id, name and e-mail instead of the id."
    )


class Lists(Protocol):
    """Whoever can give a page of one of Stripe's lists."""

    def page(self, what: str, params: Mapping[str, Any]) -> Json:
        """A page of `what` (`charges`), asked with Stripe's own parameter names, reduced to the fields we promise."""


@dataclass(frozen=True, slots=True)
class _Texts:
    what: str
    arguments: type[Page]
    title: str
    description: str


_TABLE: Final = (
    _Texts(
        "charges",
        ListCharges,
        "List charges",
        "Payments, newest first: amount and currency in the currency's minor unit, gross of fees, with status, "
        "client e-mail, refunds so far, and links to the balance transaction (fee) and the invoice (subscription). "
        "Only those with status succeeded and captured are money received.",
    ),
    _Texts(
        "subscriptions",
        ListSubscriptions,
        "List subscriptions",
        "Recurring agreements, newest first: plan, interval, status, current period. They describe expected income "
        "(MRR); the money itself is in list_charges.",
    ),
    _Texts(
        "balance_transactions",
        ListBalanceTransactions,
        "List balance transactions",
        "The ledger, newest first: every charge, refund, dispute, fee and payout with gross amount, fee and net in "
        "the settlement currency's minor unit. Leave out payouts and transfers when adding up income.",
    ),
    _Texts(
        "refunds",
        ListRefunds,
        "List refunds",
        "Refunds, newest first, each with charge, amount in minor units and status; a failed one gave nothing back.",
    ),
    _Texts(
        "disputes",
        ListDisputes,
        "List disputes",
        "Chargebacks, newest first, each with its charge, amount, status (won, lost …) and balance transactions.",
    ),
)

INSTRUCTIONS: Final = (
    "Read-only Stripe lists. Amounts are whole minor units (1234 usd is 12.34). Ask page after page with "
    "starting_after while has_more is true. Card data and secrets are left out."
)


def stripe_tools(lists: Lists) -> Sequence[UpstreamTool[Any]]:
    """The five tools, answered by `lists`."""
    return [_tool(texts, lists) for texts in _TABLE]


def _tool(texts: _Texts, lists: Lists) -> UpstreamTool[Page]:
    def run(arguments: Page) -> Json:
        return lists.page(texts.what, params_of(arguments))

    return UpstreamTool(
        name=f"list_{texts.what}",
        title=texts.title,
        description=texts.description,
        arguments=texts.arguments,
        answer=ANSWERS[texts.what],
        run=run,
    )


def params_of(arguments: Page) -> Json:
    """Arguments under Stripe's own parameter names: what was not given is left out, `created` is one object."""
    params = arguments.model_dump(exclude_none=True)
    created = {key: params.pop(f"created_{key}") for key in ("gte", "lt") if f"created_{key}" in params}
    if created:
        params["created"] = created
    if not params.get("expand"):
        params.pop("expand", None)
    return params
