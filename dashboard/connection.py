"""The gateway that all sessions of the app share, and the environment that it is made from."""

import os
from collections.abc import Mapping

import streamlit as st

from dashboard.gateway import Gateway, McpGateway
from dashboard.memory import Memory
from dashboard.target import target_from
from dashboard.tools import Tools

_environ: Mapping[str, str] = os.environ


def configure(environ: Mapping[str, str]) -> None:
    """Take the settings from here instead of the process's own environment. Call it before the first page."""
    global _environ  # noqa: PLW0603 - said once, by whoever starts the process
    _environ = environ


def _release(gateway: Gateway) -> None:
    gateway.close()


@st.cache_resource(on_release=_release, show_spinner=False)
def open_gateway() -> Gateway:
    """The gateway: made once, closed when Streamlit lets go of it or the process ends."""
    return McpGateway(target_from(_environ))


@st.cache_resource(show_spinner=False)
def memory() -> Memory:
    """The answers that all sessions share while the tracker stays as it is."""
    return Memory()


def tools() -> Tools:
    """The server's tools."""
    return Tools(open_gateway())


def warm() -> None:
    """Begin to connect while the first page is still on its way to the browser."""
    gateway = open_gateway()
    if isinstance(gateway, McpGateway):
        gateway.warm()


def close() -> None:
    """End the connection and the server that it started."""
    open_gateway.clear()
