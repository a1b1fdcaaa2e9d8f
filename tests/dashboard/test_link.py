"""One wire after another, without a server: when the link connects, and what warming up asks."""

from collections.abc import Mapping
from typing import Any

import pytest

from dashboard.failures import Refused, ServerDown
from dashboard.link import Link
from dashboard.target import Target
from dashboard.wire import Progress


class _Wire:
    """Answers everything, refuses `refuse`, dies of `die`, or does not open."""

    def __init__(self, *, opens: bool = True) -> None:
        self.is_open = False
        self.ended = False
        self.asked: list[str] = []
        self._opens = opens

    async def open(self, timeout_s: float) -> None:
        assert timeout_s > 0
        if not self._opens:
            raise ConnectionResetError
        self.is_open = True

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, timeout_s: float | None, progress: Progress | None
    ) -> dict[str, Any]:
        del arguments, timeout_s, progress
        self.asked.append(tool)
        if tool == "refuse":
            raise Refused("no")
        if tool == "die":
            self.is_open = False
            raise ConnectionResetError
        return {"tool": tool}

    async def aclose(self) -> None:
        self.is_open, self.ended = False, True


def _link(monkeypatch: pytest.MonkeyPatch, *wires: _Wire) -> Link:
    link = Link(Target(command=("never",)))
    coming = iter(wires)
    monkeypatch.setattr(link, "_new_wire", lambda: next(coming))
    return link


async def test_warming_up_asks_in_order_over_the_wire_that_is_used_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = _Wire()
    link = _link(monkeypatch, wire)

    await link.warm([("summary", {}), ("status", {"probe": False})], timeout_s=5)
    await link.call("rows", {}, timeout_s=5, again=True)
    await link.aclose()

    assert wire.asked == ["summary", "status", "rows"]
    assert wire.ended


@pytest.mark.parametrize("trouble", ["refuse", "die"])
async def test_what_fails_while_warming_up_is_for_the_page_to_meet(
    monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    wires = [_Wire(), _Wire()]
    link = _link(monkeypatch, *wires)

    await link.warm([(trouble, {})], timeout_s=5)

    assert await link.call("rows", {}, timeout_s=5, again=True) == {"tool": "rows"}
    assert [wire.asked for wire in wires] == ([["die"], ["rows"]] if trouble == "die" else [["refuse", "rows"], []])
    await link.aclose()


async def test_a_server_that_does_not_start_is_tried_again_at_the_next_call(monkeypatch: pytest.MonkeyPatch) -> None:
    wires = [_Wire(opens=False), _Wire(opens=False), _Wire()]
    link = _link(monkeypatch, *wires)

    await link.warm([("summary", {})], timeout_s=5)
    with pytest.raises(ServerDown, match="could not be started"):
        await link.call("rows", {}, timeout_s=5, again=True)
    assert await link.call("rows", {}, timeout_s=5, again=True) == {"tool": "rows"}

    assert [wire.ended for wire in wires] == [True, True, False]
    await link.aclose()


async def test_a_read_is_sent_a_second_time_and_a_write_never(monkeypatch: pytest.MonkeyPatch) -> None:
    wires = [_Wire(), _Wire(), _Wire()]
    link = _link(monkeypatch, *wires)

    with pytest.raises(ServerDown) as read:
        await link.call("die", {}, timeout_s=5, again=True)
    with pytest.raises(ServerDown) as written:
        await link.call("die", {}, timeout_s=5, again=False)

    assert [wire.asked for wire in wires] == [["die"]] * 3
    assert (read.value.maybe_done, written.value.maybe_done) == (False, True)
    await link.aclose()
