"""Whoever says that data are wrong gets an answer from the source within ten working days."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from tests.apps.exchange.bureau import MOTHER, Bureau, make_bureau
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.corrections import actions, queries, tasks
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import ANONYMOUS, SYSTEM, Actor

DOUBT = {"resource_code": "births", "field": "child_name", "claimed_value": "大保", "grounds": "出生证上写的是大保"}


@pytest.fixture
def bureau(db, now, tmp_path, settings) -> Bureau:
    settings.ZHENGTONG_HOME = tmp_path
    catalog.opened.cache_clear()
    return make_bureau(now, tmp_path)


@pytest.fixture
def mother(bureau) -> Actor:
    subject = people.find_subject(kind="resident", number=MOTHER)
    return Actor("resident", 1, "王*兰", resident=subject)


def ask(bureau: Bureau, now: dt.datetime, **more):
    told = {**DOUBT, "row_key": "B1", "found_value": "大宝"}
    return actions.raise_verification(**{**told, **more}, by=bureau.requester, at=now)


def test_a_mother_objects_and_reads_the_answer(bureau, mother, now):
    raised = actions.raise_objection(**DOUBT, by=mother, at=now)
    assert raised.due_on == dt.date(2026, 12, 3)  # ten working days after Thursday 19 November 2026
    assert raised.source.id == bureau.health.id
    assert evidence.get_receipt(raised.events[0].receipt_no)
    [seen] = queries.list_corrections(by=bureau.steward)
    assert (seen.grounds, seen.allowed) == (DOUBT["grounds"], ("answer",))
    actions.answer_correction(
        no=raised.no, answer="corrected", note="与出生证存根核对后已更正", by=bureau.steward, at=now
    )
    answered = queries.get_correction(raised.no, by=mother)
    assert (answered.status, answered.answer_note, answered.allowed) == (
        "corrected",
        "与出生证存根核对后已更正",
        ("close",),
    )
    closed = actions.close_correction(no=raised.no, by=mother, at=now)
    assert [event.kind for event in closed.events] == ["raised", "corrected", "closed"]


def test_what_is_said_is_not_stored_in_the_clear(bureau, mother, now):
    from django.db import connection

    actions.raise_objection(**DOUBT, by=mother, at=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM corrections_correction")
        kept = str(cursor.fetchall())
    assert DOUBT["claimed_value"] not in kept
    assert DOUBT["grounds"] not in kept
    assert MOTHER not in kept


def test_a_department_asks_and_others_do_not_see_it(bureau, mother, now, refuses):
    asked = ask(bureau, now, case_no="C1")
    stranger = dataclasses.replace(bureau.requester, organisation=bureau.authority.organisation, roles=frozenset())
    for other in (mother, ANONYMOUS, stranger):
        with refuses("corrections.get.unknown", 404):
            queries.get_correction(asked.no, by=other)
    assert queries.get_correction(asked.no, by=SYSTEM).case_no == "C1"
    resource = catalog.find_resource("births")
    assert queries.is_doubted(resource_id=resource.id, field="child_name", row_key="B1")
    assert not queries.is_doubted(resource_id=resource.id, field="child_name", row_key="B2")


def test_one_doubt_is_open_once_and_may_be_raised_again_after_the_answer(bureau, now, refuses):
    asked = ask(bureau, now)
    with refuses("corrections.raise.open-already", 409):
        ask(bureau, now)
    found = {"resource_code": "births", "field": "child_name", "row_key": "B1", "found_value": "", "claimed_value": ""}
    assert actions.raise_conflict(**found, grounds="两源不一致", by=SYSTEM, at=now) is None
    actions.answer_correction(no=asked.no, answer="confirmed", note="存根如此", by=bureau.steward, at=now)
    assert ask(bureau, now).no != asked.no


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"field": "nothing"}, "corrections.raise.unknown-field"),
        ({"row_key": " "}, "corrections.raise.unknown-field"),
        ({"grounds": " "}, "corrections.raise.grounds"),
        ({"grounds": "长" * 2001}, "corrections.raise.grounds"),
        ({"resource_code": "nowhere"}, "catalog.get.unknown"),
    ],
)
def test_what_cannot_be_checked_is_refused(bureau, now, refuses, change, code):
    with refuses(code):
        ask(bureau, now, **change)


def test_only_the_source_answers_with_a_reason_and_only_once(bureau, now, refuses):
    asked = ask(bureau, now)
    told = {"no": asked.no, "answer": "confirmed", "note": "存根如此", "at": now}
    with refuses("corrections.step.not-allowed"):
        actions.answer_correction(**told, by=bureau.requester)
    with refuses("corrections.answer.no-reason"):
        actions.answer_correction(**{**told, "note": " "}, by=bureau.steward)
    with refuses("corrections.answer.unknown"):
        actions.answer_correction(**{**told, "answer": "maybe"}, by=bureau.steward)
    actions.answer_correction(**told, by=bureau.steward)
    with refuses("corrections.step.not-allowed", 409):
        actions.answer_correction(**told, by=bureau.steward)
    with refuses("corrections.step.not-allowed", 409):
        actions.withdraw_correction(no=asked.no, by=bureau.requester, at=now)


def test_residents_and_departments_need_to_be_who_they_are(bureau, now, refuses):
    with refuses("corrections.raise.not-signed-in", 403):
        actions.raise_objection(**DOUBT, by=ANONYMOUS, at=now)
    with refuses("catalog.right.missing", 403):
        actions.raise_verification(**DOUBT, row_key="B1", found_value="", by=bureau.police_head, at=now)


def test_what_is_late_is_listed_counted_and_pointed_out_once(bureau, now):
    asked = ask(bureau, now)
    due = dt.datetime.combine(asked.due_on, dt.time(12), now.tzinfo)
    assert queries.list_overdue(by=bureau.steward, on=due.date()) == []
    assert tasks.remind(at=due) == 0
    late = due + dt.timedelta(days=1)
    assert [one.no for one in queries.list_overdue(by=bureau.steward, on=late.date())] == [asked.no]
    assert (tasks.remind(at=late), tasks.remind(at=late)) == (1, 0)
    [record] = queries.count_by_source(on=late.date())
    assert (record.organisation.id, record.raised, record.open, record.overdue) == (bureau.health.id, 1, 1, 1)
    actions.answer_correction(no=asked.no, answer="not-ours", note="由民政部门提供", by=bureau.steward, at=late)
    [record] = queries.count_by_source(on=late.date())
    assert (record.answered, record.in_time, record.open) == (1, 0, 0)


def test_a_withdrawn_doubt_is_nobodys(bureau, now):
    asked = ask(bureau, now)
    actions.withdraw_correction(no=asked.no, by=bureau.requester, at=now)
    assert queries.count_by_source(on=now.date()) == []
