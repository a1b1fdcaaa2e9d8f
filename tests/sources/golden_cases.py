"""Golden pairs: what a server gave, and the rows it comes to, worked out by hand.

Each folder in `golden/` is a case: `given.json` (the server's tools and answers, and what is asked) and `expected.txt`.
`python -m pytest tests/sources/test_golden.py` checks them; `python -m tests.sources.golden_cases` writes every
`expected.txt` anew, to be read line by line before it is kept.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import Reversal, Sale, Unbookable
from revintel_mcp.domain.transaction import TransactionType
from revintel_mcp.sources.contract import RawResult, Tool
from revintel_mcp.sources.pull import Pull
from revintel_mcp.sources.registry import SOURCES
from tests.sources.asker import Played, Scripted, error_result, negotiated, play, request

GOLDEN = Path(__file__).with_name("golden")
GIVEN, EXPECTED = "given.json", "expected.txt"


def case_names() -> list[str]:
    """The cases, in order."""
    return sorted(folder.name for folder in GOLDEN.iterdir() if folder.is_dir())


def expected_text(name: str) -> str:
    """What is written down for a case."""
    return (GOLDEN / name / EXPECTED).read_text(encoding="utf-8")


def actual_text(name: str) -> str:
    """What a case comes to."""
    given = json.loads((GOLDEN / name / GIVEN).read_text(encoding="utf-8"))
    source, server = given["source"], given.get("server", given["source"])
    tools = [Tool(one["name"], one.get("inputSchema", {})) for one in given["tools"]]
    first, end = given.get("days", ["2026-01-01", "2026-04-01"])
    account = server.removeprefix(source).lstrip("-_")
    asked = request(first, end, zone=given.get("zone", "UTC"), account=account)
    played = play(source, tools, Scripted(list(_answers(given))), asked, name=server)
    assert server.startswith(tuple(SOURCES))
    lacks = negotiated(source, tools, server).lacks
    return "\n".join(rendered(played, lacks)) + "\n"


def _answers(given: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], RawResult]]:
    for one in given["answers"]:
        yield one["tool"], one.get("when", {}), _result(one)


def _result(one: Mapping[str, Any]) -> RawResult:
    if "error" in one:
        return error_result(one["error"])
    if "structured" in one:
        return RawResult(is_error=False, texts=(json.dumps(one["structured"]),), structured=one["structured"])
    if "blocks" in one:
        return RawResult(is_error=False, texts=tuple(json.dumps(block) for block in one["blocks"]))
    return RawResult(is_error=False, texts=(one["text"] if "text" in one else json.dumps(one["json"]),))


def rendered(played: Played, lacks: tuple[str, ...] = ()) -> Iterator[str]:
    """A pull as lines: what was asked, what was learned."""
    for number, calls in enumerate(played.rounds, 1):
        for call in calls:
            yield f"asked {number} {call.tool} {json.dumps(dict(call.arguments))}"
    pull = played.pull
    yield f"profile {pull.profile}" + (f", lacks {', '.join(lacks)}" if lacks else "")
    yield from _verdict(pull)
    for sale in pull.sales:
        yield from _sale(sale)
    yield from map(_reversal, pull.reversals)
    yield from map(_unbookable, pull.unbookable)


def _verdict(pull: Pull) -> Iterator[str]:
    yield f"{'complete' if pull.complete else 'incomplete'}, fetched {pull.fetched}"
    if pull.failure:
        yield f"failure {pull.failure}"
    elif pull.why:
        yield f"why {pull.why}"
    if pull.complete_from:
        yield f"complete from {pull.complete_from}"
    yield from (f"note {note}" for note in pull.notes)


def _money(money: Money | None) -> str:
    return "?" if money is None else f"{money.amount} {money.currency}"


def _sale(sale: Sale) -> Iterator[str]:
    extras = {
        "fee": sale.fee and _money(sale.fee),
        "type": sale.transaction_type is not TransactionType.ONE_TIME and sale.transaction_type.value,
        "period": sale.period,
        "hours": sale.hours,
        "same as": sale.same_as,
        "numbered": sale.numbered,
        "refunded": sale.refunded_total and sale.refunded_total.amount and _money(sale.refunded_total),
        "in full": sale.reversed_in_full,
        "unknown refund": sale.has_unknown_refund,
        "unknown dispute": sale.has_unknown_dispute,
    }
    said = "".join(f", {name} {value}" for name, value in extras.items() if value)
    yield f"sale {sale.id} {sale.date} {_money(sale.amount)}{said} | {sale.client} | {sale.description}"
    if sale.aliases:
        yield f"    or {' '.join(sale.aliases)}"
    yield from (f"    {_reversal(item)}" for item in sale.reversals)


def _reversal(item: Reversal) -> str:
    fee = f", fee {_money(item.fee)}" if item.fee else ""
    names = f"{item.sale_id or '?'} {item.native_id or '-'}"
    return f"{item.kind} {names} {item.date or '?'} {_money(item.amount)}{fee} | {item.client} | {item.description}"


def _unbookable(item: Unbookable) -> str:
    shown = f"{item.amount or '?'} {item.currency}".strip()
    return f"unbookable {item.id} {item.date or '?'} {shown} | {item.client} | {item.description} | {item.why}"


def main() -> None:
    """Write what every case comes to now."""
    for name in case_names():
        (GOLDEN / name / EXPECTED).write_text(actual_text(name), encoding="utf-8")


if __name__ == "__main__":
    main()
