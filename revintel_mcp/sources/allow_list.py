"""The one place that says which upstream tools may ever be called. Whatever else a server offers is refused.

Hints that servers give about their own tools (`readOnlyHint`) decide nothing: some give none, and anybody can give one.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from revintel_mcp.sources.gumroad.source import SALES_TOOLS
from revintel_mcp.sources.naming import bare_names
from revintel_mcp.sources.stripe.source import ACCOUNTS_TOOL, API_TOOLS, TOOL_NAMES
from revintel_mcp.sources.upwork.source import CONTRACT_TOOLS, LEDGER_TOOLS

_READING_OPERATION = re.compile(r"Get[A-Z][A-Za-z0-9]{0,120}")

#: Tools that only read, by platform, without server prefix.
READ_TOOLS: Final[Mapping[str, frozenset[str]]] = {
    "stripe": frozenset(
        (
            *(name for names in TOOL_NAMES.values() for name in names),
            *API_TOOLS,
            ACCOUNTS_TOOL,
            "list_customers",
            "list_products",
            "list_prices",
            "list_coupons",
            "list_payouts",
            "retrieve_balance",
            "retrieve_charge",
            "retrieve_customer",
            "retrieve_dispute",
            "retrieve_payment_intent",
            "retrieve_refund",
            "retrieve_subscription",
            "retrieve_invoice",
            "get_stripe_account_info",
            "search_stripe_resources",
            "fetch_stripe_resources",
            "stripe_api_search",
            "stripe_api_details",
        )
    ),
    "gumroad": frozenset(
        (
            *SALES_TOOLS,
            "gumroad_get_product",
            "gumroad_get_products",
            "gumroad_get_user",
            "get_product",
            "get_products",
            "list_products",
            "products_list",
            "products_view",
            "get_sale",
            "sales_view",
            "sales_summary",
            "get_sales_summary",
            "list_payouts",
            "payouts_list",
            "get_account",
        )
    ),
    "upwork": frozenset(
        (
            *LEDGER_TOOLS,
            *CONTRACT_TOOLS,
            "get_contract",
            "get_contract_details",
            "upwork_get_contract_details",
            "upwork_get_contract_milestones",
            "get_time_report",
            "get_work_diary",
            "upwork_get_work_diary",
        )
    ),
}


def refusal(source: str, tool: str, arguments: Mapping[str, Any], *, server: str = "") -> str | None:
    """Why a call may not be made, as a sentence; None if it may.

    `source` is the platform (`stripe`), `server` the name the upstream is configured by (`stripe-eu`): either may stand
    before the tool's own name.
    """
    allowed = READ_TOOLS.get(source, frozenset())
    names = bare_names(tool, *dict.fromkeys(filter(None, (server, source))))
    name = next((name for name in names if name in allowed), "")
    if not name:
        known = ", ".join(sorted(allowed)) or "none"
        return f"{tool!r} is not among the tools of {source} that may be called, which only read: {known}"
    if name in API_TOOLS:
        operation = arguments.get("stripe_api_operation_id")
        if not isinstance(operation, str) or not _READING_OPERATION.fullmatch(operation):
            return f"{tool} may only be called with a reading operation (Get…), not with {str(operation)[:60]!r}"
    return None
