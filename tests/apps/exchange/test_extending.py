"""An answer may be put off once, for a reason, with the authority's agreement — and everybody sees the new last day."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.apps.exchange.bureau import ask, officer
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.exchange import actions, queries, tasks
from zhengtong.kit.calendar import CalendarDay, builtin_calendar, calendar_in_force

AT = dt.datetime.fromisoformat("2026-09-24T10:00:00+08:00")
DUE = dt.date(2026, 10, 15)  # ten working days over the national holiday


@pytest.fixture
def asked(bureau):
    request = ask(bureau, AT)
    actions.consent_internally(request_no=request.no, by=bureau.police_head, at=AT)
    return request.no


def put_off(bureau, no, days=5, reason="数据正在核对", at=AT):
    return actions.ask_extension(request_no=no, days=days, reason=reason, by=bureau.health_head, at=at)


def test_the_last_day_moves_by_working_days_once_the_authority_agrees(bureau, asked):
    waiting = put_off(bureau, asked)
    assert (waiting.reply_due_on, waiting.extension.state) == (DUE, "asked")
    granted = actions.grant_extension(request_no=asked, by=bureau.authority, at=AT)
    assert granted.reply_due_on == builtin_calendar().add_workdays(DUE, 5) == dt.date(2026, 10, 22)
    assert (granted.extension.state, granted.extension.by_label) == ("granted", bureau.authority.label)


def test_the_requester_is_told_why_by_whom_and_until_when(bureau, asked):
    put_off(bureau, asked)
    actions.grant_extension(request_no=asked, by=bureau.authority, at=AT)
    seen = queries.get_request(asked, bureau.requester)
    last = seen.events[-1]
    assert (last.kind, last.by_label, last.note) == (
        "extended",
        bureau.authority.label,
        "2026-10-15 → 2026-10-22 · 数据正在核对",
    )
    receipt = evidence.get_receipt(last.receipt_no)
    assert receipt.kind == "request.extended"


def test_it_is_put_off_once(bureau, asked, refuses):
    put_off(bureau, asked)
    with refuses("exchange.request.not-allowed"):
        put_off(bureau, asked)
    actions.refuse_extension(request_no=asked, reason="理由不足", by=bureau.authority, at=AT)
    assert queries.get_request(asked, bureau.requester).reply_due_on == DUE
    with refuses("exchange.request.not-allowed"):
        put_off(bureau, asked)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"days": 0}, "exchange.extension.days"),
        ({"days": 11}, "exchange.extension.days"),
        ({"reason": " "}, "exchange.request.element"),
        ({"at": AT + dt.timedelta(days=30)}, "exchange.extension.late"),
    ],
)
def test_what_the_law_does_not_allow_is_refused(bureau, asked, refuses, changed, code):
    with refuses(code):
        put_off(bureau, asked, **changed)
    assert queries.get_request(asked, bureau.requester).extension.state == ""


def test_only_the_provider_asks_and_only_the_authority_agrees(bureau, asked, refuses):
    for other in (bureau.requester, bureau.police_head, bureau.steward, bureau.authority):
        with refuses("exchange.request.not-allowed", 403):
            actions.ask_extension(request_no=asked, days=1, reason="x", by=other, at=AT)
    put_off(bureau, asked)
    for other in (bureau.requester, bureau.police_head, bureau.steward, bureau.health_head):
        with refuses("exchange.request.not-allowed", 403):
            actions.grant_extension(request_no=asked, by=other, at=AT)


def test_an_authority_that_provides_data_itself_does_not_agree_with_itself(bureau, asked, refuses):
    put_off(bureau, asked)
    steward = officer(106, bureau.authority.organisation, "data-steward")
    with refuses("exchange.request.not-allowed", 403):
        actions.grant_extension(request_no=asked, by=steward, at=AT)
    twin = officer(bureau.health_head.account_id, bureau.authority.organisation, "data-approver")
    with refuses("exchange.extension.own", 403):
        actions.grant_extension(request_no=asked, by=twin, at=AT)


def test_after_a_supplement_the_term_starts_anew_without_the_extension_and_it_stays_used(bureau, asked, refuses):
    put_off(bureau, asked)
    actions.grant_extension(request_no=asked, by=bureau.authority, at=AT)
    actions.ask_request_supplement(request_no=asked, note="请补充", by=bureau.health_head, at=AT)
    back = actions.supplement_request(request_no=asked, answer="已补充", by=bureau.requester, at=AT)
    assert back.reply_due_on == DUE
    with refuses("exchange.request.not-allowed"):
        put_off(bureau, asked)


def test_an_extension_nobody_agreed_to_lapses_with_a_supplement_and_may_be_asked_again(bureau, asked):
    put_off(bureau, asked)
    actions.ask_request_supplement(request_no=asked, note="请补充", by=bureau.health_head, at=AT)
    actions.supplement_request(request_no=asked, answer="已补充", by=bureau.requester, at=AT)
    assert put_off(bureau, asked, days=2).extension.days == 2


def test_a_new_calendar_moves_the_last_day_once_and_says_so(bureau, asked, monkeypatch):
    put_off(bureau, asked)
    actions.grant_extension(request_no=asked, by=bureau.authority, at=AT)
    holiday = CalendarDay(dt.date(2026, 10, 12), is_workday=False, name="临时放假")
    calendar = builtin_calendar().revised([holiday])
    monkeypatch.setattr("zhengtong.kit.calendar.workdays._provided", [lambda: calendar])  # the site's own comes back
    assert not calendar_in_force().is_workday(holiday.date)
    assert tasks.recount_replies(at=AT) == 1
    assert tasks.recount_replies(at=AT) == 0
    seen = queries.get_request(asked, bureau.requester)
    assert seen.reply_due_on == dt.date(2026, 10, 23)
    assert seen.events[-1].kind == "recounted"
