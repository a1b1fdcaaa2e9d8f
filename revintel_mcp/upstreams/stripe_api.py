"""Stripe's own lists, asked through its official Python SDK.

The API version is pinned: since 2025-03-31 a charge no longer names its invoice, nor a subscription its period, so that
nobody could tell which charges pay a subscription. Stripe serves old versions on request (Stripe API reference,
versioning).
"""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from revintel_mcp.upstreams.asking import REQUEST_TIMEOUT_S, base_url_from, key_from, patiently, without
from revintel_mcp.upstreams.errors import (
    AuthenticationError,
    BadAnswer,
    ConfigurationError,
    InvalidRequest,
    PeriodRefused,
    PermissionDenied,
    RateLimited,
    TimedOut,
    Unavailable,
    UpstreamError,
)
from revintel_mcp.upstreams.stripe_objects import reduced_page

if TYPE_CHECKING:
    import stripe

Json = dict[str, Any]

API_VERSION: Final = "2025-02-24.acacia"
API_BASE: Final = "https://api.stripe.com"
INSTALL: Final = "pip install 'revintel-mcp[stripe]'"
HOW_TO_CONNECT: Final = (
    "create a restricted key (rk_…) in the Stripe dashboard under Developers, API keys, with read rights for Charges "
    "and refunds, Balance, Balance transaction sources, Disputes, Subscriptions, Customers and Invoices"
)
#: The rights of a restricted key that each list needs, by the names in the dashboard.
RIGHTS: Final[Mapping[str, str]] = {
    "charges": "Charges and refunds",
    "refunds": "Charges and refunds",
    "balance_transactions": "Balance and Balance transaction sources",
    "disputes": "Disputes",
    "subscriptions": "Subscriptions",
}
_RIGHTS_TO_EXPAND: Final[Mapping[str, str]] = {
    "data.balance_transaction": "Balance transaction sources",
    "data.customer": "Customers",
    "data.invoice": "Invoices",
    "data.charge": "Charges and refunds",
    "data.source": "Charges and refunds and Disputes",
}


class StripeLists:
    """The lists of one Stripe account; key, account and base URL come from the environment when first asked."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def page(self, what: str, params: Mapping[str, Any]) -> Json:
        """A page of `what` (`charges`), reduced; failures are tried again while they may pass."""
        try:
            page = patiently(lambda: self._asked(what, params))
        except PeriodRefused:
            page = self._page_of_period(what, params)
        return reduced_page(what, page)

    def _page_of_period(self, what: str, params: Mapping[str, Any]) -> Json:
        """A page of the objects of a period, from a look-alike that can't pick them out itself, in whatever order.

        Stripe knows `created` for all these lists; stand-ins for tests, such as localstripe, do not.
        """
        asked = {name: value for name, value in params.items() if name != "created"}
        most, rows = int(params["limit"]), list[Any]()
        while True:
            page = patiently(lambda: self._asked(what, asked))
            rows += [row for row in page["data"] if _is_in_period(row, params["created"])]
            if len(rows) > most or not page["has_more"] or not page["data"]:
                return {"data": rows[:most], "has_more": len(rows) > most}
            asked["starting_after"] = page["data"][-1]["id"]

    def close(self) -> None:
        """Let go of this thread's connection, if there ever was one."""
        if "_http" in vars(self):
            self._http.close()  # type: ignore[no-untyped-call] # the SDK leaves it without annotations

    @cached_property
    def _key(self) -> str:
        key = key_from(self._environ, "STRIPE_SECRET_KEY", HOW_TO_CONNECT)
        if key.startswith("pk_"):
            raise AuthenticationError(
                f"STRIPE_SECRET_KEY holds a publishable key (pk_…), which may read nothing; {HOW_TO_CONNECT}"
            )
        return key

    @cached_property
    def _account(self) -> str | None:
        """The connected account to read, if any. A wrong one must not pass for none: that would be other money."""
        account = self._environ.get("STRIPE_ACCOUNT", "").strip()
        if account and not re.fullmatch(r"acct_\w+", account, re.ASCII):
            raise ConfigurationError(
                "STRIPE_ACCOUNT is no account's id; write acct_… of the connected account, or unset it"
            )
        return account or None

    @cached_property
    def _http(self) -> "stripe.RequestsClient":
        client: stripe.RequestsClient = _sdk().RequestsClient(timeout=REQUEST_TIMEOUT_S)
        return client

    @cached_property
    def _client(self) -> "stripe.StripeClient":
        key, base = self._key, base_url_from(self._environ, "STRIPE_API_BASE", API_BASE)
        sdk = _sdk()
        sdk.enable_telemetry = False
        client: stripe.StripeClient = sdk.StripeClient(
            key,
            stripe_account=self._account,
            stripe_version=API_VERSION,
            base_addresses={"api": base},
            max_network_retries=0,  # `patiently` does it, within one budget and for rate limits too
            http_client=self._http,
        )
        return client

    def _asked(self, what: str, params: Mapping[str, Any]) -> Json:
        client, sdk = self._client, _sdk()
        try:
            response = client.raw_request("get", f"/v1/{what}", **params)
        except sdk.StripeError as error:
            raise self._translated(error, what, params) from None
        page: Any = response.data
        if not isinstance(page, Mapping) or not isinstance(page.get("data"), list) or "has_more" not in page:
            raise BadAnswer(f"Stripe's answer for {what} is not a list of objects")
        return dict(page)

    def _translated(self, error: "stripe.StripeError", what: str, params: Mapping[str, Any]) -> UpstreamError:
        # Without an error object the SDK's message repeats the whole body, a web page perhaps.
        told = without(error.user_message or "", self._key) if error.error is not None else "it gave no reason"
        status = error.http_status
        if status == 401:
            return AuthenticationError(f"Stripe does not accept the key in STRIPE_SECRET_KEY: {told}")
        if status == 403:
            return PermissionDenied(_what_is_missing(what, params, told))
        if status is None:
            return _no_answer(error)
        return _failed(status, error, told, names_period="created" in params)


def _sdk() -> Any:
    """Stripe's SDK, imported at the first call so that the server starts without it.

    Raises:
        ConfigurationError: it is not installed.
    """
    try:
        import stripe  # noqa: PLC0415 - half a second that only a call should pay
    except ImportError:
        raise ConfigurationError(f"Stripe's Python SDK is not installed here; run: {INSTALL}") from None
    return stripe


def _no_answer(error: "stripe.StripeError") -> UpstreamError:
    cause = type(error.__cause__).__name__
    if "Timeout" in cause:
        return TimedOut("Stripe did not answer in time")
    if cause == "SSLError":
        return ConfigurationError("Stripe's certificate could not be verified; is something intercepting HTTPS?")
    return Unavailable("no connection to Stripe, or it broke")


def _failed(status: int, error: "stripe.StripeError", told: str, *, names_period: bool) -> UpstreamError:
    wait = _seconds(error.headers)
    if status == 429:
        return RateLimited("Stripe is asked too often (429)", retry_after_s=wait)
    if status == 409 or status >= 500:
        return Unavailable(f"Stripe answered with an error of its own ({status})", retry_after_s=wait)
    if status >= 400:
        refusal = PeriodRefused if status == 400 and names_period else InvalidRequest
        return refusal(f"Stripe refused the request ({status}): {told}")
    return BadAnswer(f"Stripe's answer can't be read (HTTP {status})")


def _is_in_period(row: Any, period: Mapping[str, int]) -> bool:
    """Whether a row was created in the period; one that does not say goes through, for its reader to judge."""
    created = row.get("created") if isinstance(row, Mapping) else None
    if not isinstance(created, int):
        return True
    return period.get("gte", created) <= created < period.get("lt", created + 1)


def _what_is_missing(what: str, params: Mapping[str, Any], told: str) -> str:
    expanded = [right for path, right in _RIGHTS_TO_EXPAND.items() if path in params.get("expand", ())]
    rights = ", ".join(dict.fromkeys([RIGHTS[what], *expanded]))
    return (
        f"the key lacks a permission for {what}: give the restricted key read rights for {rights} "
        f"(with a connected account, check STRIPE_ACCOUNT too). Stripe says: {told}"
    )


def _seconds(headers: Mapping[str, str] | None) -> float | None:
    text = next((value for name, value in (headers or {}).items() if name.lower() == "retry-after"), "")
    try:
        return float(text)
    except ValueError:
        return None  # a date, or none: our own backoff will do
