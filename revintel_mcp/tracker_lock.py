"""One writer at a time, across processes. The system lets go of the lock when its holder dies, however it dies.

The lock is on the folder itself, so nothing is left behind. Where a file system can't lock a folder (some network
ones), and on Windows, a small file beside the tracker carries it.
"""

import errno
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from revintel_mcp.errors import TrackerBusy, TrackerUnwritable

DEFAULT_WAIT_S: Final = 15.0


@contextmanager
def locked(folder: Path, name: str, wait_s: float = DEFAULT_WAIT_S) -> Iterator[None]:
    """Hold the lock of the tracker `name` in `folder`; waits for at most `wait_s` seconds.

    Raises:
        TrackerBusy: another program held it all that time.
        TrackerUnwritable: the folder can't be locked.
    """
    if sys.platform == "win32":
        with _held_by_filelock(folder / f".{name}.lock", wait_s):
            yield
        return
    handle = _acquire(folder, name, time.monotonic() + wait_s, wait_s)
    try:
        yield
    finally:
        os.close(handle)


def busy(name: str, wait_s: float) -> TrackerBusy:
    """The error for a lock that another program keeps."""
    return TrackerBusy(
        f"{name}: another program has been writing to the tracker for {wait_s:g} seconds. Nothing was changed; "
        "wait for it to end, or end it, then run this again"
    )


if sys.platform == "win32":

    @contextmanager
    def _held_by_filelock(path: Path, wait_s: float) -> Iterator[None]:
        from filelock import FileLock, Timeout  # noqa: PLC0415 - a tenth of a second, and only this system needs it

        try:
            with FileLock(path, timeout=wait_s):
                yield
        except Timeout as error:
            raise busy(path.name, wait_s) from error

else:
    import fcntl

    # What file systems answer that can lock files but not folders, or neither.
    _NO_FOLDER_LOCKS: Final = frozenset(
        (errno.EBADF, errno.EINVAL, errno.EISDIR, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK)
    )

    def _acquire(folder: Path, name: str, deadline: float, wait_s: float) -> int:
        """An open handle that holds the lock; closing it lets go."""
        try:
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise TrackerUnwritable(f"{folder}: the folder can't be opened ({error.strerror})") from error
        try:
            _wait(handle, name, deadline, wait_s)
        except OSError as error:
            os.close(handle)
            if error.errno in _NO_FOLDER_LOCKS:
                return _acquire_file(folder, name, deadline, wait_s)
            raise TrackerUnwritable(f"{folder}: the folder can't be locked ({error.strerror})") from error
        except BaseException:
            os.close(handle)
            raise
        return handle

    def _acquire_file(folder: Path, name: str, deadline: float, wait_s: float) -> int:
        path = folder / f".{name}.lock"
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise TrackerUnwritable(f"{path}: the lock file can't be opened ({error.strerror})") from error
        try:
            _wait(handle, name, deadline, wait_s)
        except OSError as error:
            os.close(handle)
            raise TrackerUnwritable(f"{path}: this file system can't lock files ({error.strerror})") from error
        except BaseException:
            os.close(handle)
            raise
        return handle

    def _wait(handle: int, name: str, deadline: float, wait_s: float) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _Queued(handle).wait(name, deadline, wait_s)

    class _Queued:
        """A place in the system's queue for a lock: who waits there is served in turn, who asks again and again is not.

        Only a thread can wait there for a limited time. If the time is over before its turn comes, it gives the lock
        back as soon as it gets it.
        """

        def __init__(self, handle: int) -> None:
            self._handle = os.dup(handle)
            self._error: OSError | None = None
            self._guard = threading.Lock()
            self._is_over = False
            self._has_lock = False
            self._thread = threading.Thread(target=self._stand, name="tracker-lock", daemon=True)

        def wait(self, name: str, deadline: float, wait_s: float) -> None:
            """Wait for the lock; the caller's own handle has it then."""
            self._thread.start()
            try:
                self._thread.join(max(0.0, deadline - time.monotonic()))
            finally:
                with self._guard:
                    self._is_over = True
            if self._error is not None:
                raise self._error
            if not self._has_lock:
                raise busy(name, wait_s)

        def _stand(self) -> None:
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX)
            except OSError as error:
                self._error = error
            with self._guard:
                self._has_lock = self._error is None and not self._is_over
                if self._is_over and self._error is None:
                    with suppress(OSError):  # else it goes with the handle
                        fcntl.flock(self._handle, fcntl.LOCK_UN)
            os.close(self._handle)
