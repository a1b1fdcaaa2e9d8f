"""Starting the dashboard: `revintel-mcp dashboard` calls `main`."""

import errno
import socket
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from dashboard.first import FIRST_QUESTIONS
from dashboard.gateway import McpGateway
from dashboard.target import target_from
from dashboard.theme import streamlit_options

_HOST: Final = "127.0.0.1"
_LAST_PORT: Final = 65535
_INSTALL: Final = "In a clone, type: make install. Where pip installed it, type: pip install 'revintel-mcp[dashboard]'"


def main(port: int, *, open_browser: bool, environ: Mapping[str, str]) -> int:
    """Serve the dashboard on this machine until it is stopped.

    Args:
        port: where; 0 takes any free one.
        open_browser: whether to show it in the browser at once.
        environ: the environment with the settings, for the server that it starts or reaches.

    Returns:
        The exit code: 0 after a normal end, 2 if it can't be started.
    """
    if find_spec("streamlit") is None:
        _say(f"The dashboard needs Streamlit, which is not installed. {_INSTALL}")
        return 2
    port = _free_port(port)
    if not port:
        return 2
    with suppress(KeyboardInterrupt):  # Ctrl-C is how it is meant to be stopped; all has been shut down by then
        _serve(port, environ, _gateway(environ), open_browser=open_browser)
    return 0


def _gateway(environ: Mapping[str, str]) -> McpGateway:
    """The gateway, already connecting: the server starts, and sees to its first answers, while Streamlit loads."""
    gateway = McpGateway(target_from(environ))
    gateway.warm(FIRST_QUESTIONS)
    return gateway


def _free_port(port: int) -> int:
    """The port, or a free one for 0; 0 if it can't be used, which is said."""
    if not 0 <= port <= _LAST_PORT:
        _say(f"{port} is no port; write a number from 1 to {_LAST_PORT}, such as: revintel-mcp dashboard --port 8501")
        return 0
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            hint = (
                f"is taken; name another one: revintel-mcp dashboard --port {port + (1 if port < _LAST_PORT else -1)}"
                if taken
                else f"can't be used ({error.strerror}); name another one with --port"
            )
            _say(f"Port {port} {hint}")
            return 0
        found: int = probe.getsockname()[1]
        return found


def _serve(port: int, environ: Mapping[str, str], gateway: McpGateway, *, open_browser: bool) -> None:
    from starlette.middleware import Middleware  # noqa: PLC0415 - comes with Streamlit, which may not be installed
    from starlette.middleware.trustedhost import TrustedHostMiddleware  # noqa: PLC0415 - comes with Streamlit
    from streamlit import App  # noqa: PLC0415 - takes half a second; its absence is told first

    from dashboard import connection  # noqa: PLC0415 - imports Streamlit, which a refusal must not wait for

    connection.configure(environ, gateway)
    address = f"http://{_HOST}:{port}"

    @asynccontextmanager
    async def lifespan(_app: Any) -> AsyncIterator[None]:
        connection.open_gateway()  # so that what lets go of it at the end knows it
        _say(f"Dashboard: {address} (Ctrl-C stops it)")
        if open_browser and _has_screen(environ):
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        try:
            yield
        finally:
            connection.close()

    app = App(
        Path(__file__).with_name("app.py"),
        lifespan=lifespan,
        # A page of another site must not reach the figures by giving its own name our address.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=[_HOST, "localhost"])],
    )
    app.run(config=_options(port))


def _has_screen(environ: Mapping[str, str]) -> bool:
    """Whether a browser with windows can open; on a terminal alone, Python would start one that takes it over."""
    return not sys.platform.startswith("linux") or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - talk goes to stderr


def _options(port: int) -> dict[str, object]:
    return {
        "server.port": port,
        "server.address": _HOST,
        "server.headless": True,  # it neither asks for an e-mail address nor opens a browser; `_serve` does that
        "logger.hideWelcomeMessage": True,
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "viewer",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "runner.magicEnabled": False,
        **streamlit_options(),
    }
