"""What Hypothesis makes trackers of: rows, and documents as hostile as a person or a program can leave them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from hypothesis import strategies as st

from revintel_mcp.domain.transaction import Channel, Status, Transaction, TransactionType
from tests.tracker.trackers import LOG_HEADER

# Text as it may come from a platform: any character at all, with the dangerous ones more often.
HOSTILE = "|\\`<>&[]#;*_~-:\n\r\t\0 \x1b\u202e\u2066\u200b\u200f\ufeff\u00ad\U000e0041\u0085\u2028é日🎉\ud800"
hostile_text = st.text(st.sampled_from(HOSTILE) | st.characters(), max_size=40)

cents = st.integers(-(10**12), 10**12)
money = cents.map(lambda value: Decimal(value).scaleb(-2))
ids = st.from_regex(r"(stripe|gumroad|upwork|manual)_[a-z0-9]{1,6}(_refund|_dispute|_void|_2)?", fullmatch=True)

transactions: st.SearchStrategy[Transaction] = st.builds(
    Transaction,
    id=ids,
    date=st.dates(date(2024, 1, 1), date(2026, 2, 19)),
    channel=st.sampled_from(Channel),
    amount_usd=money,
    client=hostile_text.filter(bool),
    description=hostile_text,
    transaction_type=st.sampled_from(TransactionType),
    status=st.sampled_from(Status),
    fee_usd=st.none() | money,
    period=st.sampled_from(("", "month", "year")),
    hours=st.none() | st.decimals(0, 10**6, places=2),
    via=st.sampled_from(("", "list_charges")) | hostile_text,
    source_metadata=st.just({}),
)

bookings = st.lists(transactions, max_size=4, unique_by=lambda row: row.id)


class Part(NamedTuple):
    """A stretch of a document; `is_human` parts must survive as they are, line by line."""

    lines: tuple[str, ...]
    is_human: bool = True


_words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=30)
_prose = st.lists(
    _words | st.sampled_from(("", "# Notes", "### 2025", "* a | b", "> | quoted | row |", "---", "***", "    ## code")),
    max_size=4,
).map(lambda lines: Part((*lines, "")))

_FENCED = """```markdown
## Transaction Log

| Date | Amount | ID |
| --- | --- | --- |
| 2026-01-01 | 999.00 | stripe_in_a_fence |
```
"""
_COMMENT = """<!-- ## Monthly Summary
| Month | Stripe | Total |
| --- | --- | --- |
| Jan 2026 | 5.00 | 5.00 |
-->
"""
_FOREIGN = """| Goal | Reached |
| :-: | - |
| 5,000 | no |
"""
_UNDERLINED = "My notes\n--------\n\nwith | pipes and `code`\n"
_fixed = st.sampled_from((_FENCED, _COMMENT, _FOREIGN, _UNDERLINED, "| not | a table |\n", "<details>\n\n</details>\n"))
human: st.SearchStrategy[Part] = _prose | _fixed.map(lambda text: Part((*text.split("\n"),)))

_ROWS = (
    "| 2026-01-04 | Gumroad | ada@example.com | Icon set | 29.00 | 3.40 | one-time | completed | gumroad_abc |",
    "| 2026-01-05 | Fiverr | a \\| b | Logo | $1,200 | - | fixed | paid | |",
    "2025-12-31 | Upwork | Brook | Hours | 80 | 8.00 | hourly | completed | upwork_9",
    "| 4 Jan 2025 | Stripe | C | D | (50) | | one-time | refunded | stripe_ch_9_refund |",
    "| 2026-01-06 | Stripe | C | D | 1 200,50 | | one-time | completed | stripe_ch_bad |",
    "| 2026-01-07 | Stripe | C | D | 12.00 | | one-time | excluded | stripe_ch_struck |",
    "| 2026-01-04 | Gumroad | again | the same ID | 29.00 | | one-time | completed | gumroad_abc |",
    "| 2026-02-30 | Gumroad | | no such day | 1.00 |",
    "| 2026-02-03 | Toptal | | own channel | 7.00 |",
    "|  2026-02-04  |Stripe|\u202eevil\u200b|" + "x" * 300 + "|   9.99|  0.50 |one-time |completed| stripe_padded|",
    "| | | | | | | | | |",
)


@st.composite
def _logs(draw: st.DrawFn) -> Part:
    rows = draw(st.lists(st.sampled_from(_ROWS), max_size=8))
    heading = draw(st.sampled_from(("## Transaction Log", "## transaction log ##", "Transaction Log\n---")))
    header = LOG_HEADER.rstrip("\n")
    return Part((*f"{heading}\n\n{header}".split("\n"), *rows, ""), is_human=True)


_SUMMARIES = (
    "## Monthly Summary\n\n| Month | Stripe | Mine | Total |\n|:--|--:|---|--:|\n| Jan 2026 | 5 | note | 5 |\n",
    "## Monthly Summary\n\n\nYTD: $3\n",
    "## Monthly Summary\n\nMonth | Total\n--- | ---\n2026-02 | 7\n| **Sum** | 7 |\n",
)
_summary = st.sampled_from(_SUMMARIES).map(lambda text: Part((*text.split("\n"),), is_human=False))
_SOURCES = "## Sources\n\n| Source | Status | Mine | Complete to |\n|---|---|---|---|\n| Etsy | by hand | x | |\n"
_sources = st.just(Part((*_SOURCES.split("\n"),), is_human=True))
_stamp = st.just(Part(("**Last updated**: some day", ""), is_human=False))


class Document(NamedTuple):
    """A tracker's text, and the lines that must survive in it, in order, without what ends them."""

    data: bytes
    kept: tuple[bytes, ...]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A tracker that people and programs have been at: any order of sections, any line ends, or none at the end."""
    some = [strategy for strategy in (_stamp, _summary, _sources, _logs(), _logs()) if draw(st.booleans())]
    order = draw(st.permutations(some))
    parts = [draw(human)]
    for strategy in order:
        parts += [draw(strategy), draw(human)]
    end = draw(st.sampled_from(("\n", "\r\n", "\r")))
    mixed: Callable[[], str] = (lambda: draw(st.sampled_from(("\n", "\r\n")))) if draw(st.booleans()) else (lambda: end)
    lines = [line for part in parts for line in part.lines]
    text = "".join(line + mixed() for line in lines)
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    if draw(st.booleans()):
        text = "\ufeff" + text
    headers = LOG_HEADER.splitlines()  # these may get columns
    kept = tuple(
        line.encode() for part in parts if part.is_human for line in part.lines if line.strip() and line not in headers
    )
    return Document(text.encode(), kept)
