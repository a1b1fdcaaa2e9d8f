"""The tracker: markdown text and transactions, back and forth. Every byte that is not ours survives. Pure."""

from revintel_mcp.tracker.check import check
from revintel_mcp.tracker.every_row import log_rows
from revintel_mcp.tracker.new import new_tracker
from revintel_mcp.tracker.scan import Scan, scan
from revintel_mcp.tracker.tally import Totals
from revintel_mcp.tracker.update import Update, update

__all__ = ["Scan", "Totals", "Update", "check", "log_rows", "new_tracker", "scan", "update"]
