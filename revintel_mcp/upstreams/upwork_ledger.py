"""Records from all files together: earnings with their fees, refunds, contracts."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from revintel_mcp.upstreams.upwork_coverage import Span, covered_days, whole_days, why_incomplete
from revintel_mcp.upstreams.upwork_csv import Complaint, Record, Statement

Json = dict[str, Any]

EARNING_TYPES: Final[Mapping[str, str]] = {
    "hourly": "hourly",
    "fixed price": "fixed",
    "fixed-price": "fixed",
    "milestone": "fixed",
    "bonus": "bonus",
    "expense": "expense",
    "expense reimbursement": "expense",
    "miscellaneous": "other",
    "misc": "other",
    "salary": "other",
}
REFUND_TYPES: Final = frozenset(("refund", "chargeback"))
#: What Upwork keeps of an earning: its fee, and the tax it adds to that fee.
FEE_TYPES: Final = frozenset(("service fee", "vat", "gst", "sales tax"))
#: Costs that belong to no single earning, or are no fee of Upwork's (withholding tax is the freelancer's own).
OTHER_FEE_TYPES: Final = frozenset(
    ("wht", "withholding tax", "membership fee", "membership", "connects", "subscription", "withdrawal fee")
)
#: Words of further costs (Connects purchase, Freelancer Plus, Processing Fee …): never income.
_COST: Final = re.compile(r"\b(?:fees?|connects?|membership|freelancer plus|withholding tax)\b")
IGNORED_TYPES: Final = frozenset(
    ("withdrawal", "payment", "withdrawal reversal", "transfer", "currency conversion", "deposit", "escrow")
)
_INSTEAD: Final = "write Miscellaneous into its Type in the file if it is, Withdrawal if it is not"
ZERO: Final = Decimal("0.00")


@dataclass(slots=True)
class Ledger:
    """What the files say, sorted out. Everything is oldest first."""

    earnings: list[Record] = field(default_factory=list)
    refunds: list[Record] = field(default_factory=list)
    fees: dict[str, list[Record]] = field(default_factory=dict)
    """Fee records by the id of the earning (or refund) that they belong to."""
    loose_fees: list[Record] = field(default_factory=list)
    ignored: list[Record] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    """The days that the files cover without a gap between them, in order."""


def ledger_of(statements: Sequence[Statement]) -> Ledger:
    """All files as one ledger; a record that stands in two files counts once."""
    ledger = Ledger(complaints=[complaint for statement in statements for complaint in statement.complaints])
    kept = [statement for statement in statements if not _is_a_clients(statement, ledger)]
    records = _distinct(kept, ledger)
    by_id = {record.id: record for record in records}
    for record in records:
        _sort(record, by_id, ledger)
    ledger.spans = covered_days(kept)
    return ledger


def earnings_answer(ledger: Ledger, start: date | None, end: date | None, contract_id: str | None) -> Json:
    """`get_earnings` for the days from `start` to `end`, both included."""
    kinds = _kinds(ledger)

    def wanted(record: Record) -> bool:
        return _is_between(record.day, start, end) and contract_id in {
            None,
            _contract_id(record.client, _kind(record, kinds)),
        }

    complaints = [one for one in ledger.complaints if one.day is None or _is_between(one.day, start, end)]
    why = why_incomplete(ledger.spans, complaints, start, end)
    covers = (ledger.spans[0][0], ledger.spans[-1][1]) if ledger.spans else (None, None)
    whole = whole_days(ledger.spans, complaints, start, end) or (None, None)
    ignored = Counter(record.type for record in ledger.ignored if wanted(record))
    return {
        "start_date": _iso(start),
        "end_date": _iso(end),
        "currency": "USD",
        "earnings": [_earning(one, ledger, kinds) for one in ledger.earnings if wanted(one)],
        "refunds": [_refund(one, ledger, kinds) for one in ledger.refunds if wanted(one)],
        "unattached_fees": [_loose_fee(one) for one in ledger.loose_fees if wanted(one)],
        "ignored": [{"type": name, "rows": rows} for name, rows in sorted(ignored.items())],
        "covers": {"start_date": _iso(covers[0]), "end_date": _iso(covers[1])},
        "whole": {"start_date": _iso(whole[0]), "end_date": _iso(whole[1])},
        "unread": [_unread(one) for one in complaints],
        "complete": not why,
        "why": why,
    }


def contracts_answer(ledger: Ledger, status: str) -> Json:
    """`get_contracts`: one for each client and way of paying, since the files name no contracts.

    Their state is unknown, so they are given whichever state is asked for.
    """
    kinds = _kinds(ledger)
    grouped: dict[tuple[str, str], list[Record]] = {}
    for record in ledger.earnings:
        grouped.setdefault((record.client, _kind(record, kinds)), []).append(record)
    contracts = [
        {
            "id": _contract_id(client, kind),
            "title": "",
            "client_name": client,
            "contract_type": kind,
            "status": "unknown",
            "start_date": _iso(records[0].day),
            "end_date": None,
        }
        for (client, kind), records in sorted(grouped.items())
    ]
    del status  # nothing in the files tells an active contract from an ended one
    return {"contracts": contracts}


def _is_a_clients(statement: Statement, ledger: Ledger) -> bool:
    """Whether it is the file of someone who pays freelancers: every hour and milestone in it costs money."""
    paid = [record for record in statement.records if EARNING_TYPES.get(record.type.lower()) in {"hourly", "fixed"}]
    if not paid or any(record.amount > 0 for record in paid):
        return False
    why = "every hour and milestone here is money paid out: this is a client's statement, not a freelancer's"
    ledger.complaints.append(Complaint(statement.file, 1, why))
    return True


def _distinct(statements: Sequence[Statement], ledger: Ledger) -> list[Record]:
    seen: dict[str, Record] = {}
    for record in (record for statement in statements for record in statement.records):
        before = seen.setdefault(record.id, record)
        if _facts(before) != _facts(record) or (before.file == record.file and _words(before) != _words(record)):
            why = f"record {record.id} says something else than at {before.place}; remove the wrong file or row"
            ledger.complaints.append(Complaint(record.file, record.line, why, day=record.day))
    kept = _without_renamed(seen.values(), _ids_by_day(statements), ledger)
    return sorted(kept, key=lambda record: (record.day, record.id))


def _ids_by_day(statements: Iterable[Statement]) -> Mapping[tuple[str, date], set[str]]:
    ids: dict[tuple[str, date], set[str]] = {}
    for statement in statements:
        for record in statement.records:
            ids.setdefault((statement.file, record.day), set()).add(record.id)
    return ids


def _facts(record: Record) -> tuple[object, ...]:
    return record.day, record.type.lower().replace("-", " "), record.amount


def _words(record: Record) -> tuple[str, ...]:
    """What layouts write in ways of their own, and one file writes the same way each time."""
    return record.client, record.description, record.related


def _without_renamed(
    records: Iterable[Record], ids: Mapping[tuple[str, date], set[str]], ledger: Ledger
) -> list[Record]:
    """The records but those that another file seems to hold under another id: said, and not counted twice.

    Files that both cover a day share its ids. If they share none, and yet tell of the same type and amount, the
    layouts number records differently.
    """
    kept: list[Record] = []
    twins: dict[tuple[object, ...], Record] = {}
    for record in records:
        before = twins.setdefault(_facts(record), record)
        if before.file == record.file or ids[before.file, before.day] & ids[record.file, record.day]:
            kept.append(record)
            continue
        why = (
            f"record {record.id} is left out: {before.id} at {before.place} has the same day, type and amount, and no "
            "id of that day stands in both files. If they tell of the same money, remove one of them"
        )
        ledger.complaints.append(Complaint(record.file, record.line, why, day=record.day))
    return kept


def _sort(record: Record, by_id: Mapping[str, Record], ledger: Ledger) -> None:
    kind = record.type.lower()
    if kind in FEE_TYPES:
        owner = _owner(record, by_id)
        if owner is None:
            ledger.loose_fees.append(record)
        else:
            ledger.fees.setdefault(owner.id, []).append(record)
    elif kind in OTHER_FEE_TYPES or _COST.search(kind):
        ledger.loose_fees.append(record)
    elif kind in IGNORED_TYPES or (record.amount == 0 and kind in EARNING_TYPES):
        ledger.ignored.append(record)
    elif record.amount < 0 and (kind in REFUND_TYPES or (kind in EARNING_TYPES and record.related)):
        ledger.refunds.append(record)
    elif record.amount > 0 and kind in EARNING_TYPES:
        ledger.earnings.append(record)
    else:
        ledger.complaints.append(Complaint(record.file, record.line, _why_unclear(record), record.id, record.day))


def _why_unclear(record: Record) -> str:
    """Why nobody can tell what a record did to the income, and what its Type could say instead."""
    kind = record.type.lower()
    if kind in EARNING_TYPES:
        return (
            f"{record.type} of {record.amount} names no earning that it takes back: paid to somebody else, or given "
            "back? Write Withdrawal or Refund into its Type in the file"
        )
    if kind in REFUND_TYPES:
        return f"{record.type} of {record.amount} brings money in; {_INSTEAD}"
    return f"type {record.type!r} is not known, so nobody can tell whether {record.amount} is income; {_INSTEAD}"


def _owner(fee: Record, by_id: Mapping[str, Record]) -> Record | None:
    """The earning or refund that a fee belongs to; tax on a fee leads there over the fee."""
    seen = {fee.id}
    record: Record | None = by_id.get(fee.related)
    while record is not None and record.type.lower() in FEE_TYPES:
        if record.id in seen:
            return None
        seen.add(record.id)
        record = by_id.get(record.related)
    known = record is not None and record.type.lower() in {*EARNING_TYPES, *REFUND_TYPES}
    return record if known else None


def _kinds(ledger: Ledger) -> Mapping[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for record in ledger.earnings:
        if (kind := EARNING_TYPES[record.type.lower()]) in {"hourly", "fixed"}:
            kinds.setdefault(record.client, set()).add(kind)
    return kinds


def _kind(record: Record, kinds: Mapping[str, set[str]]) -> str:
    """How the contract behind a record is paid; a bonus goes with the client's only contract, else with fixed price."""
    kind = EARNING_TYPES.get(record.type.lower(), "")
    if kind in {"hourly", "fixed"}:
        return kind
    known = kinds.get(record.client, set())
    return "hourly" if known == {"hourly"} else "fixed"


def _contract_id(client: str, kind: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", client.lower()).strip("-")[:40]
    return f"csv-{slug or 'client'}-{kind}-{hashlib.sha256(client.encode()).hexdigest()[:6]}"


def _is_between(day: date, start: date | None, end: date | None) -> bool:
    """Whether a day is one of those from `start` to `end`, both included."""
    return (start is None or day >= start) and (end is None or day <= end)


def _unread(one: Complaint) -> Json:
    return {"file": one.file, "line": one.line, "why": one.why, "record_id": one.record or None, "date": _iso(one.day)}


def _earning(record: Record, ledger: Ledger, kinds: Mapping[str, set[str]]) -> Json:
    fees = ledger.fees.get(record.id, [])
    kind = _kind(record, kinds)
    return {
        "record_id": record.id,
        "date": _iso(record.day),
        "amount": str(record.amount),
        "currency": "USD",
        "type": EARNING_TYPES[record.type.lower()],
        "contract_id": _contract_id(record.client, kind),
        "contract_title": "",
        "client_name": record.client,
        "contract_type": kind,
        "description": record.description,
        "hours": None if record.hours is None else str(record.hours),
        "fee": str(-sum((fee.amount for fee in fees), ZERO)) if fees else None,
        "fees": [
            {"record_id": fee.id, "date": _iso(fee.day), "type": fee.type, "amount": str(-fee.amount)} for fee in fees
        ],
    }


def _refund(record: Record, ledger: Ledger, kinds: Mapping[str, set[str]]) -> Json:
    fees = ledger.fees.get(record.id, [])
    return {
        "record_id": record.id,
        "date": _iso(record.day),
        "amount": str(abs(record.amount)),
        "currency": "USD",
        "related_record_id": record.related or None,
        "contract_id": _contract_id(record.client, _kind(record, kinds)),
        "client_name": record.client,
        "description": record.description,
        "fee_returned": str(sum((fee.amount for fee in fees), ZERO)) if fees else None,
    }


def _loose_fee(record: Record) -> Json:
    return {
        "record_id": record.id,
        "date": _iso(record.day),
        "type": record.type,
        "amount": str(-record.amount),
        "description": record.description,
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
