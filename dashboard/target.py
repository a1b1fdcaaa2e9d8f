"""Which server the dashboard talks to: one that it starts and ends, or one that already runs over HTTP."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """A server: `url`, or else the `command` that starts one over stdio with the environment `environ`."""

    url: str = ""
    command: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)


def target_from(environ: Mapping[str, str]) -> Target:
    """The server that the environment asks for: at `REVINTEL_MCP_URL` if it is set, else one of its own.

    The server is started with the whole environment: it is the same program, and it passes on to upstreams only what
    their configuration names.
    """
    url = environ.get("REVINTEL_MCP_URL", "").strip()
    if url:
        return Target(url=url)
    return Target(command=(sys.executable, "-P", "-m", "revintel_mcp"), environ=dict(environ))
