"""Why a figure is not exact."""

from enum import StrEnum
from typing import NamedTuple


class Lack(StrEnum):
    """What kind of thing is missing from a figure."""

    UNREAD = "unread"
    WAITING = "waiting"
    NOT_CONNECTED = "not connected"
    BLANK = "blank"
    """A column that rows leave blank."""


class Reason(NamedTuple):
    """Why a figure is not exact: `str()` is a sentence about `source`, `text` all of it but the name."""

    source: str
    text: str
    lack: Lack = Lack.UNREAD

    def __str__(self) -> str:
        return f"{self.source} {self.text}"
