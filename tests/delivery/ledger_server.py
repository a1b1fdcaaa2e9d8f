"""A stdio Stripe server with a ledger made as it is asked for: python ledger_server.py ROWS.

It answers `list_balance_transactions` as Stripe does (Stripe API reference, pagination), newest first: `limit`,
`starting_after`, a created range, `has_more`. Charge n, counted from 0 for the oldest, is of 10.00 dollars and n cents,
with a fee of 59 cents. Standard library only.
"""

import json
import sys
from typing import Any

Json = dict[str, Any]

PAGE = 100
FIRST = 1767571200  # 5 January 2026, midnight UTC
STEP_S = 2400  # one charge every forty minutes: ten thousand of them last until October
TOOL: Json = {
    "name": "list_balance_transactions",
    "annotations": {"readOnlyHint": True},
    "inputSchema": {
        "type": "object",
        "properties": {
            "limit": {"type": "integer", "maximum": PAGE},
            "starting_after": {"type": "string"},
            "created_gte": {"type": "integer"},
            "created_lte": {"type": "integer"},
        },
    },
}


def main(rows: int) -> int:
    for line in sys.stdin:
        message: Json = json.loads(line)
        if "id" in message:
            body = answer(message["method"], message.get("params") or {}, rows)
            sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], **body}) + "\n")
            sys.stdout.flush()
    return 0


def answer(method: str, params: Json, rows: int) -> Json:
    match method:
        case "initialize":
            hello = {"capabilities": {"tools": {}}, "serverInfo": {"name": "ledger", "version": "1"}}
            return {"result": {"protocolVersion": "2025-06-18", **hello}}
        case "tools/list":
            return {"result": {"tools": [TOOL]}}
        case "tools/call" if params["name"] == TOOL["name"]:
            text = json.dumps(page(params.get("arguments") or {}, rows))
            return {"result": {"content": [{"type": "text", "text": text}]}}
        case unknown:
            return {"error": {"code": -32601, "message": f"Method not found: {unknown}"}}


def page(asked: Json, rows: int) -> Json:
    newest = number(asked["starting_after"]) - 1 if "starting_after" in asked else rows - 1
    wanted = [n for n in range(newest, -1, -1) if in_range(FIRST + n * STEP_S, asked)]
    limit = int(asked.get("limit", 10))
    data = [charge(n) for n in wanted[:limit]]
    return {"object": "list", "url": "/v1/balance_transactions", "has_more": len(wanted) > limit, "data": data}


def number(name: str) -> int:
    return int(name.removeprefix("txn_"))


def in_range(created: int, asked: Json) -> bool:
    return int(asked.get("created_gte", 0)) <= created <= int(asked.get("created_lte", created))


def charge(n: int) -> Json:
    amount = 1000 + n
    return {
        "object": "balance_transaction",
        "id": f"txn_{n:06}",
        "source": f"ch_{n:06}",
        "type": "charge",
        "reporting_category": "charge",
        "status": "available",
        "created": FIRST + n * STEP_S,
        "amount": amount,
        "fee": 59,
        "net": amount - 59,
        "currency": "usd",
        "description": f"Order {n}",
    }


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
