"""A figure taken back to its rows."""

from dataclasses import dataclass
from decimal import Decimal

from dashboard import formats
from dashboard.shapes import AttentionItem, ExplainedRow, Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What the explanation of a figure shows. `more` says how many rows are not among `rows`."""

    title: str
    value: str
    spoken: str
    coverage: str
    why: str
    rows: tuple[ExplainedRow, ...]
    more: int
    counted: str
    fees: str
    left_out: tuple[ExplainedRow, ...]
    waiting: tuple[AttentionItem, ...]


def explained(found: Explanation) -> Explained:
    """The explanation, newest row first."""
    return Explained(
        title=found.figure,
        value=formats.covered_usd(found.total, found.coverage),
        spoken=formats.spoken_usd(found.total, found.coverage),
        coverage=found.coverage,
        why=formats.days_in(found.why),
        rows=tuple(reversed(found.rows)),
        more=max(0, found.count - len(found.rows)),
        counted=formats.count(found.count, "row adds up to this", "rows add up to this"),
        fees=_fees(found),
        left_out=found.left_out,
        waiting=found.needs_attention,
    )


def _fees(found: Explanation) -> str:
    """What is left after the fees, where every row is at hand; empty where it is not."""
    if not found.rows or found.count > len(found.rows):
        return ""
    known = [each.row.fee_usd for each in found.rows if each.row.fee_usd is not None]
    fees = sum(known, Decimal(0))
    silent = len(found.rows) - len(known)
    text = f"{formats.usd(found.total - fees)} after {formats.usd(fees)} of known fees"
    return (
        f"{text}; {formats.count(silent, 'row does not say its fee', 'rows do not say their fee')}" if silent else text
    )
