"""What the first page says."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from dashboard import formats
from dashboard.actions import metric as open_metric
from dashboard.shapes import Insights, Metric, MonthlySummary, Source, SourceList
from dashboard.view_models.figures import metric
from dashboard.view_models.insights import Part, parts_of

#: What the choice of span is called, and how many months it shows.
SPANS: Final = {"12 months": 12, "24 months": 24, "All": None}

#: Where refunds may count, and what the server calls it.
VIEWS: Final = {"when they happened": "booked", "in their sale's month": "restated"}


#: States of a source that need the user, and what is said of those in them.
_TROUBLES: Final = {
    "failed": "could not be read",
    "incomplete": "could not be read to the end",
    "untrusted": "must be trusted before it is asked",
    "malformed": "can't be asked as it is configured",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Run rate and next month's range; None where it is not known, then `why` says so."""

    metric: Metric
    value: str
    range: tuple[Decimal, Decimal, Decimal] | None
    text: str
    why: str
    go: str = ""

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it is made of."""
        return parts_of(self.metric)


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How current a source is; `tone` is good, warn, bad or idle."""

    name: str
    tone: str
    state: str
    through: str
    note: str


def is_first_run(summary: MonthlySummary) -> bool:
    """Whether nothing was ever refreshed or entered."""
    return not summary.last_updated and all(row.total == 0 for row in summary.rows)


def as_of(summary: MonthlySummary) -> str:
    """`Last updated 21 Nov 2026, 09:00`: when a source last answered or a row changed."""
    if not summary.last_updated:
        return "Never updated"
    return f"Last updated {formats.moment(summary.last_updated)}"


def outlooks(insights: Insights | None) -> tuple[Outlook, ...]:
    """The run rate and the forecast."""
    found = (metric(insights, slug) for slug in ("run_rate", "forecast"))
    return tuple(_outlook(each) for each in found if each is not None)


def _outlook(found: Metric) -> Outlook:
    if found.value is None:
        return Outlook(metric=found, value="Not known", range=None, text="", why=formats.sentence(found.why))
    span = (found.low, found.value, found.high) if found.low is not None and found.high is not None else None
    value = formats.covered_usd(found.value, found.coverage)
    text = f"from {formats.counted(found.n, found.counted)}"
    if span:
        value = f"{formats.usd(span[0])} to {formats.usd(span[2])}"
        text = f"{found.period}, middle {formats.usd(found.value)}, {text}"
    go = open_metric(found.slug, "ytd")
    return Outlook(metric=found, value=value, range=span, text=text, why=formats.days_in(found.why), go=go)


def freshness(sources: SourceList) -> tuple[Freshness, ...]:
    """How current each configured source is."""
    return tuple(_fresh(source) for source in sources.sources if source.configured)


def connections(sources: SourceList) -> tuple[Freshness, ...]:
    """Whether each source is connected, before anything was read: those that are come first."""
    found = (
        Freshness(
            name=source.source,
            tone=tone_of(source),
            state=source.status,
            through="",
            note=next_step(source) if source.configured else "",
        )
        for source in sources.sources
    )
    return tuple(sorted(found, key=lambda each: each.tone == "idle"))


def next_step(source: Source) -> str:
    """What to do about a source, here: the server speaks to people at a terminal."""
    return "Press Refresh." if source.status == "not yet refreshed" else source.next_step


def needs_user(source: Source) -> bool:
    """Whether a person should look at a source."""
    return source.configured and source.status in _TROUBLES


def tone_of(source: Source) -> str:
    """The tone of a source's state."""
    if not source.configured:
        return "idle"
    known = {"complete": "good", "incomplete": "warn", "failed": "bad", "not yet refreshed": "info"}
    return known.get(source.status, "warn")


def _fresh(source: Source) -> Freshness:
    through = f"through {formats.day(source.complete_to)}" if source.complete_to else "nothing read yet"
    note = source.last_failure or next_step(source) if source.status != "complete" else ""
    note = formats.days_in(note)
    return Freshness(name=source.source, tone=tone_of(source), state=source.status, through=through, note=note)


def difference(view: str, basis: str) -> str:
    """What the rows behind a bar say otherwise than the bar, which they are always as booked and gross; or nothing."""
    parts = []
    if view != "booked":
        parts.append("refunds on the day they happened, not in their sale's month")
    if basis != "gross":
        parts.append("amounts before fees")
    return f"The rows show {' and '.join(parts)}, unlike the chart." if parts else ""


def attention_text(waiting: int, sources: Sequence[Freshness]) -> str:
    """What needs the user, in one sentence; empty when nothing does."""
    parts = []
    if waiting:
        parts.append(f"{formats.count(waiting, 'record waits', 'records wait')} for you, counted in no figure yet")
    for state, what in _TROUBLES.items():
        names = [source.name for source in sources if source.state == state]
        if names:
            parts.append(f"{formats.listed(names)} {what}")
    return "; ".join(parts)
