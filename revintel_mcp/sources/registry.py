"""The platforms we read, by the server name each is found by. Adding one is a line here and its folder."""

from collections.abc import Mapping
from typing import Final

from revintel_mcp.sources.contract import Source
from revintel_mcp.sources.gumroad.source import GumroadSource
from revintel_mcp.sources.stripe.source import StripeSource
from revintel_mcp.sources.upwork.source import UpworkSource

SOURCES: Final[Mapping[str, Source]] = {
    source.name: source for source in (StripeSource(), GumroadSource(), UpworkSource())
}
