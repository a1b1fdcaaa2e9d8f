"""An MCP server over stdio in plain Python that misbehaves on demand: `stub_server.py MODE FOLDER`.

It starts in a few milliseconds, for it imports next to nothing. In FOLDER it leaves a file `pid-<n>` for every process
it is or starts, and a file for each event (`called-<k>`), so that tests can wait for what happened and not for time.
"""

# ruff: noqa: PTH109, PTH110 - pathlib would take longer to import than all the rest

from __future__ import annotations

import json
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MODE = sys.argv[1]
FOLDER = sys.argv[2]
HANG = object()
SECRET = os.environ.get("STUB_SECRET", "")


def main() -> None:
    leave(f"pid-{os.getpid()}")
    at_start()
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message:
            continue
        answer = respond(message["method"], message.get("params") or {})
        if answer is not HANG:
            send({"jsonrpc": "2.0", "id": message["id"], **answer})
        if MODE == "exit-between" and message["method"] == "tools/list" and leave_next("listed") == 1:
            sys.exit(3)
    if MODE == "stubborn":
        while True:
            time.sleep(60)


def at_start() -> None:
    match MODE:
        case "exit-start":
            complain("fatal: no more ink")
            sys.exit(3)
        case "missing-key":
            complain("\n🚨  Error initializing:\n\n   API key not provided. Set the STRIPE_SECRET_KEY variable.\n")
            sys.exit(0)
        case "silent-401":
            complain("HTTP transport error: Error POSTing to endpoint, code: 401")
        case "echo-secret-and-exit":
            complain(f"bad key {SECRET}, tried Bearer {SECRET}")
            sys.exit(1)
        case "garbage":
            say("Welcome! Listening on port 3000\n" * 3)
        case "noise":
            say('npm notice: a new version is out\n{"almost": "json-rpc"}\n\n')
        case "stubborn" | "stubborn-tree":
            import signal

            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        case _:
            pass
    if MODE in {"tree", "stubborn-tree"}:
        start_grandchild()


def start_grandchild() -> None:
    """A child of our own that keeps our pipes open and does not end when its input does (npx and its node)."""
    import subprocess

    ignore = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" if MODE == "stubborn-tree" else ""
    child = subprocess.Popen([sys.executable, "-S", "-c", f"{ignore}import time; time.sleep(600)"])
    leave(f"pid-{child.pid}")


def respond(method: str, params: dict[str, Any]) -> Any:
    match method:
        case "initialize":
            return initialize(params)
        case "tools/list":
            return tools(params)
        case "tools/call":
            return call(params["name"], params.get("arguments", "absent"))
        case "ping":
            return {"result": {}}
        case "server/discover" if MODE == "modern-only":
            return {"result": DISCOVERED}
        case _:
            return HANG if MODE == "ignores-unknown" else error(-32601, f"Method not found: {method}")


DISCOVERED = {
    "resultType": "complete",
    "supportedVersions": ["2026-07-28"],
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "stub", "version": "1"},
    "ttlMs": 0,
    "cacheScope": "private",
}


def initialize(params: dict[str, Any]) -> Any:
    if MODE in {"hang-initialize", "garbage", "silent-401"}:
        leave("initialize-seen")
        return HANG
    if MODE == "modern-only":
        return error(-32022, "Unsupported protocol version", {"supported": ["2026-07-28"], "requested": "2025-11-25"})
    if MODE == "refuses":
        return error(-32000, "Invalid API Key provided: " + SECRET)
    version = "1999-01-01" if MODE == "old-protocol" else params["protocolVersion"]
    server = {"name": "stub", "version": "1"}
    return {"result": {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": server}}


def tools(params: dict[str, Any]) -> Any:
    modern = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"} if MODE == "modern-only" else {}
    if MODE == "hang-list":
        leave("list-seen")
        return HANG
    if MODE == "refuse-list":
        return error(-32601, "Method not found")
    if MODE == "bad-list":
        return {"result": {"tools": [{"nom": "list_charges"}]}}
    if MODE == "pages":
        page = int(params.get("cursor", "0"))
        listed: dict[str, Any] = {"tools": [tool(f"list_page_{page}")]}
        return {"result": {**listed, **({"nextCursor": str(page + 1)} if page < 2 else {})}}
    if MODE == "same-cursor":
        return {"result": {"tools": [tool("list_charges")], "nextCursor": "again"}}
    names = [f"pay_{SECRET}"] if MODE == "secret-tools" else ["list_charges", "list_refunds"]
    return {"result": {"tools": [tool(name) for name in names], **modern}}


def tool(name: str) -> dict[str, Any]:
    limit = SECRET if MODE == "secret-tools" else "limit"
    schema = {"type": "object", "properties": {limit: {"type": "integer"}}}
    listed = {"name": name, "inputSchema": schema}
    return {**listed, "outputSchema": {"type": "object", "required": ["no"]}} if MODE == "breaks-schema" else listed


def call(name: str, arguments: Any) -> Any:
    seen = leave_next("called")
    answer = BAD_CALLS[MODE](seen) if MODE in BAD_CALLS else None
    if answer is not None:
        return answer
    result = text([{"id": "ch_1", "tool": name, "arguments": arguments, "n": seen}])
    if MODE == "modern-only":
        result["result"]["resultType"] = "complete"
    return result


def die(words: str, code: int) -> Any:
    if words:
        complain(words)
    sys.exit(code)


def half_a_message(_seen: int) -> Any:
    say('{"jsonrpc": "2.0", "id": 3, "result": {"content": [{"type": "te')
    sys.exit(0)


def fifty_megabytes(_seen: int) -> Any:
    send({"jsonrpc": "2.0", "id": 9, "result": {"content": [{"type": "text", "text": "x" * (50 << 20)}]}})
    return HANG


def after_release(_seen: int) -> Any:
    """Answer once a test leaves a file: that it takes long is the test's doing, not the clock's."""
    while not os.path.exists(f"{FOLDER}/release"):
        time.sleep(0.005)


def two_secrets(_seen: int) -> Any:
    records = [{"id": "ch_1", "note": f"key {SECRET}"}]
    content = [{"type": "text", "text": json.dumps(records)}]
    return {"result": {"content": content, "structuredContent": {"data": records, "has_more": False}}}


BAD_CALLS: dict[str, Callable[[int], Any]] = {
    "hang-call": lambda _: HANG,
    "exit-call": lambda _: die("panic: out of paper", 7),
    "exit-call-once": lambda seen: die("", 7) if seen == 1 else None,
    "half-message": half_a_message,
    "huge": fifty_megabytes,
    "large": lambda _: text(["x" * 3_000_000]),
    "rate-once": lambda seen: refusal("429 Too Many Requests") if seen == 1 else None,
    "rate-thrice": lambda seen: refusal("429 Too Many Requests") if seen <= 3 else None,
    "rate-always": lambda _: refusal("429 Too Many Requests"),
    "rate-for-an-hour": lambda _: refusal("Rate limit exceeded, retry after 3600 seconds"),
    "rate-for-three": lambda seen: refusal("Rate limit exceeded, retry after 3 seconds") if seen == 1 else None,
    "auth": lambda _: refusal(f"Invalid API Key provided: {SECRET}"),
    "protocol-auth": lambda _: error(-32000, f"401 Unauthorized for {SECRET}"),
    "wait-for-release": after_release,
    "bad-content": lambda _: {"result": {"content": "no list"}},
    "breaks-schema": lambda _: {"result": {"content": [], "structuredContent": {"rows": [1]}}},
    "echo-secret": two_secrets,
    "environment": lambda _: text([{"id": "env", "env": dict(os.environ), "cwd": os.getcwd()}]),
}


def text(value: Any) -> Any:
    return {"result": {"content": [{"type": "text", "text": json.dumps(value)}]}}


def refusal(words: str) -> Any:
    return {"result": {"content": [{"type": "text", "text": words}], "isError": True}}


def error(code: int, message: str, data: Any = None) -> Any:
    return {"error": {"code": code, "message": message, **({"data": data} if data else {})}}


def send(message: Any) -> None:
    say(json.dumps(message) + "\n")


def say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


def complain(words: str) -> None:
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


def leave(name: str) -> None:
    os.close(os.open(f"{FOLDER}/{name}", os.O_CREAT))


def leave_next(name: str) -> int:
    """Leave the next numbered file of a kind; its number counts over every process of this folder."""
    for number in range(1, 1_000_000):
        try:
            os.close(os.open(f"{FOLDER}/{name}-{number}", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            continue
        return number
    raise AssertionError


if __name__ == "__main__":
    main()
