"""MCP's messages as lines of JSON-RPC: what a client needs that only calls tools. Others carry the lines.

The standard library alone: the SDK's client takes longer to load than Streamlit, and the first page would wait for it.
"""

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboard.wire import Progress

#: The last revision with a handshake, which every server of today speaks.
PROTOCOL: Final = "2025-11-25"
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
    """Requests and their answers. Use it on one event loop; `take` is given what the other side says, line by line."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        """`send` is given each line; it must not block."""
        self._send_line = send
        self._numbers = itertools.count(1)
        self._waiting: dict[int, _Asked] = {}
        self._ended = False

    @property
    def is_open(self) -> bool:
        """Whether the other side can still answer."""
        return not self._ended

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
        if self._ended:
            raise ConnectionResetError("the connection has ended")
        number = next(self._numbers)
        asked = _Asked(asyncio.get_running_loop().create_future(), progress)
        self._waiting[number] = asked
        wanted = {**params, "_meta": {"progressToken": number}} if progress else dict(params)
        try:
            async with asyncio.timeout(timeout_s):
                self._send({"id": number, "method": method, "params": wanted})
                return await asked.answer
        except (TimeoutError, asyncio.CancelledError):
            if method != "initialize":  # which must not be cancelled, says the protocol
                self._send({"method": "notifications/cancelled", "params": {"requestId": number}})
            raise
        finally:
            del self._waiting[number]

    def take(self, line: bytes) -> None:
        """What the other side says. What is no message, such as a stray print, is passed over."""
        try:
            message = json.loads(line)
        except ValueError:
            return
        match message:
            case {"method": "notifications/progress", "params": {"progressToken": int(number)} as params}:
                self._note_progress(self._waiting.get(number), params)
            case {"method": str(method), "id": number}:
                self._send({"id": number, **_reply(method)})
            case {"id": int(number)} if number in self._waiting:
                _settle(self._waiting[number].answer, message)

    def end(self) -> None:
        """The other side will say nothing more: whoever still waits for an answer is told."""
        self._ended = True
        for asked in self._waiting.values():
            if not asked.answer.done():
                asked.answer.set_exception(ConnectionResetError("the connection has ended"))

    def _send(self, message: Mapping[str, Any]) -> None:
        self._send_line(json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode() + b"\n")

    def _note_progress(self, asked: _Asked | None, params: Mapping[str, Any]) -> None:
        if asked is None or asked.progress is None:
            return
        match params:
            case {"progress": int(done) | float(done), **more}:
                asked.progress(done, _number(more.get("total")), _text(more.get("message")))


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
