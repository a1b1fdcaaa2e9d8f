"""What a Stripe pull comes to: sales and reversals, and whether anything that matters to a figure is missing."""

from collections.abc import Iterator, Sequence
from typing import Final

from revintel_mcp.domain.records import Unbookable
from revintel_mcp.sources.contract import PullRequest
from revintel_mcp.sources.failure import FailureKind
from revintel_mcp.sources.fields import reference, shown_minor, text, unnamed_id
from revintel_mcp.sources.outcome import first_whole_day, joined, not_a_record
from revintel_mcp.sources.paging import Listing
from revintel_mcp.sources.pull import Pull
from revintel_mcp.sources.stripe.doors import Kind
from revintel_mcp.sources.stripe.facts import Facts, category, is_unfamiliar
from revintel_mcp.sources.stripe.reading import Reading, read_facts
from revintel_mcp.sources.stripe.reversals import failed_refunds

Lists = Sequence[tuple[Kind, Listing]]

#: Lists that only say what kind of payment it was: without them the money is right all the same.
_ONLY_WORDS: Final = (Kind.INVOICES, Kind.SUBSCRIPTIONS)
#: Refusals that the next run will meet too: then a note says what the server or the key lacks, as of a missing tool.
_LASTING: Final = (FailureKind.PERMISSION, FailureKind.NO_USABLE_TOOL, FailureKind.BAD_ANSWER)
_ONLY_INVOICES: Final = "list_invoices shows no one-time payments; use a server with list_charges"
_TEST_MODE: Final = "Stripe calls these test payments, which are no income: give the server a live key"
# Charges first: what a list of charges says is fuller than the charge inside another object.
_LEARNING_ORDER: Final = (Kind.CHARGES, Kind.LEDGER, Kind.INTENTS, *_ONLY_WORDS, Kind.REFUNDS, Kind.DISPUTES)


def outcome(profile: str, wanted: Kind, lists: Lists, request: PullRequest) -> Pull:
    """The pull that the lists, as far as they were read, come to. `wanted` is where the payments should come from.

    Of several accounts, those that answered go in; the pull is not complete while one did not.
    """
    main = _main_that_answered(wanted, lists)
    mains = [listing for kind, listing in lists if kind is main]
    refused = next((listing.failure for listing in mains if listing.failure is not None), None)
    if refused is not None and not any(listing.was_read for listing in mains):
        return Pull(profile=profile, complete=False, failure=refused, why=str(refused))
    facts = Facts(
        tells_releases=any(kind in (Kind.CHARGES, Kind.REFUNDS) for kind, _ in lists),
        lacks_ledger=any(
            kind is Kind.LEDGER and listing.failure is not None and not _is_lasting(listing) for kind, listing in lists
        ),
    )
    for kind, listing in sorted(lists, key=lambda pair: _LEARNING_ORDER.index(pair[0])):
        facts.learn(kind, listing.rows)
    knows_disputes = any(kind is Kind.DISPUTES and listing.is_whole for kind, listing in lists)
    tools = {kind: listing.tool for kind, listing in reversed(lists)}
    reading = read_facts(facts, main, tools, request, knows_disputes=knows_disputes)
    missing = [listing for kind, listing in lists if listing.why and _matters(kind, listing, main, reading)]
    why = joined((*(listing.why for listing in missing), _ONLY_INVOICES if main is Kind.INVOICES else ""))
    return Pull(
        profile=profile,
        complete=not why,
        sales=tuple(reading.sales),
        reversals=tuple(reading.reversals),
        unbookable=(*reading.unbookable, *_nameless(mains), *not_a_record("stripe", mains)),
        fetched=sum(len(listing.rows) + len(listing.oddities) for listing in mains) + reading.beside_ledger,
        why=why,
        complete_from=first_whole_day(missing, request.window),
        notes=tuple(_notes(_without_unread_accounts(lists, mains), facts, reading, main, wanted)),
    )


def _nameless(listings: Sequence[Listing]) -> Iterator[Unbookable]:
    """Records that nothing names: neither an id of their own nor that of their charge."""
    for row in (row for listing in listings for row in listing.rows):
        if not text(row, "id") and not any(reference(row.get(key)) for key in ("source", "latest_charge", "charge")):
            why = "it has no id; look it up on Stripe and add it by hand"
            currency = text(row, "currency").upper()
            shown = shown_minor(row)
            yield Unbookable(id=unnamed_id("stripe", row), source="stripe", why=why, amount=shown, currency=currency)


def _main_that_answered(wanted: Kind, lists: Lists) -> Kind:
    """The main list, or the charges where the ledger was refused: payments without fees, better than none."""
    mains = [listing for kind, listing in lists if kind is wanted]
    charges = [listing for kind, listing in lists if kind is Kind.CHARGES]
    instead = wanted is Kind.LEDGER and charges and all(listing.was_read for listing in charges)
    return Kind.CHARGES if instead and not any(listing.was_read for listing in mains) else wanted


def _is_lasting(listing: Listing) -> bool:
    return listing.failure is not None and not listing.was_read and listing.failure.kind in _LASTING


def _matters(kind: Kind, listing: Listing, main: Kind, reading: Reading) -> bool:
    """Whether a list that was not wholly read may have changed a figure."""
    if kind is not main and (kind in _ONLY_WORDS or _is_lasting(listing)):
        return False
    if main is Kind.LEDGER and kind is not main:
        # The ledger has every movement; the other lists only say which payment it belongs to.
        needed = {Kind.REFUNDS: reading.loose_refunds, Kind.DISPUTES: reading.loose_disputes}
        return bool(needed.get(kind, reading.without_charge))
    return True


def _without_unread_accounts(lists: Lists, mains: Sequence[Listing]) -> Lists:
    """The lists without those that failed as their account's main list did: told once, it is told."""
    told = {listing.failure for listing in mains if not listing.was_read}
    return [(kind, listing) for kind, listing in lists if listing.failure is None or listing.failure not in told]


def _notes(lists: Lists, facts: Facts, reading: Reading, main: Kind, wanted: Kind) -> list[str]:
    notes = []
    if any(row.get("livemode") is False for _, listing in lists for row in listing.rows):
        notes.append(_TEST_MODE)
    if words := joined(listing.why for kind, listing in lists if kind in _ONLY_WORDS and kind is not main):
        notes.append(f"subscriptions may be shown as one-time payments: {words}")
    if main is not wanted:
        refused = joined(listing.why for kind, listing in lists if kind is wanted)
        notes.append(f"fees are not known, payments came from the list of charges: {refused}")
    explainers = [(kind, listing) for kind, listing in lists if kind not in (*_ONLY_WORDS, main, wanted)]
    if lacking := joined(listing.why for _, listing in explainers if _is_lasting(listing)):
        notes.append(f"what these lists would add is not known: {lacking}")
    if reading.unexplained and not any(kind is Kind.REFUNDS and listing.was_read for kind, listing in lists):
        count = f"{reading.unexplained} payment" + ("s" if reading.unexplained > 1 else "")
        notes.append(
            f"what was refunded or disputed of {count} is not known; a server with list_charges or list_refunds tells"
        )
    if reading.beside_ledger:
        count = f"{reading.beside_ledger} payment" + ("s are" if reading.beside_ledger > 1 else " is")
        notes.append(f"fees are not known where Stripe's ledger lacks a charge: {count} only in the list of charges")
    if reading.gumroad_payouts:
        notes.append(f"left out as paid out by Gumroad, where the sales count: {reading.gumroad_payouts}")
    if failed := failed_refunds(facts):
        shown = ", ".join(failed[:5])
        notes.append(f"refunds failed and were not booked ({shown}); if one is in the log, set its Status to excluded")
    if strange := sorted({category(entry) or "unnamed" for entry in facts.ledger if is_unfamiliar(entry)}):
        shown = ", ".join(strange)
        notes.append(f"ledger entries of these kinds are neither sales nor refunds and were left out: {shown}")
    return notes
