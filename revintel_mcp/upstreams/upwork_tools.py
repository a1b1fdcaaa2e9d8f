"""The Upwork upstream's tools: names, arguments and answers. Who answers them (CSV files, or the demo) is a `Desk`.

Amounts are US dollars as decimal texts (`"1234.50"`), exact and never rounded; fees stand apart from the gross amount.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal, Protocol

from pydantic import Field

from revintel_mcp.upstreams.errors import InvalidRequest
from revintel_mcp.upstreams.serving import Arguments, Json, UpstreamTool


class GetContracts(Arguments):
    """Arguments of `get_contracts`."""

    status: Literal["active", "ended", "all"] = Field("all", description="Only contracts in this state.")


class GetEarnings(Arguments):
    """Arguments of `get_earnings`."""

    start_date: date | None = Field(None, description="First day (YYYY-MM-DD, included); none: from the beginning.")
    end_date: date | None = Field(None, description="Last day (YYYY-MM-DD, included); none: up to the newest.")
    contract_id: str | None = Field(None, min_length=1, description="Only this contract, by its id in get_contracts.")


class Desk(Protocol):
    """Whoever can answer for a freelancer's Upwork account."""

    def contracts(self, status: str) -> Json:
        """The contracts in that state, as `get_contracts` gives them."""

    def earnings(self, start: date | None, end: date | None, contract_id: str | None) -> Json:
        """What was earned on the days from `start` to `end`, both included, as `get_earnings` gives it."""


INSTRUCTIONS: Final = (
    "Read-only Upwork earnings. Amounts are US dollars as exact decimal texts, gross of the service fee, which stands "
    "apart; a fee of null is not known. Withdrawals to a bank are not income and are only counted under `ignored`."
)


def _text(description: str) -> Json:
    return {"type": "string", "description": description}


def _text_or_null(description: str) -> Json:
    return {"type": ["string", "null"], "description": description}


def _object(properties: Mapping[str, Json]) -> Json:
    return {"type": "object", "properties": dict(properties), "required": list(properties)}


def _array(properties: Mapping[str, Json], description: str = "") -> Json:
    return {"type": "array", "items": _object(properties), "description": description}


_AMOUNT: Final = _text("US dollars, positive, exact.")
_DAY: Final = _text("YYYY-MM-DD.")
_FEE: Final = {
    "record_id": _text("The fee's own record."),
    "date": _DAY,
    "type": _text("Service Fee …"),
    "amount": _AMOUNT,
}

_CONTRACTS: Final = _object(
    {
        "contracts": _array(
            {
                "id": _text("For get_earnings."),
                "title": _text("The contract's title; empty where the data has none."),
                "client_name": _text("The client."),
                "contract_type": {"enum": ["hourly", "fixed"], "description": "How it is paid."},
                "status": {"enum": ["active", "ended", "unknown"], "description": "unknown: the data does not say."},
                "start_date": _text_or_null("YYYY-MM-DD, or the first earning where the data has no start."),
                "end_date": _text_or_null("YYYY-MM-DD; null while active or not known."),
            }
        )
    }
)

_EARNINGS: Final = _object(
    {
        "start_date": _text_or_null("As asked."),
        "end_date": _text_or_null("As asked."),
        "currency": {"const": "USD"},
        "earnings": _array(
            {
                "record_id": _text("Upwork's own id of the record (Ref ID)."),
                "date": _DAY,
                "amount": _text("US dollars, gross of fees, positive, exact."),
                "currency": {"const": "USD"},
                "type": {"enum": ["hourly", "fixed", "bonus", "expense", "other"], "description": "What was paid for."},
                "contract_id": _text("The contract's id."),
                "contract_title": _text("Its title; empty where the data has none."),
                "client_name": _text("The client."),
                "contract_type": {"enum": ["hourly", "fixed"], "description": "How the contract is paid."},
                "description": _text("As Upwork wrote it."),
                "hours": _text_or_null("Hours billed, a decimal; null where not said."),
                "fee": _text_or_null("What Upwork kept of it, US dollars; null: not known."),
                "fees": _array(_FEE, "The fee records behind `fee`."),
            },
            "Money earned, oldest first.",
        ),
        "refunds": _array(
            {
                "record_id": _text("Upwork's own id of the record."),
                "date": _DAY,
                "amount": _text("US dollars given back, positive, exact."),
                "currency": {"const": "USD"},
                "related_record_id": _text_or_null("The earning given back, where the data says."),
                "contract_id": _text("The contract's id."),
                "client_name": _text("The client."),
                "description": _text("As Upwork wrote it."),
                "fee_returned": _text_or_null("Service fee that came back with it, US dollars; null: not known."),
            },
            "Money given back to clients, oldest first.",
        ),
        "unattached_fees": _array(
            _FEE | {"description": _text("As Upwork wrote it.")},
            "Fees that belong to no earning: membership, connects.",
        ),
        "ignored": _array(
            {"type": _text("Withdrawal …"), "rows": {"type": "integer"}}, "Records that are no income, by type."
        ),
        "unread": _array(
            {
                "file": _text("The file."),
                "line": {"type": "integer"},
                "why": _text("What is wrong, and how to mend it."),
                "record_id": _text_or_null("Upwork's own id of the record, where that can be read."),
                "date": _text_or_null("Its day, where that can be read."),
            },
            "Rows that could not be read exactly and are in none of the lists above.",
        ),
        "covers": _object(
            {"start_date": _text_or_null("First day known."), "end_date": _text_or_null("Last day known.")}
        ),
        "whole": _object(
            {
                "start_date": _text_or_null("Of the days asked for, the first of the newest run that is surely whole."),
                "end_date": _text_or_null("Its last day; null: no day is."),
            }
        ),
        "complete": {
            "type": "boolean",
            "description": "Whether the data surely holds every record of the days asked for.",
        },
        "why": _text("What is missing, when not complete."),
    }
)


def upwork_tools(desk: Desk) -> Sequence[UpstreamTool[Any]]:
    """The two tools, answered by `desk`."""

    def earnings(arguments: GetEarnings) -> Json:
        start, end = arguments.start_date, arguments.end_date
        if start and end and end < start:
            raise InvalidRequest(f"end_date {end} is before start_date {start}")
        return desk.earnings(start, end, arguments.contract_id)

    return [
        UpstreamTool(
            name="get_contracts",
            title="Get contracts",
            description="Contracts, active and ended: id, title, client, hourly or fixed, and their dates.",
            arguments=GetContracts,
            answer=_CONTRACTS,
            run=lambda arguments: desk.contracts(arguments.status),
            open_world=False,
        ),
        UpstreamTool(
            name="get_earnings",
            title="Get earnings",
            description="What was earned in a period, record by record, with Upwork's own ids: gross amount, service "
            "fee apart, hours; refunds, other fees and ignored withdrawals stand in lists of their own.",
            arguments=GetEarnings,
            answer=_EARNINGS,
            run=earnings,
            open_world=False,
        ),
    ]
