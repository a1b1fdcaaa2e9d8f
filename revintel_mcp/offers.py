"""What the server offers beside its tools: resources, prompts, months to choose from, and word of changes."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from inspect import cleandoc
from typing import Any, Final

from fastmcp import Context, FastMCP
from fastmcp.exceptions import ToolError
from fastmcp.exceptions import ValidationError as NoSuchResource
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler
from mcp.shared.subscriptions import ResourceUpdated
from mcp.types import (
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
    ResourceUpdatedNotification,
    ResourceUpdatedNotificationParams,
    SubscriptionsListenRequestParams,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import Field

from revintel_mcp.domain.periods import Month
from revintel_mcp.errors import RevintelError, UsageError
from revintel_mcp.operations import Operations
from revintel_mcp.results import prompt_texts
from revintel_mcp.results import text as say
from revintel_mcp.results.outside_text import capped
from revintel_mcp.results.summary_shapes import SummaryRow

TRACKER: Final = "revenue://tracker"
SUMMARY: Final = "revenue://summary/{month}"
SOURCES: Final = "revenue://sources"


@contextmanager
def told_to_the_user() -> Iterator[None]:
    """Our own errors are sentences for the user; anything else stays masked. A user's mistake is none of the log's."""
    try:
        yield
    except RevintelError as error:
        raise ToolError(capped(str(error)), log_level=logging.INFO) from None


def add_resources(server: FastMCP, operations: Operations) -> None:
    """The tracker, a month, and the sources, each as text to read."""

    @server.resource(TRACKER, name="Revenue tracker", mime_type="text/markdown")
    def tracker() -> str:
        """The tracker file as it stands."""
        with told_to_the_user():
            return operations.tracker_text()

    @server.resource(SUMMARY, name="Month", mime_type="text/plain")
    def summary(month: str) -> str:
        """One month's income by channel: revenue://summary/2026-02."""
        with told_to_the_user():
            try:
                return say.summary_text(operations.summary(month=month))
            except UsageError as error:  # the address is wrong, not the server
                raise NoSuchResource(capped(str(error)), log_level=logging.INFO) from None

    @server.resource(SOURCES, name="Sources", mime_type="text/plain")
    async def sources() -> str:
        """How far each source is complete."""
        with told_to_the_user():
            return say.status_text(await operations.status(probe=False))


def add_prompts(server: FastMCP) -> None:
    """The workflows that lead a model through a month."""

    def monthly_review(month: str = Field("", description="2026-02; this month if left out")) -> str:
        """How a month went: refresh, figures with their coverage, what changed, what needs the user."""
        return prompt_texts.monthly_review(month)

    def month_close(month: str = Field("", description="2026-02; last month if left out")) -> str:
        """Close a month's books: make it complete, mend what waits, check the file, confirm the figures."""
        return prompt_texts.month_close(month)

    for title, prompt in (("Monthly review", monthly_review), ("Month close", month_close)):
        server.prompt(prompt, title=title, description=said_by(prompt))


def said_by(function: Callable[..., Any]) -> str:
    """What a function's docstring says; it is taken off the function.

    For a docstring, FastMCP loads a parser that takes a tenth of the server's start.
    """
    said, function.__doc__ = cleandoc(function.__doc__ or ""), None
    return said


def add_completion(server: FastMCP, operations: Operations) -> None:
    """Months of the tracker, newest first, wherever a prompt or a resource takes one."""

    @server.completion
    async def complete(
        _where: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        _context: CompletionContext | None,
    ) -> list[str] | None:
        if argument.name != "month":
            return None
        try:
            return await asyncio.to_thread(_months_like, operations, argument.value)
        except RevintelError:  # what is wrong with the file, the next call says
            return None


def _months_like(operations: Operations, typed: str) -> list[str]:
    """`2026-02` for `2026`, `02` or `feb`."""
    wanted = typed.strip().casefold()
    months = [Month.parse(row.month) for row in reversed(operations.summary().rows)]
    return [str(month) for month in months if wanted in f"{month} {month.label}".casefold()]


Lines = Mapping[str, SummaryRow]
"""A month's figures, and what each is worth, by month (`2026-02`)."""


class Changes:
    """Tells clients which resources a write has changed.

    A client of the modern era is told what it listens to. The handshake era's `resources/subscribe` is not served:
    there the caller of the write is told, the only client of a stdio server.
    """

    def __init__(self, server: FastMCP, operations: Operations) -> None:
        self._operations = operations
        self._bus = InMemorySubscriptionBus()
        protocol = server._mcp_server  # noqa: SLF001 - FastMCP 4.1 has no public way to serve subscriptions/listen
        protocol.add_request_handler("subscriptions/listen", SubscriptionsListenRequestParams, ListenHandler(self._bus))

    async def lines(self) -> Lines:
        """The line of each month as it stands, to be held against those after a write; none if it can't be read."""
        try:
            summary = await asyncio.to_thread(self._operations.summary)
        except RevintelError:  # what is wrong with the file, the write says
            return {}
        return {str(Month.parse(row.month)): row for row in summary.rows}

    async def tell(self, ctx: Context, before: Lines, *, sources: bool = False) -> None:
        """The tracker changed, and months whose figures or coverage did; after a refresh, the sources too."""
        after = await self.lines()
        months = [month for month in sorted({*before, *after}) if before.get(month) != after.get(month)]
        uris = [TRACKER, *(SUMMARY.format(month=month) for month in months), *([SOURCES] if sources else [])]
        for uri in uris:
            await self._bus.publish(ResourceUpdated(uri=uri))
        request = ctx.request_context
        if request is not None and request.protocol_version not in MODERN_PROTOCOL_VERSIONS:
            for uri in uris:
                params = ResourceUpdatedNotificationParams(uri=uri)
                await ctx.send_notification(
                    ResourceUpdatedNotification(method="notifications/resources/updated", params=params)
                )


class Rising:
    """Progress as the protocol wants it: each value is greater than the one before."""

    _STEP: Final = 1e-6

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._last = 0.0

    async def __call__(self, done: float, whole: float, sentence: str) -> None:
        """What is done, of the whole, in a sentence."""
        self._last = max(done, self._last + self._STEP)
        await self._ctx.report_progress(self._last, whole, sentence)
