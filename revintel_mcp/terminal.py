"""What a person sees while waiting: a progress bar on stderr, only when it is a terminal."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Progress = Callable[[float, float, str], Awaitable[None]]


async def quiet(_done: float, _total: float, _sentence: str) -> None:
    """Progress that nobody watches."""


@asynccontextmanager
async def progress_bar() -> AsyncIterator[Progress]:
    """A progress callback; it draws a bar while the block runs, and nothing when stderr is a file or a pipe."""
    if not sys.stderr.isatty():
        yield quiet
        return
    from rich.console import Console  # noqa: PLC0415 - a tenth of a second that only a watched refresh needs
    from rich.progress import BarColumn, Progress as Bar, TextColumn  # noqa: PLC0415 - same

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Starting", total=1.0)

        async def show(done: float, total: float, sentence: str) -> None:
            bar.update(task, completed=done, total=total, description=sentence[:60])

        yield show
