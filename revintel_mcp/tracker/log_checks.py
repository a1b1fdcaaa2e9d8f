"""What `check` wants to know of the log beyond its sums: rows that are read, and yet should be looked at."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from revintel_mcp.booking.reversal_ids import read_reversal_id
from revintel_mcp.domain.money import cents_from_usd
from revintel_mcp.domain.problems import Problem, Severity
from revintel_mcp.domain.transaction import Channel, Status, Transaction, channel_named
from revintel_mcp.tracker.capture import Wanted, id_key
from revintel_mcp.tracker.findings import problem_at
from revintel_mcp.tracker.lines import Line
from revintel_mcp.tracker.log_columns import columns_of
from revintel_mcp.tracker.log_rows import Row, RowForm, channel_key
from revintel_mcp.tracker.log_table import LogReader, LogTable
from revintel_mcp.tracker.outline import Table
from revintel_mcp.tracker.stretch import Stretch
from revintel_mcp.tracker.values import Unclear, shown

_OLDEST: Final = timedelta(days=365 * 20)
_MAY_BE_POSITIVE: Final = ("_void", "_dispute_won")
_LOOKED_AT: Final = (Status.REFUNDED, Status.EXCLUDED)


class _Reversal(NamedTuple):
    """A row that takes another one back: its cents, its line, and where its Status stands."""

    cents: int
    line: Line
    cell: int | None


class LogChecks(LogReader):
    """Reads every table of the log and notes all that a person should look at.

    `gone` are IDs that a source reported once and, asked for all of that time, no longer does.
    """

    reports_warnings = True

    def __init__(self, file: str, data: bytes, today: date, gone: Collection[str]) -> None:
        super().__init__(file, data, lambda: Wanted(gone))
        self.today = today
        self.gone = frozenset(gone)
        self.unknown: dict[str, tuple[Line, int]] = {}
        """Channels that nobody knows, with the first row of each and how many there are."""
        self.channel_cells: dict[str, int | None] = {}
        self.struck: set[bytes] = set()
        """IDs of the rows that a person struck."""
        self.reversals: defaultdict[bytes, list[_Reversal]] = defaultdict(list)
        """Reversals that count, by the ID of what they take back."""

    def unknown_channels(self, own: Collection[str]) -> Iterator[Problem]:
        """A word on every channel that is neither known nor a column of the summary (`own`)."""
        for name, (line, count) in self.unknown.items():
            if channel_key(name) in own:
                continue
            what = f"the channel {shown(name)} is not known" if name else "there is no channel"
            message = f"{what}; {count} such row{'s count' if count > 1 else ' counts'} in Other"
            mend = f"write one of {', '.join(Channel)}, or give the Monthly Summary a column of that name"
            cell = self.channel_cells[name]
            yield problem_at(self.file, line, "unknown-channel", message, mend, severity=Severity.WARNING, cell=cell)

    def of_struck_rows(self) -> Iterator[Problem]:
        """A word on every reversal of a struck row that still counts: together they make the log wrong by their sum."""
        for sale in self.reversals.keys() & self.struck:
            found = self.reversals[sale]
            if not sum(row.cents for row in found):
                continue
            for row in found:
                message = f"this row counts, and {sale.decode()}, which it takes back, is excluded"
                mend = "set the Status of this row to excluded as well, or that of the other one back to completed"
                yield problem_at(
                    self.file, row.line, "half-struck", message, mend, severity=Severity.WARNING, cell=row.cell
                )

    def table(self, table: Table) -> LogTable | None:
        """A reader for a table of the log."""
        columns = columns_of(table.names)
        return None if columns is None else self.begun(_CheckedTable(self, table, RowForm(table.names, columns)))


class _CheckedTable(LogTable):
    """One table of the log, rows that deserve a word looked at one by one."""

    def __init__(self, log: LogChecks, table: Table, form: RowForm) -> None:
        super().__init__(log, table, form)
        self.checks = log
        self.gone = frozenset(map(id_key, log.gone))

    def is_ordinary(self, stretch: Stretch) -> bool:
        """Whether nothing in these columns is worth a word."""
        form, column = self.form, stretch.column
        try:
            return (
                all(self._is_near(form.days[raw]) for raw in set(column("date")))
                and all(_is_known(*form.channels[raw]) for raw in set(column("channel")))
                and all(form.types[raw] is not None for raw in set(column("type")))
                and all(form.statuses[raw] not in _LOOKED_AT for raw in set(column("status")))
                and not any(raw.strip() for raw in set(column("hours")))
                and not (self.gone and self.gone.intersection(map(bytes.strip, column("id"))))
            )
        except Unclear:
            return False

    def look_at(self, row: Row, transaction: Transaction, line: Line) -> None:
        """What is to be said about a row that counts."""
        if not self._is_near(transaction.date):
            when = "in the future" if transaction.date > self.checks.today else "more than 20 years ago"
            self._warn(line, "odd-date", "date", f"the date {transaction.date} is {when}", "check the year")
        if not _is_known(transaction.channel, row.name):
            first, count = self.checks.unknown.get(row.name, (line, 0))
            self.checks.unknown[row.name] = first, count + 1
            self.checks.channel_cells[row.name] = self.form.columns.get("channel")
        if transaction.status is Status.REFUNDED and transaction.amount_usd > 0:
            self._if_raises_income(row, line)
        self._note_reversal(row, transaction, line)
        if row.id in self.checks.gone and transaction.status is not Status.EXCLUDED:
            mend = "look at the platform; if the payment did not happen, set this row's Status to excluded"
            self._warn(line, "no-longer-reported", "id", "its source no longer reports this payment; it counts", mend)

    def _note_reversal(self, row: Row, transaction: Transaction, line: Line) -> None:
        parts = read_reversal_id(row.id)
        if transaction.status is Status.EXCLUDED:
            self.checks.struck.add(id_key(row.id))
        elif parts is not None and transaction.status.counts:
            told = _Reversal(cents_from_usd(transaction.amount_usd), line, self.form.columns.get("status"))
            self.checks.reversals[id_key(parts.sale)].append(told)

    def _if_raises_income(self, row: Row, line: Line) -> None:
        if not row.id.endswith(_MAY_BE_POSITIVE):
            reason = "the row is marked refunded and adds to the total"
            mend = "a refund's amount is negative; to strike a payment, set its Status to excluded"
            self._warn(line, "refund-adds", "status", reason, mend)

    def _warn(self, line: Line, code: str, key: str, reason: str, mend: str) -> None:
        cell = self.form.columns.get(key)
        problem = problem_at(self.checks.file, line, code, reason, mend, severity=Severity.WARNING, cell=cell)
        self.checks.problems.append(problem)

    def _is_near(self, day: date) -> bool:
        return day <= self.checks.today and self.checks.today - day <= _OLDEST


def _is_known(channel: Channel, name: str) -> bool:
    return channel is not Channel.OTHER or channel_named(name) is not None
