"""What a page shows when there is no answer."""

from collections.abc import Sequence

from dashboard.drawing.parts import notice
from dashboard.failures import GatewayError, ServerDown, StrangeAnswer, TooSlow
from dashboard.markup import Element, h


def no_answer(error: GatewayError) -> Element:
    """Why there is no answer, the server's own last words, and what to do."""
    detail = error.detail if isinstance(error, ServerDown) else ""
    return notice(
        "bad",
        str(error),
        h("pre", detail, class_="code") if detail else None,
        h("p", _hint(error)),
    )


def _hint(error: GatewayError) -> Sequence[Element | str] | str:
    if isinstance(error, ServerDown) and error.elsewhere:
        return (
            "REVINTEL_MCP_URL names this address. Start the server there (type in a terminal: ",
            h("span", "revintel-mcp serve --http", class_="code nowrap"),
            "), then press Try again; or start the dashboard without that setting, and it starts a server of its own.",
        )
    if isinstance(error, ServerDown):
        return (
            "Your tracker is untouched. If a setting is wrong, mend it and start the dashboard again. ",
            "Otherwise type in a terminal: ",
            h("span", "revintel-mcp doctor", class_="code nowrap"),
            ". It tells what is wrong; then press Try again.",
        )
    if isinstance(error, TooSlow):
        return "It may still be at work. Wait a moment, then press Try again."
    if isinstance(error, StrangeAnswer):
        return "The dashboard and the server must come from the same release of revintel-mcp."
    return "Press Try again once it is mended; after a change of a setting, start the dashboard again."
