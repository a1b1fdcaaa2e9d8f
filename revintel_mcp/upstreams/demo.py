"""`revintel-mcp upstream demo stripe|gumroad|upwork --now …`: a year of an invented freelancer, over real MCP.

The same tools, arguments and answers as the bundled upstreams, without key, network or clock: `--now` says which
moment of 2026 it is.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from revintel_mcp.upstreams import gumroad_tools, stripe_tools, upwork_tools
from revintel_mcp.upstreams.demo_gumroad import DemoShop
from revintel_mcp.upstreams.demo_stripe import DemoLists
from revintel_mcp.upstreams.demo_upwork import DemoDesk
from revintel_mcp.upstreams.serving import UpstreamTool, serve

PLATFORMS: Final[Mapping[str, tuple[str, Callable[[datetime], Sequence[UpstreamTool[Any]]]]]] = {
    "stripe": (stripe_tools.INSTRUCTIONS, lambda now: stripe_tools.stripe_tools(DemoLists(now))),
    "gumroad": (gumroad_tools.INSTRUCTIONS, lambda now: gumroad_tools.gumroad_tools(DemoShop(now))),
    "upwork": (upwork_tools.INSTRUCTIONS, lambda now: upwork_tools.upwork_tools(DemoDesk(now))),
}


def main(argv: list[str]) -> int:
    """Serve one platform of the demo over stdio until stdin closes; the exit code."""
    options = _parser().parse_args(argv)
    instructions, tools = PLATFORMS[options.platform]
    return serve(f"{options.platform}-demo", instructions, tools(options.now))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="revintel-mcp upstream demo", description="Serve an invented freelancer's year 2026 over MCP (stdio)."
    )
    parser.add_argument("platform", choices=sorted(PLATFORMS), help="which platform to play")
    parser.add_argument(
        "--now",
        type=_moment,
        required=True,
        metavar="ISO",
        help="which moment it is, ISO 8601 with offset (2026-11-20T09:00-05:00)",
    )
    return parser


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no offset; write 2026-11-20T09:00-05:00")
    return moment


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
