"""Stopping a writer at a step of its work: every call by which `TrackerFile.update` touches the disk is one."""

import errno
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

#: The calls of a write. `Path` methods go through these as well.
CALLS = ("open", "write", "fchown", "fchmod", "fsync", "stat", "replace", "unlink", "mkdir", "scandir")
_PLACES = {"replace": (Path, "replace"), "unlink": (Path, "unlink"), "stat": (Path, "stat"), "mkdir": (Path, "mkdir")}


class Steps:
    """Counts the calls of a writer, and does something at one of them. `trace` are the calls so far, in order."""

    def __init__(self, at: int, act: Callable[[], None], *, after: bool = False) -> None:
        self.trace: list[str] = []
        self._at = at
        self._act = act
        self._after = after

    def _call(self, name: str, real: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        self.trace.append(name)
        number = len(self.trace)
        if number == self._at and not self._after:
            self._act()
        result = real(*arguments, **options)
        if number == self._at and self._after:
            self._act()
        return result

    @contextmanager
    def counted(self) -> Iterator["Steps"]:
        """Count and act while this is open."""
        with ExitStack() as patches:
            for name in CALLS:
                patches.enter_context(self._patch(name))
            yield self

    def _patch(self, name: str) -> Any:
        owner, attribute = _PLACES.get(name, (os, name))
        real = getattr(owner, attribute)

        def counted(*arguments: Any, **options: Any) -> Any:
            return self._call(name, real, *arguments, **options)

        return mock.patch.object(owner, attribute, counted)


def die() -> None:
    """As by kill -9: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def fail(number: int) -> Callable[[], None]:
    """Fail with this errno."""

    def act() -> None:
        raise OSError(number, os.strerror(number))

    return act


ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS, errno.EDQUOT)
