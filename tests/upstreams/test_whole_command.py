"""The whole command over real upstream processes: what is in the tracker is what the platforms said, to the cent."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from revintel_mcp.upstreams import demo_config
from revintel_mcp.upstreams.demo_config import FIRST_REFRESH, SECOND_REFRESH
from tests.upstreams.conftest import LOCALSTRIPE_KEY
from tests.upstreams.fakes import (
    DemoYearAtGumroad,
    DemoYearAtStripe,
    FakeGumroad,
    FakeStripe,
    Json,
    Reply,
    demo_year_as_upworks_file,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]  # many processes, on whatever machine

EXPECTED: Json = json.loads((Path(__file__).parents[1] / "data" / "demo_expected.json").read_text(encoding="utf-8"))


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Run `revintel-mcp` in an empty home and give its JSON."""

    def run(*arguments: str, code: int = 0) -> Json:
        command = [sys.executable, "-m", "revintel_mcp.cli", *arguments, "--json"]
        settings = ["--tracker", "tracker.md", "--mcp-config", "mcp.json", "--timezone", "America/New_York"]
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        done = subprocess.run(
            [*command, *settings], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr
        answer: Json = json.loads(done.stdout)
        return answer

    return run


def configure(folder: Path, config: Json) -> None:
    (folder / "mcp.json").write_text(json.dumps(config), encoding="utf-8")


def months_of(summary: Json) -> dict[str, dict[str, str]]:
    names = ("Upwork", "Gumroad", "Stripe", "Total")
    return {row["month"]: {name: f"{row[name.lower()]:,.2f}" for name in names} for row in summary["rows"]}


def test_the_demos_two_refreshes_are_right_to_the_cent(run: Any, tmp_path: Path) -> None:
    for clock, expected in ((FIRST_REFRESH, EXPECTED["first"]), (SECOND_REFRESH, EXPECTED["second"])):
        configure(tmp_path, demo_config(clock))
        run("refresh", "--now", clock.isoformat())
        summary = run("summary", "--now", clock.isoformat())
        assert list(months_of(summary).values()) == list(expected["months"].values())
        assert f"{summary['ytd_total']:,.2f}" == expected["year_to_date"]
        for channel, rows in expected["rows"].items():
            assert run("list", "--channel", channel, "--page-size", "1")["count"] == rows
        text = (tmp_path / "tracker.md").read_text(encoding="utf-8")
        assert all(f"| {waiting} |" in text for waiting in expected["needs_attention"])
    before = (tmp_path / "tracker.md").read_bytes()
    run("refresh", "--now", SECOND_REFRESH.isoformat())
    assert (tmp_path / "tracker.md").read_bytes() == before, "a refresh that learns nothing changes nothing"


def test_the_bundled_upstreams_give_the_same_year_from_the_platforms_own_formats(run: Any, tmp_path: Path) -> None:
    """Stripe as it was at the first refresh, the others as at the second, each over its real server and format."""
    stripe, gumroad = DemoYearAtStripe(FIRST_REFRESH), DemoYearAtGumroad(SECOND_REFRESH)
    (tmp_path / "upwork").mkdir()
    file = tmp_path / "upwork" / "statements_2026-01-01_2026-11-21.csv"
    file.write_text(demo_year_as_upworks_file(SECOND_REFRESH.date()), encoding="utf-8")
    os.utime(file, (SECOND_REFRESH.timestamp(), SECOND_REFRESH.timestamp()))
    with stripe.serving(), gumroad.serving():
        servers = {
            "stripe": {"STRIPE_SECRET_KEY": stripe.key, "STRIPE_API_BASE": stripe.base},
            "gumroad": {"GUMROAD_ACCESS_TOKEN": gumroad.token, "GUMROAD_BASE_URL": gumroad.base},
            "upwork": {"UPWORK_CSV_FOLDER": str(file.parent)},
        }
        entries = {
            name: {"command": sys.executable, "args": ["-m", f"revintel_mcp.upstreams.{name}"], "env": environment}
            for name, environment in servers.items()
        }
        configure(tmp_path, {"mcpServers": entries})
        now = ("--now", SECOND_REFRESH.isoformat())
        report = run("refresh", *now)
        assert {one["source"]: one["status"] for one in report["sources"]} == dict.fromkeys(SOURCES, "complete")
        months = months_of(run("summary", *now))
        assert [sum_of["Stripe"] for sum_of in months.values()] == column("first", "Stripe")
        assert [sum_of["Gumroad"] for sum_of in months.values()] == column("second", "Gumroad")
        assert [sum_of["Upwork"] for sum_of in months.values()] == column("second", "Upwork")
        before = (tmp_path / "tracker.md").read_bytes()
        assert [one["added"] for one in run("refresh", *now)["sources"]] == [0, 0, 0]
    assert (tmp_path / "tracker.md").read_bytes() == before
    assert not [key for key in (stripe.key, gumroad.token) if key in before.decode()]


def test_a_refresh_over_localstripe_books_what_it_was_paid(
    run: Any, tmp_path: Path, localstripe: str, account: dict[str, str]
) -> None:
    environment = {"STRIPE_SECRET_KEY": LOCALSTRIPE_KEY, "STRIPE_API_BASE": localstripe}
    entry = {"command": sys.executable, "args": ["-m", "revintel_mcp.upstreams.stripe"], "env": environment}
    configure(tmp_path, {"mcpServers": {"stripe": entry}})
    for added in (8, 0):
        (stripe, *_) = run("refresh", "--since", "2020-01-01")["sources"]
        assert (stripe["status"], stripe["added"]) == ("complete", added)
    rows = run("list", "--channel", "Stripe")["rows"]
    charges = [*range(4900, 4906), 1900]
    assert sorted(round(row["amount_usd"] * 100) for row in rows) == sorted([*charges, -1900])
    assert {row["client"] for row in rows} == {"Ada Example"}
    refunds = [row["id"] for row in rows if row["amount_usd"] < 0]
    assert [account["refund"] in row_id for row_id in refunds] == [True]


def test_the_doctor_tells_a_rejected_key_a_missing_right_and_a_missing_folder(
    run: Any, tmp_path: Path, stripe: FakeStripe, gumroad: FakeGumroad
) -> None:
    servers = {
        "stripe": {"STRIPE_SECRET_KEY": "rk_test_fake_rejected_0001", "STRIPE_API_BASE": stripe.base},
        "gumroad": {"GUMROAD_ACCESS_TOKEN": gumroad.token, "GUMROAD_BASE_URL": gumroad.base},
        "upwork": {"UPWORK_CSV_FOLDER": str(tmp_path / "nowhere")},
    }
    gumroad.next_replies = [Reply(403, b"")]
    entries = {
        name: {"command": sys.executable, "args": ["-m", f"revintel_mcp.upstreams.{name}"], "env": environment}
        for name, environment in servers.items()
    }
    configure(tmp_path, {"mcpServers": entries})
    answer = run("doctor", code=1)
    failed = {check["what"]: check for check in answer["checks"] if not check["ok"]}
    assert list(failed) == ["Stripe", "Gumroad", "Upwork"]
    assert failed["Stripe"]["found"].startswith("auth: Stripe does not accept the key in STRIPE_SECRET_KEY")
    assert failed["Gumroad"]["found"].startswith("permission: ")
    assert "view_sales" in failed["Gumroad"]["found"]
    assert failed["Upwork"]["found"].startswith("unavailable: ")
    assert "Download CSV" in failed["Upwork"]["fix"]
    assert "rejected_0001" not in json.dumps(answer)


SOURCES = ("Stripe", "Gumroad", "Upwork")


def column(refresh: str, channel: str) -> list[str]:
    return [cells[channel] for cells in EXPECTED[refresh]["months"].values()]
