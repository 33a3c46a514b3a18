"""The legal clock: it stops, resumes and is extended, and everybody sees the same day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from zhengtong.kit import SHANGHAI, Basis, Refused
from zhengtong.kit.calendar import (
    CalendarDay,
    Clock,
    Extension,
    Pause,
    Term,
    Unit,
    WorkCalendar,
    builtin_calendar,
    list_official_days,
)

DECIDE = Term(20, Unit.WORKDAY, basis=Basis("行政许可法", "第四十二条", "2019-04-23"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_a_running_clock_tells_its_last_day_and_when_the_office_closes():
    clock = Clock(DECIDE, at("2026-11-02T10:00"))
    assert clock.due_on == date(2026, 11, 30)
    assert clock.due_at == at("2026-11-30T17:30")
    assert not clock.is_provisional


def test_used_and_remaining_add_up_and_the_last_day_has_none_left():
    clock = Clock(DECIDE, at("2026-11-02T10:00"))
    assert (clock.used_workdays(at("2026-11-09T08:00")), clock.remaining_workdays(at("2026-11-09T08:00"))) == (5, 15)
    assert clock.remaining_workdays(at("2026-11-30T23:00")) == 0
    assert clock.remaining_workdays(at("2026-12-02T09:00")) == -2


def test_the_last_day_lasts_until_midnight():
    clock = Clock(DECIDE, at("2026-11-02T10:00"))
    assert not clock.is_overdue(at("2026-11-30T23:59"))
    assert clock.is_overdue(at("2026-12-01T00:00"))


def test_an_instant_counts_by_its_day_in_shanghai():
    late_in_shanghai = datetime(2026, 11, 1, 16, 30, tzinfo=UTC)  # 00:30 on the 2nd
    assert Clock(DECIDE, late_in_shanghai).due_on == date(2026, 11, 30)


def test_a_paused_clock_has_no_due_day_and_stands_still():
    clock = Clock(DECIDE, at("2026-11-02T10:00")).pause(at("2026-11-09T09:00"), "听证")
    assert clock.is_paused
    assert clock.due_on is None
    for now in ("2026-11-09T12:00", "2026-11-14T12:00", "2026-12-31T12:00"):
        assert clock.remaining_workdays(at(now)) == 15
        assert clock.used_workdays(at(now)) == 5
        assert not clock.is_overdue(at(now))
        assert not clock.is_due_soon(at(now))


def test_resuming_moves_the_end_by_the_workdays_that_were_paused():
    paused = Clock(DECIDE, at("2026-11-02T10:00")).pause(at("2026-11-09T09:00"), "听证")
    assert paused.due_at_if_resumed(at("2026-11-16T09:00")) == at("2026-12-07T17:30")
    assert paused.resume(at("2026-11-16T09:00")).due_on == date(2026, 12, 7)


def test_a_pause_within_one_day_takes_nothing():
    clock = Clock(DECIDE, at("2026-11-02T10:00")).pause(at("2026-11-09T09:00"), "补正").resume(at("2026-11-09T16:00"))
    assert clock.due_on == date(2026, 11, 30)


def test_a_pause_on_the_last_day_leaves_that_day_to_work():
    clock = Clock(DECIDE, at("2026-11-02T10:00")).pause(at("2026-11-30T09:00"), "鉴定")
    resumed = clock.resume(at("2026-12-12T09:00"))  # a Saturday
    assert resumed.due_on == date(2026, 12, 14)
    assert not resumed.is_overdue(at("2026-12-14T18:00"))
    assert resumed.used_workdays(at("2026-12-14T18:00")) == 20


def test_a_pause_after_the_end_changes_nothing():
    clock = Clock(DECIDE, at("2026-11-02T10:00")).pause(at("2026-12-02T09:00"), "听证")
    assert clock.is_overdue(at("2026-12-20T09:00"))
    assert clock.resume(at("2026-12-20T09:00")).due_on == date(2026, 11, 30)


def test_an_extension_adds_after_the_term():
    clock = Clock(DECIDE, at("2026-11-02T10:00")).extend(10, Unit.WORKDAY, approver="局长", reason="案情复杂")
    assert clock.due_on == date(2026, 12, 14)
    assert clock.extensions[0].reason == "案情复杂"


def test_calendar_days_pause_and_extend_by_the_calendar():
    clock = Clock(Term(60, Unit.CALENDAR_DAY), at("2026-01-05T10:00"))
    assert clock.due_on == date(2026, 3, 6)
    moved = (
        clock.pause(at("2026-01-10T10:00"), "听证")
        .resume(at("2026-01-20T10:00"))
        .extend(30, Unit.CALENDAR_DAY, approver="主任", reason="复杂")
    )
    assert moved.due_on == date(2026, 3, 6) + timedelta(days=40)


def test_a_month_gives_back_the_days_of_a_pause():
    clock = Clock(Term(1, Unit.MONTH), at("2026-03-10T10:00"))
    assert clock.pause(at("2026-03-12T09:00"), "x").resume(at("2026-03-15T09:00")).due_on == date(2026, 4, 13)


def test_a_term_in_hours_runs_through_the_night_and_stops_to_the_minute():
    clock = Clock(Term(2, Unit.HOUR), at("2026-10-01T23:30"))
    assert clock.due_at == at("2026-10-02T01:30")
    moved = clock.pause(at("2026-10-02T00:00"), "x").resume(at("2026-10-02T00:45"))
    assert moved.due_at == at("2026-10-02T02:15")
    assert moved.is_overdue(at("2026-10-02T02:16"))
    assert moved.is_due_soon(at("2026-10-02T01:50"))
    assert not moved.is_due_soon(at("2026-10-02T01:00"))
    assert moved.extend(30, Unit.MINUTE, approver="a", reason="b").due_at == at("2026-10-02T02:45")


def test_an_end_on_a_holiday_rolls_only_where_the_term_says_so():
    plain = Clock(Term(15, Unit.CALENDAR_DAY), at("2026-09-16T10:00"))
    rolled = Clock(Term(15, Unit.CALENDAR_DAY, roll_if_holiday=True), at("2026-09-16T10:00"))
    assert (plain.due_on, rolled.due_on) == (date(2026, 10, 1), date(2026, 10, 8))


def test_a_pause_within_the_holidays_an_end_rolled_over_keeps_a_day_to_work():
    clock = Clock(Term(15, Unit.CALENDAR_DAY, roll_if_holiday=True), at("2026-09-16T10:00"))
    resumed = clock.pause(at("2026-10-03T10:00"), "x").resume(at("2026-10-13T10:00"))
    assert resumed.due_on == date(2026, 10, 13)


def test_due_soon_begins_within_the_given_workdays():
    clock = Clock(DECIDE, at("2026-11-02T10:00"))
    assert [clock.is_due_soon(at(f"2026-11-{day}T09:00")) for day in (25, 26, 30)] == [False, True, True]
    assert clock.is_due_soon(at("2026-11-25T09:00"), within_workdays=3)
    assert not clock.is_due_soon(at("2026-12-01T09:00"))


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda clock: clock.resume(at("2026-11-10T09:00")), "clock.not-paused"),
        (lambda clock: clock.pause(at("2026-11-01T09:00"), "x"), "clock.out-of-order"),
        (
            lambda clock: clock.pause(at("2026-11-09T09:00"), "x").pause(at("2026-11-10T09:00"), "y"),
            "clock.already-paused",
        ),
        (lambda clock: clock.pause(at("2026-11-09T09:00"), "x").resume(at("2026-11-08T09:00")), "clock.out-of-order"),
        (lambda clock: clock.extend(0, Unit.WORKDAY, approver="a", reason="b"), "clock.extension-incomplete"),
        (lambda clock: clock.extend(5, Unit.WORKDAY, approver=" ", reason="b"), "clock.extension-incomplete"),
        (lambda clock: clock.extend(5, Unit.WORKDAY, approver="a", reason=""), "clock.extension-incomplete"),
        (lambda clock: clock.extend(5, Unit.HOUR, approver="a", reason="b"), "clock.extension-unit"),
    ],
)
def test_what_cannot_be_done_to_a_clock_is_refused(act, code):
    with pytest.raises(Refused) as caught:
        act(Clock(DECIDE, at("2026-11-02T10:00")))
    assert caught.value.code == code


def test_a_negative_term_is_refused():
    with pytest.raises(Refused, match=r"term\.length\.negative"):
        Term(-1, Unit.WORKDAY)


@pytest.mark.parametrize(
    "pauses",
    [
        (Pause(at("2026-11-09T09:00"), None, "x"), Pause(at("2026-11-10T09:00"), at("2026-11-11T09:00"), "y")),
        (Pause(at("2026-11-10T09:00"), at("2026-11-09T09:00"), "x"),),
        (Pause(at("2026-11-01T09:00"), at("2026-11-09T09:00"), "x"),),
    ],
)
def test_a_clock_written_out_of_order_is_a_bug(pauses):
    with pytest.raises(ValueError, match="pause"):
        Clock(DECIDE, at("2026-11-02T10:00"), pauses)


def test_an_instant_without_zone_is_a_bug():
    with pytest.raises(ValueError, match="time zone"):
        _ = Clock(DECIDE, datetime(2026, 11, 2, 10)).due_on  # noqa: DTZ001


def test_a_clock_survives_being_written_down():
    clock = (
        Clock(DECIDE, at("2026-11-02T10:00"))
        .pause(at("2026-11-09T09:00"), "听证")
        .resume(at("2026-11-16T09:00"))
        .extend(10, Unit.WORKDAY, approver="局长", reason="复杂", at=at("2026-11-20T09:00"))
        .pause(at("2026-11-23T09:00"), "检验")
    )
    assert Clock.from_json(clock.to_json()) == clock
    bare = Clock(Term(5, Unit.WORKDAY), at("2026-11-02T10:00"), extensions=(Extension(1, Unit.WORKDAY, "a", "b"),))
    assert Clock.from_json(bare.to_json()) == bare


def test_a_clock_over_an_unannounced_year_is_provisional_and_recounts_when_it_is_announced():
    clock = Clock(DECIDE, at("2027-01-25T10:00"))
    assert clock.is_provisional
    assert clock.due_on == date(2027, 2, 24)
    announced = [
        CalendarDay(date(2027, 2, 10), is_workday=False, name="春节假期", source="通知"),
        CalendarDay(date(2027, 2, 11), is_workday=False, name="春节假期", source="通知"),
        CalendarDay(date(2027, 2, 20), is_workday=True, name="春节补班", source="通知"),
    ]
    recount = clock.recounted(builtin_calendar().revised(announced))
    assert recount.has_moved
    assert (recount.before_on, recount.after_on) == (date(2027, 2, 24), date(2027, 2, 25))
    assert [after.date for _, after in recount.changed_days] == [day.date for day in announced]
    assert recount.clock.due_on == recount.after_on


def test_a_calendar_that_changes_nothing_in_the_term_moves_nothing():
    clock = Clock(DECIDE, at("2026-11-02T10:00"))
    other = builtin_calendar().revised([CalendarDay(date(2027, 2, 10), is_workday=False)])
    recount = clock.recounted(other)
    assert not recount.has_moved
    assert recount.changed_days == ()


def test_calendar_days_need_no_calendar_rows():
    narrow = WorkCalendar(list_official_days(2026, 2026))
    clock = Clock(Term(3, Unit.YEAR), at("2026-11-02T10:00"), calendar=narrow)
    assert clock.due_on == date(2029, 11, 2)
    assert not clock.is_provisional
    assert Clock.from_json(clock.to_json(), calendar=narrow).calendar is narrow
    assert not clock.recounted(builtin_calendar()).has_moved


def test_a_year_the_calendar_lacks_is_refused_with_the_years_it_has():
    narrow = WorkCalendar(list_official_days(2026, 2026))
    with pytest.raises(Refused) as caught:
        _ = Clock(DECIDE, at("2026-12-20T10:00"), calendar=narrow).due_on
    assert caught.value.code == "calendar.year.missing"
    assert caught.value.facts == {"year": 2027, "first": 2026, "last": 2026}
    with pytest.raises(Refused, match=r"calendar\.year\.missing"):
        narrow.is_workday(date(2003, 1, 1))


def test_a_calendar_is_whole_and_knows_when_offices_close():
    days = list_official_days(2026, 2026)
    with pytest.raises(ValueError, match="consecutive"):
        WorkCalendar(days[:5] + days[6:])
    with pytest.raises(ValueError, match="needs days"):
        WorkCalendar([])
    early = WorkCalendar(days, office_closes_at=time(16, 0))
    assert Clock(Term(1, Unit.WORKDAY), at("2026-11-02T10:00"), calendar=early).due_at == at("2026-11-03T16:00")


def test_days_carry_their_names():
    calendar = builtin_calendar()
    names = {day: calendar.day(day).name for day in (date(2026, 2, 14), date(2026, 2, 20), date(2025, 10, 6))}
    assert names == {date(2026, 2, 14): "春节补班", date(2026, 2, 20): "春节假期", date(2025, 10, 6): "中秋节"}


def test_used_workdays_leave_out_what_pauses_took():
    clock = Clock(DECIDE, at("2026-11-02T10:00")).pause(at("2026-11-09T09:00"), "听证").resume(at("2026-11-16T09:00"))
    assert [clock.used_workdays(at(f"2026-11-{day}T12:00")) for day in ("06", "13", "16", "20")] == [4, 4, 5, 9]


def test_a_calendar_counts_and_lists_both_ways():
    calendar = builtin_calendar()
    assert calendar.count_workdays(date(2026, 11, 20), date(2026, 11, 23)) == 1
    assert calendar.count_workdays(date(2026, 11, 23), date(2026, 11, 20)) == -1
    assert [day.is_workday for day in calendar.days(date(2026, 11, 20), date(2026, 11, 23))] == [
        True,
        False,
        False,
        True,
    ]
    assert calendar.next_workday(date(2026, 11, 21)) == date(2026, 11, 23)
    assert calendar.next_workday(date(2026, 11, 23)) == date(2026, 11, 23)
    with pytest.raises(ValueError, match="forward"):
        calendar.add_workdays(date(2026, 11, 20), -1)


def test_the_end_of_the_calendar_is_refused_not_guessed():
    narrow = WorkCalendar(list_official_days(2026, 2026)[:3])  # the New Year holiday only
    with pytest.raises(Refused, match=r"calendar\.year\.missing"):
        narrow.next_workday(date(2026, 1, 2))


def test_only_days_after_the_start_make_a_clock_provisional():
    announced = Clock(Term(0, Unit.WORKDAY), at("2026-12-31T10:00"))
    assert not announced.is_provisional
    assert not builtin_calendar().is_provisional(date(2027, 1, 1), date(2027, 1, 1))
    assert builtin_calendar().is_provisional(date(2026, 12, 31), date(2027, 1, 1))
