"""What a refresh did."""

from collections.abc import Iterable
from dataclasses import dataclass

from dashboard import formats
from dashboard.shapes import MonthChange, Problem, RefreshReport, SourceReport


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOutcome:
    """One source's part of it."""

    name: str
    tone: str
    state: str
    text: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A month whose total moved."""

    key: str
    label: str
    before: str
    after: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The whole of it; `tone` is good, or warn when something is missing."""

    tone: str
    title: str
    sources: tuple[SourceOutcome, ...]
    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]
    waiting: int


def outcome(report: RefreshReport) -> Outcome:
    """What a refresh did, for the page."""
    return Outcome(
        tone="good" if report.complete else "warn",
        title=_title(report),
        sources=tuple(_source(source) for source in report.sources),
        changes=tuple(_change(change) for change in report.months_changed),
        notes=report.notes,
        problems=report.problems,
        waiting=len(report.needs_attention),
    )


def _title(report: RefreshReport) -> str:
    if all(source.status == "not configured" for source in report.sources):
        return "No source is connected, so there was nothing to ask."
    added = formats.count(report.added, "new row", "new rows")
    if not report.added:
        added = "Nothing new"
    elif report.reversals:
        added += f", of which {formats.count(report.reversals, 'is a reversal', 'are reversals')}"
    preview = "Preview, nothing was written: " if report.dry_run else ""
    missing = _names(source.source for source in report.sources if source.status in ("failed", "incomplete"))
    return f"{preview}{added}. " + (f"Not everything could be read: {missing}." if missing else _all_read(report))


def _all_read(report: RefreshReport) -> str:
    return "Every source was read to its end." if report.sources and report.complete else ""


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)


def _source(source: SourceReport) -> SourceOutcome:
    tone = {"complete": "good", "incomplete": "warn", "failed": "bad"}.get(source.status, "idle")
    parts = [formats.count(source.fetched, "record read", "records read")]
    parts.append(formats.count(source.added, "row added", "rows added"))
    if source.reversals:
        parts.append(formats.count(source.reversals, "reversal"))
    if source.needs_attention:
        parts.append(f"{source.needs_attention} waiting for you")
    text = ", ".join(parts) if tone in ("good", "warn") else ""
    return SourceOutcome(name=source.source, tone=tone, state=source.status, text=text, note=_note(source, tone))


def _note(source: SourceReport, tone: str) -> str:
    """What a source has to say, each thing once: a failure is its note and the first of its problems."""
    said = [problem for problem in source.problems if problem not in source.note]
    first = [source.note] if source.note and (tone != "good" or said) else []
    return formats.days_in("; ".join(dict.fromkeys(first + said)))


def _change(change: MonthChange) -> Change:
    return Change(
        key=change.month,
        label=formats.month_label(change.month),
        before=formats.usd(change.before),
        after=formats.usd(change.after),
        by=formats.signed_usd(change.after - change.before),
    )
