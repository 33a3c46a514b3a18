"""A request becomes a grant step by step, by the right people, in the time the law gives."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.apps.exchange.bureau import ask, make_grant
from zhengtong.apps.exchange import actions, queries


def test_the_provider_sees_nothing_before_the_own_head_consents(bureau, now):
    request = ask(bureau, now)
    assert request.status == "internal"
    assert request.reply_due_on is None
    assert queries.get_request(request.no, bureau.health_head).allowed == ()


def test_the_clock_of_ten_working_days_starts_with_the_consent(bureau):
    at = dt.datetime.fromisoformat("2026-09-24T10:00:00+08:00")
    request = ask(bureau, at)
    sent = actions.consent_internally(request_no=request.no, by=bureau.police_head, at=at)
    assert sent.reply_due_on == dt.date(2026, 10, 15)


def test_the_requester_may_not_consent_to_their_own_request(bureau, now, refuses):
    request = ask(bureau, now)
    with refuses("exchange.request.not-allowed", 403):
        actions.consent_internally(request_no=request.no, by=bureau.requester, at=now)


def test_part_of_the_fields_can_be_approved_and_never_more(bureau, now, refuses):
    request = ask(bureau, now)
    actions.consent_internally(request_no=request.no, by=bureau.police_head, at=now)
    with refuses("exchange.approve.fields"):
        actions.approve_request(request_no=request.no, fields=["child_name", "weight_g"], by=bureau.health_head, at=now)
    grant = actions.approve_request(request_no=request.no, fields=["child_name"], by=bureau.health_head, at=now)
    assert grant.fields == ("child_name",)
    assert queries.get_request(request.no, bureau.requester).grant_no == grant.no


def test_a_second_answer_is_refused_as_conflict(bureau, now, refuses):
    grant = make_grant(bureau, now)
    with refuses("exchange.request.not-allowed", 409):
        actions.reject_request(request_no=grant.request_no, reason="x", basis="y", by=bureau.health_head, at=now)


def test_a_rejection_without_reason_or_basis_is_refused(bureau, now, refuses):
    request = ask(bureau, now)
    actions.consent_internally(request_no=request.no, by=bureau.police_head, at=now)
    for reason, basis in (("", "《法》"), ("数据不属本部门", " ")):
        with refuses("exchange.request.element"):
            actions.reject_request(request_no=request.no, reason=reason, basis=basis, by=bureau.health_head, at=now)


def test_a_supplement_is_asked_once_and_stops_the_clock(bureau, now, refuses):
    request = ask(bureau, now)
    actions.consent_internally(request_no=request.no, by=bureau.police_head, at=now)
    asked = actions.ask_request_supplement(request_no=request.no, note="请写明使用岗位", by=bureau.health_head, at=now)
    assert asked.reply_due_on is None
    back = actions.supplement_request(request_no=request.no, answer="户籍窗口", by=bureau.requester, at=now)
    assert back.status == "submitted"
    with refuses("exchange.supplement.second", 409):
        actions.ask_request_supplement(request_no=request.no, note="再补", by=bureau.health_head, at=now)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"fields": []}, "exchange.request.fields"),
        ({"fields": ["nothing"]}, "exchange.request.fields"),
        ({"fields": ["weight_g"]}, "exchange.request.fields"),
        ({"usage_basis": "  "}, "exchange.request.element"),
        ({"usage_scenario": ""}, "exchange.request.element"),
        ({"share_modes": ["batch"]}, "exchange.request.mode"),
        ({"valid_until": dt.date(2020, 1, 1)}, "exchange.request.term"),
        ({"resource_code": "unknown"}, "catalog.get.unknown"),
    ],
)
def test_a_request_that_lacks_something_is_refused_and_nothing_is_kept(bureau, now, refuses, changed, code):
    with refuses(code):
        ask(bureau, now, **changed)
    assert queries.list_requests(bureau.requester) == []


def test_an_uninvolved_organisation_finds_neither_request_nor_grant(bureau, now, refuses):
    from tests.apps.exchange.bureau import officer
    from tests.apps.people.town import CITY, make_organisation

    grant = make_grant(bureau, now)
    stranger = officer(900, make_organisation("tax", "44444444", CITY, now), "data-approver")
    with refuses("exchange.grant.unknown", 404):
        queries.get_grant(grant.no, stranger)
    with refuses("exchange.grant.unknown", 404):
        actions.revoke_grant(grant_no=grant.no, reason="x", by=stranger, at=now)


def test_the_satisfaction_rate_counts_answers_and_what_was_met(bureau, now):
    make_grant(bureau, now)
    assert queries.satisfaction() == [(bureau.health.name_zh, bureau.health.name_en, 1, 1)]
