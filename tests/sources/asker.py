"""A pure asker: plays what a server would answer, and drives a pull with it. No process, no protocol, no clock."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from revintel_mcp.domain.periods import Window
from revintel_mcp.sources.allow_list import refusal
from revintel_mcp.sources.contract import Answer, Call, Profile, PullRequest, RawResult, Tool
from revintel_mcp.sources.envelopes import read_result
from revintel_mcp.sources.failure import Failure
from revintel_mcp.sources.pull import Pull
from revintel_mcp.sources.registry import SOURCES

#: Far more rounds than any test's pages: a pull that asks on and on fails instead of hanging.
MOST_ROUNDS = 500

Server = Callable[[Call], RawResult]


def text_result(value: Any) -> RawResult:
    """A result as most servers give it: one text block of JSON."""
    return RawResult(is_error=False, texts=(json.dumps(value),))


def error_result(text: str) -> RawResult:
    """A result that says of itself that it is an error."""
    return RawResult(is_error=True, texts=(text,))


def tool(name: str, *arguments: str, required: Sequence[str] = (), **schemas: Mapping[str, Any]) -> Tool:
    """A tool that takes `arguments` of any type, and those in `schemas` by their schema."""
    properties = {**{argument: {} for argument in arguments}, **schemas}
    return Tool(name, {"type": "object", "properties": properties, "required": list(required)})


@dataclass(frozen=True)
class Scripted:
    """Answers by tool: the first whose `when` arguments the call has; a tool without one is unknown."""

    answers: Sequence[tuple[str, Mapping[str, Any], RawResult]]

    def __call__(self, call: Call) -> RawResult:
        for name, when, result in self.answers:
            if name == call.tool and contains(call.arguments, when):
                return result
        return error_result(f"MCP error -32602: Tool {call.tool} not found")


def contains(whole: Any, part: Any) -> bool:
    """Whether `whole` has everything that `part` has, in objects inside it too."""
    if isinstance(part, Mapping):
        return isinstance(whole, Mapping) and all(key in whole and contains(whole[key], part[key]) for key in part)
    return bool(whole == part)


@dataclass
class Played:
    """A pull and the calls it made, round by round."""

    pull: Pull
    rounds: list[tuple[Call, ...]] = field(default_factory=list)

    @property
    def calls(self) -> list[Call]:
        """Every call, in order."""
        return [call for calls in self.rounds for call in calls]


def request(start: str = "2026-01-01", end: str = "2026-04-01", *, zone: str = "UTC", account: str = "") -> PullRequest:
    """A request for the days from `start` up to, not including, `end`."""
    window = Window(date.fromisoformat(start), date.fromisoformat(end))
    now = datetime.combine(window.end, datetime.min.time(), UTC)
    return PullRequest(window=window, timezone=ZoneInfo(zone), now=now, account=account)


def negotiated(source: str, tools: Sequence[Tool], server: str = "") -> Profile:
    """The profile that a source takes; a test that expects a failure asks the source itself."""
    profile = SOURCES[source].negotiate(tools, server or source)
    assert not isinstance(profile, Failure), profile
    return profile


def play(source: str, tools: Sequence[Tool], server: Server, asked: PullRequest, *, name: str = "") -> Played:
    """Negotiate, and pull against a server. Every call is held against the allow-list."""
    pulling = negotiated(source, tools, name).pull(asked)
    rounds: list[tuple[Call, ...]] = []
    try:
        calls = next(pulling)
        while len(rounds) < MOST_ROUNDS:
            rounds.append(calls)
            calls = pulling.send(tuple(_answer(source, name, server, call) for call in calls))
    except StopIteration as end:
        return Played(end.value, rounds)
    raise AssertionError(f"still asking after {MOST_ROUNDS} rounds")


def _answer(source: str, name: str, server: Server, call: Call) -> Answer:
    assert refusal(source, call.tool, call.arguments, server=name) is None
    json.dumps(dict(call.arguments))  # what can't be sent fails here
    return read_result(source, server(call))
