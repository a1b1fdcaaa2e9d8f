"""Earnings that only contract and date tell apart: matched by amount, numbered when new."""

from decimal import Decimal
from itertools import permutations
from typing import Any

from revintel_mcp.domain.money import Money
from revintel_mcp.domain.records import Sale
from tests.booking.memory_log import MemoryLog, day, eur, price, pull, refund, sale, usd

BASE = "upwork_c1_2026-01-05"


def earning(amount: str | Money, **more: Any) -> Sale:
    return sale(BASE, amount, numbered=True, **more)


def rows(log: MemoryLog) -> dict[str, str]:
    return {name.removeprefix(BASE): str(log.row(name).amount_usd) for name in log.rows}


def test_equal_keys_are_numbered_whatever_their_order() -> None:
    for some in permutations([earning("100"), earning("50"), earning("50")]):
        log = MemoryLog()
        log.run(pull(*some, name="Upwork"))
        assert rows(log) == {"": "50.00", "_2": "50.00", "_3": "100.00"}


def test_a_second_pull_matches_by_amount() -> None:
    log = MemoryLog()
    log.run(pull(earning("100"), name="Upwork"))
    log.run(pull(earning("50"), earning("100"), name="Upwork"))
    assert rows(log) == {"": "100.00", "_2": "50.00"}
    for some in permutations([earning("100"), earning("50")]):
        assert log.look(pull(*some, name="Upwork")).changes_nothing


def test_two_servers_of_one_account_show_the_same_earnings() -> None:
    log = MemoryLog()
    both = [earning("100"), earning("100")]
    log.run(pull(*both, name="Upwork"), pull(*both, name="Upwork-again"))
    assert rows(log) == {"": "100.00", "_2": "100.00"}


def test_a_persons_edit_is_no_new_earning() -> None:
    log = MemoryLog()
    log.run(pull(earning("100"), name="Upwork"))
    log.edit(BASE, amount_usd=Decimal("120.00"))
    booking = log.run(pull(earning("100"), name="Upwork"))
    assert booking.changes_nothing
    assert [(each.what, each.logged, each.source) for each in booking.differences] == [("amount", "120.00", "100.00")]


def test_a_struck_earning_stays_struck_and_a_removed_one_comes_back_under_its_number() -> None:
    log = MemoryLog()
    seen = pull(earning("100"), earning("50"), name="Upwork")
    log.run(seen)
    log.strike(BASE)
    assert log.run(seen).changes_nothing
    del log.rows[BASE]
    log.run(seen)
    assert rows(log) == {"_2": "100.00", "": "50.00"}


def test_fees_go_to_the_earning_they_belong_to() -> None:
    log = MemoryLog()
    log.run(pull(earning("100", description="week 1"), earning("100", description="week 2"), name="Upwork"))
    late = earning("100", description="week 2", fee=usd("10"))
    log.run(pull(late, earning("100", description="week 1"), name="Upwork"))
    assert {row.description: row.fee_usd for row in log.counted} == {"week 1": None, "week 2": Decimal("10.00")}


def test_a_native_id_is_found_again_behind_contract_and_date() -> None:
    log = MemoryLog()
    log.run(pull(earning("100"), earning("50"), name="Upwork"))
    native = [sale(f"upwork_{n}", amount, aliases=(BASE,)) for n, amount in ((9, "50"), (8, "100"), (7, "70"))]
    log.run(pull(*native, name="Upwork"))
    assert log.table().splitlines()[2:] == ["2026-01-05 upwork_7 70.00"]


def test_a_refund_of_an_earning_is_linked_to_it() -> None:
    log = MemoryLog()
    log.run(pull(earning("100"), name="Upwork"))
    log.run(pull(name="Upwork", reversals=[refund(BASE, "30", "02-01", "adj9")]))
    assert rows(log) == {"": "100.00", "_refund_adj9": "-30.00"}


def test_earnings_that_wait_keep_their_numbers() -> None:
    log = MemoryLog()
    seen = pull(earning(eur(100)), earning(eur(50)), name="Upwork")
    log.run(seen)
    assert log.waiting == [BASE, f"{BASE}_2"]
    assert log.run(seen).changes_nothing
    log.prices = (price("01-05", "1.10"),)
    log.run(seen)
    assert rows(log) == {"": "55.00", "_2": "110.00"}
    assert log.run(seen).changes_nothing


def test_earnings_logged_by_upworks_ids_are_not_booked_again_by_contract_and_date() -> None:
    """A user goes from a server that gives Upwork's ids to one that gives none."""
    log = MemoryLog()
    log.run(pull(*(sale(f"upwork_{n}", amount) for n, amount in ((8, "100"), (9, "50"), (10, "50"))), name="Upwork"))
    later = [earning(amount) for amount in ("50", "100", "50", "50", "70")]
    for some in (later, later[::-1]):
        booking = log.run(pull(*some, name="Upwork"))
    assert booking.changes_nothing
    assert not booking.differences
    assert rows(log) == {"upwork_8": "100.00", "upwork_9": "50.00", "upwork_10": "50.00", "": "50.00", "_2": "70.00"}


def test_earnings_logged_by_a_servers_contract_are_not_booked_again_by_ids() -> None:
    """The server with Upwork's ids has names of its own for contracts, or none."""
    log = MemoryLog()
    log.run(pull(earning("100"), earning("50"), name="Upwork"))
    native = pull(*(sale(f"upwork_{n}", amount) for n, amount in ((8, "100"), (9, "50"), (10, "50"))), name="Upwork")
    log.run(native)
    assert rows(log) == {"": "50.00", "_2": "100.00", "upwork_9": "50.00"}
    assert log.look(native).changes_nothing


def test_an_earning_struck_under_one_name_is_not_booked_under_another() -> None:
    log = MemoryLog()
    log.run(pull(sale("upwork_8", "100"), name="Upwork"))
    log.strike("upwork_8")
    assert log.run(pull(earning("100"), name="Upwork")).changes_nothing


def test_an_earning_of_another_day_or_amount_or_by_hand_is_another_earning() -> None:
    log = MemoryLog()
    log.run(pull(sale("upwork_8", "100", "01-06"), sale("upwork_9", "100.01"), name="Upwork"))
    log.rows["manual_2026-01-05_abc"] = log.row("upwork_8")._replace(id="manual_2026-01-05_abc", date=day("01-05"))
    log.run(pull(earning("100"), name="Upwork"))
    assert log.row(BASE).amount_usd == Decimal(100)


def test_what_a_run_shows_by_its_own_name_is_nothing_elses_namesake() -> None:
    log = MemoryLog()
    log.run(pull(sale("upwork_8", "100"), name="Upwork"))
    log.run(pull(sale("upwork_8", "100"), earning("100"), name="Upwork"))
    assert rows(log) == {"upwork_8": "100.00", "": "100.00"}


def test_with_several_accounts_a_row_may_be_the_other_ones() -> None:
    log = MemoryLog()
    log.run(pull(sale("upwork_8", "100"), name="Upwork"))
    log.run(pull(earning("100"), name="Upwork-eu"), pull(name="Upwork", complete=False))
    assert rows(log) == {"upwork_8": "100.00", "": "100.00"}


def test_equal_earnings_of_two_clients_are_told_apart_through_changes_of_servers() -> None:
    """Of one day and amount: one client's earning is not taken for the other's, so that none of them is left over."""
    log = MemoryLog()
    bobs = "upwork_c2_2026-01-05"
    first = sale("upwork_9", "40", client="Bob", aliases=(bobs,))
    log.run(pull(first, name="Upwork"))
    of_ada = earning("40", client="Ada")
    of_bob = sale(bobs, "40", numbered=True, client="Bob")
    log.run(pull(of_ada, of_bob, of_bob, name="Upwork"))
    ada = sale("upwork_7", "40", client="Ada", aliases=(BASE,))
    bob = sale("upwork_8", "40", client="Bob", aliases=(bobs,))
    assert log.run(pull(first, ada, bob, name="Upwork")).changes_nothing
    assert str(log.total) == "120.00"


def test_a_row_that_its_contract_leaves_over_is_another_earnings() -> None:
    log = MemoryLog()
    log.run(pull(earning("40"), earning("40"), name="Upwork"))
    native = [sale("upwork_7", "40", aliases=(BASE,)), sale("upwork_8", "40", aliases=("upwork_c2_2026-01-05",))]
    assert log.run(pull(*native, name="Upwork")).changes_nothing
