"""What people ask with: the arguments of tools and commands as texts, before anything is read into them."""

from typing import Literal, NamedTuple

View = Literal["booked", "restated"]
BasisWord = Literal["gross", "net"]


class EntryFields(NamedTuple):
    """A manual entry's fields as texts; None is not given."""

    amount: str | None = None
    channel: str | None = None
    date: str | None = None
    client: str | None = None
    description: str | None = None
    transaction_type: str | None = None
    status: str | None = None
    fee: str | None = None


class RowQuery(NamedTuple):
    """Which rows of the log are wanted, as texts; empty or None is any."""

    text: str = ""
    month: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    channel: str | None = None
    client: str = ""
    status: str | None = None
    transaction_type: str | None = None
    min_amount: str | None = None
    max_amount: str | None = None
