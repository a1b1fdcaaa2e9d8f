"""Asking the user through the client, in both eras of the protocol; whoever can't be asked is only warned."""

from collections.abc import Mapping
from typing import Any, Final

from fastmcp import Context
from fastmcp.exceptions import ToolError
from mcp import MCPError
from mcp.types import ElicitRequest, ElicitRequestFormParams, ElicitResult, InputRequiredResult
from mcp_types import INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

_KEY: Final = "confirm"
#: How a client answers that said it can ask, and can't.
_CAN_NOT: Final = (METHOD_NOT_FOUND, INVALID_PARAMS, INVALID_REQUEST)
#: What the user is asked for: the same form in both eras.
_FORM: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {"add_it": {"type": "boolean", "title": "Add it", "description": "no leaves the tracker as it was"}},
    "required": ["add_it"],
}


async def confirmed(ctx: Context, question: str) -> bool | InputRequiredResult:
    """Whether the user says yes; true where the client can't ask.

    A client of the modern era is answered with the question and calls the tool again with the reply, so nothing may be
    done before this returns true.
    """
    if not _can_ask(ctx):
        return True
    request = ctx.request_context
    if request is None or request.protocol_version not in MODERN_PROTOCOL_VERSIONS:
        return await _asked_at_once(ctx, question)
    if ctx.input_responses is None:
        form = ElicitRequestFormParams(message=question, requested_schema=dict(_FORM))
        ask = ElicitRequest(method="elicitation/create", params=form)
        return InputRequiredResult(result_type="input_required", input_requests={_KEY: ask})
    return _says_yes(ctx.input_responses.get(_KEY))


async def _asked_at_once(ctx: Context, question: str) -> bool:
    """The reply of a client of the handshake era, which is asked while it waits for the tool.

    Raises:
        ToolError: nobody knows what the user would have said.
    """
    try:
        return _says_yes(await ctx.session.elicit_form(question, dict(_FORM), related_request_id=ctx.request_id))
    except MCPError as error:
        if error.error.code in _CAN_NOT:
            return True
        raise ToolError("Not added: the user could not be asked whether to add it. Try again.") from None


def _says_yes(reply: object) -> bool:
    """Whether a form came back with a plain yes: the word true, and nothing else in it."""
    if not isinstance(reply, ElicitResult) or reply.action != "accept":
        return False
    answers = list((reply.content or {}).values())
    return bool(answers) and all(answer is True for answer in answers)


def _can_ask(ctx: Context) -> bool:
    """Whether the client can show a form; a client that names no kind of question means forms."""
    client = ctx.session.client_capabilities
    asks = None if client is None else client.elicitation
    return asks is not None and (asks.form is not None or asks.url is None)
