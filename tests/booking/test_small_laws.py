"""Laws of Gumroad sales seen in Stripe, of numbered earnings and of manual entries, over any sequence of runs."""

import random
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from revintel_mcp.booking.known import SourcePull
from revintel_mcp.booking.manual import manual_entry
from revintel_mcp.domain.source_state import SourceState, SourceStatus
from revintel_mcp.errors import UsageError
from tests.booking.memory_log import TODAY, MemoryLog, pull, sale
from tests.booking.test_manual import correct, void

PLAIN = sale("stripe_ch_1", "29")
LINKED = sale("stripe_ch_1", "29", same_as="gumroad_g1")
GUMROAD = sale("gumroad_g1", "29")
STRIPE_VIEWS = {"not asked": [], "silent": [pull()], "plain": [pull(PLAIN)], "linked": [pull(LINKED)]}
GUMROAD_VIEWS = {"not configured": [], "silent": [pull(name="Gumroad")], "shown": [pull(GUMROAD, name="Gumroad")]}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(STRIPE_VIEWS)), st.sampled_from(sorted(GUMROAD_VIEWS))), max_size=6))
def test_a_gumroad_sale_seen_in_stripe_counts_once_as_soon_as_both_are_seen(views: list[tuple[str, str]]) -> None:
    log = MemoryLog()
    for stripe, gumroad in [*views, ("linked", "shown")]:
        status = SourceStatus.NOT_CONFIGURED if gumroad == "not configured" else SourceStatus.COMPLETE
        pulls: list[SourcePull] = [*STRIPE_VIEWS[stripe], *GUMROAD_VIEWS[gumroad]]
        before = log.total
        log.run(*pulls)
        log.states = (SourceState("Gumroad", status),)
        assert log.look(*pulls).changes_nothing
        assert log.total >= before or log.total == Decimal("29.00"), "money never vanishes"
    assert log.total == Decimal("29.00")
    assert log.waiting == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(1, 4), max_size=3), max_size=4), st.randoms(use_true_random=False))
def test_numbered_earnings_are_what_was_earned(weeks: list[list[int]], order: random.Random) -> None:
    log = MemoryLog()
    earned: list[int] = []
    for more in weeks:
        earned += more
        shown = list(earned)
        order.shuffle(shown)
        seen = pull(*[sale("upwork_c1_2026-01-05", f"{amount}", numbered=True) for amount in shown], name="Upwork")
        log.run(seen)
        assert log.look(seen).changes_nothing
    assert sorted(int(row.amount_usd) for row in log.counted) == sorted(earned)


ACTS = st.tuples(
    st.sampled_from(["add", "correct", "void"]),
    st.sampled_from(["a", "b", "c"]),
    st.integers(1, 500),
    st.sampled_from(["completed", "pending"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTS, max_size=10))
def test_entries_add_up_to_what_the_person_said(acts: Sequence[tuple[str, str, int, str]]) -> None:
    log, model, names = MemoryLog(), dict[str, tuple[int, str] | None](), dict[str, str]()
    for act, key, amount, status in acts:
        if act == "add":
            names[key] = _add(log, str(amount), status, key)
            model.setdefault(key, (amount, status))
        elif key in names:
            try:
                _change(log, act, names[key], str(amount), status)
            except UsageError:
                assert model[key] is None, "only a struck entry can't be corrected"
            else:
                model[key] = None if act == "void" else (amount, status)
    expected = sum(entry[0] for entry in model.values() if entry is not None and entry[1] == "completed")
    assert log.total == expected


def _add(log: MemoryLog, amount: str, status: str, key: str) -> str:
    done = manual_entry(
        log.known(), amount=amount, channel="Fiverr", status=status, today=TODAY, token=bytes(6), idempotency_key=key
    )
    log.apply(done.booking)
    return done.id


def _change(log: MemoryLog, act: str, name: str, amount: str, status: str) -> None:
    if act == "void":
        void(log, name)
    else:
        correct(log, name, amount=amount, status=status)
