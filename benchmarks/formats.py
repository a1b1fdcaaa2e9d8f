"""The same transactions as files: a tracker, a journal for ledger and hledger, a beancount file, CSV for a merge.

The peers get what a person would give them for this question: two postings a transaction, gross income by channel.
Fees stand in the tracker only, so the peers have less to read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from benchmarks.sales import FIRST_DAY, LAST_DAY, NOW, Sale, sales
from revintel_mcp.booking.booking import Booking
from revintel_mcp.domain.money import format_usd, usd_from_cents
from revintel_mcp.domain.source_state import SourceState, SourceStatus
from revintel_mcp.tracker import scan
from revintel_mcp.tracker.cells import escape, render_row
from revintel_mcp.tracker.new import new_tracker
from revintel_mcp.tracker.update import update

_COMPLETE: Final = tuple(
    SourceState(
        name=name,
        status=SourceStatus.COMPLETE,
        complete_from=FIRST_DAY,
        complete_to=LAST_DAY,
        last_attempt=NOW,
        note="demo",
    )
    for name in ("Stripe", "Gumroad", "Upwork")
)
_ACCOUNTS: Final = {
    name: name.replace(" ", "")
    for name in ("Stripe", "Gumroad", "Upwork", "Fiverr", "GitHub Sponsors", "Cold Outreach")
}


@dataclass(frozen=True, slots=True)
class Files:
    """One size in every format."""

    rows: int
    tracker: Path
    journal: Path
    beancount: Path


def files_of(folder: Path, rows: int) -> Files:
    """The files with so many transactions; made if they are not there."""
    found = Files(rows, folder / f"{rows}.md", folder / f"{rows}.journal", folder / f"{rows}.beancount")
    if not found.beancount.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write(found.journal, map(_journal_entry, sales(rows)))
        _write_tracker(found.tracker, rows)
        _write(found.beancount, (_beancount_head(), *map(_beancount_entry, sales(rows))))
    return found


def _write(path: Path, texts: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(texts)


# -- tracker ----------------------------------------------------------------------------------------------------------


def _write_tracker(path: Path, rows: int) -> None:
    """A tracker whose summary and sources are as a refresh leaves them."""
    now = datetime.fromisoformat(NOW)
    with path.open("wb") as file:
        file.write(new_tracker(now))
        file.writelines(tracker_row(each) + b"\n" for each in sales(rows))
    known = scan(path.read_bytes(), today=now.date(), manual=False)
    path.write_bytes(update(known, Booking(), now=now, sources=_COMPLETE, answered=True).data)


def tracker_row(each: Sale) -> bytes:
    """A row of the log as the program writes it."""
    fee = "" if each.fee is None else _usd(each.fee)
    texts = (each.client, each.description, _usd(each.cents), fee, each.kind, each.status, each.id)
    return render_row([each.day.isoformat(), each.channel, *map(escape, texts)])


def _usd(cents: int) -> str:
    return format_usd(usd_from_cents(cents))


# -- peers ------------------------------------------------------------------------------------------------------------


def _plain(cents: int) -> str:
    return _usd(cents).replace(",", "")


def _journal_entry(each: Sale) -> str:
    payee = f"{each.client} - {each.description}".replace("|", "/").replace(";", ",").replace("  ", " ")
    account = _ACCOUNTS[each.channel]
    return f"{each.day} * ({each.id}) {payee}\n    Assets:{account}  {_plain(each.cents)} USD\n    Income:{account}\n\n"


def _beancount_head() -> str:
    accounts = [f"{kind}:{name}" for kind in ("Assets", "Income") for name in _ACCOUNTS.values()]
    return "".join(f"{FIRST_DAY} open {account} USD\n" for account in accounts) + "\n"


def _beancount_entry(each: Sale) -> str:
    account = _ACCOUNTS[each.channel]
    text = each.description.replace('"', "'")
    return (
        f'{each.day} * "{each.client}" "{text}"\n  id: "{each.id}"\n'
        f"  Assets:{account}  {_plain(each.cents)} USD\n  Income:{account}\n\n"
    )


def write_csv(path: Path, arrivals: Iterable[Sale]) -> None:
    """An export as a platform gives it, for a merge."""
    lines = ("Date,Client,Description,Amount,Fee,Id\n", *map(_csv_line, arrivals))
    _write(path, lines)


def _csv_line(each: Sale) -> str:
    fee = "" if each.fee is None else _plain(each.fee)
    return f"{each.day},{each.client},{each.description},{_plain(each.cents)},{fee},{each.id}\n"


def write_hledger_rules(path: Path) -> None:
    """How hledger is to read that export."""
    path.write_text(
        "skip 1\nfields date, payee, description, amount, fee, code\ndate-format %Y-%m-%d\ncurrency USD\n"
        "account1 Assets:Gumroad\naccount2 Income:Gumroad\n",
        encoding="utf-8",
    )
