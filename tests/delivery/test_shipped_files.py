"""What is shipped beside the code: configuration, plugin, locks, the update script, and the first step of make."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from revintel_mcp import __version__
from revintel_mcp.config import find_upstreams
from revintel_mcp.settings import load_settings
from tests.delivery.place import ROOT, Place, played

LOCKS = ("server", "dashboard", "dev", "build")
SCHEMAS = ROOT / "revintel_mcp" / "schemas"
PLUGIN = ROOT / "plugin"


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_shipped_configuration_holds_no_key_only_names_of_variables() -> None:
    for entry in read_json(ROOT / ".mcp.json")["mcpServers"].values():
        assert all(re.fullmatch(r"\$\{[A-Z_]+\}", value) for value in entry.get("env", {}).values())


@pytest.mark.parametrize(
    ("keys", "ready"),
    [
        ({}, set()),
        ({"STRIPE_SECRET_KEY": "sk_test_fake"}, {"stripe"}),
        (
            {"STRIPE_SECRET_KEY": "sk_test_fake", "GUMROAD_ACCESS_TOKEN": "fake", "UPWORK_CSV_FOLDER": "/tmp"},
            {"stripe", "gumroad", "upwork"},
        ),
    ],
)
def test_the_shipped_configuration_gives_every_platform_that_has_a_key(
    tmp_path: Path, keys: dict[str, str], ready: set[str]
) -> None:
    environ = {"HOME": str(tmp_path), "REVINTEL_MCP_CONFIG": str(ROOT / ".mcp.json"), **keys}
    found = find_upstreams(load_settings(environ), environ, cwd=tmp_path, home=tmp_path)
    assert {entry.name for entry in found.entries} == {"stripe", "gumroad", "upwork"}
    assert {entry.name for entry in found.entries if entry.ready} == ready


def pins(lock: str) -> dict[str, Requirement]:
    """Every version that a lock names, as `name==version`; with markers a package may have two."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    lines = [line.rstrip(" \\") for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    return {line.partition(" ;")[0]: Requirement(line) for line in lines}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_held_by_hash_and_names_no_index(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-zA-Z])", text.strip())
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"https?:|--index|--find-links|--extra", text)


@pytest.mark.parametrize("lock", ["server", "dashboard", "build"])
def test_all_environments_agree_on_versions(lock: str) -> None:
    assert pins(lock).keys() <= pins("dev").keys()


@pytest.mark.parametrize(("lock", "wanted"), [("server", ("stripe",)), ("dev", ("stripe", "dashboard"))])
def test_the_locks_hold_what_the_project_asks_for(lock: str, wanted: tuple[str, ...]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(one for extra in wanted for one in project["optional-dependencies"][extra])]
    locked = {requirement.name: requirement.specifier for requirement in pins(lock).values()}
    for text in asked:
        requirement = Requirement(text)
        if requirement.marker is None:
            (exact,) = locked[requirement.name]
            assert requirement.specifier.contains(exact.version), text


def test_the_plugin_names_this_version_and_this_server() -> None:
    manifest = read_json(PLUGIN / ".claude-plugin" / "plugin.json")
    assert (manifest["name"], manifest["version"]) == ("revintel", __version__)
    server = read_json(PLUGIN / ".mcp.json")["mcpServers"]["revintel"]
    assert (server["command"], server["args"]) == ("revintel-mcp", ["serve"])
    market = read_json(ROOT / ".claude-plugin" / "marketplace.json")
    (listed,) = market["plugins"]
    assert (listed["name"], (ROOT / listed["source"]).resolve()) == (manifest["name"], PLUGIN)


def front_matter(page: Path) -> dict[str, str]:
    head = page.read_text(encoding="utf-8").split("---\n")[1]
    return {key: value.strip() for key, _, value in (line.partition(":") for line in head.splitlines())}


PAGES = sorted([*PLUGIN.glob("commands/*.md"), *PLUGIN.glob("skills/*/SKILL.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name + "-" + page.stem)
def test_the_plugin_speaks_only_of_tools_that_exist(page: Path) -> None:
    tools = {file.stem for file in SCHEMAS.glob("*.json")}
    named = set(re.findall(r"`([a-z]+_[a-z_]+)`", page.read_text(encoding="utf-8")))
    assert named & tools
    assert named - tools <= {"last_updated", "idempotency_key"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name + "-" + page.stem)
def test_the_plugins_pages_say_what_they_are_for(page: Path) -> None:
    head = front_matter(page)
    assert 20 <= len(head["description"]) <= 1024
    if page.name == "SKILL.md":
        assert head["name"] == page.parent.name


def update_script(place: Place, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "scripts" / "revenue_auto_update.py"), *words],
        env=place.environ,
        cwd=place.home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.slow
def test_the_update_script_ends_well_though_a_source_fails(place: Place) -> None:
    place.environ["REVINTEL_NOW"] = "2026-11-23T12:00:00+00:00"
    place.configure(stripe=played("stripe-npm-no-key"), gumroad=played("gumroad-success"))
    done = update_script(place, "--since", "2026-01-01")
    assert done.returncode == 0, done.stderr
    assert "gumroad_sale06-7Y-Q==" in place.tracker.read_text(encoding="utf-8")


def test_the_update_script_says_when_the_tracker_cannot_be_written(place: Place) -> None:
    place.tracker.mkdir(parents=True)
    place.configure(gumroad=played("gumroad-success"))
    done = update_script(place)
    assert done.returncode == 3
    assert str(place.tracker) in done.stderr


@pytest.fixture
def without_python(tmp_path: Path) -> Path:
    """A folder for PATH with what a shell script needs, and no Python in it."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "cat", "cksum", "dirname", "rm"):
        found = shutil.which(name)
        assert found
        (tools / name).symlink_to(found)
    return tools


def interpreter(folder: Path, name: str, says: str) -> None:
    """A stand-in that answers the question what an interpreter lacks."""
    file = folder / name
    file.write_text(f"#!/bin/sh\necho '{says}'\n", encoding="utf-8")
    file.chmod(0o755)


def make_venv(tools: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    copy = tmp_path / "a clone"
    shutil.copytree(ROOT / "scripts", copy / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "requirements", copy / "requirements")
    shutil.copy(ROOT / "pyproject.toml", copy)
    return subprocess.run(
        [str(tools / "sh"), str(copy / "scripts" / "make-venv"), "server"],
        env={"PATH": str(tools), "HOME": os.devnull},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_without_python_make_says_what_to_install(without_python: Path, tmp_path: Path) -> None:
    done = make_venv(without_python, tmp_path)
    assert done.returncode == 2
    assert "needs Python 3.11 or newer" in done.stderr
    assert "make demo PYTHON=" in done.stderr


def test_pythons_that_will_not_do_are_named_with_the_reason(without_python: Path, tmp_path: Path) -> None:
    interpreter(without_python, "python3", "is Python 3.9")
    interpreter(without_python, "python3.12", "has no ensurepip: on Debian or Ubuntu, apt install python3.12-venv")
    done = make_venv(without_python, tmp_path)
    assert done.returncode == 2
    assert "python3 is Python 3.9" in done.stderr
    assert "apt install python3.12-venv" in done.stderr
