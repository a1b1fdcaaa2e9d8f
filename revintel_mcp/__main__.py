"""`python -m revintel_mcp` is the `revintel-mcp` command."""

import sys

from revintel_mcp.cli import main

if __name__ == "__main__":
    sys.exit(main())
