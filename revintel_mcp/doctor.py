"""Checking a set-up from end to end: settings, configuration, each upstream, the tracker. Failures have a fix line."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from revintel_mcp import __version__
from revintel_mcp.domain.periods import Window
from revintel_mcp.errors import RevintelError
from revintel_mcp.extract import Hub
from revintel_mcp.operations import Operations
from revintel_mcp.results.outside_text import shown
from revintel_mcp.results.shapes import DoctorCheck, DoctorResult
from revintel_mcp.sources.contract import Failure, PullRequest
from revintel_mcp.sources.registry import SOURCES
from revintel_mcp.upstream_entry import EntryState, UpstreamEntry

_OLDEST_PYTHON = (3, 11)


async def examine(operations: Operations) -> DoctorResult:
    """Every check, in the order in which a person would mend them. Nothing is written but a lock, shortly."""
    checks = [_python(), _zone(operations), *_tracker(operations)]
    try:
        config = operations.upstreams()
    except RevintelError as error:
        return DoctorResult(ok=False, checks=(*checks, _bad("configuration", str(error), "mend the file it names")))
    checks += [
        _bad("configuration", shown(problem, 400), "see the file and line it names") for problem in config.problems
    ]
    hub = operations.hub(config.ready)
    for entry in config.entries:
        checks.append(await _upstream(operations, hub, entry))
    if not config.ready:
        checks.append(
            _bad("sources", "no source is connected", "see 'Connect your platforms' in the README, then run this again")
        )
    return DoctorResult(ok=all(check.ok for check in checks), checks=tuple(checks))


def _good(what: str, found: str) -> DoctorCheck:
    return DoctorCheck(what=what, ok=True, found=found)


def _bad(what: str, found: str, fix: str) -> DoctorCheck:
    return DoctorCheck(what=what, ok=False, found=found, fix=fix)


def _python() -> DoctorCheck:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info < _OLDEST_PYTHON:
        return _bad("python", version, "install Python 3.11 or newer")
    return _good("python", f"{version}, revintel-mcp {__version__}")


def _zone(operations: Operations) -> DoctorCheck:
    now = operations.now()
    return _good(
        "time zone", f"{operations.settings.timezone}: it is {now:%Y-%m-%d %H:%M}; REVINTEL_TIMEZONE changes it"
    )


def _tracker(operations: Operations) -> Iterator[DoctorCheck]:
    path = operations.file.path
    try:
        snapshot = operations.file.read()
        problems = operations.check().problems
    except RevintelError as error:
        yield _bad("tracker", str(error), f"see that you may read {path}")
        return
    state = f"{path}, {len(snapshot.data)} bytes" if snapshot.existed else f"{path} will be made by the first refresh"
    if problems:
        yield _bad("tracker", f"{state}; {len(problems)} problems", "type: revintel-mcp check")
    else:
        yield _good("tracker", state)
    yield _writable(path)


def _writable(path: Path) -> DoctorCheck:
    """Whether a new file could be put beside the tracker, or beside where it will be."""
    real = Path(os.path.realpath(path))
    folder = next(folder for folder in real.parents if folder.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        return _bad("tracker folder", f"{folder} can't be written to", f"type: chmod u+wx {folder}")
    if real.exists() and not os.access(real, os.W_OK):
        return _bad("tracker folder", f"{real} is read-only", f"type: chmod u+w {real}")
    return _good("tracker folder", f"{folder} can be written to")


async def _upstream(operations: Operations, hub: Hub, entry: UpstreamEntry) -> DoctorCheck:
    what = entry.title
    if entry.state is EntryState.NOT_CONFIGURED and not entry.origin:
        return DoctorCheck(what=what, ok=True, found=f"not connected: {entry.reason}")
    if not entry.ready:
        return _bad(what, shown(entry.reason, 400), "mend the entry, then run this again")
    tools = await hub.connect(entry.name)
    if isinstance(tools, Failure):
        return _bad(what, shown(str(tools), 400), f"try it by itself: {shown(entry.shown)}")
    profile = SOURCES[entry.source].negotiate(tools, entry.name)
    if isinstance(profile, Failure):
        return _bad(what, shown(str(profile), 400), "use an upstream with one of these tools, or the bundled one")
    today = operations.now().date()
    request = PullRequest(
        window=Window(today, today), timezone=operations.settings.timezone, now=operations.now(), account=entry.account
    )
    (first, *_) = next(profile.pull(request))
    answer = await hub.ask(entry.name, first)
    if isinstance(answer, Failure):
        return _bad(what, shown(str(answer), 400), "put a valid key with read rights into the variable the entry names")
    lacks = f"; lacks {', '.join(profile.lacks)}" if profile.lacks else ""
    return _good(what, f"answers by {profile.name}{lacks} ({entry.origin})")
