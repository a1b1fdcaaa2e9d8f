"""One entry of `mcpServers`: variables, transports, mistakes, secrets."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.upstream_entry import (
    EntryState,
    MalformedEntry,
    Surroundings,
    UpstreamEntry,
    read_entry,
    source_and_account,
    starts_this_server,
)

FAKE = "sk_test_fake_0123456789abcdef4242"
PLAIN = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="$"), max_size=40)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,15}", fullmatch=True)


def entry(raw: Any, environ: dict[str, str] | None = None, name: str = "stripe", **around: Any) -> UpstreamEntry:
    """The entry as read in a folder `/home/ada/shop`."""
    surroundings = Surroundings(environ=environ or {}, cwd="/home/ada/shop", **around)
    return read_entry(name, raw, "/home/ada/shop/.mcp.json", surroundings)


def test_a_process_gets_its_own_variables_and_what_every_program_needs() -> None:
    """Never the whole environment of the parent: a key there is not a key for this server."""
    environ = {"PATH": "/bin", "HOME": "/home/ada", "LANG": "C.UTF-8", "AWS_SECRET": "x", "KEY": FAKE}
    read = entry({"command": "node", "args": ["s.js", 8080], "env": {"STRIPE_KEY": "${KEY}", "MODE": "read"}}, environ)
    assert (read.command, read.args, read.cwd) == ("node", ("s.js", "8080"), "/home/ada/shop")
    assert read.env == {
        "PATH": "/bin",
        "HOME": "/home/ada",
        "LANG": "C.UTF-8",
        "STRIPE_KEY": FAKE,
        "MODE": "read",
    }
    assert read.ready


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("${A}", "one"),
        ("x${A}y${B}z", "xoneytwoz"),
        ("${UNSET:-default}", "default"),
        ("${UNSET:-}", ""),
        ("${EMPTY:-default}", "default"),
        ("${A:-default}", "one"),
        ("${UNSET:-a:-b}", "a:-b"),
        ("$A ${} ${1} $${A}", "$A ${} ${1} $one"),
        ("${NESTED}", "${A}"),
    ],
)
def test_variables_are_expanded_once_and_as_claude_code_does(text: str, expanded: str) -> None:
    environ = {"A": "one", "B": "two", "EMPTY": "", "NESTED": "${A}"}
    read = entry({"command": "c", "args": [text]}, environ)
    assert read.args == (expanded,)


@pytest.mark.parametrize(
    "raw",
    [
        {"command": "${GONE}/bin/x"},
        {"command": "c", "args": ["--key=${GONE}"]},
        {"command": "c", "env": {"K": "${GONE}"}},
        {"command": "c", "cwd": "${GONE}"},
        {"url": "https://${GONE}/mcp"},
        {"url": "https://example.com/mcp", "headers": {"Authorization": "Bearer ${GONE}"}},
    ],
)
def test_an_unset_variable_anywhere_is_not_configured_and_named(raw: dict[str, Any]) -> None:
    read = entry(raw)
    assert read.state is EntryState.NOT_CONFIGURED
    assert read.reason == "GONE is not set; /home/ada/shop/.mcp.json needs it. Type: export GONE=…"
    assert (read.command, read.env, read.url) == ("", {}, "")


def test_every_unset_variable_is_named_once() -> None:
    read = entry({"command": "c", "args": ["${ONE}", "${TWO}", "${ONE}"]})
    assert read.reason.startswith("ONE and TWO are not set; ")


@given(text=PLAIN)
def test_text_without_variables_stays_as_it_is(text: str) -> None:
    assert entry({"command": "c", "args": [text]}).args == (text,)


@given(before=PLAIN, name=NAMES, value=st.text(min_size=1, max_size=40), after=PLAIN)
def test_a_value_comes_out_whole_and_is_not_read_again(before: str, name: str, value: str, after: str) -> None:
    read = entry({"command": "c", "args": [f"{before}${{{name}}}{after}"]}, {name: value})
    assert read.args == (before + value + after,)


@given(before=PLAIN, name=NAMES, default=st.text(max_size=20).filter(lambda text: "}" not in text), after=PLAIN)
def test_a_default_stands_in_for_what_is_unset(before: str, name: str, default: str, after: str) -> None:
    read = entry({"command": "c", "args": [f"{before}${{{name}:-{default}}}{after}"]})
    assert read.args == (before + default + after,)


@pytest.mark.parametrize(
    ("raw", "transport"),
    [
        ({"command": "c"}, "stdio"),
        ({"type": "stdio", "command": "c"}, "stdio"),
        ({"url": "https://example.com/events"}, "http"),
        ({"type": "http", "url": "https://example.com/sse"}, "http"),
        ({"type": "streamable-http", "url": "https://example.com"}, "http"),
        ({"type": "sse", "url": "https://example.com/mcp"}, "sse"),
        ({"transport": "sse", "url": "https://example.com/mcp"}, "sse"),
    ],
)
def test_the_type_decides_how_it_is_reached(raw: dict[str, Any], transport: str) -> None:
    assert entry(raw).transport == transport


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ({}, 'neither "command" nor "url"'),
        ([], "not an object"),
        ("npx", "not an object"),
        ({"command": 7}, '"command" is not a text'),
        ({"command": " "}, '"command" is empty'),
        ({"command": "c", "args": "x y"}, '"args" is not a list of texts'),
        ({"command": "c", "args": [["x"]]}, '"args" is not a list of texts'),
        ({"command": "c", "env": ["A=1"]}, '"env" is not an object'),
        ({"command": "c", "env": {"A": None}}, '"env" has a value for A that is not a text'),
        ({"type": "ws", "url": "https://example.com"}, '"type" is \'ws\'; write "stdio", "http" or "sse"'),
        ({"type": "http", "command": "c"}, 'there is no "url"'),
        ({"url": "example.com/mcp"}, '"url" is not an http:// or https:// address'),
    ],
)
def test_a_malformed_entry_says_what_to_write(raw: Any, told: str) -> None:
    with pytest.raises(MalformedEntry, match=re.escape(told)):
        entry(raw)


def test_disabled_is_honoured() -> None:
    assert entry({"command": "c", "disabled": True}).state is EntryState.DISABLED
    assert entry({"command": "c", "disabled": False}).ready


@pytest.mark.parametrize(
    ("raw", "secrets"),
    [
        ({"command": "c", "env": {"STRIPE_API_KEY": "hunter2hunter2", "MODE": "readonly"}}, {"hunter2hunter2"}),
        ({"command": "c", "env": {"ACCOUNT": "${STRIPE_KEY}"}}, {FAKE}),
        ({"command": "c", "args": ["--api-key=hunter2", "--tools=all"]}, {"hunter2"}),
        ({"command": "c", "args": ["--api-key", "hunter2", "--port", "8080"]}, {"hunter2"}),
        ({"command": "c", "args": ["gumroadAccessToken=hunter2"]}, {"hunter2"}),
        ({"command": "c", "args": ["--header", "Authorization: Bearer hunter2"]}, {"hunter2", "Bearer hunter2"}),
        ({"command": "c", "args": ["0123456789abcdef0123"]}, {"0123456789abcdef0123"}),
        ({"command": "c", "args": ["${STRIPE_KEY}"]}, {FAKE}),
        ({"url": "https://e.com", "headers": {"Authorization": "Bearer hunter2"}}, {"Bearer hunter2", "hunter2"}),
        ({"url": "https://e.com/mcp?token=hunter2%21&page=2"}, {"hunter2!"}),
        ({"url": "https://ada:hunter2@e.com/mcp"}, {"hunter2"}),
        ({"command": "npx", "args": ["-y", "@stripe/mcp@0.2.5", "--tools=invoices.read,balance.read"]}, set()),
        ({"command": "c", "env": {"AUTHOR": "Ada Lovelace", "BASE_URL": "http://127.0.0.1:8080"}}, set()),
    ],
)
def test_what_must_not_be_shown_is_known(raw: dict[str, Any], secrets: set[str]) -> None:
    read = entry(raw, {"STRIPE_KEY": FAKE, "PATH": "/usr/bin"})
    assert read.secrets == secrets


def test_nothing_that_shows_an_entry_shows_its_secrets() -> None:
    raw = {"command": "npx", "args": ["-y", "stripe", f"--api-key={FAKE}"], "env": {"TOKEN": "hunter2hunter2"}}
    read = entry(raw)
    url = entry({"url": f"https://example.com/mcp?key={FAKE}", "headers": {"X-Api-Key": FAKE}})
    for shown in (repr(read), str(read), f"{read}", read.shown, repr([read]), repr(url), url.shown):
        assert FAKE not in shown
        assert "hunter2" not in shown
    assert repr(read) == "UpstreamEntry('stripe', ready, stdio, from '/home/ada/shop/.mcp.json')"
    assert read.shown == "npx -y stripe --api-key=sk_…4242"
    assert url.shown == "https://example.com/mcp"


def test_a_command_is_told_as_it_can_be_typed() -> None:
    assert (
        entry({"command": "/home/Ada Park/srv", "args": ["--say", "it's"]}).shown
        == """'/home/Ada Park/srv' --say 'it'"'"'s'"""
    )
    secret = entry({"command": "/home/Ada Park/srv", "args": ["--api-key", FAKE]})
    assert secret.shown == "/home/Ada Park/srv --api-key sk_…4242"


def test_the_bundled_servers_start_without_being_on_the_path() -> None:
    raw = {"command": "revintel-mcp", "args": ["upstream", "stripe"]}
    read = entry(raw, own_command=("/venv/bin/python", "-m", "revintel_mcp"))
    assert (read.command, *read.args) == ("/venv/bin/python", "-m", "revintel_mcp", "upstream", "stripe")
    assert entry(raw).command == "revintel-mcp"


@pytest.mark.parametrize(
    ("raw", "starts"),
    [
        ({"command": "revintel-mcp"}, True),
        ({"command": "revintel-mcp", "args": ["serve", "--http"]}, True),
        ({"command": "/venv/bin/revintel-mcp", "args": ["--tracker", "/x.md"]}, True),
        ({"command": "C:\\venv\\Scripts\\revintel-mcp.exe"}, True),
        ({"command": "uvx", "args": ["revintel-mcp@1.2"]}, True),
        ({"command": "uvx", "args": ["--from", "revintel-mcp", "revintel-mcp", "serve"]}, True),
        ({"command": "python", "args": ["-m", "revintel_mcp"]}, True),
        ({"command": "uv", "args": ["run", "--directory", "/src/revintel-mcp", "revintel-mcp"]}, True),
        ({"command": "revintel-mcp", "args": ["upstream", "stripe"]}, False),
        ({"command": "uvx", "args": ["--from", "revintel-mcp", "revintel-mcp", "upstream", "gumroad"]}, False),
        ({"command": "python", "args": ["-m", "revintel_mcp", "upstream", "upwork"]}, False),
        ({"command": "uv", "args": ["run", "--directory", "/src/revintel-mcp", "python", "my_stripe.py"]}, False),
        ({"command": "node", "args": ["/src/revintel-mcp/stripe.js"]}, False),
        ({"command": "uvx", "args": ["--with", "revintel-mcp", "other-server"]}, False),
        ({"url": "https://example.com/revintel-mcp"}, False),
        ({"command": 7}, False),
        ("revintel-mcp", False),
    ],
)
def test_an_entry_that_would_start_this_server_is_recognised(raw: Any, starts: bool) -> None:  # noqa: FBT001 - a table
    assert starts_this_server(raw) is starts


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("stripe", ("stripe", "")),
        ("stripe-eu", ("stripe", "eu")),
        ("gumroad_shop2", ("gumroad", "shop2")),
        ("Upwork-Agency", ("upwork", "Agency")),
        ("stripe-eu-2", ("stripe", "eu-2")),
        ("stripes", None),
        ("my-stripe", None),
        ("stripe-", None),
        ("github", None),
    ],
)
def test_a_server_name_tells_source_and_account(name: str, meant: tuple[str, str] | None) -> None:
    assert source_and_account(name) == meant
