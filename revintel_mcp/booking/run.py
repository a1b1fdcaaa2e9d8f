"""What one booking run gathers while it goes through the records: rows, rows for a person, differences, counts."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from revintel_mcp.booking.addresses import domain_of
from revintel_mcp.booking.booking import AttentionRow, Booking, Difference, LoggedRow
from revintel_mcp.booking.known import Known
from revintel_mcp.booking.ledger import Ledger
from revintel_mcp.booking.prices import Prices
from revintel_mcp.booking.reversal_ids import read_reversal_id
from revintel_mcp.booking.short_texts import short
from revintel_mcp.domain.money import Money
from revintel_mcp.domain.problems import Problem
from revintel_mcp.domain.transaction import Transaction

ClientNames = Literal["full", "domain"]

ALREADY_LOGGED: Final = "already logged"
SEEN_TWICE: Final = "the same payment seen twice"
EXCLUDED: Final = "excluded by you"
REFUNDED_FIRST: Final = "refunded before first seen"
CHARGED_BACK_FIRST: Final = "charged back before first seen"
NOTHING_PAID: Final = "nothing was paid"
COUNTED_AS_GUMROAD: Final = "counted as Gumroad"
NOTHING_LEFT: Final = "the sale is reversed in full already"
NEVER_COUNTED: Final = "refund of a sale that was never counted"
SALE_NOT_COUNTED: Final = "the sale is not counted"


class Run:
    """One booking run. `today` is the day in the tracker's zone."""

    def __init__(self, known: Known, *, today: date, client_names: ClientNames = "full") -> None:
        self.ledger = Ledger(known.rows)
        self.prices = Prices(known.prices)
        self.today = today
        self.known = known
        self.old_attention = {row.id: row for row in known.attention if row.id}
        self.attention: dict[str, AttentionRow] = {}
        self.settled: set[str] = set()
        """IDs of rows of Needs Attention that have nothing left to book."""
        self.fees: dict[str, Decimal] = {}
        self.problems: list[Problem] = []
        self._client_names = client_names
        self._differences: list[Difference] = []
        self._skipped: dict[str, Counter[str]] = {}
        self._origins: dict[str, str] = {}
        self._reappeared: set[str] = set()
        self._complete = {state.name: state for state in known.states}

    def client(self, name: str) -> str:
        """A client as it is stored: the whole name, or of an e-mail address the domain only."""
        return short(name if self._client_names == "full" else domain_of(name))

    def add(self, row: Transaction, origin: str, *, was_waiting: bool = False) -> None:
        """Book a row. One that waited in Needs Attention was known of, so it is no surprise in a complete period."""
        self.ledger.add(row)
        self._origins[row.id] = origin
        if not was_waiting and row.id not in self.old_attention and self.was_complete(origin, row.date):
            self._reappeared.add(row.id)

    def was_complete(self, origin: str, day: date) -> bool:
        """Whether the source had, before this run, already given every record of that day."""
        state = self._complete.get(origin)
        if state is None or state.complete_from is None or state.complete_to is None:
            return False
        return state.complete_from <= day <= state.complete_to

    def skip(self, reason: str, origin: str, times: int = 1) -> None:
        """Count a record that is not booked."""
        if times:
            self._skipped.setdefault(origin, Counter())[reason] += times

    def hold(self, row: AttentionRow) -> None:
        """Put a record before a person, unless it is logged, if only under the ID of its sale (a refund)."""
        if row.id not in self.ledger and self.ledger.native(row.id) is None:
            self.attention.setdefault(row.id, row)

    def differ(self, row: LoggedRow, what: str, logged: str, source: str) -> None:
        """Report that the source shows a logged row otherwise."""
        self._differences.append(Difference(row.id, row.line, what, logged, source))

    def fill_fee(self, row: LoggedRow, fee: Decimal | None) -> None:
        """Fill a Fee that is blank; nothing else of a logged row is ever touched."""
        if fee is None or row.transaction is None or row.transaction.fee_usd is not None or row.id in self.ledger.added:
            return
        if row.transaction.status.counts:
            self.fees[row.id] = fee

    def usd(self, money: Money | None, day: date) -> Decimal | None:
        """An amount in US dollars, as far as it is known."""
        return None if money is None else self.prices.usd(money, day)

    def booking(self, attention: tuple[AttentionRow, ...]) -> Booking:
        """All of it, in an order that does not depend on the order of the records."""
        added = sorted(self.ledger.added.values(), key=_log_order)
        skipped: Counter[str] = sum(self._skipped.values(), Counter())
        return Booking(
            added=tuple(added),
            fees=dict(sorted(self.fees.items())),
            attention=None if attention == tuple(self.known.attention) else attention,
            differences=tuple(sorted(set(self._differences), key=lambda each: (each.line, each.id, each.what))),
            reappeared=tuple(row.id for row in added if row.id in self._reappeared),
            skipped=dict(sorted(skipped.items())),
            skipped_by={name: dict(sorted(counts.items())) for name, counts in sorted(self._skipped.items())},
            origins={row.id: self._origins[row.id] for row in added},
            problems=tuple(self.problems),
        )


def _log_order(row: Transaction) -> tuple[object, ...]:
    """By day; on one day sales before reversals."""
    return row.date, read_reversal_id(row.id) is not None, row.id
