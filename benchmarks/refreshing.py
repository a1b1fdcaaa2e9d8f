"""A refresh over three slow upstreams against the slowest of them alone: P9.

The upstream alone is asked by a bare client: started, asked for its five pages, closed. So a refresh is held to what
the waiting itself takes.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.clock import Failed, Taken, interleaved
from benchmarks.conversation import Conversation
from benchmarks.peers import say
from benchmarks.place import COMMAND, PYTHON, ROOT, Bench
from benchmarks.serving import settings
from benchmarks.slow_shop import PAGES, TOOL
from benchmarks.table import Line, compared

_SHOP = str(ROOT / "benchmarks" / "slow_shop.py")
_ACCOUNTS = ("gumroad", "gumroad-eu", "gumroad-uk")


def lines(bench: Bench) -> Iterator[Line]:
    """The first refresh of a server, which starts the upstreams, and a later one, which finds them up."""
    say("refresh over three upstreams, five pages of 300 ms each")
    tracker = bench.folder / "work" / "refreshed.md"
    tracker.parent.mkdir(parents=True, exist_ok=True)
    environ = settings(bench, tracker, REVINTEL_MCP_CONFIG=str(_configuration(tracker.parent)))
    alone = [PYTHON, _SHOP, "alone"]
    first = {"ours": _first_refresh(environ, tracker), "alone": _whole_pull(alone)}
    samples = interleaved(first, bench.rounds)
    what = "refresh over three upstreams that it starts ÷ the slowest alone"
    yield compared("P9", what, samples["ours"], samples["alone"], 1.25)
    with Conversation([COMMAND], environ) as server, Conversation(alone) as shop:
        later = {"ours": lambda: _refresh(server, tracker), "alone": lambda: _timed(lambda: _pull(shop))}
        samples = interleaved(later, bench.rounds)
    what = "refresh over three upstreams already up ÷ the slowest alone"
    yield compared("P9", what, samples["ours"], samples["alone"], 1.05)


def _configuration(folder: Path) -> Path:
    file = folder / "shops.json"
    shops = {name: {"command": PYTHON, "args": [_SHOP, name]} for name in _ACCOUNTS}
    file.write_text(json.dumps({"mcpServers": shops}), encoding="utf-8")
    return file


def _first_refresh(environ: Mapping[str, str], tracker: Path) -> Callable[[], Taken]:
    """A server that has just started, as a session of Claude Code has it, is asked to refresh."""

    def once() -> Taken:
        with Conversation([COMMAND], environ) as server:
            return _refresh(server, tracker)

    return once


def _refresh(server: Conversation, tracker: Path) -> Taken:
    """One refresh into a tracker that is not there yet.

    Raises:
        Failed: a sale is missing.
    """
    tracker.unlink(missing_ok=True)
    start = time.perf_counter()
    report = server.call("refresh_revenue", {"sources": list(_ACCOUNTS)})["structuredContent"]
    taken = Taken(time.perf_counter() - start)
    if (report["complete"], report["added"]) != (True, 150):
        raise Failed(f"the refresh added {report['added']} sales of 150: {report['sources']}")
    return taken


def _whole_pull(argv: Sequence[str]) -> Callable[[], Taken]:
    """Start the upstream, ask it for everything, end it."""

    def once() -> None:
        with Conversation(argv) as shop:
            _pull(shop)

    return lambda: _timed(once)


def _pull(shop: Conversation) -> None:
    for page in range(PAGES):
        shop.call(str(TOOL["name"]), {"page_key": str(page)})


def _timed(work: Callable[[], None]) -> Taken:
    start = time.perf_counter()
    work()
    return Taken(time.perf_counter() - start)
