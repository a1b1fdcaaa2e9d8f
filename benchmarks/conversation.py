"""A bare MCP client over stdio: lines of JSON and nothing else, so that only the server's time is taken."""

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from benchmarks.clock import ENVIRON, Failed, Taken

_HELLO = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "benchmark", "version": "1"},
}


class Conversation:
    """A running server. Entering starts it and shakes hands; leaving closes its stdin and waits."""

    def __init__(self, argv: Sequence[str], environ: Mapping[str, str] | None = None) -> None:
        self._argv = list(argv)
        self._environ = {**ENVIRON, **(environ or {})}
        self._number = 0
        self.initialized = 0.0
        """Seconds from spawn to the answer to `initialize`."""
        self.listed = 0.0
        """Seconds from spawn to the answer to `tools/list`."""

    def __enter__(self) -> Self:
        start = time.perf_counter()
        self._server = subprocess.Popen(
            self._argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._environ,
        )
        self.ask("initialize", _HELLO)
        self.initialized = time.perf_counter() - start
        self._send({"method": "notifications/initialized"})
        self.ask("tools/list", {})
        self.listed = time.perf_counter() - start
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.communicate(timeout=30)

    def ask(self, method: str, params: Mapping[str, Any]) -> Any:
        """The result of one request.

        Raises:
            Failed: the server answered with an error, or ended.
        """
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        assert self._server.stdout is not None
        while line := self._server.stdout.readline():
            message = json.loads(line)
            if message.get("id") == self._number:
                if "result" not in message:
                    raise Failed(f"{method}: {message}")
                return message["result"]
        raise Failed(f"{self._argv[0]} ended at {method}")

    def call(self, tool: str, arguments: Mapping[str, Any]) -> Any:
        """What a tool gives.

        Raises:
            Failed: it gives an error.
        """
        result = self.ask("tools/call", {"name": tool, "arguments": arguments})
        if result.get("isError"):
            raise Failed(f"{tool}: {result}")
        return result

    def time_of(self, tool: str, arguments: Mapping[str, Any]) -> Taken:
        """How long one call takes, there and back."""
        start = time.perf_counter()
        self.call(tool, arguments)
        return Taken(time.perf_counter() - start)

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        self._server.stdin.flush()
