"""A Gumroad server over stdio in plain Python, steered by the files in its folder: `stub_shop.py FOLDER`.

`sales.json` are the sales it gives, ten a page. With `hold` there, a call is left unanswered; with `wait`, until
`release` is. With `says`, every call is refused in these words. Each call leaves `called-<n>`, a cancelled one
`cancelled`. Standard library only, so that it starts in a few milliseconds.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[1])
TOOL = {
    "name": "gumroad_get_sales",
    "inputSchema": {"type": "object", "properties": {"page_key": {"type": "string"}}},
}
PAGE = 10


def main() -> None:
    for line in sys.stdin:
        message = json.loads(line)
        if message["method"] == "notifications/cancelled":
            (FOLDER / "cancelled").touch()
        if "id" in message and (body := answer(message["method"], message.get("params") or {})) is not None:
            sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], **body}) + "\n")
            sys.stdout.flush()


def answer(method: str, params: dict[str, Any]) -> dict[str, Any] | None:
    match method:
        case "initialize":
            server = {"name": "shop", "version": "1"}
            version = params["protocolVersion"]
            return {"result": {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": server}}
        case "tools/list":
            return {"result": {"tools": [TOOL]}}
        case "tools/call":
            return call(params.get("arguments") or {})
        case "ping":
            return {"result": {}}
    return {"error": {"code": -32601, "message": f"Method not found: {method}"}}


def call(arguments: dict[str, Any]) -> dict[str, Any] | None:
    (FOLDER / f"called-{len(list(FOLDER.glob('called-*'))) + 1}").touch()
    if (FOLDER / "hold").exists():
        return None
    while (FOLDER / "wait").exists() and not (FOLDER / "release").exists():
        time.sleep(0.005)
    if (FOLDER / "says").exists():
        words = json.loads((FOLDER / "says").read_text(encoding="utf-8"))
        return {"result": {"content": [{"type": "text", "text": words}], "isError": True}}
    sales = json.loads((FOLDER / "sales.json").read_text(encoding="utf-8"))
    first = int(arguments.get("page_key", "0"))
    page: dict[str, Any] = {"success": True, "sales": sales[first : first + PAGE]}
    if first + PAGE < len(sales):
        page["next_page_key"] = str(first + PAGE)
    return {"result": {"content": [{"type": "text", "text": json.dumps(page)}]}}


if __name__ == "__main__":
    main()
