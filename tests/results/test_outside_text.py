import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.results.outside_text import LONGEST, shown


@given(st.text(max_size=2000))
def test_shown_text_is_one_short_line_without_control_or_direction_characters(text: str) -> None:
    result = shown(text)
    assert len(result) <= LONGEST
    assert not any(unicodedata.category(ch) in {"Cc", "Cf", "Zl", "Zp"} for ch in result)


@given(st.text(max_size=2000))
def test_showing_twice_changes_nothing(text: str) -> None:
    assert shown(shown(text)) == shown(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("a\u202eb", "ab"),
        ("two\nlines", "two lines"),
        ("Zoë & Søn + 東京", "Zoë & Søn + 東京"),
    ],
)
def test_letters_stay_and_tricks_go(text: str, expected: str) -> None:
    assert shown(text) == expected
