"""A list is read to its end, or it is said that it was not; no server makes us ask forever, or count a row twice."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest

from revintel_mcp.sources.contract import Call, RawResult
from tests.sources.asker import Played, error_result, play, request, text_result, tool
from tests.sources.builders import charge, entry, sale

CHARGES = tool("list_charges", "limit", "starting_after")
SALES = tool("gumroad_get_sales", "after", "before", "page_key")


def charges_of(*pages: Any, tool_offered: Any = CHARGES) -> Played:
    """A pull of charges whose pages are served in turn, the last one for ever."""
    return play("stripe", [tool_offered], in_turn(*pages), request())


def in_turn(*pages: Any) -> Callable[[Call], RawResult]:
    left = list(pages)
    return lambda _call: text_result(left.pop(0) if len(left) > 1 else left[0])


def page(*natives: int, more: bool | None = None) -> dict[str, Any]:
    rows = [charge(f"ch_{native}", 100, day=f"2026-03-{30 - native:02d}") for native in natives]
    return {"data": rows} | ({} if more is None else {"has_more": more})


def ids(played: Played) -> list[str]:
    return [one.id for one in played.pull.sales]


def test_pages_are_turned_by_the_last_id_until_there_is_no_more() -> None:
    played = charges_of(page(1, 2, more=True), page(3, more=False))
    assert ids(played) == ["stripe_ch_1", "stripe_ch_2", "stripe_ch_3"]
    assert [call.arguments.get("starting_after") for call in played.calls] == [None, "ch_2"]
    assert played.pull.complete


@pytest.mark.parametrize(
    ("pages", "why"),
    [
        ([page(1, 2, more=True)], "the same page again"),
        ([page(1, 2, more=True), page(1, 2, more=True)], "the same page again"),
        ([page(1, 2, more=True), page(3, more=True), page(2, more=True)], "the same page again"),
        ([page(1, 2, more=True), page(more=True)], "says there is more, and gives nothing"),
        ([page(1, 2, more=True), {"object": "list"}], "stopped at page 2: bad answer"),
        ([page(1, 2, more=True), "Failed to list charges"], "stopped at page 2: unavailable"),
    ],
)
def test_a_list_that_does_not_end_properly_is_kept_and_called_incomplete(pages: Sequence[Any], why: str) -> None:
    played = charges_of(*pages)
    assert len(ids(played)) == len(set(ids(played))) >= 2
    assert not played.pull.complete
    assert played.pull.failure is None
    assert why in played.pull.why


def test_a_server_that_never_ends_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("revintel_mcp.sources.paging.MOST_PAGES", 20)
    count = iter(range(10**6))

    def endless(_call: Call) -> RawResult:
        return text_result({"data": [charge(f"ch_{next(count)}", 100)], "has_more": True})

    played = play("stripe", [CHARGES], endless, request())
    assert len(played.pull.sales) == len(played.calls) == 20
    assert "had not ended after 20 pages" in played.pull.why


def test_a_cursor_that_leads_back_is_not_followed_twice() -> None:
    rows = iter(range(100))

    def circle(call: Call) -> RawResult:
        following = {None: "a", "a": "b", "b": "a"}[call.arguments.get("page_key")]
        return text_result({"success": True, "sales": [sale(f"s{next(rows)}")], "next_page_key": following})

    played = play("gumroad", [SALES], circle, request())
    assert len(played.calls) == 3
    assert "the same next page twice" in played.pull.why


@pytest.mark.parametrize(
    ("offered", "rows", "complete"),
    [
        (tool("list_charges", limit={"maximum": 3}), 3, False),
        (tool("list_charges", limit={"maximum": 3}), 2, True),
        (tool("list_charges", "limit"), 99, True),
        (tool("list_charges", "limit"), 100, False),
        (tool("list_charges"), 10, False),
        (tool("list_charges"), 11, True),
        (tool("list_charges"), 0, True),
    ],
)
def test_a_full_page_that_says_nothing_of_more_may_not_be_the_last(offered: Any, rows: int, complete: bool) -> None:  # noqa: FBT001 - a table's column
    listed = [charge(f"ch_{number}", 100) for number in range(rows)]
    assert charges_of(listed, tool_offered=offered).pull.complete is complete


def test_a_full_page_that_says_it_is_the_last_is_the_last() -> None:
    listed = {"data": [charge(f"ch_{number}", 100) for number in range(100)], "has_more": False}
    assert charges_of(listed).pull.complete


def test_a_list_cut_short_newest_first_is_whole_from_the_day_after_its_oldest_row() -> None:
    only = tool("list_payment_intents", limit={"maximum": 3})
    rows = [
        {
            "id": f"pi_{day}",
            "status": "succeeded",
            "amount": 1,
            "currency": "usd",
            "created": charge("x", 1, day=day)["created"],
        }
        for day in ("2026-03-09", "2026-03-05", "2026-03-02")
    ]
    assert play("stripe", [only], in_turn(rows), request()).pull.complete_from == date(2026, 3, 3)
    oldest_first = play("stripe", [only], in_turn(rows[::-1]), request()).pull
    assert (oldest_first.complete, oldest_first.complete_from) == (False, None)
    of_one_day = play("stripe", [only], in_turn(rows[:1] * 3), request()).pull
    assert (of_one_day.complete_from, len(of_one_day.sales)) == (None, 1)


def test_a_list_that_takes_no_days_is_read_back_to_the_window_and_no_further() -> None:
    pages = [
        {"data": [charge("ch_1", 100, day="2026-03-30"), charge("ch_2", 100, day="2026-01-01")], "has_more": True},
        {"data": [charge("ch_3", 100, day="2025-12-30"), charge("ch_4", 100, day="2025-12-29")], "has_more": True},
        {"data": [charge("ch_5", 100, day="2025-12-01")], "has_more": True},
    ]
    played = charges_of(*pages)
    assert (len(played.calls), ids(played), played.pull.complete) == (2, ["stripe_ch_1", "stripe_ch_2"], True)


def test_a_failure_on_the_first_page_is_the_pull_s_failure() -> None:
    played = play("stripe", [CHARGES], lambda _call: error_result("429 Too many requests"), request())
    assert played.pull.failure is not None
    assert str(played.pull.failure).startswith("rate limit: ")
    assert not played.pull.complete


def test_a_call_refused_for_what_it_wishes_is_made_again_plainly() -> None:
    offered = tool("list_charges", "limit", expand={"type": "array"})
    wishes: list[Any] = []

    def strict(call: Call) -> RawResult:
        wishes.append(call.arguments.get("expand"))
        if call.arguments.get("expand"):
            return error_result("This property cannot be expanded (customer).")
        return text_result(page(1))

    played = play("stripe", [offered], strict, request())
    assert wishes[-1] is None
    assert len(wishes) == 3
    assert wishes[1] == ["data.balance_transaction"]
    assert played.pull.complete


def test_lists_that_explain_each_other_are_asked_for_side_by_side() -> None:
    offered = [
        tool(f"list_{name}", "limit", "starting_after") for name in ("balance_transactions", "charges", "refunds")
    ]

    def server(call: Call) -> RawResult:
        number = 2 if "starting_after" in call.arguments else 1
        rows = {"list_balance_transactions": entry, "list_charges": charge}.get(call.tool)
        prefix = "txn" if call.tool == "list_balance_transactions" else "ch"
        listed = [rows(f"{prefix}_{number}", 100, source=f"ch_{number}")] if rows else []
        return text_result({"data": listed, "has_more": bool(listed) and number == 1})

    played = play("stripe", offered, server, request())
    assert [len(calls) for calls in played.rounds] == [3, 2]
    assert played.pull.complete
    assert len(played.pull.sales) == 2
