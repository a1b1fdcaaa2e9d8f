"""A server that the dashboard starts as its child, talks to over its standard input and output, and ends."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from dashboard import wire
from dashboard.messages import LONGEST_LINE, Messages, RpcError

#: How long it may take to end once its input is closed, and again after each signal, seconds.
_PATIENCE_S: Final = 2.0
_LOOK_S: Final = 0.01


class OwnServer:
    """The child process and the conversation with it; see `wire.Wire`. Its last words go to the file `log`."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], log: Path) -> None:
        self._command = command
        self._environ = environ
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._messages: Messages | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can still answer."""
        return self._messages is not None and self._messages.is_open

    async def open(self, timeout_s: float) -> None:
        """Start it and shake hands."""
        with self._log.open("wb") as last_words:
            self._process = process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=last_words,
                env=dict(self._environ),
                limit=LONGEST_LINE,
                **_apart(),
            )
        assert process.stdin is not None, "it is a pipe"
        assert process.stdout is not None, "it is a pipe too"
        self._messages = Messages(process.stdout, process.stdin)
        await self._messages.shake_hands(timeout_s)

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, timeout_s: float | None, progress: wire.Progress | None
    ) -> dict[str, Any]:
        """As `wire.Wire` has it."""
        assert self._messages is not None, "open comes first"
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
        """Close its input, which ends a server; one that does not mind is asked by a signal, then made to end."""
        process = self._process
        if process is None:
            return
        assert process.stdin is not None, "it is a pipe"
        process.stdin.close()
        for end in (None, _ask_to_end, _make_end):
            if end is not None:
                end(process)
            if await _has_ended(process):
                break
        if self._messages is not None:
            await self._messages.aclose()
        _let_go(process)


def _apart() -> dict[str, Any]:
    """A group of its own, so that Ctrl-C on the terminal reaches the dashboard alone, which then ends the server."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def _ask_to_end(process: asyncio.subprocess.Process) -> None:
    _signal(process, signal.SIGTERM)


def _make_end(process: asyncio.subprocess.Process) -> None:
    _signal(process, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """To all of its group, or to it alone where there are no groups."""
    try:
        if sys.platform == "win32":
            process.send_signal(number)
        else:
            os.killpg(process.pid, number)
    except ProcessLookupError:
        pass  # it ended by itself


async def _has_ended(process: asyncio.subprocess.Process) -> bool:
    """Whether it ends in time. `process.wait` would also wait for whoever else holds its pipes."""
    for _ in range(round(_PATIENCE_S / _LOOK_S)):
        if process.returncode is not None:
            return True
        await asyncio.sleep(_LOOK_S)
    return process.returncode is not None


def _let_go(process: asyncio.subprocess.Process) -> None:
    """Close our ends of the pipes, also when a grandchild holds the others; asyncio has no public name for that."""
    transport = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()


def _sentences(blocks: Any) -> list[str]:
    """The texts of a result's content."""
    found = [block.get("text") for block in blocks or () if isinstance(block, dict) and block.get("type") == "text"]
    return [text for text in found if isinstance(text, str)]
