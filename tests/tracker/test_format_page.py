from datetime import date
from pathlib import Path

from revintel_mcp.tracker import scan
from revintel_mcp.tracker.check import check

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tracker-format.md"


def test_the_example_of_the_page_is_a_tracker_without_a_problem() -> None:
    """What the page shows is read as it says, and its figures add up."""
    example = PAGE.read_text(encoding="utf-8").partition("```markdown\n")[2].partition("```")[0].encode()
    assert check(example, today=date(2026, 2, 19)) == ()
    known = scan(example, today=date(2026, 2, 19))
    assert sum(cell.amount_cents for cell in known.totals.values()) == 145_000
    assert [price.currency for price in known.prices] == ["EUR"]
