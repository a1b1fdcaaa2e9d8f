"""What a connection to a server does, whichever way it goes, and how the dashboard reads what comes over it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Protocol

from dashboard.failures import GatewayError, Refused, StrangeAnswer, TooSlow

#: Told of the server's progress: how much is done, of how much if that is known, and a sentence.
Progress = Callable[[float, float | None, str | None], None]

# JSON-RPC's and MCP's codes of errors that leave the connection as it is.
_TIMED_OUT: Final = -32001
_UNKNOWN: Final = (-32601, -32602)


class Wire(Protocol):
    """One connection, used once, on one event loop."""

    @property
    def is_open(self) -> bool:
        """Whether calls can still be sent, as far as is known."""

    async def open(self, timeout_s: float) -> None:
        """Connect and shake hands. Any error means that nobody answers there."""

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, timeout_s: float | None, progress: Progress | None
    ) -> dict[str, Any]:
        """The structured content of a tool's result.

        Raises:
            GatewayError: the server refuses, is late, or answers strangely; the connection stays as it is.
            Exception: anything else means that the connection died.
        """

    async def aclose(self) -> None:
        """End the connection, and the process if one was started for it."""


def late(tool: str) -> TooSlow:
    """No answer came in time."""
    return TooSlow(f"The server took too long to answer ({tool}).")


def meant(code: int, tool: str) -> GatewayError | None:
    """What an error of the protocol means to the user; None if the connection is of no more use."""
    if code == _TIMED_OUT:
        return late(tool)
    if code in _UNKNOWN:
        return StrangeAnswer(f"The server does not know {tool} as the dashboard calls it: update both together.")
    return None


def content(tool: str, structured: Any, *, refusal: Iterable[str] | None) -> dict[str, Any]:
    """The structured content of a result; `refusal` is the sentences of a result that is an error.

    Raises:
        Refused: it is an error.
        StrangeAnswer: there is no structured content.
    """
    if refusal is not None:
        raise Refused("\n".join(refusal) or f"The server refused {tool} and did not say why.")
    if not isinstance(structured, dict):
        raise StrangeAnswer(f"The server's answer to {tool} has no structured content: update server and dashboard.")
    return structured
