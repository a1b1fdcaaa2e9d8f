"""One refresh: ask every source at once, hold what they say against the log, write the tracker, report."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final, Literal

from revintel_mcp.booking import Known, SourcePull, book, own_cents, wanted_cents, wanted_ids
from revintel_mcp.booking.booking import AttentionRow, Booking, LoggedRow
from revintel_mcp.booking.manual import is_voided
from revintel_mcp.booking.reversal_ids import read_reversal_id
from revintel_mcp.booking.typed_before import typed_before
from revintel_mcp.domain.money import format_usd
from revintel_mcp.domain.outside import word
from revintel_mcp.domain.periods import Month, PeriodError, Window
from revintel_mcp.domain.source_state import SourceState
from revintel_mcp.domain.transaction import Status, Transaction
from revintel_mcp.errors import UsageError
from revintel_mcp.extract import Hub, Progress, Target, pull_all
from revintel_mcp.results.difference import difference
from revintel_mcp.results.outside_text import shown
from revintel_mcp.results.shapes import MonthChange, RefreshReport, SourceReport
from revintel_mcp.results.summaries import summary_result
from revintel_mcp.results.views import attention_view, problem_view
from revintel_mcp.settings import Settings
from revintel_mcp.sources.contract import PullRequest, Source
from revintel_mcp.sources.pull import Pull
from revintel_mcp.sources.registry import SOURCES
from revintel_mcp.summary.asked_again import Account, asked_again, noted
from revintel_mcp.summary.changes import months_changed
from revintel_mcp.summary.coverage import coverage
from revintel_mcp.summary.incomplete import incomplete_line
from revintel_mcp.summary.monthly import CellMap, monthly_rows, year_to_date
from revintel_mcp.summary.window import Lag, next_state, not_configured_state, pull_window
from revintel_mcp.tracker import Scan, Wanted, scan
from revintel_mcp.tracker.unseen import Unseen, unseen_rows
from revintel_mcp.tracker.update import Update, update
from revintel_mcp.tracker_file import TrackerFile
from revintel_mcp.upstream_entry import EntryState, UpstreamEntry

_MOST_IDS: Final = 50


@dataclass(frozen=True, slots=True)
class Request:
    """What one refresh is asked to do. `now` is aware.

    `entries` are the upstreams it covers, ready or not; `mistakes` are sentences about the configuration.
    """

    entries: Sequence[UpstreamEntry]
    mistakes: Sequence[str]
    since: str
    dry_run: bool
    now: datetime

    @property
    def today(self) -> date:
        """The day it is, in the tracker's zone."""
        return self.now.date()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a refresh made of one text of the tracker."""

    before: Scan
    booking: Booking
    states: Mapping[str, SourceState]
    update: Update
    unseen: Sequence[Unseen] = ()
    """Rows that a source reported once and, asked for all of that time, no longer does."""


async def refresh(
    request: Request, settings: Settings, file: TrackerFile, hub: Hub, progress: Progress
) -> RefreshReport:
    """Bring the tracker up to date. Failed sources are lines of the report; only the file itself can end the run.

    Raises:
        UsageError: `since` can't be used.
        TrackerError: the file can't be read or written; it is as it was.
    """
    _window(request, None, settings)  # a start that can't be used is told even if no source would be asked
    snapshot = await asyncio.to_thread(file.read)
    targets = _targets(request, settings, scan(snapshot.data, file=file.path.name, today=request.today, log=False))
    pulls = await pull_all(hub, targets, progress)
    apply = partial(transform, request=request, settings=settings, targets=targets, pulls=pulls, file=file.path.name)
    if request.dry_run:
        outcome = await asyncio.to_thread(apply, snapshot.data)
        diff = difference(snapshot.data, outcome.update.data, file.path.name)
        return _report(request, settings, file, targets, pulls, outcome, diff=diff)
    outcomes: list[Outcome] = []

    def change(data: bytes) -> Update:
        """May run again on a newer text, if an editor saved in between: the last outcome is the one written."""
        outcomes.append(apply(data))
        return outcomes[-1].update

    written = await asyncio.to_thread(file.update, change)
    return _report(request, settings, file, targets, pulls, outcomes[-1], diff=None, backup=written.backup)


def transform(
    data: bytes,
    *,
    request: Request,
    settings: Settings,
    targets: Sequence[Target],
    pulls: Mapping[str, Pull],
    file: str,
) -> Outcome:
    """The tracker's text and what the sources gave, as the new text: no clock, no disk."""
    ours = [SourcePull(target.title, target.source.name, pulls[target.name]) for target in targets]
    before = scan(
        data,
        file=file,
        wanted=lambda attention, _: Wanted(
            wanted_ids([each.pull for each in ours], attention), wanted_cents(ours), own_cents(ours)
        ),
        manual=False,
        today=request.today,
        fiscal_year_start=settings.fiscal_year_start,
    )
    booking = book(
        ours,
        Known(before.rows, before.attention, before.prices, before.sources, _alike(before)),
        today=request.today,
        client_names=settings.client_names,
    )
    states = _states(request, targets, pulls, {state.name: state for state in before.sources})
    accounts = [Account(each.source.name, each.title, each.request.window, pulls[each.name]) for each in targets]
    asked = asked_again(accounts, before.sources, request.today)
    gone = [row for row in unseen_rows(data, asked, before.rows, file=file) if read_reversal_id(row.id) is None]
    states |= noted(states, accounts, gone)
    merged = {state.name: state for state in before.sources} | states
    written = update(
        before,
        booking,
        now=request.now,
        sources=tuple(states.values()),
        answered=any(pull.failure is None or pull.fetched for pull in pulls.values()),
        incomplete=partial(_incomplete, before, tuple(merged.values()), request.today),
    )
    return Outcome(before, booking, merged, written, gone)


def _alike(before: Scan) -> Iterator[LoggedRow]:
    """The rows of an amount that was wanted, each read when its turn comes."""
    return (LoggedRow(row.id, line.number, row) for line, row in before.alike)


def _incomplete(
    before: Scan, states: Sequence[SourceState], today: date, totals: CellMap, attention: Sequence[AttentionRow]
) -> str:
    return incomplete_line(coverage(states, attention, totals.keys(), today=today, unreadable=before.unreadable))


def _targets(request: Request, settings: Settings, known: Scan) -> tuple[Target, ...]:
    states = {state.name: state for state in known.sources}
    return tuple(
        Target(
            entry.name,
            entry.title,
            SOURCES[entry.source],
            PullRequest(
                window=_window(request, states.get(entry.title), settings),
                timezone=settings.timezone,
                now=request.now,
                account=entry.account,
            ),
        )
        for entry in request.entries
        if entry.ready
    )


def _window(request: Request, state: SourceState | None, settings: Settings) -> Window:
    try:
        return pull_window(request.since, state, request.today, settings.lookback_days)
    except PeriodError as error:
        raise UsageError(f"since: {error}") from None


def _states(
    request: Request, targets: Sequence[Target], pulls: Mapping[str, Pull], before: Mapping[str, SourceState]
) -> dict[str, SourceState]:
    ready = {target.name: target for target in targets}
    return {
        entry.title: _state(request, entry, ready.get(entry.name), pulls, before.get(entry.title))
        for entry in request.entries
    }


def _state(
    request: Request,
    entry: UpstreamEntry,
    target: Target | None,
    pulls: Mapping[str, Pull],
    before: SourceState | None,
) -> SourceState:
    if target is None:
        return not_configured_state(before, name=entry.title, note=_why_not(entry))
    return next_state(
        before,
        pulls[target.name],
        target.request.window,
        name=target.title,
        now=request.now,
        lag=_lag(target.source),
    )


def _why_not(entry: UpstreamEntry) -> str:
    """Nothing for a source that nobody configured; else what keeps the entry from being used."""
    return entry.reason if entry.origin else ""


def _lag(source: Source) -> Lag:
    return Lag(source.lag_days, source.lag_hours)


def _report(
    request: Request,
    settings: Settings,
    file: TrackerFile,
    targets: Sequence[Target],
    pulls: Mapping[str, Pull],
    outcome: Outcome,
    *,
    diff: str | None,
    backup: Path | None = None,
) -> RefreshReport:
    booking, written = outcome.booking, outcome.update
    attention = written.attention
    known = coverage(
        tuple(outcome.states.values()),
        attention,
        written.after.keys(),
        today=request.today,
        unreadable=outcome.before.unreadable,
    )
    reversals = sum(row.status is Status.REFUNDED for row in booking.added)
    return RefreshReport(
        complete=bool(targets) and all(pulls[target.name].complete for target in targets),
        dry_run=request.dry_run,
        tracker=str(file.path),
        since=request.since,
        sources=tuple(_source_report(entry, pulls, outcome) for entry in request.entries),
        added=len(booking.added),
        reversals=reversals,
        skipped=sum(booking.skipped.values()),
        months_changed=tuple(_changes(outcome)),
        summary=summary_result(
            monthly_rows(written.after, current=Month.of(request.today)),
            year_to_date(written.after, request.today, fiscal_year_start=settings.fiscal_year_start),
            known,
            last_updated=written.last_updated,
        ),
        needs_attention=tuple(attention_view(row) for row in attention),
        problems=tuple(
            problem_view(problem)
            for problem in (*(each._replace(file=file.path.name) for each in booking.problems), *written.problems)
        ),
        notes=(
            *(shown(mistake, 400) for mistake in request.mistakes),
            *_notes(outcome, backup, dry_run=request.dry_run),
        ),
        diff=diff,
    )


def _source_report(entry: UpstreamEntry, pulls: Mapping[str, Pull], outcome: Outcome) -> SourceReport:
    pull = pulls.get(entry.name)
    state = outcome.states[entry.title]
    rows = [row for row in outcome.booking.added if outcome.booking.origins.get(row.id) == entry.title]
    status: Literal["complete", "incomplete", "failed", "not configured"] = state.status.value
    return SourceReport(
        source=entry.title,
        status=status,
        profile=pull.profile if pull else "",
        fetched=pull.fetched if pull else 0,
        added=len(rows),
        reversals=sum(row.status is Status.REFUNDED for row in rows),
        skipped=sum(outcome.booking.skipped_by.get(entry.title, {}).values()),
        needs_attention=sum(row.source == entry.title for row in outcome.update.attention),
        complete_from=state.complete_from.isoformat() if state.complete_from else None,
        complete_to=state.complete_to.isoformat() if state.complete_to else None,
        note=shown(state.note or entry.reason, 400),
        problems=tuple(shown(why, 400) for why in _shortfalls(entry, pull)),
    )


def _shortfalls(entry: UpstreamEntry, pull: Pull | None) -> tuple[str, ...]:
    """What is missing, or wrong with the entry; nothing for a source that is simply not configured."""
    if pull is None:
        return () if entry.state is EntryState.NOT_CONFIGURED else (entry.reason,)
    why = str(pull.failure) if pull.failure else pull.why
    return (why, *pull.notes) if why else pull.notes


def _changes(outcome: Outcome) -> list[MonthChange]:
    rows: tuple[Transaction, ...] = (*outcome.booking.added, *outcome.update.adopted)
    return [
        MonthChange(month=str(change.month), before=change.before, after=change.after, ids=change.ids[:_MOST_IDS])
        for change in months_changed(outcome.update.before, outcome.update.after, rows)
    ]


def _notes(outcome: Outcome, backup: Path | None, *, dry_run: bool) -> list[str]:
    booking, written = outcome.booking, outcome.update
    notes = [
        f"{word(each.id)} (line {each.line}): the log says {each.what} {each.logged}, the source says {each.source}; "
        "the log stands."
        for each in booking.differences
    ]
    notes += [
        f"{word(row_id)} lies in a period that was complete: it was removed from the log, or the platform showed it "
        "late. To strike a row for good, set its Status to excluded."
        for row_id in booking.reappeared
    ]
    notes += [
        f"{word(row.id)} (line {row.line}): its source was read for that time and no longer reports it. The row stands "
        "and counts; if the payment did not happen, set its Status to excluded."
        for row in outcome.unseen[:_MOST_IDS]
    ]
    notes += _typed_before(outcome, dry_run=dry_run)
    notes += [f"Adopted {row.description}: {row.channel.value}, {Month.of(row.date).label}." for row in written.adopted]
    notes += [f"The file as it was is kept beside it: {backup.name}."] if backup is not None else []
    return [shown(note, 400) for note in notes]


def _typed_before(outcome: Outcome, *, dry_run: bool) -> list[str]:
    """A word on every payment of a source that a person may have typed in already, with what to do about it."""
    before, added = outcome.before, outcome.booking.added
    lines = {line.number: (line, LoggedRow(row.id, line.number, row)) for line, row in before.alike} if added else {}
    rows = [row for _, row in lines.values()]
    found = typed_before(added, rows, partial(is_voided, before.rows))
    notes = []
    for new, typed in found[:_MOST_IDS]:
        line = lines[typed.line][0]
        number = line.number if dry_run else outcome.update.number_of(line)
        by_hand = f"delete line {number}, or set its Status to excluded"
        mend = f"type: revintel-mcp void {word(typed.id)}" if typed.id else by_hand
        money = f"{new.date}, {format_usd(new.amount_usd)}"
        told = f"{word(new.id)} ({money}) is like line {number}, which was typed in, and both count"
        notes.append(f"{told}; if it is the same money, {mend}")
    if len(found) > _MOST_IDS:
        notes.append(f"{len(found) - _MOST_IDS} more payments are like rows that were typed in: look for them as well.")
    return notes
