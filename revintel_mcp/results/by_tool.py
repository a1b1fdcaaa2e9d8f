"""Which tool gives which result: the schemas committed in `revintel_mcp/schemas/` are made from this."""

from collections.abc import Mapping
from typing import Final

from revintel_mcp.results import shapes
from revintel_mcp.results.row_shapes import EntryResult
from revintel_mcp.results.summary_shapes import MonthlySummaryResult

RESULT_BY_TOOL: Final[Mapping[str, type]] = {
    "refresh_revenue": shapes.RefreshReport,
    "get_monthly_summary": MonthlySummaryResult,
    "add_manual_entry": EntryResult,
    "update_entry": EntryResult,
    "void_entry": EntryResult,
    "list_transactions": shapes.TransactionList,
    "explain_total": shapes.Explanation,
    "get_insights": shapes.InsightsResult,
    "get_source_status": shapes.SourceStatusList,
    "query_source": shapes.QueryResult,
    "check_tracker": shapes.CheckResult,
}
