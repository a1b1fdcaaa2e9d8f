"""The shapes of the monthly summary; units as in `shapes`.

They are named tuples and stand apart for the reason given in `row_shapes`. Descriptions are for the output schema.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple

CoverageWord = Literal["exact", "floor", "unknown"]


class SummaryRow(NamedTuple):
    """One month by channel."""

    month: Annotated[str, "Feb 2026"]
    upwork: Decimal
    fiverr: Decimal
    gumroad: Decimal
    github_sponsors: Decimal
    cold_outreach: Decimal
    stripe: Decimal
    other: Decimal
    total: Decimal
    coverage: Annotated[Mapping[str, CoverageWord], "per column: exact, floor (at least this) or unknown"]
    why: Annotated[Mapping[str, str], "per column that is not exact: what is missing"] = MappingProxyType({})


class MonthlySummaryResult(NamedTuple):
    """Monthly income by channel, oldest month first."""

    rows: tuple[SummaryRow, ...]
    ytd_label: Annotated[str, "the year ytd_total is for: 2026, or 2025/26 for a fiscal year"]
    ytd_total: Decimal
    ytd_coverage: CoverageWord
    last_updated: Annotated[str, "when a source last answered or a row last changed; empty before the first time"]
    view: Annotated[Literal["booked", "restated"], "restated: reversals counted in their sale's month"]
    basis: Annotated[Literal["gross", "net"], "net: gross less the fees that are known"]
    currency: Literal["USD"] = "USD"
    today: Annotated[str, "the day it is in the tracker's time zone, 2026-02-19: the current month is not over"] = ""
    waiting: Annotated[int, "records in Needs Attention, which no figure counts until they are mended"] = 0
    revision: Annotated[str, "changes whenever the tracker file does; empty when there is none yet"] = ""
    notes: tuple[str, ...] = ()
