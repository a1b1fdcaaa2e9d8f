"""Upwork's contracts: they say who an earning is from, for what, and how it is paid. Never an amount."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from revintel_mcp.domain.transaction import TransactionType
from revintel_mcp.sources.fields import Record, child, text


@dataclass(frozen=True, slots=True)
class Contract:
    """What is known of a contract; empty texts and None are not known."""

    client: str = ""
    title: str = ""
    kind: TransactionType | None = None


NO_CONTRACT: Final = Contract()


def contracts_by_id(rows: Iterable[Record]) -> Mapping[str, Contract]:
    """Contracts by their id, whichever server's field names they come with."""
    known = {}
    for row in rows:
        if native := text(row, "id", "contract_id", "contractId"):
            found = contract_in(row)
            known[native] = found if found.kind else replace(found, kind=kind_of_words(text(row, "type", "job_type")))
    return known


def contract_in(row: Record) -> Contract:
    """The contract that a record, or an earning that repeats its contract's fields, describes."""
    clients = ("client", "clientCompany", "company", "organization", "hiringManager")
    named = [text(child(row, key), "companyName", "name", "title") for key in clients]
    client = text(row, "client_name", "clientName", "assignmentCompanyName", "client", "company_name", "company")
    return Contract(
        client=client or next(filter(None, named), ""),
        title=text(row, "title", "contract_title", "contractTitle", "name"),
        kind=kind_of_words(text(row, "contract_type", "contractType", "kind")),
    )


def kind_of_words(words: str) -> TransactionType | None:
    """`hourly` or `fixed`, from `HOURLY`, `Fixed-price`, `Milestone`; None from anything else."""
    lowered = words.lower()
    if "hour" in lowered:
        return TransactionType.HOURLY
    if "fix" in lowered or "milestone" in lowered:
        return TransactionType.FIXED
    return None
