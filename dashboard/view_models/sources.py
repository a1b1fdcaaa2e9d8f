"""How every source stands, and what to do about it."""

from dataclasses import dataclass

from dashboard import formats
from dashboard.shapes import Source, SourceList
from dashboard.view_models.overview import next_step, tone_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCard:
    """One source. `name` is as the server shows it, `key` is what a refresh of it alone is asked with."""

    name: str
    key: str
    tone: str
    state: str
    fields: tuple[tuple[str, str], ...]
    failure: str
    next_step: str
    can_refresh: bool


def source_cards(found: SourceList) -> tuple[SourceCard, ...]:
    """Every source: those that need something first, then those that work, then those that are not connected."""
    cards = [_card(source) for source in found.sources]
    return tuple(sorted(cards, key=lambda card: _ORDER[card.tone]))


_ORDER = {"bad": 0, "warn": 1, "info": 2, "good": 3, "idle": 4}


def _card(source: Source) -> SourceCard:
    return SourceCard(
        name=source.source,
        key=source.source.lower(),
        tone=tone_of(source),
        state=source.status,
        fields=_fields(source),
        failure=formats.days_in(source.last_failure),
        next_step=next_step(source),
        can_refresh=source.configured,
    )


def _fields(source: Source) -> tuple[tuple[str, str], ...]:
    pairs = (
        ("Complete", _complete(source)),
        ("Read by", source.profile),
        ("Could be better", "; ".join(source.lacks)),
        ("Last attempt", formats.moment(source.last_attempt)),
        ("Reachable now", {True: "yes", False: "no", None: ""}[source.reachable]),
        ("Configured in", source.origin),
    )
    return tuple((name, value) for name, value in pairs if value)


def _complete(source: Source) -> str:
    if source.complete_from and source.complete_to:
        return f"{formats.day(source.complete_from)} to {formats.day(source.complete_to)}"
    return "nothing yet" if source.configured else ""
