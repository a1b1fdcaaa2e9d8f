"""E-mail addresses in what platforms write: kept whole, or only their domain."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar

from revintel_mcp.booking.known import SourcePull
from revintel_mcp.domain.records import Reversal, Sale, Unbookable

_EMAIL: Final = re.compile(r"[^\s<>@]+@(?P<domain>[^\s<>@]+)")

Described = TypeVar("Described", Sale, Reversal, Unbookable)


def domain_of(name: str) -> str:
    """The domain, if an e-mail address is in the name of a client; else the name."""
    found = _EMAIL.search(name)
    return found["domain"] if found else name


def only_domains(text: str) -> str:
    """A description with every address in it cut down to its domain: platforms put the buyer's there."""
    return _EMAIL.sub(r"\g<domain>", text) if "@" in text else text


def with_descriptions(pulls: Sequence[SourcePull], change: Callable[[str], str]) -> list[SourcePull]:
    """The pulls with every description changed."""
    sale = partial(_sale, change)
    other = partial(_described, change)
    return [
        each._replace(
            pull=each.pull._replace(
                sales=tuple(map(sale, each.pull.sales)),
                reversals=tuple(map(other, each.pull.reversals)),
                unbookable=tuple(map(other, each.pull.unbookable)),
            ),
        )
        for each in pulls
    ]


def _sale(change: Callable[[str], str], sale: Sale) -> Sale:
    reversals = tuple(_described(change, reversal) for reversal in sale.reversals)
    return _described(change, sale if reversals == sale.reversals else sale._replace(reversals=reversals))


def _described(change: Callable[[str], str], record: Described) -> Described:
    text = change(record.description)
    return record if text is record.description else record._replace(description=text)
