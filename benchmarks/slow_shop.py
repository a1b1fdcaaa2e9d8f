"""An upstream that is slow to answer and quick to start: five pages of sales, 0.3 s each. Run as a program.

It speaks MCP over stdio in plain Python, as a Gumroad server does. The argument names it, so that several can be asked
at once and give other sales.
"""

import json
import sys
import time
from typing import Any

NAME = sys.argv[1] if len(sys.argv) > 1 else "shop"
PAGES, PER_PAGE, WAIT_S = 5, 10, 0.3
TOOL = {
    "name": "gumroad_get_sales",
    "annotations": {"readOnlyHint": True},
    "inputSchema": {"type": "object", "properties": {"page_key": {"type": "string"}}},
}


def main() -> None:
    """Answer until stdin closes."""
    for line in sys.stdin:
        message = json.loads(line)
        if "id" in message:
            answer = {"jsonrpc": "2.0", "id": message["id"], **_answer(message["method"], message.get("params") or {})}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


def _answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
    match method:
        case "initialize":
            hello = {"capabilities": {"tools": {}}, "serverInfo": {"name": NAME, "version": "1"}}
            return {"result": {"protocolVersion": params["protocolVersion"], **hello}}
        case "tools/list":
            return {"result": {"tools": [TOOL]}}
        case "tools/call":
            time.sleep(WAIT_S)
            page = _page(int((params.get("arguments") or {}).get("page_key", "0")))
            return {"result": {"content": [{"type": "text", "text": json.dumps(page)}]}}
    return {"error": {"code": -32601, "message": f"Method not found: {method}"}}


def _page(number: int) -> dict[str, Any]:
    sales = [_sale(number * PER_PAGE + place) for place in range(PER_PAGE)]
    more = {"next_page_key": str(number + 1)} if number + 1 < PAGES else {}
    return {"success": True, "sales": sales, **more}


def _sale(number: int) -> dict[str, Any]:
    return {
        "id": f"{NAME}-{number:03d}",
        "created_at": f"2026-11-{20 - number % 20:02d}T12:00:00Z",
        "product_name": "Icon set",
        "price": 2900 + number,
        "gumroad_fee": 320,
        "currency_symbol": "$",
        "email": f"buyer{number}@example.com",
        "refunded": False,
        "chargedback": False,
    }


if __name__ == "__main__":
    main()
