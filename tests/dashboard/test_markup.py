"""Texts from outside stay texts: what may be built is on a list, here and in the browser."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dashboard
from dashboard.actions import KINDS, Action, act, explain, read_action
from dashboard.markup import ATTRIBUTES, TAGS, find, h, text_of, to_data

_SCRIPT = Path(str(dashboard.__file__)).with_name("sheet.js").read_text(encoding="utf-8")


def test_the_browser_has_the_same_lists() -> None:
    lists = re.findall(r"new Set\(\s*[`\"](.*?)[`\"]", _SCRIPT, re.DOTALL)

    assert [frozenset(words.split()) for words in lists] == [TAGS, ATTRIBUTES]


def test_nothing_on_the_lists_can_load_run_or_link() -> None:
    assert not TAGS & {"a", "script", "style", "iframe", "img", "svg", "link", "form", "input", "object", "template"}
    assert not any(name.startswith("on") or name in ("href", "src", "srcdoc") for name in ATTRIBUTES)


def test_the_browser_s_script_never_parses_html() -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|DOMParser", _SCRIPT)


def test_other_elements_and_attributes_are_refused() -> None:
    with pytest.raises(ValueError, match="script is no element"):
        h("script", "alert(1)")
    with pytest.raises(ValueError, match="onclick is no attribute"):
        h("p", onclick="alert(1)")
    with pytest.raises(ValueError, match="href is no attribute"):
        h("p", href="https://evil.example")


@given(st.text())
def test_any_text_arrives_as_it_is_in_one_piece(text: str) -> None:
    assert to_data(h("p", text, title=text)) == ["p", {"title": text}, text]


def test_children_may_be_nested_and_left_out() -> None:
    tree = h("ul", None, [h("li", "a"), [h("li", "b", class_="x")]], (h("li", str(n)) for n in range(2)))

    assert text_of(tree) == "a b 0 1"
    assert [text_of(found) for found in find(tree, tag="li", class_="x")] == ["b"]


@given(st.sampled_from(sorted(KINDS)), st.text(), st.dictionaries(st.text(min_size=1), st.text()))
def test_an_action_comes_back_as_it_was_sent(kind: str, about: str, words: dict[str, str]) -> None:
    # Words are names of arguments; the few that Python itself would take are not used.
    words = {name: value for name, value in words.items() if name not in ("kind", "about")}

    assert read_action(act(kind, about, **words)) == Action(kind, about, words)


@pytest.mark.parametrize("text", [None, "", "{", "[]", '["delete","x",{}]', '["row",1,{}]', '["row","x",[]]', "7"])
def test_what_we_did_not_write_is_no_action(text: Any) -> None:
    assert read_action(text) is None


def test_a_figure_s_explanation_names_its_period_and_channel() -> None:
    assert read_action(explain("2026-02")) == Action("explain", "2026-02", {})
    assert read_action(explain("ytd", "Other")) == Action("explain", "ytd", {"channel": "Other"})
