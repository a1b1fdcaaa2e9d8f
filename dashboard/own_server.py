"""A server that the dashboard starts as its child, talks to over its standard input and output, and ends.

Threads move the bytes: starting a process is then one step that can't be cancelled half-way, as it can with asyncio's
own, and it is the same on every platform and event loop.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any, Final

from dashboard import wire
from dashboard.messages import Messages, RpcError

#: How long it may take to end once its input is closed, and again after each signal, seconds.
_PATIENCE_S: Final = 2.0
_LOOK_S: Final = 0.01
#: The longest line, bytes: far more than any answer, less than what would fill the memory.
_LONGEST_LINE: Final = 64 * 2**20


class OwnServer:
    """The child process and the conversation with it; see `wire.Wire`. Its last words go to the file `log`."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], log: Path) -> None:
        self._command = command
        self._environ = environ
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        self._messages = Messages(self._outbox.put)
        self._greeted = False

    @property
    def is_open(self) -> bool:
        """Whether it can still answer."""
        return self._process is not None and self._process.poll() is None and self._messages.is_open

    async def open(self, timeout_s: float) -> None:
        """Start it and shake hands."""
        self._start(asyncio.get_running_loop())
        await self._messages.shake_hands(timeout_s)
        self._greeted = True

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        pipe = subprocess.PIPE
        with self._log.open("wb") as last_words:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, or what a test puts in its place
                self._command, stdin=pipe, stdout=pipe, stderr=last_words, env=dict(self._environ), **_apart()
            )
        take, end = (partial(_tell, loop, what) for what in (self._messages.take, self._messages.end))
        Thread(target=_read, args=(self._process.stdout, take, end), name="revintel-mcp-in", daemon=True).start()
        Thread(target=_write, args=(self._process.stdin, self._outbox), name="revintel-mcp-out", daemon=True).start()

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, timeout_s: float | None, progress: wire.Progress | None
    ) -> dict[str, Any]:
        """As `wire.Wire` has it."""
        params = {"name": tool, "arguments": dict(arguments)}
        try:
            result = await self._messages.ask("tools/call", params, timeout_s=timeout_s, progress=progress)
        except TimeoutError:
            raise wire.late(tool) from None
        except RpcError as error:
            raise wire.meant(error.code, tool) or error from None
        refusal = _sentences(result.get("content")) if result.get("isError") else None
        return wire.content(tool, result.get("structuredContent"), refusal=refusal)

    async def aclose(self) -> None:
        """Close its input, which ends a server; one that does not mind is asked by a signal, then made to end.

        One that has not greeted yet does not read: it has nothing to finish, and is asked at once.
        """
        self._outbox.put(None)
        if self._process is None:
            return
        for end in (_nothing, _ask_to_end, _make_end) if self._greeted else (_ask_to_end, _make_end):
            end(self._process)
            if await _has_ended(self._process):
                break
        self._messages.end()


def _tell(loop: asyncio.AbstractEventLoop, what: Callable[..., None], *args: bytes) -> None:
    """Have something done on the loop; when that is over, nobody is there to be told."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(what, *args)


def _read(pipe: IO[bytes], take: Callable[[bytes], None], end: Callable[[], None]) -> None:
    """Each line the server says, until it falls silent or says one without end."""
    with suppress(OSError), pipe:
        while (line := pipe.readline(_LONGEST_LINE)).endswith(b"\n"):
            take(line)
    end()


def _write(pipe: IO[bytes], outbox: "SimpleQueue[bytes | None]") -> None:
    """Each line for the server; None closes its input. Whether it still reads shows in its answers."""
    with suppress(OSError), pipe:
        while (line := outbox.get()) is not None:
            pipe.write(line)
            pipe.flush()


def _apart() -> dict[str, Any]:
    """A group of its own, so that Ctrl-C on the terminal reaches the dashboard alone, which then ends the server."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def _nothing(_process: "subprocess.Popen[bytes]") -> None:
    """Its input has been closed, which should do."""


def _ask_to_end(process: "subprocess.Popen[bytes]") -> None:
    """All of its group, or it alone where there are no groups."""
    if sys.platform == "win32":
        process.terminate()
    else:
        _signal_group(process.pid, signal.SIGTERM)


def _make_end(process: "subprocess.Popen[bytes]") -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        _signal_group(process.pid, signal.SIGKILL)


def _signal_group(pgid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pgid, number)


async def _has_ended(process: "subprocess.Popen[bytes]") -> bool:
    """Whether it ends in time; looking also lets the system forget it."""
    for _ in range(round(_PATIENCE_S / _LOOK_S)):
        if process.poll() is not None:
            return True
        await asyncio.sleep(_LOOK_S)
    return process.poll() is not None


def _sentences(blocks: Any) -> list[str]:
    """The texts of a result's content."""
    found = [block.get("text") for block in blocks or () if isinstance(block, dict) and block.get("type") == "text"]
    return [text for text in found if isinstance(text, str)]
