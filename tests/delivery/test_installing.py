"""From nothing to a working program, as people do it: a clean clone and make, or the wheel in an empty environment."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.delivery.place import ROOT
from tests.delivery.wire import wired

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

UNTRACKED = shutil.ignore_patterns(
    ".git", ".venv", "node_modules", "demo", "artifacts", "dist", "__pycache__", ".*_cache", ".hypothesis"
)


def run(*words: str, cwd: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        words,
        cwd=cwd,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a new user: an empty home, and what the machine needs to reach its package index."""
    passed = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "PYENV_"))}
    home = tmp_path_factory.mktemp("home")
    return {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **passed}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh copy, in a folder whose name has a space."""
    place = tmp_path_factory.mktemp("somewhere") / "a clean clone"
    shutil.copytree(ROOT, place, ignore=UNTRACKED)
    return place


@pytest.fixture(scope="module")
def demo(clone: Path, bare: dict[str, str]) -> str:
    """What `make demo` printed in the clean clone."""
    return run("make", "demo", cwd=clone, environ=bare).stdout


def test_make_demo_prints_the_year_to_the_cent(demo: str) -> None:
    """The expected figures were added up by hand from the invented year, not by this program."""
    expected = json.loads((ROOT / "tests" / "data" / "demo_expected.json").read_text(encoding="utf-8"))
    months = list(expected.values())[-1]["months"]
    for month, figures in months.items():
        (line,) = [line for line in demo.splitlines() if line.startswith(label(month))]
        shown = [figure.rstrip("+?") for figure in re.findall(r"[-\d,.]+[+?]?", line)[1:]]
        assert shown[-1] == figures["Total"], month
        assert {figures[channel] for channel in ("Upwork", "Gumroad", "Stripe")} <= {*shown, "0.00"}, month


def label(month: str) -> str:
    names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    year, number = month.split("-")
    return f"{names[int(number) - 1]} {year}"


def test_make_demo_again_is_quick_and_says_the_same(demo: str, clone: Path, bare: dict[str, str]) -> None:
    again = run("make", "demo", cwd=clone, environ=bare)
    assert "Making .venv" not in again.stderr
    assert [line for line in again.stdout.splitlines() if " 2026 " in line] == [
        line for line in demo.splitlines() if " 2026 " in line
    ]


def test_make_demo_leaves_the_users_own_tracker_alone(demo: str, bare: dict[str, str]) -> None:
    assert demo
    assert not (Path(bare["HOME"]) / ".claude").exists()


def test_the_demos_environment_is_compiled_though_python_was_told_not_to(demo: str, clone: Path) -> None:
    assert demo
    assert list((clone / "revintel_mcp" / "__pycache__").glob("cli.*.pyc"))


def test_a_clone_that_was_moved_makes_its_environment_anew(demo: str, clone: Path, bare: dict[str, str]) -> None:
    """The way to this place is written into an environment; a moved one would run the old code, or none."""
    assert demo
    moved = clone.parent / "moved"
    shutil.copytree(clone, moved, symlinks=True)
    done = run("sh", "scripts/make-venv", "server", cwd=moved, environ=bare)
    assert "Making .venv" in done.stderr
    said = run(".venv/bin/python", "-c", "import revintel_mcp; print(revintel_mcp.__file__)", cwd=moved, environ=bare)
    assert said.stdout.startswith(str(moved))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, bare: dict[str, str]) -> Path:
    """An empty environment with the wheel and the server's requirements, and nothing else."""
    place = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place), cwd=ROOT, environ=bare)
    (wheel,) = place.glob("*.whl")
    run(sys.executable, "-m", "venv", "env", cwd=place, environ=bare)
    pip = (
        str(place / "env" / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--no-deps",
    )
    run(*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "server.txt"), cwd=place, environ=bare)
    run(*pip, "--no-index", str(wheel), cwd=place, environ=bare)
    return place / "env"


def test_the_wheel_has_all_that_it_needs(installed: Path, bare: dict[str, str]) -> None:
    run(str(installed / "bin" / "python"), "-m", "pip", "check", cwd=installed, environ=bare)
    said = run(str(installed / "bin" / "revintel-mcp"), "--help", cwd=installed, environ=bare).stdout
    assert "refresh" in said
    assert "dashboard" in said


def test_the_wheel_serves_over_stdio(installed: Path, bare: dict[str, str]) -> None:
    with wired([str(installed / "bin" / "revintel-mcp")], bare, installed) as wire:
        tools = {tool["name"] for tool in wire.ask("tools/list")["result"]["tools"]}
        assert tools == {file.stem for file in (ROOT / "revintel_mcp" / "schemas").glob("*.json")}
        assert wire.close() == 0


def test_the_wheels_demo_runs(installed: Path, bare: dict[str, str]) -> None:
    said = run(str(installed / "bin" / "revintel-mcp"), "demo", cwd=installed, environ=bare).stdout
    assert "YTD" in said


def test_without_the_dashboards_extra_the_command_says_how_to_get_it(installed: Path, bare: dict[str, str]) -> None:
    done = subprocess.run(
        [str(installed / "bin" / "revintel-mcp"), "dashboard", "--no-browser"],
        cwd=installed,
        env=bare,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "revintel-mcp[dashboard]" in done.stderr or "make install" in done.stderr
