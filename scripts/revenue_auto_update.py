#!/usr/bin/env python3
"""Bring the revenue tracker up to date now: the same as `revintel-mcp refresh`, whose options it takes.

Exit 0 whatever the sources did; only a tracker that can't be read or written, a wrong option, or `--strict` says
otherwise. Warnings go to stderr. Any Python will do to start it: it goes on in the project's own environment.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """The exit code of the refresh."""
    environment = ROOT / ".venv"
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if Path(sys.prefix).resolve() != environment.resolve() and python.exists():
        os.execv(python, [str(python), __file__, *sys.argv[1:]])  # noqa: S606 - our own interpreter, no shell
    try:
        from revintel_mcp.cli import main as revintel  # noqa: PLC0415 - only the right interpreter has it
    except ModuleNotFoundError as missing:
        print(f"{missing}. Run `make install` in {ROOT} once, then this again.", file=sys.stderr)
        return 2
    return revintel(["refresh", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
