"""Where upstreams may be configured: files of `mcpServers`, read in the order in which they win.

Formats after Claude Code's documentation ("MCP installation scopes", "Plugins reference"): a project's `.mcp.json`; the
user's `~/.claude.json`, whose `projects.<folder>.mcpServers` go before its own `mcpServers`; plugins that are enabled
in `~/.claude/settings.json` and installed where `~/.claude/plugins/installed_plugins.json` says, each with servers in
its `.mcp.json` or `.claude-plugin/plugin.json`. `CLAUDE_CONFIG_DIR` moves the user's files, as it does there.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

#: A configuration file beyond this size is no configuration file.
_LARGEST_FILE: Final = 64 * 1024 * 1024


class BadFile(ValueError):
    """A file that can't be used as a whole: `file:line:column: what. mend`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Servers from one file, whose bytes are `content`.

    `variables` are added to the environment of its entries. `found_lying` says that nobody named the file: it is used
    only because it lies in the working folder.
    """

    origin: str
    path: Path
    servers: Mapping[str, Any]
    content: bytes
    cwd: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    found_lying: bool = False

    def line_of(self, name: str) -> int:
        """The line where the server's entry begins; 1 when it can't be told."""
        text = self.content.decode("utf-8-sig")
        found = re.search(rf"{re.escape(json.dumps(name))}\s*:", text)
        return text.count("\n", 0, found.start()) + 1 if found else 1


def project_file(path: Path, *, found_lying: bool = False) -> Place | None:
    """The servers of a `.mcp.json`; None where there is no such file.

    Raises:
        BadFile: It is there and can't be used.
    """
    content = read_bytes(path)
    if content is None:
        return None
    servers = parse(path, content).get("mcpServers")
    if not isinstance(servers, dict):
        raise BadFile(f'{path}:1:1: no "mcpServers" object. Write {{"mcpServers": {{"stripe": {{…}}}}}}')
    return Place(
        origin=str(path), path=path, servers=servers, content=content, cwd=path.parent, found_lying=found_lying
    )


def claude_folder(environ: Mapping[str, str], home: Path) -> Path:
    """The folder of the user's Claude Code settings and plugins."""
    named = environ.get("CLAUDE_CONFIG_DIR", "")
    return Path(named) if named else home / ".claude"


def claude_file(environ: Mapping[str, str], home: Path) -> Path:
    """The user's Claude Code state file, which holds servers of the user and, by folder, of projects."""
    named = environ.get("CLAUDE_CONFIG_DIR", "")
    return (Path(named) if named else home) / ".claude.json"


def user_places(environ: Mapping[str, str], home: Path, cwd: Path) -> Iterator[Place]:
    """The user's own servers: those for this folder only, then those for everywhere.

    Raises:
        BadFile: The file is there and can't be used.
    """
    path = claude_file(environ, home)
    content = read_bytes(path)
    if content is None:
        return
    data = parse(path, content)
    projects = data.get("projects")
    mine = [_of(projects, folder) for folder in dict.fromkeys((str(cwd), str(cwd.resolve()), cwd.as_posix()))]
    for project in mine:
        servers = _of(project, "mcpServers")
        if isinstance(servers, dict) and servers:
            yield Place(origin=f"{path} (for {cwd})", path=path, servers=servers, content=content, cwd=cwd)
    servers = data.get("mcpServers")
    if isinstance(servers, dict):
        yield Place(origin=str(path), path=path, servers=servers, content=content, cwd=cwd)


def plugin_places(environ: Mapping[str, str], home: Path, cwd: Path) -> Iterator[Place | BadFile]:
    """The servers of every enabled plugin; a plugin that can't be read is a `BadFile` among them."""
    folder = claude_folder(environ, home)
    try:
        enabled = _of(_json_file(folder / "settings.json"), "enabledPlugins")
        installed = _of(_json_file(folder / "plugins" / "installed_plugins.json"), "plugins")
    except BadFile as bad:
        yield bad
        return
    for plugin, on in enabled.items() if isinstance(enabled, dict) else ():
        root = _plugin_root(folder / "plugins", plugin, _of(installed, plugin), cwd) if on is True else None
        if root is not None:
            yield from _plugin_servers(plugin, root, folder, cwd)


def _plugin_servers(plugin: str, root: Path, folder: Path, cwd: Path) -> Iterator[Place | BadFile]:
    """The plugin's servers: of its `.mcp.json`, then of its manifest (an object, or files named there)."""
    named: list[Any] = [root / ".mcp.json"]
    manifest = root / ".claude-plugin" / "plugin.json"
    variables = {
        "CLAUDE_PLUGIN_ROOT": str(root),
        "CLAUDE_PLUGIN_DATA": str(folder / "plugins" / "data" / re.sub(r"[^A-Za-z0-9_-]", "-", plugin)),
    }
    try:
        declared = _of(_json_file(manifest), "mcpServers")
        named += declared if isinstance(declared, list) else [declared]
        for item in named:
            path = _inside(root, item) if isinstance(item, (str, Path)) else manifest
            content = read_bytes(path) if path else None
            if path is None or content is None or item is None:
                continue
            servers = item if isinstance(item, dict) else parse(path, content)
            if not isinstance(item, dict) and isinstance(servers.get("mcpServers"), dict):
                servers = servers["mcpServers"]
            yield Place(
                origin=f"{path} (plugin {plugin})",
                path=path,
                servers=servers,
                content=content,
                cwd=cwd,
                variables=variables,
            )
    except BadFile as bad:
        yield bad


def _plugin_root(plugins: Path, plugin: str, installed: Any, cwd: Path) -> Path | None:
    """Where the plugin lies: its newest installation for this user or folder; else its marketplace's copy."""
    records = installed if isinstance(installed, list) else [installed]
    usable = [
        record
        for record in records
        if isinstance(record, dict)
        and isinstance(record.get("installPath"), str)
        and record.get("projectPath", str(cwd)) == str(cwd)
        and Path(record["installPath"]).is_dir()
    ]
    if usable:
        return Path(max(usable, key=lambda record: str(record.get("lastUpdated", "")))["installPath"])
    name, _, market = plugin.partition("@")
    if not all(re.fullmatch(r"[\w.-]+", part) and part not in {".", ".."} for part in (name, market)):
        return None
    copies = (plugins / "marketplaces" / market / kind / name for kind in ("plugins", "external_plugins"))
    return next((copy for copy in copies if copy.is_dir()), None)


def _inside(root: Path, item: str | Path) -> Path | None:
    """The file a manifest names, if it lies inside the plugin."""
    path = (root / str(item).replace("${CLAUDE_PLUGIN_ROOT}/", "")).resolve()
    return path if path.is_relative_to(root.resolve()) else None


def read_bytes(path: Path) -> bytes | None:
    """The file's bytes; None where there is none.

    Raises:
        BadFile: It is there and can't be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise BadFile(f"{path}: can't be read ({error.strerror}). Check its permissions") from error
    if len(content) > _LARGEST_FILE:
        raise BadFile(f"{path}: larger than {_LARGEST_FILE // 1024 // 1024} MB. Name a configuration file")
    return content


def parse(path: Path, content: bytes) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        BadFile: It holds something else; the message has the line and the column.
    """
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise BadFile(f"{path}:{error.lineno}:{error.colno}: {error.msg}. {_mend(error)}") from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        raise BadFile(f"{path}:{line}:{column}: not UTF-8. Save it as UTF-8") from error
    except RecursionError as error:
        raise BadFile(f"{path}:1:1: nested too deeply. Name a configuration file") from error
    if not isinstance(value, dict):
        raise BadFile(f'{path}:1:1: not a JSON object. Write {{"mcpServers": {{…}}}}')
    return value


def _mend(error: json.JSONDecodeError) -> str:
    """What usually causes a JSON mistake of this kind."""
    # Up to Python 3.12 a last comma is found at what follows it, later at itself.
    if re.search(r",\s*$", error.doc[: error.pos]) and re.match(r"\s*[}\]]", error.doc[error.pos :]):
        return "Take away the comma before it"
    if "trailing comma" in error.msg:
        return "Take away that comma"
    if error.doc[error.pos : error.pos + 2] in {"//", "/*"}:
        return "JSON has no comments; take it away"
    if "delimiter" in error.msg:
        return "Look for a missing comma or quote just before"
    return "Mend the JSON there"


def _json_file(path: Path) -> dict[str, Any]:
    content = read_bytes(path)
    return {} if content is None else parse(path, content)


def _of(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None
