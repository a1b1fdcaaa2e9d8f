"""The list of rows, what links them, and where each came from."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dashboard import formats
from dashboard.shapes import MonthlySummary, Row, RowList
from dashboard.tools import RowQuery

ANY: Final = "Any"

#: What people call a status, and what the server calls it.
STATUSES: Final = {"Paid": "completed", "Reversal": "refunded", "Unpaid": "pending", "Struck": "excluded"}
TYPES: Final = ("one-time", "subscription", "hourly", "fixed")

#: What a column is called, and the order it sorts by.
SORTS: Final = {"Date": "date", "Channel": "channel", "Client": "client", "Amount": "amount"}

_REVERSAL: Final = re.compile(r"(?P<sale>.+?)_(?P<kind>refund|dispute_won|dispute|void)(?:_.+)?", re.DOTALL)
_KINDS: Final = {"refund": "Refund", "dispute": "Chargeback", "dispute_won": "Won dispute", "void": "Void"}


@dataclass(frozen=True, slots=True)
class Reversal:
    """What a reversal row takes back: the ID of its sale, and in which way."""

    sale: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """Everything about one row, and the rows that belong to it."""

    row: Row
    fields: tuple[tuple[str, str], ...]
    origin: str
    linked: tuple[Row, ...]
    link_text: str

    @property
    def by_hand(self) -> bool:
        """Whether the row may be corrected or struck here: an entry that was made by hand and still stands."""
        return is_entry(self.row) and self.row.status in ("completed", "pending") and not self._struck

    @property
    def _struck(self) -> bool:
        return any(reversal.word == "Void" for row in self.linked if (reversal := reversal_of(row)))


def reversal_of(row: Row) -> Reversal | None:
    """What the row reverses; None for a sale, an entry, or a negative row of a person's own."""
    match = _REVERSAL.fullmatch(row.id) if row.status == "refunded" else None
    return Reversal(match["sale"], _KINDS[match["kind"]]) if match else None


def is_entry(row: Row) -> bool:
    """Whether the row was entered by hand through the server, and is no reversal or adopted balance."""
    return row.id.startswith("manual_") and not row.id.startswith("manual_opening_") and reversal_of(row) is None


def months_of(summary: MonthlySummary) -> tuple[str, ...]:
    """The months to choose from, newest first."""
    return tuple(row.month for row in reversed(summary.rows))


def found_text(found: RowList) -> str:
    """`392 rows, together $87,896.54`, and what among them does not count."""
    text = f"{formats.count(found.count, 'row')}, together {formats.usd(found.sum_usd)}"
    return f"{text}, and {formats.usd(found.not_counted_usd)} not counted" if found.not_counted_usd else text


def link_words(query: RowQuery) -> dict[str, str]:
    """The filters of a query as the Transactions page's link has them; a client is searched for."""
    words = {
        "text": query.text or query.client,
        "month": query.month,
        "from": query.date_from,
        "to": query.date_to,
        "channel": query.channel,
        "status": status_word(query.status) if query.status else "",
        "type": query.transaction_type,
        "min": query.min_amount,
        "max": query.max_amount,
    }
    return {name: value for name, value in words.items() if value}


def next_sort(current: str, column: str) -> str:
    """The order after a click on a column's heading: first from high to low, then the other way round."""
    return column if current == f"-{column}" else f"-{column}"


def details(row_id: str, found: Sequence[Row]) -> Details | None:
    """A row with the rows that belong to it; `found` are those whose ID holds the sale's."""
    row = next((each for each in found if each.id == row_id), None)
    if row is None:
        return None
    reversal = reversal_of(row)
    sale = reversal.sale if reversal else row.id
    linked = tuple(each for each in found if each.id != row.id and _belongs(each, sale))
    if reversal:
        there = any(each.id == reversal.sale for each in linked)
        text = (
            f"{reversal.word} of this sale" if there else f"{reversal.word} of {reversal.sale}, which is not in the log"
        )
    else:
        text = "Taken back by" if linked else ""
    return Details(row=row, fields=_fields(row), origin=origin(row), linked=linked, link_text=text)


def search_for(row_id: str) -> str:
    """What to look for to find a row with all that belongs to it."""
    match = _REVERSAL.fullmatch(row_id)
    return match["sale"] if match else row_id


def origin(row: Row) -> str:
    """Where a row came from, in a sentence."""
    line = f", line {row.line} of the tracker" if row.line else ""
    if row.id.startswith("manual_opening_"):
        return f"Adopted: the figure that stood here before its rows were known{line}."
    if row.id.startswith("manual_"):
        return f"Entered by hand{line}."
    if not row.id:
        return f"Written into the file{line}."
    by = f", read by {row.via}" if row.via else ""
    return f"From {row.channel}{by}{line}."


def status_word(status: str) -> str:
    """The status as people call it."""
    return next((word for word, name in STATUSES.items() if name == status), status)


def _belongs(row: Row, sale: str) -> bool:
    if row.id == sale:
        return True
    reversal = reversal_of(row)
    return reversal is not None and reversal.sale == sale


def _fields(row: Row) -> tuple[tuple[str, str], ...]:
    kind = f"{row.transaction_type}, paid by the {row.period}" if row.period else row.transaction_type
    counted = {"pending": "not counted until it is paid", "excluded": "struck, never counted"}.get(
        row.status, "counted"
    )
    pairs = [
        ("Date", formats.day(row.date)),
        ("Channel", row.channel),
        ("Client", row.client),
        ("For", row.description),
        ("Amount", formats.usd(row.amount_usd)),
        ("Fee", "not known" if row.fee_usd is None else formats.usd(row.fee_usd)),
        ("After fee", "" if row.fee_usd is None else formats.usd(row.amount_usd - row.fee_usd)),
        ("Type", kind),
        ("Hours", "" if row.hours is None else f"{row.hours.normalize():f}"),
        ("Status", f"{status_word(row.status)}, {counted}"),
        ("ID", row.id),
    ]
    return tuple((name, value) for name, value in pairs if value)


def csv_name(filters: Iterable[str]) -> str:
    """`transactions-feb-2026-gumroad.csv`: a file name that says what is in it."""
    words = re.sub(r"[^a-z0-9]+", "-", " ".join(filters).lower()).strip("-")
    return f"transactions-{words[:60].strip('-')}.csv" if words else "transactions.csv"
