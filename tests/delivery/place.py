"""A user's place: an empty home, a tracker, a configuration of upstreams, and the installed command run in it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RECORDINGS = ROOT / "tests" / "data" / "recordings"
PLAYER = ROOT / "tests" / "delivery" / "player.py"
# The command as it stands beside the interpreter of this environment: what a user types.
COMMAND = Path(sys.executable).with_name("revintel-mcp")

Json = dict[str, Any]


@dataclass
class Place:
    """`home` is empty at first; `environ` is all that a program run here gets to see."""

    home: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environ = {
            "HOME": str(self.home),
            "PATH": f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}",
            "REVINTEL_TRACKER": str(self.tracker),
            "REVINTEL_TIMEZONE": "UTC",
            **self.environ,
        }

    @property
    def tracker(self) -> Path:
        """Where this user's tracker is."""
        return self.home / "books" / "revenue-tracker.md"

    def configure(self, **servers: Json) -> Path:
        """Name these servers in a configuration file, and the file in the environment."""
        file = self.home / "upstreams.json"
        file.write_text(json.dumps({"mcpServers": servers}), encoding="utf-8")
        self.environ["REVINTEL_MCP_CONFIG"] = str(file)
        return file

    def run(self, *words: str, timeout_s: float = 60, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run `revintel-mcp` with these words to its end; nothing is there to be read from stdin."""
        return subprocess.run(
            [str(COMMAND), *words],
            env=self.environ,
            cwd=cwd or self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout_s,
            check=False,
        )

    def result(self, *words: str, timeout_s: float = 60) -> Json:
        """The `--json` result of a command that must succeed. Amounts are `Decimal`, as written."""
        done = self.run(*words, "--json", timeout_s=timeout_s)
        assert done.returncode == 0, done.stderr
        result: Json = json.loads(done.stdout, parse_float=Decimal)
        return result

    def log(self) -> list[Json]:
        """Every row of the log, oldest first, as `list --json` gives it."""
        listing = self.result("list", "--sort", "date", "--page-size", "200")
        rows: list[Json] = listing["rows"]
        for page in range(2, int(listing["pages"]) + 1):
            rows += self.result("list", "--sort", "date", "--page-size", "200", "--page", str(page))["rows"]
        return rows


def played(recording: str, tools_from: str | None = None, **env: str) -> Json:
    """A configuration entry whose server plays a recording back."""
    files = [str(RECORDINGS / f"{name}.json") for name in (recording, tools_from) if name]
    return {"command": sys.executable, "args": [str(PLAYER), *files], "env": env}


def by_name(rows: Sequence[Mapping[str, Any]], name: str, key: str = "source") -> Mapping[str, Any]:
    """The one row whose `key` is `name`."""
    found = [row for row in rows if row[key] == name]
    assert len(found) == 1, f"{len(found)} rows have {key} {name}: {rows}"
    return found[0]


def waiting(report: Json) -> dict[str, tuple[Decimal, str]]:
    """What waits in Needs Attention: amount and currency by ID."""
    rows = report["needs_attention"]
    return {row["id"]: (Decimal(row["amount"].replace(",", "")), row["currency"]) for row in rows}
