"""The demo year behind Stripe's lists: filters, cursors and expansions as Stripe has them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from revintel_mcp.upstreams.demo_year.stripe import account
from revintel_mcp.upstreams.errors import InvalidRequest
from revintel_mcp.upstreams.stripe_objects import reduced_page

Json = dict[str, Any]

_NOT_A_FILTER: Final = frozenset(("limit", "starting_after", "created", "expand", "status"))
_EXPANDED_FROM: Final[Mapping[str, tuple[str, ...]]] = {
    "balance_transaction": ("balance_transactions",),
    "charge": ("charges",),
    "customer": ("customers",),
    "invoice": ("invoices",),
    "source": ("charges", "refunds", "disputes", "payouts"),
}


class DemoLists:
    """Stripe's lists at a moment of the demo year."""

    def __init__(self, now: datetime) -> None:
        self._lists = account(now)

    def page(self, what: str, params: Mapping[str, Any]) -> Json:
        """A page of `what`, as Stripe would answer the same parameters."""
        rows = [row for row in self._lists[what] if _wanted(row, params)]
        start = _after(rows, params["starting_after"], what) if "starting_after" in params else 0
        end = start + params["limit"]
        data = [self._expanded(row, params.get("expand", ())) for row in rows[start:end]]
        return reduced_page(what, {"data": data, "has_more": end < len(rows)})

    def _expanded(self, row: Json, paths: list[str]) -> Json:
        fields = [path.removeprefix("data.") for path in paths]
        return row | {field: self._expansion(row, field) for field in fields}

    def _expansion(self, row: Json, field: str) -> Any:
        if field == "refunds":
            return {"data": [one for one in self._lists["refunds"] if one["charge"] == row["id"]], "has_more": False}
        found = (one for name in _EXPANDED_FROM[field] for one in self._lists[name] if one["id"] == row[field])
        return next(found, row[field])


def _wanted(row: Json, params: Mapping[str, Any]) -> bool:
    created = params.get("created", {})
    if not created.get("gte", 0) <= row["created"] < created.get("lt", row["created"] + 1):
        return False
    if params.get("status", "all") != "all" and row["status"] != params["status"]:
        return False
    return all(_value(row, key) == value for key, value in params.items() if key not in _NOT_A_FILTER)


def _value(row: Json, key: str) -> Any:
    return row["plan"]["id"] if key == "price" else row.get(key)


def _after(rows: list[Json], cursor: str, what: str) -> int:
    place = next((index for index, row in enumerate(rows) if row["id"] == cursor), None)
    if place is None:
        raise InvalidRequest(f"starting_after: no such object in {what}: {cursor!r}")
    return place + 1
