"""Whether a figure is all there, and why not, in words that a freelancer uses."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.booking.booking import AttentionRow, LoggedRow
from revintel_mcp.domain.periods import Month, Window
from revintel_mcp.domain.source_state import SourceState, SourceStatus
from revintel_mcp.domain.transaction import SOURCED_CHANNELS, Channel
from revintel_mcp.summary.coverage import Coverage, CoverageKind, Coverages, coverage
from revintel_mcp.summary.incomplete import incomplete_line
from revintel_mcp.summary.source_gaps import source_channel

TODAY = date(2026, 2, 19)
DEC, JAN, FEB = Month(2025, 12), Month(2026, 1), Month(2026, 2)
NEW_YEAR, YESTERDAY = date(2026, 1, 1), date(2026, 2, 18)
EXACT, FLOOR, UNKNOWN = CoverageKind.EXACT, CoverageKind.FLOOR, CoverageKind.UNKNOWN


def source(
    name: str,
    start: date | None = NEW_YEAR,
    end: date | None = YESTERDAY,
    status: SourceStatus = SourceStatus.COMPLETE,
    note: str = "",
) -> SourceState:
    return SourceState(name, status, start, end, "2026-02-19T09:00:00-05:00", note)


def failed(name: str, start: date | None = None, end: date | None = None) -> SourceState:
    return source(name, start, end, SourceStatus.FAILED, "auth: token rejected")


def absent(name: str, note: str = "") -> SourceState:
    return source(name, None, None, SourceStatus.NOT_CONFIGURED, note)


def waits(day: str, first_seen: str = "") -> AttentionRow:
    return AttentionRow(id=f"gumroad_{day}", source="Gumroad", why="no price", date=day, first_seen=first_seen)


def known(
    *states: SourceState,
    attention: Sequence[AttentionRow] = (),
    booked: Collection[tuple[Month, Channel]] = (),
    today: date = TODAY,
) -> Coverages:
    return coverage(states, attention, booked, today=today)


class TestCell:
    def test_a_month_that_has_not_begun_is_only_exact_as_entered_by_hand(self) -> None:
        """Nothing can have been read of it; a row dated ahead makes its figure a floor."""
        march, ahead = Month(2026, 3), known(source("Stripe"), booked=[(Month(2026, 4), Channel.STRIPE)])
        assert (ahead.cell(march, Channel.STRIPE).kind, ahead.cell(march, Channel.FIVERR).kind) == (UNKNOWN, EXACT)
        assert ahead.cell(march, Channel.STRIPE).why == "Stripe can't be read ahead of time"
        assert ahead.cell(Month(2026, 4), Channel.STRIPE).kind is FLOOR
        assert ahead.cell(FEB, Channel.STRIPE).kind is EXACT

    def test_a_channel_kept_by_hand_is_exact_as_entered(self) -> None:
        """No source could say otherwise."""
        cell = known(failed("Stripe")).cell(JAN, Channel.FIVERR)
        assert (cell.kind, cell.why, cell.through) == (EXACT, "", None)

    def test_a_past_month_read_through_its_last_day_is_exact(self) -> None:
        """Through its own end, whatever came later."""
        cell = known(failed("Stripe", NEW_YEAR, date(2026, 1, 31))).cell(JAN, Channel.STRIPE)
        assert (cell.kind, cell.through) == (EXACT, date(2026, 1, 31))

    def test_a_past_month_short_of_one_day_is_a_floor(self) -> None:
        """A month is not closed before its last day was read."""
        cell = known(failed("Stripe", NEW_YEAR, date(2026, 1, 30))).cell(JAN, Channel.STRIPE)
        assert (cell.kind, cell.why) == (
            FLOOR,
            "Stripe is read only through 2026-01-30; the last try failed (auth)",
        )

    @pytest.mark.parametrize(("days_ago", "kind"), [(1, EXACT), (2, EXACT), (3, FLOOR)])
    def test_the_current_month_is_exact_through_a_day(self, days_ago: int, kind: CoverageKind) -> None:
        """Through the day before yesterday at least; after that it needs a refresh."""
        end = TODAY - timedelta(days=days_ago)
        cell = known(source("Upwork", NEW_YEAR, end)).cell(FEB, Channel.UPWORK)
        assert (cell.kind, cell.through) == (kind, end)

    def test_on_the_first_day_the_current_month_has_no_full_day_and_is_exact(self) -> None:
        """Nothing can be missing from it but today."""
        cell = known(source("Stripe", NEW_YEAR, date(2026, 1, 31)), today=date(2026, 2, 1)).cell(FEB, Channel.STRIPE)
        assert (cell.kind, cell.through) == (EXACT, None)

    def test_a_month_never_read_is_unknown(self) -> None:
        """Nothing is known of December, and that is no zero."""
        cell = known(source("Stripe")).cell(DEC, Channel.STRIPE)
        assert (cell.kind, cell.why) == (UNKNOWN, "Stripe is read only from 2026-01-01 on")

    def test_a_month_never_read_with_rows_is_a_floor(self) -> None:
        """What a person entered is there; the rest may not be."""
        assert known(source("Stripe"), booked={(DEC, Channel.STRIPE)}).cell(DEC, Channel.STRIPE).kind is FLOOR

    def test_a_month_read_in_part_is_a_floor_even_of_zero(self) -> None:
        """From the 10th on, nothing was sold."""
        assert known(source("Stripe", date(2026, 1, 10))).cell(JAN, Channel.STRIPE).kind is FLOOR

    def test_every_account_must_cover_the_month(self) -> None:
        """One that failed leaves the channel a floor, and is named."""
        cell = known(source("Stripe"), failed("Stripe-eu")).cell(JAN, Channel.STRIPE)
        assert (cell.kind, cell.why) == (FLOOR, "Stripe-eu could not be read (auth)")
        both = known(source("Gumroad"), source("Gumroad_shop2", end=date(2026, 2, 17)))
        assert (both.cell(FEB, Channel.GUMROAD).kind, both.cell(FEB, Channel.GUMROAD).through) == (
            EXACT,
            date(2026, 2, 17),
        )

    def test_an_account_without_its_key_leaves_a_floor(self) -> None:
        """Its entry says that there is money to be read."""
        assert known(source("Stripe"), absent("Stripe-eu")).cell(JAN, Channel.STRIPE).kind is FLOOR
        keyless = absent("Stripe", "STRIPE_SECRET_KEY is not set")
        assert known(keyless, source("Stripe-eu")).cell(JAN, Channel.STRIPE).kind is FLOOR

    def test_a_bare_source_that_nothing_configures_does_not_spoil_its_account(self) -> None:
        """Every source has a row in the table, used or not."""
        assert known(absent("Stripe"), source("Stripe-eu")).cell(JAN, Channel.STRIPE).kind is EXACT

    def test_a_source_never_connected_is_unknown(self) -> None:
        """With or without a row in the table."""
        for states in ((), (absent("Upwork"),)):
            cell = known(*states).cell(JAN, Channel.UPWORK)
            assert (cell.kind, cell.why, cell.unused) == (UNKNOWN, "Upwork is not connected", True)

    def test_rows_of_a_source_never_connected_are_a_floor(self) -> None:
        """Entered by hand, and nothing to hold them against."""
        cell = known(booked={(JAN, Channel.UPWORK)}).cell(JAN, Channel.UPWORK)
        assert (cell.kind, cell.unused) == (FLOOR, False)

    def test_a_source_no_longer_connected_keeps_the_months_it_was_read_for(self) -> None:
        """January is closed; February is open."""
        gone = known(source("Stripe", NEW_YEAR, date(2026, 1, 31), SourceStatus.NOT_CONFIGURED))
        assert gone.cell(JAN, Channel.STRIPE).kind is EXACT
        assert gone.cell(FEB, Channel.STRIPE).why == (
            "Stripe is read only through 2026-01-31; it is no longer connected"
        )

    def test_a_waiting_record_makes_its_month_and_channel_a_floor(self) -> None:
        """And no other."""
        some = known(source("Gumroad"), attention=[waits("2026-01-05"), waits("2026-01-06")])
        assert (some.cell(JAN, Channel.GUMROAD).kind, some.cell(JAN, Channel.GUMROAD).why) == (
            FLOOR,
            "Gumroad has 2 records in Needs Attention",
        )
        assert some.cell(FEB, Channel.GUMROAD).kind is EXACT

    @pytest.mark.parametrize(
        ("row_id", "amount", "why"),
        [
            ("gumroad_a_refund", "", "Gumroad has 1 refund in Needs Attention"),
            ("stripe_refund_re_1", "", "Gumroad has 1 refund in Needs Attention"),
            ("gumroad_a_dispute", "-20.00", "Gumroad has 1 chargeback in Needs Attention"),
            ("manual_2026-01-05_0123456789ab", "-20.00", "Gumroad has 1 refund in Needs Attention"),
        ],
    )
    def test_a_refund_that_waits_makes_no_floor(self, row_id: str, amount: str, why: str) -> None:
        """Once it is booked the figure is lower than now: nobody may read it as at least this."""
        row = AttentionRow(id=row_id, source="Gumroad", why="?", date="2026-01-05", amount=amount)
        some = known(source("Gumroad"), attention=[row, waits("2026-02-03")], booked=[(JAN, Channel.GUMROAD)])
        cell = some.cell(JAN, Channel.GUMROAD)
        assert (cell.worth, cell.kind, cell.why) == (UNKNOWN, FLOOR, why)
        assert some.month(JAN).worth is some.over((JAN, FEB)).worth is UNKNOWN
        assert some.cell(FEB, Channel.GUMROAD).worth is some.month(FEB).worth is FLOOR
        assert some.month(DEC).worth is UNKNOWN  # of which nothing was read
        assert some.cell(JAN, Channel.FIVERR).worth is EXACT

    def test_a_dispute_won_that_waits_is_money_to_come(self) -> None:
        """It raises the figure, as a sale does."""
        row = AttentionRow(id="gumroad_a_dispute_won", source="Gumroad", why="?", date="2026-01-05", amount="20.00")
        assert known(source("Gumroad"), attention=[row]).cell(JAN, Channel.GUMROAD).worth is FLOOR

    def test_a_waiting_record_without_a_day_may_belong_to_any_month_so_far(self) -> None:
        """But not to one after it was first seen."""
        row = waits("next Tuesday", first_seen="2026-01-20")
        some = known(source("Gumroad"), attention=[row])
        assert some.cell(JAN, Channel.GUMROAD).why == (
            "Gumroad has 1 record without a readable date in Needs Attention"
        )
        assert some.cell(FEB, Channel.GUMROAD).kind is EXACT

    def test_a_waiting_entry_counts_in_the_channel_it_names(self) -> None:
        """A manual entry in euros has a channel of its own."""
        row = AttentionRow(
            id="manual_2026-01-05_0123456789ab",
            source="Manual",
            why="no price for EUR",
            date="2026-01-05",
            extra={"Channel": "Fiverr"},
        )
        assert known(attention=[row]).cell(JAN, Channel.FIVERR).kind is FLOOR

    def test_a_pending_entry_that_waits_for_a_price_leaves_nothing_out(self) -> None:
        """It would not count if it had one."""
        row = AttentionRow(
            id="manual_2026-01-05_0123456789ab",
            source="Manual",
            why="no price for EUR",
            date="2026-01-05",
            extra={"Channel": "Fiverr", "Status": "pending"},
        )
        assert known(attention=[row]).cell(JAN, Channel.FIVERR).kind is EXACT

    def test_a_notice_about_an_adopted_figure_leaves_nothing_out(self) -> None:
        """Its money is counted; a figure that could not be read is not."""
        row = AttentionRow(id="manual_opening_2026-01_fiverr_excess", source="Tracker", why="exceeds")
        assert known(attention=[row]).cell(JAN, Channel.OTHER).kind is EXACT
        unread = AttentionRow(
            id="manual_opening_2026-01_fiverr",
            source="Tracker",
            why="the summary said '1.2K'",
            date="2026-01-01",
            extra={"Channel": "Fiverr"},
        )
        assert known(attention=[unread]).cell(JAN, Channel.FIVERR).kind is FLOOR

    def test_a_row_that_cannot_be_read_makes_its_month_and_channel_a_floor(self) -> None:
        """As far as they can be told: the channel by its cell or its ID, the month by its date."""
        lost = LoggedRow("", 57, None, JAN.first_day, Channel.FIVERR)
        some = coverage((), (), (), today=TODAY, unreadable=[lost])
        assert some.cell(JAN, Channel.FIVERR).why == "Fiverr has 1 row that can't be read"
        assert some.cell(FEB, Channel.FIVERR).kind is EXACT
        assert some.cell(JAN, Channel.OTHER).kind is EXACT
        undated = coverage((source("Stripe"),), (), (), today=TODAY, unreadable=[LoggedRow("stripe_ch_1", 57, None)])
        assert undated.cell(JAN, Channel.STRIPE).kind is FLOOR
        assert undated.cell(JAN, Channel.FIVERR).kind is EXACT
        anywhere = coverage((), (), (), today=TODAY, unreadable=[LoggedRow("", 57, None), LoggedRow("", 58, None)])
        assert anywhere.month(JAN).why == "The log has 2 rows that can't be read"

    @pytest.mark.parametrize(
        ("name", "channel"),
        [
            ("Stripe", Channel.STRIPE),
            ("gumroad_shop2", Channel.GUMROAD),
            ("Upwork-b", Channel.UPWORK),
            ("Fiverr", None),
            ("Stripes", None),
            ("", None),
        ],
    )
    def test_a_source_is_known_by_its_server_name(self, name: str, channel: Channel | None) -> None:
        """Account names follow a dash or an underscore."""
        assert source_channel(name) is channel


class TestSum:
    def test_a_total_is_exact_when_all_it_is_made_of_is(self) -> None:
        """A platform that is not used does not spoil it."""
        total = known(source("Stripe"), source("Gumroad", end=date(2026, 2, 17)), absent("Upwork")).month(FEB)
        assert (total.kind, total.through) == (EXACT, date(2026, 2, 17))

    def test_without_any_source_totals_are_exact_as_entered(self) -> None:
        """A tracker kept by hand."""
        assert known(booked={(JAN, Channel.FIVERR)}).month(JAN).kind is EXACT

    def test_a_total_with_one_floor_is_a_floor(self) -> None:
        """And says whose."""
        total = known(source("Stripe"), failed("Gumroad", NEW_YEAR, date(2026, 2, 12))).month(FEB)
        assert (total.kind, total.why) == (
            FLOOR,
            "Gumroad is read only through 2026-02-12; the last try failed (auth)",
        )

    def test_a_total_of_which_nothing_was_read_is_unknown(self) -> None:
        """Zero dollars would be a lie."""
        assert known(source("Stripe"), absent("Upwork")).month(DEC).kind is UNKNOWN
        assert known(source("Stripe"), booked={(DEC, Channel.FIVERR)}).month(DEC).kind is FLOOR

    def test_a_year_names_each_gap_once_and_counts_what_waits(self) -> None:
        """Over all its months."""
        rows = [waits("2026-01-05"), waits("2026-02-06")]
        year = known(source("Stripe", date(2026, 3, 1)), source("Gumroad"), attention=rows).over((JAN, FEB))
        assert year.why == "Stripe is read only from 2026-03-01 on; Gumroad has 2 records in Needs Attention"

    def test_a_channel_not_used_is_unknown_over_any_span(self) -> None:
        """And says that it is not connected."""
        assert known().over((JAN, FEB), (Channel.UPWORK,)).kind is UNKNOWN


class TestRestated:
    """Refunds counted in their sale's month: the month is over, they are not."""

    def of(self, end: date, span: Sequence[Month] = (JAN,), channel: Channel = Channel.GUMROAD) -> Coverage:
        made = known(source("Gumroad", end=end), absent("Upwork"), booked=[(JAN, Channel.GUMROAD)])
        return made.restated(made.over(span, (channel,)), span, (channel,))

    def test_a_month_of_sales_is_at_most_what_is_shown_while_later_refunds_were_not_read(self) -> None:
        """January was read to its end; of February's refunds those since the 12th are missing."""
        found = self.of(date(2026, 2, 12))
        why = "Gumroad is read only through 2026-02-12: what was refunded since is not taken off"
        assert (found.kind, found.why) == (UNKNOWN, why)

    def test_it_is_exact_once_all_refunds_were_read(self) -> None:
        """As far as a platform that tells a day late ever gets."""
        assert self.of(date(2026, 2, 17)).kind is EXACT

    def test_months_up_to_now_hold_their_refunds_themselves(self) -> None:
        """What is missing from them is missing as booked too."""
        assert self.of(date(2026, 2, 12), (JAN, FEB)).kind is FLOOR

    def test_a_month_without_sales_has_nothing_that_can_go_back(self) -> None:
        """Nor has a channel that is kept by hand."""
        assert self.of(date(2026, 2, 12), channel=Channel.FIVERR).kind is EXACT
        empty = known(source("Gumroad", end=date(2026, 2, 12)))
        assert empty.restated(empty.cell(JAN, Channel.GUMROAD), (JAN,), (Channel.GUMROAD,)).kind is EXACT


class TestIncompleteLine:
    def test_nothing_is_said_when_all_is_read(self) -> None:
        """Nor about platforms that were never connected."""
        assert incomplete_line(known(source("Stripe"), absent("Upwork"), booked={(JAN, Channel.UPWORK)})) == ""

    def test_it_names_months_channels_and_reasons(self) -> None:
        """Months that follow each other as a span."""
        state = known(
            source("Stripe", date(2026, 1, 15)),
            failed("Gumroad", NEW_YEAR, date(2026, 2, 12)),
            failed("Stripe-eu"),
            attention=[waits("2026-01-05")],
            booked={(Month(2025, 11), Channel.OTHER), (JAN, Channel.STRIPE)},
        )
        assert incomplete_line(state) == (
            "Incomplete: "
            "Nov 2025 to Dec 2025 Gumroad (is read only from 2026-01-01 on); "
            "Jan 2026 Gumroad (has 1 record in Needs Attention); "
            "Feb 2026 Gumroad (is read only through 2026-02-12; the last try failed (auth)); "
            "Nov 2025 to Jan 2026 Stripe (is read only from 2026-01-15 on); "
            "Nov 2025 to Feb 2026 Stripe (Stripe-eu could not be read (auth))."
        )

    def test_it_names_a_month_that_has_no_row_at_all(self) -> None:
        """A month in which nothing could be read is the one to name."""
        state = known(failed("Stripe", NEW_YEAR, date(2026, 1, 31)), booked={(JAN, Channel.STRIPE)})
        late = coverage(state.accounts[Channel.STRIPE], (), state.booked, today=date(2026, 4, 2))
        assert incomplete_line(late).startswith("Incomplete: Feb 2026 to Apr 2026 Stripe (")

    def test_it_names_a_month_of_which_nothing_but_a_waiting_record_is_known(self) -> None:
        """Before the first booked row and after today as well; what no source was asked for there is left aside."""
        state = known(
            source("Stripe", JAN.first_day),
            attention=[waits("2024-11-05"), waits("2026-03-02")],
            booked={(JAN, Channel.STRIPE)},
        )
        assert incomplete_line(state) == ("Incomplete: Nov 2024, Mar 2026 Gumroad (has 1 record in Needs Attention).")

    def test_it_stays_the_same_while_nothing_is_learned(self) -> None:
        """A source that fails day after day changes no byte of it."""
        state = failed("Stripe", NEW_YEAR, date(2026, 2, 12))
        lines = {incomplete_line(known(state, today=date(2026, 2, day))) for day in range(15, 29)}
        assert len(lines) == 1


states = st.builds(
    source,
    st.sampled_from(["Stripe", "Stripe-eu", "Gumroad", "Upwork"]),
    st.none() | st.dates(date(2025, 10, 1), date(2026, 1, 31)),
    st.none() | st.dates(date(2026, 1, 31), TODAY),
    st.sampled_from(SourceStatus),
)
months = st.sampled_from([DEC, JAN, FEB])
booked_cells = st.frozensets(st.tuples(months, st.sampled_from(Channel)), max_size=6)
attention_rows = st.lists(st.builds(waits, st.sampled_from(["2025-12-31", "2026-02-02", "?"])), max_size=3)


@given(st.lists(states, max_size=4, unique_by=lambda state: state.name), booked_cells, attention_rows)
def test_a_sum_is_never_worth_more_than_its_parts(
    found: list[SourceState], booked: frozenset[tuple[Month, Channel]], rows: list[AttentionRow]
) -> None:
    """Exact if and only if every used cell is; a reason if and only if it is not exact."""
    state = known(*found, attention=rows, booked=booked)
    for span in ((JAN,), (DEC, JAN, FEB)):
        cells = [state.cell(month, channel) for month in span for channel in Channel]
        total = state.over(span)
        assert (total.kind is EXACT) == all(cell.kind is EXACT or cell.unused for cell in cells)
        for figure in (total, *cells):
            assert (figure.kind is EXACT) == (not figure.reasons)


@given(st.lists(states, max_size=4, unique_by=lambda state: state.name), booked_cells, attention_rows)
def test_of_months_that_are_alike_one_stands_for_the_others(
    found: list[SourceState], booked: set[tuple[Month, Channel]], attention: list[AttentionRow]
) -> None:
    """A sum over many years, judged by the months that differ, is worth what every cell of it says together."""
    made = known(*found, attention=attention, booked=booked)
    span = [Month(year, number) for year in range(2019, 2027) for number in range(1, 13)]
    short, made._dawn = made.over(span), Month(1, 1)
    assert short == made.over(span)


def test_a_row_of_a_mistyped_year_is_no_reason_to_judge_twenty_thousand_months(monkeypatch: pytest.MonkeyPatch) -> None:
    """206 instead of 2026: the months between are looked at once."""
    made = known(source("Stripe"), booked=[(Month(206, 1), Channel.STRIPE), (JAN, Channel.STRIPE)])
    judged: set[Month] = set()

    def judge(month: Month, channel: Channel) -> Coverage:
        judged.add(month)
        return Coverages._judge(made, month, channel)

    monkeypatch.setattr(made, "_judge", judge)
    assert made.window(Window(date.min, date.max)).kind is FLOOR
    assert judged == {Month(206, 1), Month(206, 2), JAN, FEB}


@given(st.lists(states, max_size=4, unique_by=lambda state: state.name), booked_cells)
def test_an_exact_past_month_was_read_to_its_end_by_every_account(
    found: list[SourceState], booked: frozenset[tuple[Month, Channel]]
) -> None:
    """Exact is a promise."""
    state = known(*found, booked=booked)
    for channel in SOURCED_CHANNELS:
        if state.cell(JAN, channel).kind is EXACT:
            assert state.accounts[channel]
            for account in state.accounts[channel]:
                assert account.complete_from is not None
                assert account.complete_to is not None
                assert account.complete_from <= JAN.first_day
                assert account.complete_to >= JAN.last_day
