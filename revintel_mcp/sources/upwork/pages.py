"""Where the records stand in the answers of Upwork servers: plain lists, objects, GraphQL rows and connections."""

from collections.abc import Sequence
from datetime import UTC, date
from typing import Any, Final

from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.sources.failures import short
from revintel_mcp.sources.fields import Record, child, day_of_text, rows_under, text
from revintel_mcp.sources.paging import Page, Unread
from revintel_mcp.sources.upwork.rows import RUNNING_TOTALS

_Path = tuple[str, ...]

_LEDGER: Final[Sequence[_Path]] = (
    ("earnings",),
    ("transactions",),
    ("data", "transactionHistory", "transactionDetail", "transactionHistoryRow"),
    ("transactionHistory", "transactionDetail", "transactionHistoryRow"),
    ("transactionDetail", "transactionHistoryRow"),
    ("transactionHistoryRow",),
    ("data", "financialOverview", "recentTransactions"),
    ("financialOverview", "recentTransactions"),
    ("data", "earnings"),
    ("data", "transactions"),
    ("items",),
    ("results",),
    ("data",),
)
_CONTRACTS: Final[Sequence[_Path]] = (
    ("contracts",),
    ("data", "contractList", "contracts"),
    ("contractList", "contracts"),
    ("data", "engagements"),
    ("engagements",),
    ("data", "contracts"),
    ("items",),
    ("results",),
    ("data",),
)


def ledger_page(value: Any) -> Page | Failure | None:
    """A page of earnings or transactions. Refunds that stand in a list of their own are told by their type."""
    page = _page(value, _LEDGER)
    if page is None:
        return _running_totals(value) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        return page
    returned = [{"type": "Refund", **row} for row in rows_under(value, "refunds")]
    why = short(text(value, "why")) or "the server says that its records are not complete"
    told = why if value.get("complete") is False else ""
    unread = tuple(map(_unread, rows_under(value, "unread")))
    return Page([*page.rows, *returned], has_more=page.has_more, why=told, unread=unread, whole=_whole(value))


def _whole(value: Record) -> tuple[date, date] | None:
    """The first and last day that a server calls whole, though it misses others."""
    days = child(value, "whole")
    first, last = (day_of_text(days.get(key), UTC) for key in ("start_date", "end_date"))
    return (first, last) if first and last and first <= last else None


def _unread(row: Record) -> Unread:
    """`statement.csv:12: the amount is no number`: what a server could not read itself."""
    told = short(":".join(filter(None, (text(row, "file"), text(row, "line"), f" {text(row, 'why')}"))))
    return Unread(told, text(row, "record_id"), day_of_text(row.get("date"), UTC))


def contracts_page(value: Any) -> Page | None:
    """A page of contracts."""
    return _page(value, _CONTRACTS)


def _page(value: Any, paths: Sequence[_Path]) -> Page | None:
    if isinstance(value, list):
        return Page(value)
    if not isinstance(value, dict):
        return None
    for *parents, last in paths:
        holder = child(value, *parents)
        if (rows := _rows(holder.get(last))) is not None:
            return Page(rows, has_more=_says_more(value, child(holder, last)))
    return Page([value]) if "amount" in value and text(value, "date") else None


def _rows(value: Any) -> list[Any] | None:
    """A list of rows, or the nodes of a GraphQL connection."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and isinstance(value.get("edges"), list):
        return [edge.get("node") if isinstance(edge, dict) else edge for edge in value["edges"]]
    return None


def _says_more(value: Record, connection: Record) -> bool | None:
    told = (value.get("has_more"), child(connection, "pageInfo").get("hasNextPage"))
    return next((more for more in told if isinstance(more, bool)), None)


def _running_totals(value: Record) -> Failure | None:
    """The failure of an answer that only says how much was earned in all."""
    inner = child(value, "data")
    holders = (value, inner, child(value, "financialOverview"), child(inner, "financialOverview"))
    found = [name for holder in holders for name in RUNNING_TOTALS if name in holder]
    if not found:
        return None
    why = f"its answer holds running totals ({found[0]}), no single earnings; use a tool that lists each earning"
    return Failure(FailureKind.BAD_ANSWER, why)
