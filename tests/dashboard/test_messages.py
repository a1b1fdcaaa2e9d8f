"""JSON-RPC by hand, against another side that is played line by line: what is sent, and what is made of the answers."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import pytest

from dashboard.messages import Messages, RpcError


class _OtherSide:
    """What the server says, line by line, and what it was told."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.messages = Messages(self._hear)

    def _hear(self, line: bytes) -> None:
        assert line.endswith(b"\n")
        assert line.count(b"\n") == 1
        self.sent.append(json.loads(line))

    def say(self, *lines: Any) -> None:
        for line in lines:
            self.messages.take((line if isinstance(line, str) else json.dumps(line)).encode() + b"\n")

    async def told(self, count: int) -> list[dict[str, Any]]:
        while len(self.sent) < count:  # noqa: ASYNC110 - one turn of the loop each, not a pause
            await asyncio.sleep(0)
        return self.sent

    def asking(self, **options: Any) -> "asyncio.Task[dict[str, Any]]":
        question: Coroutine[Any, Any, dict[str, Any]] = self.messages.ask(
            "tools/call", {"name": "who"}, **{"timeout_s": None, **options}
        )
        return asyncio.create_task(question)


async def test_the_handshake_names_the_protocol_and_is_confirmed() -> None:
    other = _OtherSide()
    opening = asyncio.create_task(other.messages.shake_hands(5))
    first = (await other.told(1))[0]
    other.say({"jsonrpc": "2.0", "id": first["id"], "result": {"protocolVersion": "2025-11-25"}})
    await opening

    assert first["method"] == "initialize"
    assert first["params"]["protocolVersion"] == "2025-11-25"
    assert other.sent[1] == {"jsonrpc": "2.0", "method": "notifications/initialized"}


async def test_each_question_gets_its_own_answer_in_any_order() -> None:
    other = _OtherSide()
    asked = [other.asking(), other.asking(), other.asking()]
    numbers = [message["id"] for message in await other.told(3)]
    assert len(set(numbers)) == 3

    other.say(*({"id": number, "result": {"number": number}} for number in reversed(numbers)))

    assert [(await each)["number"] for each in asked] == numbers


async def test_what_is_no_message_is_passed_over() -> None:
    other = _OtherSide()
    asked = other.asking()
    number = (await other.told(1))[0]["id"]
    other.say("Hello from a stray print", "", "[1, 2]", "null", {"id": [number]}, {"id": 999, "result": {}})
    other.say({"method": "notifications/message", "params": {"data": "log"}}, {"method": 3})
    other.say({"id": number, "result": {"ok": True}})

    assert await asked == {"ok": True}


async def test_letters_of_all_scripts_go_out_and_come_back() -> None:
    other = _OtherSide()
    asked = asyncio.create_task(other.messages.ask("tools/call", {"text": "Łódź ☕\n#1"}, timeout_s=None))
    sent = (await other.told(1))[0]
    other.say({"id": sent["id"], "result": sent["params"]})

    assert await asked == {"text": "Łódź ☕\n#1"}


async def test_an_error_keeps_its_code() -> None:
    other = _OtherSide()
    asked = other.asking()
    number = (await other.told(1))[0]["id"]
    other.say({"id": number, "error": {"code": -32602, "message": "no such tool"}})

    with pytest.raises(RpcError, match="no such tool") as caught:
        await asked
    assert caught.value.code == -32602


@pytest.mark.parametrize("odd", [{}, {"result": None}, {"result": [1]}, {"error": "no"}, {"error": {"code": "x"}}])
async def test_an_answer_that_is_none_is_an_error_not_a_wait_for_ever(odd: dict[str, Any]) -> None:
    other = _OtherSide()
    asked = other.asking()
    number = (await other.told(1))[0]["id"]
    other.say({"id": number, **odd})

    with pytest.raises(RpcError):
        await asked


async def test_progress_comes_before_the_answer_and_only_to_who_asked() -> None:
    steps: list[tuple[float, float | None, str | None]] = []

    def note(done: float, whole: float | None, message: str | None) -> None:
        steps.append((done, whole, message))

    other = _OtherSide()
    asked = other.asking(progress=note)
    sent = (await other.told(1))[0]
    token = sent["params"]["_meta"]["progressToken"]
    for told in (
        {"progressToken": token, "progress": 1, "total": 4, "message": "page 1"},
        {"progressToken": token, "progress": 2.5, "total": "four", "message": 7},
        {"progressToken": token, "progress": "far"},
        {"progressToken": "another", "progress": 9},
        {"progressToken": 999, "progress": 9},
    ):
        other.say({"method": "notifications/progress", "params": told})
    other.say({"id": sent["id"], "result": {}})
    await asked

    assert steps == [(1, 4, "page 1"), (2.5, None, None)]


async def test_a_question_given_up_is_cancelled_on_the_other_side() -> None:
    other = _OtherSide()
    asked = other.asking()
    number = (await other.told(1))[0]["id"]
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    other.say({"id": number, "result": {}})  # too late: nobody waits

    late = other.asking(timeout_s=0)
    with pytest.raises(TimeoutError):
        await late

    cancelled = [each["params"] for each in other.sent if each["method"] == "notifications/cancelled"]
    assert cancelled[0] == {"requestId": number}


async def test_a_handshake_is_never_cancelled_as_the_protocol_has_it() -> None:
    other = _OtherSide()
    with pytest.raises(TimeoutError):
        await other.messages.shake_hands(0)

    assert [each["method"] for each in other.sent if each["method"] != "initialize"] == []


async def test_a_ping_is_answered_and_nothing_else_is_offered() -> None:
    other = _OtherSide()
    other.say({"id": "a", "method": "ping"}, {"id": 7, "method": "sampling/createMessage", "params": {}})
    told = await other.told(2)

    assert told[0] == {"jsonrpc": "2.0", "id": "a", "result": {}}
    assert told[1]["id"] == 7
    assert told[1]["error"]["code"] == -32601


async def test_when_the_other_side_ends_whoever_waits_is_told() -> None:
    other = _OtherSide()
    asked = other.asking()
    await other.told(1)

    other.messages.end()

    with pytest.raises(ConnectionResetError):
        await asked
    assert not other.messages.is_open
    with pytest.raises(ConnectionResetError):
        await other.messages.ask("tools/call", {}, timeout_s=None)
