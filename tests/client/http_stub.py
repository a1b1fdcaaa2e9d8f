"""MCP over HTTP in plain Python, on loopback: what it answers to each JSON-RPC method is a test's doing."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any

from revintel_mcp.upstream_entry import UpstreamEntry


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Respond = Callable[[str, dict[str, Any], int], "Reply | dict[str, Any]"]
"""From the JSON-RPC method, its params, and how often it was asked before: an HTTP answer, or a JSON-RPC result."""

_GREETING = {
    "protocolVersion": "2025-11-25",
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "stub", "version": "1"},
}
_TOOLS = {"tools": [{"name": "list_charges", "inputSchema": {"type": "object"}}]}


def good(method: str, params: dict[str, Any], _before: int) -> dict[str, Any]:
    """What a server does that is well."""
    if method == "initialize":
        return _GREETING
    if method == "tools/list":
        return _TOOLS
    rows = [{"id": "ch_1", "arguments": params.get("arguments")}]
    return {"content": [{"type": "text", "text": json.dumps(rows)}]}


@dataclass
class HttpStub:
    """A running server, and what was sent to it."""

    url: str
    seen: list[tuple[str, dict[str, str]]]

    def entry(self, *, transport: str = "http", key: str = "", name: str = "stripe") -> UpstreamEntry:
        """Its entry, with a key in the header if there is one."""
        return UpstreamEntry(
            name=name,
            source=name.partition("-")[0],
            origin="/home/ada/.mcp.json",
            transport=transport,
            url=self.url + ("/sse" if transport == "sse" else "/mcp"),
            headers={"Authorization": f"Bearer {key}"} if key else {},
            secrets=frozenset({key} if key else ()),
        )

    def methods(self) -> list[str]:
        """The JSON-RPC methods it was asked, in order."""
        return [method for method, _ in self.seen]


@contextmanager
def http_stub(respond: Respond = good) -> Iterator[HttpStub]:
    """A server on loopback that answers as `respond` says."""
    server = _Server(respond)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.stub
    finally:
        server.events.put(None)
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, respond: Respond) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.respond = respond
        self.stub = HttpStub(f"http://127.0.0.1:{self.server_port}", [])
        self.events: Queue[dict[str, Any] | None] = Queue()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        message = json.loads(self.rfile.read(int(self.headers["content-length"])))
        method = message["method"]
        before = self.server.stub.methods().count(method)
        self.server.stub.seen.append((method, dict(self.headers)))
        if "id" not in message:
            self._reply(Reply(202))
            return
        answer = self.server.respond(method, message.get("params") or {}, before)
        if isinstance(answer, Reply):
            self._reply(answer)
            return
        body = {"jsonrpc": "2.0", "id": message["id"], "result": answer}
        if self.path.startswith("/messages"):
            self.server.events.put(body)
            self._reply(Reply(202))
        else:
            self._reply(Reply(200, json.dumps(body).encode(), {"Content-Type": "application/json"}))

    def do_GET(self) -> None:
        refused = self.server.respond("GET", {}, 0) if self.path == "/sse" else Reply(405)
        if isinstance(refused, Reply):
            self._reply(refused)
            return
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self._event("endpoint", "/messages?session=1")
        while (body := self.server.events.get()) is not None:
            self._event("message", json.dumps(body))

    def do_DELETE(self) -> None:
        self._reply(Reply(200))

    def _event(self, kind: str, data: str) -> None:
        self.wfile.write(f"event: {kind}\ndata: {data}\n\n".encode())
        self.wfile.flush()

    def _reply(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        with suppress(ConnectionError):  # nobody waits for a late or oversized answer
            self.wfile.write(reply.body)

    def log_message(self, *_: object) -> None:
        """Tests speak for themselves."""
