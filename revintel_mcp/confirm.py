"""Asking the user through the client, in both eras of the protocol; whoever can't be asked is only warned."""

from fastmcp import Context
from mcp.types import (
    ClientCapabilities,
    ElicitationCapability,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequiredResult,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

_KEY = "confirm"
_FIELD = "add_it"


async def confirmed(ctx: Context, question: str) -> bool | InputRequiredResult:
    """Whether the user says yes; true where the client can't ask.

    A client of the modern era is answered with the question and calls the tool again with the reply, so nothing may be
    done before this returns true.
    """
    if not ctx.session.check_client_capability(ClientCapabilities(elicitation=ElicitationCapability())):
        return True
    request = ctx.request_context
    if request is None or request.protocol_version not in MODERN_PROTOCOL_VERSIONS:
        reply = await ctx.elicit(question, response_type=bool)
        return reply.action == "accept" and bool(getattr(reply, "data", False))
    if ctx.input_responses is None:
        schema = {"type": "object", "properties": {_FIELD: {"type": "boolean"}}, "required": [_FIELD]}
        form = ElicitRequestFormParams(message=question, requested_schema=schema)
        ask = ElicitRequest(method="elicitation/create", params=form)
        return InputRequiredResult(result_type="input_required", input_requests={_KEY: ask})
    answer = ctx.input_responses.get(_KEY)
    return isinstance(answer, ElicitResult) and answer.action == "accept" and bool((answer.content or {}).get(_FIELD))
