"""Which days are asked for, and how far a source is known to be complete."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revintel_mcp.domain.periods import PeriodError, Window
from revintel_mcp.domain.source_state import SourceState, SourceStatus
from revintel_mcp.sources.failure import Failure, FailureKind
from revintel_mcp.sources.pull import Pull
from revintel_mcp.summary.window import Lag, last_settled_day, next_state, not_configured_state, pull_window

TODAY = date(2026, 2, 19)
NOON = datetime(2026, 2, 19, 12, tzinfo=ZoneInfo("America/New_York"))
DAY = timedelta(days=1)


def state(start: date | None = None, end: date | None = None) -> SourceState:
    return SourceState("Stripe", SourceStatus.COMPLETE, start, end, "2026-02-18T09:00:00-05:00", "list_charges")


def after(previous: SourceState | None, pull: Pull | Failure, window: Window, now: datetime = NOON) -> SourceState:
    return next_state(previous, pull, window, name="Stripe", now=now)


WHOLE = Pull(profile="list_charges", complete=True, fetched=3)
TIMEOUT = Failure(FailureKind.TIMEOUT, "no answer within 30 s")


class TestWindow:
    def test_the_first_automatic_run_starts_on_1_january(self) -> None:
        """Through today, the end excluded."""
        assert pull_window("auto", None, TODAY) == Window(date(2026, 1, 1), date(2026, 2, 20))
        assert pull_window("auto", state(), TODAY) == Window(date(2026, 1, 1), date(2026, 2, 20))

    def test_a_later_run_looks_back_from_where_it_was_last_complete(self) -> None:
        """180 days before 18 February."""
        window = pull_window("auto", state(date(2026, 1, 1), date(2026, 2, 18)), TODAY, 180)
        assert window.start == date(2025, 8, 22)

    def test_a_short_lookback_still_reads_this_month(self) -> None:
        """The first of the month is the earlier one."""
        assert pull_window("auto", state(date(2026, 1, 1), date(2026, 2, 18)), TODAY, 3).start == date(2026, 2, 1)

    def test_a_pause_is_filled(self) -> None:
        """Last complete in May: the window starts before that, not with this month."""
        assert pull_window("auto", state(date(2025, 1, 1), date(2025, 5, 2)), TODAY, 10).start == date(2025, 4, 22)

    def test_month_is_this_month(self) -> None:
        """Whatever the source's state."""
        assert pull_window("month", state(date(2020, 1, 1), date(2020, 2, 2)), TODAY).start == date(2026, 2, 1)

    @pytest.mark.parametrize("since", [date(2025, 6, 1), "2025-06-01", datetime(2025, 6, 1, 8, tzinfo=UTC)])
    def test_a_day_is_a_back_fill_from_it(self, since: str | date) -> None:
        """As a value or as text."""
        assert pull_window(since, None, TODAY) == Window(date(2025, 6, 1), date(2026, 2, 20))

    def test_today_is_a_window_of_one_day(self) -> None:
        """The last start there is."""
        assert pull_window(TODAY, None, TODAY) == Window(TODAY, date(2026, 2, 20))

    @pytest.mark.parametrize("since", ["2026-02-20", "yesterday", "2026-13-01", ""])
    def test_what_is_no_start_is_refused(self, since: str) -> None:
        """With what to write, or why not."""
        with pytest.raises(PeriodError, match=r"write auto, month, or a day like|lies after today"):
            pull_window(since, None, TODAY)

    def test_a_look_back_beyond_time_starts_with_time(self) -> None:
        """No overflow from a generous setting."""
        assert pull_window("auto", state(date(2026, 1, 1), date(2026, 2, 18)), TODAY, 10**9).start == date.min


class TestCompleteTo:
    def test_it_is_yesterday(self) -> None:
        """Today may still bring records."""
        assert after(None, WHOLE, Window(date(2026, 1, 1), date(2026, 2, 20))).complete_to == date(2026, 2, 18)

    @pytest.mark.parametrize(
        ("hour", "lag", "settled"),
        [
            (12, Lag(days=1), date(2026, 2, 17)),
            (12, Lag(hours=1), date(2026, 2, 18)),
            (0, Lag(hours=1), date(2026, 2, 17)),
            (1, Lag(hours=1), date(2026, 2, 18)),
        ],
    )
    def test_it_keeps_what_a_platform_lags_behind(self, hour: int, lag: Lag, settled: date) -> None:
        """Half past midnight, yesterday's last hour may be missing."""
        assert last_settled_day(NOON.replace(hour=hour, minute=30 * (hour == 0)), lag) == settled

    def test_hours_are_real_hours_when_clocks_change(self) -> None:
        """On the night clocks go back, one and a half hours after midnight UTC-4 plus an hour is the second 01:30."""
        second = datetime(2026, 11, 1, 1, 30, fold=1, tzinfo=ZoneInfo("America/New_York"))
        assert last_settled_day(second, Lag(hours=2)) == date(2026, 10, 31)
        assert last_settled_day(second, Lag(hours=3)) == date(2026, 10, 30)

    def test_a_window_that_ends_earlier_ends_it(self) -> None:
        """Days that were not asked for are not complete."""
        assert after(None, WHOLE, Window(date(2026, 1, 1), date(2026, 2, 1))).complete_to == date(2026, 1, 31)


class TestNextState:
    OLD = state(date(2026, 1, 1), date(2026, 2, 10))

    def test_a_complete_pull_that_overlaps_extends(self) -> None:
        """Both ends."""
        new = after(self.OLD, WHOLE, Window(date(2025, 9, 1), date(2026, 2, 20)))
        assert (new.complete_from, new.complete_to) == (date(2025, 9, 1), date(2026, 2, 18))
        assert (new.status, new.note) == (SourceStatus.COMPLETE, "list_charges")
        assert new.last_attempt == "2026-02-19T12:00:00-05:00"

    def test_a_complete_pull_that_adjoins_extends(self) -> None:
        """Days are whole: the 11th follows the 10th."""
        new = after(self.OLD, WHOLE, Window(date(2026, 2, 11), date(2026, 2, 20)))
        assert (new.complete_from, new.complete_to) == (date(2026, 1, 1), date(2026, 2, 18))

    def test_a_complete_pull_beyond_a_gap_moves_nothing(self) -> None:
        """11 February was read by neither."""
        new = after(self.OLD, WHOLE, Window(date(2026, 2, 12), date(2026, 2, 20)))
        assert (new.complete_from, new.complete_to) == (date(2026, 1, 1), date(2026, 2, 10))
        assert new.status is SourceStatus.COMPLETE

    def test_a_pull_cut_short_counts_from_its_first_whole_day(self) -> None:
        """Newest first: what is older than that day was not read."""
        cut = Pull(
            profile="list_charges",
            complete=False,
            why="only the last 100 are listed",
            complete_from=date(2026, 2, 5),
            fetched=100,
        )
        new = after(self.OLD, cut, Window(date(2025, 9, 1), date(2026, 2, 20)))
        assert (new.complete_from, new.complete_to) == (date(2026, 1, 1), date(2026, 2, 18))
        assert (new.status, new.note) == (SourceStatus.INCOMPLETE, "list_charges; only the last 100 are listed")
        first = after(None, cut, Window(date(2025, 9, 1), date(2026, 2, 20)))
        assert (first.complete_from, first.complete_to) == (date(2026, 2, 5), date(2026, 2, 18))

    def test_a_pull_that_ends_early_counts_to_its_last_whole_day(self) -> None:
        """A file downloaded last week says nothing of the days since."""
        early = Pull(
            profile="get_earnings",
            complete=False,
            why="the files reach to 2026-02-12",
            complete_from=date(2026, 1, 5),
            complete_to=date(2026, 2, 12),
        )
        new = after(None, early, Window(date(2026, 1, 1), date(2026, 2, 20)))
        assert (new.complete_from, new.complete_to) == (date(2026, 1, 5), date(2026, 2, 12))
        assert new.status is SourceStatus.INCOMPLETE
        assert after(self.OLD, early, Window(date(2026, 1, 1), date(2026, 2, 20))).complete_to == date(2026, 2, 12)

    def test_a_pull_cut_short_never_claims_days_outside_its_window(self) -> None:
        """Whatever day it names."""
        cut = Pull(profile="list_sales", complete=False, complete_from=date(2020, 1, 1), fetched=1)
        assert after(None, cut, Window(date(2026, 2, 1), date(2026, 2, 20))).complete_from == date(2026, 2, 1)

    @pytest.mark.parametrize("pull", [TIMEOUT, Pull(profile="", complete=False, failure=TIMEOUT, why=str(TIMEOUT))])
    def test_a_failed_run_keeps_both_dates(self, pull: Pull | Failure) -> None:
        """And says what failed, its kind first."""
        new = after(self.OLD, pull, Window(date(2026, 1, 1), date(2026, 2, 20)))
        assert (new.complete_from, new.complete_to) == (date(2026, 1, 1), date(2026, 2, 10))
        assert (new.status, new.note) == (SourceStatus.FAILED, "timeout: no answer within 30 s")

    def test_a_failure_after_some_pages_is_incomplete(self) -> None:
        """What was read went in; how far is not known."""
        some = Pull(profile="list_charges", complete=False, failure=TIMEOUT, fetched=200)
        new = after(self.OLD, some, Window(date(2026, 1, 1), date(2026, 2, 20)))
        assert (new.status, new.complete_to) == (SourceStatus.INCOMPLETE, date(2026, 2, 10))

    def test_a_window_without_a_full_day_moves_nothing(self) -> None:
        """On the first of the month, this month has none."""
        first = NOON.replace(day=1)
        assert after(None, WHOLE, Window(date(2026, 2, 1), date(2026, 2, 2)), first).complete_to is None

    def test_losses_are_noted(self) -> None:
        """What a better tool would add."""
        pull = Pull(profile="list_charges", complete=True, notes=("no fees",))
        assert after(None, pull, Window(date(2026, 1, 1), date(2026, 2, 20))).note == "list_charges; no fees"

    def test_a_source_no_longer_configured_keeps_what_it_was_complete_for(self) -> None:
        """January was read and stays read."""
        new = not_configured_state(self.OLD, name="Stripe", note="STRIPE_SECRET_KEY is not set")
        assert (new.status, new.complete_from) == (SourceStatus.NOT_CONFIGURED, date(2026, 1, 1))
        assert not_configured_state(None, name="Upwork") == SourceState("Upwork", SourceStatus.NOT_CONFIGURED)


days = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@st.composite
def runs(draw: st.DrawFn) -> list[tuple[date, int, str, int]]:
    """Attempts in the order of time: day, how far back, outcome, where it was cut."""
    moments = sorted(draw(st.lists(days, min_size=1, max_size=8)))
    return [
        (day, draw(st.integers(0, 400)), draw(st.sampled_from(["whole", "cut", "failed"])), draw(st.integers(0, 400)))
        for day in moments
    ]


def _played(attempts: list[tuple[date, int, str, int]]) -> Iterator[tuple[SourceState, set[date]]]:
    """Each state, and every day that some pull had read in full, once it was over."""
    known, read = None, set[date]()
    for today, back, outcome, cut in attempts:
        window = Window(today - back * DAY, today + DAY)
        first = window.start if outcome == "whole" else window.start + cut * DAY
        pull = Pull(
            profile="p",
            complete=outcome == "whole",
            complete_from=first if outcome == "cut" else None,
            failure=TIMEOUT if outcome == "failed" else None,
        )
        known = after(known, pull, window, datetime(today.year, today.month, today.day, 9, tzinfo=UTC))
        if outcome != "failed":
            read |= {first + n * DAY for n in range((today - first).days)}
        yield known, read


@given(runs())
def test_a_source_never_claims_a_day_that_no_pull_read(attempts: list[tuple[date, int, str, int]]) -> None:
    """Whatever came in whatever order, every day from Complete from to Complete to was read after it ended."""
    for known, read in _played(attempts):
        if known.complete_from is not None and known.complete_to is not None:
            claimed = (known.complete_to - known.complete_from).days + 1
            assert claimed > 0
            assert {known.complete_from + n * DAY for n in range(claimed)} <= read


@given(runs())
def test_what_is_complete_never_shrinks(attempts: list[tuple[date, int, str, int]]) -> None:
    """No attempt forgets what an earlier one read."""
    start, end = date.max, date.min
    for known, _ in _played(attempts):
        assert (known.complete_from or date.max) <= start
        assert (known.complete_to or date.min) >= end
        start, end = known.complete_from or date.max, known.complete_to or date.min


@given(days, days, st.integers(0, 400))
def test_an_automatic_complete_run_always_closes_the_gap(last: date, today: date, lookback: int) -> None:
    """However long the pause: afterwards the source is complete to yesterday, from no later than before."""
    today = max(today, last + DAY)
    known = state(last - 30 * DAY, last)
    window = pull_window("auto", known, today, lookback)
    new = after(known, WHOLE, window, datetime(today.year, today.month, today.day, 9, tzinfo=UTC))
    assert new.complete_to == today - DAY
    assert new.complete_from is not None
    assert new.complete_from <= last - 30 * DAY
