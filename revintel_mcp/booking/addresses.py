"""E-mail addresses in what platforms write: kept whole, or only their domain."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar

from revintel_mcp.booking.known import SourcePull
from revintel_mcp.domain.records import Reversal, Sale, Unbookable

_EMAIL: Final = re.compile(r"[^\s<>@]+@(?P<domain>[^\s<>@]+)")

Described = TypeVar("Described", Sale, Reversal, Unbookable)


def domain_of(name: str) -> str:
    """The domain, if an e-mail address is in the name of a client; else the name."""
    found = _EMAIL.search(name)
    return found["domain"] if found else name


def only_domains(pulls: Sequence[SourcePull]) -> list[SourcePull]:
    """The pulls with every address in a description cut down to its domain: platforms put the buyer's there."""
    return [
        replace(
            each,
            pull=replace(
                each.pull,
                sales=tuple(map(_sale, each.pull.sales)),
                reversals=tuple(map(_described, each.pull.reversals)),
                unbookable=tuple(map(_described, each.pull.unbookable)),
            ),
        )
        for each in pulls
    ]


def _sale(sale: Sale) -> Sale:
    reversals = tuple(map(_described, sale.reversals))
    return _described(sale if reversals == sale.reversals else replace(sale, reversals=reversals))


def _described(record: Described) -> Described:
    if "@" not in record.description:
        return record
    return replace(record, description=_EMAIL.sub(r"\g<domain>", record.description))
