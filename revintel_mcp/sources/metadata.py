"""The raw fields of a record, for debugging, without what must never be shown: card data, secrets, key-like things."""

import re
from collections.abc import Mapping
from typing import Any, Final

from revintel_mcp.sources.fields import encodable
from revintel_mcp.sources.redaction import redact

_DEEPEST: Final = 5
_LONGEST_TEXT: Final = 500
_MOST_ITEMS: Final = 20

#: Names whose values are never kept: cards and bank accounts, secrets, links that open without one, where buyers live.
_FORBIDDEN = re.compile(
    r"secret|token|password|passwd|api_?key|private|credential|authorization$|fingerprint|iban|^card|_card$|^bank"
    r"|account_number|routing|last_?4|cvc|cvv|^exp_|expiry|^bin$|^iin$|mandate|wallet|license_key|payment_method_details"
    r"|receipt_url|hosted_invoice_url|invoice_pdf|transaction_url|^ip_|^shipping$|address|phone",
    re.IGNORECASE,
)


def source_metadata(record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `record` that say something and may be shown; empty and null ones are left out."""
    return _kept(record, _DEEPEST)


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
