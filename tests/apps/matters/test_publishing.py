"""Packs from draft to public（事项包发布）: two persons, one receipt each, frozen once in force."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from tests.apps.people.town import CITY, make_organisation
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.matters import actions, queries
from zhengtong.apps.matters.models import PackVersion
from zhengtong.apps.people import actions as people
from zhengtong.apps.people.shapes import SYSTEM, Actor, OrganisationShape
from zhengtong.declared import Pack, Text


@pytest.fixture
def police(db: None, now: dt.datetime) -> OrganisationShape:
    """The city's police, which owns the residence permit."""
    people.define_region(
        code=CITY, name_zh="澜江市", name_en="Lanjiang", valid_from=dt.date(2000, 1, 1), by=SYSTEM, at=now
    )
    return make_organisation("public-security", "22222222", CITY, now)


def head(organisation: OrganisationShape, account_id: int, roles: frozenset[str] = frozenset({"leader"})) -> Actor:
    return Actor(
        kind="officer", account_id=account_id, label=f"officer {account_id}", organisation=organisation, roles=roles
    )


def changed(pack: Pack, **members: object) -> Pack:
    return dataclasses.replace(pack, **members)


@pytest.fixture
def permit(packs: dict[str, Pack]) -> Pack:
    return packs["residence-permit"]


def test_the_system_brings_a_site_its_first_packs(police, permit, now) -> None:
    matter = actions.publish_pack(pack=permit, by=SYSTEM, at=now)
    assert (matter.code, matter.status, matter.version, matter.online) == ("residence-permit", "published", 1, True)
    assert matter.organisation == police
    assert matter.department_name == police.name_zh
    assert (matter.promised_days, matter.promised_unit) == (5, "WORKDAY")
    assert (matter.statutory_days, matter.statutory_unit) == (15, "CALENDAR_DAY")
    (version,) = queries.list_versions("residence-permit")
    assert evidence.get_receipt(version.receipt_no).kind == "matter.published"
    assert queries.get_pack("residence-permit", on=now.date()) == permit
    assert queries.get_pack_version(permit.digest) == permit


def test_the_same_pack_twice_changes_nothing(permit, db, now) -> None:
    first = actions.publish_pack(pack=permit, by=SYSTEM, at=now)
    before = evidence.count_receipts()
    second = actions.publish_pack(pack=permit, by=SYSTEM, at=now + dt.timedelta(days=1))
    assert second == first
    assert evidence.count_receipts() == before
    assert len(queries.list_versions("residence-permit")) == 1


def test_a_person_publishes_only_what_another_has_reviewed(police, permit, now, refuses) -> None:
    author, reviewer = head(police, 1), head(police, 2)
    draft = actions.draft_pack(pack=permit, by=author, at=now)
    assert draft.state == "draft"
    with refuses("matters.pack.not-reviewed", 409):
        actions.publish_pack(pack=permit, by=author, at=now)
    with refuses("matters.matter.unknown", 404):
        queries.get_matter("residence-permit")
    with refuses("matters.pack.same-person", 403):
        actions.review_pack(code=permit.id, digest=permit.digest, by=author, at=now)
    reviewed = actions.review_pack(code=permit.id, digest=permit.digest, by=reviewer, at=now)
    assert (reviewed.state, reviewed.author, reviewed.reviewer) == ("reviewed", "officer 1", "officer 2")
    with refuses("matters.pack.not-a-draft", 409):
        actions.review_pack(code=permit.id, digest=permit.digest, by=reviewer, at=now)
    assert actions.publish_pack(pack=permit, by=author, at=now).status == "published"


def test_the_database_itself_wants_a_second_person(police, permit, now) -> None:
    actions.draft_pack(pack=permit, by=head(police, 1), at=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        PackVersion.objects.update(reviewer_id=1)


def test_only_a_head_of_the_owning_department_may_draft(police, permit, now, refuses) -> None:
    for nobody in (
        head(police, 1, frozenset({"window"})),
        head(dataclasses.replace(police, id=police.id + 1), 1),
        Actor(kind="anonymous"),
    ):
        with refuses("matters.pack.no-right", 403):
            actions.draft_pack(pack=permit, by=nobody, at=now)
        with refuses("matters.pack.no-right", 403):
            actions.publish_pack(pack=permit, by=nobody, at=now)


def test_a_published_text_cannot_be_changed_even_in_the_database(permit, db, now) -> None:
    actions.publish_pack(pack=permit, by=SYSTEM, at=now)
    with pytest.raises(DatabaseError, match=r"matters\.version\.frozen"), transaction.atomic():
        PackVersion.objects.update(canonical="{}")
    with pytest.raises(DatabaseError, match=r"matters\.version\.frozen"), transaction.atomic():
        PackVersion.objects.update(digest="sha256:0")


def test_a_one_thing_waits_for_its_parts(packs, db, now, refuses) -> None:
    with refuses("matters.pack.part-not-published", 409):
        actions.publish_pack(pack=packs["birth"], by=SYSTEM, at=now)
    with refuses("matters.matter.unknown", 404):
        queries.get_matter("birth")


def test_a_new_version_holds_from_the_day_it_is_published(permit, db, now) -> None:
    actions.publish_pack(pack=permit, by=SYSTEM, at=now)
    later = now + dt.timedelta(days=10)
    second = changed(permit, fee=Text("不收费", "Free"))
    assert actions.publish_pack(pack=second, by=SYSTEM, at=later).version == 2
    assert queries.get_pack(permit.id, on=now.date()).digest == permit.digest
    assert queries.get_pack(permit.id, on=later.date()).digest == second.digest
    assert queries.get_pack_version(permit.digest).fee == permit.fee, "a running case keeps its version"
    assert [version.number for version in queries.list_versions(permit.id)] == [2, 1]


def test_a_pilot_holds_in_its_regions_only(permit, db, now) -> None:
    actions.publish_pack(pack=permit, by=SYSTEM, at=now)
    pilot = changed(permit, regions=("990102000000",), visits=1)
    actions.publish_pack(pack=pilot, by=SYSTEM, at=now)
    in_force = {
        region: queries.get_pack(permit.id, on=now.date(), region_code=region).visits
        for region in ("990102001000", "990102000000", "990103001000", "990100000000", "")
    }
    assert in_force == {
        "990102001000": 1,
        "990102000000": 1,
        "990103001000": 0,
        "990100000000": 0,
        "": 0,
    }


def test_a_pack_is_in_force_neither_before_nor_after_its_days(permit, db, now, refuses) -> None:
    ending = changed(permit, until=dt.date(2026, 12, 31))
    actions.publish_pack(pack=ending, by=SYSTEM, at=now)
    assert queries.get_pack(permit.id, on=dt.date(2026, 12, 31))
    for day in (dt.date(2025, 12, 31), dt.date(2027, 1, 1)):
        with refuses("matters.matter.unknown", 404):
            queries.get_pack(permit.id, on=day)


def test_a_paused_matter_says_why_and_comes_back(police, permit, now, refuses) -> None:
    actions.publish_pack(pack=permit, by=SYSTEM, at=now)
    leader = head(police, 1)
    with refuses("matters.matter.no-reason", 422):
        actions.pause_matter(code=permit.id, reason=" ", by=leader, at=now)
    paused = actions.pause_matter(code=permit.id, reason="系统升级", by=leader, at=now)
    assert (paused.status, paused.status_reason) == ("paused", "系统升级")
    with refuses("matters.pack.paused", 409) as caught:
        queries.get_pack(permit.id, on=now.date())
    assert "系统升级" in caught.value.zh
    assert queries.get_matter(permit.id).status == "paused", "its page still says what it is"
    with refuses("matters.matter.wrong-state", 409):
        actions.pause_matter(code=permit.id, reason="再停", by=leader, at=now)
    with refuses("matters.matter.no-right", 403):
        actions.resume_matter(code=permit.id, reason="好了", by=Actor(kind="anonymous"), at=now)
    assert actions.resume_matter(code=permit.id, reason="好了", by=leader, at=now).status == "published"
    assert queries.get_pack(permit.id, on=now.date()) == permit


def test_a_withdrawn_matter_is_found_no_more_but_its_version_can_be_read(permit, db, now, refuses) -> None:
    actions.publish_pack(pack=permit, by=SYSTEM, at=now)
    actions.withdraw_matter(code=permit.id, reason="并入新事项", by=SYSTEM, at=now)
    with refuses("matters.matter.unknown", 404):
        queries.get_matter(permit.id)
    assert not queries.search("居住证").hits
    assert queries.get_pack_version(permit.digest) == permit


def test_which_matters_read_a_resource_and_what_they_issue_is_told_from_their_packs(published, now):
    readers = queries.list_readers("202010/000001", on=now.date())
    by_code = {one.code: one for one in readers}
    assert {"birth", "birth-medical-certificate"} <= set(by_code)
    assert by_code["birth-medical-certificate"].certificates == ("birth-medical-certificate",)
    assert by_code["birth"].purposes[0].zh
    assert queries.list_readers("202010/000001", on=now.date() - dt.timedelta(days=4000)) == ()
    assert queries.list_readers("999999/000000", on=now.date()) == ()
