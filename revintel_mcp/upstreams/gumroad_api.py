"""A Gumroad account, asked through its API v2.

What failures look like is from Gumroad's published source: 401 and 403 have no body, 429 is plain text, a refusal is
JSON with a message, sometimes under HTTP 200.
"""

import threading
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from revintel_mcp.upstreams.asking import REQUEST_TIMEOUT_S, base_url_from, key_from, patiently, without
from revintel_mcp.upstreams.errors import (
    AuthenticationError,
    BadAnswer,
    InvalidRequest,
    PermissionDenied,
    RateLimited,
    TimedOut,
    Unavailable,
    UpstreamError,
)

if TYPE_CHECKING:
    import httpx2

Json = dict[str, Any]

API_BASE: Final = "https://api.gumroad.com"
HOW_TO_CONNECT: Final = (
    "create an application in Gumroad under Settings, Advanced, Applications, and generate an access token with the "
    "view_sales scope (and view_payouts for payouts)"
)
_SCOPES: Final[Mapping[str, str]] = {"sales": "view_sales", "products": "view_public", "payouts": "view_payouts"}


class GumroadShop:
    """One Gumroad account; token and base URL come from the environment when first asked."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._opening = threading.Lock()

    def listing(self, what: str, params: Mapping[str, str]) -> Json:
        """A page of `what` (`sales`, `products`, `payouts`), as Gumroad answers it."""
        answer = patiently(lambda: self._asked(f"/v2/{what}", params, _SCOPES[what]))
        if not isinstance(answer.get(what), list):
            raise BadAnswer(f"Gumroad's answer has no list of {what}")
        return answer

    def product(self, product_id: str) -> Json:
        """One product, as Gumroad answers it."""
        answer = patiently(lambda: self._asked(f"/v2/products/{quote(product_id, safe='')}", {}, _SCOPES["products"]))
        if not isinstance(answer.get("product"), Mapping):
            raise BadAnswer("Gumroad's answer has no product")
        return answer

    def close(self) -> None:
        """Let go of the connection, if there ever was one."""
        if "_client" in vars(self):
            self._client.close()

    @cached_property
    def _token(self) -> str:
        return key_from(self._environ, "GUMROAD_ACCESS_TOKEN", HOW_TO_CONNECT)

    @cached_property
    def _client(self) -> "httpx2.Client":
        import httpx2  # noqa: PLC0415 - a call needs it, not the start

        base = base_url_from(self._environ, "GUMROAD_BASE_URL", API_BASE)
        # The token travels in a header: an address with a token in it ends up in logs.
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        return httpx2.Client(base_url=base, headers=headers, timeout=REQUEST_TIMEOUT_S)

    def _asked(self, path: str, params: Mapping[str, str], scope: str) -> Json:
        import httpx2  # noqa: PLC0415 - a call needs it, not the start

        with self._opening:
            client = self._client
        try:
            response = client.get(path, params=dict(params))
        except httpx2.TimeoutException:
            raise TimedOut("Gumroad did not answer in time") from None
        except httpx2.HTTPError as error:
            raise Unavailable(f"no connection to Gumroad, or it broke ({type(error).__name__})") from None
        return self._read(response, scope)

    def _read(self, response: "httpx2.Response", scope: str) -> Json:
        if (failure := _refused(response, scope)) is not None:
            raise failure
        try:
            answer: Any = response.json()
        except ValueError:
            raise BadAnswer(f"Gumroad answered with no JSON (HTTP {response.status_code})") from None
        if not isinstance(answer, Mapping):
            raise BadAnswer("Gumroad answered with JSON that is no object")
        if response.status_code >= 400 or answer.get("success") is not True:
            told = without(str(answer.get("message") or answer.get("error") or "it gave no reason"), self._token)
            raise _refusal(response.status_code, told[:200])
        return dict(answer)


def _refused(response: "httpx2.Response", scope: str) -> UpstreamError | None:
    """The failure that the status alone tells; Gumroad's 401 and 403 have no body, its 429 is plain text."""
    status = response.status_code
    if status == 401:
        return AuthenticationError(f"Gumroad does not accept the token in GUMROAD_ACCESS_TOKEN (401); {HOW_TO_CONNECT}")
    if status == 403:
        return PermissionDenied(
            f"the token in GUMROAD_ACCESS_TOKEN lacks the {scope} scope (403); generate one that has it"
        )
    if status == 429 or response.text.startswith("Retry later"):
        return RateLimited("Gumroad is asked too often (429, Retry later)", retry_after_s=_seconds(response))
    if status >= 500:
        return Unavailable(f"Gumroad answered with an error of its own ({status})", retry_after_s=_seconds(response))
    if 300 <= status < 400:
        return Unavailable(f"Gumroad sends requests elsewhere ({status}); check GUMROAD_BASE_URL")
    return None


def _refusal(status: int, told: str) -> UpstreamError:
    if "timed out" in told:  # a large account and a wide period: Gumroad gives up after 15 s and says so
        return TimedOut(f"Gumroad took too long (HTTP {status}): {told}")
    return InvalidRequest(f"Gumroad refused the request (HTTP {status}): {told}")


def _seconds(response: "httpx2.Response") -> float | None:
    try:
        return float(response.headers.get("retry-after", ""))
    except ValueError:
        return None  # a date, or none: our own backoff will do
