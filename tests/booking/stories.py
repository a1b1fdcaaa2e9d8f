"""Stories told in a docstring: what a platform shows of one sale, day by day, and what is booked.

    today | the platform shows            | booked                     | total
    01-06 | 29                            | 01-05 29.00                | 29.00
    02-02 | 29 re_1=10@02-01              | 02-01 refund_re_1 -10.00   | 19.00

The sale is `stripe_ch_1` of 5 January. What a platform shows: `29` the sale, `total=10` refunded so far,
`re_1=10@02-01` a refund with an id, `=10@02-01` one without, `full` and `chargeback` the flags, `some` a refund of
unknown amount, `disputed` a dispute in doubt, `dispute=10@02-01`, `won@03-01`; `alone`: the sale itself is not shown.
With `*` a person edits before the day's run: `*refund=5` makes the refund row 5.00, `*sale=40` the sale,
`*strike-refund`, `*remove-refund`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from revintel_mcp.booking.known import SourcePull
from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import Reversal, ReversalKind
from tests.booking.memory_log import MemoryLog, dispute, eur, pull, refund, sale, usd, won

SALE = "stripe_ch_1"

_MONEY: dict[str, Callable[[str], Money]] = {"": usd, "EUR": eur}
_ITEM = re.compile(r"(?P<name>[a-z_0-9]*?)(?:=(?P<amount>[\d.]+)(?P<currency>[A-Z]*))?(?:@(?P<day>\d\d-\d\d))?")
_FLAGS = {"full": ReversalKind.REFUND, "chargeback": ReversalKind.DISPUTE}


@dataclass(frozen=True)
class Line:
    today: str
    shown: str
    booked: str
    total: str


@dataclass(frozen=True)
class Story:
    lines: list[Line]

    def holds(self, log: MemoryLog | None = None) -> MemoryLog:
        """Every line books what it says, and the same again books nothing."""
        log = log or MemoryLog()
        for line in self.lines:
            _check(line, log)
        return log


def _check(line: Line, log: MemoryLog) -> None:
    seen = read(_edited(log, line.shown))
    before = set(log.rows)
    log.run(seen, today=line.today)
    new = [log.row(name) for name in log.rows if name not in before]
    booked = ", ".join(f"{row.date:%m-%d} {_short(row.id)}{row.amount_usd}" for row in new)
    assert booked == line.booked, f"{line.today}: booked {booked}"
    assert str(log.total) == line.total, f"{line.today}: total {log.total}"
    again = log.look(seen, today=line.today)
    assert again.changes_nothing, f"{line.today}: {again.added or again.attention}"


def read(shown: str) -> SourcePull:
    """What the platform shows, as a pull."""
    words = shown.split()
    alone = "alone" in words
    found = sale(SALE, usd(1))
    items: list[Reversal] = []
    for word in words:
        if word == "alone":
            continue
        if re.match(r"\d", word):
            found = found._replace(amount=_money(word))
        elif word in _FLAGS:
            found = found._replace(reversed_in_full=_FLAGS[word])
        elif word == "some":
            found = found._replace(has_unknown_refund=True)
        elif word == "disputed":
            found = found._replace(has_unknown_dispute=True)
        elif word.startswith("total="):
            found = found._replace(refunded_total=_money(word.removeprefix("total=")))
        else:
            items.append(_item(word))
    return pull(reversals=items) if alone else pull(found._replace(reversals=tuple(items)))


def _money(text: str) -> Money:
    match = re.fullmatch(r"([\d.]+)([A-Z]*)", text)
    assert match, text
    return _MONEY[match[2]](match[1])


def _item(word: str) -> Reversal:
    match = _ITEM.fullmatch(word)
    assert match, word
    money = _MONEY[match["currency"]](match["amount"]) if match["amount"] else None
    if match["name"] in ("dispute", "won"):
        return {"dispute": dispute, "won": won}[match["name"]](SALE, money, match["day"])
    return refund(SALE, money, match["day"], match["name"])


def lines_of(story: str) -> list[Line]:
    rows = [[cell.strip() for cell in line.split("|")] for line in story.splitlines() if line.count("|") == 3]
    return [Line(*cells) for cells in rows if cells[0] != "today"]


def _edited(log: MemoryLog, shown: str) -> str:
    """Make a person's edits, and give the rest."""
    words = shown.split()
    for word in [word for word in words if word.startswith("*")]:
        name, _, amount = word[1:].partition("=")
        verb, _, tail = name.partition("-")
        if verb == "strike":
            log.strike(_long(tail))
        elif verb == "remove":
            del log.rows[_long(tail)]
        else:
            log.edit(_long(name), amount_usd=Decimal(amount) * (1 if name == "sale" else -1))
    return " ".join(word for word in words if not word.startswith("*"))


def _short(name: str) -> str:
    tail = name.removeprefix(SALE).removeprefix("_")
    return f"{tail} " if tail else ""


def _long(tail: str) -> str:
    return SALE if tail == "sale" else f"{SALE}_{tail}"
