"""Text from outside within sentences of ours: in quotes, so that it can't pass for our words."""

import re
from typing import Final

_WORD: Final = re.compile(r"[A-Za-z0-9_.,:+=/@~-]{0,200}")


def quoted(text: str) -> str:
    """`text` in quotes; its own ones, and characters that can't be seen or turn text round, are escaped."""
    import json  # noqa: PLC0415 - most of what is shown needs no quotes

    whole = json.dumps(text, ensure_ascii=False)
    return whole if whole.isprintable() else "".join(ch if ch.isprintable() else json.dumps(ch)[1:-1] for ch in whole)


def word(text: str) -> str:
    """`text` as it is where it is one plain word, as IDs and amounts are; else in quotes."""
    return text if _WORD.fullmatch(text) else quoted(text)
