"""How far figures can be trusted: what stands beside them, and what several of them are together."""

from collections.abc import Iterable
from typing import Final

_RANK: Final = {"exact": 0, "floor": 1, "unknown": 2}

#: What the marks mean, for legends and screen readers.
MEANING: Final = {
    "exact": "exact: everything was read",
    "floor": "at least this: something is missing",
    "unsure": "not known for sure: it may be more or less",
    "unknown": "not known: nothing was read",
}

#: Where both are there, which have one mark.
NOT_SURE_OR_NOT_READ: Final = "not known for sure: it may be more or less, or nothing was read"

#: The same for figures that are computed from others: such a one is there, and may be wrong either way.
JUDGED: Final = {**MEANING, "unknown": "not known for sure: it may be more or less"}


def worst(words: Iterable[str]) -> str:
    """What a sum of figures is worth: one that is a floor makes it a floor, all of them unknown make it unknown.

    One that is `unsure`, an unknown one with an amount (a fee or a refund is missing from it), may be too high: so may
    the sum, which is then no floor.
    """
    found = tuple(words)
    if "unsure" in found:
        return "unknown"
    ranks = [_RANK.get(word, 2) for word in found]
    if not ranks or max(ranks) == 0:
        return "exact"
    return "unknown" if min(ranks) == 2 else "floor"
