"""The lines outside tables that are ours: Last updated, the year to date, what is incomplete."""

import re
from typing import Final

from revintel_mcp.domain.money import AmountError, cents_from_usd, format_usd, parse_amount, usd_from_cents
from revintel_mcp.tracker.lines import Line

#: What a tracker says that no source has answered yet.
NEVER: Final = "never"

_STAMP: Final = re.compile(
    r"(?P<before>[ \t]*[*_]{0,3}last updated[*_]{0,3}(?:[ \t]*:)?[*_]{0,3})(?P<gap>[ \t]*)(?P<open>[*_]{0,3})"
    r"(?P<value>.*?)(?P<after>[*_]{0,3}[ \t]*)",
    re.IGNORECASE,
)

_YTD: Final = re.compile(
    r"(?P<before>[ \t]*[*_]{0,3}(?:ytd|year[- ]to[- ]date)(?![a-z0-9])[ a-z]*)(?P<label>\([^()]{0,40}\))?"
    r"(?P<colon>[*_ \t]{0,6}:[*_ \t]{0,6})(?P<amount>[-(]{0,2}\$?[-\d][\d,.]{0,30}\)?(?![\d,.)]))?(?P<after>.*)",
    re.IGNORECASE,
)
_YEAR_LABEL: Final = re.compile(r"\(\d{4}(?:/\d\d)?\)")
_INCOMPLETE: Final = re.compile(rb"[ \t]*\*\*Incomplete\*\*:")


def is_year_to_date(text: bytes) -> bool:
    """Whether a line is the year to date: it names it, and has a figure or room for one."""
    match = _YTD.fullmatch(text.decode())
    return match is not None and (match["amount"] is not None or not match["after"].strip())


def is_incomplete_line(text: bytes) -> bool:
    """Whether a line is the one that we wrote about incomplete figures."""
    return _INCOMPLETE.match(text) is not None


def year_to_date_line(label: str, cents: int) -> str:
    """The line of the year to date as a new tracker has it."""
    return f"**YTD Total ({label})**: ${format_usd(usd_from_cents(cents))}"


def year_to_date_of(text: bytes) -> int | None:
    """The figure that the line shows, in cents; None if it has none, or none that is clear."""
    match = _YTD.fullmatch(text.decode())
    if match is None or match["amount"] is None:
        return None
    try:
        return cents_from_usd(parse_amount(match["amount"]))
    except AmountError:
        return None


def with_year_to_date(text: bytes, label: str, cents: int) -> bytes:
    """The line with another year and figure, all else as it was; the same bytes if both stand there already."""
    match = _YTD.fullmatch(text.decode())
    if match is None:
        return year_to_date_line(label, cents).encode()
    old_label = match["label"] or ""
    new_label = f"({label})" if _YEAR_LABEL.fullmatch(old_label) else old_label
    amount = match["amount"] or ""
    if year_to_date_of(text) != cents:
        sign = "$" if "$" in amount or not amount else ""
        amount = sign + format_usd(usd_from_cents(cents))
    if match["amount"] is None:
        gap = "" if match["colon"].endswith((" ", "\t")) else " "
        return f"{match['before']}{new_label}{match['colon']}{gap}{amount}".encode()
    return f"{match['before']}{new_label}{match['colon']}{amount}{match['after']}".encode()


def incomplete_text(line: str) -> bytes:
    """The line about incomplete figures as it stands in the file; it starts with `**Incomplete**:`."""
    body = " ".join(line.split()).removeprefix("**Incomplete**:").removeprefix("Incomplete:").strip()
    return f"**Incomplete**: {body}".encode()


def last_updated_of(line: Line | None) -> str:
    """The moment that the Last updated line names, as it stands; empty if there is none yet."""
    match = _STAMP.fullmatch(line.text.decode()) if line is not None else None
    value = match["value"].strip() if match else ""
    return "" if value.lower() == NEVER else value


def with_stamp(text: bytes, stamp: str) -> bytes:
    """The Last updated line with another moment, all else as it was."""
    match = _STAMP.fullmatch(text.decode())
    if match is None:
        return text
    return f"{match['before']}{match['gap'] or ' '}{match['open']}{stamp}{match['after']}".encode()
