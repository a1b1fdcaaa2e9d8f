"""Servers by the hundred: the libraries are loaded once, and each server is a fork of that process.

A server is otherwise what the command starts: pipes of its own, killed like any process, no state but the tracker.
"""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class Forked:
    """One server: its pipes and its process."""

    def __init__(self, nursery: socket.socket) -> None:
        ends = [os.pipe() for _ in range(3)]
        theirs = [ends[0][0], ends[1][1], ends[2][1]]
        socket.send_fds(nursery, [b"start"], theirs)
        for end in theirs:
            os.close(end)
        self.stdin: IO[bytes] | None = os.fdopen(ends[0][1], "wb")
        self.stdout: IO[bytes] | None = os.fdopen(ends[1][0], "rb")
        self.stderr: IO[bytes] | None = os.fdopen(ends[2][0], "rb")
        self.pid = int(nursery.recv(20))
        self._handle = os.pidfd_open(self.pid)
        self._has_ended = False

    def poll(self) -> int | None:
        """Whether it has ended, at once; how is not known to anybody but its parent."""
        return self.wait(0) if self._ends_within(0) else None

    def kill(self) -> None:
        """End it as a crash would."""
        signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended."""
        if not self._ends_within(timeout):
            raise subprocess.TimeoutExpired("a forked server", timeout or 0)
        return 0

    def _ends_within(self, timeout: float | None) -> bool:
        if not self._has_ended and select.select([self._handle], [], [], timeout)[0]:
            self._has_ended = True
            os.close(self._handle)
        return self._has_ended


@contextmanager
def nursery(environ: Mapping[str, str], cwd: Path) -> Iterator[socket.socket]:
    """The process that servers are forked from."""
    ours, theirs = socket.socketpair()
    argv = [sys.executable, __file__, str(theirs.fileno())]
    with ours, theirs, subprocess.Popen(argv, env=dict(environ), cwd=cwd, pass_fds=[theirs.fileno()]) as process:
        theirs.close()
        yield ours
        ours.close()
        process.wait(30)


def main(number: int) -> None:
    """Fork a server for each request, until nobody can ask any more."""
    import revintel_mcp.server  # noqa: F401 - what takes most of a server's start
    from revintel_mcp.cli import main as command

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that the dead are gone at once
    asked = socket.socket(fileno=number)
    while True:
        message, pipes, _, _ = socket.recv_fds(asked, 16, 3)
        if not message:
            return
        child = os.fork()
        if not child:
            asked.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for target, pipe in enumerate(pipes):
                os.dup2(pipe, target)
                os.close(pipe)
            os._exit(command([]))
        asked.send(str(child).encode())
        for pipe in pipes:
            os.close(pipe)


if __name__ == "__main__":
    main(int(sys.argv[1]))
