"""The command line: every verb says what its tool says, takes every setting, and tells a mistake in a line."""

import asyncio
import errno
import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fastmcp import Client

from revintel_mcp.cli import VERBS, Verb, main
from revintel_mcp.settings import SETTINGS
from tests.server.conftest import NOW, server_over
from tests.server.test_tools import LOG


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(tracker: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`revintel-mcp` with these words, over the tracker of the test, in an empty home."""
    monkeypatch.setenv("HOME", str(tracker.parent))
    monkeypatch.chdir(tracker.parent)
    for key, value in {"TRACKER": str(tracker), "TIMEZONE": "America/New_York", "NOW": NOW}.items():
        monkeypatch.setenv(f"REVINTEL_{key}", value)
    tracker.write_text(LOG, encoding="utf-8")

    def typed(*words: str) -> Said:
        try:
            code = main(words)
        except SystemExit as end:
            code = int(end.code or 0)
        return Said(code, *capsys.readouterr())

    return typed


SAME: list[tuple[str, dict[str, Any], str]] = [
    ("get_monthly_summary", {}, "summary"),
    ("get_monthly_summary", {"month": "Feb 2026"}, "summary 2026-02"),
    ("get_monthly_summary", {"year": 2026, "view": "restated", "basis": "net"},
     "summary --year 2026 --view restated --basis net"),
    ("list_transactions", {}, "list"),
    ("list_transactions", {"text": "icon", "month": "2026-01", "channel": "Gumroad", "sort": "-amount", "page_size": 1},
     "list icon --month 2026-01 --channel gumroad --sort -amount --page-size 1"),
    ("list_transactions", {"client": "example", "status": "completed", "transaction_type": "one-time"},
     "list --client example --status completed --type one-time"),
    ("list_transactions", {"date_from": "2026-01-05", "date_to": "2026-02-09", "min_amount": -29, "max_amount": "400",
                           "sort": "client", "page": 2, "page_size": 1},
     "list --from 2026-01-05 --to 2026-02-09 --min -29 --max 400 --sort client --page 2 --page-size 1"),
    ("explain_total", {"month": "2026-02"}, "explain 2026-02"),
    ("explain_total", {"month": 2026, "channel": "Gumroad", "view": "restated"},
     "explain 2026 Gumroad --view restated"),
    ("get_insights", {}, "insights"),
    ("get_insights", {"period": "2026-02"}, "insights 2026-02"),
    ("get_source_status", {}, "status"),
    ("check_tracker", {}, "check"),
    ("refresh_revenue", {"dry_run": True, "since": "2026-02-01", "sources": ["gumroad"]},
     "refresh --dry-run --since 2026-02-01 --source gumroad"),
]  # fmt: skip


async def test_a_command_gives_what_its_tool_gives(run: Run, tracker: Path) -> None:
    different = {}
    async with Client(server_over(tracker)) as client:
        for tool, arguments, words in SAME:
            told = (await client.call_tool(tool, arguments)).structured_content
            said = await asyncio.to_thread(run, *words.split(), "--json")
            if (json.loads(said.out), said.code, said.err) != (told, 0, ""):
                different[words] = (said, told)
    assert different == {}


async def test_a_command_that_writes_gives_what_its_tool_gives(run: Run, tracker: Path) -> None:
    """The second call under a key is the first one's row: only `created` differs."""
    fields = {"date": "2026-03-01", "client": "Ada Park", "description": "Logo", "transaction_type": "fixed"}
    entry = {"amount": "120.50", "channel": "Fiverr", **fields, "status": "pending", "fee": "24.10"}
    words = [word for key, text in fields.items() for word in (f"--{key.replace('_', '-')}", text)]
    async with Client(server_over(tracker)) as client:

        async def both(tool: str, arguments: dict[str, Any], *typed: str) -> tuple[dict[str, Any], dict[str, Any]]:
            told = (await client.call_tool(tool, arguments)).structured_content
            assert told is not None
            said = await asyncio.to_thread(run, *typed, "--json")
            return told, json.loads(said.out)

        key = {"idempotency_key": "logo", "currency": "USD"}
        typed = (*words, "--status", "pending", "--fee", "24.10", "--key", "logo", "--currency", "USD")
        added = await both("add_manual_entry", {**entry, **key}, "add", "120.50", "Fiverr", *typed)
        row_id = added[0]["entry"]["id"]
        paid = {"id": row_id, "status": "completed", "date": "2026-03-05"}
        updated = await both("update_entry", paid, "update", row_id, "--status", "completed", "--date", "2026-03-05")
        struck = await both("void_entry", {"id": row_id, "reason": "x"}, "void", row_id, "--reason", "x")
    for told, said in (added, updated, struck):
        assert {**told, "created": False} == said
        assert told["created"]


@pytest.mark.parametrize("verb", [verb.name for verb in VERBS if verb.name != "upstream"])
def test_every_setting_is_an_option_of_every_verb(run: Run, verb: str) -> None:
    said = run(verb, "--help")
    assert said.code == 0
    assert [setting.option for setting in SETTINGS if setting.option not in said.out] == []
    assert ("--json" in said.out) == (verb not in ("serve", "trust", "dashboard"))


def test_help_starts_with_what_stands_where_and_an_example(run: Run) -> None:
    said = " ".join(run("add", "--help").out.split())
    assert said.startswith("usage: revintel-mcp add [AMOUNT] [CHANNEL] [options] [settings] Log income")
    assert "Example: revintel-mcp add 250 Fiverr --client 'Ada Park'" in said


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb.example], ids=lambda verb: verb.name)
def test_every_example_of_the_help_works_as_printed(run: Run, tracker: Path, verb: Verb) -> None:
    (tracker.parent / "fiverr.csv").write_text("Date,Amount\n2026-02-14,120.00\n", encoding="utf-8")
    tracker.write_text(
        LOG.replace("manual_2026-02-07_0123456789ab", "manual_2026-02-03_4f1c2a9be07d"), encoding="utf-8"
    )
    words = shlex.split(verb.example)
    assert words[0] == verb.name
    assert run(*words).code == 0


def test_a_setting_may_stand_before_the_verb(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.md"
    other.write_text(LOG.replace("400.00", "500.00"), encoding="utf-8")
    plain = run("summary", "2026-02", "--tracker", str(other))
    assert "500.00" in plain.out
    assert run("--tracker", str(other), "summary", "2026-02") == plain
    assert run(f"--tracker={other}", "--now", NOW, "summary", "2026-02") == plain


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["summry"], "'summry' is no verb; did you mean summary?"),
        (["xyz"], "'xyz' is no verb; revintel-mcp --help lists them"),
        (["summary", "--no-such"], "unrecognized arguments: --no-such; revintel-mcp summary --help"),
        (["summary", "Febtober"], "'Febtober' is not a month; write 2026-02 or Feb 2026"),
        (["summary", "--year", "x"], "argument --year: 'x' is no whole number"),
        (["summary", "--year", "0"], "0 is no year of this time; write one like 2026"),
        (["summary", "--view", "x"], "choose from 'booked', 'restated'"),
        (["list", "--sort", "-size"], "'-size' is no order; use one of: date"),
        (["list", "--client", "--json"], "argument --client: expected one argument"),
        (["list", "--page", "0"], "pages count from 1"),
        (["add"], "such as: revintel-mcp add 1200 Fiverr"),
        (["add", "1e308", "Fiverr"], "write dollars and cents like 1200.50"),
        (["add", "NaN", "Fiverr"], "write dollars and cents like 1200.50"),
        (["add", "1.0055", "Fiverr"], "round it to the cent"),
        (["add", "5", "Etsy"], "'Etsy' is not a channel; use one of: Upwork"),
        (["update", "manual_2026-02-07_0123456789ab"], "nothing to change; give what to change"),
        (["update", "gumroad_abc", "--amount", "5"], "(line 13), or set its Status to excluded"),
        (["void", "manual_x"], "revintel-mcp list"),
        (["explain"], "such as: revintel-mcp explain 2026-02"),
        (["explain", "never"], "write 2026-02, 2026, Q1 2026"),
        (["insights", "never"], "write 2026-02, 2026, Q1 2026"),
        (["insights", "0001-01"], "write 2026-02, 2026, Q1 2026"),
        (["refresh", "--since", "soon"], "write auto, month, or a day like 2026-01-31"),
        (["refresh", "--source", "paypal"], "no source is named paypal; there are: stripe, gumroad, upwork"),
        (["import", "none.csv", "--channel", "Fiverr"], "none.csv can't be read"),
        (["trust", "none.json"], "Type the path of a .mcp.json file"),
        (["summary", "--timezone", "Mars"], "--timezone=Mars: no such time zone; write a name such as"),
        (["upstream", "paypal"], "no upstream server is called 'paypal'; type: revintel-mcp upstream stripe|"),
    ],
    ids=lambda each: each if isinstance(each, str) else " ".join(each),
)
def test_wrong_usage_is_told_in_a_line_with_what_to_type_and_exit_code_2(
    run: Run, tracker: Path, words: list[str], says: str
) -> None:
    said = run(*words)
    assert (said.code, said.out) == (2, "")
    assert says in said.err
    assert said.err.count("\n") == 1
    assert tracker.read_text(encoding="utf-8") == LOG


@pytest.mark.parametrize("words", ["summary", "list", "explain 2026", "insights", "check", "status", "add 5 Other"])
def test_a_tracker_that_can_not_be_read_is_exit_code_3(run: Run, tracker: Path, words: str) -> None:
    tracker.unlink()
    tracker.mkdir()
    said = run(*words.split())
    assert (said.code, said.out) == (3, "")
    assert said.err == f"revintel-mcp: {tracker}: this is a folder. Name the tracker file itself, with --tracker\n"


def test_check_is_exit_code_1_where_something_is_to_be_mended(run: Run, tracker: Path) -> None:
    tracker.write_text(LOG.replace("29.00 | 3.40", "29.0O | 3.40"), encoding="utf-8")
    said = run("check")
    assert said.code == 1
    assert "1 problem found" in said.out
    (problem,) = json.loads(run("check", "--json").out)["problems"]
    assert (problem["file"], problem["line"], bool(problem["mend"])) == ("revenue-tracker.md", 13, True)
    assert problem["place"].startswith("revenue-tracker.md:13:")


def test_a_tracker_that_is_not_there_is_said_to_be_missing(run: Run, tracker: Path) -> None:
    tracker.unlink()
    told = f"There is no tracker at {tracker} yet; the first refresh or entry makes it."
    for verb in ("summary", "check"):
        assert told in run(verb).out
    for words in (["list"], ["explain", "2026"], ["insights"], ["list", "--json"]):
        said = run(*words)
        assert (said.code, said.err) == (0, f"{told}\n")
    assert not tracker.exists()


def test_a_refresh_that_can_ask_nobody_says_what_to_type(run: Run) -> None:
    assert (
        "No source is connected, so nothing was asked. To connect one, type: revintel-mcp doctor" in run("refresh").out
    )


def test_a_year_without_rows_is_said_to_have_none(run: Run) -> None:
    assert run("summary", "--year", "2020").out.startswith("No month of that year has a row in the tracker.\n")


@pytest.mark.parametrize("typed", ["-1,200.50", "-$1200.5", "-1200.50"])
def test_money_given_back_is_typed_with_a_minus(run: Run, typed: str) -> None:
    entry = json.loads(run("add", typed, "Other", "--json").out)["entry"]
    assert (entry["amount_usd"], entry["status"]) == (-1200.5, "refunded")


def test_words_say_whether_an_entry_was_logged_corrected_or_struck(run: Run) -> None:
    row_id = json.loads(run("add", "80", "Other", "--date", "2026-03-01", "--json").out)["entry"]["id"]
    steps = [("--amount", "90"), ("--amount", "90")]
    heads = [run("update", row_id, *step).out.partition(":")[0] for step in steps]
    heads += [run("void", row_id).out.partition(":")[0] for _ in range(2)]
    assert heads == ["Corrected", "It says so already", "Struck", "Struck already"]


@pytest.mark.parametrize("words", ["summary", "list --json"])
def test_a_reader_that_goes_away_is_no_error(run: Run, tracker: Path, words: str) -> None:
    assert run("summary").code == 0
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "revintel_mcp", *words.split()]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, cwd=tracker.parent, check=False, timeout=60)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


class FullDisk(io.StringIO):
    """What a shell gives a command as its stdout, on a disk without room."""

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_under_the_answer_is_told_in_a_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", FullDisk())
    told = "revintel-mcp: the answer could not be written: the disk is full. What was asked for is done\n"
    assert run("summary") == (1, "", told)


def test_a_command_without_any_stdout_does_its_work(run: Run, tracker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert run("add", "5", "Other", "--json").code == 0
    assert "| 5.00 |" in tracker.read_text(encoding="utf-8")


@pytest.mark.parametrize("words", ["list", "list --json"])
def test_a_name_that_the_terminal_can_not_show_is_spelled_out(run: Run, tracker: Path, words: str) -> None:
    tracker.write_text(LOG.replace("Bo Lind", "\u6771\u4eac \U0001f600"), encoding="utf-8")
    assert run("summary").code == 0
    done = subprocess.run(
        [sys.executable, "-m", "revintel_mcp", *words.split()],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        cwd=tracker.parent,
        capture_output=True,
        check=False,
        timeout=60,
    )
    out = done.stdout.decode("ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    if "--json" in words:
        assert "\u6771\u4eac \U0001f600" in [row["client"] for row in json.loads(out)["rows"]]
    else:
        assert r"\u6771\u4eac \U0001f600" in out


def test_an_import_that_leaves_a_row_out_is_exit_code_1(run: Run, tracker: Path) -> None:
    """A script sees that a row is missing; the others are in, and again nothing is added."""
    file = tracker.parent / "fiverr.csv"
    file.write_text("Date,Amount,Buyer\n2026-03-04,80.00,Ada Park\n2026-03-05,eighty,Bo Lind\n", encoding="utf-8")
    words = ["import", str(file), "--channel", "Fiverr", "--map=date=Date", "--map=amount=Amount"]
    said = run(*words)
    assert said.code == 1
    assert "fiverr.csv:3" in said.out
    assert "| 80.00 |" in tracker.read_text(encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8").replace("eighty", "90.00"), encoding="utf-8")
    assert run(*words).code == 0
