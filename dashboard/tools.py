"""The server's tools as typed calls: what a page asks for, and the shape it gets."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, TypeVar

from dashboard.decoding import decode
from dashboard.gateway import Gateway, Job
from dashboard.shapes import (
    AttentionItem,
    Check,
    Entry,
    Explanation,
    Insights,
    MonthlySummary,
    RefreshReport,
    Row,
    RowList,
    SourceList,
)

T = TypeVar("T")

#: How long a probe of every upstream may take: their start limit and a little.
_PROBE_S: Final = 120.0
_PAGE_SIZE: Final = 50
_EXPORT_PAGE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RowQuery:
    """Which rows are wanted, as the user typed it; empty is any."""

    text: str = ""
    month: str = ""
    date_from: str = ""
    date_to: str = ""
    channel: str = ""
    client: str = ""
    status: str = ""
    transaction_type: str = ""
    min_amount: str = ""
    max_amount: str = ""
    sort: str = "-date"

    @property
    def filters(self) -> dict[str, str]:
        """What narrows the list down, without the order."""
        return {name: value for name, value in asdict(self).items() if value and name != "sort"}

    @classmethod
    def asking(cls, arguments: Mapping[str, str]) -> "RowQuery | None":
        """The query that the server names to find a figure's rows; None if it asks for what we can't."""
        known = {field.name for field in fields(cls)}
        return cls(**arguments) if arguments and known.issuperset(arguments) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryForm:
    """A manual entry as the user typed it; empty is not given."""

    amount: str = ""
    channel: str = ""
    date: str = ""
    client: str = ""
    description: str = ""
    transaction_type: str = ""
    status: str = ""
    currency: str = ""
    fee: str = ""

    @property
    def given(self) -> dict[str, str]:
        """The fields that were filled in."""
        return {name: value.strip() for name, value in asdict(self).items() if value.strip()}


class Tools:
    """Every tool the dashboard uses.

    Each method raises `GatewayError` when there is no answer; `Refused` carries the server's own sentence.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def summary(self, *, view: str = "booked", basis: str = "gross") -> MonthlySummary:
        """Income by month and channel."""
        return self._read(MonthlySummary, "get_monthly_summary", {"view": view, "basis": basis})

    def rows(self, query: RowQuery, *, page: int = 1, page_size: int = _PAGE_SIZE) -> RowList:
        """One page of the rows that match."""
        arguments = {**query.filters, "sort": query.sort, "page": page, "page_size": page_size}
        return self._read(RowList, "list_transactions", arguments)

    def all_rows(self, query: RowQuery) -> Iterator[Row]:
        """Every row that matches, for a download."""
        page, pages = 1, 1
        while page <= pages:
            found = self.rows(query, page=page, page_size=_EXPORT_PAGE)
            yield from found.rows
            page, pages = page + 1, found.pages

    def explain(self, period: str, channel: str = "") -> Explanation:
        """The rows behind a figure, the newest of them if they are many. `period`: a month, a year, `ytd` or `all`."""
        asked: dict[str, Any] = {"month": period} | ({"channel": channel} if channel else {})
        found = self._read(Explanation, "explain_total", asked)
        size = len(found.rows)
        if found.count <= size:  # there may be more pages all the same, of rows that were left out
            return found
        # The server's pages begin with the oldest row: of the last two, as many as a page has.
        end = -(-found.count // size)
        last = [self._read(Explanation, "explain_total", asked | {"page": page}) for page in (end - 1, end)]
        return replace(found, rows=tuple(row for page in last for row in page.rows)[-size:])

    def waiting(self) -> tuple[AttentionItem, ...]:
        """The records that wait in Needs Attention."""
        return self._read(Explanation, "explain_total", {"month": "all"}).needs_attention

    def insights(self, period: str) -> Insights:
        """The metrics of a period."""
        return self._read(Insights, "get_insights", {"period": period})

    def sources(self, *, probe: bool = False) -> SourceList:
        """How every source stands; `probe` starts each upstream and sees what it offers."""
        answer = self._gateway.call("get_source_status", {"probe": probe}, timeout_s=_PROBE_S)
        return decode(SourceList, answer)

    def check(self) -> Check:
        """What a person should mend in the tracker."""
        return self._read(Check, "check_tracker", {})

    def add(self, form: EntryForm, idempotency_key: str) -> Entry:
        """Log an entry. The key makes it safe to send again when no answer came."""
        arguments = form.given | {"idempotency_key": idempotency_key}
        return decode(Entry, self._gateway.call("add_manual_entry", arguments))

    def update(self, entry_id: str, changes: Mapping[str, str]) -> Entry:
        """Correct or complete an entry made by hand. Sending it again changes nothing more."""
        return decode(Entry, self._gateway.call("update_entry", {"id": entry_id, **changes}))

    def void(self, entry_id: str, reason: str = "") -> Entry:
        """Strike an entry made by hand."""
        arguments = {"id": entry_id} | ({"reason": reason} if reason else {})
        return decode(Entry, self._gateway.call("void_entry", arguments, again=False))

    def refresh(self, *, sources: tuple[str, ...] = (), dry_run: bool = False) -> Job:
        """Ask the sources for what is new; read the ended job's result with `report`."""
        arguments: dict[str, Any] = {"dry_run": dry_run} | ({"sources": list(sources)} if sources else {})
        return self._gateway.start("refresh_revenue", arguments)

    def _read(self, shape: type[T], tool: str, arguments: Mapping[str, Any]) -> T:
        return decode(shape, self._gateway.call(tool, arguments))


def report(result: Mapping[str, Any]) -> RefreshReport:
    """What a refresh gave."""
    return decode(RefreshReport, result)
