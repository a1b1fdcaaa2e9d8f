"""Every row of the log as a full transaction, one after the other."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import repeat
from typing import Any, Final

from revintel_mcp.booking.booking import LoggedRow
from revintel_mcp.domain.money import usd_from_cents
from revintel_mcp.domain.transaction import ANONYMOUS, Transaction, TransactionType
from revintel_mcp.tracker.cells import raw_cells
from revintel_mcp.tracker.lines import Line, blocks_of
from revintel_mcp.tracker.log_columns import columns_of
from revintel_mcp.tracker.log_rows import Memo, RowForm, read_channel
from revintel_mcp.tracker.outline import Outline, RowReader, Table, name_of
from revintel_mcp.tracker.stretch import BLANK, Stretch, stretch_of, text_of
from revintel_mcp.tracker.values import Unclear

_DEFAULT_FILE: Final = "revenue-tracker.md"


def log_rows(data: bytes, *, file: str = _DEFAULT_FILE) -> Iterator[LoggedRow]:
    """Every row of the log, in order, as full transactions; those that can't be read have none.

    Of rows with the same ID only the first is given: the others don't count.

    Raises:
        TrackerUnreadable: it is not UTF-8.
    """
    rows = _EveryRow()
    outline = Outline(file, rows)
    for block in blocks_of(data):
        outline.feed(block)
        yield from rows.taken()
    outline.finish()
    yield from rows.taken()


class _EveryRow:
    """Takes every row of every table of the log."""

    def __init__(self) -> None:
        self.rows: list[LoggedRow] = []
        self.ids: set[str] = set()

    def table(self, table: Table) -> "RowReader | None":
        """A reader for one table."""
        columns = columns_of(table.names)
        return None if columns is None else _Rows(self, RowForm(table.names, columns))

    def add(self, row: LoggedRow) -> None:
        """Take a row, unless one with its ID was taken before."""
        if not row.id:
            self.rows.append(row)
        elif row.id not in self.ids:
            self.ids.add(row.id)
            self.rows.append(row)

    def taken(self) -> list[LoggedRow]:
        """The rows since the last call."""
        rows, self.rows = self.rows, []
        return rows


class _Rows(RowReader):
    """Takes every row of one table."""

    def __init__(self, log: _EveryRow, form: RowForm) -> None:
        self._log = log
        self._form = form
        self._texts = Memo(text_of)
        self._channels = Memo(lambda raw: read_channel(raw)[0])

    def row(self, line: Line) -> None:
        """One row, read with care."""
        raws = raw_cells(line.text)
        row = self._form.read(raws)
        if row is not None:
            self._log.add(row.logged(line.number))
            return
        names = [name_of(raw) for raw in raws]
        columns = columns_of(names)
        if columns is not None:
            self._form = RowForm(names, columns)

    def reads(self, text: bytes) -> bool:
        """Whether a line, standing alone, is clearly a row."""
        return self._form.reads(text)

    def part(self, part: bytes, start: int, number: int) -> int:
        """Many rows, column by column; none, if any of them is unusual."""
        del start
        form = self._form
        stretch = stretch_of(part, form.columns, form.width)
        if stretch is None:
            return 0
        amounts, fees, ids = stretch.cents(), stretch.fee_cents(), stretch.ids()
        if amounts is None or fees is None or ids is None:
            return 0
        try:
            columns = (
                ids or repeat(b""),
                map(form.days.__getitem__, stretch.column("date")),
                self._mapped(stretch, "channel", self._channels),
                amounts,
                self._mapped(stretch, "client", self._texts),
                map(text_of, stretch.column("description")) if "description" in form.columns else repeat(""),
                self._mapped(stretch, "type", form.types),
                self._mapped(stretch, "status", form.statuses),
                fees or repeat(BLANK),
                self._mapped(stretch, "period", self._texts),
                self._mapped(stretch, "hours", form.hours),
                self._mapped(stretch, "via", self._texts),
            )
            rows = [_row(line, *cells) for line, cells in enumerate(zip(*columns, strict=False), number)]
        except Unclear:
            return 0
        for row in rows:
            self._log.add(row)
        return stretch.rows

    @staticmethod
    def _mapped(stretch: Stretch, key: str, memo: Memo) -> Iterable[Any]:
        """What a column says; where there is none, what a blank cell would."""
        column = stretch.column(key)
        return map(memo.__getitem__, column) if column else repeat(memo[b""])


def _row(
    line: int,
    row_id: bytes,
    day: Any,
    channel: Any,
    cents: int,
    client: str,
    description: str,
    kind: TransactionType | None,
    status: Any,
    fee: bytes,
    period: str,
    hours: Decimal | None,
    via: str,
) -> LoggedRow:
    name = row_id.decode()
    transaction = Transaction(
        id=name,
        date=day,
        channel=channel,
        amount_usd=usd_from_cents(cents),
        client=client or ANONYMOUS,
        description=description,
        transaction_type=kind or TransactionType.ONE_TIME,
        status=status,
        fee_usd=None if fee == BLANK else usd_from_cents(int(fee)),
        period=period,
        hours=hours,
        via=via,
    )
    return LoggedRow(name, line, transaction)
