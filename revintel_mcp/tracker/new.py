"""What a first run starts from."""

from datetime import datetime

from revintel_mcp.domain.periods import Month
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.tracker.cells import render_row
from revintel_mcp.tracker.edits import empty_table
from revintel_mcp.tracker.log_columns import NUMBERS, STANDARD, TITLES
from revintel_mcp.tracker.own_lines import NEVER, year_to_date_line
from revintel_mcp.tracker.small_edits import titled
from revintel_mcp.tracker.small_tables import ATTENTION_COLUMNS, SOURCE_COLUMNS
from revintel_mcp.tracker.summary_table import TITLES as SUMMARY_TITLES


def new_tracker(now: datetime) -> bytes:
    """An empty tracker; `now` is aware, in the tracker's zone. The current month has a line of zeros."""
    newline = b"\n"
    month = Month.of(now.date())
    summary = empty_table([(title, title != "Month") for title in SUMMARY_TITLES], newline)
    zeros = render_row([month.label, *["0.00"] * (len(Channel) + 1)])
    log = empty_table([(TITLES[key], key in NUMBERS) for key in STANDARD], newline)
    parts = (
        b"# Revenue Tracker",
        f"**Last updated**: {NEVER}".encode(),
        b"## Monthly Summary",
        summary + newline + zeros,
        year_to_date_line(str(month.year), 0).encode(),
        b"## Sources",
        empty_table(titled(SOURCE_COLUMNS), newline),
        b"## Needs Attention",
        empty_table(titled(ATTENTION_COLUMNS), newline),
        b"## Transaction Log",
        log,
    )
    return b"\n\n".join(parts) + newline
