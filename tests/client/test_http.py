"""Upstreams over HTTP: keys in headers, and every refusal told with what to do about it."""

import asyncio
import json
import socket
from threading import Event
from typing import Any

import pytest

from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.upstream_client import Limits, UpstreamHub
from revintel_mcp.upstream_entry import UpstreamEntry
from tests.client.http_stub import Reply, good, http_stub
from tests.client.stubs import LIST_CHARGES, PATIENT, failed, rows

KEY = "rk_test_fake_0123456789abcd4242"


async def test_a_call_over_http_carries_the_header_and_gives_rows() -> None:
    with http_stub() as stub:
        async with UpstreamHub([stub.entry(key=KEY)], PATIENT) as hub:
            assert isinstance(await hub.connect("stripe"), tuple)
            assert rows(await hub.ask("stripe", LIST_CHARGES)) == [{"id": "ch_1", "arguments": {"limit": 100}}]
    asked = dict(stub.seen)
    assert {"initialize", "tools/list", "tools/call"} <= set(asked)
    assert all(
        headers.get("Authorization", headers.get("authorization")) == f"Bearer {KEY}" for headers in asked.values()
    )


async def test_a_call_over_server_sent_events_gives_rows() -> None:
    def respond(method: str, params: dict[str, Any], before: int) -> Reply | dict[str, Any]:
        return {} if method == "GET" else good(method, params, before)

    with http_stub(respond) as stub:
        async with UpstreamHub([stub.entry(transport="sse", key=KEY)], PATIENT) as hub:
            assert rows(await hub.ask("stripe", LIST_CHARGES))[0]["id"] == "ch_1"


STATUSES = {
    401: (FailureKind.AUTH, 'The key rk_…4242 was rejected; check the "Authorization" header of "stripe" in /home/ada'),
    403: (FailureKind.PERMISSION, "403 Forbidden: the key rk_…4242 may not read this. Give it read permission"),
    404: (FailureKind.UNAVAILABLE, '404 Not Found. Check "url" of "stripe" in /home/ada/.mcp.json'),
    500: (FailureKind.UNAVAILABLE, "500 Internal Server Error. Try again later"),
    503: (FailureKind.UNAVAILABLE, "503 Service Unavailable. Try again later"),
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("transport", ["http", "sse"])
async def test_a_status_of_failure_at_the_start_is_told(status: int, transport: str) -> None:
    with http_stub(lambda *_: Reply(status, b"<html>no</html>")) as stub:
        async with UpstreamHub([stub.entry(transport=transport, key=KEY)], PATIENT) as hub:
            failure = failed(await hub.connect("stripe"))
    kind, words = STATUSES[status]
    assert (failure.kind, words in failure.message) == (kind, True), failure
    assert KEY not in failure.message


@pytest.mark.parametrize("status", [401, 403])
async def test_a_server_that_wants_a_sign_in_is_auth_with_the_header_to_add(status: int) -> None:
    with http_stub(lambda *_: Reply(status, b"", {"WWW-Authenticate": "Bearer"})) as stub:
        async with UpstreamHub([stub.entry()], PATIENT) as hub:
            failure = failed(await hub.connect("stripe"))
    assert failure.kind is FailureKind.AUTH
    assert (
        'add "headers": {"Authorization": "Bearer ${STRIPE_SECRET_KEY}"} to "stripe" in /home/ada/.mcp.json'
        in failure.message
    )


@pytest.mark.parametrize("status", [401, 403, 500])
async def test_a_status_of_failure_in_a_call_is_told(status: int) -> None:
    def respond(method: str, params: dict[str, Any], before: int) -> Reply | dict[str, Any]:
        return Reply(status) if method == "tools/call" else good(method, params, before)

    with http_stub(respond) as stub:
        async with UpstreamHub([stub.entry(key=KEY)], PATIENT) as hub:
            failure = failed(await hub.ask("stripe", LIST_CHARGES))
    kind, words = STATUSES[status]
    assert (failure.kind, words in failure.message) == (kind, True), failure


async def test_too_many_requests_once_is_waited_out_as_long_as_asked() -> None:
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    def respond(method: str, params: dict[str, Any], before: int) -> Reply | dict[str, Any]:
        limited = method == "tools/call" and before == 0
        return Reply(429, b"", {"Retry-After": "4"}) if limited else good(method, params, before)

    with http_stub(respond) as stub:
        async with UpstreamHub([stub.entry()], PATIENT, sleep=nap) as hub:
            assert rows(await hub.ask("stripe", LIST_CHARGES))
    assert naps == [4.0]


@pytest.mark.parametrize("first", ["connect", "ask"])
@pytest.mark.parametrize(("times", "answers"), [(1, True), (9, False)])
async def test_too_many_requests_at_the_start_are_waited_out_once_too(first: str, times: int, *, answers: bool) -> None:
    naps: list[float] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)

    def respond(method: str, params: dict[str, Any], before: int) -> Reply | dict[str, Any]:
        limited = method == "initialize" and before < times
        return Reply(429, b"", {"Retry-After": "3"}) if limited else good(method, params, before)

    with http_stub(respond) as stub:
        async with UpstreamHub([stub.entry()], PATIENT, sleep=nap) as hub:
            outcome = await (hub.connect("stripe") if first == "connect" else hub.ask("stripe", LIST_CHARGES))
            if answers:
                assert not isinstance(outcome, Failure)
            else:
                assert failed(outcome).kind is FailureKind.RATE_LIMIT
                assert "asked again in" in failed(await hub.connect("stripe")).message
    assert naps == [3.0]
    assert stub.methods().count("initialize") == 2


async def test_too_many_requests_for_long_is_a_failure_at_once() -> None:
    def respond(method: str, params: dict[str, Any], before: int) -> Reply | dict[str, Any]:
        return Reply(429, b"", {"Retry-After": "900"}) if method == "tools/call" else good(method, params, before)

    with http_stub(respond) as stub:
        async with UpstreamHub([stub.entry()], PATIENT) as hub:
            failure = failed(await hub.ask("stripe", LIST_CHARGES))
    assert (failure.kind, failure.retry_after_s) == (FailureKind.RATE_LIMIT, 900)
    assert "429 Too Many Requests. Try again in 900 s" in failure.message
    assert stub.methods().count("tools/call") == 1


async def test_nobody_there_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/mcp?key=hunter2hunter2"
    entry = UpstreamEntry(name="stripe", source="stripe", origin="x", transport="http", url=url)
    sse = UpstreamEntry(name="gumroad", source="gumroad", origin="x", transport="sse", url=url)
    async with UpstreamHub([entry, sse], PATIENT) as hub:
        for failure in map(failed, await asyncio.gather(hub.connect("stripe"), hub.connect("gumroad"))):
            assert failure.kind is FailureKind.UNAVAILABLE
            assert f"http://127.0.0.1:{port}/mcp can't be reached" in failure.message
            assert "hunter2" not in failure.message


async def test_a_server_that_accepts_and_keeps_silent_ends_with_its_own_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as pit:
        url = f"http://127.0.0.1:{pit.getsockname()[1]}/mcp"
        kinds = ("http", "sse")
        entries = [UpstreamEntry(name=f"stripe-{k}", source="stripe", transport=k, url=url) for k in kinds]
        async with UpstreamHub(entries, Limits(start_s=0.2)) as hub:
            for failure in map(failed, await asyncio.gather(*(hub.connect(entry.name) for entry in entries))):
                assert failure.kind is FailureKind.TIMEOUT
                assert "it did not start within 0.2 s" in failure.message


@pytest.mark.parametrize("transport", ["http", "sse"])
async def test_a_call_that_hangs_ends_with_its_own_limit(transport: str) -> None:
    release = Event()

    def respond(method: str, params: dict[str, Any], before: int) -> Reply | dict[str, Any]:
        if method == "tools/call":
            release.wait(60)
        return {} if method == "GET" else good(method, params, before)

    with http_stub(respond) as stub:
        async with UpstreamHub([stub.entry(transport=transport)], Limits(call_s=0.2)) as hub:
            failure = failed(await hub.ask("stripe", LIST_CHARGES))
        release.set()
    assert failure.kind is FailureKind.TIMEOUT
    assert "list_charges gave no answer within 0.2 s" in failure.message


async def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """As any HTTP program does; the proxy sees the whole address."""
    with http_stub() as proxy:
        monkeypatch.delenv("NO_PROXY")
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        entry = UpstreamEntry(name="stripe", source="stripe", transport="http", url="http://mcp.example.com/mcp")
        async with UpstreamHub([entry], PATIENT) as hub:
            assert isinstance(await hub.connect("stripe"), tuple)
    assert {name.lower(): value for name, value in proxy.seen[0][1].items()}["host"] == "mcp.example.com"


async def test_an_answer_that_is_too_large_is_refused() -> None:
    def respond(method: str, params: dict[str, Any], before: int) -> Reply | dict[str, Any]:
        if method == "tools/call":
            return {"content": [{"type": "text", "text": "x" * (3 << 20)}]}
        return good(method, params, before)

    with http_stub(respond) as stub:
        async with UpstreamHub([stub.entry()], Limits(answer_bytes=2 << 20)) as hub:
            failure = failed(await hub.ask("stripe", LIST_CHARGES))
    assert failure.kind is FailureKind.BAD_ANSWER
    assert "it sent more than 2 MB at once while answering list_charges" in failure.message
    assert stub.methods().count("tools/call") == 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", b"<html>Sign in</html>"),
        ("application/json", b"{not json"),
        ("application/json", json.dumps({"jsonrpc": "2.0", "id": 3, "result": []}).encode()),
        ("text/event-stream", b"event: message\ndata: {half\n\n"),
    ],
)
async def test_an_answer_that_is_no_mcp_is_a_bad_answer(kind: str, body: bytes) -> None:
    def respond(method: str, params: dict[str, Any], before: int) -> Reply | dict[str, Any]:
        return Reply(200, body, {"Content-Type": kind}) if method == "tools/call" else good(method, params, before)

    with http_stub(respond) as stub:
        async with UpstreamHub([stub.entry()], PATIENT) as hub:
            failure = failed(await hub.ask("stripe", LIST_CHARGES))
    assert failure.kind is FailureKind.BAD_ANSWER, failure


async def test_a_server_that_forgot_our_session_is_greeted_again() -> None:
    def respond(method: str, params: dict[str, Any], before: int) -> Reply | dict[str, Any]:
        return Reply(404) if method == "tools/call" and before == 0 else good(method, params, before)

    with http_stub(respond) as stub:
        async with UpstreamHub([stub.entry()], PATIENT) as hub:
            assert rows(await hub.ask("stripe", LIST_CHARGES))
    assert stub.methods().count("initialize") == 2


async def test_a_redirect_to_elsewhere_does_not_take_the_key_along() -> None:
    with http_stub() as elsewhere, http_stub(lambda *_: Reply(307, b"", {"Location": elsewhere.url + "/mcp"})) as stub:
        async with UpstreamHub([stub.entry(key=KEY)], PATIENT) as hub:
            failed(await hub.connect("stripe"))
    assert elsewhere.seen == []
