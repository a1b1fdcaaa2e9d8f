"""The gateway that all sessions of the app share, and the environment that it is made from."""

import os
from collections.abc import Mapping

import streamlit as st

from dashboard.gateway import Gateway, McpGateway
from dashboard.memory import Memory
from dashboard.target import target_from
from dashboard.tools import Tools

_environ: Mapping[str, str] = os.environ
_ready: list[Gateway] = []
"""A gateway that is connecting already, for the first who opens one."""


def configure(environ: Mapping[str, str], gateway: Gateway) -> None:
    """Take the settings and the first gateway from here. Call it before the first page."""
    global _environ  # noqa: PLW0603 - Streamlit runs the page's script itself and hands it nothing
    _environ = environ
    _ready.append(gateway)


def _release(gateway: Gateway) -> None:
    gateway.close()


@st.cache_resource(on_release=_release, show_spinner=False)
def open_gateway() -> Gateway:
    """The gateway: made once, closed when Streamlit lets go of it or the process ends."""
    return _ready.pop() if _ready else McpGateway(target_from(_environ))


@st.cache_resource(show_spinner=False)
def memory() -> Memory:
    """The answers that all sessions share while the tracker stays as it is."""
    return Memory()


def tools() -> Tools:
    """The server's tools."""
    return Tools(open_gateway())


def close() -> None:
    """End the connection and the server that it started."""
    open_gateway.clear()
