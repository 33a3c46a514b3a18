"""A demand, misuse, dispute or disposal moves only as steps.yaml says, by the side it says."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.apps.exchange.bureau import ask, make_grant, read
from zhengtong.apps.demands import actions, queries, tasks
from zhengtong.apps.demands.declared_steps import declared, kind_of
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.exchange import actions as exchange
from zhengtong.apps.exchange import queries as grants
from zhengtong.kit import Refused


@pytest.fixture
def take(bureau, now):
    """Return `take(no, step, by, **given)`."""

    def take(no, step, by, at=now, **given):
        return actions.take_step(no=no, step=step, by=by, at=at, **given)

    return take


@pytest.fixture
def demand(bureau, now):
    told = {
        "title": "死亡医学证明",
        "purpose": "注销户口",
        "basis": "《户口登记条例》第八条",
        "fields": ["证件号码", "死亡日期"],
    }
    return actions.post_demand(**told, by=bureau.requester, at=now)


@pytest.fixture
def misuse(bureau, now):
    grant = make_grant(bureau, now)
    report = actions.report_misuse(
        grant_no=grant.no, violation="third-party", facts="转给了外包公司", by=bureau.health_head, at=now
    )
    return report, grant


def codes(call, **told):
    with pytest.raises(Refused) as caught:
        call(**told)
    return caught.value.code, caught.value.status


def test_a_demand_is_assigned_promised_and_met(demand, bureau, take):
    assert demand.state == "posted"
    assert [one.step for one in demand.choices] == ["withdraw"]
    assigned = take(demand.no, "assign", bureau.authority, provider=bureau.health.id)
    assert assigned.provider.id == bureau.health.id
    assert assigned.due_on is not None
    promised = take(demand.no, "promise", bureau.health_head, note="下月提供")
    assert promised.due_on > assigned.due_on
    met = take(demand.no, "meet", bureau.steward, resource="births")
    assert (met.state, met.is_ended, met.resource_code) == ("met", True, "202010/000001")
    assert [one.step for one in met.steps] == ["opened", "assign", "promise", "meet"]
    assert all(evidence.get_receipt(one.receipt_no) for one in met.steps)


def test_all_that_a_demand_lacks_is_said_at_once(bureau, now):
    with pytest.raises(Refused) as refused:
        actions.post_demand(title="", purpose=" ", basis="", fields=["", " "], by=bureau.requester, at=now)
    assert refused.value.code == "demands.post.incomplete"
    assert [fault["path"] for fault in refused.value.facts["faults"]] == ["title", "fields", "purpose", "basis"]


def test_a_demand_is_refused_only_with_the_law(demand, bureau, take, now):
    take(demand.no, "assign", bureau.authority, provider=bureau.health.id)
    told = {"no": demand.no, "step": "refuse", "by": bureau.health_head, "note": "不便提供"}
    assert codes(take, **told) == ("demands.step.incomplete", 422)
    assert (
        take(demand.no, "refuse", bureau.health_head, note="依法保密", basis="《精神卫生法》第四条").state == "refused"
    )


def test_a_demand_is_met_only_with_a_published_resource_of_the_provider(demand, bureau, take):
    take(demand.no, "assign", bureau.authority, provider=bureau.police.id)
    told = {"no": demand.no, "step": "meet", "by": bureau.police_head, "resource": "births"}
    assert codes(take, **told) == ("demands.step.resource", 422)


@pytest.mark.parametrize(
    ("step", "who"), [("assign", "requester"), ("assign", "health_head"), ("withdraw", "authority")]
)
def test_a_step_is_for_its_side(demand, bureau, take, step, who):
    code, status = codes(take, no=demand.no, step=step, by=getattr(bureau, who), provider=bureau.health.id)
    assert (code, status) in [("demands.right.missing", 403), ("demands.get.unknown", 404)]


def test_a_step_that_is_over_is_refused_as_moved(demand, bureau, take):
    take(demand.no, "withdraw", bureau.requester)
    told = {"no": demand.no, "step": "assign", "by": bureau.authority, "provider": bureau.health.id}
    assert codes(take, **told) == ("demands.step.not-open", 409)


def test_misuse_suspends_the_grant_and_rectification_brings_it_back(misuse, bureau, take, now):
    report, grant = misuse
    assert read(bureau, now).found
    take(report.no, "suspend", bureau.health_head, note="立即暂停")
    assert codes(read, bureau=bureau, now=now)[0] == "exchange.read.suspended"
    assert take(report.no, "order", bureau.health_head, note="限期收回").due_on is not None
    assert codes(take, no=report.no, step="resume", by=bureau.health_head)[0] == "demands.step.not-open"
    take(report.no, "report", bureau.requester, note="已收回并删除")
    assert take(report.no, "resume", bureau.health_head).is_ended
    assert read(bureau, now).found


def test_misuse_that_is_not_rectified_ends_the_grant(misuse, bureau, take, now):
    report, grant = misuse
    take(report.no, "suspend", bureau.authority, note="暂停")
    take(report.no, "order", bureau.authority, note="整改")
    take(report.no, "terminate", bureau.authority, note="拒不整改")
    assert grants.get_grant(grant.no, bureau.health_head).status == "revoked"


def test_misuse_is_reported_once_at_a_time_and_not_by_strangers(misuse, bureau, now):
    _, grant = misuse
    told = {"grant_no": grant.no, "violation": "other", "facts": "又一次", "at": now}
    assert codes(actions.report_misuse, **told, by=bureau.health_head) == ("demands.open.open-already", 409)
    assert codes(actions.report_misuse, **told, by=bureau.requester)[1] == 403
    assert codes(actions.report_misuse, **{**told, "violation": "no-such"}, by=bureau.health_head)[1] == 422


def test_a_dispute_goes_through_its_three_stages(bureau, take, now):
    asked = ask(bureau, now)
    dispute = actions.open_dispute(
        title="迟迟不答复", facts="已超过法定期限", request_no=asked.no, by=bureau.requester, at=now
    )
    assert codes(take, no=dispute.no, step="settle", by=bureau.authority, note="x")[0] == "demands.step.not-open"
    assert take(dispute.no, "escalate", bureau.police_head, note="协商不成").state == "coordination"
    assert codes(take, no=dispute.no, step="settle", by=bureau.requester, note="x")[1] == 403
    assert take(dispute.no, "escalate", bureau.authority, note="仍不一致").state == "government"
    told = take(dispute.no, "decide", bureau.authority, note="应当共享", basis="澜江府〔2026〕9 号")
    assert told.is_ended


def test_the_data_of_an_ended_grant_are_disposed_of_and_proven(bureau, take, now):
    grant = make_grant(bureau, now)
    assert tasks.run_daily(at=now) == 0
    exchange.revoke_grant(grant_no=grant.no, reason="用途已结束", by=bureau.health_head, at=now)
    assert [tasks.run_daily(at=now), tasks.run_daily(at=now)] == [1, 0]
    [due] = queries.list_proceedings(bureau.requester, kind="disposal")
    assert due.due_on == now.date() + dt.timedelta(days=30)
    told = {"no": due.no, "step": "file", "by": bureau.requester, "note": "已从三个系统删除"}
    assert codes(take, **told, manner="sold")[1] == 422
    take(**told, manner="deleted")
    assert take(due.no, "confirm", bureau.health_head).is_ended


def test_others_do_not_learn_of_a_proceeding(misuse, bureau, now):
    from tests.apps.exchange.bureau import officer
    from tests.apps.people.town import CITY, make_organisation

    report, _ = misuse
    stranger = officer(777, make_organisation("tax", "44444444", CITY, now), "data-approver", "data-requester")
    assert codes(queries.get_proceeding, no=report.no, by=stranger)[1] == 404
    assert queries.list_proceedings(stranger) == []


def test_every_state_can_be_left_or_is_an_end():
    for name in queries.KINDS:
        kind = kind_of(name)
        for state in kind.states:
            assert (state in kind.ends) != bool(kind.steps.get(state)), (name, state)
        for steps in kind.steps.values():
            assert all(step.to in kind.states for step in steps.values())
            assert all(set(step.needs) <= set(actions.NEEDED) for step in steps.values())
    assert set(declared()["violations"]) >= {"beyond-purpose", "third-party"}
