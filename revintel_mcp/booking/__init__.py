"""Holding what sources saw against the log: what is new, what went back, what needs a person. Pure."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from revintel_mcp.booking.corrections import correct_entry, void_entry
    from revintel_mcp.booking.from_sources import book
    from revintel_mcp.booking.known import Known, SourcePull
    from revintel_mcp.booking.manual import EntryOutcome, Outcome, manual_entry
    from revintel_mcp.booking.wanted import own_cents, wanted_cents, wanted_ids

__all__ = [
    "EntryOutcome",
    "Known",
    "Outcome",
    "SourcePull",
    "book",
    "correct_entry",
    "manual_entry",
    "own_cents",
    "void_entry",
    "wanted_cents",
    "wanted_ids",
]

_HOMES = {
    "EntryOutcome": "manual",
    "Known": "known",
    "Outcome": "manual",
    "SourcePull": "known",
    "book": "from_sources",
    "correct_entry": "corrections",
    "manual_entry": "manual",
    "own_cents": "wanted",
    "void_entry": "corrections",
    "wanted_cents": "wanted",
    "wanted_ids": "wanted",
}


def __getattr__(name: str) -> Any:
    """Load a name when it is first asked for: reading the tracker needs the row types here, not the rest."""
    from importlib import import_module  # noqa: PLC0415 - loading late is what this is for

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
