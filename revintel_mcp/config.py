"""The door to configuration: settings, and which upstreams there are and how to start them.

Each server name (`stripe`, `stripe-eu` …) is looked up on its own; the first place that has it wins. An entry that may
not be started here (not trusted, or it would start this server) is passed over, so that a file which merely lies in the
working folder can't take the place of the user's own.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from revintel_mcp.errors import UsageError
from revintel_mcp.settings import SETTINGS, Setting, Settings, load_settings
from revintel_mcp.trust import Trusted, distrust, trust, trust_file
from revintel_mcp.upstream_entry import (
    SOURCE_NAMES,
    EntryState,
    MalformedEntry,
    Surroundings,
    UpstreamEntry,
    read_entry,
    source_and_account,
    starts_this_server,
)
from revintel_mcp.upstream_places import BadFile, Place, claude_file, plugin_places, project_file, user_places

__all__ = [
    "SETTINGS",
    "EntryState",
    "Setting",
    "Settings",
    "Trusted",
    "UpstreamConfig",
    "UpstreamEntry",
    "find_upstreams",
    "load_settings",
    "trust",
]


@dataclass(frozen=True, slots=True)
class UpstreamConfig:
    """Every upstream that was found, Stripe's first, and a stand-in for each source that has none.

    `problems` are sentences for the user: where, what, and how to mend it. None of them stops the other entries.
    """

    entries: tuple[UpstreamEntry, ...]
    problems: tuple[str, ...] = ()

    @property
    def ready(self) -> tuple[UpstreamEntry, ...]:
        """The entries that may be started."""
        return tuple(entry for entry in self.entries if entry.ready)


def find_upstreams(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    cwd: Path,
    home: Path,
    own_command: Sequence[str] | None = None,
) -> UpstreamConfig:
    """Look every upstream up: the named file, the folder's `.mcp.json`, the user's Claude Code, its plugins.

    Args:
        settings: `mcp_config` names the file that goes first.
        environ: Expands `${VAR}` in entries, and is where what a child process needs is taken from.
        cwd: The working folder.
        home: The user's home folder.
        own_command: What to start where an entry says `revintel-mcp`; by default that command when it is on the
            PATH, else the running interpreter.

    Raises:
        UsageError: The file that `REVINTEL_MCP_CONFIG` names is missing or can't be used.
    """
    named = None if settings.mcp_config is None else cwd / settings.mcp_config
    search = _Search(environ, own_command, trust_file(environ, home))
    for place in _places(named, environ, cwd, home):
        search.take(place)
    looked_in = [named] if named else []
    return search.result([*looked_in, cwd / ".mcp.json", claude_file(environ, home)])


def _places(named: Path | None, environ: Mapping[str, str], cwd: Path, home: Path) -> Iterator[Place | BadFile]:
    """Every place in the order in which they win; a file that can't be used is reported in its turn."""
    if named is not None:
        yield _named_place(named)
    here = cwd / ".mcp.json"
    if named is None or named.resolve() != here.resolve():
        yield from _reporting(lambda: [project_file(here, found_lying=True)])
    yield from _reporting(lambda: user_places(environ, home, cwd))
    yield from plugin_places(environ, home, cwd)


def _named_place(path: Path) -> Place:
    try:
        place = project_file(path)
    except BadFile as bad:
        raise UsageError(f"{bad} (named by REVINTEL_MCP_CONFIG or --mcp-config)") from bad
    if place is None:
        raise UsageError(f"{path} does not exist; REVINTEL_MCP_CONFIG or --mcp-config names it. Type a path that does")
    return place


def _reporting(read: Callable[[], Iterable[Place | None]]) -> Iterator[Place | BadFile]:
    try:
        yield from (place for place in read() if place is not None)
    except BadFile as bad:
        yield bad


class _Search:
    """What was found so far, by source and account."""

    def __init__(self, environ: Mapping[str, str], own_command: Sequence[str] | None, book: Path) -> None:
        self._environ = environ
        self._own_command = own_command
        self._book = book
        self._found: dict[tuple[str, str], UpstreamEntry] = {}
        self._passed_over: dict[tuple[str, str], UpstreamEntry] = {}
        self._problems: list[str] = []

    def take(self, place: Place | BadFile) -> None:
        """Read a place's servers, unless an earlier place has them or they may not be used."""
        if isinstance(place, BadFile):
            self._problems.append(str(place))
            return
        ours = {name: raw for name, raw in place.servers.items() if source_and_account(name)}
        reason = distrust(place.path, place.content, self._book) if place.found_lying and ours else ""
        if reason:
            self._pass_over(place, ours, reason)
            return
        for name, raw in ours.items():
            self._take_one(place, name, raw)

    def _take_one(self, place: Place, name: str, raw: Any) -> None:
        key = _key(name)
        where = f"{place.path}:{place.line_of(name)}"
        if starts_this_server(raw):
            self._problems.append(
                f'{where}: the server "{name}" would start revintel-mcp itself, so it was passed over. '
                f'Write "args": ["upstream", "{key[0]}"] to start the bundled one'
            )
        elif key not in self._found:
            self._found[key] = self._read(place, name, raw, where)
        elif self._found[key].name != name:
            self._problems.append(
                f'{where}: the server "{name}" and "{self._found[key].name}" would both be '
                f"{self._found[key].title}; only the latter is used. Rename one of them"
            )

    def _read(self, place: Place, name: str, raw: Any, where: str) -> UpstreamEntry:
        around = Surroundings(
            environ={"CLAUDE_PROJECT_DIR": str(place.cwd), **self._environ, **place.variables},
            cwd=str(place.cwd),
            extra_env=place.variables,
            own_command=self._own(raw),
        )
        try:
            return read_entry(name, raw, place.origin, around)
        except MalformedEntry as error:
            self._problems.append(f'{where}: the server "{name}": {error}')
            return _stand_in(name, EntryState.MALFORMED, f"{where}: {error}", place.origin)

    def _own(self, raw: Any) -> Sequence[str]:
        """What starts this program, where the entry needs it: nothing else, when the PATH has it."""
        if not isinstance(raw, dict) or raw.get("command") not in {"revintel-mcp", "revintel_mcp"}:
            return ()
        if self._own_command is not None:
            return self._own_command
        from shutil import which  # noqa: PLC0415 - only entries of the bundled servers pay for the import

        on_path = which("revintel-mcp", path=self._environ.get("PATH", ""))
        return (on_path,) if on_path else (sys.executable, "-m", "revintel_mcp")

    def _pass_over(self, place: Place, ours: Mapping[str, Any], why: str) -> None:
        from shlex import quote  # noqa: PLC0415 - only a file that is not trusted pays for the import

        mend = f"Read it, then type: revintel-mcp trust {quote(str(place.path))}"
        self._problems.append(f"{place.path} {why}, so its {' and '.join(ours)} were passed over. {mend}")
        for name in ours:
            reason = f"{place.path} {why}. {mend}"
            self._passed_over.setdefault(_key(name), _stand_in(name, EntryState.UNTRUSTED, reason, place.origin))

    def result(self, looked_in: Iterable[Path]) -> UpstreamConfig:
        """Everything found, a stand-in for what was passed over, and one for each source that nothing names."""
        entries = {**self._passed_over, **self._found}
        listed = ", ".join(dict.fromkeys(str(path) for path in looked_in))
        for source in SOURCE_NAMES:
            if not any(key[0] == source for key in entries):
                reason = f'no server named "{source}" in {listed}, or an enabled Claude Code plugin'
                entries[source, ""] = _stand_in(source, EntryState.NOT_CONFIGURED, reason, "")
        ordered = sorted(entries.items(), key=lambda item: (SOURCE_NAMES.index(item[0][0]), item[0][1]))
        return UpstreamConfig(tuple(entry for _, entry in ordered), tuple(self._problems))


def _key(name: str) -> tuple[str, str]:
    """Source and account: what two names that mean the same upstream share."""
    known = source_and_account(name)
    assert known is not None
    return known[0], known[1].casefold()


def _stand_in(name: str, state: EntryState, reason: str, origin: str) -> UpstreamEntry:
    source, account = source_and_account(name) or (name, "")
    return UpstreamEntry(name=name, source=source, account=account, origin=origin, state=state, reason=reason)
