"""Running a program that has upstreams, so that none of them survives it, whatever ends it."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final, NoReturn, Protocol, TypeVar, cast

from revintel_mcp.upstream_process import kill_all

T = TypeVar("T")

#: Seconds for the main task to end once a signal asked for it: long enough to finish writing the tracker.
_WIND_UP_S: Final = 2.0
#: Signals that are answered with a clean end; one more ends the program as it is.
_PATIENT_SIGNALS: Final = 2


class Closable(Protocol):
    """A hub, or whoever owns some."""

    async def aclose(self) -> None:
        """End every upstream."""

    def kill(self) -> None:
        """End them at once."""


def run_with_hub(main: Callable[[], Coroutine[Any, Any, T]], hub: Closable, *, leave_at_once: bool = False) -> T:
    """Run `main()` in an event loop of its own and close `hub`, whatever ends it; no upstream survives.

    On Ctrl-C, SIGTERM or SIGHUP `main` is cancelled and given two seconds, then the hub is closed. A second signal
    kills the upstreams instead of closing them, a third ends the program on the spot.

    Args:
        main: What to do, with the hub.
        hub: Closed in the end.
        leave_at_once: End the process without the interpreter's own farewell after a signal: for a server whose
            reader thread is blocked on stdin, which would keep the process alive.

    Returns:
        What `main` returned.

    Raises:
        SystemExit: A signal ended it; its code is 128 + the signal's number, as a shell expects.
    """
    try:
        with asyncio.Runner() as runner:
            received, result = runner.run(_until_signal(main, hub, leave_at_once=leave_at_once))
    finally:
        kill_all()
    if received:
        raise SystemExit(128 + received)
    return cast("T", result)


async def _until_signal(
    main: Callable[[], Coroutine[Any, Any, T]], hub: Closable, *, leave_at_once: bool
) -> tuple[int, T | None]:
    """The signal that ended it (0: none) and what `main` returned."""
    received: list[int] = []
    stopped = asyncio.Event()

    def on_signal(number: int) -> None:
        received.append(number)
        stopped.set()
        if len(received) > 1:
            hub.kill()

    with _signals(on_signal):
        work = asyncio.ensure_future(main())
        waiting = asyncio.ensure_future(stopped.wait())
        try:
            await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                work.cancel()
                await asyncio.wait({work}, timeout=_WIND_UP_S)
        finally:
            waiting.cancel()
            await hub.aclose()
        if not received:
            return 0, work.result()
        if leave_at_once:
            _leave(128 + received[0])
        return received[0], None


def _leave(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@contextlib.contextmanager
def _signals(on_signal: Callable[[int], None]) -> Iterator[None]:
    """Have the signals that end a program handled in the event loop; as they were, afterwards.

    The third one ends the program on the spot, whatever the event loop is stuck in.
    """
    loop = asyncio.get_running_loop()
    before: dict[int, Any] = {}
    received: list[int] = []

    def handle(number: int, _frame: object) -> None:
        received.append(number)
        if len(received) > _PATIENT_SIGNALS:
            kill_all()
            os._exit(128 + number)
        loop.call_soon_threadsafe(on_signal, number)

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            with contextlib.suppress(ValueError):  # not in the main thread: whoever is there handles them
                before[number] = signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
