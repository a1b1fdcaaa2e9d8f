"""The words between a source and whoever asks the upstream for it.

A source asks, it does not call. A pull is a generator: it yields the calls that can be made now, all at once if the
upstream allows, is sent their answers in the same order, and returns what it learned. Time limits, retries,
processes and protocol are the asker's business.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Protocol

from revintel_mcp.domain.periods import Window
from revintel_mcp.domain.transaction import Channel
from revintel_mcp.sources.failure import Failure
from revintel_mcp.sources.pull import Pull


@dataclass(frozen=True, slots=True)
class Payload:
    """The JSON value that a call gave, out of its envelope."""

    value: Any


Answer = Payload | Failure


@dataclass(frozen=True, slots=True)
class RawResult:
    """A tool result as it came over MCP, before the envelope is read: every text block, and structured content."""

    is_error: bool
    texts: tuple[str, ...]
    structured: Any = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that an upstream lists. `input_schema` is its live JSON Schema."""

    name: str
    input_schema: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A question to an upstream. `arguments` is always sent, if only as `{}`."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """What to pull: the days of `window` in the zone `timezone`; `now` is aware.

    `account` is `eu` for the server `stripe-eu`, empty for `stripe`.
    """

    window: Window
    timezone: tzinfo
    now: datetime
    account: str = ""


Pulling = Generator[tuple[Call, ...], tuple[Answer, ...], Pull]


class Profile(Protocol):
    """One way to get a source's records from the tools that a particular upstream has."""

    @property
    def name(self) -> str:
        """The upstream tool it is named after, as shown to the user (`list_balance_transactions`)."""

    @property
    def lacks(self) -> tuple[str, ...]:
        """What a better profile would add: `fees`, `dates`, `all pages`, `refunds`."""

    def pull(self, request: PullRequest) -> Pulling:
        """Ask for every record of the window and read the answers."""


class Source(Protocol):
    """A platform: which profiles it knows, best first."""

    @property
    def name(self) -> str:
        """`stripe`: the server name it is found by."""

    @property
    def channel(self) -> Channel:
        """The channel its records count in."""

    @property
    def lag_days(self) -> int:
        """Whole days that the platform's newest records may be late (Upwork 1)."""

    @property
    def lag_hours(self) -> int:
        """Hours that they may be late (Gumroad 1)."""

    def negotiate(self, tools: Sequence[Tool], server: str) -> Profile | Failure:
        """The best profile these tools allow; a failure that names the tools looked for, if none."""
