"""`revintel-mcp upstream stripe`: a Stripe account's charges, ledger, refunds, disputes and subscriptions, read only.

Set `STRIPE_SECRET_KEY` (a restricted key, `rk_…`, is enough and safer); `STRIPE_ACCOUNT` for a connected account;
`STRIPE_API_BASE` to ask another address than Stripe's own.
"""

import argparse
import sys
from collections.abc import Mapping

from revintel_mcp.upstreams.asking import process_environment
from revintel_mcp.upstreams.serving import serve
from revintel_mcp.upstreams.stripe_api import HOW_TO_CONNECT, StripeLists
from revintel_mcp.upstreams.stripe_tools import INSTRUCTIONS, stripe_tools


def main(argv: list[str]) -> int:
    """Serve over stdio until stdin closes; the exit code."""
    parser = argparse.ArgumentParser(
        prog="revintel-mcp upstream stripe",
        description="Serve a Stripe account over MCP (stdio), read only.",
        epilog=f"Environment: STRIPE_SECRET_KEY, STRIPE_ACCOUNT (optional), STRIPE_API_BASE. Key: {HOW_TO_CONNECT}.",
    )
    parser.parse_args(argv)
    environ = process_environment()
    return serve("stripe", instructions(environ), stripe_tools(StripeLists(environ)))


def instructions(environ: Mapping[str, str]) -> str:
    """What clients are told about the server; with a full secret key, also that a lesser one would do."""
    if environ.get("STRIPE_SECRET_KEY", "").startswith("sk_"):
        return f"{INSTRUCTIONS} STRIPE_SECRET_KEY is a full secret key; a restricted one is safer: {HOW_TO_CONNECT}."
    return INSTRUCTIONS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
