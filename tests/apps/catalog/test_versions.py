"""A published entry is changed by a version that is proposed, consented to and reviewed in time; classes follow lineage."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from tests.apps.exchange.bureau import BIRTHS, Bureau, make_bureau
from zhengtong.apps.catalog import actions, queries
from zhengtong.apps.people.shapes import SYSTEM


@pytest.fixture
def bureau(db, now, tmp_path, settings) -> Bureau:
    settings.ZHENGTONG_HOME = tmp_path
    queries.opened.cache_clear()
    return make_bureau(now, tmp_path)


def revise(bureau, now, **changed):
    declaration = {**BIRTHS, "summary_zh": "活产新生儿，每日更新", **changed}
    return actions.revise_resource(
        code="births",
        declaration=declaration,
        reason="职责调整",
        by=bureau.steward,
        at=now,
        basis_changed_on=now.date(),
    )


def test_a_revision_passes_both_hands_in_time_and_the_old_version_is_kept(bureau, now, refuses):
    revise(bureau, now)
    [due] = queries.list_reviews_due(by=bureau.steward, on=now.date())
    assert (due.state, due.due_on) == ("proposed", dt.date(2026, 12, 3))
    assert queries.get_resource("births", by=SYSTEM).summary_zh == BIRTHS["summary_zh"], "the published one stands"
    with refuses("catalog.revise.open-already", 409):
        revise(bureau, now)
    both = dataclasses.replace(bureau.steward, roles=frozenset({"data-approver"}))
    with refuses("catalog.revise.own", 403):
        actions.submit_revision(code="births", secrecy_checked=True, pia_no="P", by=both, at=now)
    actions.submit_revision(code="births", secrecy_checked=True, pia_no="P2", by=bureau.health_head, at=now)
    [due] = queries.list_reviews_due(by=bureau.authority, on=dt.date(2026, 11, 24))
    assert (due.review_due_on, due.is_overdue) == (dt.date(2026, 11, 23), True)
    with refuses("catalog.right.missing", 403):
        actions.publish_revision(code="births", by=bureau.steward, at=now)
    actions.publish_revision(code="births", by=bureau.authority, at=now)
    assert queries.get_resource("births", by=SYSTEM).summary_zh == "活产新生儿，每日更新"
    newest, oldest = queries.list_versions("births", by=SYSTEM)
    assert [(one.number, one.state) for one in (newest, oldest)] == [(2, "published"), (1, "replaced")]
    assert newest.changed == ("summary_zh",)
    assert queries.list_reviews_due(by=bureau.authority, on=now.date()) == ()


def test_a_revision_that_rows_do_not_carry_or_that_is_sent_back_changes_nothing(bureau, now, refuses):
    extra = {**BIRTHS["fields"][-1], "name": "extra"}
    with refuses("catalog.revise.rows-lack-it", 409):
        revise(bureau, now, fields=[*BIRTHS["fields"], extra])
    with refuses("catalog.revise.other"):
        revise(bureau, now, name="others")
    with refuses("catalog.revise.nothing-open", 409):
        actions.publish_revision(code="births", by=bureau.authority, at=now)
    revise(bureau, now)
    actions.reject_revision(code="births", reason="依据不足", by=bureau.authority, at=now)
    assert queries.get_resource("births", by=SYSTEM).summary_zh == BIRTHS["summary_zh"]
    assert [one.state for one in queries.list_versions("births", by=SYSTEM)] == ["rejected", "published"]


def test_classes_are_suggested_follow_lineage_and_are_confirmed_by_a_person(bureau, now, refuses):
    fields = [
        {
            "name": "number",
            "title_zh": "号",
            "title_en": "Number",
            "type": "text",
            "is_key": True,
            "element": "person.id",
        },
        {"name": "name", "title_zh": "姓名", "title_en": "Name", "type": "text", "sensitivity": 1},
    ]
    declared = {
        **BIRTHS,
        "code": "202010/000009",
        "name": "derived",
        "fields": fields,
        "latest_by": "",
        "subject_field": "number",
    }
    actions.register_resource(declaration=declared, provider=bureau.health, by=bureau.steward, at=now)
    actions.record_lineage(
        code="derived", lineage={"number": [("births", "mother_id_number")]}, by=bureau.steward, at=now
    )
    number = queries.find_resource("derived").find_field("number")
    assert (number.sensitivity, number.personal, number.mask) == (4, True, "resident-id")
    told = {
        "code": "derived",
        "field": "number",
        "personal": True,
        "mask": "resident-id",
        "by": bureau.health_head,
        "at": now,
    }
    with refuses("catalog.confirm.below-origin"):
        actions.confirm_field(**told, sensitivity=2)
    with refuses("catalog.confirm.wrong"):
        actions.confirm_field(**{**told, "mask": "nothing"}, sensitivity=4)
    actions.confirm_field(**told, sensitivity=4)
    with refuses("catalog.lineage.unknown-field"):
        actions.record_lineage(code="derived", lineage={"number": [("births", "x")]}, by=bureau.steward, at=now)
    assert queries.list_elements(by=SYSTEM)[0].fields == ("derived.number",)
    suggested = {one.field: one.kind for one in queries.list_suggestions("births", by=SYSTEM)}
    assert set(suggested) <= set(queries.find_resource("births").keys) | {
        "child_name",
        "born_at",
        "region_code",
        "weight_g",
    }
