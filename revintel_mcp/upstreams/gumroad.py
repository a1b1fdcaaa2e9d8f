"""`revintel-mcp upstream gumroad`: a Gumroad account's sales, products and payouts, read only.

Set `GUMROAD_ACCESS_TOKEN`; `GUMROAD_BASE_URL` to ask another address than Gumroad's own.
"""

import argparse
import sys

from revintel_mcp.upstreams.asking import process_environment
from revintel_mcp.upstreams.gumroad_api import HOW_TO_CONNECT, GumroadShop
from revintel_mcp.upstreams.gumroad_tools import INSTRUCTIONS, gumroad_tools
from revintel_mcp.upstreams.serving import serve


def main(argv: list[str]) -> int:
    """Serve over stdio until stdin closes; the exit code."""
    parser = argparse.ArgumentParser(
        prog="revintel-mcp upstream gumroad",
        description="Serve a Gumroad account over MCP (stdio), read only.",
        epilog=f"Environment: GUMROAD_ACCESS_TOKEN ({HOW_TO_CONNECT}), GUMROAD_BASE_URL.",
    )
    parser.parse_args(argv)
    return serve("gumroad", INSTRUCTIONS, gumroad_tools(GumroadShop(process_environment())))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
