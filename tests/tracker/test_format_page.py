"""The page on the file format is true: its example is read as it says, and its words are those of the code."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from revintel_mcp.domain.transaction import Channel
from revintel_mcp.tracker import log_rows
from revintel_mcp.tracker.check import check
from revintel_mcp.tracker.log_columns import TITLES, columns_of
from revintel_mcp.tracker.outline import SECTIONS, name_of
from revintel_mcp.tracker.small_tables import ATTENTION_COLUMNS, ATTENTION_EXTRAS, SOURCE_COLUMNS
from tests.tracker.trackers import TODAY, cents, read, state, write

PAGE = (Path(__file__).parents[2] / "docs" / "tracker-format.md").read_text(encoding="utf-8")
EXAMPLE = PAGE.split("<!-- example -->\n```markdown\n")[1].split("```\n<!-- end")[0].encode()


def test_the_example_is_a_tracker_in_order() -> None:
    """Its sums are those of its rows; what is noted is the record that waits and nothing else."""
    assert [problem.code for problem in check(EXAMPLE, today=TODAY)] == ["needs-attention"]
    known = read(EXAMPLE)
    assert cents(known) == {
        "2026-01 Gumroad": 2_900, "2026-01 Stripe": 115_000, "2026-01 Upwork": 32_000, "2026-02 Fiverr": 18_000,
    }  # fmt: skip
    assert [source.name for source in known.sources] == ["Stripe", "Gumroad", "Upwork"]
    assert len(known.prices) == len(known.attention) == 1
    assert [row.transaction.description for row in log_rows(EXAMPLE) if row.transaction][1] == "Retainer | January"
    assert [row.transaction.hours for row in log_rows(EXAMPLE) if row.transaction][2] == Decimal(8)


def test_a_refresh_that_learns_nothing_leaves_the_example_as_it_is() -> None:
    """But for Last updated and its own row of Sources."""
    assert write(EXAMPLE).data == EXAMPLE
    changed = write(EXAMPLE, sources=[state()], answered=True).data
    differing = [new for old, new in zip(EXAMPLE.splitlines(), changed.splitlines(), strict=True) if old != new]
    assert all(b"Last updated" in line or line.startswith(b"| Stripe |") for line in differing)


def test_every_section_column_and_channel_is_on_the_page() -> None:
    """By its name."""
    for word in (*(name.title() for name in SECTIONS), *Channel, *TITLES.values(), *SOURCE_COLUMNS):
        assert word in PAGE, word
    for word in (*ATTENTION_COLUMNS, *ATTENTION_EXTRAS):
        assert word in PAGE, word


def test_names_that_are_understood_as_well_are_understood() -> None:
    """Each pair of the sentence."""
    sentence = PAGE.split("these names are understood as well: ")[1].split("A column that")[0]
    pairs = re.findall(r"((?:\*\w+\*(?:, |,\n)?)+) ?\n?\((\w+)\)", sentence)
    assert len(pairs) == 6
    for names, meant in pairs:
        for name in re.findall(r"\*(\w+)\*", names):
            header = [name_of(name.encode()), *({"date", "amount"} - {meant.lower()})]
            columns = columns_of(header)
            assert columns is not None
            assert columns[meant.lower()] == 0, name


def test_the_message_on_the_page_is_the_message() -> None:
    """Reason and mend, word for word."""
    row = "| 2026-01-05 | Stripe | Brook & Co | Retainer | 1 200,50 | | one-time | completed | stripe_ch_8 |\n"
    (problem,) = read(EXAMPLE + row.encode()).problems
    (block,) = blocks_of("text")
    assert problem.message in block
    assert problem.mend in block


def blocks_of(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def words_of(rule: str) -> list[str]:
    """The words in quotes that a rule of the grammar allows, and those it names after "also"."""
    (grammar,) = blocks_of("ebnf")
    lines = re.search(rf"^{rule} +=.*\n(?: {{12}}.*\n)*", grammar, re.MULTILINE)
    assert lines is not None, rule
    also = lines[0].partition("also ")[2]
    return [*re.findall(r'"([^"]*)"', lines[0]), *re.findall(r"\w+", also)]


@pytest.mark.parametrize(("rule", "column"), [("status", 7), ("type", 6)])
def test_every_word_of_the_grammar_makes_a_row(rule: str, column: int) -> None:
    """Also those that it names as understood."""
    cells = ["2026-01-05", "Stripe", "Brook", "Retainer", "12.00", "", "one-time", "completed", "stripe_ch_8"]
    words = words_of(rule)
    assert len(words) >= 5
    for word in words:
        cells[column] = word
        assert read(EXAMPLE + f"| {' | '.join(cells)} |\n".encode()).problems == (), word


def test_the_opening_row_on_the_page_is_the_one_that_is_written() -> None:
    """For a hand-kept file with that figure."""
    hand_kept = b"## Monthly Summary\n\n| Month | Upwork |\n| --- | ---: |\n| Jan 2026 | 1,200.00 |\n"
    row = blocks_of("markdown")[1].strip()
    assert row.encode() in write(hand_kept).data
