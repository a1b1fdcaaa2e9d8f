"""One row of the log, read with care: its transaction, or why there is none. Every reader of rows ends here."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.domain.money import usd_from_cents
from revintel_mcp.domain.problems import Severity
from revintel_mcp.domain.transaction import ANONYMOUS, Channel, Status, Transaction, TransactionType, channel_named
from revintel_mcp.tracker.cells import cell_text, raw_cells
from revintel_mcp.tracker.log_columns import columns_of
from revintel_mcp.tracker.outline import name_of
from revintel_mcp.tracker.values import (
    Unclear,
    plain,
    read_cents,
    read_day,
    read_decimal,
    read_optional_cents,
    read_status,
    read_type,
    shown,
)

_RULE: Final = re.compile(rb"[ \t]*:?-+:?[ \t]*")
_PLAIN_RULE: Final = re.compile(rb"[ \t]*:?-{3,}:?[ \t]*")
_OUR_ID: Final = r"(?:stripe|gumroad|upwork|manual)_\S+"
_SUMS: Final = frozenset(("total", "totals", "sum", "subtotal", "grand total", "ytd", "ytd total", "balance"))
_MOST_MEMOS: Final = 20_000


class Trouble(NamedTuple):
    """What is wrong with a row; `cell` is the column, counted from 0."""

    code: str
    cell: int
    reason: str
    mend: str
    severity: Severity = Severity.ERROR


class Row(NamedTuple):
    """A row as read. `transaction` is None if it can't be: then `troubles` says why.

    `name` is the channel as typed, for channels that only this tracker knows. `day` is the row's day, wherever that
    can be read.
    """

    id: str
    transaction: Transaction | None
    name: str
    troubles: tuple[Trouble, ...]
    day: date | None = None

    def logged(self, line: int) -> LoggedRow:
        """The row as others see it; of one that can't be read, what can be told of its day and channel."""
        if self.transaction is not None:
            return LoggedRow(self.id, line, self.transaction)
        return LoggedRow(self.id, line, None, self.day, channel_named(self.name))


class Memo(dict[bytes, Any]):
    """What equal cells were read as, so that they are read once; bounded."""

    def __init__(self, read: Callable[[bytes], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, raw: bytes) -> Any:
        value = self._read(raw)
        if len(self) >= _MOST_MEMOS:
            self.clear()
        self[raw] = value
        return value


def channel_key(text: str) -> str:
    """A channel's name as it is compared: `GitHub-Sponsors` is `githubsponsors`."""
    return "".join(char for char in text.lower() if char.isalnum())


def read_channel(raw: bytes) -> tuple[Channel, str]:
    """The channel that a cell counts in, and its name as typed; a name nobody knows counts in Other."""
    name = plain(cell_text(raw))
    return channel_named(name) or Channel.OTHER, name


class RowForm:
    """How the rows of one table are laid out, and what its cells were read as so far."""

    def __init__(self, names: Sequence[str], columns: Mapping[str, int]) -> None:
        self.names = list(names)
        self.width = len(names)
        self.columns = columns
        self.days = Memo(read_day)
        self.channels = Memo(read_channel)
        self.statuses = Memo(read_status)
        self.types = Memo(read_type)
        self.hours = Memo(read_decimal)

    def reads(self, text: bytes) -> bool:
        """Whether a line has a day and an amount where they belong: then it was meant to count.

        Its other cells don't matter: which of them are too many, or unclear, changes with the table's columns.
        """
        raws = raw_cells(text)
        try:
            read_day(self._cell(raws, "date"))
            read_cents(self._cell(raws, "amount"))
        except Unclear:
            return False
        return True

    def read(self, raws: Sequence[bytes]) -> Row | None:
        """The row made of these raw cells; None if it is blank, a rule or the header again."""
        if not any(raw.strip(b" \t") for raw in raws) or all(map(_RULE.fullmatch, raws)):
            return None
        if all(self._is_rule(raws, key) for key in ("date", "amount")):  # a line of dashes that is spoilt elsewhere
            return None
        reading = _Reading(self, raws)
        transaction = reading.transaction()
        if transaction is None and columns_of([name_of(raw) for raw in raws]) is not None:
            return None
        if transaction is None:
            reading.find_id()
        return Row(reading.id, transaction, reading.name, tuple(reading.troubles), reading.day)

    def _is_rule(self, raws: Sequence[bytes], key: str) -> bool:
        return _PLAIN_RULE.fullmatch(self._cell(raws, key)) is not None

    def _cell(self, raws: Sequence[bytes], key: str) -> bytes:
        index = self.columns[key]
        return raws[index] if index < len(raws) else b""


class _Reading:
    """One row on its way from cells to a transaction."""

    def __init__(self, form: RowForm, raws: Sequence[bytes]) -> None:
        self.form = form
        self.raws = raws
        self.troubles: list[Trouble] = []
        self.id = cell_text(self._raw("id")).strip("`")
        self.name = ""
        self.day: date | None = None

    def transaction(self) -> Transaction | None:
        form = self.form
        if self._has_too_many_cells():
            return None
        day: date | None = self._must("date", form.days.__getitem__)
        self.day = day
        cents: int | None = self._must("amount", read_cents)
        channel, self.name = form.channels[self._raw("channel")]
        status: Status | None = self._must("status", form.statuses.__getitem__)
        if day is None or cents is None or status is None:
            self._if_sum()
            return None
        fee = self._may("fee", read_optional_cents)
        hours: Decimal | None = self._may("hours", self.form.hours.__getitem__)
        return Transaction(
            id=self.id,
            date=day,
            channel=channel,
            amount_usd=usd_from_cents(cents),
            client=self._text("client") or ANONYMOUS,
            description=self._text("description"),
            transaction_type=self._type(),
            status=status,
            fee_usd=None if fee is None else usd_from_cents(fee),
            period=self._text("period"),
            hours=hours,
            via=self._text("via"),
        )

    def _raw(self, key: str) -> bytes:
        index = self.form.columns.get(key, -1)
        return self.raws[index] if 0 <= index < len(self.raws) else b""

    def _text(self, key: str) -> str:
        return cell_text(self._raw(key))

    def _must(self, key: str, read: Callable[[bytes], Any]) -> Any:
        try:
            return read(self._raw(key))
        except Unclear as unclear:
            self._trouble("unreadable-row", key, str(unclear), unclear.mend)
            return None

    def _may(self, key: str, read: Callable[[bytes], Any]) -> Any:
        try:
            return read(self._raw(key))
        except Unclear as unclear:
            severity = Severity.ERROR if key == "fee" else Severity.WARNING
            self._trouble(
                f"unreadable-{key}", key, f"the {key} is taken as not known: {unclear}", unclear.mend, severity
            )
            return None

    def _type(self) -> TransactionType:
        kind: TransactionType | None = self.form.types[self._raw("type")]
        if kind is None:
            reason = f"the type {shown(self._text('type'))} is not known, the row counts as one-time"
            mend = "write one-time, subscription, hourly or fixed"
            self._trouble("unknown-type", "type", reason, mend, Severity.WARNING)
            return TransactionType.ONE_TIME
        return kind

    def _trouble(self, code: str, key: str, reason: str, mend: str, severity: Severity = Severity.ERROR) -> None:
        self.troubles.append(Trouble(code, self.form.columns.get(key, 0), reason, mend, severity))

    def _has_too_many_cells(self) -> bool:
        """Whether there is more than the table has columns: then a pipe in some text has moved all that follows."""
        width = self.form.width
        if not any(raw.strip(b" \t") for raw in self.raws[width:]):
            return False
        reason = f"the row has {len(self.raws)} cells, the table {width} columns"
        self.troubles.append(Trouble("unreadable-row", width, reason, "write a pipe inside text as \\|"))
        return True

    def _if_sum(self) -> None:
        """A line of sums under the log is a person's own: worth a word, not an error."""
        word = next((text for raw in self.raws if (text := plain(cell_text(raw)))), "")
        if word.lower().removesuffix(":") in _SUMS and not self.id:
            reason = "a row of sums is no transaction and is not counted"
            mend = "keep it below the table, or leave it: totals stand in the Monthly Summary"
            self.troubles = [Trouble("sum-row", self.form.columns["date"], reason, mend, Severity.WARNING)]

    def find_id(self) -> None:
        """In a row that can't be read the ID may stand in another cell: what it names is not to be booked again."""
        if not re.fullmatch(_OUR_ID, self.id):
            cells = (cell_text(raw).strip("`") for raw in reversed(self.raws))
            self.id = next((cell for cell in cells if re.fullmatch(_OUR_ID, cell)), self.id)
