"""A call whose arguments can't be used, told in a sentence for each: what is wrong, and what to write instead."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastmcp.exceptions import ToolError
from fastmcp.exceptions import ValidationError as ArgumentsError
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from fastmcp.tools import ToolResult
from mcp.types import CallToolRequestParams
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from revintel_mcp.domain.outside import quoted
from revintel_mcp.results.outside_text import capped, shown


class PlainMistakes(Middleware):
    """Turns the validation's report, which is for programmers, into words for whoever called."""

    async def on_call_tool(
        self, context: MiddlewareContext[CallToolRequestParams], call_next: CallNext[CallToolRequestParams, ToolResult]
    ) -> ToolResult:
        """The tool's answer.

        Raises:
            ToolError: an argument is missing, unknown, or can't be used.
        """
        try:
            return await call_next(context)
        except ArgumentsError as error:
            if not isinstance(error.__cause__, ValidationError):
                raise
            known = await self._arguments(context)
            told = sentences(error.__cause__.errors(include_url=False), known)
            raise ToolError(capped("; ".join(told)), log_level=logging.INFO) from None

    async def _arguments(self, context: MiddlewareContext[CallToolRequestParams]) -> Mapping[str, Any]:
        server = context.fastmcp_context.fastmcp if context.fastmcp_context else None
        tool = await server.get_tool(context.message.name) if server else None
        properties: Mapping[str, Any] = tool.parameters["properties"] if tool else {}
        return properties


def sentences(errors: Sequence[ErrorDetails], known: Mapping[str, Any]) -> list[str]:
    """A sentence for each argument that can't be used; `known` are the tool's arguments by name."""
    by_argument: dict[str, list[ErrorDetails]] = {}
    for error in errors:
        name = shown(str(error["loc"][0])) if error["loc"] else "the arguments"
        by_argument.setdefault(name, []).append(error)
    return [_sentence(name, found, known) for name, found in by_argument.items()]


def _sentence(name: str, errors: Sequence[ErrorDetails], known: Mapping[str, Any]) -> str:
    """What is wrong with one argument: where it may be several things, each has its own error."""
    meaning = known.get(name, {}).get("description", "")
    example = f" ({meaning})" if meaning else ""
    match errors[0]["type"]:
        case "missing_argument" | "missing":
            return f"{name} is missing{example}"
        case "unexpected_keyword_argument":
            return f"{quoted(name)} is no argument here; there are: {', '.join(known) or 'none'}"
    given = errors[0]["input"]
    wrong = f"{quoted(shown(given, 60))} can't be used: " if isinstance(given, str) else ""
    rules = dict.fromkeys(error["msg"].removeprefix("Input should be ") for error in errors)
    return f"{name}: {wrong}it should be {' or '.join(rules)}{example}"
