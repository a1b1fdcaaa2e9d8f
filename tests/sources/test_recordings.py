"""What real servers said, played back without a process: the same rows as through the whole program."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from revintel_mcp.domain.records import Sale
from revintel_mcp.sources.contract import Call, RawResult, Tool
from revintel_mcp.sources.failure import FailureKind
from revintel_mcp.sources.pull import Pull
from tests.sources.asker import error_result, play, request

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
DAYS = request("2026-01-01", "2026-11-23")


def recorded(name: str, tools_from: str = "") -> tuple[list[Tool], Any]:
    """The tools of a recording, and a server that gives the recorded answer most like what is asked."""
    steps = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))["steps"]
    toolbox = json.loads((RECORDINGS / f"{tools_from or name}.json").read_text(encoding="utf-8"))["steps"]
    listed = next(step["response"]["result"]["tools"] for step in toolbox if step["tool"] == "tools/list")

    def server(call: Call) -> RawResult:
        same = [step for step in steps if step["tool"] == call.tool]
        if not same:
            return error_result(f"MCP error -32602: Tool {call.tool} not found")
        result = max(same, key=lambda step: _likeness(step, call.arguments))["response"]["result"]
        texts = tuple(block["text"] for block in result["content"])
        return RawResult(result.get("isError", False), texts, result.get("structuredContent"))

    return [Tool(one["name"], one["inputSchema"]) for one in listed], server


def _likeness(step: Mapping[str, Any], asked: Mapping[str, Any]) -> tuple[bool, int, int]:
    arguments = step["arguments"] or {}
    return (
        arguments == dict(asked),
        sum(asked.get(key) == value for key, value in arguments.items()),
        len(json.dumps(step)),
    )


def pulled(name: str, tools_from: str = "") -> Pull:
    tools, server = recorded(name, tools_from)
    return play(name.split("-", maxsplit=1)[0], tools, server, DAYS).pull


def amounts(pull: Pull) -> dict[str, str]:
    return {one.id: f"{one.amount.amount} {one.amount.currency}" for one in pull.sales}


def sale(pull: Pull, native: str) -> Sale:
    return next(one for one in pull.sales if one.id == native)


def test_a_third_party_ledger_gives_fees_and_every_charge_once() -> None:
    pull = pulled("stripe-ledger-success")
    assert (pull.profile, pull.fetched, pull.failure) == ("list_balance_transactions", 8, None)
    assert amounts(pull) == {
        "stripe_ch_R6PzFbsfm1J7AF": "49.00 USD",
        "stripe_ch_EVYQhuxVOjVfNL": "15.00 EUR",
        "stripe_ch_lhgKf6jXZEUuvd": "5000 JPY",
        "stripe_ch_5gzvcKWH4ghTmr": "120.00 USD",
        "stripe_ch_6xXbg1suriVayq": "0.99 USD",
        "stripe_ch_161Lqifl96of9P": "29.00 USD",
        "stripe_ch_XcPNtK1uWP8Kib": "290.00 EUR",
    }
    (item,) = sale(pull, "stripe_ch_5gzvcKWH4ghTmr").reversals
    assert (item.native_id, str(item.amount and item.amount.amount)) == ("re_HfKEW2ElET4DQd", "20.00")
    assert not pull.reversals


def test_the_npm_server_gives_charges_through_payment_intents() -> None:
    pull = pulled("stripe-npm-success")
    assert (pull.profile, pull.complete) == ("list_payment_intents", True)
    assert amounts(pull) == {
        "stripe_ch_5R6AKBMm4qD2EH": "49.00 USD",
        "stripe_ch_X96M81cnG6oGzA": "15.00 EUR",
        "stripe_ch_ygmiLvytJDgmWH": "5000 JPY",
        "stripe_ch_O1JfyE02vw5ujD": "120.00 USD",
        "stripe_ch_yQXtYiK6zZj0fI": "0.99 USD",
        "stripe_ch_wqDmBhUpLfsVPw": "29.00 USD",
        "stripe_ch_9M0pYA9R9HGh0v": "290.00 EUR",
    }
    plan = sale(pull, "stripe_ch_wqDmBhUpLfsVPw")
    assert (plan.transaction_type, plan.period, plan.client) == ("subscription", "month", "ada@example.com")
    assert "_secret_" not in repr(pull)


def test_gumroad_s_sales_come_with_their_refunds_and_disputes() -> None:
    pull = pulled("gumroad-success")
    assert amounts(pull)["gumroad_sale11-7Y-Q=="] == "6.70 USD"
    assert "gumroad_sale12-7Y-Q==" not in amounts(pull)
    partly = sale(pull, "gumroad_sale02-7Y-Q==").refunded_total
    assert str(partly and partly.amount) == "6.00"
    assert sale(pull, "gumroad_sale03-7Y-Q==").reversed_in_full == "dispute"


@pytest.mark.parametrize(
    ("name", "tools_from", "kind"),
    [
        ("stripe-npm-429", "", FailureKind.UNAVAILABLE),
        ("stripe-ledger-bad-key", "stripe-ledger-success", FailureKind.AUTH),
        ("gumroad-bad-token", "gumroad-success", FailureKind.AUTH),
    ],
)
def test_a_refusal_is_never_taken_for_nothing_sold(name: str, tools_from: str, kind: FailureKind) -> None:
    pull = pulled(name, tools_from)
    assert pull.failure is not None
    assert (pull.failure.kind, pull.complete, pull.sales) == (kind, False, ())
