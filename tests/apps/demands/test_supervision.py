"""What the sharing authority is told, and nobody else."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.apps.exchange.bureau import ask, make_grant, read
from zhengtong.apps.demands import actions, queries
from zhengtong.apps.demands.declared_steps import declared
from zhengtong.apps.exchange import actions as exchange
from zhengtong.kit import Refused


def kinds(bureau, on):
    return {(one.kind, one.no) for one in queries.supervise(bureau.authority, on=on)}


def test_supervision_is_for_the_authority(bureau):
    for stranger in (bureau.health_head, bureau.requester):
        with pytest.raises(Refused) as caught:
            queries.supervise(stranger)
        assert caught.value.status == 403


def test_a_grant_that_nobody_uses_is_pointed_out_until_it_is_used(bureau, now):
    grant = make_grant(bureau, now)
    later = now + dt.timedelta(days=declared()["supervision"]["unused_days"] + 1)
    assert ("unused", grant.no) not in kinds(bureau, now.date())
    assert ("unused", grant.no) in kinds(bureau, later.date())
    read(bureau, later)
    assert ("unused", grant.no) not in kinds(bureau, later.date())


def test_use_far_beyond_the_usual_is_pointed_out(bureau, now, monkeypatch):
    grant = make_grant(bureau, now)
    monkeypatch.setitem(declared()["supervision"], "unusual_calls", 3)
    read(bureau, now)
    assert ("unusual", grant.no) not in kinds(bureau, now.date())
    for _ in range(3):
        read(bureau, now)
    [found] = [one for one in queries.supervise(bureau.authority, on=now.date()) if one.kind == "unusual"]
    assert (found.no, found.amount) == (grant.no, 4)
    assert "4" in found.zh


def test_answers_that_are_late_are_pointed_out(bureau, now):
    asked = ask(bureau, now)
    exchange.consent_internally(request_no=asked.no, by=bureau.police_head, at=now)
    demand = actions.post_demand(
        title="甲", purpose="乙", basis="《丙法》第一条", fields=["丁"], by=bureau.requester, at=now
    )
    actions.take_step(no=demand.no, step="assign", provider=bureau.health.id, by=bureau.authority, at=now)
    later = (now + dt.timedelta(days=60)).date()
    assert {("unanswered", asked.no), ("demand", demand.no)} <= kinds(bureau, later)
    assert not {("unanswered", asked.no), ("demand", demand.no)} & kinds(bureau, now.date())
    [record] = [one for one in queries.satisfaction(later) if one.provider.id == bureau.health.id]
    assert (record.asked, record.answered, record.met, record.overdue, record.met_percent) == (2, 0, 0, 2, None)


def test_satisfaction_is_met_of_answered(bureau, now):
    make_grant(bureau, now)
    second = ask(bureau, now)
    exchange.consent_internally(request_no=second.no, by=bureau.police_head, at=now)
    exchange.reject_request(
        request_no=second.no, reason="超出职责", basis="《条例》第二十一条", by=bureau.health_head, at=now
    )
    [record] = queries.satisfaction(now.date())
    assert (record.asked, record.answered, record.met, record.met_percent) == (2, 2, 1, 50)


def test_the_board_shows_needs_to_every_department_and_what_nobody_uses(bureau, now):
    actions.post_demand(title="甲", purpose="乙", basis="《丙法》第一条", fields=["丁"], by=bureau.requester, at=now)
    board = queries.board(bureau.health_head)
    assert [one.title for one in board.demands] == ["甲"]
    assert [name for name, _, _ in board.offers] == ["births"]
    make_grant(bureau, now)
    assert queries.board(bureau.health_head).offers == ()
