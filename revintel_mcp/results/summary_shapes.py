"""The shapes of the monthly summary; units as in `shapes`.

They stand apart because to make a class takes time, and the command that people run most needs only these.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from decimal import Decimal
from typing import Any, Literal

CoverageWord = Literal["exact", "floor", "unknown"]


def doc(description: str, default: Any = MISSING) -> Any:
    """A dataclass field whose description reaches the output schema."""
    metadata = {"description": description}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """One month by channel."""

    month: str = doc("Feb 2026")
    upwork: Decimal
    fiverr: Decimal
    gumroad: Decimal
    github_sponsors: Decimal
    cold_outreach: Decimal
    stripe: Decimal
    other: Decimal
    total: Decimal
    coverage: Mapping[str, CoverageWord] = doc("per column: exact, floor (at least this) or unknown")
    why: Mapping[str, str] = doc("per column that is not exact: what is missing", {})


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlySummaryResult:
    """Monthly income by channel, oldest month first."""

    rows: tuple[SummaryRow, ...]
    ytd_label: str = doc("the year ytd_total is for: 2026, or 2025/26 for a fiscal year")
    ytd_total: Decimal
    ytd_coverage: CoverageWord
    last_updated: str = doc("when a source last answered or a row last changed; empty before the first time")
    view: Literal["booked", "restated"] = doc("restated: reversals counted in their sale's month")
    basis: Literal["gross", "net"] = doc("net: gross less the fees that are known")
    currency: Literal["USD"] = "USD"
    today: str = doc("the day it is in the tracker's time zone, 2026-02-19: the current month is not over", "")
    waiting: int = doc("records in Needs Attention, which no figure counts until they are mended", 0)
    revision: str = doc("changes whenever the tracker file does; empty when there is none yet", "")
    notes: tuple[str, ...] = ()
