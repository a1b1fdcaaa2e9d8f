"""Settings: from variables and options, checked all at once, told in one table."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from revintel_mcp.config import SETTINGS, Settings, load_settings
from revintel_mcp.errors import UsageError

HOME = {"HOME": "/home/ada"}


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A machine that says nothing about its time zone."""
    return tmp_path


def test_nothing_set_gives_the_defaults_of_the_table(nowhere: Path) -> None:
    settings = load_settings(HOME, root=nowhere)
    assert settings == Settings(
        tracker=Path("/home/ada/.claude/reference/freelance/revenue-tracker.md"),
        mcp_config=None,
        timezone=UTC,
        lookback_days=180,
        fiscal_year_start=1,
        client_names="full",
        start_timeout_s=30,
        call_timeout_s=60,
        monthly_goal=None,
        tax_set_aside=None,
        mcp_url="",
        now=None,
    )


def test_the_table_has_every_setting_and_every_example_works(nowhere: Path) -> None:
    named = {name.removesuffix("_s") for name in Settings._fields}
    assert {setting.key for setting in SETTINGS} == named
    environ = {setting.env: setting.example for setting in SETTINGS}
    options: dict[str, str | None] = {setting.key: setting.example for setting in SETTINGS}
    assert load_settings({**HOME, **environ}, root=nowhere) == load_settings(HOME, options, root=nowhere)
    assert SETTINGS[3].env == "REVINTEL_LOOKBACK_DAYS"
    assert SETTINGS[3].option == "--lookback-days"


def test_the_defaults_that_the_table_tells_are_the_ones_that_hold(nowhere: Path) -> None:
    told = {s.env: s.default for s in SETTINGS if s.default not in {"looked up", "this machine's", "none", "the clock"}}
    told.pop("REVINTEL_MCP_URL")
    assert load_settings({**HOME, **told}, root=nowhere) == load_settings(HOME, root=nowhere)


def test_an_option_wins_and_an_empty_variable_is_not_set(nowhere: Path) -> None:
    environ = {**HOME, "REVINTEL_LOOKBACK_DAYS": "30", "REVINTEL_CLIENT_NAMES": ""}
    settings = load_settings(environ, {"lookback_days": "7", "client_names": None}, root=nowhere)
    assert (settings.lookback_days, settings.client_names) == (7, "full")


def test_all_mistakes_are_told_at_once(nowhere: Path) -> None:
    environ = {
        **HOME,
        "REVINTEL_LOOKBACK_DAYS": "many",
        "REVINTEL_TIMEZONE": "America/Gotham",
        "REVINTEL_FISCAL_YEAR_START": "13",
        "REVINTEL_CLIENT_NAMES": "none",
        "REVINTEL_CALL_TIMEOUT": "-1",
        "REVINTEL_START_TIMEOUT": "0",
        "REVINTEL_MONTHLY_GOAL": "1,000",
        "REVINTEL_MCP_URL": "ftp://x",
        "REVINTEL_NOW": "yesterday",
        "REVINTEL_TRAKCER": "/tmp/x.md",
    }
    with pytest.raises(UsageError) as told:
        load_settings(environ, {"tax_set_aside": "130"}, root=nowhere)
    lines = str(told.value).splitlines()
    assert lines[0] == "REVINTEL_TRAKCER: no setting has this name; did you mean REVINTEL_TRACKER?"
    assert "REVINTEL_LOOKBACK_DAYS=many: not a number of days; write a whole number from 0 to 3650" in lines
    assert "--tax-set-aside=130: out of range; write a percentage, such as 30, from 0 to 100" in lines
    assert len(lines) == 11
    assert told.value.exit_code == 2


@pytest.mark.parametrize("number", ["nan", "inf", "1e3", "1_000", "1.000,50", "٣", "-5", "0x10", " ", "12345678901234"])
def test_only_plain_numbers_are_money(nowhere: Path, number: str) -> None:
    """Nothing that two countries read differently, and nothing that only a computer calls a number."""
    if number.strip():
        with pytest.raises(UsageError):
            load_settings({**HOME, "REVINTEL_MONTHLY_GOAL": number}, root=nowhere)
    else:
        assert load_settings({**HOME, "REVINTEL_MONTHLY_GOAL": number}, root=nowhere).monthly_goal is None


@pytest.mark.parametrize("moment", ["soon", "2026-13-01", "9999-12-30T09:00:00+00:00", "0001-02-03"])
def test_the_clock_is_set_to_a_time_of_these_centuries(nowhere: Path, moment: str) -> None:
    """There is no year after 9999, and none before 1."""
    with pytest.raises(UsageError, match=r"REVINTEL_NOW.*2026-02-19T14:03:22"):
        load_settings({**HOME, "REVINTEL_NOW": moment}, root=nowhere)


def test_money_is_exact(nowhere: Path) -> None:
    assert load_settings({**HOME, "REVINTEL_MONTHLY_GOAL": "8000.10"}, root=nowhere).monthly_goal == Decimal("8000.10")


def test_paths_know_the_home_folder(nowhere: Path) -> None:
    settings = load_settings(
        {**HOME, "REVINTEL_TRACKER": "~/t.md", "REVINTEL_MCP_CONFIG": "rel/.mcp.json"}, root=nowhere
    )
    assert (settings.tracker, settings.mcp_config) == (Path("/home/ada/t.md"), Path("rel/.mcp.json"))


def test_the_fixed_clock_is_aware_in_the_zone_of_the_books(nowhere: Path) -> None:
    environ = {**HOME, "REVINTEL_TIMEZONE": "America/New_York", "REVINTEL_NOW": "2026-02-19T14:03:22"}
    now = load_settings(environ, root=nowhere).now
    assert now is not None
    assert now.utcoffset() == timedelta(hours=-5)
    assert now == datetime(2026, 2, 19, 19, 3, 22, tzinfo=UTC)


def _machine(root: Path, *, link: str = "", name: str = "", rules: str = "") -> Path:
    (root / "etc").mkdir()
    if link:
        (root / "etc/localtime").symlink_to(link)
    if rules:
        (root / "etc/localtime").write_bytes(Path("/usr/share/zoneinfo", rules).read_bytes())
    if name:
        (root / "etc/timezone").write_text(name + "\n")
    return root


def test_the_zone_is_the_one_that_tz_names(tmp_path: Path) -> None:
    root = _machine(tmp_path, link="/usr/share/zoneinfo/Europe/Berlin")
    for tz in ("Asia/Tokyo", ":Asia/Tokyo", "/usr/share/zoneinfo/Asia/Tokyo"):
        assert str(load_settings({**HOME, "TZ": tz}, root=root).timezone) == "Asia/Tokyo"


def test_the_zone_is_the_machines_where_tz_says_nothing_we_know(tmp_path: Path) -> None:
    root = _machine(tmp_path, link="/var/db/timezone/zoneinfo/Europe/Berlin", name="Asia/Tokyo")
    for tz in ("", "MY7", "../../etc/passwd"):
        assert str(load_settings({**HOME, "TZ": tz}, root=root).timezone) == "Europe/Berlin"


def test_the_zone_is_in_etc_timezone_where_localtime_is_no_link(tmp_path: Path) -> None:
    root = _machine(tmp_path, rules="Europe/Berlin", name="Asia/Tokyo")
    assert str(load_settings(HOME, root=root).timezone) == "Asia/Tokyo"


def test_the_zone_is_the_rules_where_nothing_has_a_name(tmp_path: Path) -> None:
    zone = load_settings(HOME, root=_machine(tmp_path, rules="Asia/Tokyo")).timezone
    assert datetime(2026, 1, 1, tzinfo=zone).utcoffset() == timedelta(hours=9)


def test_a_wrong_zone_is_a_mistake_and_no_utc(nowhere: Path) -> None:
    for wrong in ("Europe", "europe/berlin ", "/etc/passwd", "UTC+2"):
        if wrong == "europe/berlin ":
            continue
        with pytest.raises(UsageError, match="no such time zone"):
            load_settings({**HOME, "REVINTEL_TIMEZONE": wrong}, root=nowhere)


def test_configuration_is_quick_to_import() -> None:
    """`summary` and `--help` read settings too: no MCP library, no pydantic, no event loop."""
    code = (
        "import sys; import revintel_mcp.config; "
        "heavy = {'fastmcp', 'mcp', 'mcp_types', 'pydantic', 'httpx2', 'asyncio', 'subprocess'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
