"""What needs the user: records that wait, problems in the file, unpaid entries, sources that failed."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import formats
from dashboard.shapes import AttentionItem, Problem, Row, RowList, SourceList
from dashboard.view_models.overview import needs_user


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A record that no figure counts yet; `mend` is what to do about it, `paste` a line to put into the file."""

    id: str
    title: str
    fields: tuple[tuple[str, str], ...]
    why: str
    mend: str
    paste: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Everything that needs the user."""

    waiting: tuple[Waiting, ...]
    problems: tuple[Problem, ...]
    unpaid: tuple[Row, ...]
    more_unpaid: int
    sources: tuple[tuple[str, str, str], ...]
    tracker: str
    any_connected: bool

    @property
    def count(self) -> int:
        """How many things there are."""
        return len(self.waiting) + len(self.problems) + len(self.unpaid) + self.more_unpaid + len(self.sources)


def attention(
    items: Sequence[AttentionItem], problems: Sequence[Problem], unpaid: RowList, sources: SourceList
) -> Attention:
    """What needs the user. A problem that only says that a record waits is told with the record."""
    told = {item.id for item in items}
    return Attention(
        waiting=tuple(_waiting(item) for item in items),
        problems=tuple(each for each in problems if each.code != "needs-attention" or not told),
        unpaid=tuple(unpaid.rows),
        more_unpaid=max(0, unpaid.count - len(unpaid.rows)),
        sources=tuple(
            (source.source, formats.days_in(source.last_failure or source.status), source.next_step)
            for source in sources.sources
            if needs_user(source)
        ),
        tracker=sources.tracker,
        any_connected=any(source.configured for source in sources.sources),
    )


def _waiting(item: AttentionItem) -> Waiting:
    why, _, mend = item.why.partition(": ")
    fields = (
        ("Date", formats.day(item.date)),
        ("Source", item.source),
        ("Client", item.client),
        ("For", item.description),
        ("First seen", formats.day(item.first_seen)),
        ("ID", item.id),
    )
    return Waiting(
        id=item.id,
        title=" ".join(part for part in (item.amount, item.currency) if part) or "No amount",
        fields=tuple((name, value) for name, value in fields if value),
        why=formats.days_in(why),
        mend=mend,
        paste=_price_row(item),
    )


def _price_row(item: AttentionItem) -> str:
    """The row of the Prices table that would book the record, but for the price; empty where that is not what lacks."""
    if "Prices table" not in item.why or not item.currency.isalpha():
        return ""
    return f"| {item.date} | {item.currency} | 0.00 |"
