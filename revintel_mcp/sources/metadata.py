"""The raw fields of a record, for debugging, without what must never be shown: card data, secrets, key-like things."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from revintel_mcp.sources.fields import encodable
from revintel_mcp.sources.redaction import redact

_DEEPEST: Final = 5
_LONGEST_TEXT: Final = 500
_MOST_ITEMS: Final = 20

#: Names whose values are never kept: cards and bank accounts, secrets, links that open without one, where buyers live.
_FORBIDDEN: Final = re.compile(
    r"secret|token|password|passwd|api_?key|private|credential|authorization$|fingerprint|iban|^card|_card$|^bank"
    r"|account_number|routing|last_?4|cvc|cvv|^exp_|expiry|^bin$|^iin$|mandate|wallet|license_key|payment_method_details"
    r"|receipt_url|hosted_invoice_url|invoice_pdf|transaction_url|^ip_|^shipping$|address|phone",
    re.IGNORECASE,
)


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
