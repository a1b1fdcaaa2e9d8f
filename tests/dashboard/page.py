"""Pages under AppTest: their sheets as words, and clicks on what is in them."""

import json
from collections.abc import Iterator
from typing import Any

from streamlit.testing.v1 import AppTest


def open_page(name: str, **query: str) -> AppTest:
    """A page, drawn once."""
    test = AppTest.from_function(_script, kwargs={"name": name}, default_timeout=30)
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


def follow(text: str) -> AppTest:
    """What a click on something that carries this action opens."""
    return AppTest.from_function(_following, kwargs={"text": text}, default_timeout=30).run()


def _following(text: str) -> None:
    from dashboard.actions import read_action
    from dashboard.connection import memory, tools
    from dashboard.shell import Shell

    Shell(tools(), {}, memory()).follow(read_action(text))


def _script(name: str) -> None:
    from dashboard.connection import memory, tools
    from dashboard.frame import draw
    from dashboard.shell import Shell

    draw(name, Shell(tools(), {}, memory()))


def sheets(test: AppTest) -> dict[str, Any]:
    """The trees on the page, by key."""
    return {str(element.key): json.loads(element.proto.json) for element in test.get("bidi_component")}


def words(test: AppTest) -> str:
    """All words of all sheets."""
    return " ".join(" ".join(_texts(node)) for tree in sheets(test).values() for node in tree)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
        return
    for child in node[2:]:
        yield from _texts(child)
