"""One upstream as configuration gives it: a server name, and how to start or reach it.

`read_entry` reads a single entry of an `mcpServers` object the way Claude Code does (its docs, "MCP installation
scopes" and "Environment variable expansion in .mcp.json"): `type`, `command`, `args`, `env`, `cwd`, `url`, `headers`,
with `${VAR}` and `${VAR:-default}` in their strings. What is wrong with one entry says nothing about the others.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from revintel_mcp.sources.redaction import redact
from revintel_mcp.upstream_secrets import is_secret, secrets_of

#: The sources that a server name can stand for.
SOURCE_NAMES: Final = ("stripe", "gumroad", "upwork")
#: What a child process inherits: what programs need to run at all, and nothing that could be a secret.
INHERITED: Final = tuple(
    """HOME LOGNAME PATH SHELL TERM USER LANG LC_ALL LC_CTYPE TZ TMPDIR NODE_EXTRA_CA_CERTS SSL_CERT_FILE SSL_CERT_DIR
    APPDATA HOMEDRIVE HOMEPATH LOCALAPPDATA PATHEXT PROCESSOR_ARCHITECTURE SYSTEMDRIVE SYSTEMROOT TEMP USERNAME
    USERPROFILE""".split()
)

_SERVER_NAME = re.compile(rf"({'|'.join(SOURCE_NAMES)})(?:[-_](.+))?", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_TRANSPORTS: Final = {
    "": "",
    "stdio": "stdio",
    "http": "http",
    "streamable-http": "http",
    "streamable_http": "http",
    "streamablehttp": "http",
    "sse": "sse",
}
_OWN_NAMES: Final = {"revintel-mcp", "revintel_mcp"}


class EntryState(StrEnum):
    """Whether an entry can be used; `reason` of the entry says why not."""

    READY = "ready"
    NOT_CONFIGURED = "not configured"
    UNTRUSTED = "untrusted"
    DISABLED = "disabled"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class UpstreamEntry:
    """One upstream. `repr` shows no argument, variable, header or query: they hold keys.

    `origin` is where it was found, for people. `env` is the whole environment of the process that will be started.
    `secrets` are the texts that must never be shown.
    """

    name: str
    source: str
    account: str = ""
    origin: str = ""
    state: EntryState = EntryState.READY
    reason: str = ""
    transport: str = "stdio"
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str | None = None
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """`Stripe-eu`: its name in the Sources table."""
        return title(self.name)

    @property
    def ready(self) -> bool:
        """Whether it may be started."""
        return self.state is EntryState.READY

    @property
    def shown(self) -> str:
        """How it is started or reached, for people, without its secrets: a command as it can be typed."""
        from shlex import join  # noqa: PLC0415 - only what goes wrong is told with its command

        if self.transport != "stdio":
            return redact(self.url.partition("?")[0], self.secrets)
        words = [self.command, *self.args]
        plain = " ".join(words)
        safe = redact(plain, self.secrets)
        # Quoted only where there is nothing to hide: quotes within a secret would hide it from those that look for it.
        return join(words) if safe == plain else safe

    def __repr__(self) -> str:
        return f"UpstreamEntry({self.name!r}, {self.state.value}, {self.transport}, from {self.origin!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an entry is read against.

    `environ` expands variables; `cwd` is where a process is started; `extra_env` is given to it besides the entry's own
    variables. `own_command` starts this program when `revintel-mcp` is not on the PATH.
    """

    environ: Mapping[str, str]
    cwd: str
    extra_env: Mapping[str, str] = field(default_factory=dict)
    own_command: Sequence[str] = ()


class MalformedEntry(ValueError):
    """An entry that can't be read; the message says what is wrong and what to write."""


def title(name: str) -> str:
    """A server name in title case: `stripe-eu` is `Stripe-eu`."""
    return name[:1].upper() + name[1:]


def source_and_account(name: str) -> tuple[str, str] | None:
    """`("stripe", "eu")` for `stripe-eu` or `stripe_eu`; None when the name is none of ours."""
    match = _SERVER_NAME.fullmatch(name)
    return (match[1].lower(), match[2] or "") if match else None


def starts_this_server(raw: Any) -> bool:
    """Whether an entry would start revintel-mcp itself, by whatever launcher, and not one of its `upstream` servers."""
    if not isinstance(raw, Mapping):
        return False
    args = raw.get("args")
    words = [raw.get("command"), *(args if isinstance(args, list) else ())]
    for place, word in enumerate(words):
        if isinstance(word, str) and _is_own_program(word, words[place - 1] if place else None):
            return "upstream" not in words[place + 1 :]
    return False


def _is_own_program(word: str, before: Any) -> bool:
    """Whether a word of a command line names our program: not a folder called so, not a requirement of another."""
    if before in {"--with", "--from", "--package", "--directory", "--project"}:
        return False
    folder, _, program = word.replace("\\", "/").rpartition("/")
    if before is not None and folder and folder.rpartition("/")[2] not in {"bin", "Scripts"}:
        return False
    bare = program.lower().removesuffix(".exe")
    return re.split(r"[@=<>~!\[]", bare, maxsplit=1)[0] in _OWN_NAMES


def read_entry(name: str, raw: Any, origin: str, around: Surroundings) -> UpstreamEntry:
    """The upstream that one entry describes, ready or with the reason why it is not.

    Raises:
        MalformedEntry: Its shape is wrong, whatever the environment.
    """
    known = source_and_account(name)
    assert known is not None
    source, account = known
    transport = _transport(raw)
    if raw.get("disabled") is True:
        reason = f'switched off by "disabled" in {origin}'
        return UpstreamEntry(
            name=name, source=source, account=account, origin=origin, state=EntryState.DISABLED, reason=reason
        )
    reader = _Expander(around.environ)
    parts = _http_parts(raw, reader) if transport != "stdio" else _stdio_parts(raw, reader, around)
    parts |= {"name": name, "source": source, "account": account, "origin": origin, "transport": transport}
    if reader.unset:
        return UpstreamEntry(
            name=name,
            source=source,
            account=account,
            origin=origin,
            transport=transport,
            state=EntryState.NOT_CONFIGURED,
            reason=_unset_reason(reader.unset, origin),
        )
    return UpstreamEntry(**parts, secrets=_secrets(parts, raw, reader.secrets))


def _unset_reason(unset: Iterable[str], origin: str) -> str:
    names = list(dict.fromkeys(unset))
    listed = " and ".join(names)
    verb, object_ = ("is", "it") if len(names) == 1 else ("are", "them")
    return f"{listed} {verb} not set; {origin} needs {object_}. Type: export {' '.join(f'{name}=…' for name in names)}"


def _transport(raw: Any) -> str:
    if not isinstance(raw, Mapping):
        raise MalformedEntry('not an object; write {"command": "…", "args": […]} or {"type": "http", "url": "…"}')
    kind = raw.get("type", raw.get("transport", ""))
    if not isinstance(kind, str) or kind.lower() not in _TRANSPORTS:
        raise MalformedEntry(f'"type" is {kind!r}; write "stdio", "http" or "sse"')
    if "command" not in raw and "url" not in raw:
        raise MalformedEntry('neither "command" nor "url"; write one of them')
    found = _TRANSPORTS[kind.lower()] or ("http" if "url" in raw else "stdio")
    needed = "command" if found == "stdio" else "url"
    if needed not in raw:
        raise MalformedEntry(f'"type" is {kind!r} but there is no "{needed}"; add it')
    return found


def _stdio_parts(raw: Mapping[str, Any], reader: "_Expander", around: Surroundings) -> dict[str, Any]:
    command = reader.text(raw, "command")
    if not command.strip() and not reader.unset:
        raise MalformedEntry('"command" is empty; write the program to start')
    args = raw.get("args", [])
    if not isinstance(args, list) or not all(isinstance(arg, (str, int, float)) for arg in args):
        raise MalformedEntry('"args" is not a list of texts; write ["…", "…"]')
    own = tuple(around.own_command) if command in _OWN_NAMES else ()
    inherited = {key: around.environ[key] for key in INHERITED if around.environ.get(key)}
    return {
        "command": own[0] if own else command,
        "args": (*own[1:], *(reader.expand(str(arg)) for arg in args)),
        "env": {**inherited, **around.extra_env, **reader.table(raw, "env")},
        "cwd": reader.text(raw, "cwd") if raw.get("cwd") else around.cwd,
    }


def _http_parts(raw: Mapping[str, Any], reader: "_Expander") -> dict[str, Any]:
    url = reader.text(raw, "url")
    if not reader.unset and not re.fullmatch(r"https?://[^\s/?#]+\S*", url):
        raise MalformedEntry('"url" is not an http:// or https:// address; write the server\'s address')
    return {"url": url, "headers": reader.table(raw, "headers")}


class _Expander:
    """Expands variables in an entry's texts, and remembers which were unset and which gave a secret."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.unset: list[str] = []
        self.secrets: set[str] = set()

    def expand(self, text: str) -> str:
        """`text` with `${VAR}` and `${VAR:-default}` replaced; once, so that a value is never expanded again."""
        return _VARIABLE.sub(self._value, text)

    def _value(self, match: re.Match[str]) -> str:
        name, default = match[1], match[2]
        value = self._environ.get(name, "")
        if not value:  # like the shell's `:-`, an empty variable counts as unset
            if default is None:
                self.unset.append(name)
            return default or ""
        if is_secret(name, value):
            self.secrets.add(value)
        return value

    def text(self, raw: Mapping[str, Any], key: str) -> str:
        """The expanded text of a member."""
        value = raw[key]
        if not isinstance(value, str):
            raise MalformedEntry(f'"{key}" is not a text; put it in quotes')
        return self.expand(value)

    def table(self, raw: Mapping[str, Any], key: str) -> dict[str, str]:
        """The expanded texts of a member that is an object of texts; numbers are taken as texts."""
        value = raw.get(key) or {}
        if not isinstance(value, Mapping):
            raise MalformedEntry(f'"{key}" is not an object; write {{"NAME": "value"}}')
        for name, item in value.items():
            if not isinstance(item, (str, int, float)):
                raise MalformedEntry(f'"{key}" has a value for {name} that is not a text; put it in quotes')
        return {name: self.expand(str(item)) for name, item in value.items()}


def _secrets(parts: Mapping[str, Any], raw: Mapping[str, Any], expanded: Collection[str]) -> frozenset[str]:
    """Every text of the entry that must not be shown."""
    own = {key: parts["env"][key] for key in raw.get("env") or {}} if "env" in parts else {}
    return frozenset(expanded) | secrets_of(
        named={**own, **parts.get("headers", {})}, args=parts.get("args", ()), url=parts.get("url", "")
    )
