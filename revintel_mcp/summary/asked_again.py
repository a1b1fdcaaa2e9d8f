"""Days that a platform was complete for and was read completely once more: a row it does not name is gone there.

An ID does not tell whose account it is, so a platform is judged only when all of its accounts are.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from revintel_mcp.domain.periods import Window
from revintel_mcp.domain.source_state import SourceState
from revintel_mcp.sources.pull import Pull
from revintel_mcp.tracker.unseen import Asked, Unseen, with_unseen


class Account(NamedTuple):
    """One account in this run: its platform, its name in the Sources table, and what was asked for and came."""

    source: str
    title: str
    window: Window
    pull: Pull


def asked_again(accounts: Sequence[Account], before: Sequence[SourceState], today: date) -> dict[str, Asked]:
    """For each platform, by how its IDs begin (`stripe_`), the days in question; `before` is the Sources table."""
    known = {state.name: state for state in before}
    found: dict[str, Asked] = {}
    for source in {account.source for account in accounts}:
        ours = [account for account in accounts if account.source == source]
        titles = {state.name for state in before if re.split("[-_]", state.name.lower())[0] == source}
        asked = [_again(account, known.get(account.title), today) for account in ours]
        if titles <= {account.title for account in ours} and None not in asked:
            found[f"{source}_"] = _by_all(tuple(filter(None, asked)))
    return found


def noted(
    states: Mapping[str, SourceState], accounts: Sequence[Account], gone: Sequence[Unseen]
) -> dict[str, SourceState]:
    """The state of each platform's first account with what it no longer reports in its note: `check` reads it there."""
    titles: dict[str, str] = {}
    for account in accounts:
        titles.setdefault(account.source, account.title)
    return {
        title: states[title]._replace(
            note=with_unseen(states[title], [row.id for row in gone if row.id.startswith(f"{source}_")]),
        )
        for source, title in titles.items()
    }


def _again(account: Account, before: SourceState | None, today: date) -> Asked | None:
    """What one account was complete for, and was read completely for now; the window's first day is left out."""
    pull = account.pull
    if before is None or before.complete_from is None or before.complete_to is None or not pull.complete:
        return None
    first = max(account.window.start + timedelta(days=1), before.complete_from)
    tools = frozenset((pull.profile, *(sale.via for sale in pull.sales)))
    return Asked(first, min(before.complete_to, pull.complete_to or today), tools)


def _by_all(asked: Sequence[Asked]) -> Asked:
    """The days of every account, the tools of any."""
    first, last = max(each.first for each in asked), min(each.last for each in asked)
    return Asked(first, last, frozenset().union(*(each.tools for each in asked)) - {""})
