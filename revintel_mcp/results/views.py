"""Rows and findings as results show them: outside text capped and flattened."""

from revintel_mcp.booking.booking import AttentionRow
from revintel_mcp.domain.problems import Problem
from revintel_mcp.domain.transaction import Transaction
from revintel_mcp.results.outside_text import shown, shown_lines
from revintel_mcp.results.row_shapes import AttentionView, ProblemView, TransactionView


def transaction_view(transaction: Transaction, line: int = 0) -> TransactionView:
    """A log row for a result."""
    return TransactionView(
        id=shown(transaction.id),
        date=transaction.date.isoformat(),
        channel=transaction.channel.value,
        client=shown(transaction.client),
        description=shown(transaction.description),
        amount_usd=transaction.amount_usd,
        fee_usd=transaction.fee_usd,
        transaction_type=transaction.transaction_type.value,
        status=transaction.status.value,
        period=shown(transaction.period),
        hours=transaction.hours,
        via=shown(transaction.via),
        line=line,
    )


def attention_view(row: AttentionRow) -> AttentionView:
    """A row of Needs Attention for a result."""
    return AttentionView(
        id=shown(row.id),
        date=shown(row.date),
        source=shown(row.source),
        client=shown(row.client),
        description=shown(row.description),
        amount=shown(row.amount),
        currency=shown(row.currency),
        why=shown(row.why, 400),
        first_seen=shown(row.first_seen),
    )


def problem_view(problem: Problem) -> ProblemView:
    """A finding for a result."""
    return ProblemView(
        code=problem.code,
        place=problem.place,
        file=problem.file,
        line=problem.line,
        message=shown(problem.message, 400),
        mend=shown(problem.mend, 400),
        severity=problem.severity.value,
        excerpt=shown_lines(problem.excerpt, 120),
    )
