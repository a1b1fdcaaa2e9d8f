"""Raw fields without what must never be shown: card data, secrets, key-like things.

Of a record that was booked they are kept for debugging; what an upstream was asked for directly is shown as it is.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from revintel_mcp.sources.fields import encodable
from revintel_mcp.sources.redaction import redact

_DEEPEST: Final = 5
_DEEPEST_SHOWN: Final = 100
_LONGEST_TEXT: Final = 500
_MOST_ITEMS: Final = 20

#: Names of cards, bank accounts and secrets, which are shown nowhere.
_NEVER: Final = (
    r"secret|password|passwd|api_?key|credential|authorization$|fingerprint|iban|_card$|account_number|last_?4|cvc|cvv"
    r"|^exp_|expiry|^bin$|^iin$|license_key"
)
#: Names whose values are never kept: those, links that open without a secret, where buyers live.
_FORBIDDEN: Final = re.compile(
    rf"{_NEVER}|token|private|^card|^bank|routing|mandate|wallet|payment_method_details|receipt_url|hosted_invoice_url"
    r"|invoice_pdf|transaction_url|^ip_|^shipping$|address|phone",
    re.IGNORECASE,
)

#: In an answer that somebody asked for only cards, bank accounts and what opens something without a key are hidden.
_HIDDEN: Final = re.compile(
    rf"{_NEVER}|private_?key|(?:access|refresh|auth|id)_?token|^token$|^card$|^bank_account|routing_number",
    re.IGNORECASE,
)
_NOT_SHOWN: Final = "…"


def showable(value: Any, depth: int = _DEEPEST_SHOWN) -> Any:
    """An upstream's answer, whole but for card data, secrets and key-like things: in their place stands `…`."""
    if isinstance(value, str):
        return redact(value)
    if not isinstance(value, (dict, list)):
        return value
    if depth <= 0:
        return _NOT_SHOWN
    if isinstance(value, list):
        return [showable(item, depth - 1) for item in value]
    return {redact(key): _NOT_SHOWN if _hides(key, item) else showable(item, depth - 1) for key, item in value.items()}


def _hides(key: str, value: Any) -> bool:
    """Whether something stands under a name that is never shown; a yes or no, and nothing at all, tell nothing."""
    return not isinstance(value, bool) and value not in (None, "", [], {}) and bool(_HIDDEN.search(key))


class SourceMetadata(Mapping[str, Any]):
    """The fields of a record that say something and may be shown; empty and null ones are left out.

    They are worked out when somebody looks, which for most records is never.
    """

    __slots__ = ("_kept", "_raw")

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw: Mapping[str, Any] = raw
        self._kept: dict[str, Any] | None = None

    def __getitem__(self, key: str) -> Any:
        return self._shown()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._shown())

    def __len__(self) -> int:
        return len(self._shown())

    def __repr__(self) -> str:
        return repr(self._shown())

    def _shown(self) -> dict[str, Any]:
        if self._kept is None:
            self._kept, self._raw = _kept(self._raw, _DEEPEST), {}
        return self._kept


def _kept(record: Mapping[str, Any], depth: int) -> dict[str, Any]:
    kept = {}
    for key, value in record.items():
        if value is None or value in ("", [], {}) or _FORBIDDEN.search(str(key)):
            continue
        shown = _shown(value, depth - 1)
        if shown is not None:
            kept[encodable(key)] = shown
    return kept


def _shown(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return redact(encodable(value[:_LONGEST_TEXT]))
    if isinstance(value, (bool, int, float)):
        return value
    if depth <= 0:
        return None
    if isinstance(value, Mapping):
        return _kept(value, depth)
    if isinstance(value, list):
        return [item for item in (_shown(item, depth) for item in value[:_MOST_ITEMS]) if item is not None]
    return None
