"""The diff of a dry run can be applied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.results.difference import difference


def applied(before: bytes, diff: str) -> bytes:
    """`before` with a diff applied by the rules of `diff -u`; every line it keeps or takes out must stand there."""
    made = b""
    left = [line + b"\n" for line in before.split(b"\n")[:-1]] + [line for line in before.split(b"\n")[-1:] if line]
    said = diff.encode().replace(b"\n\\ No newline at end of file\n", b"\0").replace(b"\n", b"\n\0").split(b"\0")
    place = 0
    for line in said[2:-1]:
        if line.startswith(b"@@"):
            start, _, count = line.split()[1][1:].partition(b",")
            first = int(start) - (count != b"0")
            made += b"".join(left[place:first])
            place = first
            continue
        if line[:1] != b"+":
            assert left[place] == line[1:]
            place += 1
        if line[:1] != b"-":
            made += line[1:]
    return made + b"".join(left[place:])


texts = st.lists(st.sampled_from(["a", "b", "", "\u2028c", "d\r", "- e", "\x0c"]), max_size=14).map("\n".join)


@given(texts, texts)
def test_it_makes_the_one_text_of_the_other(before: str, after: str) -> None:
    """Line ends and the lack of one at the end included."""
    diff = difference(before.encode(), after.encode(), "t.md")
    assert applied(before.encode(), diff) == after.encode()


def test_a_last_line_without_an_end_is_marked() -> None:
    assert difference(b"one\ntwo", b"one\ntwo\nthree\n", "t.md") == (
        "--- t.md (now)\n+++ t.md (after)\n@@ -1,2 +1,3 @@\n one\n-two\n\\ No newline at end of file\n+two\n+three\n"
    )


@pytest.mark.parametrize("odd", ["\u2028", "\x85", "\x0b", "\x0c", "\x1c", "\r"])
def test_only_a_line_feed_ends_a_line(odd: str) -> None:
    before, after = f"a{odd}b\nc\n", f"a{odd}b\nd\n"
    lines = difference(before.encode(), after.encode(), "t.md").split("\n")
    assert lines[3:] == [f" a{odd}b", "-c", "+d", ""]


def test_nothing_changed_is_no_diff() -> None:
    assert difference(b"a\r\nb", b"a\r\nb", "t.md") == ""
