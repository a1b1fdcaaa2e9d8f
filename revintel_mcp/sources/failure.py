"""A call that gave no answer, and of which kind that is."""

from dataclasses import dataclass
from enum import StrEnum


class FailureKind(StrEnum):
    """Why an upstream gave nothing. The Note of a failed source starts with this word."""

    AUTH = "auth"
    PERMISSION = "permission"
    RATE_LIMIT = "rate limit"
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    NO_USABLE_TOOL = "no usable tool"
    BAD_ANSWER = "bad answer"


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that gave no answer. `message` is a redacted sentence for the user; `retry_after_s` is in seconds."""

    kind: FailureKind
    message: str
    retry_after_s: float | None = None

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}"
