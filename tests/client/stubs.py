"""Upstreams that are real processes, their traces, and the check that none of them survives."""

import asyncio
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from revintel_mcp.sources.contract import Answer, Call, Payload
from revintel_mcp.sources.failure import Failure
from revintel_mcp.upstream_client import Limits
from revintel_mcp.upstream_entry import UpstreamEntry

STUB = Path(__file__).parent / "stub_server.py"
#: Generous where nothing should hang, so that a busy machine fails no test.
PATIENT = Limits(start_s=30, list_s=30, call_s=30)
LIST_CHARGES = Call("list_charges", {"limit": 100})


@dataclass(frozen=True)
class Stubs:
    """Makes stub upstreams that leave traces in `folder`."""

    folder: Path

    def entry(self, mode: str, name: str = "stripe", *, secret: str = "") -> UpstreamEntry:
        """The entry of a stub that behaves as `mode` says."""
        self.place(name).mkdir(exist_ok=True)
        return UpstreamEntry(
            name=name,
            source=name.partition("-")[0],
            origin="/home/ada/.mcp.json",
            command=sys.executable,
            args=("-S", "-E", str(STUB), mode, str(self.place(name))),
            env={"PATH": os.environ["PATH"], "STUB_SECRET": secret},
            secrets=frozenset({secret} if secret else ()),
        )

    def place(self, name: str = "stripe") -> Path:
        """Where the stub of that name leaves its traces."""
        return self.folder / name

    def traces(self, kind: str, name: str = "stripe") -> int:
        """How many traces of a kind there are: `called`, `pid`."""
        return len(list(self.place(name).glob(f"{kind}-*")))

    async def appears(self, trace: str, name: str = "stripe") -> None:
        """Wait for a trace."""
        await appears(self.place(name) / trace)

    async def gone(self) -> None:
        """Wait until no process of a stub runs."""
        while living(self.folder, patience_s=0):  # noqa: ASYNC110 - other processes end
            await asyncio.sleep(0.005)

    def living(self) -> set[int]:
        """The processes that still run, once those that were killed had time to vanish."""
        return living(self.folder)


async def appears(path: Path) -> None:
    """Wait for a file."""
    while not os.path.exists(path):  # noqa: ASYNC110, PTH110 - another process makes it; a look takes no time
        await asyncio.sleep(0.005)


def living(folder: Path, patience_s: float = 5.0) -> set[int]:
    """The processes whose traces lie in a folder and that still run after a moment of patience."""
    pids = {int(path.name.removeprefix("pid-")) for path in folder.rglob("pid-*")}
    deadline = time.monotonic() + patience_s
    while (alive := {pid for pid in pids if runs(pid)}) and time.monotonic() < deadline:
        time.sleep(0.005)
    return alive


def runs(pid: int) -> bool:
    """Whether a process runs; one that has ended and only waits to be reaped does not."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] if Path("/proc/1").exists() else ""
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def failed(outcome: object) -> Failure:
    """The outcome, which must be a failure."""
    assert isinstance(outcome, Failure), outcome
    return outcome


def rows(answer: Answer) -> list[dict[str, object]]:
    """The rows of the answer, which must be one."""
    assert isinstance(answer, Payload), answer
    assert isinstance(answer.value, list)
    return answer.value
