"""Serving over HTTP: a port that can't be used is told in a sentence."""

import socket
from pathlib import Path

import pytest

from revintel_mcp.cli import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def test_a_taken_port_is_named_with_what_to_type_instead(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--http", "--port", str(port)]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == (
        "",
        f"revintel-mcp: port {port} can't be used (Address already in use); choose another with --port\n",
    )


@pytest.mark.parametrize("port", ["-1", "0", "65536"])
def test_a_number_that_is_no_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--http", f"--port={port}"]) == 2
    assert capsys.readouterr().err == f"revintel-mcp: {port} is no port; write a number from 1 to 65535\n"
