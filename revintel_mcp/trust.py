"""Which `.mcp.json` files found in a working folder may start programs: those the user has trusted, byte for byte.

Kept in the user's state folder as `{"<path>": "<sha256 of the content>"}`, readable by its owner only. A file that
changed since must be trusted again.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from revintel_mcp.errors import RevintelError, UsageError
from revintel_mcp.sources.redaction import redact
from revintel_mcp.upstream_entry import MalformedEntry, Surroundings, read_entry, source_and_account

_FILE: Final = "trusted.json"


@dataclass(frozen=True, slots=True)
class Trusted:
    """What was trusted: the file, its digest, and the programs it may now start, by server name (redacted)."""

    path: Path
    digest: str
    servers: Mapping[str, str]


def trust_file(environ: Mapping[str, str], home: Path) -> Path:
    """Where trust is remembered: `$XDG_STATE_HOME/revintel-mcp/trusted.json`, else under `~/.local/state`."""
    folder = environ.get("XDG_STATE_HOME", "")
    base = Path(folder) if folder.startswith("/") else home / ".local" / "state"
    return base / "revintel-mcp" / _FILE


def distrust(path: Path, content: bytes, book: Path) -> str:
    """Why this content may not be used at this path; empty when this very content was trusted there."""
    known = _read(book).get(str(_place(path)))
    if known is None:
        return "is not trusted yet"
    return "" if known == sha256(content).hexdigest() else "has changed since it was trusted"


def trust(path: Path, environ: Mapping[str, str], *, home: Path) -> Trusted:
    """Trust the file as it is now.

    Raises:
        UsageError: It can't be read, or is no `.mcp.json`.
        RevintelError: The state folder can't be written.
    """
    try:
        content = path.read_bytes()
        servers = json.loads(content.decode("utf-8-sig"))["mcpServers"]
        shown = _shown(servers, environ, path)
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}. Type the path of a .mcp.json file") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f'{path} is not a .mcp.json: it has no "mcpServers" in JSON. Mend it, then trust it'
        ) from error
    resolved = _place(path)
    digest = sha256(content).hexdigest()
    book = trust_file(environ, home)
    try:
        _write(book, {**_read(book), str(resolved): digest})
    except OSError as error:
        raise RevintelError(f"{book} can't be written: {error.strerror}. Check the folder's permissions") from error
    return Trusted(resolved, digest, shown)


def _place(path: Path) -> Path:
    """Where a file lies. Of a link that is its own folder, not its target's: the programs are started from there."""
    return path.parent.resolve() / path.name


def _shown(servers: Any, environ: Mapping[str, str], path: Path) -> dict[str, str]:
    """How each of our upstreams in the file would be started, as the file has it, and what it would be given."""
    around = Surroundings(environ=environ, cwd=str(path.parent))
    shown: dict[str, str] = {}
    for name, raw in servers.items():
        if source_and_account(name) is not None:
            try:
                entry = read_entry(name, raw, str(path), around)
            except MalformedEntry as error:
                shown[name] = f"can't be used: {error}"
            else:
                shown[name] = "; ".join([_command(raw), *_given(raw), *([] if entry.ready else [entry.reason])])
    return shown


def _command(raw: Mapping[str, Any]) -> str:
    """The program with its arguments, or the address, unexpanded: what a variable hides today may start tomorrow."""
    words = [raw.get("command") or raw.get("url", ""), *(raw.get("args") or [])]
    return redact(" ".join(map(str, words))).strip()


def _given(raw: Mapping[str, Any]) -> list[str]:
    """The names of the variables and headers that it would be given: those may be keys."""
    names = [*(raw.get("env") or {}), *(raw.get("headers") or {})]
    return [f"is given {', '.join(map(str, names))}"] if names else []


def _read(book: Path) -> dict[str, str]:
    """What is trusted so far; nothing, where the file is missing or no longer ours to read."""
    try:
        value = json.loads(book.read_bytes())
    except (OSError, ValueError):
        return {}
    return {key: item for key, item in value.items() if isinstance(item, str)} if isinstance(value, dict) else {}


def _write(book: Path, trusted: Mapping[str, str]) -> None:
    """Put the new text in place whole: a temporary file in the same folder (0600 from the start), then replace."""
    from tempfile import mkstemp  # noqa: PLC0415 - only trusting pays for the import

    book.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = mkstemp(dir=book.parent, prefix=".trusted-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(trusted, file, indent=2, sort_keys=True)
            file.write("\n")
        Path(temporary).replace(book)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
