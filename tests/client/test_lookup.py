"""Each upstream is looked up on its own: the named file, the folder's, the user's Claude Code, its plugins."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from revintel_mcp.config import (
    EntryState,
    Settings,
    UpstreamConfig,
    UpstreamEntry,
    find_upstreams,
    load_settings,
    trust,
)
from revintel_mcp.errors import RevintelError, UsageError


@dataclass
class Machine:
    """A home and a working folder."""

    home: Path
    cwd: Path
    environ: dict[str, str]

    def write(self, path: str, value: Any) -> Path:
        """A file under the home folder (`~/…`) or the working folder, as JSON or as the text it is."""
        place = self.home / path[2:] if path.startswith("~/") else self.cwd / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return place

    def servers(self, path: str, **servers: Any) -> Path:
        """A file of servers; `stripe_eu` is a name like any other, a text is a command."""
        return self.write(path, {"mcpServers": {name: _entry(raw) for name, raw in servers.items()}})

    def settings(self) -> Settings:
        """The settings of this machine's environment."""
        return load_settings(self.environ)

    def find(self) -> UpstreamConfig:
        """Everything that is found here."""
        return find_upstreams(self.settings(), self.environ, cwd=self.cwd, home=self.home)

    def trust(self, path: str = ".mcp.json") -> None:
        """Trust a file of the working folder."""
        trust(self.cwd / path, self.environ, home=self.home)


def _entry(raw: Any) -> Any:
    return {"command": raw} if isinstance(raw, str) else raw


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with nothing on it."""
    home, cwd = tmp_path / "home", tmp_path / "shop"
    home.mkdir()
    cwd.mkdir()
    return Machine(home, cwd, {"HOME": str(home), "PATH": "/usr/bin:/bin"})


def named(config: UpstreamConfig, name: str) -> UpstreamEntry:
    """The entry of that name."""
    return next(entry for entry in config.entries if entry.name == name)


def commands(config: UpstreamConfig) -> dict[str, str]:
    """What is started for each entry that is ready."""
    return {entry.name: entry.command for entry in config.ready}


def test_nothing_anywhere_leaves_every_source_not_configured(machine: Machine) -> None:
    config = machine.find()
    assert [(entry.name, entry.state) for entry in config.entries] == [
        ("stripe", EntryState.NOT_CONFIGURED),
        ("gumroad", EntryState.NOT_CONFIGURED),
        ("upwork", EntryState.NOT_CONFIGURED),
    ]
    assert config.entries[0].reason == (
        f'no server named "stripe" in {machine.cwd}/.mcp.json, {machine.home}/.claude.json, '
        "or an enabled Claude Code plugin"
    )
    assert config.problems == ()


def test_each_name_comes_from_the_first_place_that_has_it(machine: Machine) -> None:
    named_file = machine.servers("~/named.json", stripe="from-named")
    machine.servers(".mcp.json", stripe="from-folder", gumroad="from-folder")
    machine.trust()
    machine.servers("~/.claude.json", stripe="from-user", gumroad="from-user", upwork="from-user")
    machine.environ["REVINTEL_MCP_CONFIG"] = str(named_file)
    config = machine.find()
    assert commands(config) == {"stripe": "from-named", "gumroad": "from-folder", "upwork": "from-user"}
    assert [entry.origin for entry in config.entries] == [
        str(named_file),
        str(machine.cwd / ".mcp.json"),
        str(machine.home / ".claude.json"),
    ]
    assert config.problems == ()


def test_what_the_user_keeps_for_this_folder_goes_before_what_is_for_everywhere(machine: Machine) -> None:
    everywhere = {"stripe": _entry("everywhere"), "upwork": _entry("everywhere")}
    here = {str(machine.cwd): {"mcpServers": {"stripe": _entry("here")}}, "/elsewhere": {"mcpServers": {"gumroad": {}}}}
    machine.write("~/.claude.json", {"numStartups": 7, "mcpServers": everywhere, "projects": here})
    config = machine.find()
    assert commands(config) == {"stripe": "here", "upwork": "everywhere"}
    assert "(for " in named(config, "stripe").origin


def test_the_users_files_move_with_claude_config_dir(machine: Machine) -> None:
    machine.servers("~/elsewhere/.claude.json", stripe="moved")
    machine.environ["CLAUDE_CONFIG_DIR"] = str(machine.home / "elsewhere")
    assert commands(machine.find()) == {"stripe": "moved"}


def _plugin(machine: Machine, files: dict[str, Any], *, plugin: str = "stripe@official", enabled: bool = True) -> Path:
    root = machine.home / ".claude/plugins/cache/official/stripe/1.0.0"
    machine.write("~/.claude/settings.json", {"enabledPlugins": {plugin: enabled}})
    record = {"scope": "user", "installPath": str(root), "version": "1.0.0", "lastUpdated": "2026-01-01T00:00:00Z"}
    old = {"scope": "user", "installPath": str(root.parent / "0.9.0"), "lastUpdated": "2025-01-01T00:00:00Z"}
    (root.parent / "0.9.0").mkdir(parents=True)
    machine.write("~/.claude/plugins/installed_plugins.json", {"version": 2, "plugins": {plugin: [old, record]}})
    for path, value in files.items():
        machine.write(f"~/.claude/plugins/cache/official/stripe/1.0.0/{path}", value)
    return root


@pytest.mark.parametrize(
    "files",
    [
        {".mcp.json": {"mcpServers": {"stripe": {"command": "${CLAUDE_PLUGIN_ROOT}/run"}}}},
        {".mcp.json": {"stripe": {"command": "${CLAUDE_PLUGIN_ROOT}/run"}}},
        {".claude-plugin/plugin.json": {"mcpServers": {"stripe": {"command": "${CLAUDE_PLUGIN_ROOT}/run"}}}},
        {
            ".claude-plugin/plugin.json": {"mcpServers": "./servers.json"},
            "servers.json": {"mcpServers": {"stripe": {"command": "${CLAUDE_PLUGIN_ROOT}/run"}}},
        },
        {
            ".claude-plugin/plugin.json": {"mcpServers": ["./none.json", "./servers.json"]},
            "servers.json": {"stripe": {"command": "${CLAUDE_PLUGIN_ROOT}/run"}},
        },
    ],
)
def test_an_enabled_plugin_gives_its_servers_however_it_declares_them(machine: Machine, files: dict[str, Any]) -> None:
    root = _plugin(machine, files)
    config = machine.find()
    entry = named(config, "stripe")
    assert entry.command == f"{root}/run"
    assert entry.env["CLAUDE_PLUGIN_ROOT"] == str(root)
    assert entry.origin.endswith("(plugin stripe@official)")
    assert config.problems == ()


def test_the_official_stripe_plugin_is_found_over_http_in_its_marketplace(machine: Machine) -> None:
    machine.write("~/.claude/settings.json", {"enabledPlugins": {"stripe@claude-plugins-official": True}})
    place = "~/.claude/plugins/marketplaces/claude-plugins-official/external_plugins/stripe/.mcp.json"
    machine.write(place, {"mcpServers": {"stripe": {"type": "http", "url": "https://mcp.stripe.com"}}})
    entry = named(machine.find(), "stripe")
    assert (entry.transport, entry.url) == ("http", "https://mcp.stripe.com")


def test_a_plugin_that_is_not_enabled_gives_nothing(machine: Machine) -> None:
    _plugin(machine, {".mcp.json": {"stripe": {"command": "x"}}}, enabled=False)
    assert commands(machine.find()) == {}


def test_a_plugin_can_not_name_a_file_outside_itself(machine: Machine) -> None:
    machine.write("~/evil.json", {"stripe": {"command": "evil"}})
    _plugin(machine, {".claude-plugin/plugin.json": {"mcpServers": "../../../../../../evil.json"}})
    config = machine.find()
    assert commands(config) == {}
    machine.write("~/.claude/settings.json", {"enabledPlugins": {"../../x@..": True}})
    assert commands(machine.find()) == {}


def test_a_file_that_only_lies_in_the_folder_must_be_trusted_once(machine: Machine) -> None:
    path = machine.servers(".mcp.json", stripe="anything", gumroad="anything", github="not ours")
    config = machine.find()
    assert [entry.state for entry in config.entries[:2]] == [EntryState.UNTRUSTED, EntryState.UNTRUSTED]
    mend = f"Read it, then type: revintel-mcp trust {path}"
    assert config.entries[0].reason == f"{path} is not trusted yet. {mend}"
    assert config.problems == (f"{path} is not trusted yet, so its stripe and gumroad were passed over. {mend}",)
    machine.trust()
    assert commands(machine.find()) == {"stripe": "anything", "gumroad": "anything"}


def test_a_trusted_file_that_changed_must_be_trusted_again(machine: Machine) -> None:
    path = machine.servers(".mcp.json", stripe="good")
    machine.trust()
    machine.servers(".mcp.json", stripe="evil")
    config = machine.find()
    assert commands(config) == {}
    assert config.problems[0].startswith(f"{path} has changed since it was trusted, so its stripe were passed over")


def test_trust_is_for_a_place_and_a_content(machine: Machine) -> None:
    machine.servers(".mcp.json", stripe="good")
    machine.trust()
    other = machine.cwd / "other"
    other.mkdir()
    (other / ".mcp.json").write_bytes((machine.cwd / ".mcp.json").read_bytes())
    config = find_upstreams(machine.settings(), machine.environ, cwd=other, home=machine.home)
    assert commands(config) == {}


def test_a_link_to_a_trusted_file_is_not_trusted_where_it_lies(machine: Machine) -> None:
    """Its entries would start programs of another folder: `./server` is whatever lies beside the link."""
    trusted = machine.servers("mine/.mcp.json", stripe="./server")
    machine.trust("mine/.mcp.json")
    (machine.cwd / ".mcp.json").symlink_to(trusted)
    assert commands(machine.find()) == {}
    machine.trust()
    assert commands(machine.find()) == {"stripe": "./server"}
    machine.servers("mine/.mcp.json", stripe="./another")
    assert machine.find().problems[0].startswith(f"{machine.cwd / '.mcp.json'} has changed since it was trusted")


def test_a_file_that_is_not_trusted_does_not_hide_the_users_own(machine: Machine) -> None:
    machine.servers(".mcp.json", stripe="stranger")
    machine.servers("~/.claude.json", stripe="mine")
    config = machine.find()
    assert commands(config) == {"stripe": "mine"}
    assert len(config.problems) == 1


def test_to_name_a_file_is_to_trust_it(machine: Machine) -> None:
    machine.servers(".mcp.json", stripe="named")
    machine.environ["REVINTEL_MCP_CONFIG"] = ".mcp.json"
    assert commands(machine.find()) == {"stripe": "named"}


def test_a_file_with_none_of_our_names_needs_no_trust(machine: Machine) -> None:
    machine.servers(".mcp.json", github="x")
    assert machine.find().problems == ()


def test_what_is_trusted_is_told_and_kept_for_the_user_only(machine: Machine) -> None:
    path = machine.servers(
        ".mcp.json",
        stripe={"command": "npx", "args": ["-y", "stripe", "--api-key=sk_test_fake_0123456789ab4242"]},
        gumroad={"command": "${TOOL}", "args": ["--fast"], "env": {"T": "${GUMROAD_ACCESS_TOKEN}"}},
        upwork=[],
        github="not ours",
    )
    trusted = trust(path, machine.environ, home=machine.home)
    assert trusted.path == path.resolve()
    assert trusted.servers == {
        "stripe": "npx -y stripe --api-key=sk_…4242",
        "gumroad": "${TOOL} --fast; is given T; "
        f"TOOL and GUMROAD_ACCESS_TOKEN are not set; {path} needs them. Type: export TOOL=… GUMROAD_ACCESS_TOKEN=…",
        "upwork": 'can\'t be used: not an object; write {"command": "…", "args": […]} or {"type": "http", "url": "…"}',
    }
    book = machine.home / ".local/state/revintel-mcp/trusted.json"
    assert book.stat().st_mode & 0o777 == 0o600
    assert json.loads(book.read_text()) == {str(path): trusted.digest}
    assert list(book.parent.iterdir()) == [book]


def test_trust_is_kept_where_the_user_keeps_state(machine: Machine) -> None:
    machine.servers(".mcp.json", stripe="x")
    machine.environ["XDG_STATE_HOME"] = str(machine.home / "state")
    machine.trust()
    assert (machine.home / "state/revintel-mcp/trusted.json").exists()
    assert commands(machine.find()) == {"stripe": "x"}


def test_trusting_a_second_file_keeps_the_first(machine: Machine) -> None:
    machine.servers(".mcp.json", stripe="x")
    machine.servers("other/.mcp.json", stripe="y")
    machine.trust()
    machine.trust("other/.mcp.json")
    assert commands(machine.find()) == {"stripe": "x"}


def test_a_book_of_trust_that_was_spoilt_trusts_nothing(machine: Machine) -> None:
    machine.servers(".mcp.json", stripe="x")
    machine.trust()
    for spoilt in ("", "[1]", '{"a": 1}', "\x00"):
        machine.write("~/.local/state/revintel-mcp/trusted.json", spoilt)
        assert commands(machine.find()) == {}


def test_what_is_no_configuration_can_not_be_trusted(machine: Machine) -> None:
    with pytest.raises(UsageError, match="can't be read"):
        machine.trust()
    for wrong in ("{", "[]", "{}", '{"mcpServers": 7}'):
        machine.write(".mcp.json", wrong)
        with pytest.raises(UsageError, match=r"is not a \.mcp\.json"):
            machine.trust()


def test_trust_that_can_not_be_kept_says_so(machine: Machine) -> None:
    machine.servers(".mcp.json", stripe="x")
    machine.write("~/.local/state/revintel-mcp", "a file where the folder should be")
    with pytest.raises(RevintelError, match=r"trusted\.json can't be written"):
        machine.trust()


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ('{\n  "mcpServers": {\n    "stripe": {"command": "x",},\n  }\n}', "3:", "Take away th"),
        ('{\n  // mine\n  "mcpServers": {}\n}', "2:3: ", "JSON has no comments"),
        ('{"mcpServers": {"stripe": {"command" "x"}}}', "1:38: ", "Look for a missing comma or quote just before"),
        ("[1]", "1:1: ", "not a JSON object"),
        ('{"servers": {}}', "1:1: ", 'no "mcpServers" object'),
        ("", "1:1: ", "Mend the JSON there"),
        ("[" * 100_000, "1:1: ", "nested too deeply"),
    ],
)
def test_a_bad_file_is_told_with_line_and_column(machine: Machine, text: str, place: str, told: str) -> None:
    path = machine.write(".mcp.json", text)
    machine.servers("~/.claude.json", stripe="mine")
    config = machine.find()
    assert config.problems[0].startswith(f"{path}:{place}")
    assert told in config.problems[0]
    assert commands(config) == {"stripe": "mine"}


def test_a_bad_file_that_was_named_is_wrong_usage(machine: Machine) -> None:
    machine.environ["REVINTEL_MCP_CONFIG"] = "named.json"
    with pytest.raises(UsageError, match="does not exist; REVINTEL_MCP_CONFIG or --mcp-config names it"):
        machine.find()
    machine.write("named.json", "{")
    with pytest.raises(UsageError, match=r"named\.json:1:2: "):
        machine.find()


def test_text_that_is_not_utf_8_is_told_with_its_place_and_a_bom_is_no_harm(machine: Machine) -> None:
    path = machine.cwd / ".mcp.json"
    path.write_bytes(b'{"mcpServers":\n {"stripe": "\xff"}}')
    assert machine.find().problems == (f"{path}:2:14: not UTF-8. Save it as UTF-8",)
    path.write_bytes(b'\xef\xbb\xbf{"mcpServers": {"stripe": {"command": "x"}}}')
    machine.trust()
    assert commands(machine.find()) == {"stripe": "x"}


def test_a_folder_in_place_of_a_file_is_told(machine: Machine) -> None:
    (machine.cwd / ".mcp.json").mkdir()
    assert "can't be read (Is a directory)" in machine.find().problems[0]


def test_a_malformed_entry_is_told_alone_and_the_others_stand(machine: Machine) -> None:
    path = machine.write("m.json", '{"mcpServers": {\n "stripe": {"commnad": "x"},\n "gumroad": {"command": "y"}}}')
    machine.environ["REVINTEL_MCP_CONFIG"] = "m.json"
    config = machine.find()
    assert commands(config) == {"gumroad": "y"}
    assert config.problems == (f'{path}:2: the server "stripe": neither "command" nor "url"; write one of them',)
    assert named(config, "stripe").state is EntryState.MALFORMED


def test_an_entry_that_would_start_this_server_is_passed_over(machine: Machine) -> None:
    machine.servers("m.json", stripe={"command": "revintel-mcp", "args": ["serve"]}, gumroad="y")
    machine.servers("~/.claude.json", stripe="mine")
    machine.environ["REVINTEL_MCP_CONFIG"] = "m.json"
    config = machine.find()
    assert commands(config) == {"stripe": "mine", "gumroad": "y"}
    assert 'the server "stripe" would start revintel-mcp itself' in config.problems[0]


def test_names_that_would_share_a_title_or_an_account_are_told(machine: Machine) -> None:
    servers = {name: _entry(name) for name in ("stripe", "Stripe", "stripe-eu", "stripe_eu", "Stripe-EU", "stripe-us")}
    machine.write("m.json", {"mcpServers": servers})
    machine.environ["REVINTEL_MCP_CONFIG"] = "m.json"
    config = machine.find()
    assert commands(config) == {"stripe": "stripe", "stripe-eu": "stripe-eu", "stripe-us": "stripe-us"}
    assert len(config.problems) == 3
    assert 'the server "Stripe" and "stripe" would both be Stripe; only the latter is used' in config.problems[0]
    assert [entry.title for entry in config.ready] == ["Stripe", "Stripe-eu", "Stripe-us"]


def test_accounts_follow_their_source_in_order(machine: Machine) -> None:
    machine.servers("~/.claude.json", **{"upwork-b": "x", "upwork-a": "x", "gumroad": "x", "stripe-eu": "x"})
    config = machine.find()
    assert [entry.name for entry in config.entries] == ["stripe-eu", "gumroad", "upwork-a", "upwork-b"]
    assert [entry.account for entry in config.entries] == ["eu", "", "a", "b"]


def test_an_entry_runs_in_the_folder_of_its_file(machine: Machine) -> None:
    machine.servers("conf/m.json", stripe="./server.py")
    machine.environ["REVINTEL_MCP_CONFIG"] = "conf/m.json"
    assert named(machine.find(), "stripe").cwd == str(machine.cwd / "conf")


def test_the_bundled_servers_run_on_this_interpreter_unless_the_path_has_them(machine: Machine) -> None:
    machine.servers("~/.claude.json", stripe={"command": "revintel-mcp", "args": ["upstream", "stripe"]})
    entry = named(machine.find(), "stripe")
    assert (entry.command, *entry.args) == (sys.executable, "-m", "revintel_mcp", "upstream", "stripe")
    program = machine.write("bin/revintel-mcp", "#!/bin/sh\n")
    program.chmod(0o755)
    machine.environ["PATH"] = str(program.parent)
    assert named(machine.find(), "stripe").command == str(program)


def test_odd_shapes_in_the_users_files_are_no_harm(machine: Machine) -> None:
    odd: Any
    for odd in ({"projects": []}, {"projects": {str(machine.cwd): 7}}, {"mcpServers": []}, {}):
        machine.write("~/.claude.json", odd)
        assert machine.find().problems == ()
    for odd in ({"enabledPlugins": ["x@y"]}, {"enabledPlugins": {"x": True}}, {"enabledPlugins": {"x@y": True}}):
        machine.write("~/.claude/settings.json", odd)
        machine.write("~/.claude/plugins/installed_plugins.json", {"plugins": {"x@y": [7, {"installPath": 7}]}})
        assert machine.find().problems == ()
