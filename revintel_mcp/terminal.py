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
    from rich import progress as rich_progress  # noqa: PLC0415 - a tenth of a second that only a watched refresh needs
    from rich.console import Console  # noqa: PLC0415 - comes with the above

    columns = (
        rich_progress.TextColumn("{task.description}", markup=False),
        rich_progress.BarColumn(),
        rich_progress.TextColumn("{task.percentage:>3.0f}%"),
    )
    with rich_progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Starting", total=1.0)

        async def show(done: float, total: float, sentence: str) -> None:
            bar.update(task, completed=done, total=total, description=sentence[:60])

        yield show
