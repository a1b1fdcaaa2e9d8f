import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.results.outside_text import LONGEST, capped, shown


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


def test_an_endless_sentence_keeps_its_head_and_what_to_do() -> None:
    told = capped(f"{'9' * 20_000!r} is no amount; write 1200.50")
    assert len(told) < 1_600
    assert told.startswith("'999")
    assert told.endswith("9' is no amount; write 1200.50")
    assert capped("short") == "short"
