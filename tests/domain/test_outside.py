"""A text from outside in a sentence of ours: in quotes, whole, and with nothing in it that can't be seen."""

import json

from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.domain.outside import quoted


@given(st.text())
def test_a_quoted_text_is_visible_and_can_be_read_back(text: str) -> None:
    shown = quoted(text)
    assert shown.isprintable()
    assert json.loads(shown) == text


def test_what_can_be_seen_stays_as_it_is() -> None:
    assert quoted('Zo\u00eb "Z" \u6771\u4eac\u202e') == '"Zo\u00eb \\"Z\\" \u6771\u4eac\\u202e"'
