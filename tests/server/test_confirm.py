"""Whom we ask: a client that can show a form; whoever can't, by what it says of itself or answers, is only warned."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastmcp import Context
from fastmcp.exceptions import ToolError
from mcp import MCPError
from mcp.types import (
    ClientCapabilities,
    ElicitationCapability,
    ElicitRequest,
    FormElicitationCapability,
    UrlElicitationCapability,
)
from mcp_types import INTERNAL_ERROR, INVALID_PARAMS, METHOD_NOT_FOUND

from revintel_mcp.confirm import confirmed

FORM = ElicitationCapability(form=FormElicitationCapability())
URL_ONLY = ElicitationCapability(url=UrlElicitationCapability())


def context(can: ElicitationCapability | None, era: str, error: MCPError | None = None) -> Context:
    """A client of an era that says what it can, and answers a question with this error."""

    async def elicit(*_: object, **__: object) -> Any:
        if error is None:
            raise AssertionError("it was asked")
        raise error

    session = SimpleNamespace(client_capabilities=ClientCapabilities(elicitation=can), elicit_form=elicit)
    request = SimpleNamespace(protocol_version=era)
    return cast(
        "Context", SimpleNamespace(session=session, request_context=request, request_id="1", input_responses=None)
    )


@pytest.mark.parametrize("era", ["2025-11-25", "2026-07-28"])
@pytest.mark.parametrize("can", [None, URL_ONLY])
async def test_a_client_that_shows_no_forms_is_not_asked(can: ElicitationCapability | None, era: str) -> None:
    assert await confirmed(context(can, era), "Sure?") is True


@pytest.mark.parametrize("can", [FORM, ElicitationCapability()])
async def test_a_client_of_the_modern_era_is_answered_with_the_question(can: ElicitationCapability) -> None:
    asked = await confirmed(context(can, "2026-07-28"), "Sure?")
    assert not isinstance(asked, bool)
    assert asked.input_requests is not None
    (request,) = asked.input_requests.values()
    assert isinstance(request, ElicitRequest)
    assert request.params.message == "Sure?"


@pytest.mark.parametrize("code", [METHOD_NOT_FOUND, INVALID_PARAMS])
async def test_a_client_that_turns_out_not_to_ask_is_only_warned(code: int) -> None:
    error = MCPError(code=code, message="no forms here")
    assert await confirmed(context(FORM, "2025-11-25", error), "Sure?") is True


async def test_a_question_that_is_lost_is_no_yes() -> None:
    error = MCPError(code=INTERNAL_ERROR, message="Connection closed")
    with pytest.raises(ToolError, match="could not be asked"):
        await confirmed(context(FORM, "2025-11-25", error), "Sure?")
