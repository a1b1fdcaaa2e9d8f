"""JSON objects to frozen dataclasses, by the types of their fields; amounts become exact decimals.

Fields that the page does not know are left aside, so that a newer server still works; a field that it needs and does
not find is a `StrangeAnswer`.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from dashboard.failures import StrangeAnswer

T = TypeVar("T")

_Reader = Callable[[Any], Any]


def decode(shape: type[T], value: Any) -> T:
    """`value` as a `shape`.

    Raises:
        StrangeAnswer: a field is missing or of another type.
    """
    if not isinstance(value, Mapping):
        raise StrangeAnswer(f"The server's answer is no {shape.__name__}: update server and dashboard together.")
    readers = _readers(cast("Any", shape))  # a class is hashable, whatever the stub of `cache` thinks
    try:
        return shape(**{name: read(value[name]) for name, read, needed in readers if needed or name in value})
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        lack = f"{type(error).__name__}: {error}"
        raise StrangeAnswer(
            f"The server's {shape.__name__} is not as expected ({lack}): update server and dashboard together."
        ) from None


@cache
def _readers(shape: type[Any]) -> tuple[tuple[str, _Reader, bool], ...]:
    hints = get_type_hints(shape)
    return tuple((field.name, _reader(hints[field.name]), _is_needed(field)) for field in fields(shape))


def _is_needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _reader(hint: Any) -> _Reader:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (_reader(argument) for argument in arguments if argument is not types.NoneType)
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        item = _reader(arguments[0])
        return lambda value: tuple(item(each) for each in _checked(list, value))
    if origin is not None:  # a mapping of texts
        return lambda value: dict(_checked(dict, value))
    if isinstance(hint, type) and is_dataclass(hint):
        return lambda value: decode(hint, value)
    return _PLAIN[hint]


def _checked(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r:.40} is no {kind.__name__}")
    return value


def _decimal(value: Any) -> Decimal:
    """The number as it was written: a JSON number's shortest text is what the server meant."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r:.40} is no number")
    return Decimal(repr(value))


_PLAIN: Final[Mapping[Any, _Reader]] = {
    str: lambda value: _checked(str, value),
    int: lambda value: _checked(int, value),
    bool: lambda value: _checked(bool, value),
    Decimal: _decimal,
}
