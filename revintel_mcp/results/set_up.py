"""What to do about a set-up that does not work yet: where each platform's key comes from, and the mend of a failure."""

from collections.abc import Mapping
from typing import Final

from revintel_mcp.sources.failure import FailureKind

#: Where the key of a platform comes from and which rights it needs, by source.
HOW_TO_CONNECT: Final[Mapping[str, str]] = {
    "stripe": (
        "in the Stripe dashboard open Developers, API keys, Create restricted key; give it Read on Charges and "
        "refunds, Balance, Balance transaction sources, Disputes, Subscriptions, Customers and Invoices"
    ),
    "gumroad": (
        "on Gumroad open Settings, Advanced, Applications; create an application (any name, redirect URI "
        "http://127.0.0.1) and generate an access token with the scope view_sales"
    ),
    "upwork": (
        "on Upwork open Reports, Transactions, choose the dates, Download CSV; put the files into a folder of their own"
    ),
}
#: The variable that the bundled server of a platform reads, and what to write into it.
VARIABLES: Final[Mapping[str, tuple[str, str]]] = {
    "stripe": ("STRIPE_SECRET_KEY", "rk_live_…"),
    "gumroad": ("GUMROAD_ACCESS_TOKEN", "…"),
    "upwork": ("UPWORK_CSV_FOLDER", "/the/folder"),
}
AGAIN: Final = "then type: revintel-mcp doctor"
_BUNDLED: Final = 'or the one that comes with this program: "command": "revintel-mcp", "args": ["upstream", "{source}"]'


def fix_for_unset(source: str, reason: str) -> str:
    """The mend of an entry whose `${VAR}` is unset; `reason` names the variable."""
    name, value = VARIABLES[source]
    if name in reason:
        return (
            f"{HOW_TO_CONNECT[source]}. Write {name}={value} into ~/.config/revintel-mcp/keys.env, have your shell "
            f"read that file (README, 'Connect your platforms'), {AGAIN}"
        )
    return f"set it where your shell starts, or leave it out of the entry, {AGAIN}"


def fix_for_start(source: str, kind: FailureKind, shown: str) -> str:
    """The mend of a server that did not start, or lists no tools; `shown` is how it is started or reached."""
    if kind is FailureKind.TIMEOUT:
        slow = "if it is only slow, as a first download is, type: REVINTEL_START_TIMEOUT=120 revintel-mcp doctor"
        return f"{slow}. If not, see what it does by itself: {shown}"
    if kind in (FailureKind.AUTH, FailureKind.PERMISSION):
        return _fix_for_key(source, kind)
    if kind is FailureKind.RATE_LIMIT:
        return f"wait a minute, {AGAIN}"
    return f'see that "command" and "args" (or "url") of its entry are right; by itself it says more: {shown}'


def fix_for_tools(source: str) -> str:
    """The mend of a server that has no tool which lists payments."""
    return f"use a server that has one of these tools, {_BUNDLED.format(source=source)}"


def fix_for_read(source: str, kind: FailureKind) -> str:
    """The mend of a server that started and gave no records."""
    if kind in (FailureKind.AUTH, FailureKind.PERMISSION):
        return _fix_for_key(source, kind)
    if kind is FailureKind.RATE_LIMIT:
        return f"wait a minute, {AGAIN}"
    if kind is FailureKind.TIMEOUT:
        return "if it is only slow, type: REVINTEL_CALL_TIMEOUT=180 revintel-mcp doctor"
    if source == "upwork":
        return f"{HOW_TO_CONNECT[source]}; mend what is named above, {AGAIN}"
    if kind is FailureKind.UNAVAILABLE:
        return f"do what it says; if it says no more, see that this machine is online, wait a minute, {AGAIN}"
    return f"do what it says; if it stays, use another server, {_BUNDLED.format(source=source)}"


def _fix_for_key(source: str, kind: FailureKind) -> str:
    if source == "upwork":
        return f"give the entry a valid key with read rights, {_BUNDLED.format(source=source)}, which needs none"
    name, value = VARIABLES[source]
    if kind is FailureKind.PERMISSION:
        return f"give the key the right that is named, or make a new one: {HOW_TO_CONNECT[source]}; {AGAIN}"
    return f"{HOW_TO_CONNECT[source]}. Give it to the entry, such as {name}={value}, {AGAIN}"
