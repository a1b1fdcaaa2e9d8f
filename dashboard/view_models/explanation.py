"""A figure taken back to its rows."""

from dataclasses import dataclass

from dashboard import formats
from dashboard.shapes import AttentionItem, ExplainedRow, Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What the explanation of a figure shows. `more` says how many earlier rows are not among `rows`."""

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
    """What is left after the fees."""
    if not found.rows:
        return ""
    text = f"{formats.usd(found.net)} after {formats.usd(found.known_fees)} of known fees"
    silent = formats.count(found.fees_missing, "row does not say its fee", "rows do not say their fee")
    return f"{text}; {silent}" if found.fees_missing else text
