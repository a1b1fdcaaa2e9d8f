"""How rows are named when they are booked: reversals after their sale, series by number, nameless things by content."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

VOID: Final = "void"

_REVERSAL: Final = re.compile(r"(?P<sale>.+?)_(?P<kind>refund|dispute_won|dispute|void)(?:_(?P<tail>.+))?", re.DOTALL)
_NUMBER: Final = re.compile(r"[2-9]|[1-9]\d{1,2}")
_NUMBERED: Final = re.compile(r"(?P<base>.+)_(?P<number>[2-9]|[1-9]\d{1,2})", re.DOTALL)


class ReversalId(NamedTuple):
    """The parts of `<sale>_<kind>`, `<sale>_<kind>_<number>` or `<sale>_<kind>_<native id>`.

    `native` is empty where the platform has no id of its own for it; `number` is then its place in the series, from 1.
    """

    sale: str
    kind: str
    native: str = ""
    number: int = 1

    def __str__(self) -> str:
        tail = self.native or (str(self.number) if self.number > 1 else "")
        return f"{self.sale}_{self.kind}" + (f"_{tail}" if tail else "")


def read_reversal_id(row_id: str) -> ReversalId | None:
    """The parts of a reversal's ID; None for the ID of a sale or an entry."""
    match = _REVERSAL.fullmatch(row_id)
    if match is None:
        return None
    tail = match["tail"] or ""
    if _NUMBER.fullmatch(tail):
        return ReversalId(match["sale"], match["kind"], number=int(tail))
    return ReversalId(match["sale"], match["kind"], native=tail)


def base_of(row_id: str) -> str:
    """`upwork_7_2026-02-01` for itself and for `upwork_7_2026-02-01_2`."""
    match = _NUMBERED.fullmatch(row_id) if row_id[-1:].isdigit() else None
    return match["base"] if match else row_id


def series(base: str, is_there: Callable[[str], bool]) -> list[str]:
    """The rows `base`, `base_2`, `base_3` … that are there; a gap of one is bridged (a person removed that row)."""
    found, number, missing = [], 1, 0
    while missing < 2:
        candidate = base if number == 1 else f"{base}_{number}"
        if is_there(candidate):
            found.append(candidate)
            missing = 0
        else:
            missing += 1
        number += 1
    return found


def first_free(base: str, taken: Callable[[str], bool]) -> str:
    """`base`, or `base_2`, `base_3` … : the first that is not taken."""
    number, candidate = 1, base
    while taken(candidate):
        number += 1
        candidate = f"{base}_{number}"
    return candidate


def short_hash(*parts: str) -> str:
    """Twelve hex digits of the SHA-256 of `parts`: the same content gives the same ID in every run."""
    from hashlib import sha256  # noqa: PLC0415 - few things are nameless, and the import costs milliseconds

    # A terminal's words may hold bytes that are no text: Python keeps each as half a surrogate pair.
    return sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]
