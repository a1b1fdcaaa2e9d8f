"""An upstream's process: JSON lines in and out, the tail of what it complained about, and its certain end.

The MCP SDK has a stdio client too. This one exists because of what a process that holds people's keys and feeds their
books must not do: a line has a largest size (the SDK's grows without bound, at quadratic cost), what it writes to
stderr never touches a file, and every process is known by id, so that the whole group can be ended at any moment,
without an event loop and within a bounded time.
"""

import asyncio
import atexit
import contextlib
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final, cast
from weakref import WeakSet

#: How long a process may take to end once its input is closed, and then once it is told to terminate, in seconds.
#: Together they stay below the two seconds that MCP clients wait before they signal a server like ours.
EOF_GRACE_S: Final = 1.0
TERM_GRACE_S: Final = 0.5
_KILL_GRACE_S: Final = 1.0
#: How long output may still arrive after the process has ended (a grandchild may hold the pipe for ever).
_LAST_OUTPUT_S: Final = 0.2
_POLL_S: Final = 0.01

_STDERR_KEPT: Final = 16 * 1024
_QUEUE_HIGH: Final = 4 * 1024 * 1024
_NOISE_KEPT: Final = 200

_POSIX: Final = sys.platform != "win32"
_LIVE: "WeakSet[ChildProcess]" = WeakSet()


class ChildProcess(asyncio.SubprocessProtocol):
    """One running upstream. Made by `spawn`; `stop` or `kill` must be called in the end."""

    def __init__(self, largest_line: int) -> None:
        self.pid = 0
        self.exit_code: int | None = None
        #: A line was longer than allowed; the process was ended for it.
        self.oversized = False
        #: The first text on stdout that was no JSON-RPC, empty if none.
        self.noise = ""
        #: Set when nothing more will be read: the output ended, or the process did.
        self.ended = asyncio.Event()
        self._largest_line = largest_line
        self._exited = asyncio.Event()
        self._gone = False
        self._discarding = False
        self._lines: deque[bytes] = deque()
        self._queued = 0
        self._partial = bytearray()
        self._arrived = asyncio.Event()
        self._stderr = bytearray()
        self._transport: asyncio.SubprocessTransport | None = None

    @classmethod
    async def spawn(
        cls, command: Sequence[str], *, env: Mapping[str, str], cwd: str | None, largest_line: int
    ) -> "ChildProcess":
        """Start a program in a process group of its own, with exactly the environment `env`.

        Raises:
            OSError: It can't be started.
            ValueError: An argument holds a NUL byte.
        """
        child = cls(largest_line)
        try:
            await asyncio.get_running_loop().subprocess_exec(
                lambda: child,
                *_resolved(command, env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(env),
                cwd=cwd,
                start_new_session=_POSIX,
                creationflags=0 if _POSIX else 0x0200,  # CREATE_NEW_PROCESS_GROUP
            )
        except BaseException:
            child.kill()
            raise
        return child

    # What the event loop tells us.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The process runs."""
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self.pid = self._transport.get_pid()
        _LIVE.add(self)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Output arrived."""
        if fd == 2:
            self._stderr += data
            del self._stderr[:-_STDERR_KEPT]
        elif not self._discarding:
            self._take(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """A pipe closed; without its stdout the process can't answer."""
        if fd == 1:
            self._end()

    def process_exited(self) -> None:
        """The process ended; what it wrote before may still be on its way."""
        assert self._transport is not None
        self.exit_code = self._transport.get_returncode()
        self._exited.set()
        asyncio.get_running_loop().call_later(_LAST_OUTPUT_S, self._end)

    def _take(self, data: bytes) -> None:
        """Cut what arrived into lines; linear in its size however long a line is."""
        *complete, rest = data.split(b"\n")
        for piece in complete:
            self._partial += piece
            self._queue(bytes(self._partial))
            self._partial.clear()
        self._partial += rest
        if len(self._partial) > self._largest_line:
            self._refuse_line()
        elif self._queued > _QUEUE_HIGH:
            self._stdout_transport().pause_reading()
        self._arrived.set()

    def _queue(self, line: bytes) -> None:
        if len(line) > self._largest_line:
            self._refuse_line()
        elif not self._discarding:
            self._lines.append(line)
            self._queued += len(line)

    def _refuse_line(self) -> None:
        """Nothing this long is an answer: forget it, and end the process, for what follows can't be trusted either."""
        self.oversized = True
        self._discarding = True
        self._partial.clear()
        self.kill()
        self._end()

    def _end(self) -> None:
        self.ended.set()
        self._arrived.set()

    def _stdout_transport(self) -> asyncio.ReadTransport:
        assert self._transport is not None
        return cast("asyncio.ReadTransport", self._transport.get_pipe_transport(1))

    # What the session uses.

    async def read_line(self) -> bytes | None:
        """The next line of its stdout; None when there will be no more."""
        while not self._lines:
            if self.ended.is_set():
                return None
            self._arrived.clear()
            await self._arrived.wait()
        line = self._lines.popleft()
        self._queued -= len(line)
        if self._queued <= _QUEUE_HIGH // 2:
            self._stdout_transport().resume_reading()
        return line

    def write_line(self, line: bytes) -> None:
        """Send a line; lost if the process has ended, which `ended` tells."""
        if self._transport is not None and not self.ended.is_set():
            stdin = cast("asyncio.WriteTransport | None", self._transport.get_pipe_transport(0))
            if stdin is not None and not stdin.is_closing():
                stdin.write(line + b"\n")

    def note_noise(self, line: bytes) -> None:
        """Remember text on stdout that is not MCP: it explains a server that never answers."""
        self.noise = self.noise or line[:_NOISE_KEPT].decode(errors="replace").strip()

    @property
    def complaints(self) -> str:
        """The tail of its stderr, as it came: it may hold secrets."""
        return self._stderr.decode(errors="replace")

    async def settle(self) -> None:
        """Wait briefly for the exit code and the last complaints of a process that is ending."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._exited.wait(), 2 * _LAST_OUTPUT_S)
        await asyncio.sleep(0)

    # Its end.

    async def stop(self) -> None:
        """End the process and everything it started: close its input, then terminate, then kill. At most 2.5 s."""
        if self._gone or self._transport is None:
            return
        self._discard_output()
        with contextlib.suppress(OSError, AttributeError):
            self._transport.get_pipe_transport(0).close()  # type: ignore[union-attr] # absent once it broke
        if not await self._left(EOF_GRACE_S):
            _signal_group(self.pid, signal.SIGTERM)
            if not await self._left(TERM_GRACE_S):
                _kill_group(self.pid)
                await self._left(_KILL_GRACE_S)
        self._forget()

    def kill(self) -> None:
        """End the process and everything it started, at once. Needs no event loop; never fails."""
        if self.pid and not self._gone:
            _kill_group(self.pid)

    def abandon(self) -> None:
        """Kill, and let go of the pipes: for when there is no time to wait, because the event loop ends."""
        self.kill()
        self._forget()

    def _discard_output(self) -> None:
        """A server that is blocked writing can't see that its input was closed: read on, and throw it away."""
        self._discarding = True
        self._lines.clear()
        self._partial.clear()
        with contextlib.suppress(RuntimeError, AttributeError):
            self._stdout_transport().resume_reading()

    async def _left(self, seconds: float) -> bool:
        """Whether the process and its group have ended within `seconds`."""
        deadline = asyncio.get_running_loop().time() + seconds
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._exited.wait(), seconds)
        if not self._exited.is_set():
            return False
        # The leader is gone; a grandchild that ignores its end is told to go, there is nothing left to wait for.
        _signal_group(self.pid, signal.SIGTERM)
        while _group_lives(self.pid):
            if asyncio.get_running_loop().time() >= deadline:
                return False
            await asyncio.sleep(_POLL_S)
        return True

    def _forget(self) -> None:
        """The group is gone: its id may be anybody's from now on."""
        self._gone = True
        _LIVE.discard(self)
        self._end()
        if self._transport is not None:
            self._transport.close()


def _resolved(command: Sequence[str], env: Mapping[str, str]) -> Sequence[str]:
    """The command as the platform can start it: on Windows `npx` is `npx.cmd`, found on the child's PATH."""
    if _POSIX:
        return command
    from shutil import which  # noqa: PLC0415 - Windows only

    return (which(command[0], path=env.get("PATH")) or command[0], *command[1:])


def _signal_group(pgid: int, number: signal.Signals) -> None:
    """Signal a process group; on Windows only a hard end exists."""
    if not _POSIX:
        _kill_group(pgid)
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pgid, number)


def _kill_group(pgid: int) -> None:
    if _POSIX:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pgid, signal.SIGKILL)
        return
    kill = ["taskkill", "/F", "/T", "/PID", str(pgid)]
    subprocess.run(kill, check=False, capture_output=True, stdin=subprocess.DEVNULL)  # noqa: S603 - a fixed program


def _group_lives(pgid: int) -> bool:
    """Whether any process of the group is left; one that has ended but waits to be reaped counts as left."""
    if not _POSIX:
        return False
    try:
        os.killpg(pgid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def kill_all() -> None:
    """Kill every process that was spawned and not stopped: the last resort, also run when the interpreter ends."""
    for child in list(_LIVE):
        child.kill()


atexit.register(kill_all)
