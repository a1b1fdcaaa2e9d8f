"""What an insight is, and what it is asked with."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from revintel_mcp.domain.periods import Month, Window
from revintel_mcp.summary.asked_period import AskedPeriod
from revintel_mcp.summary.coverage import Coverage, Coverages
from revintel_mcp.summary.insights.measures import Kind, Measure, Unit
from revintel_mcp.summary.listing import RowFilter

NOT_BEGUN: Final = "the period has not begun"
"""Why nothing can be compared, or said to stand, on a day to come: its rows are not there yet, which is not zero."""


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured: a stable `slug`, a label, and a sentence that defines it."""

    slug: str
    label: str
    kind: Kind
    unit: Unit
    definition: str


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a figure: a channel, a client (a name from outside), one of two months. US dollars, or hours."""

    label: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """A metric's figure for a period.

    `n` is how many rows, clients, subscriptions or months it rests on, as `counted` says. `measure` is None where the
    figure is not known; `not_known` then says why. `coverage` is that of the rows it is made of, and `matching` finds
    them in the log.
    """

    metric: Metric
    period: AskedPeriod
    n: int
    counted: str
    coverage: Coverage
    matching: RowFilter
    measure: Measure | None
    not_known: str = ""
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def value(self) -> Decimal | None:
        """The figure; None where it is not known. Of a range, the middle."""
        return None if self.measure is None else self.measure.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What insights are asked with.

    `monthly_goal` is US dollars, `tax_percent` the user's own share of net income to set aside; None where not set.
    """

    period: AskedPeriod
    today: date
    known: Coverages
    monthly_goal: Decimal | None = None
    tax_percent: Decimal | None = None

    @property
    def begun(self) -> bool:
        """Whether any day of the period has come."""
        return self.period.window.start <= self.today

    @property
    def as_of(self) -> date:
        """The period's last day, today at the latest: the day that stocks and comparisons are about.

        Of a period that has not begun, its first day.
        """
        return max(self.period.window.start, min(self.period.window.end - timedelta(days=1), self.today))

    @property
    def so_far(self) -> AskedPeriod:
        """The period up to `as_of`."""
        window = Window(self.period.window.start, self.as_of + timedelta(days=1))
        if window == self.period.window:
            return self.period
        return AskedPeriod(f"{self.period.label} to {self.as_of}", window)

    @property
    def last_full_month(self) -> Month:
        """The last month that is over by `as_of`."""
        month = Month.of(self.as_of)
        return month if month.last_day == self.as_of < self.today else month.previous
