"""`revintel-mcp upstream upwork [FOLDER]`: earnings from the transaction files that Upwork lets a freelancer download.

No key and no network: FOLDER, or `UPWORK_CSV_FOLDER`, holds the CSV files. Files may overlap; new ones are seen at the
next call.
"""

import argparse
import sys

from revintel_mcp.upstreams.asking import process_environment
from revintel_mcp.upstreams.serving import serve
from revintel_mcp.upstreams.upwork_folder import HOW_TO_DOWNLOAD, CsvDesk
from revintel_mcp.upstreams.upwork_tools import INSTRUCTIONS, upwork_tools


def main(argv: list[str]) -> int:
    """Serve over stdio until stdin closes; the exit code."""
    parser = argparse.ArgumentParser(
        prog="revintel-mcp upstream upwork",
        description="Serve Upwork earnings from downloaded transaction CSV files over MCP (stdio).",
        epilog=f"To get the files: {HOW_TO_DOWNLOAD}.",
    )
    parser.add_argument("folder", nargs="?", default="", help="the folder with the CSV files (or UPWORK_CSV_FOLDER)")
    folder = parser.parse_args(argv).folder
    return serve("upwork", INSTRUCTIONS, upwork_tools(CsvDesk(folder, process_environment())))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
