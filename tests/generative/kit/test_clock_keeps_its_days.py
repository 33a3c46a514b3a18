"""The clock neither loses nor gains a day, whatever is done to it; checked against counting day by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from zhengtong.kit import SHANGHAI, local_date
from zhengtong.kit.calendar import Clock, CountFrom, Term, Unit, builtin_calendar, due_on, trace

CALENDAR = builtin_calendar()
DAY = timedelta(days=1)
DAYS_OFF = ("weekend", "holiday")

starts = st.datetimes(datetime(2005, 1, 1), datetime(2035, 12, 31), timezones=st.just(SHANGHAI))  # noqa: DTZ001
lengths = st.integers(0, 120)
day_units = st.sampled_from([Unit.WORKDAY, Unit.CALENDAR_DAY])
# Each pause: minutes from the last change to its begin, and from there to its end.
histories = st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 40_000)), max_size=5)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


def with_history(clock: Clock, history: list[tuple[int, int]]) -> Clock:
    moment = clock.start
    for wait, length in history:
        begin = moment + timedelta(minutes=wait)
        moment = begin + timedelta(minutes=length)
        clock = clock.pause(begin, "停").resume(moment)
    return clock


def counted_days(clock: Clock, last: date) -> int:
    """Count, one day at a time, the days after the start up to `last` that the clock's pauses leave and its unit counts."""
    paused = set()
    for pause in clock.pauses:
        day = local_date(pause.from_at)
        while day < local_date(pause.to_at):
            paused.add(day)
            day += DAY
    day, count = local_date(clock.start), 0
    if clock.term.count_from is CountFrom.SAME_DAY and clock.term.n:
        day -= DAY
    while day < last:
        day += DAY
        worked = clock.term.unit is Unit.CALENDAR_DAY or CALENDAR.is_workday(day)
        count += worked and day not in paused
    return count


@given(starts, lengths, lengths, st.sampled_from([Unit.WORKDAY, Unit.CALENDAR_DAY]))
def test_a_term_counted_in_two_steps_ends_where_it_ends_counted_at_once(start, first, second, unit):
    halfway = noon(due_on(Term(first, unit), start, CALENDAR))
    assert due_on(Term(second, unit), halfway, CALENDAR) == due_on(Term(first + second, unit), start, CALENDAR)


@given(starts, st.integers(1, 60))
def test_a_term_counted_day_by_day_ends_where_it_ends_counted_at_once(start, n):
    day = local_date(start)
    for _ in range(n):
        day += DAY
        while not CALENDAR.is_workday(day):
            day += DAY
    assert due_on(Term(n, Unit.WORKDAY), start, CALENDAR) == day


@given(starts, st.integers(1, 120), day_units, st.sampled_from(CountFrom), histories)
def test_between_start_and_end_exactly_the_termed_days_run(start, n, unit, count_from, history):
    clock = with_history(Clock(Term(n, unit, count_from), start), history)
    assert clock.due_on is not None
    assert counted_days(clock, clock.due_on) == n
    assert counted_days(clock, clock.due_on - DAY) == n - 1


@given(starts, st.integers(1, 60), st.integers(1, 60), day_units, histories)
def test_an_extension_is_worth_exactly_its_length(start, n, more, unit, history):
    extended = with_history(Clock(Term(n, unit), start), history).extend(more, unit, approver="甲", reason="乙")
    longer = with_history(Clock(Term(n + more, unit), start), history)
    assert extended.due_on == longer.due_on


@given(starts, st.integers(1, 60), histories, st.integers(0, 200_000))
def test_used_and_remaining_always_add_up_to_the_term(start, n, history, later):
    clock = with_history(Clock(Term(n, Unit.WORKDAY), start), history)
    last_change = clock.pauses[-1].to_at if clock.pauses else start
    now = last_change + timedelta(minutes=later)
    assert clock.used_workdays(now) + clock.remaining_workdays(now) == n
    paused = clock.pause(now, "停")
    assert paused.used_workdays(now + 90 * DAY) + paused.remaining_workdays(now + 90 * DAY) == n
    assert paused.remaining_workdays(now) == paused.remaining_workdays(now + 90 * DAY)


@given(starts, st.integers(1, 60), day_units, st.booleans(), histories, st.integers(0, 60), st.integers(0, 60))
def test_resuming_in_time_never_finds_the_clock_overdue(start, n, unit, rolls, history, wait, length):
    clock = with_history(Clock(Term(n, unit, roll_if_holiday=rolls), start), history)
    begin = (clock.pauses[-1].to_at if clock.pauses else start) + wait * DAY
    was_overdue = clock.is_overdue(begin)
    paused = clock.pause(begin, "停")
    end = begin + length * DAY
    assert paused.is_overdue(end) == was_overdue
    if not was_overdue:
        assert not paused.resume(end).is_overdue(end)


@given(starts, st.integers(1, 500), histories)
def test_hours_end_after_exactly_their_running_time(start, n, history):
    clock = with_history(Clock(Term(n, Unit.HOUR), start), history)
    end = clock.due_at
    assert end is not None
    stopped = sum((min(pause.to_at, end) - pause.from_at for pause in clock.pauses if pause.from_at < end), timedelta())
    assert end - start - stopped == timedelta(hours=n)


@given(starts, st.integers(0, 60), day_units, histories)
def test_a_clock_written_down_and_read_back_is_the_same(start, n, unit, history):
    clock = with_history(Clock(Term(n, unit), start), history)
    assert Clock.from_json(clock.to_json()) == clock


flips = st.lists(st.integers(0, 400), max_size=12)


def revised(start: datetime, offsets: list[int]):
    """Return the calendar with some days after the start announced the other way round."""
    days = [CALENDAR.day(local_date(start) + offset * DAY) for offset in set(offsets)]
    return CALENDAR.revised([replace(day, is_workday=not day.is_workday, name="") for day in days])


@settings(max_examples=60)
@given(starts, st.integers(1, 60), st.integers(1, 20), day_units, histories, flips)
def test_the_trace_counts_every_day_of_the_term_and_ends_on_the_last(start, n, more, unit, history, flipped):
    clock = with_history(Clock(Term(n, unit), start, calendar=revised(start, flipped)), history)
    clock = clock.extend(more, unit, approver="局长", reason="复杂")
    days = trace(clock, clock.due_at)
    counted = [day for day in days if day.is_counted]
    assert [day.nth for day in counted] == list(range(1, n + more + 1))
    assert counted[-1].date == clock.due_on == days[-1].date
    assert sum(day.segment == 0 for day in counted) == n
    assert [day.date for day in days] == [local_date(start) + at * DAY for at in range(len(days))]
    assert all(day.why == "paused" for day in days if not day.is_counted and day.why not in ("start", *DAYS_OFF))


@settings(max_examples=60)
@given(starts, st.integers(1, 60), histories, flips)
def test_a_calendar_announced_late_moves_the_end_and_keeps_the_days(start, n, history, flipped):
    clock = with_history(Clock(Term(n, Unit.WORKDAY), start, calendar=CALENDAR), history)
    recount = clock.recounted(revised(start, flipped))
    counted = sum(day.is_counted for day in trace(recount.clock, recount.clock.due_at))
    assert counted == n == sum(day.is_counted for day in trace(clock, clock.due_at))
    assert recount.has_moved <= bool(recount.changed_days), "the end moves only where a day changed"
    assert recount.clock.recounted(CALENDAR).after_on == clock.due_on, "and back again"


@given(starts, st.integers(1, 60), day_units, histories, st.integers(0, 40_000))
def test_while_it_stands_still_the_trace_ends_where_it_would_if_it_ran_on(start, n, unit, history, minutes):
    clock = with_history(Clock(Term(n, unit), start), history)
    last = clock.pauses[-1].to_at if clock.pauses else start
    paused, now = clock.pause(last, "听证"), last + timedelta(minutes=minutes)
    days = trace(paused, now)
    assert days[-1].date == local_date(paused.due_at_if_resumed(now))
    assert sum(day.is_counted for day in days) == n or local_date(last) > clock.due_on
