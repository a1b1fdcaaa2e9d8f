"""Results to plain JSON values: the same encoding for tools and commands."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from revintel_mcp.domain.money import AmountError, format_usd, json_number
from revintel_mcp.errors import FigureTooLarge


def to_json(value: Any) -> Any:
    """`value` as what `json.dumps` takes: shapes as objects, exact amounts as numbers, days as ISO text.

    Raises:
        FigureTooLarge: an amount is too large to be a number to the cent.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value)  # a StrEnum as its plain text
    names = _field_names(type(value))
    if names is not None:
        return {name: to_json(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    return _leaf_or_list(value)


def _field_names(shape: type) -> Iterable[str] | None:
    """The fields of a named tuple or a data class, by what both have: `dataclasses` is slow to import."""
    names: Iterable[str] | None = getattr(shape, "_fields", None)
    return getattr(shape, "__dataclass_fields__", None) if names is None else names


def _leaf_or_list(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, tuple | list | set | frozenset):
        return [to_json(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _number(amount: Decimal) -> int | float:
    try:
        return json_number(amount)
    except AmountError:
        raise FigureTooLarge(
            f"amounts of the tracker add up to {format_usd(amount)}, more than can be told exactly: one must be "
            "mistyped. `revintel-mcp list --sort -amount` shows the largest; correct it, or set its Status to excluded"
        ) from None
