"""The demo year behind Gumroad's API: ten sales a page, a cursor, day filters; and a spell when it is down."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final

from revintel_mcp.upstreams.demo_year.gumroad import products, sales
from revintel_mcp.upstreams.demo_year.ids import HOME
from revintel_mcp.upstreams.errors import InvalidRequest, Unavailable

Json = dict[str, Any]

PAGE: Final = 10
#: Gumroad is down in the demo until this moment, so that a first refresh shows a failed source and a later one heals.
UP_AGAIN: Final = datetime(2026, 11, 21, tzinfo=HOME)


class DemoShop:
    """A Gumroad account at a moment of the demo year."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def listing(self, what: str, params: Mapping[str, str]) -> Json:
        """A page of sales, products or payouts."""
        self._refuse_while_down()
        if what == "sales":
            return _page([sale for sale in sales(self._now) if _wanted(sale, params)], params.get("page_key"))
        return {"success": True, what: products() if what == "products" else []}

    def product(self, product_id: str) -> Json:
        """One product."""
        self._refuse_while_down()
        found = next((product for product in products() if product["id"] == product_id), None)
        if found is None:
            raise InvalidRequest("Gumroad: The product was not found.")
        return {"success": True, "product": found}

    def _refuse_while_down(self) -> None:
        if self._now < UP_AGAIN:
            raise Unavailable(
                f"Gumroad answered 503 Service Unavailable (the demo's outage, over on {UP_AGAIN.date()})"
            )


def _wanted(sale: Json, params: Mapping[str, str]) -> bool:
    made = datetime.fromisoformat(sale["created_at"])
    if "after" in params and made < _midnight(params["after"]):
        return False
    if "before" in params and made >= _midnight(params["before"]):
        return False
    return all(str(sale[key]) == params[key] for key in ("product_id", "email", "order_id") if key in params)


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)


def _page(rows: list[Json], key: str | None) -> Json:
    start = 0
    if key is not None:
        start = 1 + next((n for n, row in enumerate(rows) if _key(row) == key), len(rows))
        if start > len(rows):
            raise InvalidRequest("Gumroad: Invalid page_key.")
    page: Json = {"success": True, "sales": rows[start : start + PAGE]}
    if start + PAGE < len(rows):
        page["next_page_key"] = _key(page["sales"][-1])
    return page


def _key(sale: Json) -> str:
    """A cursor in the manner of Gumroad's: when, and the order."""
    return f"{''.join(ch for ch in sale['created_at'] if ch.isdigit())}000000-{sale['order_id']}"
