"""What booking is given: what each source saw in this run, and what the tracker already holds."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from revintel_mcp.booking.booking import AttentionRow, LoggedRow, Price
from revintel_mcp.domain.source_state import SourceState
from revintel_mcp.sources.pull import Pull


class SourcePull(NamedTuple):
    """One source's pull. `name` is its name in the Sources table (`Stripe-eu`), `source` the platform (`stripe`)."""

    name: str
    source: str
    pull: Pull


class Known(NamedTuple):
    """What the tracker holds, as its scan captured it.

    `rows` are the logged rows by ID: those that `wanted_ids` named, their numbered followers and every reversal; for an
    entry made by hand, every manual row too. `states` are the Sources table *before* this run. `alike` are rows of the
    amounts that `wanted_cents` named, made when they are asked for; they may be gone through once.
    """

    rows: Mapping[str, LoggedRow] = MappingProxyType({})
    attention: Sequence[AttentionRow] = ()
    prices: Sequence[Price] = ()
    states: Sequence[SourceState] = ()
    alike: Iterable[LoggedRow] = ()
