"""The legal clock of cases: explained day by day, counted again when the calendar is announced or the law changes."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.apps.cases.city import apply_for_permit
from zhengtong.apps.cases import actions, calendars, queries
from zhengtong.apps.cases.models import Notice
from zhengtong.apps.cases.tasks import recount
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.kit import Basis
from zhengtong.kit.calendar import CalendarDay, Term, Unit, calendar_in_force

POLICE = "public-security"


@pytest.fixture
def officer(city):
    return city.officer(POLICE)


@pytest.fixture
def permit(city, officer, now):
    return actions.accept_case(case_no=apply_for_permit(city).no, by=officer, at=now)


@pytest.fixture
def fresh_calendar(settings, tmp_path):
    """A home of its own, so that what a test announces is forgotten after it."""
    settings.ZHENGTONG_HOME = tmp_path
    calendars._kept.clear()
    yield
    calendars._kept.clear()


def test_a_clock_is_explained_day_by_day(permit, officer, city, now, refuses):
    item = [{"target": "material:home_proof"}]
    actions.ask_supplement(case_no=permit.no, items=item, reason="看不清", by=officer, at=now)
    at = now + dt.timedelta(days=4)
    promised = next(clock for clock in queries.explain_clock(permit.no, officer, at=at) if clock.name == "promised")
    assert (promised.n, promised.unit) == (5, "WORKDAY")
    why = {day.date: day.why for day in promised.days}
    assert why[now.date()] == "start"
    assert why[dt.date(2026, 11, 20)] == "paused"
    assert promised.days[-1].date == promised.due_on == dt.date(2026, 11, 27)
    assert [day.nth for day in promised.days if day.nth] == [1, 2, 3, 4, 5]
    assert next(day for day in promised.days if day.why == "paused").why_zh == "停止计算：等待补正"
    assert queries.explain_clock(permit.no, city.mother, at=at)
    with refuses("case.case.not-found", 404):
        queries.explain_clock(permit.no, city.father, at=at)


def test_an_announced_calendar_moves_running_clocks_once_and_says_which_days(
    permit, city, officer, now, fresh_calendar, django_capture_on_commit_callbacks, refuses
):
    settled = actions.accept_case(case_no=apply_for_permit(city, by=city.father).no, by=officer, at=now)
    actions.settle_case(
        case_no=settled.no, decision="denied", reason="不符", version=settled.version, by=officer, at=now
    )
    off = [CalendarDay(dt.date(2026, 11, 23), False, name="运动会"), CalendarDay(dt.date(2026, 11, 22), True)]
    with refuses("case.act.no-right", 403):
        actions.announce_days(days=off, document="国办发明电〔2026〕9 号", by=officer, at=now)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.announce_days(days=off[:1], document="国办发明电〔2026〕9 号", by=SYSTEM, at=now) == 1
    assert not calendar_in_force().is_workday(dt.date(2026, 11, 23))
    assert recount(at=now) == 1
    assert recount(at=now) == 0
    assert actions.recount_clocks(days=[off[0].date], at=now) == (0, 0)
    case = queries.get_case(permit.no, officer, at=now)
    assert case.promised_on == dt.date(2026, 11, 27)
    assert Notice.objects.filter(case__no=permit.no, kind="recounted").count() == 1
    day = next(
        d for clock in queries.explain_clock(permit.no, officer, at=now) for d in clock.days if d.date == off[0].date
    )
    assert (day.why, day.why_zh) == ("holiday", "运动会：节假日，不计")
    assert queries.get_case(settled.no, officer, at=now).promised_on == settled.promised_on
    with django_capture_on_commit_callbacks(execute=True):
        actions.announce_days(days=off[1:], document="国办发明电〔2026〕9 号", by=SYSTEM, at=now)
    assert recount(at=now) == 1
    assert queries.get_case(permit.no, officer, at=now).promised_on == permit.promised_on, (
        "the make-up day gives it back"
    )


def test_a_law_that_changes_the_term_changes_open_cases_with_its_basis(permit, city, officer, now, refuses):
    leader = city.officer(POLICE, "leader")
    law = Basis("居住证暂行条例", "第九条", "2026-12-01")
    shorter = Term(10, Unit.CALENDAR_DAY, basis=law)
    given = {"matter_code": "residence-permit", "reason": "条例修订", "statutory": shorter, "at": now}
    with refuses("case.act.no-right", 403):
        actions.change_terms(**given, by=officer)
    with refuses("case.terms.basis", 422):
        actions.change_terms(**{**given, "statutory": Term(10, Unit.CALENDAR_DAY)}, by=leader)
    assert actions.change_terms(**given, by=leader) == 1
    case = queries.get_case(permit.no, officer, at=now)
    assert case.statutory_on == dt.date(2026, 11, 29)
    statutory = next(clock for clock in queries.explain_clock(permit.no, officer, at=now) if clock.name == "statutory")
    assert statutory.basis == str(law)
    assert actions.rebuild_projection(case_no=permit.no) is False
