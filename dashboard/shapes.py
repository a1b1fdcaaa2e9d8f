"""What the server's tools answer, as far as the pages use it. Amounts are US dollars, days `2026-02-19`.

The server describes its results by JSON Schemas; a test holds these shapes against them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """One month (`Feb 2026`) by channel; coverage is exact, floor or unknown."""

    month: str
    upwork: Decimal
    fiverr: Decimal
    gumroad: Decimal
    github_sponsors: Decimal
    cold_outreach: Decimal
    stripe: Decimal
    other: Decimal
    total: Decimal
    coverage: Mapping[str, str]
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlySummary:
    """Income by month and channel, oldest month first."""

    rows: tuple[SummaryRow, ...]
    ytd_label: str
    ytd_total: Decimal
    ytd_coverage: str
    last_updated: str
    today: str
    waiting: int = 0
    revision: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What one source gave in one refresh."""

    source: str
    status: str
    fetched: int
    added: int
    reversals: int
    skipped: int
    needs_attention: int
    note: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthChange:
    """A month (`2026-02`) whose total a refresh changed."""

    month: str
    before: Decimal
    after: Decimal
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionItem:
    """A record that is not counted until a person mends it."""

    id: str
    date: str
    source: str
    client: str
    description: str
    amount: str
    currency: str
    why: str
    first_seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something to mend in the tracker; `place` is file:line:column."""

    code: str
    place: str
    message: str
    mend: str
    severity: str
    excerpt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshReport:
    """One run over the sources."""

    complete: bool
    dry_run: bool
    tracker: str
    since: str
    sources: tuple[SourceReport, ...]
    added: int
    reversals: int
    skipped: int
    months_changed: tuple[MonthChange, ...]
    needs_attention: tuple[AttentionItem, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    diff: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the log. Names and texts come from outside."""

    id: str
    date: str
    channel: str
    client: str
    description: str
    amount_usd: Decimal
    fee_usd: Decimal | None
    transaction_type: str
    status: str
    period: str = ""
    hours: Decimal | None = None
    via: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RowList:
    """One page of the rows that match; count and sums are over all pages, `sum_usd` over the rows that count."""

    rows: tuple[Row, ...]
    count: int
    sum_usd: Decimal
    page: int
    pages: int
    not_counted_usd: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A manual entry as it stands in the log now."""

    entry: Row | None
    created: bool
    month: str
    month_total: Decimal
    warnings: tuple[str, ...] = ()
    needs_attention: AttentionItem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedRow:
    """A row behind a figure, or left out of it, and why."""

    row: Row
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A figure taken back to its rows, oldest first, a page of them."""

    figure: str
    total: Decimal
    coverage: str
    why: str = ""
    rows: tuple[ExplainedRow, ...] = ()
    count: int = 0
    pages: int = 1
    known_fees: Decimal = Decimal(0)
    net: Decimal = Decimal(0)
    fees_missing: int = 0
    left_out: tuple[ExplainedRow, ...] = ()
    needs_attention: tuple[AttentionItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricPart:
    """One line of a metric's breakdown."""

    label: str
    value: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure with its definition; `value` None is not known. `listed_by` finds the rows it rests on."""

    slug: str
    label: str
    unit: str
    kind: str
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    period: str
    n: int
    counted: str = "rows"
    coverage: str
    definition: str
    why: str = ""
    parts: tuple[MetricPart, ...] = ()
    notes: tuple[str, ...] = ()
    listed_by: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Insights:
    """Metrics over one period."""

    period: str
    metrics: tuple[Metric, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How one source stands."""

    source: str
    configured: bool
    reachable: bool | None
    status: str
    profile: str = ""
    lacks: tuple[str, ...] = ()
    complete_from: str | None = None
    complete_to: str | None = None
    last_attempt: str = ""
    last_failure: str = ""
    origin: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceList:
    """Every source, configured or not."""

    sources: tuple[Source, ...]
    tracker: str
    last_updated: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Everything in the tracker that a person should mend."""

    ok: bool
    tracker: str
    problems: tuple[Problem, ...]
