"""The server as a client sees it: from spawn to its tools, and how long one answer takes: P7 and P8."""

import json
import resource
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.clock import Sample, Taken, interleaved
from benchmarks.conversation import Conversation
from benchmarks.peers import say
from benchmarks.place import COMMAND, PYTHON, ROOT, Bench
from benchmarks.sales import NOW
from benchmarks.table import Line, compared

_BARE = str(ROOT / "benchmarks" / "bare_server.py")
_TOOL = "get_monthly_summary"
_ROWS = 10_000
_UPSTREAMS = ("stripe", "gumroad", "upwork")


def lines(bench: Bench) -> Iterator[Line]:
    """Starts, then answers."""
    yield from _starts(bench)
    yield from _answers(bench)


def settings(bench: Bench, tracker: Path, **more: str) -> dict[str, str]:
    """The environment of a server of ours: a home without a configuration, and the time that the trackers were made."""
    home = bench.folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    return {"HOME": str(home), "REVINTEL_TRACKER": str(tracker), "REVINTEL_NOW": NOW, **more}


# -- starts -----------------------------------------------------------------------------------------------------------


def _starts(bench: Bench) -> Iterator[Line]:
    say("servers, from spawn to their tools")
    environ = settings(bench, bench.files(_ROWS).tracker)
    greeted = {name: Sample(name) for name in ("ours", "bare")}
    things = {
        "ours": _start([COMMAND], environ, greeted["ours"]),
        "bare": _start([PYTHON, _BARE], environ, greeted["bare"]),
    }
    things |= {name: _start([COMMAND, "upstream", name], environ, Sample(name)) for name in _UPSTREAMS}
    listed = interleaved(things, bench.rounds)
    for what, samples in (("spawn to initialized", greeted), ("spawn to tools/list", listed)):
        yield compared("P7", f"{what} ÷ a FastMCP server of one tool", samples["ours"], samples["bare"], 1.10)
    for name in _UPSTREAMS:
        yield compared("", f"upstream {name}, spawn to tools/list ÷ the same", listed[name], listed["bare"], 1.3)


def _start(argv: Sequence[str], environ: Mapping[str, str], greeted: Sample) -> Callable[[], Taken]:
    """A start up to the list of tools; `greeted` takes the same start up to the answer to `initialize`.

    The processor's time is that of the server's whole life.
    """

    def once() -> Taken:
        before = _processor_of_children()
        with Conversation(argv, environ) as talk:
            pass
        used = _processor_of_children() - before
        greeted.runs.append(Taken(talk.initialized, used))
        return Taken(talk.listed, used)

    return once


def _processor_of_children() -> float:
    """Seconds that programs which have ended used, from their start to their end."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


# -- answers ----------------------------------------------------------------------------------------------------------


def _answers(bench: Bench) -> Iterator[Line]:
    say(f"one answer over stdio, {_ROWS:,} transactions")
    environ = settings(bench, bench.files(_ROWS).tracker)
    kept = bench.folder / "work" / "constant.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with Conversation([COMMAND], environ) as ours:
        kept.write_text(json.dumps(_kept(ours)), encoding="utf-8")
        with Conversation([PYTHON, _BARE, str(kept)], environ) as bare:
            samples = _asked({"ours": (ours, _TOOL), "bare": (bare, "constant")}, 50 if bench.quick else 300)
    what = "get_monthly_summary over stdio ÷ a constant of its size"
    yield compared("P8", what, samples["ours"], samples["bare"], 1.5)


def _kept(ours: Conversation) -> dict[str, Any]:
    """The answer and its schema, for a server that only gives it back."""
    (tool,) = (tool for tool in ours.ask("tools/list", {})["tools"] if tool["name"] == _TOOL)
    answer = ours.call(_TOOL, {})
    return {
        "schema": tool["outputSchema"],
        "text": answer["content"][0]["text"],
        "structured": answer["structuredContent"],
    }


def _asked(tools: Mapping[str, tuple[Conversation, str]], rounds: int) -> dict[str, Sample]:
    def asking(talk: Conversation, tool: str) -> Callable[[], Taken]:
        return lambda: talk.time_of(tool, {})

    return interleaved({name: asking(*each) for name, each in tools.items()}, rounds)
