"""The columns of the transaction log: their names, how people call them, which of them a row needs."""

from collections.abc import Sequence
from typing import Final

#: Column keys in the order a new tracker has them, with the header cell and whether the column is a number.
TITLES: Final = {
    "date": "Date",
    "channel": "Channel",
    "client": "Client",
    "description": "Description",
    "amount": "Amount (USD)",
    "fee": "Fee (USD)",
    "type": "Type",
    "status": "Status",
    "id": "ID",
    "period": "Period",
    "hours": "Hours",
    "via": "Via",
}
NUMBERS: Final = frozenset(("amount", "fee", "hours"))

#: Columns that every new log has; the others appear when a row needs one.
STANDARD: Final = tuple(TITLES)[:9]
OPTIONAL: Final = tuple(TITLES)[9:]

_ALSO: Final = {
    "date": ("day", "paid on", "date paid"),
    "channel": ("platform", "source"),
    "client": ("customer", "buyer"),
    "description": ("item", "product", "project", "service", "what"),
    "amount": ("gross", "amount usd", "usd"),
    "fee": ("fees", "platform fee"),
    "type": ("kind",),
    "id": ("transaction id", "transaction"),
}


def columns_of(names: Sequence[str]) -> dict[str, int] | None:
    """Where each of our columns stands, by its key, counted from 0; None if these are not the names of a log.

    A column's own name comes before what people also call it; of two equal names the first counts.
    """
    found: dict[str, int] = {}
    for key in TITLES:
        for name in (key, *_ALSO.get(key, ())):
            if name in names:
                found[key] = names.index(name)
                break
    return found if "date" in found and "amount" in found else None
