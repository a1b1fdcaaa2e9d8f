"""An upstream's process: JSON lines in and out, the tail of what it complained about, and its certain end.

The MCP SDK has a stdio client too. This one exists because of what a process that holds people's keys and feeds their
books must not do: a line has a largest size (the SDK's grows without bound, at quadratic cost), what it writes to
stderr never touches a file, and every process is known by id from its first moment, so that the whole group can be
ended whenever it must be, without an event loop and within a bounded time.

Threads move the bytes. They make starting a process one step that can't be cancelled half-way (asyncio's own subprocess
support hangs or leaks there in Python 3.11), and they work alike on every platform and event loop.
"""

import asyncio
import atexit
import contextlib
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from queue import SimpleQueue
from threading import Condition, Thread
from typing import IO, Final, cast
from weakref import WeakSet

#: How long a process may take to end once its input is closed, and then once it is told to terminate, in seconds.
#: Together they stay below the two seconds that MCP clients wait before they signal a server like ours.
EOF_GRACE_S: Final = 1.0
TERM_GRACE_S: Final = 0.5
_KILL_GRACE_S: Final = 1.0
#: How long output may still arrive after the process has ended (a grandchild may hold the pipe for ever).
_LAST_OUTPUT_S: Final = 0.2
_POLL_S: Final = 0.02

_CHUNK: Final = 64 * 1024
_STDERR_KEPT: Final = 16 * 1024
_QUEUE_HIGH: Final = 4 * 1024 * 1024
_NOISE_KEPT: Final = 200

_POSIX: Final = sys.platform != "win32"
_LIVE: "WeakSet[ChildProcess]" = WeakSet()


class ChildProcess:
    """One running upstream, used in the event loop that it was spawned in; `stop` or `kill` must be called in the end.

    Raises:
        OSError: It can't be started.
        ValueError: An argument holds a NUL byte.
    """

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], cwd: str | None, largest_line: int) -> None:
        """Start a program in a process group of its own, with exactly the environment `env`."""
        self.exit_code: int | None = None
        #: A line was longer than allowed; the process was ended for it.
        self.oversized = False
        #: The first text on stdout that was no JSON-RPC, empty if none.
        self.noise = ""
        #: Set when nothing more will be read: the output ended, or the process did.
        self.ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._largest_line = largest_line
        self._exited = asyncio.Event()
        self._silent = asyncio.Event()
        self._gone = False
        self._arrived = asyncio.Event()
        self._lines: deque[bytes] = deque()
        self._queued = 0
        self._discarding = False
        self._changed = Condition()  # guards the four above it, between the reading thread and the event loop
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        self._stderr = bytearray()
        self._process = subprocess.Popen(  # noqa: S603 - what to start is the user's configuration, trusted before
            _resolved(command, env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=dict(env),
            cwd=cwd,
            start_new_session=_POSIX,
            creationflags=0 if _POSIX else 0x0200,  # CREATE_NEW_PROCESS_GROUP
        )
        _LIVE.add(self)
        for work in (self._read_stdout, self._read_stderr, self._write_stdin, self._wait):
            Thread(target=work, name=f"{work.__name__} of {self.pid}", daemon=True).start()

    @property
    def pid(self) -> int:
        """Its process id, which is its group's id too."""
        return self._process.pid

    # The threads.

    def _read_stdout(self) -> None:
        """Cut the output into lines, in time linear to its size; wait while too much of it is unread."""
        partial = bytearray()
        for chunk in _chunks(self._process.stdout):
            *complete, rest = chunk.split(b"\n")
            for piece in complete:
                partial += piece
                self._queue(bytes(partial))
                partial.clear()
            partial += rest
            if len(partial) > self._largest_line:
                self._refuse_line()
                partial.clear()
        self._tell(self._end)

    def _queue(self, line: bytes) -> None:
        if len(line) > self._largest_line:
            self._refuse_line()
            return
        with self._changed:
            self._changed.wait_for(lambda: self._discarding or self._queued < _QUEUE_HIGH)
            if self._discarding:
                return
            self._lines.append(line)
            self._queued += len(line)
        self._tell(self._arrived.set)

    def _refuse_line(self) -> None:
        """Nothing this long is an answer. End the process: what follows can't be trusted either."""
        if not self._discarding:
            self.oversized = True
            self._discard()
            self.kill()
            self._tell(self._end)

    def _read_stderr(self) -> None:
        for chunk in _chunks(self._process.stderr):
            self._stderr += chunk
            del self._stderr[:-_STDERR_KEPT]
        self._tell(self._silent.set)

    def _write_stdin(self) -> None:
        stdin = cast("IO[bytes]", self._process.stdin)
        with contextlib.suppress(OSError), stdin:
            while (line := self._outbox.get()) is not None:
                _write_all(stdin, line)

    def _wait(self) -> None:
        self._process.wait()
        self._tell(self._note_exit)

    def _tell(self, what: Callable[[], object]) -> None:
        """Have something done in the event loop; when that is over, nobody is there to be told."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(what)

    # What they tell the event loop.

    def _note_exit(self) -> None:
        self.exit_code = self._process.returncode
        self._exited.set()
        self._loop.call_later(_LAST_OUTPUT_S, self._end)

    def _end(self) -> None:
        self.ended.set()
        self._arrived.set()

    # What the session uses.

    async def read_line(self) -> bytes | None:
        """The next line of its stdout; None when there will be no more."""
        while True:
            with self._changed:
                if self._lines:
                    line = self._lines.popleft()
                    self._queued -= len(line)
                    self._changed.notify()
                    return line
            if self.ended.is_set():
                return None
            self._arrived.clear()  # set again only in this event loop, after a line was put there
            await self._arrived.wait()

    def write_line(self, line: bytes) -> None:
        """Send a line; it is lost if the process has ended, which `ended` tells."""
        self._outbox.put(line + b"\n")

    def note_noise(self, line: bytes) -> None:
        """Remember text on stdout that is not MCP: it explains a server that never answers."""
        self.noise = self.noise or line[:_NOISE_KEPT].decode(errors="replace").strip()

    @property
    def complaints(self) -> str:
        """The tail of its stderr, as it came: it may hold secrets."""
        return self._stderr.decode(errors="replace")

    async def settle(self) -> None:
        """Wait briefly for the exit code and the last complaints of a process that is ending."""
        for event in (self._exited, self._silent):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), 2 * _LAST_OUTPUT_S)

    # Its end.

    async def stop(self) -> None:
        """End the process and everything it started: close its input, then terminate, then kill. At most 2.5 s."""
        if self._gone:
            return
        self._discard()
        self._outbox.put(None)
        if not await self._left(EOF_GRACE_S):
            _signal_group(self.pid, signal.SIGTERM)
            if not await self._left(TERM_GRACE_S):
                _kill_group(self.pid)
                await self._left(_KILL_GRACE_S)
        self._gone = True
        _LIVE.discard(self)

    def kill(self) -> None:
        """End the process and everything it started, at once. Needs no event loop; never fails."""
        self._outbox.put(None)
        if not self._gone:
            _kill_group(self.pid)

    def _discard(self) -> None:
        """A server that is blocked writing can't see that its input was closed: read on, and throw it away."""
        with self._changed:
            self._discarding = True
            self._lines.clear()
            self._changed.notify()

    async def _left(self, seconds: float) -> bool:
        """Whether the process and its group have ended within `seconds`."""
        deadline = self._loop.time() + seconds
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._exited.wait(), seconds)
        if not self._exited.is_set():
            return False
        # The leader is gone; a grandchild that ignores its end is told to go, there is nothing left to wait for.
        _signal_group(self.pid, signal.SIGTERM)
        while _group_lives(self.pid):
            if self._loop.time() >= deadline:
                return False
            await asyncio.sleep(_POLL_S)
        return True


def _chunks(pipe: IO[bytes] | None) -> Iterator[bytes]:
    """What a pipe gives until it ends or breaks; the pipe is closed then."""
    with contextlib.suppress(OSError), cast("IO[bytes]", pipe) as opened:
        while chunk := opened.read(_CHUNK):
            yield chunk


def _write_all(pipe: IO[bytes], data: bytes) -> None:
    """An unbuffered pipe may take less than it is given."""
    view = memoryview(data)
    while view:
        view = view[pipe.write(view) :]


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
    """Whether any process of the group still runs. One that only waits to be reaped (Linux tells) does not."""
    if not _POSIX:
        return False
    try:
        os.killpg(pgid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    members = _members(pgid)
    return members is None or any(state != "Z" for state in members)


def _members(pgid: int) -> list[str] | None:
    """The states of a group's processes, from /proc (proc(5)); None where there is no /proc.

    In a container whose first process never reaps orphans, a killed grandchild stays a zombie for good: to wait for
    the group to vanish would always take the longest time.
    """
    states = []
    try:
        for place in os.scandir("/proc"):
            if place.name.isdecimal():
                with contextlib.suppress(OSError), open(f"{place.path}/stat", "rb") as file:  # noqa: PTH123 - hundreds
                    state, _, group = file.read().rpartition(b")")[2].split()[:3]
                    if int(group) == pgid:
                        states.append(state.decode())
    except OSError:
        return None
    return states


def kill_all() -> None:
    """Kill every process that was spawned and not stopped: the last resort, also run when the interpreter ends."""
    for child in list(_LIVE):
        child.kill()


atexit.register(kill_all)
