"""One pass over a tracker: sums, states, and the rows that somebody needs, without an object for every row."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from functools import cached_property

from revintel_mcp.booking.booking import AttentionRow, LoggedRow, Price
from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.problems import Problem, Severity
from revintel_mcp.domain.source_state import SourceState
from revintel_mcp.domain.transaction import Channel, Transaction
from revintel_mcp.tracker.capture import Asking, FoundRows, Wanted, id_key
from revintel_mcp.tracker.findings import stray_rows
from revintel_mcp.tracker.lines import Line
from revintel_mcp.tracker.log_table import LogReader
from revintel_mcp.tracker.outline import ATTENTION, LOG, PRICES, SOURCES, Outline
from revintel_mcp.tracker.own_lines import last_updated_of
from revintel_mcp.tracker.passing import Passing
from revintel_mcp.tracker.small_tables import Reading, read_attention, read_prices, read_sources
from revintel_mcp.tracker.tally import Place, Totals, by_channel

DEFAULT_FILE = "revenue-tracker.md"


class Scan:
    """What a tracker says. Sums are as booked; `rows` are the captured rows of the log by ID.

    `problems` are the errors: rows that are not counted, and cells that make a figure wrong. `check` finds more.
    """

    def __init__(self, outline: Outline, log: LogReader, data: bytes, today: date, fiscal_year_start: int) -> None:
        self.file = outline.file
        self.today = today
        self.fiscal_year_start = fiscal_year_start
        self.data = data
        """The text itself, which an update needs."""
        self.outline = outline
        self.log = log
        self.cells: dict[Place, Totals] = log.tally.cells()
        self.unreadable: tuple[LoggedRow, ...] = tuple(log.unreadable)
        """Rows that can't be read, so that they are in no figure; lines of sums are not among them."""
        self.repeated: tuple[LoggedRow, ...] = tuple(log.repeated)
        """Rows whose ID stands in a row above: that one counts."""
        self.last_updated = last_updated_of(outline.last_updated)
        reading = Reading(outline.file)
        self.stated: tuple[SourceState, ...] = tuple(read_sources(outline.tables_in(SOURCES), reading))
        """The Sources table as it stands."""
        self.sources: tuple[SourceState, ...] = tuple(state.believed(today) for state in self.stated)
        """The Sources table as far as it can be true."""
        self.attention: tuple[AttentionRow, ...] = tuple(read_attention(outline.tables_in(ATTENTION)))
        self.prices: tuple[Price, ...] = tuple(read_prices(outline.tables_in(PRICES), reading))
        stray = [line for name, line in outline.stray if name == LOG]
        lost = stray_rows(outline.file, stray, "nothing of it is counted", Severity.ERROR)
        self.problems: tuple[Problem, ...] = (*sorted((*log.problems, *reading.problems, *lost), key=_place),)

    @cached_property
    def totals(self) -> Mapping[tuple[Month, Channel], Totals]:
        """Sums of the counted rows, by month and channel; cells without a row are left out."""
        return by_channel(self.cells)

    @cached_property
    def months(self) -> tuple[Month, ...]:
        """Every month with a counted row, oldest first."""
        return tuple(sorted({month for month, _ in self.totals}))

    @cached_property
    def rows(self) -> Mapping[str, LoggedRow]:
        """The captured rows, by ID."""
        return FoundRows(self.log.found)

    @property
    def alike(self) -> Iterator[tuple[Line, Transaction]]:
        """The rows with an amount that was wanted, in the order of the file, and where they stand."""
        for found in self.log.alike:
            if found.row.transaction is not None:
                yield found.line, found.row.transaction

    def has(self, row_id: str) -> bool:
        """Whether a row with this ID is in the log, captured or not."""
        return id_key(row_id) in self.log.ids


def _place(problem: Problem) -> tuple[int, int]:
    return problem.line, problem.column


def scan(
    data: bytes,
    *,
    today: date,
    file: str = DEFAULT_FILE,
    wanted: Collection[str] | Asking = (),
    manual: bool = True,
    rows: bool = True,
    log: bool = True,
    fiscal_year_start: int = 1,
) -> Scan:
    """Read a tracker.

    `log=False` leaves the log unread: the small tables at little cost, no sums, no rows. `rows=False` gives sums and
    captures no row; no update can follow then.

    Captured are the rows whose IDs are `wanted` (and those numbered after one, `<wanted>_2`), every reversal, every
    opening row, every unreadable row that has an ID, and with `manual` every entry made by hand. Where it depends on
    Needs Attention or the prices what is wanted, `wanted` is a function of both.

    Raises:
        TrackerUnreadable: it is not UTF-8.
    """

    def read(wants: Callable[[Outline], Wanted]) -> Scan:
        reader = LogReader(file, data, lambda: wants(outline), manual=manual) if rows else LogReader(file)
        outline = Outline(file, reader if log else Passing())
        return Scan(outline.walk(data), reader, data, today, fiscal_year_start)

    if not callable(wanted):
        given = Wanted(wanted)
        return read(lambda _: given)
    asking, known = wanted, []

    def ask(outline: Outline) -> Wanted:
        known.append(_small_tables(outline))
        return asking(*known[-1])

    found = read(ask)
    if not known or known[-1] == (found.attention, found.prices):
        return found
    return read(lambda _: asking(found.attention, found.prices))  # a small table stands below the log


def _small_tables(outline: Outline) -> tuple[tuple[AttentionRow, ...], tuple[Price, ...]]:
    """Needs Attention and the prices, as far as the outline has got."""
    prices = read_prices(outline.tables_in(PRICES), Reading(outline.file))
    return tuple(read_attention(outline.tables_in(ATTENTION))), tuple(prices)
