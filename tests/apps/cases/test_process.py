"""Cases on a drawing: tasks of other departments, clocks, messages, the decision; two who do the same, and who is told."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from tests.apps.cases import visiting
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.models import Case, CaseAction, CaseProcess, Notice, ProcessTask
from zhengtong.apps.cases.process.following import refold
from zhengtong.apps.cases.projection import to_action
from zhengtong.apps.evidence.models import Receipt
from zhengtong.declared.handling import Handling, Procedure
from zhengtong.declared.shapes import Text
from zhengtong.kit import Refused
from zhengtong.kit.calendar import Term, Unit

HEALTH, POLICE = "health", "public-security"


@pytest.fixture
def visit(city):
    """A case accepted by the police; its first task is the health commission's."""
    visiting.publish(city.now)
    case = visiting.apply(city)
    return actions.accept_case(case_no=case.no, by=city.officer(POLICE), at=city.now, version=case.version)


def tasks(city, function):
    return queries.list_process_tasks(city.officer(function))


def kinds(case):
    return list(CaseAction.objects.filter(case__no=case.no).order_by("seq").values_list("kind", flat=True))


def complete(case, city, token, account=None, at=None, **variables):
    return actions.complete_process_task(
        case_no=case.no, token=token, by=city.officer(HEALTH, account=account), at=at or city.now, variables=variables
    )


def settle(case, city, decision="granted"):
    by = city.officer(POLICE)
    seen = queries.get_case(case.no, by, at=city.now)
    return actions.settle_case(
        case_no=case.no, decision=decision, reason="材料真实", version=seen.version, by=by, at=city.now
    )


def is_as_folded(case):
    """Return whether what is kept of the process is what its log amounts to."""
    record = Case.objects.get(no=case.no)
    return not refold(record, list(CaseAction.objects.filter(case=record).order_by("seq")), to_action)


def test_acceptance_starts_the_process_and_its_task_is_at_the_department_drawn(visit, city):
    assert [task.element for task in tasks(city, HEALTH)] == ["visit"]
    assert tasks(city, POLICE) == ()
    case = visiting.apply(city, by=city.father)
    assert not CaseProcess.objects.filter(case__no=case.no).exists()


def test_a_case_to_its_end_on_the_drawing(visit, city):
    with pytest.raises(Refused) as early:
        settle(visit, city)
    assert (early.value.code, early.value.status) == ("case.process.not-there", 409)
    complete(visit, city, tasks(city, HEALTH)[0].token, found="family")
    assert [task.verb for task in tasks(city, POLICE)] == ["settle"]
    assert settle(visit, city).state == "granted"
    actions.run_processes(at=city.now)
    assert Notice.objects.filter(kind="process-note").count() == 1
    assert queries.get_process(visit.no, city.officer(POLICE)).status == "completed"
    assert kinds(visit) == ["submitted", "accepted", "process-task-done", "granted", "process-moved"]
    assert is_as_folded(visit)


def test_of_two_officers_who_do_one_task_the_second_is_told_by_whom_and_when(visit, city):
    token = tasks(city, HEALTH)[0].token
    complete(visit, city, token, account=901, found="family")
    with pytest.raises(Refused) as late:
        complete(visit, city, token, account=902, found="nobody")
    assert (late.value.code, late.value.status) == ("case.process.task-done", 409)
    assert late.value.facts["by"].endswith("901")
    assert late.value.facts["at"].startswith("2026-11-")
    tried = Receipt.objects.filter(kind="case.came-late", case_no=visit.no)
    assert tried.count() == 1
    assert kinds(visit).count("process-task-done") == 1
    assert is_as_folded(visit)


def test_an_outsider_sees_no_task_and_the_drawn_department_must_have_the_role(visit, city):
    token = tasks(city, HEALTH)[0].token
    for by, status in ((city.officer(POLICE), 404), (city.mother, 404)):
        with pytest.raises(Refused) as no:
            actions.complete_process_task(case_no=visit.no, token=token, by=by, at=city.now)
        assert no.value.status == status


def test_when_the_applicant_withdraws_meanwhile_the_task_is_gone(visit, city):
    token = tasks(city, HEALTH)[0].token
    actions.withdraw_case(case_no=visit.no, reason="不办了", by=city.mother, at=city.now)
    assert tasks(city, HEALTH) == ()
    with pytest.raises(Refused) as late:
        complete(visit, city, token)
    assert late.value.status == 409
    assert late.value.facts["kind"] == "withdrawn"
    assert Receipt.objects.filter(kind="case.came-late", case_no=visit.no).exists()
    assert is_as_folded(visit)


def test_a_message_delivered_twice_counts_once(visit, city):
    complete(visit, city, tasks(city, HEALTH)[0].token, found="nobody")
    assert tasks(city, POLICE) == ()
    by = city.officer(POLICE)
    seq = actions.deliver_message(case_no=visit.no, name="landlord", message_id="L-1", by=by, at=city.now)
    assert [task.element for task in tasks(city, POLICE)] == ["decide"]
    with pytest.raises(Refused) as again:
        actions.deliver_message(case_no=visit.no, name="landlord", message_id="L-1", by=by, at=city.now)
    assert (again.value.status, again.value.facts["seq"]) == (409, seq)
    assert kinds(visit).count("process-heard") == 1
    with pytest.raises(Refused, match="landlord"):
        actions.deliver_message(case_no=visit.no, name="landlord", message_id="L-2", by=by, at=city.now)
    assert is_as_folded(visit)


def test_a_clock_of_working_days_fires_once_however_often_it_is_looked_at(visit, city):
    due = CaseProcess.objects.get(case__no=visit.no).due_at
    assert due.astimezone(city.now.tzinfo).date() == dt.date(2026, 11, 24)  # three working days after Thursday
    assert actions.run_processes(at=due - dt.timedelta(seconds=1)) == 0
    for _ in range(3):
        actions.run_processes(at=due + dt.timedelta(hours=1))
    assert kinds(visit).count("process-moved") == 2  # the clock, and the notice it leads to
    assert Notice.objects.filter(kind="process-note").count() == 1
    assert [task.element for task in tasks(city, HEALTH)] == ["visit"]
    assert is_as_folded(visit)


def test_what_is_kept_is_rebuilt_from_the_log(visit, city):
    complete(visit, city, tasks(city, HEALTH)[0].token, found="nobody")
    before = CaseProcess.objects.get(case__no=visit.no).state
    ProcessTask.objects.all().delete()
    CaseProcess.objects.all().delete()
    assert not is_as_folded(visit)
    assert CaseProcess.objects.get(case__no=visit.no).state == before
    assert is_as_folded(visit)


@pytest.mark.parametrize(("points", "state", "open_"), [(80, "granted", []), (40, "accepted", ["decide"])])
def test_the_platform_stops_the_clock_asks_the_rule_and_decides(city, monkeypatch, points, state, open_):
    term = Term(10, Unit.WORKDAY)
    expert = Procedure("expert", "expert-review", Text("专家评审", "Expert review"), term)
    visiting.publish(city.now, visiting.REVIEW, handling=Handling(procedures=(expert,)))
    asked = []
    rule = SimpleNamespace(decision=SimpleNamespace(decide=lambda seen: asked.append(dict(seen)) or points))
    monkeypatch.setattr("zhengtong.apps.policies.queries.rule_in_force", lambda code, on, region: rule)
    case, by = visiting.apply(city), city.officer(POLICE)
    actions.accept_case(case_no=case.no, by=by, at=city.now)
    actions.run_processes(at=city.now)
    assert queries.get_case(case.no, by, at=city.now).state == "procedure"
    (task,) = tasks(city, POLICE)
    actions.complete_process_task(case_no=case.no, token=task.token, by=by, at=city.now, variables={"opinion": "可行"})
    assert asked == [{"opinion": "可行"}]
    assert queries.get_case(case.no, by, at=city.now).state == state
    assert [task.element for task in tasks(city, POLICE)] == open_
    assert is_as_folded(case)


def test_work_that_is_refused_leaves_the_case_as_it_was_and_is_tried_again(city):
    visiting.publish(city.now, visiting.REVIEW)  # this version allows no special procedure
    case = visiting.apply(city)
    actions.accept_case(case_no=case.no, by=city.officer(POLICE), at=city.now)
    assert actions.run_processes(at=city.now) == 0
    assert kinds(case) == ["submitted", "accepted"]
    row = CaseProcess.objects.get(case__no=case.no)
    assert (row.has_work, row.due_at - city.now) == (False, dt.timedelta(minutes=5))
    assert settle(case, city).state == "granted"
