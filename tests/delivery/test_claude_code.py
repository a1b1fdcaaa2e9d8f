"""The real Claude Code, without an account: it takes the plugin and the lines of README, and connects to our server."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.delivery.outside import CLAUDE, NODE, run_node
from tests.delivery.pages import shell_lines
from tests.delivery.place import ROOT, Place

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def claude(place: Place) -> Place:
    """A user with Claude Code on the PATH that asks nothing of a network."""
    place.environ |= {"DISABLE_AUTOUPDATER": "1", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}
    folder = place.home / "bin"
    folder.mkdir()
    program = folder / "claude"
    program.write_text(f'#!/bin/sh\nexec "{NODE}" "{CLAUDE}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    place.environ["PATH"] = f"{folder}:{place.environ['PATH']}"
    return place


def typed(place: Place, line: str, cwd: Path) -> str:
    done = subprocess.run(
        ["sh", "-c", line],
        env=place.environ,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("what", ["plugin", "."])
def test_its_validator_takes_the_plugin_and_the_marketplace(claude: Place, what: str) -> None:
    assert "Validation passed" in typed(claude, f"claude plugin validate {what}", ROOT)


def test_the_lines_of_the_readme_add_the_server_and_it_connects(claude: Place) -> None:
    lines = [line for line in shell_lines(ROOT / "README.md") if line.startswith("claude mcp")]
    assert lines
    for line in lines:
        typed(claude, line, claude.home)
    assert connected(typed(claude, "claude mcp list", claude.home))


def test_the_lines_of_the_readme_install_the_plugin_and_its_server_connects(claude: Place) -> None:
    lines = [line for line in shell_lines(ROOT / "README.md") if line.startswith("claude plugin")]
    assert len(lines) == 2
    for line in lines:
        typed(claude, line, ROOT)
    assert "revintel" in typed(claude, "claude plugin list", claude.home)
    assert connected(typed(claude, "claude mcp list", claude.home))


def connected(said: str) -> bool:
    return "revintel" in said and "✔ Connected" in said


def test_it_says_what_the_plugin_brings(claude: Place) -> None:
    done = run_node(CLAUDE, "plugin", "validate", str(ROOT / "plugin"), environ=environ(claude), cwd=ROOT)
    assert all(name in done.stdout for name in ("revintel:refresh", "revintel:month", "revintel:close", "revintel:add"))


def environ(place: Place) -> Mapping[str, str]:
    return place.environ
