"""A call whose arguments can't be used, told in a sentence for each: what is wrong, and what to write instead."""

from collections.abc import Mapping
from typing import Any

from fastmcp.exceptions import ToolError
from fastmcp.exceptions import ValidationError as ArgumentsError
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext
from fastmcp.tools import ToolResult
from mcp.types import CallToolRequestParams
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from revintel_mcp.domain.outside import quoted
from revintel_mcp.results.outside_text import shown


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
            told = dict.fromkeys(_sentence(each, known) for each in error.__cause__.errors(include_url=False))
            raise ToolError("; ".join(told)) from None

    async def _arguments(self, context: MiddlewareContext[CallToolRequestParams]) -> Mapping[str, Any]:
        server = context.fastmcp_context.fastmcp if context.fastmcp_context else None
        tool = await server.get_tool(context.message.name) if server else None
        properties: Mapping[str, Any] = tool.parameters["properties"] if tool else {}
        return properties


def _sentence(error: ErrorDetails, known: Mapping[str, Any]) -> str:
    name = shown(str(error["loc"][0])) if error["loc"] else "the arguments"
    meaning = known.get(name, {}).get("description", "")
    example = f" ({meaning})" if meaning else ""
    match error["type"]:
        case "missing_argument" | "missing":
            return f"{name} is missing{example}"
        case "unexpected_keyword_argument":
            return f"{quoted(name)} is no argument here; there are: {', '.join(known) or 'none'}"
    wrong = f"{quoted(shown(error['input'], 60))} can't be used: " if isinstance(error["input"], str) else ""
    rule = error["msg"].removeprefix("Input should be ")
    return f"{name}: {wrong}it should be {rule}{example}"
