"""What the pages say is true: every block of README and docs is run, and every command and tool has its place."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from revintel_mcp.cli import VERBS
from revintel_mcp.config import find_upstreams
from revintel_mcp.settings import SETTINGS, load_settings
from scripts import make_docs
from tests.delivery.pages import PAGES, blocks, languages, shell_lines
from tests.delivery.place import COMMAND, ROOT, Place, played

README = ROOT / "README.md"
# Lines that other tests run: make from a clean clone, claude with the real Claude Code, the dashboard in a browser.
ELSEWHERE = ("make ", "claude ", "revintel-mcp dashboard")
KEYS = {
    "STRIPE_SECRET_KEY": "sk_test_fake_1",
    "STRIPE_SECRET_KEY_EU": "sk_test_fake_2",
    "GUMROAD_ACCESS_TOKEN": "fake3",
}


@pytest.fixture
def reader(place: Place) -> Place:
    """Someone who did what README says up to the keys, with recordings for platforms."""
    place.environ["REVINTEL_NOW"] = "2026-11-23T12:00:00+00:00"
    del place.environ["REVINTEL_TRACKER"]
    folder = place.home / ".config" / "revintel-mcp"
    folder.mkdir(parents=True)
    place.configure(gumroad=played("gumroad-success")).rename(folder / "mcp.json")
    del place.environ["REVINTEL_MCP_CONFIG"]
    (folder / "keys.env").write_text("GUMROAD_ACCESS_TOKEN=fake\n", encoding="utf-8")
    return place


def run_as_printed(place: Place, lines: list[str]) -> None:
    """Run the lines as one shell session that stops at the first failure, and says which it was."""
    here = [line for line in lines if not line.startswith(ELSEWHERE)]
    script = "\n".join(
        f"{line}\ncode=$?; [ $code -eq 0 ] || {{ echo {shlex.quote(line)} gave $code >&2; exit 1; }}" for line in here
    )
    done = subprocess.run(
        ["sh", "-c", script],
        env=place.environ,
        cwd=place.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_shell_block_of_the_readme_runs_as_printed(reader: Place) -> None:
    run_as_printed(reader, shell_lines(README))
    assert (reader.home / ".claude/reference/freelance/revenue-tracker.md").exists()


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("page", [page for page in PAGES if page != README], ids=lambda page: page.name)
def test_every_shell_block_of_the_docs_runs_as_printed(reader: Place, page: Path) -> None:
    (reader.home / ".mcp.json").write_text('{"mcpServers": {}}', encoding="utf-8")
    setting_up = [line for line in shell_lines(README) if line.startswith(("set -a", "export"))]
    run_as_printed(reader, [*setting_up, *shell_lines(page)])


def test_no_block_is_of_a_kind_that_nothing_checks() -> None:
    known = {"sh", "json", "cron", "markdown"}
    known |= {"ebnf", "text"}  # the tracker's grammar, and a message: tests/tracker/test_format_page.py
    assert {(page.name, tag) for page, tag in languages() if tag not in known} == set()


def test_make_targets_that_the_pages_name_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"\bmake ([a-z]+)", "\n".join(shell_lines(page)))}
    inline = {name for page in PAGES for name in re.findall(r"`make ([a-z]+)", page.read_text(encoding="utf-8"))}
    assert named | inline <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_configuration_blocks_are_read_without_a_complaint(page: Path, tmp_path: Path) -> None:
    for text in blocks(page, "json"):
        names = set(json.loads(text)["mcpServers"])
        file = tmp_path / "mcp.json"
        file.write_text(text, encoding="utf-8")
        environ = {"HOME": str(tmp_path), **KEYS, "UPWORK_CSV_FOLDER": str(tmp_path)}
        settings = load_settings({**environ, "REVINTEL_MCP_CONFIG": str(file)})
        found = find_upstreams(settings, environ, cwd=tmp_path, home=tmp_path)
        assert found.problems == ()
        assert {entry.name for entry in found.entries if entry.ready} == names


def test_the_readme_prints_the_upstreams_of_the_shipped_configuration() -> None:
    shipped = json.loads((ROOT / ".mcp.json").read_text(encoding="utf-8"))["mcpServers"]
    printed = json.loads(blocks(README, "json")[0])["mcpServers"]
    assert printed == {name: entry for name, entry in shipped.items() if name != "revintel"}


def test_the_tracker_in_the_readme_is_one(place: Place) -> None:
    place.environ["REVINTEL_NOW"] = "2026-02-19T14:03:22-05:00"
    place.tracker.parent.mkdir(parents=True)
    place.tracker.write_text(blocks(README, "markdown")[0], encoding="utf-8")
    done = place.run("check", "--json")
    assert (done.returncode, json.loads(done.stdout)["problems"]) == (0, [])
    assert float(place.result("summary")["ytd_total"]) == 1479.00


def test_tables_made_from_the_code_are_up_to_date() -> None:
    """Fails as well when a setting, command or tool has no place in the pages: run `make docs`."""
    for page, text in make_docs.pages().items():
        assert page.read_text(encoding="utf-8") == text, f"{page.name} differs from the code: run make docs"


def test_every_setting_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    assert [setting.env for setting in SETTINGS if f"`{setting.env}`" not in text] == []


def test_every_command_has_a_heading_and_words_of_its_own() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for verb in VERBS:
        section = text.partition(f"\n## {verb.name}\n")[2].partition("<!-- made")[0].strip()
        assert len(section.split()) >= 8, verb.name


def test_commands_that_pages_name_exist() -> None:
    verbs = {verb.name for verb in VERBS}
    for page in PAGES:
        named = set(re.findall(r"`revintel-mcp ([a-z]+)", page.read_text(encoding="utf-8")))
        assert named <= verbs, page.name


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def cron_line() -> str:
    (line,) = [line for block in blocks(README, "cron") for line in block.splitlines()]
    return line


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_weekly_cron_line_works_as_printed(reader: Place) -> None:
    """In the bare environment that cron gives: a home, a short PATH, sh."""
    line = cron_line()
    assert re.match(r"[0-9*]+ [0-9*]+ \* \* [0-9] ", line)
    assert "%" not in line, "cron reads an unescaped % as the end of the line"
    link = reader.home / ".local" / "bin" / "revintel-mcp"
    link.parent.mkdir(parents=True)
    link.symlink_to(COMMAND)
    keys = reader.home / ".config" / "revintel-mcp" / "keys.env"
    keys.write_text("GUMROAD_ACCESS_TOKEN=fake\nREVINTEL_NOW=2026-11-23T07:00:00+00:00\n", encoding="utf-8")
    cron = {"HOME": str(reader.home), "LOGNAME": "ada", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        ["/bin/sh", "-c", line.split(" ", 5)[5]],
        env=cron,
        cwd=reader.home,
        capture_output=True,
        timeout=60,
        check=False,
    )
    log = (keys.parent / "refresh.log").read_text(encoding="utf-8")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), log
    tracker = reader.home / ".claude/reference/freelance/revenue-tracker.md"
    assert "gumroad_sale06-7Y-Q==" in tracker.read_text(encoding="utf-8")
    assert "Gumroad" in log
