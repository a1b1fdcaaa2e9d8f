"""Rows as CSV for spreadsheets, in which no text from outside can become a formula."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from dashboard.shapes import Row

HEADINGS: Final = (
    "Date", "Channel", "Client", "Description", "Amount (USD)", "Fee (USD)", "Type", "Status", "ID", "Period", "Hours",
    "Via",
)  # fmt: skip

#: What makes Excel, LibreOffice or Google Sheets compute a cell instead of showing it (OWASP, "CSV injection"); some
#: programs skip white space and control characters before it.
_FORMULA: Final = frozenset("=+-@\uff1d\uff0b\uff0d\uff20\u2212|%")


def to_csv(rows: Iterable[Row]) -> bytes:
    """The rows as UTF-8 with a byte order mark, which Excel needs, and CRLF line ends (RFC 4180)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL)
    writer.writerow(HEADINGS)
    for row in rows:
        writer.writerow(_cells(row))
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def inert(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet might take it for a formula."""
    start = text.lstrip(" \t\r\n\v\f\u00a0\u200b\ufeff")[:1]
    risky = start in _FORMULA or text[:1] in "\t\r\n"
    return f"'{text}" if text and risky else text


def _cells(row: Row) -> tuple[str, ...]:
    texts = (row.date, row.channel, row.client, row.description)
    more = (row.transaction_type, row.status, row.id, row.period)
    return (
        *(inert(text) for text in texts),
        _number(row.amount_usd),
        _number(row.fee_usd),
        *(inert(text) for text in more),
        "" if row.hours is None else f"{row.hours:f}",
        inert(row.via),
    )


def _number(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"
