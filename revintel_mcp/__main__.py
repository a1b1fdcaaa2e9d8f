"""`python -m revintel_mcp` is the `revintel-mcp` command."""

from revintel_mcp.cli import command

if __name__ == "__main__":
    command()
