"""MCP as bytes on a pipe: newline-delimited JSON-RPC to a stdio server, with the standard library alone.

What a client library would forgive, this does not: every line of the server's stdout must be one JSON-RPC message.
"""

import json
import os
import queue
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self

Json = dict[str, Any]
#: As Claude Code opens a stdio server.
HANDSHAKE: Json = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "raw-script", "version": "1"},
}


class Process(Protocol):
    """As much of `subprocess.Popen` as a wire needs."""

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None
    stderr: IO[bytes] | None
    pid: int

    def poll(self) -> int | None: ...
    def kill(self) -> None: ...
    def wait(self, timeout: float | None = None) -> int: ...


def spawned(command: list[str], environ: Mapping[str, str], cwd: Path) -> subprocess.Popen[bytes]:
    """A server in a process of its own."""
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=dict(environ), cwd=cwd, stdin=pipe, stdout=pipe, stderr=pipe)


class Wire:
    """A server process and the messages it sent. Use it as a context manager: the server is ended on the way out."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._arrived: queue.Queue[bytes | None] = queue.Queue()
        self._errors: list[bytes] = []
        self._threads = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        self.notifications: list[Json] = []
        self._last_id = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        for thread in self._threads:
            thread.join(10)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe:
                pipe.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def stderr(self) -> str:
        return b"".join(self._errors).decode("utf-8", "replace")

    def handshake(self) -> Json:
        """Open the session as Claude Code does; what the server says of itself."""
        answer = self.ask("initialize", HANDSHAKE)
        self.tell("notifications/initialized")
        result: Json = answer["result"]
        return result

    def tell(self, method: str, params: Json | None = None) -> None:
        """Send a notification."""
        self._send({"jsonrpc": "2.0", "method": method, **({"params": params} if params else {})})

    def begin(self, method: str, params: Json | None = None) -> int:
        """Send a request and don't wait; its id."""
        self._last_id += 1
        self._send({"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params or {}})
        return self._last_id

    def answer_to(self, number: int, timeout_s: float = 60) -> Json:
        """The response to a request; notifications that come before it are kept in `notifications`."""
        while True:
            message = self._next(timeout_s)
            if message.get("id") == number and "method" not in message:
                return message
            assert "id" not in message, f"an answer nobody waits for, or a request to us: {message}"
            self.notifications.append(message)

    def any_answer(self, numbers: list[int], timeout_s: float = 60) -> Json:
        """The next response to one of these requests, in whatever order the server gives them."""
        while True:
            message = self._next(timeout_s)
            if message.get("id") in numbers:
                return message
            self.notifications.append(message)

    def ask(self, method: str, params: Json | None = None, timeout_s: float = 60) -> Json:
        """Send a request and wait for its response."""
        return self.answer_to(self.begin(method, params), timeout_s)

    def call(self, tool: str, arguments: Json | None = None, **meta: Any) -> Json:
        """The result of a tool call, whether the tool succeeded or not."""
        params: Json = {"name": tool, "arguments": arguments or {}}
        if meta:
            params["_meta"] = meta
        answer = self.ask("tools/call", params)
        assert "result" in answer, answer
        result: Json = answer["result"]
        return result

    def close(self, timeout_s: float = 20) -> int:
        """Close the server's stdin, as a client does that goes away; the exit code. Nothing may come after."""
        if self._process.stdin:
            self._process.stdin.close()
        code = self._process.wait(timeout_s)
        while (line := self._arrived.get(timeout=timeout_s)) is not None:
            self._message(line)
        return code

    def kill(self) -> None:
        """End the server without a word, as a crash would."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(10)

    def _send(self, message: Json) -> None:
        if not self._process.stdin:
            raise AssertionError("the server's stdin is closed")
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        self._process.stdin.flush()

    def _next(self, timeout_s: float) -> Json:
        line = self._arrived.get(timeout=timeout_s)
        assert line is not None, f"the server closed its output. It said:\n{self.stderr}"
        return self._message(line)

    @staticmethod
    def _message(line: bytes) -> Json:
        message: Json = json.loads(line)
        assert message["jsonrpc"] == "2.0", line
        return message

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._arrived.put(line)
        self._arrived.put(None)

    def _read_errors(self) -> None:
        assert self._process.stderr
        for line in self._process.stderr:
            self._errors.append(line)


@contextmanager
def wired(command: list[str], environ: Mapping[str, str], cwd: Path) -> Iterator[Wire]:
    """A server with an open session."""
    with Wire(spawned(command, environ, cwd)) as wire:
        wire.handshake()
        yield wire


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        os.kill(pid, 0)
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
