"""What goes back on a sale is booked once, when it happened, and never for more than the sale."""

from decimal import Decimal

import pytest

from revintel_mcp.booking.booking import Difference
from revintel_mcp.booking.known import SourcePull
from revintel_mcp.domain.records import Reversal, Unbookable
from revintel_mcp.domain.transaction import Status, TransactionType
from tests.booking.memory_log import MemoryLog, day, dispute, eur, price, pull, refund, sale, usd, won
from tests.booking.stories import Story, read


def test_a_refund_after_the_sale_was_logged_is_a_row_of_its_own_day(story: Story) -> None:
    """
    today | the platform shows                  | booked                   | total
    01-06 | 29                                  | 01-05 29.00              | 29.00
    02-02 | 29 re_1=10@02-01                    | 02-01 refund_re_1 -10.00 | 19.00
    02-09 | 29 re_1=10@02-01 re_2=19@02-08      | 02-08 refund_re_2 -19.00 | 0.00
    02-10 | 29 re_1=10@02-01 re_2=19@02-08 full |                          | 0.00
    """
    story.holds()


def test_a_sale_partly_refunded_at_first_sight_gets_both_rows(story: Story) -> None:
    """
    today | the platform shows | booked                                | total
    02-02 | 29 re_1=10@02-01   | 01-05 29.00, 02-01 refund_re_1 -10.00 | 19.00
    """
    story.holds()


def test_a_running_total_books_what_is_new_of_it_on_the_day_it_is_seen(story: Story) -> None:
    """
    today | the platform shows | booked                | total
    01-06 | 29                 | 01-05 29.00           | 29.00
    02-02 | 29 total=10        | 02-02 refund -10.00   | 19.00
    02-05 | 29 total=10        |                       | 19.00
    02-09 | 29 total=15        | 02-09 refund_2 -5.00  | 14.00
    02-20 | 29 total=29 full   | 02-20 refund_3 -14.00 | 0.00
    """
    story.holds()


def test_a_flag_alone_takes_back_all_that_is_left(story: Story) -> None:
    """
    today | the platform shows | booked                | total
    01-06 | 29                 | 01-05 29.00           | 29.00
    02-02 | 29 total=10        | 02-02 refund -10.00   | 19.00
    02-09 | 29 full            | 02-09 refund_2 -19.00 | 0.00
    """
    story.holds()


def test_refunds_without_id_are_told_apart_by_day_and_amount(story: Story) -> None:
    """
    today | the platform shows     | booked                | total
    01-06 | 29                     | 01-05 29.00           | 29.00
    02-02 | 29 =10@02-01           | 02-01 refund -10.00   | 19.00
    02-09 | 29 =10@02-01 =10@02-08 | 02-08 refund_2 -10.00 | 9.00
    02-10 | 29 =10@02-08 =10@02-01 |                       | 9.00
    02-11 | 29 =10@02-08           |                       | 9.00
    """
    story.holds()


def test_a_total_first_and_items_later_are_the_same_money(story: Story) -> None:
    """
    today | the platform shows                         | booked                  | total
    01-06 | 29                                         | 01-05 29.00             | 29.00
    02-02 | 29 total=10                                | 02-02 refund -10.00     | 19.00
    02-05 | 29 re_1=10@02-01                           |                         | 19.00
    02-09 | 29 re_1=10@02-01 re_2=5@02-08              | 02-08 refund_re_2 -5.00 | 14.00
    02-12 | 29 total=15                                |                         | 14.00
    02-15 | 29 total=18                                | 02-15 refund_2 -3.00    | 11.00
    02-16 | 29 re_1=10@02-01 re_2=5@02-08 re_3=3@02-14 |                         | 11.00
    """
    story.holds()


def test_a_total_of_two_refunds_and_items_later_are_the_same_money(story: Story) -> None:
    """
    today | the platform shows            | booked              | total
    01-06 | 29                            | 01-05 29.00         | 29.00
    02-02 | 29 total=15                   | 02-02 refund -15.00 | 14.00
    02-05 | 29 re_1=10@02-01 re_2=5@02-01 |                     | 14.00
    """
    story.holds()


def test_items_first_and_a_total_later_are_the_same_money(story: Story) -> None:
    """
    today | the platform shows | booked                                | total
    02-02 | 29 re_1=10@02-01   | 01-05 29.00, 02-01 refund_re_1 -10.00 | 19.00
    02-05 | 29 total=10        |                                       | 19.00
    02-09 | 29 total=14        | 02-09 refund -4.00                    | 15.00
    """
    story.holds()


def test_an_item_that_is_only_partly_in_an_earlier_total_books_the_rest(story: Story) -> None:
    """
    today | the platform shows           | booked                  | total
    01-06 | 29                           | 01-05 29.00             | 29.00
    02-02 | 29 total=5                   | 02-02 refund -5.00      | 24.00
    02-05 | 29 re_1=8@02-02              | 02-02 refund_re_1 -3.00 | 21.00
    02-09 | 29 re_1=8@02-02 re_2=2@02-01 | 02-01 refund_re_2 -2.00 | 19.00
    """
    story.holds()


def test_a_refund_that_comes_without_its_sale_is_linked_to_the_logged_one(story: Story) -> None:
    """
    today | the platform shows  | booked                   | total
    01-06 | 29                  | 01-05 29.00              | 29.00
    02-02 | alone re_1=10@02-01 | 02-01 refund_re_1 -10.00 | 19.00
    02-05 | 29 re_1=10@02-01    |                          | 19.00
    02-06 | alone re_2=40@02-06 | 02-06 refund_re_2 -19.00 | 0.00
    """
    story.holds()


def test_a_dispute_and_its_end(story: Story) -> None:
    """
    today | the platform shows         | booked                  | total
    01-06 | 29                         | 01-05 29.00             | 29.00
    02-02 | 29 dispute@02-01           | 02-01 dispute -29.00    | 0.00
    03-09 | 29 dispute@02-01 won@03-08 | 03-08 dispute_won 29.00 | 29.00
    03-10 | 29                         |                         | 29.00
    """
    story.holds()


def test_a_dispute_that_only_a_flag_tells(story: Story) -> None:
    """
    today | the platform shows | booked                  | total
    01-06 | 29                 | 01-05 29.00             | 29.00
    02-02 | 29 chargeback      | 02-02 dispute -29.00    | 0.00
    03-09 | 29 dispute won     | 03-09 dispute_won 29.00 | 29.00
    """
    story.holds()


def test_a_dispute_opened_and_won_between_two_looks_on_unknown_days_moved_nothing(story: Story) -> None:
    """
    today | the platform shows | booked      | total
    01-06 | 29                 | 01-05 29.00 | 29.00
    03-09 | 29 dispute won     |             | 29.00
    """
    story.holds()


def test_a_dispute_opened_and_won_on_known_days_is_booked_on_them(story: Story) -> None:
    """
    today | the platform shows         | booked                                                     | total
    03-09 | 29 dispute@01-20 won@02-20 | 01-05 29.00, 01-20 dispute -29.00, 02-20 dispute_won 29.00 | 29.00
    """
    story.holds()


def test_a_dispute_of_the_rest_and_a_refund_never_take_more_than_the_sale(story: Story) -> None:
    """
    today | the platform shows                          | booked                   | total
    01-06 | 29                                          | 01-05 29.00              | 29.00
    02-02 | 29 re_1=10@02-01                            | 02-01 refund_re_1 -10.00 | 19.00
    02-05 | 29 re_1=10@02-01 dispute=29@02-04           | 02-04 dispute -19.00     | 0.00
    03-09 | 29 re_1=10@02-01 dispute=29@02-04 won@03-08 | 03-08 dispute_won 19.00  | 19.00
    """
    story.holds()


def test_chargeback_and_refund_both_set_take_the_sale_once(story: Story) -> None:
    """
    today | the platform shows     | booked              | total
    01-06 | 29                     | 01-05 29.00         | 29.00
    02-02 | 29 chargeback total=29 | 02-02 refund -29.00 | 0.00
    """
    story.holds()


def test_a_refund_that_a_dispute_left_no_room_for_is_booked_once_the_dispute_is_won(story: Story) -> None:
    """
    today | the platform shows                       | booked                                            | total
    01-06 | 29                                       | 01-05 29.00                                       | 29.00
    02-02 | 29 dispute@02-01                         | 02-01 dispute -29.00                              | 0.00
    02-05 | 29 dispute@02-01 re_1=29@02-04           |                                                   | 0.00
    03-09 | 29 dispute@02-01 re_1=29@02-04 won@03-08 | 02-04 refund_re_1 -29.00, 03-08 dispute_won 29.00 | 0.00
    """
    story.holds()


def test_a_dispute_that_a_refund_left_no_room_for_gives_nothing_back_when_won(story: Story) -> None:
    """
    today | the platform shows                       | booked                   | total
    01-06 | 29                                       | 01-05 29.00              | 29.00
    02-02 | 29 re_1=29@02-01                         | 02-01 refund_re_1 -29.00 | 0.00
    03-09 | 29 re_1=29@02-01 dispute@02-04 won@03-08 |                          | 0.00
    """
    story.holds()


def test_a_person_who_changes_a_refund_keeps_the_change(story: Story) -> None:
    """
    today | the platform shows            | booked               | total
    01-06 | 29                            | 01-05 29.00          | 29.00
    02-02 | 29 total=10                   | 02-02 refund -10.00  | 19.00
    02-05 | *refund=4 29 total=10         |                      | 25.00
    02-09 | 29 total=12                   | 02-09 refund_2 -2.00 | 23.00
    02-10 | 29 re_1=10@02-01 re_2=2@02-08 |                      | 23.00
    """
    story.holds()


def test_a_person_who_changes_a_full_refund_keeps_the_change(story: Story) -> None:
    """
    today | the platform shows | booked              | total
    01-06 | 29                 | 01-05 29.00         | 29.00
    02-02 | 29 full            | 02-02 refund -29.00 | 0.00
    02-05 | *refund=20 29 full |                     | 9.00
    """
    story.holds()


def test_a_struck_refund_stays_struck_and_a_removed_one_comes_back(story: Story) -> None:
    """
    today | the platform shows         | booked               | total
    01-06 | 29                         | 01-05 29.00          | 29.00
    02-02 | 29 total=10                | 02-02 refund -10.00  | 19.00
    02-05 | 29 total=15                | 02-05 refund_2 -5.00 | 14.00
    02-06 | *strike-refund 29 total=15 |                      | 24.00
    02-07 | *remove-refund 29 total=15 | 02-07 refund -10.00  | 14.00
    """
    story.holds()


def test_a_sale_that_a_person_made_smaller_takes_no_more_than_that(story: Story) -> None:
    """
    today | the platform shows        | booked                   | total
    01-06 | 29                        | 01-05 29.00              | 29.00
    02-02 | *sale=20 29 re_1=25@02-01 | 02-01 refund_re_1 -20.00 | 0.00
    """
    story.holds()


def test_refunds_in_another_currency_go_back_at_the_rate_of_their_sale(story: Story) -> None:
    """
    today | the platform shows           | booked                   | total
    01-06 | 33.33EUR                     | 01-05 36.18              | 36.18
    02-02 | 33.33EUR re_1=11.11EUR@02-01 | 02-01 refund_re_1 -12.06 | 24.12
    02-05 | 33.33EUR total=22.22EUR      | 02-05 refund -12.06      | 12.06
    02-09 | 33.33EUR total=33.33EUR full | 02-09 refund_2 -12.06    | 0.00
    """
    log = MemoryLog(price("01-05", "1.0855"), price("02-01", "2"))
    story.holds(log)
    log.prices = (price("01-05", "1.3"),)
    assert log.look(read("33.33EUR total=33.33EUR full")).changes_nothing


def test_the_last_refund_in_another_currency_leaves_no_cent_behind(story: Story) -> None:
    """
    today | the platform shows    | booked               | total
    01-06 | 3.01EUR               | 01-05 3.02           | 3.02
    02-02 | 3.01EUR total=1EUR    | 02-02 refund -1.00   | 2.02
    02-03 | 3.01EUR total=2EUR    | 02-03 refund_2 -1.00 | 1.02
    02-04 | 3.01EUR total=3.01EUR | 02-04 refund_3 -1.02 | 0.00
    """
    story.holds(MemoryLog(price("01-05", "1.0044")))


def test_a_refund_of_a_sale_whose_dollars_a_person_changed_still_goes_by_the_price(story: Story) -> None:
    """
    today | the platform shows                | booked                   | total
    01-06 | 100EUR                            | 01-05 110.00             | 110.00
    02-02 | *sale=120 100EUR re_1=10EUR@02-01 | 02-01 refund_re_1 -11.00 | 109.00
    """
    story.holds(MemoryLog(price("01-05", "1.10")))


def test_an_item_of_the_day_and_amount_of_an_earlier_total_is_that_total(story: Story) -> None:
    """
    today | the platform shows            | booked                  | total
    01-06 | 29                            | 01-05 29.00             | 29.00
    02-02 | 29 total=10                   | 02-02 refund -10.00     | 19.00
    02-03 | 29 re_1=5@02-02 re_2=10@02-02 | 02-02 refund_re_1 -5.00 | 14.00
    """
    story.holds()


def test_a_refund_told_with_and_without_its_id_in_one_run_is_one(story: Story) -> None:
    """
    today | the platform shows         | booked                                | total
    02-02 | 29 re_1=10@02-01 =10@02-01 | 01-05 29.00, 02-01 refund_re_1 -10.00 | 19.00
    """
    story.holds()


def test_a_reversal_row_tells_what_it_is() -> None:
    log = MemoryLog()
    first = sale("stripe_ch_1", "29", description="Icon set", transaction_type=TransactionType.SUBSCRIPTION)
    log.run(pull(first))
    item = refund("stripe_ch_1", "10", "02-01", "re_1", fee=usd("-0.50"), via="list_refunds")
    log.run(pull(reversals=[item]))
    row = log.row("stripe_ch_1_refund_re_1")
    assert row.description == "Refund of 10.00: Icon set"
    assert (row.status, row.transaction_type) == (Status.REFUNDED, TransactionType.SUBSCRIPTION)
    assert (row.client, row.fee_usd, row.via) == ("a@example.com", Decimal("-0.50"), "list_refunds")


def test_a_refund_follows_its_sale_to_the_channel_a_person_chose() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "29")))
    other = log.row("stripe_ch_1").channel.OTHER
    log.edit("stripe_ch_1", channel=other)
    log.run(pull(reversals=[refund("stripe_ch_1", "10", "02-01", "re_1")]))
    assert log.row("stripe_ch_1_refund_re_1").channel is other


def test_a_refund_is_found_again_under_another_id_of_its_sale() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_pi_1", "29", reversals=(refund("stripe_pi_1", "10", "02-01", "re_1"),))))
    now = sale("stripe_ch_1", "29", aliases=("stripe_pi_1",), reversals=(refund("stripe_ch_1", "10", "02-01", "re_1"),))
    assert log.run(pull(now)).changes_nothing
    assert log.run(pull(reversals=[refund("stripe_ch_1", "10", "02-01", "re_1")])).changes_nothing


def test_a_refund_that_failed_after_it_was_booked_is_reported() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "29", refunded_total=usd(10))))
    booking = log.run(pull(sale("stripe_ch_1", "29", refunded_total=usd(0))))
    assert booking.changes_nothing
    assert booking.differences == (Difference("stripe_ch_1", 1, "refunded", "10.00", "0.00"),)


def test_an_edited_refund_with_an_id_is_reported() -> None:
    log = MemoryLog()
    seen = pull(sale("stripe_ch_1", "29", reversals=(refund("stripe_ch_1", "10", "02-01", "re_1"),)))
    log.run(seen)
    log.edit("stripe_ch_1_refund_re_1", amount_usd=Decimal("-8.00"), date=day("02-03"))
    assert {(each.what, each.logged, each.source) for each in log.run(seen).differences} == {
        ("amount", "-8.00", "-10.00"),
        ("date", "2026-02-03", "2026-02-01"),
    }


def test_a_refund_whose_sale_is_not_in_the_log_is_booked_and_flagged() -> None:
    log = MemoryLog()
    seen = pull(reversals=[refund("stripe_ch_0", "10", "02-01", "re_1", description="Icon set")])
    booking = log.run(seen)
    assert log.table() == "2026-02-01 stripe_ch_0_refund_re_1 -10.00"
    assert log.row("stripe_ch_0_refund_re_1").description == "Refund of 10.00: Icon set (booked without its sale)"
    assert [problem.code for problem in booking.problems] == ["refund-without-sale"]
    assert log.run(seen).changes_nothing


def test_a_sale_found_later_is_booked_if_its_refund_is_in_the_log() -> None:
    log = MemoryLog()
    item = refund("stripe_ch_0", "10", "02-01", "re_1")
    log.run(pull(reversals=[item]))
    log.run(pull(sale("stripe_ch_0", "10", "2025-12-20", reversals=(item,))))
    assert log.total == 0
    assert "stripe_ch_0" in log.rows


def test_a_refund_of_a_sale_that_was_never_counted_is_not_booked_when_the_sale_is_out_of_sight() -> None:
    log = MemoryLog()
    gone = sale("stripe_ch_1", "29", "01-05", reversals=(refund("stripe_ch_1", "29", "01-20", "re_1"),))
    log.run(pull(gone))
    log.was_complete("Stripe", "01-01", "02-28")
    booking = log.run(pull(reversals=[refund("stripe_ch_1", "29", "01-20", "re_1")]))
    assert booking.changes_nothing
    assert booking.skipped == {"refund of a sale that was never counted": 1}


def test_refunds_that_name_no_sale_are_kept_apart_by_what_they_say() -> None:
    log = MemoryLog()
    seen = pull(reversals=[refund("", "10", "02-01", "re_1"), refund("", "4", "02-01"), refund("", "5", "02-01")])
    log.run(seen)
    assert log.total == Decimal("-19.00")
    assert log.run(seen).changes_nothing


def test_a_refund_that_names_no_sale_and_shows_late_is_booked_and_said_to() -> None:
    log = MemoryLog()
    log.was_complete("Stripe", "01-01", "02-28")
    booking = log.run(pull(reversals=[refund("", "10", "02-01", "re_1")]))
    assert booking.reappeared == ("stripe_refund_re_1",)
    assert [problem.code for problem in booking.problems] == ["refund-without-sale"]


def test_a_refund_that_named_no_sale_counts_once_when_its_sale_is_told() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "50"), reversals=[refund("", "20", "02-20", "re_1")]))
    told = refund("stripe_ch_1", "20", "02-20", "re_1")
    seen = pull(sale("stripe_ch_1", "50", refunded_total=usd(20), reversals=(told,)))
    assert log.run(seen).changes_nothing
    assert log.run(pull(reversals=[told])).changes_nothing
    log.run(pull(reversals=[told, refund("stripe_ch_1", "50", "02-25", "re_2")]))
    assert log.table().splitlines()[1:] == [
        "2026-02-20 stripe_refund_re_1 -20.00",
        "2026-02-25 stripe_ch_1_refund_re_2 -30.00",
    ]


def test_a_dispute_that_named_no_sale_counts_once_when_its_sale_is_told() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "50"), reversals=[dispute("", "20", "02-20"), dispute("", "20", "02-20")]))
    log.run(pull(reversals=[won("", "20", "02-27")]))
    told = dispute("stripe_ch_1", "20", "02-20", native="dp_1"), won("stripe_ch_1", "20", "02-27", native="dp_1")
    assert log.run(pull(sale("stripe_ch_1", "50", reversals=told))).changes_nothing
    assert log.run(pull(reversals=[*told, dispute("", "20", "02-20")])).changes_nothing
    assert log.total == Decimal("30.00")


def test_a_sale_found_later_is_booked_if_the_refund_that_named_no_sale_is_its_own() -> None:
    log = MemoryLog()
    log.run(pull(reversals=[refund("", "10", "02-01", "re_1")]))
    log.run(pull(sale("stripe_ch_0", "10", "2025-12-20", reversals=(refund("stripe_ch_0", "10", "02-01", "re_1"),))))
    assert log.total == 0
    assert "stripe_ch_0" in log.rows


def test_a_refund_waits_while_the_row_of_its_sale_cant_be_read() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "29")))
    row, log.rows["stripe_ch_1"] = log.row("stripe_ch_1"), None
    log.run(pull(reversals=[refund("stripe_ch_1", "10", "02-01", "re_1")]))
    assert log.waiting == ["stripe_ch_1_refund_re_1"]
    assert "line 1" in log.attention[0].why
    log.rows["stripe_ch_1"] = row
    log.run()
    assert (log.waiting, log.total) == ([], Decimal("19.00"))


def test_an_unreadable_refund_row_is_not_booked_a_second_time() -> None:
    log = MemoryLog()
    seen = pull(sale("stripe_ch_1", "29", refunded_total=usd(10)))
    log.run(seen)
    log.rows["stripe_ch_1_refund"] = None
    assert log.run(seen).changes_nothing


def test_an_unknown_part_waits_for_its_amount(story: Story) -> None:
    """
    today | the platform shows | booked      | total
    01-06 | 29 some            | 01-05 29.00 | 29.00
    """
    log = story.holds()
    assert log.waiting == ["stripe_ch_1_refund"]
    log.mend("stripe_ch_1_refund", amount="12.50")
    log.run(read("29 some"), today="02-02")
    assert log.table().splitlines()[-1] == "2026-01-06 stripe_ch_1_refund -12.50"
    assert log.waiting == []
    assert log.look(read("29 some")).changes_nothing


def test_an_unknown_part_goes_when_the_platform_tells_it(story: Story) -> None:
    """
    today | the platform shows | booked                  | total
    01-06 | 29 some            | 01-05 29.00             | 29.00
    01-07 | 29 re_1=5@01-06    | 01-06 refund_re_1 -5.00 | 24.00
    """
    log = story.holds()
    assert log.waiting == []


def test_a_dispute_in_doubt_waits_for_what_it_took_also_beside_a_refund(story: Story) -> None:
    """
    today | the platform shows         | booked                | total
    02-06 | 29 total=10 disputed       | 01-05 29.00, 02-06 refund -10.00 | 19.00
    02-07 | 29 total=10 disputed       |                       | 19.00
    """
    log = story.holds()
    assert log.waiting == ["stripe_ch_1_dispute"]
    log.mend("stripe_ch_1_dispute", amount="19")
    log.run(read("29 total=10 disputed"), today="02-08")
    assert (str(log.total), log.waiting) == ("0.00", [])
    told = read("29 total=10 dispute=19@02-03")
    assert log.look(told).changes_nothing


def test_a_dispute_that_a_person_says_took_nothing_is_booked_once_it_does() -> None:
    log = MemoryLog()
    log.run(read("29 disputed"), today="02-06")
    log.mend("stripe_ch_1_dispute", amount="0")
    log.run(read("29 disputed"), today="02-07")
    assert (str(log.total), log.waiting) == ("29.00", [])
    assert log.look(read("29 disputed")).changes_nothing
    log.run(read("29 dispute=29@02-09"), today="02-10")
    assert str(log.total) == "0.00"
    assert log.look(read("29 dispute=29@02-09")).changes_nothing


def test_a_dispute_in_doubt_goes_when_the_platform_tells_it(story: Story) -> None:
    """
    today | the platform shows   | booked                 | total
    01-06 | 29 disputed          | 01-05 29.00            | 29.00
    01-08 | 29 dispute=29@01-07  | 01-07 dispute -29.00   | 0.00
    """
    assert story.holds().waiting == []


def test_two_disputes_of_one_sale_are_two_rows() -> None:
    log = MemoryLog()
    first = dispute("stripe_ch_1", "10", "02-01", native="dp_1")
    log.run(pull(sale("stripe_ch_1", "29", reversals=(first,))))
    second = dispute("stripe_ch_1", "5", "02-08", native="dp_2")
    back = won("stripe_ch_1", "10", "02-20", native="dp_1")
    log.run(pull(sale("stripe_ch_1", "29", reversals=(first, second, back))))
    assert log.table().splitlines()[2:] == [
        "2026-02-08 stripe_ch_1_dispute_2 -5.00",
        "2026-02-20 stripe_ch_1_dispute_won 10.00",
    ]


def test_a_foreign_refund_of_a_sale_booked_in_dollars_waits_for_a_price() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "29")))
    log.run(pull(reversals=[refund("stripe_ch_1", eur(10), "02-01", "re_1")]))
    assert log.waiting == ["stripe_ch_1_refund_re_1"]
    log.prices = (price("01-03", "1.10"),)
    log.run()
    assert log.table().splitlines()[-1] == "2026-02-01 stripe_ch_1_refund_re_1 -11.00"
    assert log.waiting == []


def test_a_reversal_that_names_its_sale_by_several_ids_finds_the_logged_one() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_pi_1", "29")))
    log.run(pull(reversals=[dispute("stripe_ch_1", None, "02-01", sale_aliases=("stripe_pi_1",))]))
    assert log.table().splitlines()[1] == "2026-02-01 stripe_pi_1_dispute -29.00"


def test_one_refund_shown_by_two_servers_of_one_account_is_one_row() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "29")))
    item = refund("stripe_ch_1", "10", "02-01", "re_1")
    log.run(pull(reversals=[item]), pull(reversals=[item], name="Stripe-eu"))
    assert log.total == Decimal("19.00")


def test_two_refunds_without_id_that_are_alike_are_two(story: Story) -> None:
    """
    today | the platform shows   | booked                                                | total
    02-02 | 29 =5@02-01 =5@02-01 | 01-05 29.00, 02-01 refund -5.00, 02-01 refund_2 -5.00 | 19.00
    """
    story.holds()


def loose(native: str, amount: str, on: str) -> Reversal:
    return refund("", amount, on, native)


def test_a_refund_that_names_no_sale_is_the_one_booked_from_a_total() -> None:
    log = MemoryLog()
    log.run(read("29 total=10"), today="02-02")
    by_ledger = pull(sale("stripe_ch_1", "29"), reversals=[loose("re_1", "10", "02-01")])
    assert log.look(by_ledger, today="02-05").changes_nothing
    in_parts = pull(sale("stripe_ch_1", "29"), reversals=[loose("re_1", "4", "01-20"), loose("re_2", "6", "02-01")])
    assert log.look(in_parts, today="02-05").changes_nothing
    assert log.look(read("29 re_1=4@01-20 re_2=6@02-01"), today="02-06").changes_nothing


def test_a_dispute_of_its_sale_says_nothing_of_a_refund_that_names_no_sale() -> None:
    log = MemoryLog()
    log.run(read("29 total=10"), today="02-02")
    disputed = [loose("re_1", "10", "02-01"), dispute("stripe_ch_1", "19", "02-04")]
    log.run(pull(sale("stripe_ch_1", "29"), reversals=disputed), today="02-05")
    assert (str(log.total), log.waiting) == ("0.00", [])


def test_a_refund_of_its_own_is_booked_beside_one_from_a_total() -> None:
    log = MemoryLog()
    log.run(read("29 total=10"), today="02-02")
    later = [loose("re_1", "10", "02-01"), loose("re_2", "5", "02-03"), loose("re_3", "12", "02-01")]
    booking = log.run(pull(sale("stripe_ch_1", "29"), reversals=later), today="02-05")
    assert [row.id for row in booking.added] == ["stripe_refund_re_3", "stripe_refund_re_2"]
    assert log.look(pull(sale("stripe_ch_1", "29"), reversals=later), today="02-05").changes_nothing


def test_a_refund_that_may_be_part_of_one_from_a_total_waits_until_it_is_told() -> None:
    log = MemoryLog()
    log.run(read("29 total=10"), today="02-02")
    part = pull(sale("stripe_ch_1", "29"), reversals=[loose("re_1", "4", "02-01")])
    log.run(part, today="02-05")
    assert (log.waiting, str(log.total)) == (["stripe_refund_re_1"], "19.00")
    assert log.look(part, today="02-06").changes_nothing
    log.run(read("29 re_1=4@02-01 re_2=6@02-01"), today="02-07")
    assert (log.waiting, str(log.total)) == ([], "19.00")


def test_a_refund_in_doubt_is_not_asked_about_once_it_is_booked() -> None:
    log = MemoryLog()
    log.run(read("29 re_1=10@02-01"), today="02-02")
    doubt = Unbookable(id="stripe_refund_re_1", source="stripe", why="of which payment?", date=day("02-01"))
    assert log.look(pull(unbookable=[doubt]), today="02-05").changes_nothing


def test_a_refund_in_doubt_is_booked_as_what_went_back() -> None:
    log = MemoryLog()
    log.run(read("29"), today="02-02")
    doubt = Unbookable(id="stripe_refund_re_1", source="stripe", why="of which payment?", date=day("02-01"))
    log.run(pull(unbookable=[doubt]), today="02-05")
    log.mend("stripe_refund_re_1", amount="10")
    log.run(pull(unbookable=[doubt]), today="02-06")
    assert (log.waiting, str(log.total)) == ([], "19.00")
    assert log.look(read("29 re_1=10@02-01"), today="02-07").changes_nothing


def test_a_total_is_the_refund_that_was_booked_before_its_sale_was_known() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "29"), reversals=[loose("re_1", "10", "02-01")]), today="02-02")
    assert (str(log.total), "stripe_refund_re_1" in log.rows) == ("19.00", True)
    assert log.look(read("29 total=10"), today="02-05").changes_nothing
    log.run(read("29 total=15"), today="02-06")
    assert (log.waiting, str(log.total)) == (["stripe_ch_1_refund"], "19.00")
    log.mend("stripe_ch_1_refund", amount="5")
    log.run(read("29 total=15"), today="02-07")
    assert (log.waiting, str(log.total)) == ([], "14.00")
    assert log.look(read("29 re_1=10@02-01 re_2=5@02-05"), today="02-08").changes_nothing


def test_a_total_that_may_hold_a_refund_booked_without_its_sale_waits() -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "29"), reversals=[loose("re_1", "4", "02-01")]), today="02-02")
    log.run(read("29 total=10"), today="02-05")
    assert (log.waiting, str(log.total)) == (["stripe_ch_1_refund"], "25.00")
    assert log.look(read("29 total=10"), today="02-06").changes_nothing
    log.run(read("29 re_1=4@02-01 re_2=6@02-04"), today="02-07")
    assert (log.waiting, str(log.total)) == ([], "19.00")


def euros(total: str) -> SourcePull:
    """A list of charges, without the ledger's dollars, tells of 120 euros and what went back of them."""
    return pull(sale("stripe_ch_1", eur("120"), refunded_total=eur(total)))


@pytest.mark.parametrize(
    ("debited", "waiting", "total"),
    [
        ("5.00", [], "235.00"),  # the sale's own rate
        ("5.35", ["stripe_ch_1_refund"], "234.65"),  # dearer since: nobody can tell that it is the same
        ("4.10", ["stripe_ch_1_refund"], "235.90"),
        ("40.00", [], "195.00"),  # another sale's
    ],
)
def test_a_total_in_euros_is_held_against_dollars_that_were_booked_without_their_sale(
    debited: str, waiting: list[str], total: str
) -> None:
    log = MemoryLog()
    log.run(pull(sale("stripe_ch_1", "240"), reversals=[loose("re_1", debited, "02-01")]), today="02-02")
    log.run(euros("2.50"), today="02-05")
    assert (log.waiting, str(log.total)) == (waiting, total)
    assert log.look(euros("2.50"), today="02-06").changes_nothing


def test_refunds_in_dollars_that_make_up_a_total_in_euros_are_part_of_it() -> None:
    log = MemoryLog()
    parts = [loose("re_1", "3.00", "02-01"), loose("re_2", "2.00", "02-01")]
    log.run(pull(sale("stripe_ch_1", "240"), reversals=parts), today="02-02")
    log.run(euros("2.50"), today="02-05")
    assert (log.waiting, str(log.total)) == ([], "235.00")


def test_a_refund_from_before_the_sale_is_no_part_of_its_total() -> None:
    log = MemoryLog()
    log.run(pull(reversals=[loose("re_1", "10", "01-02")]), today="01-04")
    log.run(read("29 total=10"), today="02-05")
    assert (log.waiting, str(log.total)) == ([], "9.00")


def test_a_refund_in_doubt_of_a_sale_that_was_gone_before_it_was_seen_has_nothing_to_wait_for() -> None:
    log = MemoryLog()
    doubt = Unbookable(id="stripe_refund_re_1", source="stripe", why="of which payment?", date=day("02-01"))
    log.run(pull(unbookable=[doubt]), today="02-05")
    log.run(read("29 re_1=29@02-01"), today="02-07")
    assert (log.waiting, log.table()) == ([], "")


def test_refunds_that_name_no_sale_are_given_to_totals_so_that_none_is_left_over() -> None:
    log = MemoryLog()
    first, second = sale("stripe_ch_1", "29"), sale("stripe_ch_2", "29", "01-19")
    log.run(pull(first, second._replace(refunded_total=usd(5))), today="01-30")
    log.run(pull(first._replace(refunded_total=usd(5)), second), today="02-14")
    by_ledger = pull(first, second, reversals=[loose("re_1", "5", "02-06"), loose("re_2", "5", "01-28")])
    assert log.look(by_ledger, today="02-20").changes_nothing


def test_of_refunds_as_large_the_latest_is_the_one_that_a_total_was_of() -> None:
    log = MemoryLog()
    first, gone = sale("stripe_ch_1", "25"), sale("stripe_ch_2", "25", "01-16")
    log.run(pull(first), today="02-11")
    log.run(pull(first._replace(refunded_total=usd(25))), today="02-12")
    log.run(pull(first, gone, reversals=[loose("re_1", "25", "02-12"), loose("re_2", "25", "01-16")]), today="02-24")
    named = (refund("stripe_ch_1", "25", "02-12", "re_1"), refund("stripe_ch_2", "25", "01-16", "re_2"))
    known = pull(first._replace(reversals=named[:1]), gone._replace(reversals=named[1:]))
    log.run(known, today="02-25")
    assert str(log.total) == "0.00"


def test_what_a_refund_takes_beyond_its_sale_is_told() -> None:
    """The row stops at the sale, and the difference is not passed over."""
    log = MemoryLog()
    sold = sale("upwork_7", "29.00")
    log.run(pull(sold, name="Upwork"), today=day("01-06"))
    booking = log.run(
        pull(sold, name="Upwork", reversals=[refund("upwork_7", "40.00", "02-01", "r1")]), today=day("02-02")
    )
    assert [row.amount_usd for row in booking.added] == [Decimal("-29.00")]
    (problem,) = booking.problems
    assert "40.00" in problem.message
    assert "29.00" in problem.message


def test_a_dispute_that_is_won_comes_in_though_its_sale_was_never_logged() -> None:
    """The sale and what the dispute took lie before the books, or before the days that are still asked for."""
    log = MemoryLog()
    alone = pull(reversals=[won("stripe_ch_1", "29", "02-01")])
    booking = log.run(alone, today="02-02")
    assert [(row.id, str(row.amount_usd)) for row in booking.added] == [("stripe_ch_1_dispute_won", "29.00")]
    assert [problem.code for problem in booking.problems] == ["refund-without-sale"]
    assert log.look(alone, today="02-03").changes_nothing
    whole = pull(sale("stripe_ch_1", "29"), reversals=[dispute("stripe_ch_1", "29", "01-20"), *alone.pull.reversals])
    log.run(whole, today="02-04")
    assert (str(log.total), log.look(whole, today="02-05").changes_nothing) == ("29.00", True)


def test_a_dispute_that_is_won_waits_for_its_day_and_sale_to_be_known() -> None:
    log = MemoryLog()
    assert log.look(pull(reversals=[won("stripe_ch_1", "29")]), today="02-02").changes_nothing
    assert log.look(pull(reversals=[won("", "29", "02-01")]), today="02-02").changes_nothing
