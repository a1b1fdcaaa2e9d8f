"""The tracker: markdown text and transactions, back and forth. Every byte that is not ours survives. Pure.

Reading is here. Writing (`tracker.update`, `tracker.new`) and `tracker.check` are imported by their own names: who only
reads does not pay for them.
"""

from revintel_mcp.tracker.capture import Wanted
from revintel_mcp.tracker.every_row import log_rows
from revintel_mcp.tracker.scan import Scan, scan
from revintel_mcp.tracker.tally import Totals

__all__ = ["Scan", "Totals", "Wanted", "log_rows", "scan"]
