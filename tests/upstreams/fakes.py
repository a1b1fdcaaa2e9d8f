"""Stand-ins for the platforms, on loopback, and a caller that speaks MCP by hand."""

import csv
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from revintel_mcp.upstreams.demo_gumroad import DemoShop
from revintel_mcp.upstreams.demo_stripe import DemoLists
from revintel_mcp.upstreams.demo_year.upwork import earnings

Json = dict[str, Any]


@dataclass
class Reply:
    """What a platform answers: `drop` closes the connection in the middle of the answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False


@dataclass
class Asked:
    """A request as it came in."""

    path: str
    query: dict[str, str]
    headers: Mapping[str, str]


class Platform:
    """A platform's API. `next_replies` go out first, one a request; then `answer` decides."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.next_replies: list[Reply] = []
        self.base = ""

    def forget(self) -> None:
        """Start over, for the next test."""
        self.asked.clear()
        self.next_replies.clear()

    def answer(self, asked: Asked) -> Reply:
        raise NotImplementedError

    def reply(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return self.next_replies.pop(0) if self.next_replies else self.answer(asked)

    @contextmanager
    def serving(self) -> Iterator[None]:
        platform = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536  # head and body in one packet: no waiting for an acknowledgement between them

            def do_GET(self) -> None:
                url = urlsplit(self.path)
                asked = Asked(unquote(url.path), dict(parse_qsl(url.query)), dict(self.headers.items()))
                reply = platform.reply(asked)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body) + (1 if reply.drop else 0)))
                self.end_headers()
                self.wfile.write(reply.body)
                self.close_connection = reply.drop

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.base = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def as_reply(status: int, value: Any, **headers: str) -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})


class FakeGumroad(Platform):
    """Gumroad's v2 API as its published source has it: ten a page, empty 401 and 403, plain-text 429."""

    def __init__(self, sales: int = 25) -> None:
        super().__init__()
        self.token = "fake_gumroad_token_0001"
        start = datetime(2026, 5, 1, tzinfo=UTC)
        self.sales = [_sale(number, start - timedelta(days=number)) for number in range(sales)]

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("Authorization") != f"Bearer {self.token}":
            return Reply(401, b"")
        if asked.path == "/v2/sales":
            return self._page(asked.query)
        if asked.path == "/v2/products":
            return as_reply(200, {"success": True, "products": [_PRODUCT]})
        if asked.path == "/v2/payouts":
            return as_reply(200, {"success": True, "payouts": [{"id": None, "amount": "12.00", "bank": "secret"}]})
        if asked.path == f"/v2/products/{_PRODUCT['id']}":
            return as_reply(200, {"success": True, "product": _PRODUCT})
        return as_reply(200, {"success": False, "message": "The product was not found."})

    def _page(self, query: Mapping[str, str]) -> Reply:
        rows = [sale for sale in self.sales if _in_period(sale, query)]
        keys = [f"key-{sale['order_id']}" for sale in rows]
        if query.get("page_key", "key") not in ["key", *keys]:
            return as_reply(400, {"status": 400, "error": "Invalid page_key."})
        start = keys.index(query["page_key"]) + 1 if "page_key" in query else 0
        page: Json = {"success": True, "sales": rows[start : start + 10]}
        if start + 10 < len(rows):
            page |= {"next_page_key": keys[start + 9], "next_page_url": "/v2/sales?page_key=" + keys[start + 9]}
        return as_reply(200, page)


_PRODUCT: Json = {"id": "p/1==", "name": "Brush set", "price": 900, "currency": "eur", "custom_receipt": "private"}


def _sale(number: int, made: datetime) -> Json:
    return {
        "id": f"sale{number}==",
        "email": f"buyer{number}@example.com",
        "created_at": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "product_id": _PRODUCT["id"],
        "product_name": "Brush set",
        "price": 1000 + number,
        "gumroad_fee": 150,
        "currency": "eur",
        "refunded": False,
        "order_id": 5000 + number,
        "street_address": "1 Private Lane",
        "ip_country": "Nowhere",
        "license_key": "LICENCE-SECRET",
        "card": {"visual": "**** **** **** 4242", "type": "visa"},
        "affiliate": {"email": "affiliate@example.com", "amount": "$1"},
    }


def _in_period(sale: Json, query: Mapping[str, str]) -> bool:
    day = str(sale["created_at"])[:10]
    mine = query.get("email", sale["email"]) == sale["email"]
    return bool(mine) and query.get("after", "") <= day < query.get("before", "9999")


class FakeStripe(Platform):
    """Stripe's list endpoints: newest first, cursors, `created`, an error object on every refusal."""

    def __init__(self, charges: int = 5) -> None:
        super().__init__()
        self.key = "sk_test_fake_0123456789"
        self.lists: dict[str, Sequence[Json]] = {
            "charges": [charge(number) for number in range(charges, 0, -1)],
            "balance_transactions": [],
            "refunds": [],
            "disputes": [],
            "subscriptions": [],
        }
        self._places = {what: {row["id"]: n for n, row in enumerate(rows)} for what, rows in self.lists.items()}

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("Authorization") != f"Bearer {self.key}":
            return stripe_error(401, f"Invalid API Key provided: {asked.headers.get('Authorization', '')[7:]}")
        what = asked.path.removeprefix("/v1/")
        rows = self.lists[what]
        if "created[gte]" in asked.query:
            rows = [row for row in rows if row["created"] >= int(asked.query["created[gte]"])]
        cursor = asked.query.get("starting_after")
        if cursor is not None and cursor not in self._places[what]:
            return stripe_error(400, f"No such charge: '{cursor}'")
        start = 0 if cursor is None else self._places[what][cursor] + 1
        end = start + int(asked.query["limit"])
        page = {"object": "list", "url": asked.path, "has_more": end < len(rows), "data": list(rows[start:end])}
        return as_reply(200, page)


class DemoYearAtStripe(Platform):
    """The demo year as Stripe's HTTP API would give it at a moment."""

    key = "rk_test_fake_demo_year_01"

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self._lists = DemoLists(now)

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("Authorization") != f"Bearer {self.key}":
            return stripe_error(401, "Invalid API Key provided")
        query = asked.query
        params: Json = {name: value for name, value in query.items() if "[" not in name}
        params["limit"] = int(query["limit"])
        params["created"] = {
            bound: int(query[f"created[{bound}]"]) for bound in ("gte", "lt") if f"created[{bound}]" in query
        }
        params["expand"] = [value for name, value in query.items() if name.startswith("expand[")]
        return as_reply(200, self._lists.page(asked.path.removeprefix("/v1/"), params))


class DemoYearAtGumroad(Platform):
    """The demo year as Gumroad's HTTP API would give it at a moment."""

    token = "fake_gumroad_token_0002"

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self._shop = DemoShop(now)

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("Authorization") != f"Bearer {self.token}":
            return Reply(401, b"")
        return as_reply(200, self._shop.listing(asked.path.removeprefix("/v2/"), asked.query))


def demo_year_as_upworks_file(today: date) -> str:
    """The demo year as the statement that Upwork would let her download."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Date", "Ref ID", "Type", "Description", "Team", "Amount"])
    kinds = {"hourly": "Hourly", "fixed": "Fixed Price", "bonus": "Bonus"}
    for one in earnings(today):
        day, client = f"{one.day:%b} {one.day.day}, {one.day.year}", one.contract.client
        writer.writerow([day, one.record, kinds[one.kind], one.description, client, f"${one.amount / 100:,.2f}"])
        if one.fee is not None:
            text = f"Service Fee for {kinds[one.kind]} - Ref ID {one.record}"
            writer.writerow([day, f"{one.record}-fee", "Service Fee", text, client, f"-${one.fee / 100:,.2f}"])
    return out.getvalue()


def charge(number: int) -> Json:
    return {
        "id": f"ch_{number:06d}",
        "object": "charge",
        "amount": 1000 + number,
        "amount_captured": 1000 + number,
        "amount_refunded": 0,
        "billing_details": {
            "email": f"c{number}@example.com",
            "name": None,
            "phone": "555-PRIVATE",
            "address": {"line1": "PRIVATE"},
        },
        "captured": True,
        "created": 1_760_000_000 + number,
        "currency": "usd",
        "metadata": {"order": str(number)},
        "paid": True,
        "payment_method_details": {"type": "card", "card": {"last4": "PRIVATE", "fingerprint": "PRIVATE"}},
        "receipt_url": "https://receipts.example.com/PRIVATE",
        "refunded": False,
        "status": "succeeded",
        "outcome": {"risk_score": 12},
        "client_secret": "PRIVATE",
    }


def stripe_error(status: int, message: str, kind: str = "invalid_request_error", **headers: str) -> Reply:
    return as_reply(status, {"error": {"type": kind, "message": message}}, **headers)


def program(module: str, *arguments: str, **environment: str) -> "McpProcess":
    """The upstream of that name, as a process of its own."""
    return McpProcess("-m", f"revintel_mcp.upstreams.{module}", *arguments, **environment)


class McpProcess:
    """An MCP server in Python, as a process of its own, asked line by line."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "TMPDIR") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**kept, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            text=True,
            encoding="utf-8",
        )
        self.lines: list[str] = []
        self._number = 0

    def ask(self, method: str, **params: Any) -> Json:
        self._number += 1
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        assert self.process.stdout is not None
        while line := self.process.stdout.readline():
            self.lines.append(line)
            answer: Json = json.loads(line)
            if answer.get("id") == self._number:
                return answer
        raise AssertionError(f"the upstream is gone: {self.close()[1]}")

    def start(self) -> Json:
        hello = self.ask(
            "initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo={"name": "test", "version": "1"}
        )
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return hello

    def call(self, tool: str, **arguments: Any) -> Json:
        result: Json = self.ask("tools/call", name=tool, arguments=arguments)["result"]
        return result

    def _send(self, message: Json) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever happened, no process and no pipe is left."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def close(self) -> tuple[str, str]:
        """Close its stdin and wait for it: what was left on stdout, and its stderr."""
        out, err = self.process.communicate(timeout=20)
        return out, err


def error_of(result: Json) -> Json:
    """The error object of a failed call."""
    assert result["isError"] is True
    error: Json = json.loads(result["content"][0]["text"])["error"]
    return error
