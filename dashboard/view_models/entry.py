"""An entry made by hand: what is wrong with it before it is sent, and what became of it."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from dashboard import formats
from dashboard.shapes import Entry, Row
from dashboard.tools import EntryForm

#: What the user picks, and what the server is told.
PAID: Final = {"Paid": "completed", "Not paid yet": "pending"}

#: What a correction may leave blank: a fee is then not known, a client anonymous.
_MAY_BE_EMPTY: Final = ("client", "description", "fee")
_AMOUNT: Final = re.compile(r"-?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]{1,2})?")
_CURRENCY: Final = re.compile(r"[A-Za-z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an entry, for the page."""

    tone: str
    title: str
    lines: tuple[str, ...]
    warnings: tuple[str, ...]
    row_id: str
    waiting_id: str = ""
    still_stands: bool = True


def mistakes(form: EntryForm) -> tuple[str, ...]:
    """What can be seen without asking the server, each as a sentence that says what to type; all at once."""
    found = []
    if not form.amount:
        found.append("Amount: type what was paid, such as 1200 or 1,200.50.")
    elif not _is_amount(form.amount):
        found.append(f"Amount: \u201c{form.amount}\u201d is no amount. Write it like 1200 or 1,200.50.")
    if form.fee and not _is_amount(form.fee):
        found.append(f"Fee: \u201c{form.fee}\u201d is no amount. Write it like 12 or 12.50, or leave it empty.")
    if form.currency and not _CURRENCY.fullmatch(form.currency):
        found.append(f"Currency: \u201c{form.currency}\u201d is no code. Write three letters, such as USD or EUR.")
    if not form.channel:
        found.append("Channel: choose where the money came from.")
    return tuple(found)


def cleaned(form_amount: str) -> str:
    """An amount as it is typed, without a dollar sign and the blanks around it."""
    return form_amount.replace("$", "").strip()


def logged(result: Entry) -> Outcome:
    """What became of a new entry."""
    if result.needs_attention is not None:
        item = result.needs_attention
        return Outcome(
            tone="warn",
            title=f"{item.amount} {item.currency} waits in Needs Attention and is not counted yet",
            lines=(item.why,),
            warnings=result.warnings,
            row_id="",
            waiting_id=item.id,
        )
    if not result.created:
        return _outcome("info", "This entry was there already; nothing was added", result)
    return _outcome("good", "Added", result)


def corrected(result: Entry) -> Outcome:
    """What became of a correction."""
    return _outcome("good", "Corrected" if result.created else "Nothing to change: it says so already", result)


def struck(result: Entry) -> Outcome:
    """What became of a void: one that was not paid never counted, so that nothing has to take it back."""
    title = "Struck by a reversal row; both stay in the log"
    if not result.created:
        title = "It was struck already"
    elif result.entry is not None and result.entry.status == "excluded":
        title = "Struck; it stays in the log"
    return replace(_outcome("good" if result.created else "info", title, result), still_stands=False)


def unchanged() -> Outcome:
    """What became of a correction in which nothing was changed."""
    return Outcome(tone="info", title="Nothing was changed; the entry is as it was", lines=(), warnings=(), row_id="")


def changes(before: Row, after: EntryForm) -> dict[str, str]:
    """The fields of a correction that differ from what stood in the form, those that were emptied included."""
    was = {
        "amount": f"{before.amount_usd:.2f}",
        "channel": before.channel,
        "date": before.date,
        "client": before.client,
        "description": before.description,
        "transaction_type": before.transaction_type,
        "status": before.status,
        "fee": "" if before.fee_usd is None else f"{before.fee_usd:.2f}",
    }
    given = dict.fromkeys(_MAY_BE_EMPTY, "") | after.given
    return {name: given[name] for name in was if name in given and _same(given[name]) != _same(was[name])}


def _same(value: str) -> str:
    return f"{Decimal(value.replace(',', '')):.2f}" if _is_amount(value) else value


def _outcome(tone: str, title: str, result: Entry) -> Outcome:
    month = f"{formats.long_month(result.month)} now totals {formats.usd(result.month_total)}."
    lines: tuple[str, ...] = (month,) if result.entry is None else (_said(result.entry), month)
    if result.entry is not None and result.entry.status == "pending":
        lines += ("It is not counted until you mark it as paid.",)
    return Outcome(
        tone="warn" if result.warnings else tone,
        title=title,
        lines=lines,
        warnings=result.warnings,
        row_id=result.entry.id if result.entry else "",
    )


def _said(row: Row) -> str:
    client = f" from {row.client}" if row.client else ""
    return f"{formats.usd(row.amount_usd)}{client}, {row.channel}, {formats.day(row.date)}."


def _is_amount(text: str) -> bool:
    return _AMOUNT.fullmatch(text) is not None
