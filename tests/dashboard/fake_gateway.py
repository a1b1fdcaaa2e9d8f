"""A gateway with canned answers, for pages without a server."""

from collections.abc import Callable, Mapping
from typing import Any

from dashboard.failures import GatewayError
from dashboard.gateway import READ_S, Step
from tests.dashboard import answers

Answer = dict[str, Any] | GatewayError | Callable[[Mapping[str, Any]], dict[str, Any]]


class FakeJob:
    """A job that ends when the test says so."""

    def __init__(self, answer: dict[str, Any] | GatewayError) -> None:
        self._answer = answer
        self.step = Step(1.0, 3.0, "Stripe: list_charges, page 1")
        self.done = False
        self.cancelled = False

    def cancel(self) -> None:
        """End it without a result."""
        self.cancelled = self.done = True

    def result(self) -> dict[str, Any] | None:
        """What it gave."""
        if self.cancelled:
            return None
        if isinstance(self._answer, GatewayError):
            raise self._answer
        return self._answer


class FakeGateway:
    """Answers by tool: a result, an error to raise, or a function of the arguments. `calls` is what was asked."""

    def __init__(self, **changes: Answer) -> None:
        self.answers: dict[str, Answer] = {**answers.of_all_tools(), **changes}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.jobs: list[FakeJob] = []
        self.closed = False

    def call(
        self, tool: str, arguments: Mapping[str, Any], *, timeout_s: float = READ_S, again: bool = True
    ) -> dict[str, Any]:
        """The canned answer."""
        del timeout_s, again
        self.calls.append((tool, dict(arguments)))
        answer = self.answers[tool]
        if isinstance(answer, GatewayError):
            raise answer
        return answer(arguments) if callable(answer) else answer

    def start(self, tool: str, arguments: Mapping[str, Any]) -> FakeJob:
        """The canned answer as a job."""
        self.calls.append((tool, dict(arguments)))
        answer = self.answers[tool]
        assert not callable(answer)
        self.jobs.append(FakeJob(answer))
        return self.jobs[-1]

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True

    def asked(self, tool: str) -> list[dict[str, Any]]:
        """The arguments of every call of a tool."""
        return [arguments for name, arguments in self.calls if name == tool]
