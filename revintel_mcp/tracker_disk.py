"""One file on the disk: telling its states apart, reading it whole, making a new one safely, errors in our words."""

import errno
import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from revintel_mcp.errors import TrackerBusy, TrackerError, TrackerUnreadable, TrackerUnwritable

#: Bytes from which on a piece is written by itself.
_PIECE: Final = 1 << 16

_PRIVATE: Final = 0o600
_PRIVATE_FOLDER: Final = 0o700
_MOST_TRIES: Final = 20
_COARSEST_CLOCK_NS: Final = 2_000_000_000
_CHUNK: Final = 1 << 20
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

    def __init__(self, text: bytes | Sequence[memoryview], identity: Identity | None) -> None:
        self._text = text
        self.identity = identity
        self.existed = identity is not None
        self.backup: Path | None = None
        """Where the write that gave this text kept the one before; None if it was no rare rewrite."""
        self.is_settled = identity is None or time.time_ns() - identity.mtime_ns > _COARSEST_CLOCK_NS
        """Whether its identity tells all later states of the file from this one: it was not read just as written."""

    @cached_property
    def data(self) -> bytes:
        """The text. Pieces of it are joined when somebody looks: who has just written them seldom does."""
        return self._text if isinstance(self._text, bytes) else b"".join(self._text)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the text, in hex."""
        from hashlib import sha256  # noqa: PLC0415 - only some callers ask, and the import costs milliseconds

        return sha256(self.data).hexdigest()


# -- reading ----------------------------------------------------------------------------------------------------------


def open_tracker(path: Path) -> int | None:
    """A handle to read from; None if there is no such file."""
    try:
        handle = os.open(path, _READ_FLAGS)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        mode = os.fstat(handle).st_mode
    except OSError as error:
        os.close(handle)
        raise unreadable(path, error) from error
    if stat.S_ISREG(mode):
        return handle
    os.close(handle)
    what = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
    raise TrackerUnreadable(f"{path}: this is {what}. Name the tracker file itself, with --tracker")


def read_tracker(handle: int, path: Path) -> Snapshot:
    """All of a file; read again if somebody wrote to it meanwhile."""
    for _ in range(_MOST_TRIES):
        try:
            before = Identity.of(os.fstat(handle))
            data = _all_of(handle, before.size)
            after = Identity.of(os.fstat(handle))
        except OSError as error:
            raise unreadable(path, error) from error
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


def written_late(path: Path, handle: int | None, found: Snapshot) -> bytes | None:
    """What an editor wrote into the old file after we looked for the last time; None if nothing."""
    if handle is None or found.identity is None:
        return None
    with writing(path):
        now = Identity.of(os.fstat(handle))
    if (now.size, now.mtime_ns) == (found.identity.size, found.identity.mtime_ns):
        return None
    with writing(path):
        return _all_of(handle, now.size)


def stat_or_none(path: Path) -> os.stat_result | None:
    """A file's status; None if it does not exist."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def is_still(path: Path, found: Snapshot) -> bool:
    """Whether the file is what was read. Where its time is too fresh to tell two writes apart, its text is compared."""
    status = stat_or_none(path)
    if identity_or_none(status) != found.identity:
        return False
    if status is None or time.time_ns() - status.st_mtime_ns > _COARSEST_CLOCK_NS:
        return True
    return same_text(path, found.data)


def refuse_read_only(path: Path) -> None:
    """Nothing, if the file's mode lets us write into it.

    Raises:
        TrackerUnwritable: it is read-only.
        OSError: its disk is.
    """
    if os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        return
    if sys.platform != "win32" and os.statvfs(path).f_flag & os.ST_RDONLY:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))
    raise TrackerUnwritable(f"{path}: the file is read-only. Make it writable (chmod u+w), then run this again")


def identity_or_none(status: os.stat_result | None) -> Identity | None:
    """The identity a status shows; None for none."""
    return None if status is None else Identity.of(status)


# -- writing ----------------------------------------------------------------------------------------------------------


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, for their owner only."""
    try:
        folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    except FileExistsError as error:
        raise TrackerUnwritable(f"{folder}: this is a file, and the tracker's folder is to be there") from error
    except OSError as error:
        raise TrackerUnwritable(f"{folder}: the folder can't be made ({error.strerror})") from error


def write_new(path: Path, pieces: Iterable[memoryview], *, like: Path | None) -> None:
    """A new file with this text, safely on the disk, with mode, owner and attributes of the one it is to replace."""
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


def _make_alike(handle: int, like: Path) -> None:
    """Owner, group, mode and attributes of another file. A file whose owner can't be kept is not replaced."""
    if sys.platform == "win32":
        return
    theirs, mine = like.stat(), os.fstat(handle)
    if (mine.st_uid, mine.st_gid) != (theirs.st_uid, theirs.st_gid):
        os.fchown(handle, theirs.st_uid, theirs.st_gid)
    os.fchmod(handle, stat.S_IMODE(theirs.st_mode))
    if sys.platform == "linux":
        with suppress(OSError):  # a file system without attributes, or one that keeps some to itself
            for name in os.listxattr(like):
                os.setxattr(handle, name, os.getxattr(like, name))


def sync_folder(folder: Path) -> None:
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


def same_text(path: Path, data: bytes) -> bool:
    """Whether a file says this."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def literal(text: str) -> str:
    """A name for a glob pattern, with nothing special in it."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in text)


# -- errors -----------------------------------------------------------------------------------------------------------


def unreadable(path: Path, error: OSError) -> TrackerError:
    """What the system says against a read, in our words."""
    if error.errno == errno.ELOOP:
        return TrackerUnreadable(f"{path}: the link leads back to itself. Name the tracker file, with --tracker")
    if error.errno == errno.ENOTDIR:
        return TrackerUnreadable(f"{path}: a part of this path is a file, not a folder")
    if error.errno in (errno.EACCES, errno.EPERM):
        return TrackerUnreadable(f"{path}: you may not read this file. Give yourself read permission (chmod u+r)")
    return TrackerUnreadable(f"{path}: the tracker can't be read ({error.strerror})")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What the system says against a write, in our words."""
    try:
        yield
    except OSError as error:
        raise _unwritable(path, error) from error


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
