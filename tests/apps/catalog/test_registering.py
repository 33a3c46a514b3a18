"""A catalogue entry says all that the regulation asks, and changes state step by step, by the right people."""

from __future__ import annotations

import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.apps.exchange.bureau import BIRTHS, Bureau, make_bureau
from zhengtong.apps.catalog import actions, queries
from zhengtong.apps.people.shapes import ANONYMOUS
from zhengtong.kit import Refused


@pytest.fixture
def bureau(db, now, tmp_path, settings) -> Bureau:
    settings.ZHENGTONG_HOME = tmp_path
    queries.opened.cache_clear()
    return make_bureau(now, tmp_path)


def changed(**values):
    return {**copy.deepcopy(BIRTHS), "name": "other", "code": "202010/000002", **values}


def problems(**values) -> list[str]:
    return [one.code for one in queries.list_problems(changed(**values))]


def test_the_declaration_of_the_tests_is_right():
    assert problems() == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title_zh": ""}, "catalog.register.title-zh"),
        ({"code": "12"}, "catalog.register.code"),
        ({"name": "大写"}, "catalog.register.name"),
        ({"update_cycle": "often"}, "catalog.register.update-cycle"),
        ({"share_modes": ["telepathy"]}, "catalog.register.share-modes"),
        ({"share_type": 2, "share_scope": ""}, "catalog.register.share-scope"),
        ({"share_type": 3, "basis": ""}, "catalog.register.no-share-reason"),
        ({"share_type": 7}, "catalog.register.share-type"),
        ({"data_level": 9}, "catalog.register.data-level"),
        ({"subject_field": ""}, "catalog.register.subject-field"),
        ({"subject_field": "nope"}, "catalog.register.subject-field"),
        ({"latest_by": "nope"}, "catalog.register.latest-by"),
        ({"fields": BIRTHS["fields"] + BIRTHS["fields"][:1]}, "catalog.register.fields"),
        ({"fields": [{**BIRTHS["fields"][0], "is_key": False}]}, "catalog.register.fields"),
        ({"fields": [{**BIRTHS["fields"][0], "type": "blob"}]}, "catalog.register.fields"),
    ],
)
def test_each_element_that_is_wrong_is_named(values, code):
    assert code in problems(**values)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(sorted(BIRTHS)), anything, max_size=4), anything)
def test_whatever_is_sent_is_answered_with_words_never_a_fault(values, item):
    for declaration in (changed(**values), changed(fields=[item]), changed(fields=[{**BIRTHS["fields"][0], **values}])):
        for problem in queries.list_problems(declaration):
            assert isinstance(problem, Refused)
            assert problem.zh
            assert problem.en


def test_a_taken_code_is_refused_and_nothing_is_kept(bureau, now, refuses):
    with refuses("catalog.register.taken", 409):
        actions.register_resource(
            declaration={**BIRTHS, "name": "again"}, provider=bureau.health, by=bureau.steward, at=now
        )
    assert queries.find_resource("again") is None


def test_whoever_registered_may_not_approve(bureau, now, refuses):
    actions.register_resource(declaration=changed(), provider=bureau.health, by=bureau.steward, at=now)
    actions.assess_resource(code="other", secrecy_checked=True, pia_no="P", by=bureau.steward, at=now)
    both = type(bureau.steward)(**{**vars(bureau.steward), "roles": frozenset({"data-approver"})})
    with refuses("catalog.approve.own", 403):
        actions.approve_resource(code="other", by=both, at=now)


@pytest.mark.parametrize(
    "values", [{"secrecy_checked": False, "pia_no": "P"}, {"secrecy_checked": True, "pia_no": " "}]
)
def test_without_its_assessments_personal_data_are_not_published(bureau, now, values):
    actions.register_resource(declaration=changed(), provider=bureau.health, by=bureau.steward, at=now)
    with pytest.raises(Refused):
        actions.assess_resource(code="other", by=bureau.steward, at=now, **values)
    with pytest.raises(Refused):
        actions.approve_resource(code="other", by=bureau.health_head, at=now)


def test_every_change_leaves_an_event_a_receipt_and_moves_the_epoch(bureau, now):
    before = queries.get_epoch()
    actions.register_resource(declaration=changed(), provider=bureau.health, by=bureau.steward, at=now)
    actions.assess_resource(code="other", secrecy_checked=True, pia_no="P", by=bureau.steward, at=now)
    events = queries.list_events("other", by=bureau.steward)
    assert [event.kind for event in events] == ["registered", "assessed"]
    assert all(event.receipt_no for event in events)
    assert queries.get_epoch() == before + 2


def test_who_knows_of_what(bureau, now):
    actions.register_resource(declaration=changed(), provider=bureau.health, by=bureau.steward, at=now)
    drafts = {
        name: queries.list_resources("202010/000002", by=by).total
        for name, by in (("own", bureau.steward), ("authority", bureau.authority), ("other", bureau.requester))
    }
    assert drafts == {"own": 1, "authority": 1, "other": 0}
    assert queries.list_resources(by=bureau.requester).total == 1
    assert queries.list_resources(by=ANONYMOUS).total == 0, "nothing of it is open to the public"


def test_facets_count_what_the_other_choices_leave(bureau, now):
    actions.register_resource(declaration=changed(data_level=4), provider=bureau.health, by=bureau.steward, at=now)
    page = queries.list_resources(by=bureau.steward, data_level="4")
    assert page.total == 1
    assert {one.value: one.count for one in page.facets["data_level"]} == {"3": 1, "4": 1}
    assert {one.value: one.count for one in page.facets["format"]} == {"database": 1}


def test_words_pinyin_initials_and_codes_find_an_entry(bureau):
    told = "出生 出生医学 chusheng csyx birth BIRTHS 202010 202010/000001 医 活产"
    other = ["婚姻", "202011", "出生 婚姻", "\"'*:&|!()", "xyz", "疫"]
    found = {
        q: queries.list_resources(q, by=bureau.steward).total
        for q in [*told.split(), "mother id", "活产 新生儿", "", *other]
    }
    assert found == {q: int(q not in other) for q in found}


def test_what_changes_is_found_at_once(bureau, now):
    assert queries.list_resources("婚姻登记", by=bureau.steward).total == 0
    actions.register_resource(
        declaration=changed(title_zh="婚姻登记信息"), provider=bureau.health, by=bureau.steward, at=now
    )
    assert [one.name for one in queries.list_resources("婚姻登记", by=bureau.steward).resources] == ["other"]
