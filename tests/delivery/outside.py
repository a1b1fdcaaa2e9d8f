"""Programs by other people, installed by scripts/make-outside: where they are, and the Node that runs them."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.delivery.place import ROOT

NPM = ROOT / "tests" / "delivery" / "npm"
MODULES = NPM / "node_modules"
#: Node from npm, of the version that they all ask for, whatever the machine has.
NODE = MODULES / ".bin" / "node"
STRIPE_MCP = MODULES / "@stripe" / "mcp" / "dist" / "index.js"
INSPECTOR = MODULES / ".bin" / "mcp-inspector"
CONFORMANCE = MODULES / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
CLAUDE = MODULES / "@anthropic-ai" / "claude-code" / "cli-wrapper.cjs"


def run_node(
    program: Path, *words: str, environ: Mapping[str, str], cwd: Path, timeout_s: float = 200
) -> subprocess.CompletedProcess[str]:
    """Run a Node program to its end."""
    assert program.exists(), f"{program} is not installed: sh scripts/make-outside"
    path = f"{NODE.parent}:{environ['PATH']}"
    return subprocess.run(
        [str(NODE), str(program), *words],
        env={**environ, "PATH": path},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
