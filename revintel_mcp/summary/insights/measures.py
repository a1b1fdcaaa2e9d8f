"""Figures that know how they add up: flows over days that follow each other, stocks and ratios not at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from functools import reduce
from operator import add

from revintel_mcp.domain.periods import Window


class MeasureError(ValueError):
    """Figures were put together that don't make a figure."""


class Kind(StrEnum):
    """How figures of a metric go together."""

    FLOW = "flow"
    """Over days; the flows of months that follow each other add up."""
    STOCK = "stock"
    """On a day; of several, the last is the one."""
    RATIO = "ratio"
    """Of two sums; several don't add up, their parts do."""


class Unit(StrEnum):
    """What a value counts."""

    USD = "USD"
    USD_PER_MONTH = "USD a month"
    USD_PER_YEAR = "USD a year"
    USD_PER_HOUR = "USD an hour"
    PERCENT = "percent"
    INDEX = "index"
    """Between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Flow:
    """US dollars that came (or went) within `window`."""

    value: Decimal
    window: Window

    def __add__(self, later: "Flow") -> "Flow":
        """The flow of both windows; the later one must start where this one ends."""
        if not isinstance(later, Flow):
            return NotImplemented
        if later.window.start != self.window.end:
            raise MeasureError(f"flows add up where days follow each other, not {self.window} and {later.window}")
        return Flow(self.value + later.value, Window(self.window.start, later.window.end))


@dataclass(frozen=True, slots=True)
class Stock:
    """What stood on `day`."""

    value: Decimal
    day: date


@dataclass(frozen=True, slots=True)
class Ratio:
    """One sum over another, which is positive, times `per` (100 makes it percent).

    `value` is rounded to `places`, halves to the even digit.
    """

    numerator: Decimal
    denominator: Decimal
    per: int = 100
    places: int = 2

    def __post_init__(self) -> None:
        if self.denominator <= 0:
            raise MeasureError(f"nothing can be said as a part of {self.denominator}")

    @property
    def value(self) -> Decimal:
        """The quotient; what rounds to nothing has no sign."""
        step = Decimal(1).scaleb(-self.places)
        found = (self.numerator * self.per / self.denominator).quantize(step, rounding=ROUND_HALF_EVEN)
        return found or abs(found)


@dataclass(frozen=True, slots=True)
class Range:
    """US dollars expected within `window`: as a rule not below `low` nor above `high`."""

    low: Decimal
    value: Decimal
    high: Decimal
    window: Window


Measure = Flow | Stock | Ratio | Range


def sum_of_flows(flows: Iterable[Flow]) -> Flow:
    """One flow of several, given in the order of time.

    Raises:
        MeasureError: there are none, or a day between them is missing or counted twice.
    """
    found = tuple(flows)
    if not found:
        raise MeasureError("there is no flow to sum")
    return reduce(add, found)


def latest(stocks: Iterable[Stock]) -> Stock:
    """The stock of the last day.

    Raises:
        MeasureError: there are none.
    """
    found = tuple(stocks)
    if not found:
        raise MeasureError("there is no stock to take")
    return max(found, key=lambda stock: stock.day)
