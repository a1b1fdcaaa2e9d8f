"""localstripe on a free loopback port, which it prints first; in memory only, where it would keep a file in /tmp."""

import socket
import sys

from aiohttp import web
from localstripe.resources import Store  # type: ignore[import-untyped] # localstripe ships no types
from localstripe.server import app  # type: ignore[import-untyped] # localstripe ships no types


def main() -> int:
    Store.dump_to_disk = lambda _store: None
    listener = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    web.run_app(app, sock=listener, print=None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
