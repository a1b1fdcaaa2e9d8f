"""One upstream as configuration gives it: a server name, and how to start or reach it.

`read_entry` reads a single entry of an `mcpServers` object the way Claude Code does (its docs, "MCP installation
scopes" and "Environment variable expansion in .mcp.json"): `type`, `command`, `args`, `env`, `cwd`, `url`, `headers`,
with `${VAR}` and `${VAR:-default}` in their strings. What is wrong with one entry says nothing about the others.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from revintel_mcp.sources.redaction import SHORTEST_SECRET, redact

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
_SECRET_NAME = re.compile(r"(?i)key|token|secret|passw|auth(?!or(?!i[sz]))|credential|cookie|bearer")
_TOKEN_LIKE = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_+=~.-]{16,}")
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
        """How it is started or reached, for people, without its secrets."""
        if self.transport != "stdio":
            return redact(self.url.partition("?")[0], self.secrets)
        return redact(" ".join([self.command, *self.args]), self.secrets)

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
    return UpstreamEntry(**parts, secrets=_secrets(parts, raw, reader))


def _unset_reason(unset: Iterable[str], origin: str) -> str:
    names = list(dict.fromkeys(unset))
    listed = " and ".join(names)
    verb = "is" if len(names) == 1 else "are"
    return f"{listed} {verb} not set; {origin} needs it. Type: export {names[0]}=…"


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
        if _SECRET_NAME.search(name) or _TOKEN_LIKE.fullmatch(value):
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


def _secrets(parts: Mapping[str, Any], raw: Mapping[str, Any], reader: _Expander) -> frozenset[str]:
    """Every text of the entry that must not be shown: by the name it goes under, by its look, by its variable."""
    named = {**{key: parts["env"].get(key, "") for key in raw.get("env") or {}}} if "env" in parts else {}
    named |= parts.get("headers", {})
    found = set(reader.secrets)
    for key, value in named.items():
        if _SECRET_NAME.search(key) or _TOKEN_LIKE.fullmatch(value):
            found |= {value, value.rpartition(" ")[2]}  # the header's value, and its token without `Bearer`
    found |= _argument_secrets(parts.get("args", ())) | _address_secrets(parts.get("url", ""))
    return frozenset(secret for secret in found if len(secret) >= SHORTEST_SECRET)


def _argument_secrets(args: Sequence[str]) -> set[str]:
    """`X` of `--api-key=X`, `--api-key X`, `gumroadAccessToken=X`, `--header "Authorization: Bearer X"`."""
    found: set[str] = set()
    previous = ""
    for arg in args:
        name, _, value = arg.partition("=")
        if value and _SECRET_NAME.search(name):
            found.add(value)
        elif (previous.startswith("-") and _SECRET_NAME.search(previous) and "=" not in previous) or (
            _TOKEN_LIKE.fullmatch(arg) and not arg.startswith("-")
        ):
            found.add(arg)
        header = re.fullmatch(r"([A-Za-z-]+):\s*(.+)", arg)
        if header and _SECRET_NAME.search(header[1]):
            found |= {header[2], header[2].rpartition(" ")[2]}
        previous = arg
    return found


def _address_secrets(url: str) -> set[str]:
    """The password and the query values of an address, as written and decoded."""
    if not url:
        return set()
    from urllib.parse import parse_qsl, unquote, urlsplit  # noqa: PLC0415 - only HTTP entries pay for the import

    split = urlsplit(url)
    values = {value for name, value in parse_qsl(split.query) if _SECRET_NAME.search(name) or _TOKEN_LIKE.match(value)}
    if split.password:
        values |= {split.password, unquote(split.password)}
    return values
