"""How every source stands: configured, reachable, by which profile, how far complete, and what to do next."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from revintel_mcp.domain.source_state import SourceState, SourceStatus
from revintel_mcp.extract import Hub
from revintel_mcp.results.outside_text import shown
from revintel_mcp.results.shapes import SourceStatusView
from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.sources.registry import SOURCES
from revintel_mcp.upstream_entry import EntryState, UpstreamEntry

_NEXT_STEP: Mapping[FailureKind, str] = {
    FailureKind.AUTH: "put a valid key into the environment variable that the entry names, then refresh",
    FailureKind.PERMISSION: "give the key the missing read permission, then refresh",
    FailureKind.RATE_LIMIT: "wait a minute, then refresh",
    FailureKind.TIMEOUT: "refresh again; if it stays slow, raise REVINTEL_START_TIMEOUT or REVINTEL_CALL_TIMEOUT",
    FailureKind.UNAVAILABLE: (
        "mend what the failure names, or else wait a few minutes, then refresh; if it stays, type: revintel-mcp doctor"
    ),
    FailureKind.NO_USABLE_TOOL: "use an upstream with one of the tools named, or the bundled one: see the README",
    FailureKind.BAD_ANSWER: "refresh again; if it stays, use another upstream for this platform",
}
_CUT_SHORT = "refresh again; if it stays, use an upstream that lists everything: see the README"
_CONNECT = "to connect it, type: revintel-mcp doctor"


@dataclass(frozen=True, slots=True)
class Probe:
    """What came of starting an upstream: the profile it would be read by, or why it can't be."""

    profile: str = ""
    lacks: tuple[str, ...] = ()
    failure: Failure | None = None


async def probe_all(hub: Hub, entries: Sequence[UpstreamEntry]) -> dict[str, Probe]:
    """Start every ready upstream at once and see what it offers, by server name."""
    ready = [entry for entry in entries if entry.ready]
    probes = await asyncio.gather(*(_probe(hub, entry) for entry in ready))
    return {entry.name: found for entry, found in zip(ready, probes, strict=True)}


async def _probe(hub: Hub, entry: UpstreamEntry) -> Probe:
    tools = await hub.connect(entry.name)
    if isinstance(tools, Failure):
        return Probe(failure=tools)
    profile = SOURCES[entry.source].negotiate(tools, entry.name)
    if isinstance(profile, Failure):
        return Probe(failure=profile)
    return Probe(profile.name, tuple(profile.lacks))


def source_view(entry: UpstreamEntry, state: SourceState | None, probe: Probe | None) -> SourceStatusView:
    """One source, from its configuration, its row in the tracker, and a probe if there was one."""
    failure = probe.failure if probe else None
    last_failure = str(failure) if failure else _noted_failure(state)
    return SourceStatusView(
        source=entry.title,
        configured=entry.state is not EntryState.NOT_CONFIGURED,
        reachable=None if probe is None else failure is None,
        profile=probe.profile if probe else _noted_profile(state),
        lacks=probe.lacks if probe else (),
        status=_status(entry, state),
        complete_from=state.complete_from.isoformat() if state and state.complete_from else None,
        complete_to=state.complete_to.isoformat() if state and state.complete_to else None,
        last_attempt=shown(state.last_attempt) if state else "",
        last_failure=shown(last_failure, 400),
        origin=shown(entry.origin),
        next_step=_next_step(entry, state, last_failure),
    )


def _status(entry: UpstreamEntry, state: SourceState | None) -> str:
    if not entry.ready:
        return entry.state.value
    return "not yet refreshed" if state is None or _is_behind(state) else state.status.value


def _is_behind(state: SourceState) -> bool:
    """Whether the source has become ready since the tracker's row was written."""
    return not state.last_attempt or state.status is SourceStatus.NOT_CONFIGURED


def _noted_failure(state: SourceState | None) -> str:
    """Why the last attempt failed, or was cut short: then the note begins with the tool, or with the failure."""
    if state is None or state.status not in (SourceStatus.FAILED, SourceStatus.INCOMPLETE):
        return ""
    if state.status is SourceStatus.FAILED or _kind(state.note):
        return state.note
    return state.note.partition(";")[2].strip()


def _noted_profile(state: SourceState | None) -> str:
    if state is None or state.status in (SourceStatus.FAILED, SourceStatus.NOT_CONFIGURED) or _kind(state.note):
        return ""
    return shown(state.note.partition(";")[0])


def _kind(failure: str) -> FailureKind | None:
    """The kind that a failure's text starts with."""
    return next((kind for kind in FailureKind if failure.startswith(f"{kind.value}:")), None)


def _next_step(entry: UpstreamEntry, state: SourceState | None, failure: str) -> str:
    if not entry.ready:
        return entry.reason if entry.origin else f"{entry.reason}; {_CONNECT}"
    kind = _kind(failure)
    if kind is not None:
        return _NEXT_STEP[kind]
    if state is None or _is_behind(state):
        return "type: revintel-mcp refresh"
    return _CUT_SHORT if state.status is SourceStatus.INCOMPLETE else ""
