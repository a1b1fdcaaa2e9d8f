"""A program that uses upstreams, to be interrupted by tests: `parent.py FOLDER MODE WHAT`.

WHAT is `ask` (ask the upstream), `wait` (connect, leave the file `connected`, wait for ever), `server` (the same, with
a thread that is blocked on stdin, as a stdio server has), or `finish` (connect and end).
"""

import asyncio
import os
import sys
import threading
from pathlib import Path

from revintel_mcp.upstream_client import Limits, UpstreamHub, run_with_hub
from tests.client.stubs import LIST_CHARGES, Stubs

folder, mode, what = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
stubs = Stubs(folder)
long = Limits(start_s=600, list_s=600, call_s=600)
hub = UpstreamHub([stubs.entry(mode), stubs.entry("ok", "gumroad")], long)


async def main() -> int:
    await hub.connect("gumroad")
    if what == "ask":
        await hub.ask("stripe", LIST_CHARGES)
    await hub.connect("stripe")
    (folder / "connected").touch()
    if what == "server":
        threading.Thread(target=os.read, args=(0, 1)).start()
    if what != "finish":
        await asyncio.Event().wait()
    return 7


sys.exit(run_with_hub(main, hub, leave_at_once=what == "server"))
