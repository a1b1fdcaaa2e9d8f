"""MCP over two streams of bytes: JSON-RPC messages, a line each. What a client needs that only calls tools.

The standard library alone: the SDK's client takes longer to load than Streamlit, and the first page would wait for it.
"""

import asyncio
import itertools
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from dashboard.wire import Progress

#: The last revision with a handshake, which every server of today speaks.
PROTOCOL: Final = "2025-11-25"
#: The longest line, bytes: far more than any answer, less than what would fill the memory.
LONGEST_LINE: Final = 64 * 2**20
_NO_SUCH_METHOD: Final = -32601


class RpcError(Exception):
    """The other side answered with an error of the protocol."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class _Asked:
    answer: "asyncio.Future[dict[str, Any]]"
    progress: Progress | None


class Messages:
    """Requests and their answers. Make it on the event loop; it listens until the other side falls silent."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._waiting: dict[int, _Asked] = {}
        self._listening = asyncio.create_task(self._listen())

    @property
    def is_open(self) -> bool:
        """Whether the other side can still answer."""
        return not self._listening.done()

    async def shake_hands(self, timeout_s: float) -> None:
        """Open the conversation.

        Raises:
            TimeoutError: nobody answers.
            ConnectionError: the other side ended.
            RpcError: it does not want to.
        """
        about = {"name": "revintel-mcp dashboard", "version": "1"}
        opening = {"protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": about}
        await self.ask("initialize", opening, timeout_s=timeout_s)
        self._send({"method": "notifications/initialized"})

    async def ask(
        self, method: str, params: Mapping[str, Any], *, timeout_s: float | None, progress: Progress | None = None
    ) -> dict[str, Any]:
        """The answer to a request. One that is given up, late or cancelled, is cancelled on the other side too.

        Raises:
            TimeoutError: the answer is late.
            ConnectionError: the other side ended.
            RpcError: it answered with an error.
        """
        if not self.is_open:
            raise ConnectionResetError("the connection has ended")
        number = next(self._numbers)
        asked = _Asked(asyncio.get_running_loop().create_future(), progress)
        self._waiting[number] = asked
        wanted = {**params, "_meta": {"progressToken": number}} if progress else dict(params)
        try:
            async with asyncio.timeout(timeout_s):
                self._send({"id": number, "method": method, "params": wanted})
                await self._writer.drain()
                return await asked.answer
        except (TimeoutError, asyncio.CancelledError):
            if method != "initialize":  # which must not be cancelled, says the protocol
                self._send({"method": "notifications/cancelled", "params": {"requestId": number}})
            raise
        finally:
            del self._waiting[number]

    async def aclose(self) -> None:
        """Stop listening; whoever still waits for an answer is told that there is none."""
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening

    def _send(self, message: Mapping[str, Any]) -> None:
        if not self._writer.is_closing():
            self._writer.write(json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode() + b"\n")

    async def _listen(self) -> None:
        try:
            async for line in self._reader:
                await self._take(line)
        except (OSError, ValueError):
            pass  # the pipe broke, or a line has no end: either way nothing more can be read
        finally:
            for asked in self._waiting.values():
                if not asked.answer.done():
                    asked.answer.set_exception(ConnectionResetError("the connection has ended"))

    async def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return  # something that printed where it should not
        match message:
            case {"method": "notifications/progress", "params": {"progressToken": int(number)} as params}:
                await self._progressed(self._waiting.get(number), params)
            case {"method": str(method), "id": number}:
                self._send({"id": number, **_reply(method)})
            case {"id": int(number)} if number in self._waiting:
                _settle(self._waiting[number].answer, message)

    async def _progressed(self, asked: _Asked | None, params: Mapping[str, Any]) -> None:
        if asked is None or asked.progress is None:
            return
        match params:
            case {"progress": int(done) | float(done), **more}:
                await asked.progress(done, _number(more.get("total")), _text(more.get("message")))


def _reply(method: str) -> dict[str, Any]:
    """To what the other side asks: that we are here; nothing else was offered to it."""
    if method == "ping":
        return {"result": {}}
    return {"error": {"code": _NO_SUCH_METHOD, "message": f"no such method: {method}"}}


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _settle(answer: "asyncio.Future[dict[str, Any]]", message: Mapping[str, Any]) -> None:
    if answer.done():
        return
    match message:
        case {"result": dict(result)}:
            answer.set_result(result)
        case {"error": {"code": int(code), **more}}:
            answer.set_exception(RpcError(code, str(more.get("message", ""))))
        case _:
            answer.set_exception(RpcError(0, "an answer that is none"))
