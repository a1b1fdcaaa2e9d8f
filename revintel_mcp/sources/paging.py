"""Reading a list to its end, page by page, and knowing when that is not what happened.

Several listings are read side by side: each round yields the next call of every listing that has one, so that whoever
asks can overlap them.
"""

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Protocol

from revintel_mcp.sources.contract import Answer, Call
from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.sources.failures import MEANT_FOR_US, failure_from_value, short
from revintel_mcp.sources.fields import MalformedRecord, Record, shifted, text

#: Guards against a server that never ends. Ten rows a page are a hundred thousand sales.
MOST_PAGES: Final = 10_000
MOST_ROWS: Final = 500_000
_MAY_BE_OUR_WORDING: Final = (FailureKind.PERMISSION, FailureKind.BAD_ANSWER)


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that the server could not read itself: what it says of it, and its id and day if it knows them."""

    told: str
    native: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page's rows, the cursor it names for the next (empty: none), and whether it says there is more.

    `why` is what the server itself says is missing from its records, `unread` names those it could not read itself.
    `whole` are the first and last day that it says are whole all the same.
    """

    rows: list[Any]
    cursor: str = ""
    has_more: bool | None = None
    why: str = ""
    unread: tuple[Unread, ...] = ()
    whole: tuple[date, date] | None = None


class Paging(Protocol):
    """How a tool turns pages."""

    def next_arguments(self, page: Page, read: "Listing", /) -> Mapping[str, Any] | None:
        """What to add to the arguments for the page after `page`; None if the tool can't turn pages."""


class NoPaging:
    """A tool that gives what it gives."""

    def next_arguments(self, _page: Page, _read: "Listing", /) -> Mapping[str, Any] | None:
        """Never another page."""
        return None


@dataclass(frozen=True, slots=True)
class ByLastId:
    """Stripe's way: `starting_after` the id of the page's last row."""

    argument: str
    accepts: Callable[[str], bool] = bool

    def next_arguments(self, page: Page, _read: "Listing", /) -> Mapping[str, Any] | None:
        """The last row's id, if the tool takes it."""
        last = text(page.rows[-1], "id") if page.rows and isinstance(page.rows[-1], dict) else ""
        return {self.argument: last} if last and self.accepts(last) else None


@dataclass(frozen=True, slots=True)
class ByCursor:
    """Gumroad's way: the answer names the next page's key."""

    argument: str

    def next_arguments(self, page: Page, _read: "Listing", /) -> Mapping[str, Any] | None:
        """The key that the answer named."""
        return {self.argument: page.cursor} if page.cursor else None


@dataclass(frozen=True, slots=True)
class ByNumber:
    """Pages counted from `first`."""

    argument: str
    first: int = 1

    def next_arguments(self, _page: Page, read: "Listing", /) -> Mapping[str, Any] | None:
        """The number after the pages read so far."""
        return {self.argument: self.first + read.pages}


@dataclass(frozen=True, slots=True)
class ByOffset:
    """Rows counted from 0."""

    argument: str

    def next_arguments(self, _page: Page, read: "Listing", /) -> Mapping[str, Any] | None:
        """The number of rows read so far."""
        return {self.argument: read.received}


@dataclass(slots=True, kw_only=True)
class Listing:
    """One list that is being read. `rows` are its records, each id once; `failure` or `why` say what is missing.

    `page_size` is how many rows were asked for (0: the tool takes no limit), `usual_sizes` are those the platform cuts
    at by itself: without a word from the server about more, a page of that size may not be the last.

    `day_of` reads a row's day, `not_before` is the day before which rows are of no use: a list that runs newest first
    ends there. `plainer` are arguments to try in turn if the server refuses the first call. `stated_whole` are the
    first and last day that the server, though it says that something is missing, calls whole.
    """

    tool: str
    arguments: Mapping[str, Any]
    page_of: Callable[[Any], Page | Failure | None]
    paging: Paging = field(default_factory=NoPaging)
    page_size: int = 0
    usual_sizes: tuple[int, ...] = ()
    day_of: Callable[[Record], date] | None = None
    not_before: date | None = None
    plainer: Sequence[Mapping[str, Any]] = ()
    source: str = ""
    called: str = ""
    id_keys: tuple[str, ...] = ("id",)
    rows: list[Record] = field(default_factory=list)
    oddities: list[Any] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    failure: Failure | None = None
    why: str = ""
    pages: int = 0
    received: int = 0
    oldest: date | None = None
    stated_whole: tuple[date, date] | None = None
    _call: Call | None = None
    _asked: set[str] = field(default_factory=set)
    _ids: set[str] = field(default_factory=set)
    _previous: list[Any] = field(default_factory=list)
    _told: dict[str, None] = field(default_factory=dict)
    _last: date | None = None
    _fell: bool = False
    _rose: bool = False

    def __post_init__(self) -> None:
        self.called = self.called or self.tool
        self._ask(self.arguments)

    @property
    def call(self) -> Call | None:
        """The next call to make; None when there is none."""
        return self._call

    @property
    def was_read(self) -> bool:
        """Whether at least the first page came."""
        return self.pages > 0

    @property
    def is_whole(self) -> bool:
        """Whether everything came."""
        return self.was_read and not self.why

    @property
    def whole_from(self) -> date | None:
        """The first day that is surely whole, of a list cut short newest first; None where that can't be told."""
        return shifted(self.oldest, 1) if self.why and self.is_newest_first and self.oldest else None

    @property
    def is_newest_first(self) -> bool:
        """Whether its rows were seen to run backwards in time. Rows of one day prove nothing."""
        return self._fell and not self._rose

    def take(self, answer: Answer) -> None:
        """Read the answer to `call`, and decide what to ask next."""
        if isinstance(answer, Failure):
            self._refused(answer)
            return
        page = self.page_of(answer.value)
        if isinstance(page, Page):
            self._add(page)
        else:
            self._refused(page or self._unreadable(answer.value))

    def _ask(self, arguments: Mapping[str, Any]) -> None:
        self._call = Call(self.tool, arguments)
        self._asked.add(json.dumps(arguments, sort_keys=True, default=str))

    def _stop(self, why: str = "") -> None:
        self._call, self.why, self._previous = None, "; ".join(filter(None, (why, *self._told))), []

    def _refused(self, failure: Failure) -> None:
        if not self.pages and self.plainer and failure.kind in _MAY_BE_OUR_WORDING:
            self.arguments, *self.plainer = self.plainer
            self._ask(self.arguments)
            return
        self.failure = failure
        self._stop(
            f"{self.called}: {failure}"
            if not self.pages
            else f"{self.called} stopped at page {self.pages + 1}: {failure}"
        )

    def _unreadable(self, value: Any) -> Failure:
        if isinstance(value, dict) and any(key in value for key in MEANT_FOR_US):
            told = failure_from_value(self.source, value)
            if told.kind is not FailureKind.BAD_ANSWER:
                return told
        names = ", ".join(sorted(map(str, value))[:8]) if isinstance(value, dict) else type(value).__name__
        return Failure(
            FailureKind.BAD_ANSWER, f"its answer holds no list of records (it has: {short(names) or 'nothing'})"
        )

    def _add(self, page: Page) -> None:
        self.pages += 1
        self._told |= {page.why: None} if page.why else {}
        self.received += len(page.rows)
        self.unread += page.unread
        self.stated_whole = page.whole
        repeated = bool(page.rows) and page.rows == self._previous
        fresh = 0 if repeated else sum([self._add_row(row) for row in page.rows])
        self._previous = page.rows
        if repeated or (page.rows and not fresh):
            self._stop("" if page.has_more is False else f"{self.called} gave the same page again")
            return
        self._turn(page)

    def _add_row(self, row: Any) -> bool:
        """Keep a row unless its id was seen; whether it was new."""
        if not isinstance(row, dict):
            self.oddities.append(row)
            return True
        if native := text(row, *self.id_keys):
            if native in self._ids:
                return False
            self._ids.add(native)
        self.rows.append(row)
        self._date(row)
        return True

    def _date(self, row: Record) -> None:
        if self.day_of is None:
            return
        try:
            day = self.day_of(row)
        except MalformedRecord:
            return
        if self._last is not None:
            self._fell |= day < self._last
            self._rose |= day > self._last
        self._last = day
        self.oldest = day if self.oldest is None else min(day, self.oldest)

    def _turn(self, page: Page) -> None:
        more = bool(page.cursor) or (page.has_more if page.has_more is not None else self._looks_full(page))
        if not more or not page.rows or self._is_past_use():
            empty_yet_more = more and not page.rows
            self._stop(f"{self.called} says there is more, and gives nothing" if empty_yet_more else "")
            return
        onward = self.paging.next_arguments(page, self)
        if onward is None:
            self._stop(f"{self.called} gave {self.received} records and has no way to ask for more; there may be more")
            return
        self._go_on({**self.arguments, **onward})

    def _looks_full(self, page: Page) -> bool:
        count = len(page.rows)
        return count >= self.page_size if self.page_size else count in self.usual_sizes

    def _go_on(self, arguments: Mapping[str, Any]) -> None:
        if json.dumps(arguments, sort_keys=True, default=str) in self._asked:
            self._stop(f"{self.called} named the same next page twice")
        elif self.pages >= MOST_PAGES or len(self.rows) >= MOST_ROWS:
            self._stop(f"{self.called} had not ended after {self.pages} pages")
        else:
            self._ask(arguments)

    def _is_past_use(self) -> bool:
        return bool(self.is_newest_first and self.oldest and self.not_before and self.oldest < self.not_before)


def read_all(listings: Sequence[Listing]) -> Generator[tuple[Call, ...], tuple[Answer, ...], None]:
    """Read all `listings` to their end, asking for the next page of each in every round."""
    while waiting := [listing for listing in listings if listing.call is not None]:
        answers = yield tuple(listing.call for listing in waiting if listing.call is not None)
        for listing, answer in zip(waiting, answers, strict=True):
            listing.take(answer)


def rows_at(
    *keys: str, cursor: str = "", is_row: Callable[[Record], bool] | None = None
) -> Callable[[Any], Page | None]:
    """A reader of pages: a list, an object with the rows under one of `keys`, or one lone row that `is_row` knows."""

    def read(value: Any) -> Page | None:
        if isinstance(value, list):
            return Page(value)
        if not isinstance(value, dict):
            return None
        for key in keys:
            if isinstance(rows := value.get(key), list):
                more = value.get("has_more")
                return Page(rows, text(value, cursor) if cursor else "", more if isinstance(more, bool) else None)
        return Page([value]) if is_row is not None and is_row(value) else None

    return read
