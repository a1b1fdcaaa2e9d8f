"""A tool's answer out of its envelope: one JSON value, or the failure that was dressed up as one.

Servers wrap the same rows in many ways: structured content, `{"result": …}`, one text block, one block per row, no
block at all for an empty list, a result inside a result. None of them agrees on how a failure looks, so what is not
clearly a value is a failure: an empty list comes only from an empty list.
"""

import json
from typing import Any, Final

from revintel_mcp.sources.contract import Answer, Payload, RawResult
from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.sources.failures import failure_from_text, failure_from_value, prose

#: Envelopes inside envelopes deeper than this are no answer to anything we ask.
_DEEPEST: Final = 6
_UNREADABLE: Final = object()


def read_result(source: str, raw: RawResult) -> Answer:
    """The JSON value that `raw` carries, or the failure it is; `source` (`stripe`) tells the platform's manners."""
    if raw.is_error:
        return _refusal(source, raw)
    if raw.structured is not None:
        return _unwrap(source, raw.structured)
    if not raw.texts:
        return Payload([])  # how several frameworks send an empty list: no block, no structure
    value = _value_of(raw.texts)
    if value is _UNREADABLE:
        return prose(source, "\n".join(raw.texts))
    return _unwrap(source, value)


def _refusal(source: str, raw: RawResult) -> Failure:
    """The failure of an answer that says itself that it is an error."""
    text = "\n".join(raw.texts)
    value = _value_of(raw.texts) if raw.texts else raw.structured
    return failure_from_value(source, value) if isinstance(value, (dict, list)) else failure_from_text(source, text)


def _value_of(texts: tuple[str, ...]) -> Any:
    """The JSON value of the text blocks: of the one, of all as rows, or of the pieces put together."""
    values = [_parse(text) for text in texts]
    if len(values) == 1:
        return values[0]
    if all(value is not _UNREADABLE for value in values):
        return values
    return _parse("".join(texts))


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # no JSON, a number of 5,000 digits, a thousand brackets
        return _UNREADABLE


def _unwrap(source: str, value: Any, depth: int = 0) -> Answer:
    """`value` without the wrappers around it, unless one of them tells of a failure."""
    if isinstance(value, str):
        return _from_string(source, value, depth)
    if value is None or isinstance(value, (bool, int, float)):
        return Failure(FailureKind.BAD_ANSWER, f"answered {json.dumps(value)} instead of records")
    if isinstance(value, list):
        return _from_list(source, value)
    if failure := _failure_in(source, value):
        return failure
    inner = _wrapped(value)
    if inner is _UNREADABLE or depth >= _DEEPEST:
        return Payload(value)
    return _unwrap(source, inner, depth + 1)


def _from_string(source: str, text: str, depth: int) -> Answer:
    """A string is JSON once more (a server that serialised twice), or words: and words are never records."""
    value = _parse(text)
    if isinstance(value, (dict, list)) and depth < _DEEPEST:
        return _unwrap(source, value, depth + 1)
    return prose(source, text)


def _from_list(source: str, rows: list[Any]) -> Answer:
    """A list of rows; a list of nothing but error objects is a failure."""
    if rows and all(_is_bare_error(row) for row in rows):
        return failure_from_value(source, rows)
    if rows and all(isinstance(row, str) for row in rows):
        return _from_string(source, "\n".join(rows), 0) if len(rows) == 1 else prose(source, "\n".join(rows))
    return Payload(rows)


def _is_bare_error(row: Any) -> bool:
    return isinstance(row, dict) and bool(row.get("error")) and "id" not in row


def _failure_in(source: str, value: dict[str, Any]) -> Failure | None:
    """The failure that an object states about itself. What its rows say about themselves is not looked at."""
    status = next((value[key] for key in ("status", "status_code", "statusCode") if key in value), None)
    refused = isinstance(status, int) and not isinstance(status, bool) and 400 <= status < 600
    told = value.get("error") or value.get("errors")
    unsuccessful = value.get("success") is False or value.get("ok") is False
    if told or refused or unsuccessful:
        return failure_from_value(source, value)
    return None


def _wrapped(value: dict[str, Any]) -> Any:
    """What a wrapper holds: the sole key `result`, or the content of a tool result inside a tool result."""
    if set(value) == {"result"}:
        return value["result"]
    content = value.get("content")
    if isinstance(content, list) and all(isinstance(block, dict) and "type" in block for block in content):
        if value.get("structuredContent") is not None:
            return value["structuredContent"]
        texts = tuple(block["text"] for block in content if isinstance(block.get("text"), str))
        if value.get("isError") is True:
            return {"error": " ".join(texts) or "the tool reported an error"}
        inner = _value_of(texts) if texts else []
        return "\n".join(texts) if inner is _UNREADABLE else inner
    return _UNREADABLE
