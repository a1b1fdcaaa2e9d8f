"""The dashboard's one connection to the server, on an event loop: made when it is needed, and again when it died."""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from dashboard.failures import GatewayError, ServerDown
from dashboard.own_server import OwnServer
from dashboard.target import Target
from dashboard.wire import Progress, Wire

_CONNECT_S: Final = 30.0
_CLOSE_S: Final = 8.0
_TAIL_CHARS: Final = 2000


class Link:
    """One wire, connected when it is first needed and again when the connection died. Use it on one event loop."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._folder = tempfile.TemporaryDirectory(prefix="revintel-dashboard-", ignore_cleanup_errors=True)
        self._wire: Wire | None = None
        self._connecting: asyncio.Task[Wire] | None = None

    async def call(
        self,
        tool: str,
        arguments: Mapping[str, Any],
        *,
        timeout_s: float | None,
        again: bool,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """The structured content of a tool's result.

        Args:
            tool: the tool's name.
            arguments: its arguments.
            timeout_s: how long it may take, in seconds; None for as long as it runs.
            again: whether it may be called a second time if the connection died under it.
            progress: told of the server's progress notifications.

        Raises:
            GatewayError: there is no answer, or it is a refusal.
        """
        for last in (not again, True):
            wire = await self._connected()
            try:
                return await wire.call(tool, arguments, timeout_s=timeout_s, progress=progress)
            except GatewayError:
                raise
            except Exception:  # noqa: BLE001 - whatever a library raises, the connection is of no more use
                await self._drop(wire)
                if last:
                    raise self._down("The server went away.", maybe_done=not again) from None
        raise AssertionError("the second try returns or raises")

    async def warm(self, questions: Iterable[tuple[str, Mapping[str, Any]]], *, timeout_s: float) -> None:
        """Connect, and ask what will be asked soon, so that the server has it ready. A failure shows at a call."""
        with contextlib.suppress(GatewayError):
            await self._connected()
            for tool, arguments in questions:
                await self.call(tool, arguments, timeout_s=timeout_s, again=False)

    async def aclose(self) -> None:
        """End the connection, and the server if it was started here."""
        if self._connecting is not None:
            self._connecting.cancel()
            with contextlib.suppress(GatewayError, asyncio.CancelledError):
                await self._connecting
        if self._wire is not None:
            await self._drop(self._wire)
        self._folder.cleanup()

    async def _connected(self) -> Wire:
        """The live wire. Whoever waits for the connection may be cancelled; the connecting goes on until `aclose`."""
        if self._wire is not None and self._wire.is_open:
            return self._wire
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect())
            self._connecting.add_done_callback(self._no_longer_connecting)
        return await asyncio.shield(self._connecting)

    def _no_longer_connecting(self, task: asyncio.Task[Wire]) -> None:
        self._connecting = None
        if not task.cancelled():
            task.exception()  # whoever waited was told; if nobody did, asyncio need not complain

    async def _connect(self) -> Wire:
        if self._wire is not None:
            await self._drop(self._wire)
        wire = self._new_wire()
        try:
            await wire.open(_CONNECT_S)
        except asyncio.CancelledError:
            await self._drop(wire)
            raise
        except Exception:  # noqa: BLE001 - whatever a library raises, there is no connection, and the user is told
            await self._drop(wire)
            url = self._target.url
            said = f"No server answers at {url}." if url else "The server could not be started."
            raise self._down(said, maybe_done=False) from None
        self._wire = wire
        return wire

    def _new_wire(self) -> Wire:
        if self._target.url:
            from dashboard.far_server import FarServer  # noqa: PLC0415 - loads FastMCP, which no server of our own needs

            return FarServer(self._target.url)
        return OwnServer(self._target.command, self._target.environ, self._log)

    async def _drop(self, wire: Wire) -> None:
        """Let go of a wire. Its process is given time to end; being cancelled meanwhile must not leave it behind."""
        if self._wire is wire:
            self._wire = None
        closing = asyncio.create_task(wire.aclose())
        with contextlib.suppress(Exception):
            await asyncio.wait_for(asyncio.shield(closing), _CLOSE_S)

    @property
    def _log(self) -> Path:
        return Path(self._folder.name) / "server.log"

    def _down(self, said: str, *, maybe_done: bool) -> ServerDown:
        return ServerDown(said, self._last_words(), maybe_done=maybe_done, elsewhere=self._target.url)

    def _last_words(self) -> str:
        try:
            text = self._log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        return text[-_TAIL_CHARS:].strip()
