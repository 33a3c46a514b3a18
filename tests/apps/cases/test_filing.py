"""An application filed in one call, the state kept beside the log, and numbers in blocks."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.apps.cases.city import PDF, REGION, apply_for_permit, packs
from zhengtong.apps.cases import actions, queries
from zhengtong.apps.cases.actions.log import SHOWN_ENTRIES, lock_case
from zhengtong.apps.cases.models import Case, CaseAction, CaseCounter, Draft
from zhengtong.apps.cases.numbers import _BLOCKS, next_numbers
from zhengtong.apps.cases.projection import fold_record, state_of
from zhengtong.apps.matters import actions as matters
from zhengtong.apps.people.shapes import SYSTEM

ANSWERS = {"kind": "first", "reason": "home"}
HOME = {"residence.address": "澜江市江东区滨河路 8 号", "residence.since": "2026-01-05"}
PROOF = ("home_proof", "租房合同.pdf", PDF)


@pytest.fixture
def file(city, now):
    """File a residence permit in one call, with what is given changed."""

    def filed(**given):
        whole = {"matter_code": "residence-permit", "answers": ANSWERS, "values": HOME, "files": [PROOF]}
        return actions.file_case(**{**whole, "by": city.mother, "at": now, **given})

    return filed


def files_of(case):
    return {slot.id: [file.sha256 for file in slot.files] for slot in case.materials if slot.files}


def test_a_case_filed_in_one_call_is_the_case_a_draft_becomes(file, city, now):
    filed, drafted = file(), apply_for_permit(city)
    same = {field.name for field in dataclasses.fields(filed)} - {
        "no",
        "receipt_no",
        "timeline",
        "materials",
        "track_code",
        "values",
    }
    assert {name: getattr(filed, name) for name in same} == {name: getattr(drafted, name) for name in same}
    assert {path: held.value for path, held in filed.values.items()} == {
        path: held.value for path, held in drafted.values.items()
    }
    assert [event.kind for event in filed.timeline] == [event.kind for event in drafted.timeline]
    assert files_of(filed) == files_of(drafted) != {}
    assert len(queries.list_notices(city.mother)) == 2


def test_a_matter_without_files_leaves_no_draft_behind(city, now):
    bare = dataclasses.replace(packs()[-1], id="bare-permit", materials=(), certificates=(), catalog_code="")
    matters.publish_pack(pack=bare, by=SYSTEM, at=now)
    case = actions.file_case(matter_code="bare-permit", answers=ANSWERS, values=HOME, by=city.mother, at=now)
    assert (case.state, Draft.objects.count()) == ("submitted", 0)
    assert queries.get_case(case.no, city.mother, at=now) == case


def test_the_same_filing_sent_twice_is_one_case(file, refuses):
    first = file(key="order-1")
    assert file(key="order-1").no == first.no
    assert Case.objects.count() == 1
    with refuses("case.file.key-used", 409):
        file(key="order-1", values={**HOME, "residence.since": "2025-01-05"})
    assert file(key="order-2").no != first.no


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"values": {}}, "case.submit.incomplete"),
        ({"files": []}, "case.submit.missing-material"),
        ({"values": {**HOME, "nobody.asked": "x"}}, "case.form.unknown-field"),
        ({"values": {**HOME, "person.name": "别人"}}, "case.form.locked"),
        ({"values": {**HOME, "residence.since": "yesterday"}}, "case.form.invalid"),
        ({"answers": {}}, "case.start.unanswered"),
        ({"files": [("nothing", "a.pdf", PDF)]}, "case.material.not-wanted"),
    ],
)
def test_what_a_draft_would_refuse_is_refused_and_nothing_is_left(file, refuses, given, code):
    with refuses(code):
        file(**given)
    assert (Case.objects.count(), Draft.objects.count()) == (0, 0)


def test_the_state_beside_the_log_is_what_the_log_folds_to(file, city, now):
    officer = city.officer("public-security")
    case = file()
    case = actions.accept_case(case_no=case.no, by=officer, at=now, version=case.version)
    case = actions.ask_supplement(
        case_no=case.no, items=[{"target": "", "title_zh": "说明"}], reason="请说明", by=officer, at=now
    )
    record = Case.objects.get(no=case.no)
    assert state_of(record) == fold_record(record, record.actions.order_by("seq"))
    record.folded["by"] = "other rules"
    assert state_of(record) is None


def test_an_action_reads_no_more_for_a_long_history(file, city, now, django_assert_max_num_queries):
    officer = city.officer("public-security")
    case = file()
    for _ in range(SHOWN_ENTRIES):
        case = actions.claim_task(case_no=case.no, by=officer, at=now)
        case = actions.release_task(case_no=case.no, by=officer, at=now)
    held = lock_case(case.no)
    assert len(held.entries) == SHOWN_ENTRIES + 1
    assert len(held.log) == case.version == 2 * SHOWN_ENTRIES + 1
    with django_assert_max_num_queries(14):
        case = actions.claim_task(case_no=case.no, by=officer, at=now)
    assert case.receipt_no == CaseAction.objects.get(case__no=case.no, seq=1).receipt_no


def test_numbers_come_in_blocks_only_where_they_are_asked_for_fast(monkeypatch, now, transactional_db):
    monkeypatch.setattr("zhengtong.apps.cases.numbers.BUSY_SECONDS", 0.0)
    _BLOCKS.clear()
    quiet = [next_numbers(REGION, now)[0] for _ in range(3)]
    assert [int(no[-6:]) for no in quiet] == [1, 2, 3]
    monkeypatch.setattr("zhengtong.apps.cases.numbers.BUSY_SECONDS", 60.0)
    busy = [no for _ in range(40) for no in next_numbers(REGION, now, 2)]
    assert len(set(quiet + busy)) == 83
    assert CaseCounter.objects.get().serial >= 83
    _BLOCKS.clear()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2026, 12, 31), timezones=st.just(dt.UTC)))  # noqa: DTZ001
def test_a_number_says_region_and_day(db, at):
    (no,) = next_numbers(REGION, at)
    assert no.startswith(f"990100{at.astimezone(dt.timezone(dt.timedelta(hours=8))):%Y%m%d}")
