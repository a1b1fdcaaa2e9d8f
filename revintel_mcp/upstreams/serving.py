"""What every bundled upstream shares: a table of read-only tools, served over stdio as MCP.

Built on the low-level server of the official `mcp` SDK: it starts faster than FastMCP and speaks both protocol eras.
What FastMCP would add we want stricter here: unknown arguments are refused, and a failure is a JSON object with a
type, a sentence, and whether to try again.
"""

import json
import logging
import signal
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Generic, TypeVar

import anyio
import anyio.to_thread
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import BaseModel, ConfigDict, ValidationError

from revintel_mcp import __version__
from revintel_mcp.upstreams.errors import BadAnswer, InvalidRequest, UpstreamError

Json = dict[str, Any]
A = TypeVar("A", bound="Arguments")

_TYPED_BY_HAND: Final = (
    "This is the MCP server {name}: it waits on stdin for a program that speaks MCP. Ctrl-C ends it. "
    "To check your set-up, type: revintel-mcp doctor"
)
_log: Final = logging.getLogger(__name__)


class Arguments(BaseModel):
    """The arguments of a tool. A name that it does not know is an error: a misspelt filter must not be ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class UpstreamTool(Generic[A]):
    """A read-only tool: its texts, the model of its arguments, the schema of its answer, and what answers it.

    `run` may block; it is called in a worker thread. It raises nothing but `UpstreamError` for what can go wrong.
    """

    name: str
    title: str
    description: str
    arguments: type[A]
    answer: Mapping[str, Any]
    run: Callable[[A], Json]
    open_world: bool = True

    def listed(self) -> Tool:
        """The tool as `tools/list` shows it."""
        return Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=self.arguments.model_json_schema(),
            output_schema=dict(self.answer),
            annotations=ToolAnnotations(
                title=self.title,
                read_only_hint=True,
                destructive_hint=False,
                idempotent_hint=True,
                open_world_hint=self.open_world,
            ),
        )


def serve(name: str, instructions: str, tools: Sequence[UpstreamTool[Any]]) -> int:
    """Serve the tools over stdio until stdin closes; the process's exit code."""
    logging.basicConfig(level=logging.ERROR)
    if sys.stdin.isatty():
        print(_TYPED_BY_HAND.format(name=name), file=sys.stderr)  # noqa: T201 - a person looks at a silent terminal
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the SDK's reader thread would keep the process alive after Ctrl-C
    anyio.run(_serve, build_server(name, instructions, tools))
    return 0


def build_server(name: str, instructions: str, tools: Sequence[UpstreamTool[Any]]) -> Server[Any]:
    """The MCP server that answers from a table of tools."""
    table = {tool.name: tool for tool in tools}
    listed = ListToolsResult(tools=[tool.listed() for tool in tools])

    async def on_list_tools(
        _context: ServerRequestContext[Any], _params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return listed

    async def on_call_tool(_context: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
        return await call(table, params.name, params.arguments or {})

    return Server(
        name,
        version=__version__,
        instructions=instructions,
        on_list_tools=on_list_tools,
        on_call_tool=on_call_tool,
    )


async def call(table: Mapping[str, UpstreamTool[Any]], name: str, raw: Mapping[str, Any]) -> CallToolResult:
    """Check the arguments, run the tool, and put its answer or its failure into an MCP result."""
    try:
        tool = _tool_named(table, name)
        arguments = _checked(tool, raw)
        answer = await anyio.to_thread.run_sync(partial(tool.run, arguments), abandon_on_cancel=True)
    except UpstreamError as error:
        return _failure(error)
    except Exception as error:  # noqa: BLE001 - a fault of ours must end this call, not the server
        frames = "".join(traceback.format_tb(error.__traceback__))  # where, but never the values of an exception's text
        _log.error("%s failed with %s\n%s", name, type(error).__name__, frames)
        return _failure(BadAnswer(f"{name} failed with {type(error).__name__}, a fault of this server; see its stderr"))
    return CallToolResult(content=[TextContent(type="text", text=_compact(answer))], structured_content=answer)


async def _serve(server: Server[Any]) -> None:
    async with stdio_server() as (read_stream, write_stream):
        await server.run(read_stream, write_stream, server.create_initialization_options())


def _tool_named(table: Mapping[str, UpstreamTool[Any]], name: str) -> UpstreamTool[Any]:
    if name not in table:
        raise InvalidRequest(f"unknown tool {name!r}; there are {', '.join(table)}")
    return table[name]


def _checked(tool: UpstreamTool[A], raw: Mapping[str, Any]) -> A:
    try:
        return tool.arguments.model_validate(raw)
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, fault['loc'])) or 'arguments'}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        known = ", ".join(tool.arguments.model_fields) or "none"
        raise InvalidRequest(
            f"{tool.name} can't take these arguments: {'; '.join(faults)}. It takes: {known}"
        ) from None


def _failure(error: UpstreamError) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=_compact(error.as_json()))], is_error=True)


def _compact(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
