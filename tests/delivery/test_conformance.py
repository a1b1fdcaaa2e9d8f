"""The MCP conformance suite against our HTTP server: what applies passes, and the rest is named with the reason."""

import json
import re
import socket
import subprocess
from collections.abc import Iterator

import pytest

from tests.delivery.outside import CONFORMANCE, run_node
from tests.delivery.place import COMMAND, Place

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# Scenarios that ask for a tool, resource or prompt which only a test server has, or for a feature that we don't offer.
DO_NOT_APPLY = {
    r"tools-call-.*": "calls tools that only a test server has (test_simple_text …)",
    r"json-schema-2020-12": "calls a tool that only a test server has",
    r"elicitation-.*": "calls tools that only a test server has",
    r"server-sse-polling": "calls a tool that only a test server has",
    r"resources-read-.*|resources-templates-read": "reads resources that only a test server has (test://…)",
    r"resources-(un)?subscribe": "the 2025-11-25 form of subscriptions is not offered, and not announced",
    r"prompts-get-.*": "asks for prompts that only a test server has",
    r"sep-2640-.*": "an extension that is not offered",
    r"tasks-.*": "an extension that is not offered",
    r"http-custom-header-server-validation": "calls a tool that only a test server has",
    r"input-required-result-(?!unsupported-methods|ignore-extra-params).*": "calls tools that only a test server has",
}
# Of the scenarios that do apply, single checks that ask for a tool which only a test server has.
CHECKS_THAT_DO_NOT_APPLY = {
    "sep-2575-server-rejects-undeclared-capability": "calls test_missing_capability",
    "sep-2575-missing-capability-http-400": "calls test_missing_capability",
}


def scenarios(place: Place) -> list[str]:
    done = run_node(CONFORMANCE, "list", "--server", environ=place.environ, cwd=place.home)
    names = re.findall(r"^  - (\S+) \[", done.stdout, re.MULTILINE)
    assert len(names) > 60, done.stdout
    return names


def reason(name: str) -> str:
    return next((why for pattern, why in DO_NOT_APPLY.items() if re.fullmatch(pattern, name)), "")


@pytest.fixture
def address(place: Place) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with subprocess.Popen(
        [str(COMMAND), "serve", "--http", "--port", str(port)],
        env=place.environ,
        cwd=place.home,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            yield listening(server, port)
        finally:
            server.terminate()


def listening(server: subprocess.Popen[str], port: int) -> str:
    """The address, once somebody answers there or the server has ended."""
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            continue
        return f"http://127.0.0.1:{port}/mcp"
    assert server.stderr
    raise AssertionError(server.stderr.read())


def test_every_scenario_that_applies_passes(place: Place, address: str) -> None:
    applying = [name for name in scenarios(place) if not reason(name)]
    assert len(applying) >= 16
    wrong = {name: found for name in applying if (found := failures(place, address, name))}
    assert not wrong, json.dumps(wrong, indent=1)


def failures(place: Place, address: str, name: str) -> list[str]:
    """The checks of a scenario that failed, each with what the suite says of it."""
    results = place.home / "results" / name
    words = ("server", "--url", address, "--scenario", name, "-o", str(results))
    done = run_node(CONFORMANCE, *words, environ=place.environ, cwd=place.home)
    found = [json.loads(file.read_text(encoding="utf-8")) for file in results.glob("*/checks.json")]
    assert found, done.stdout + done.stderr
    # The suite's note that it ran is one success: a scenario that checked nothing has no more.
    assert sum(check["status"] == "SUCCESS" for check in found[0]) > 1, (name, found[0])
    return [
        f"{check['id']}: {check.get('errorMessage', '')}"
        for check in found[0]
        if check["status"] == "FAILURE" and check["id"] not in CHECKS_THAT_DO_NOT_APPLY
    ]


def test_every_excuse_is_still_needed(place: Place) -> None:
    names = scenarios(place)
    unused = [pattern for pattern in DO_NOT_APPLY if not any(re.fullmatch(pattern, name) for name in names)]
    assert unused == []
