"""What is written into a cell is read out of it again, and nothing in it can break the row."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from revintel_mcp.tracker.cells import escape, raw_cells, render_row, spans, unescape, with_cells
from tests.tracker.strategies import HOSTILE, hostile_text


@given(hostile_text)
@example("a\\|b")
@example("\\")
@example("  padded  ")
@example("&amp;#124;|")
@example("<img src=x onerror=alert(1)>")
def test_any_text_survives_escaping(text: str) -> None:
    """unescape(escape(x)) == x."""
    assert unescape(escape(text)) == text


@given(st.lists(hostile_text, min_size=1, max_size=6))
def test_any_texts_survive_as_a_row(texts: list[str]) -> None:
    """A row has as many cells as it was given, each saying what was put in."""
    row = render_row([escape(text) for text in texts])
    assert [unescape(raw.strip(b" ").decode()) for raw in raw_cells(row)] == texts


@given(hostile_text)
def test_escaped_text_stays_on_one_line_and_shows_what_it_is(text: str) -> None:
    """No control, bidirectional or zero width mark, no line end and no HTML reaches the file."""
    escaped = escape(text)
    assert not set(escaped) & set("\n\r\t\0\x1b\u202e\u2066\u200b\u200f\ufeff\u00ad\u0085\u2028<>")
    escaped.encode()


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("| a | b |", ["a", "b"]),
        ("a | b", ["a", "b"]),
        ("  | a | b |  ", ["a", "b"]),
        ("| a | b", ["a", "b"]),
        ("a | b |", ["a", "b"]),
        ("|a||b|", ["a", "", "b"]),
        ("| a \\| still a | b |", ["a \\| still a", "b"]),
        ("| a \\\\| still a |", ["a \\\\| still a"]),
        ("|", [""]),
        ("no pipe", ["no pipe"]),
    ],
)
def test_cells_are_what_a_viewer_would_show(row: str, cells: list[str]) -> None:
    """Outer pipes are optional; a pipe right after a backslash is text."""
    assert [raw.strip().decode() for raw in raw_cells(row.encode())] == cells
    assert len(spans(row.encode())) == len(cells)


@given(st.text(st.sampled_from("ab|\\ \t"), max_size=20))
def test_both_ways_to_split_a_row_agree(text: str) -> None:
    """The short way for plain rows gives the same cells as the places of `spans`."""
    row = text.encode()
    assert raw_cells(row) == [row[start:stop] for start, stop in spans(row)]


@given(st.lists(st.text(st.sampled_from("ab 1"), max_size=5), min_size=2, max_size=6), st.data())
def test_replacing_a_cell_touches_no_other_byte(texts: list[str], data: st.DataObject) -> None:
    """The row before and after the cell is the same, byte for byte."""
    row = b"|" + b"|".join(text.encode() for text in texts) + b"|"
    index = data.draw(st.integers(0, len(texts) - 1))
    start, stop = spans(row)[index]
    new = with_cells(row, {index: "new"})
    assert new.startswith(row[:start])
    assert new.endswith(row[stop:])
    assert raw_cells(new)[index].strip() == b"new"


def test_a_padded_table_stays_in_columns() -> None:
    """Where rows are padded to the header's widths, a new figure is padded too, on the side where the old one was."""
    header = b"| Month    |   Stripe |"
    row = b"| Jan 2026 |     5.00 |"
    assert with_cells(row, {1: "1,200.00"}, header) == b"| Jan 2026 | 1,200.00 |"


def test_a_short_row_is_filled_up() -> None:
    """A cell that the row lacks is reached through blank ones."""
    assert with_cells(b"| a |", {2: "c"}) == b"| a | | c |"
    assert with_cells(b"a | b", {3: "d"}) == b"a | b | | d |"


@pytest.mark.parametrize("text", ["", "# no heading", "- no list", "> no quotation"])
def test_the_first_cell_of_a_row_without_outer_pipes_can_be_anything(text: str) -> None:
    """The row gets its pipe: else it would lose a cell, or be something else than a row."""
    row = with_cells(b"Kim | b", {0: text})
    assert [raw.strip().decode() for raw in raw_cells(row)] == [text, "b"]
    assert row.startswith(b"|")


def test_hostile_characters_are_those_that_matter() -> None:
    """The strategy holds a pipe, a line end, a bidirectional mark, a tag and a lone surrogate."""
    assert {"|", "\n", "\u202e", "\U000e0041", "\ud800"} <= set(HOSTILE)
