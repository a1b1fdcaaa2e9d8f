"""`serve --http` as a process of its own: several clients, one refresh at a time, nobody from elsewhere."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest
from fastmcp import Client

from tests.server.conftest import NOW
from tests.server.shops import Shop, sale

pytestmark = pytest.mark.slow

ASK = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"})
HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop.in_folder(tmp_path_factory.mktemp("http") / "shop")


@pytest.fixture(scope="module")
def port(shop: Shop) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = int(free.getsockname()[1])
    home = shop.folder.parent
    settings = {"TRACKER": str(home / "revenue-tracker.md"), "MCP_CONFIG": str(shop.config), "NOW": NOW}
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), **{f"REVINTEL_{k}": v for k, v in settings.items()}}
    command = [sys.executable, "-m", "revintel_mcp", "serve", "--http", "--port", str(number)]
    with subprocess.Popen(command, env=environ, cwd=home, stderr=subprocess.PIPE) as process:
        while _status(number, "GET", "/health") is None:
            assert process.poll() is None
            time.sleep(0.02)  # another process starts; it shall have the processor
        yield number
        process.terminate()
        assert process.stderr is not None
        assert process.stderr.read().decode() == f"Serving http://127.0.0.1:{number}/mcp (Ctrl-C stops it)\n"


def _status(port: int, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> int | None:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body or None, headers or {})
        answer = connection.getresponse()
        answer.read()
    except ConnectionRefusedError:
        return None
    else:
        return answer.status
    finally:
        connection.close()


def test_health_names_the_server(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/health")
    answer = json.loads(connection.getresponse().read())
    connection.close()
    assert (answer["status"], answer["name"]) == ("ok", "revintel-mcp")


@pytest.mark.parametrize(
    "foreign", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}], ids=str
)
def test_a_page_from_elsewhere_is_refused(port: int, foreign: dict[str, str]) -> None:
    assert _status(port, "POST", "/mcp", ASK, {**HEADERS, **foreign}) in (403, 421)


async def test_of_two_clients_that_refresh_the_second_waits_and_is_told(port: int, shop: Shop) -> None:
    shop.sells([sale(1)])
    shop.mark("wait")
    heard: list[str] = []
    waits = asyncio.Event()

    async def on_progress(_done: float, _whole: float | None, sentence: str | None) -> None:
        heard.append(sentence or "")
        waits.set()

    url = f"http://127.0.0.1:{port}/mcp"
    async with Client(url, mode="2026-07-28") as one, Client(url, mode="legacy") as two, Client(url) as three:
        first = asyncio.create_task(_asked(one, "refresh_revenue"))
        await shop.leaves("called-1")
        second = asyncio.create_task(_asked(two, "refresh_revenue", progress_handler=on_progress))
        async with asyncio.timeout(30):
            await waits.wait()
        summary = await _asked(three, "get_monthly_summary")  # reading waits for nobody
        assert (shop.calls, summary["ytd_total"]) == (1, 0.0)
        shop.mark("release")
        added = [(await first)["added"], (await second)["added"]]
        summary = await _asked(three, "get_monthly_summary")
    assert (heard[0], added) == ("Another refresh is running; waiting for it to end", [1, 0])
    assert summary["ytd_total"] == 10.0


async def _asked(client: Client[Any], tool: str, **more: Any) -> dict[str, Any]:
    answer = (await client.call_tool(tool, {}, **more)).structured_content
    assert answer is not None
    return answer
