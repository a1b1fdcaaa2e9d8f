"""Checking a set-up from end to end: settings, configuration, each upstream, the tracker. Failures have a fix line."""

import asyncio
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import Final

from revintel_mcp import __version__
from revintel_mcp.config import EntryState, UpstreamConfig, UpstreamEntry
from revintel_mcp.domain.periods import Window
from revintel_mcp.errors import RevintelError, TrackerBusy, TrackerError
from revintel_mcp.extract import Hub
from revintel_mcp.machine_zone import machine_zone, unknown_zone
from revintel_mcp.operations import Operations
from revintel_mcp.results.outside_text import shown
from revintel_mcp.results.set_up import AGAIN, HOW_TO_CONNECT, fix_for_read, fix_for_start, fix_for_tools, fix_for_unset
from revintel_mcp.results.shapes import DoctorCheck, DoctorResult
from revintel_mcp.sources.contract import Call, Profile, PullRequest
from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.sources.registry import SOURCES
from revintel_mcp.tracker_lock import locked

_OLDEST_PYTHON = (3, 11)
#: A writer holds the lock for far less; whoever holds it longer is in the way.
_LOCK_WAIT_S: Final = 0.5
_LONGEST: Final = 400


async def examine(operations: Operations, environ: Mapping[str, str]) -> DoctorResult:
    """Every check, in the order in which a person would mend them. Nothing is written but a lock, shortly."""
    checks = [_python(), _zone(operations, environ), *_tracker(operations)]
    try:
        config = operations.upstreams()
    except RevintelError as error:
        return DoctorResult(
            ok=False, checks=(*checks, _bad("configuration", str(error), f"mend the path or the file, {AGAIN}"))
        )
    checks += _configuration(config)
    hub = operations.hub(config.ready)
    checks += await asyncio.gather(*(_upstream(operations, hub, entry) for entry in config.entries))
    if not any(entry.origin for entry in config.entries) and not config.problems:
        checks = [replace(check, found=_how_to_start(check)) for check in checks]
        how = "follow 'Connect your platforms' in the README: a file that names the servers, the keys, this check again"
        places = config.entries[0].reason.partition(" in ")[2]
        found = f"no source is connected: no server named stripe, gumroad or upwork in {shown(places, _LONGEST)}"
        checks.append(_bad("sources", found, how))
    return DoctorResult(ok=all(check.ok for check in checks), checks=tuple(checks))


def _how_to_start(check: DoctorCheck) -> str:
    """For someone who has connected nothing yet: where each platform's key comes from."""
    how = HOW_TO_CONNECT.get(check.what.lower())
    return f"not connected; if you use it: {how}" if how else check.found


def _good(what: str, found: str) -> DoctorCheck:
    return DoctorCheck(what=what, ok=True, found=found)


def _bad(what: str, found: str, fix: str) -> DoctorCheck:
    return DoctorCheck(what=what, ok=False, found=found, fix=fix)


def _python() -> DoctorCheck:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < _OLDEST_PYTHON:
        return _bad("python", version, "install Python 3.11 or newer")
    return _good("python", f"{version}, revintel-mcp {__version__}")


def _zone(operations: Operations, environ: Mapping[str, str]) -> DoctorCheck:
    """The zone whose days count. A `TZ` that nobody knows would be passed over without a word."""
    zone = operations.settings.timezone
    now = f"it is {operations.now():%Y-%m-%d %H:%M}"
    if (odd := unknown_zone(environ)) and zone == machine_zone(environ, Path("/")):
        found = f"TZ={shown(odd)} is no time zone that is known here, so days are those of {zone}: {now}"
        return _bad("time zone", found, "name the one of your books: export REVINTEL_TIMEZONE=America/New_York")
    return _good("time zone", f"{zone}: {now}; REVINTEL_TIMEZONE changes it")


def _tracker(operations: Operations) -> Iterator[DoctorCheck]:
    path = operations.file.path
    try:
        snapshot = operations.file.read()
        problems = operations.check().problems
    except RevintelError as error:
        yield _bad("tracker", str(error), _fix_for_tracker(path))
        return
    state = f"{path}, {len(snapshot.data)} bytes" if snapshot.existed else f"{path} will be made by the first refresh"
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        yield _bad("tracker", f"{state}; {count}", "type: revintel-mcp check")
    else:
        yield _good("tracker", state)
    yield _writable(path)
    yield _lock(path)


def _fix_for_tracker(path: Path) -> str:
    """The mend of a tracker that can't be read, whatever keeps it from being read."""
    if path.is_dir() or any(parent.is_file() for parent in path.parents):
        return "name the file itself: export REVINTEL_TRACKER=~/money/revenue-tracker.md"
    if not os.access(path, os.R_OK):
        return f"type: chmod u+r {quote(str(path))}"
    return f"open {path} in your editor, save it as UTF-8, {AGAIN}"


def _writable(path: Path) -> DoctorCheck:
    """Whether a new file could be put beside the tracker, or beside where it will be."""
    real = Path(os.path.realpath(path))
    folder = next(folder for folder in real.parents if folder.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        return _bad("tracker folder", f"{folder} can't be written to", f"type: chmod u+wx {quote(str(folder))}")
    if real.exists() and not os.access(real, os.W_OK):
        return _bad("tracker folder", f"{real} is read-only", f"type: chmod u+w {quote(str(real))}")
    return _good("tracker folder", f"{folder} can be written to")


def _lock(path: Path) -> DoctorCheck:
    """Whether the tracker's lock can be had; it is let go at once."""
    real = Path(os.path.realpath(path))
    if not real.parent.is_dir():
        return _good("tracker lock", "free: nothing is there yet")
    try:
        with locked(real.parent, real.name, _LOCK_WAIT_S):
            return _good("tracker lock", "free")
    except TrackerBusy:
        found = f"another program has been holding the lock of {real.name} for {_LOCK_WAIT_S:g} seconds"
        return _bad("tracker lock", found, f"let it end, or end it (a refresh, a dashboard, Claude Code), {AGAIN}")
    except TrackerError as error:
        return _bad("tracker lock", str(error), "keep the tracker on a disk of this machine: export REVINTEL_TRACKER=…")


def _configuration(config: UpstreamConfig) -> Iterator[DoctorCheck]:
    """What is wrong with the files that name the upstreams, but for what is told with its upstream."""
    for problem in config.problems:
        if any(_tells(entry, problem) for entry in config.entries):
            continue
        _, untrusted, trust = problem.partition("Read it, then type: ")
        fix = f"read it, then type: {trust}" if untrusted else f"open the file there, mend it as it says, {AGAIN}"
        yield _bad("configuration", shown(problem.partition(untrusted or "\0")[0].strip(), _LONGEST), shown(fix))


def _tells(entry: UpstreamEntry, problem: str) -> bool:
    """Whether what is wrong with a file is what is wrong with this entry of it."""
    if entry.state is EntryState.UNTRUSTED:
        return problem.startswith(f"{entry.reason.partition('. Read it')[0]}, so ")
    return entry.state is EntryState.MALFORMED and problem.replace(f' the server "{entry.name}":', "") == entry.reason


async def _upstream(operations: Operations, hub: Hub, entry: UpstreamEntry) -> DoctorCheck:
    if not entry.ready:
        return _not_ready(entry)
    what, source = entry.title, SOURCES[entry.source]
    tools = await hub.connect(entry.name)
    if isinstance(tools, Failure):
        return _bad(what, _told(tools), fix_for_start(entry.source, tools.kind, shown(entry.shown)))
    profile = source.negotiate(tools, entry.name)
    if isinstance(profile, Failure):
        return _bad(what, _told(profile), fix_for_tools(entry.source))
    failures = await _failures(hub, entry, profile, _one_day(operations, entry))
    if failures:
        return _bad(what, "; ".join(map(_told, failures)), fix_for_read(entry.source, failures[0].kind))
    lacks = f"; lacks {', '.join(profile.lacks)}" if profile.lacks else ""
    made_up = "; its key is a test key: test payments are no income, so give it the live one" if _tests(entry) else ""
    return _good(what, f"answers by {profile.name}{lacks}{made_up} ({entry.origin})")


def _tests(entry: UpstreamEntry) -> bool:
    """Whether the entry holds a key of Stripe's test mode."""
    given = (*entry.args, *entry.env.values(), *entry.headers.values())
    return entry.source == "stripe" and any(re.search(r"\b[rs]k_test_", text) for text in given)


def _not_ready(entry: UpstreamEntry) -> DoctorCheck:
    """Why an entry is not asked. One that was never made, or is switched off, is no fault."""
    what, reason = entry.title, shown(entry.reason, _LONGEST)
    if entry.state is EntryState.DISABLED or not entry.origin:
        return _good(what, f"not connected: {reason}")
    if entry.state is EntryState.NOT_CONFIGURED:
        return _bad(what, reason, fix_for_unset(entry.source, entry.reason))
    if entry.state is EntryState.UNTRUSTED:
        found, _, trust = entry.reason.partition(" Read it, then type: ")
        return _bad(what, shown(found, _LONGEST), f"read it, then type: {shown(trust)}")
    return _bad(what, reason, f"open the file there, mend the entry as it says, {AGAIN}")


def _one_day(operations: Operations, entry: UpstreamEntry) -> PullRequest:
    now = operations.now()
    window = Window(now.date(), now.date())
    return PullRequest(window=window, timezone=operations.settings.timezone, now=now, account=entry.account)


async def _failures(hub: Hub, entry: UpstreamEntry, profile: Profile, request: PullRequest) -> list[Failure]:
    """Why a first read gives no records; of the lists that only explain them, those that the key may not read."""

    async def ask(call: Call) -> Failure | None:
        answer = await hub.ask(entry.name, call)
        return answer if isinstance(answer, Failure) else None

    main, *others = await asyncio.gather(*map(ask, next(profile.pull(request))))
    refused = [each for each in others if each is not None and each.kind is FailureKind.PERMISSION]
    return list(dict.fromkeys([main, *refused] if main is not None else refused))


def _told(failure: Failure) -> str:
    return shown(str(failure), _LONGEST)
