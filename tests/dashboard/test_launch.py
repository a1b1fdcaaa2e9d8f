"""How the dashboard starts, or says why it can't."""

import socket
import sys

import pytest

from dashboard import launch
from dashboard.theme import streamlit_options


def test_without_streamlit_it_says_what_to_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "streamlit", None)

    assert launch.main(0, open_browser=False, environ={}) == 2
    said = capsys.readouterr()
    assert "pip install 'revintel-mcp[dashboard]'" in said.err
    assert said.out == ""


def test_a_taken_port_is_told_with_another_one(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert launch.main(port, open_browser=False, environ={}) == 2

    assert capsys.readouterr().err == (
        f"Port {port} is taken; name another one: revintel-mcp dashboard --port {port + 1}\n"
    )


@pytest.mark.parametrize("port", [-5, 65536, 99999])
def test_a_number_that_is_no_port_is_told_in_a_line(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert launch.main(port, open_browser=False, environ={}) == 2

    assert capsys.readouterr().err.startswith(f"{port} is no port; write a number from 1 to 65535")


def test_it_serves_this_machine_alone_and_reports_to_nobody() -> None:
    options = launch._options(8501)

    assert options["server.address"] == "127.0.0.1"
    assert options["browser.gatherUsageStats"] is False
    assert options["client.showErrorDetails"] == "none"
    assert options["client.showErrorLinks"] is False


def test_every_option_is_one_of_streamlit_s() -> None:
    from streamlit import config

    for name in (*launch._options(8501), *streamlit_options()):
        assert name in config._config_options_template, name


@pytest.mark.parametrize(
    ("platform", "environ", "opens"),
    [
        ("linux", {}, "no"),
        ("linux", {"DISPLAY": ":0"}, "yes"),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, "yes"),
        ("darwin", {}, "yes"),
        ("win32", {}, "yes"),
    ],
)
def test_a_browser_opens_only_where_it_has_a_screen(
    monkeypatch: pytest.MonkeyPatch, platform: str, environ: dict[str, str], opens: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)

    assert launch._has_screen(environ) is (opens == "yes")
