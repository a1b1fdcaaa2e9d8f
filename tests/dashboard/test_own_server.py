"""The child process and its pipes, with a server of a few lines that does what servers should not."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dashboard import own_server
from dashboard.failures import Refused, ServerDown, StrangeAnswer
from dashboard.gateway import McpGateway
from dashboard.target import Target

#: A server on the standard library: `{}` stands for what it does with a call `ask`, and may use `say` and `result`.
_PROGRAM = """
import json, os, sys
def say(text): sys.stdout.write(text); sys.stdout.flush()
def result(content): say(json.dumps(dict(id=ask["id"], result=content)) + chr(10))
for line in sys.stdin:
    ask = json.loads(line)
    if ask["method"] == "initialize": result({})
    elif ask["method"] == "tools/call":
        name = ask["params"]["name"]
        #
"""


@contextmanager
def _gateway(doing: str) -> Iterator[McpGateway]:
    program = _PROGRAM.replace("#", doing)
    gateway = McpGateway(Target(command=(sys.executable, "-c", program), environ=dict(os.environ)))
    try:
        yield gateway
    finally:
        gateway.close()


def test_an_answer_of_megabytes_comes_through_whole() -> None:
    with _gateway("result(dict(structuredContent=dict(text='é' * 3_000_000)))") as gateway:
        assert gateway.call("big", {}) == {"text": "é" * 3_000_000}


def test_a_question_larger_than_a_pipe_holds_comes_through_whole() -> None:
    with _gateway("result(dict(structuredContent=ask['params']['arguments']))") as gateway:
        assert gateway.call("echo", {"text": "x" * 1_000_000}) == {"text": "x" * 1_000_000}


def test_stray_prints_do_no_harm() -> None:
    with _gateway("say('Hello' + chr(10) + chr(10)); result(dict(structuredContent={}))") as gateway:
        assert gateway.call("who", {}) == {}


def test_a_line_without_end_is_a_server_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_server, "_LONGEST_LINE", 1000)
    with _gateway("say('x' * 5000)") as gateway, pytest.raises(ServerDown, match="went away"):
        gateway.call("who", {}, again=False)


def test_the_last_words_of_a_server_that_dies_under_a_call_are_told() -> None:
    with _gateway("sys.exit('the tracker is on a disk that is full')") as gateway, pytest.raises(ServerDown) as caught:
        gateway.call("who", {})

    assert caught.value.detail == "the tracker is on a disk that is full"


@pytest.mark.parametrize(
    ("answer", "failure", "said"),
    [
        ("dict(isError=True, content=[dict(type='text', text='No such day.')])", Refused, "No such day."),
        ("dict(isError=True, content=[dict(type='image'), 7, dict(type='text')])", Refused, "did not say why"),
        ("dict(isError=True)", Refused, "did not say why"),
        ("dict(content=[dict(type='text', text='fine')])", StrangeAnswer, "no structured content"),
        ("dict(structuredContent=[1])", StrangeAnswer, "no structured content"),
    ],
)
def test_what_is_no_answer_is_told_as_what_it_is(answer: str, failure: type[Exception], said: str) -> None:
    with _gateway(f"result({answer})") as gateway, pytest.raises(failure, match=said):
        gateway.call("who", {})


@pytest.mark.parametrize(
    ("code", "failure"), [(-32601, StrangeAnswer), (-32602, StrangeAnswer), (-32603, ServerDown), (0, ServerDown)]
)
def test_an_error_of_the_protocol_is_no_crash(code: int, failure: type[Exception]) -> None:
    doing = f"say(json.dumps(dict(id=ask['id'], error=dict(code={code}, message='no'))) + chr(10))"
    with _gateway(doing) as gateway, pytest.raises(failure):
        gateway.call("who", {}, again=False)


@pytest.mark.slow
@pytest.mark.parametrize("deaf", ["pass", "signal.signal(signal.SIGTERM, signal.SIG_IGN)"])
def test_a_server_that_does_not_mind_its_input_s_end_is_made_to_end(deaf: str) -> None:
    forever = "result(dict(structuredContent=dict(pid=os.getpid()))); threading.Event().wait()"
    with _gateway(f"import signal, threading; {deaf}; {forever}") as gateway:
        pid = gateway.call("who", {})["pid"]

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
