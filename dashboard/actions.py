"""What a click on a figure asks for: made by whoever draws it, carried through the browser, read back here."""

import json
from dataclasses import dataclass, field
from typing import Final

#: explain a figure, explain a metric, open a row, open a page, or something that only the page itself knows.
KINDS: Final = frozenset({"explain", "metric", "row", "page", "here"})


@dataclass(frozen=True, slots=True)
class Action:
    """`kind`, what it is about, and further words by name."""

    kind: str
    about: str = ""
    words: dict[str, str] = field(default_factory=dict)


def act(kind: str, about: str = "", **words: str) -> str:
    """An action as the text that an element carries."""
    return json.dumps([kind, about, words], ensure_ascii=False, separators=(",", ":"))


def read_action(text: str | None) -> Action | None:
    """The action that an element carried; None for none, or for a text that we did not write."""
    try:
        kind, about, words = json.loads(text or "null")
    except (ValueError, TypeError):
        return None
    if kind not in KINDS or not isinstance(about, str) or not isinstance(words, dict):
        return None
    return Action(kind, about, {str(name): str(value) for name, value in words.items()})


def explain(period: str, channel: str = "") -> str:
    """Open the rows behind a figure: of a month `2026-02`, a year, `ytd` or `all`."""
    return act("explain", period, **({"channel": channel} if channel else {}))


def metric(slug: str, period: str, channel: str = "") -> str:
    """Open what a metric of the insights of a period is, what it is made of, and the rows it rests on."""
    return act("metric", slug, period=period, **({"channel": channel} if channel else {}))
