"""How an upstream says that it has no answer: a type, a sentence for the user, whether asking again may help.

    UpstreamError              on the wire: {"error": {"type", "message", "retryable"[, "retry_after_s"]}}
    ├── ConfigurationError     key, folder or library missing: nothing was asked
    ├── AuthenticationError    the platform does not accept the key
    ├── PermissionDenied       the key lacks a right; the message names it
    ├── RateLimited            too many requests
    ├── TimedOut               no answer in time
    ├── Unavailable            no connection, or the platform's own fault
    ├── InvalidRequest         the platform, or we, refuse the arguments
    │   └── PeriodRefused      perhaps for the period they name
    └── BadAnswer              an answer that can't be read

No message ever holds a key.
"""

from typing import Any, ClassVar


class UpstreamError(Exception):
    """Base: `kind` is stable, `retryable` says whether the same call may succeed a little later."""

    kind: ClassVar[str] = "unavailable_error"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s

    def as_json(self) -> dict[str, Any]:
        """The error as the caller sees it."""
        error = {"type": self.kind, "message": str(self), "retryable": self.retryable}
        if self.retry_after_s is not None:
            error["retry_after_s"] = self.retry_after_s
        return {"error": error}


class ConfigurationError(UpstreamError):
    """Nothing could be asked; the message says what to set or install."""

    kind = "configuration_error"


class AuthenticationError(UpstreamError):
    """The key is wrong, revoked, or missing."""

    kind = "authentication_error"


class PermissionDenied(UpstreamError):
    """The key is right and may not do this."""

    kind = "permission_error"


class RateLimited(UpstreamError):
    """Too many requests, also after our own retries."""

    kind = "rate_limit_error"
    retryable = True


class TimedOut(UpstreamError):
    """The platform did not answer in time, also after our own retries."""

    kind = "timeout_error"
    retryable = True


class Unavailable(UpstreamError):
    """No connection, or an error of the platform's own."""

    kind = "unavailable_error"
    retryable = True


class InvalidRequest(UpstreamError):
    """The arguments name something that can't be asked."""

    kind = "invalid_request_error"


class PeriodRefused(InvalidRequest):
    """The platform refuses a request that names a period; perhaps it would answer without one."""


class BadAnswer(UpstreamError):
    """The platform, or a file, gave something that can't be read exactly."""

    kind = "bad_answer_error"
