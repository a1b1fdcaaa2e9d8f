"""The tracker on disk: lock, read, change, put in place at once. A crash leaves the old file or the new one, whole."""

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from revintel_mcp.errors import TrackerBusy, TrackerError, TrackerUnreadable, TrackerUnwritable
from revintel_mcp.tracker_lock import DEFAULT_WAIT_S, locked

if TYPE_CHECKING:
    from revintel_mcp.tracker import Update

_PRIVATE: Final = 0o600
_PRIVATE_FOLDER: Final = 0o700
_MOST_TRIES: Final = 20
_MOST_BACKUPS: Final = 10
_PIECE: Final = 1 << 16
_CHUNK: Final = 1 << 20
_LONGEST_NAME: Final = 100
_READ_FLAGS: Final = (
    os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)
_NEW_FLAGS: Final = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
)
_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


class Identity(NamedTuple):
    """What tells one state of a file from another without reading it."""

    device: int
    inode: int
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Identity":
        """The identity a stat call shows."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


class Snapshot:
    """The tracker as it was read. A file that does not exist reads as empty."""

    def __init__(self, data: bytes, identity: Identity | None) -> None:
        self.data = data
        self.identity = identity
        self.existed = identity is not None

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the text, in hex."""
        from hashlib import sha256  # noqa: PLC0415 - only some callers ask, and the import costs milliseconds

        return sha256(self.data).hexdigest()


class TrackerFile:
    """A tracker on disk. Reading never locks; writing waits for other writers for at most `wait_s` seconds."""

    def __init__(self, path: Path | str, *, wait_s: float = DEFAULT_WAIT_S) -> None:
        self.path = Path(path)
        self._wait_s = wait_s

    def identity(self) -> Identity | None:
        """The file's identity now; None if it does not exist."""
        try:
            return Identity.of(self.path.stat())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(self.path, error) from error

    def read(self) -> Snapshot:
        """The text as it stands.

        Raises:
            TrackerUnreadable: it exists and can't be read.
        """
        handle = _open(self.path)
        if handle is None:
            return Snapshot(b"", None)
        try:
            return _read(handle, self.path)
        finally:
            os.close(handle)

    def pieces(self) -> Iterator[bytes]:
        """The text in pieces, without holding all of it; nothing if there is no file.

        Raises:
            TrackerUnreadable: it exists and can't be read.
        """
        handle = _open(self.path)
        if handle is None:
            return
        try:
            while piece := os.read(handle, _PIECE):
                yield piece
        except OSError as error:
            raise _unreadable(self.path, error) from error
        finally:
            os.close(handle)

    def update(self, change: "Callable[[bytes], Update | None]") -> Snapshot:
        """Replace the text by what `change` makes of it, and give the new one.

        `change` gets the text as it is once the lock is held, and runs again on a newer text if an editor saved in
        between. It gives None, or an update that changes nothing, to leave the file alone.

        Raises:
            TrackerUnreadable: it exists and can't be read.
            TrackerUnwritable: the new text can't be put in place; the old one stands.
            TrackerBusy: another program held the lock, or kept changing the file, for too long.
        """
        target = self._target()
        _make_folder(target.parent)
        with locked(target.parent, target.name, self._wait_s):
            writer = _Writer(target)
            writer.sweep()
            return writer.update(change)

    def _target(self) -> Path:
        """The file itself, if the path is a link to it."""
        try:
            return Path(os.path.realpath(self.path, strict=False))
        except OSError as error:
            raise _unreadable(self.path, error) from error


class _Writer:
    """Writes while the lock is held."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self._prefix = f".{target.name[:_LONGEST_NAME]}."

    def sweep(self) -> None:
        """Remove temporary files of writers that died. We hold the lock, so none of them is alive."""
        with suppress(OSError), os.scandir(self.target.parent) as entries:
            for entry in entries:
                if entry.name.startswith(self._prefix) and entry.name.endswith(".tmp"):
                    with suppress(OSError):
                        Path(entry.path).unlink()

    def update(self, change: "Callable[[bytes], Update | None]") -> Snapshot:
        """Read, change, write; again, if the file changed meanwhile."""
        late: bytes | None = None
        for _ in range(_MOST_TRIES):
            handle = _open(self.target)
            try:
                found = Snapshot(b"", None) if handle is None else _read(handle, self.target)
                base = found if late is None else Snapshot(late, found.identity)
                update = change(base.data)
                if update is None or (not update.changed and late is None):
                    return found
                if update.needs_backup and base.data:
                    self._back_up(base.data)
                written = self._put(update.pieces, found.identity)
                if written is None:
                    continue
                late = _written_late(handle, found)
                if late is None:
                    return Snapshot(update.data, written)
            finally:
                if handle is not None:
                    os.close(handle)
        raise TrackerBusy(
            f"{self.target}: another program keeps changing the tracker while it is being written. Nothing was lost; "
            "close it in your editor, then run this again"
        )

    def _put(self, pieces: Iterable[memoryview], expected: Identity | None) -> Identity | None:
        """Put a text in place of the file that has this identity; None, with nothing done, if it is another by now."""
        old = _stat(self.target)
        if old is not None and not os.access(self.target, os.W_OK):
            raise TrackerUnwritable(
                f"{self.target}: the file is read-only. Make it writable (chmod u+w), then run again"
            )
        temporary = self._temporary()
        try:
            _write_new(temporary, pieces, old)
            if _identity(_stat(self.target)) != expected:
                return None
            temporary.replace(self.target)
            _sync_folder(self.target.parent)
            return _identity(_stat(self.target))
        except OSError as error:
            raise _unwritable(self.target, error) from error
        finally:
            temporary.unlink(missing_ok=True)

    def _temporary(self) -> Path:
        return self.target.parent / f"{self._prefix}{os.getpid()}-{os.urandom(6).hex()}.tmp"

    def _back_up(self, data: bytes) -> None:
        """Keep a copy beside the tracker, for its owner only. The first copy and the latest ones are kept."""
        stem, suffix = self.target.stem, self.target.suffix
        kept = sorted(each for each in self.target.parent.glob(f"{_literal(stem)}.backup-*{_literal(suffix)}"))
        if kept and _same_text(kept[-1], data):
            return
        name = f"{stem}.backup-{datetime.now().astimezone():%Y%m%d-%H%M%S-%f}{suffix}"
        temporary = self._temporary()
        try:
            _write_new(temporary, [memoryview(data)], None)
            temporary.replace(self.target.parent / name)
            _sync_folder(self.target.parent)
        except OSError as error:
            raise _unwritable(self.target, error) from error
        finally:
            temporary.unlink(missing_ok=True)
        for old in kept[1 : len(kept) - (_MOST_BACKUPS - 2)]:
            with suppress(OSError):
                old.unlink()


# -- reading ----------------------------------------------------------------------------------------------------------


def _open(path: Path) -> int | None:
    """A handle to read from; None if there is no such file."""
    try:
        handle = os.open(path, _READ_FLAGS)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from error
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return handle
    os.close(handle)
    what = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
    raise TrackerUnreadable(f"{path}: this is {what}. Name the tracker file itself, with --tracker")


def _read(handle: int, path: Path) -> Snapshot:
    """All of a file; read again if somebody wrote to it meanwhile."""
    for _ in range(_MOST_TRIES):
        try:
            before = Identity.of(os.fstat(handle))
            data = _all_of(handle, before.size)
            after = Identity.of(os.fstat(handle))
        except OSError as error:
            raise _unreadable(path, error) from error
        if before == after and len(data) == after.size:
            return Snapshot(data, after)
    raise TrackerBusy(f"{path}: another program keeps writing to the tracker. Run this again once it is done")


def _all_of(handle: int, size: int) -> bytes:
    os.lseek(handle, 0, os.SEEK_SET)
    first = os.read(handle, size + 1)
    pieces = [first]
    while first and (piece := os.read(handle, _CHUNK)):
        pieces.append(piece)
    return first if len(pieces) == 1 else b"".join(pieces)


def _written_late(handle: int | None, found: Snapshot) -> bytes | None:
    """What an editor wrote into the old file after we looked for the last time; None if nothing."""
    if handle is None or found.identity is None:
        return None
    now = Identity.of(os.fstat(handle))
    if (now.size, now.mtime_ns) == (found.identity.size, found.identity.mtime_ns):
        return None
    return _all_of(handle, now.size)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _identity(status: os.stat_result | None) -> Identity | None:
    return None if status is None else Identity.of(status)


# -- writing ----------------------------------------------------------------------------------------------------------


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    except FileExistsError as error:
        raise TrackerUnwritable(f"{folder}: this is a file, and the tracker's folder is to be there") from error
    except OSError as error:
        raise TrackerUnwritable(f"{folder}: the folder can't be made ({error.strerror})") from error


def _write_new(path: Path, pieces: Iterable[memoryview], like: os.stat_result | None) -> None:
    """A new file with this text, safely on the disk, with the mode and owner of the one it is to replace."""
    handle = os.open(path, _NEW_FLAGS, _PRIVATE)
    try:
        for chunk in _chunks(pieces):
            view = memoryview(chunk)
            while view:
                view = view[os.write(handle, view) :]
        if like is not None:
            _make_alike(handle, like)
        os.fsync(handle)
    finally:
        os.close(handle)


def _chunks(pieces: Iterable[memoryview]) -> Iterator[memoryview | bytes]:
    """The same text in fewer, larger pieces."""
    small: list[memoryview] = []
    size = 0
    for piece in pieces:
        if len(piece) >= _PIECE:
            yield b"".join(small)
            yield piece
            small, size = [], 0
            continue
        small.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield b"".join(small)
            small, size = [], 0
    yield b"".join(small)


def _make_alike(handle: int, like: os.stat_result) -> None:
    """Owner, group and mode of another file. A file whose owner can't be kept is not replaced."""
    if not hasattr(os, "fchown"):
        return
    mine = os.fstat(handle)
    if (mine.st_uid, mine.st_gid) != (like.st_uid, like.st_gid):
        os.fchown(handle, like.st_uid, like.st_gid)
    os.fchmod(handle, stat.S_IMODE(like.st_mode))


def _sync_folder(folder: Path) -> None:
    """Make sure that a name is on the disk; some systems and file systems can't, and need not."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EBADF}:
            raise
    finally:
        os.close(handle)


def _same_text(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _literal(text: str) -> str:
    """A name for a glob pattern, with nothing special in it."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in text)


# -- errors -----------------------------------------------------------------------------------------------------------


def _unreadable(path: Path, error: OSError) -> TrackerError:
    if error.errno == errno.ELOOP:
        return TrackerUnreadable(f"{path}: the link leads back to itself. Name the tracker file, with --tracker")
    if error.errno == errno.ENOTDIR:
        return TrackerUnreadable(f"{path}: a part of this path is a file, not a folder")
    if error.errno in (errno.EACCES, errno.EPERM):
        return TrackerUnreadable(f"{path}: you may not read this file. Give yourself read permission (chmod u+r)")
    return TrackerUnreadable(f"{path}: the tracker can't be read ({error.strerror})")


def _unwritable(path: Path, error: OSError) -> TrackerUnwritable:
    if error.errno in _FULL:
        return TrackerUnwritable(f"{path}: the disk is full. The tracker is as it was; free some space, then run again")
    if error.errno == errno.EROFS:
        return TrackerUnwritable(f"{path}: the disk is mounted read-only. The tracker is as it was")
    if error.errno in (errno.EACCES, errno.EPERM):
        return TrackerUnwritable(
            f"{path}: you may not write in {path.parent}, or not keep the file's owner. The tracker is as it was; "
            "make the folder writable, then run again"
        )
    return TrackerUnwritable(f"{path}: the new text can't be put in place ({error.strerror}). The tracker is as it was")
