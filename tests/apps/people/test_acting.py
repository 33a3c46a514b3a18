"""Who acts, for whom, and with which rights."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.apps.people.town import PASSWORD, Town, credit_code, id_number, make_organisation, make_resident
from zhengtong.apps.people import actions, queries
from zhengtong.apps.people.models import Account
from zhengtong.apps.people.shapes import ANONYMOUS, SYSTEM, Actor


def account(name: str) -> Account:
    return Account.objects.get(username=name)


@pytest.fixture
def mother(town: Town) -> Actor:
    return Actor(kind="resident", account_id=town.mother_account.id, resident=town.mother)


@pytest.fixture
def father(town: Town) -> Actor:
    return Actor(kind="resident", account_id=town.father_account.id, resident=town.father)


@pytest.fixture
def officer(town: Town, now: dt.datetime) -> Account:
    opened = actions.open_account(username="li.window", password=PASSWORD, label="李*", by=SYSTEM, at=now)
    for organisation, roles in ((town.police, ["window", "examiner"]), (town.health, ["leader"])):
        actions.appoint_officer(
            account_id=opened.id,
            organisation_id=organisation.id,
            title_zh="民警",
            title_en="Officer",
            roles=roles,
            by=SYSTEM,
            at=now,
        )
    return account("li.window")


def test_a_resident_acts_for_herself_in_one_query(town, now, django_assert_num_queries) -> None:
    record = account("mother")
    with django_assert_num_queries(1):
        actor = queries.get_actor(record, at=now)
    assert (actor.kind, actor.label, actor.resident, actor.applicant) == ("resident", "王*兰", town.mother, town.mother)
    assert not queries.can_(actor, "case.accept")


def test_an_officer_acts_in_the_organisation_chosen_in_one_query(
    officer, town, now, django_assert_num_queries, refuses
) -> None:
    with django_assert_num_queries(1):
        actor = queries.get_actor(officer, organisation_id=town.health.id, at=now)
    assert (actor.kind, actor.organisation, actor.roles) == ("officer", town.health, {"leader"})
    assert queries.can_(actor, "case.reassign", town.health.id)
    assert not queries.can_(actor, "case.reassign", town.police.id)
    assert not queries.can_(actor, "case.accept", town.health.id), "window is a role in the other organisation"
    assert queries.get_actor(officer, at=now).organisation == town.police, "the earliest post without a choice"
    third = make_organisation("education", "66666666", "990102000000", now)
    with refuses("people.act.no-post", 403):
        queries.get_actor(officer, organisation_id=third.id, at=now)


def test_a_post_ended_counts_no_more(officer, town, now, refuses) -> None:
    post = next(post for post in queries.list_posts(officer, at=now) if post.organisation == town.health)
    actions.end_post(post_id=post.id, by=SYSTEM, at=now)
    with refuses("people.act.no-post", 403):
        queries.get_actor(officer, organisation_id=town.health.id, at=now)
    with refuses("people.post.ended", 409):
        actions.end_post(post_id=post.id, by=SYSTEM, at=now)


def test_a_closed_account_is_nobody(town, now, refuses) -> None:
    actions.close_account(account_id=town.mother_account.id, by=SYSTEM, at=now)
    assert queries.get_actor(account("mother"), at=now) == ANONYMOUS
    with refuses("people.account.closed", 409):
        actions.close_account(account_id=town.mother_account.id, by=SYSTEM, at=now)


def test_a_representative_acts_for_the_enterprise_without_being_asked(town, now, refuses) -> None:
    actor = queries.get_actor(account("mother"), acting_for=town.enterprise.ref, at=now)
    assert (actor.applicant, actor.resident, actor.mandate_kind) == (town.enterprise, town.mother, "representative")
    assert actor.is_within_scope("business-licence")
    with refuses("people.act.no-mandate", 403):
        queries.get_actor(account("father"), acting_for=town.enterprise, at=now)


def test_an_agent_acts_in_the_matters_listed_until_the_day_said(town, mother, now, refuses) -> None:
    today = now.date()
    actions.authorise_agent(
        uscc=town.enterprise.id,
        agent_id=town.father.id,
        matter_codes=["tax-filing"],
        valid_until=today,
        by=mother,
        at=now,
    )
    actor = queries.get_actor(account("father"), acting_for=town.enterprise, at=now)
    assert actor.is_within_scope("tax-filing")
    assert not actor.is_within_scope("business-licence")
    with refuses("people.act.no-mandate", 403):
        queries.get_actor(account("father"), acting_for=town.enterprise, at=now + dt.timedelta(days=1))


def test_an_agent_does_not_pass_the_authority_on(town, mother, father, now, refuses) -> None:
    actions.authorise_agent(uscc=town.enterprise.id, agent_id=town.father.id, by=mother, at=now)
    third = make_resident("孙四", id_number(1980, 7), "", now)
    agent = queries.get_actor(account("father"), acting_for=town.enterprise, at=now)
    with refuses("people.agency.not-representative", 403):
        actions.authorise_agent(uscc=town.enterprise.id, agent_id=third.id, by=agent, at=now)


def test_a_delegation_is_given_used_and_ended(town, mother, father, now, refuses) -> None:
    given = actions.delegate(agent_id=town.father.id, matter_codes=["birth"], relation="spouse", by=mother, at=now)
    assert given.agent.name == "陈*国", "the agent's name is the agent's"
    assert queries.get_actor(account("father"), acting_for=town.mother, at=now).applicant == town.mother
    [principal] = queries.list_principals(account("father"), at=now)
    assert (principal.subject, principal.matter_codes) == (town.mother, ("birth",))
    actions.end_delegation(mandate_id=given.id, by=father, at=now)
    assert queries.list_principals(account("father"), at=now) == []
    with refuses("people.act.no-mandate", 403):
        queries.get_actor(account("father"), acting_for=town.mother, at=now)
    with refuses("people.mandate.ended", 409):
        actions.end_delegation(mandate_id=given.id, by=mother, at=now)


def test_a_stranger_ends_nobodys_delegation(town, mother, now, refuses) -> None:
    given = actions.delegate(agent_id=town.father.id, by=mother, at=now)
    stranger = Actor(kind="resident", resident=make_resident("孙四", id_number(1980, 7), "", now))
    with refuses("people.act.not-permitted", 403):
        actions.end_delegation(mandate_id=given.id, by=stranger, at=now)
    with refuses("people.mandate.unknown", 404):
        actions.end_agency(mandate_id=given.id, by=mother, at=now)


def test_a_delegation_to_oneself_or_into_the_past_is_refused(town, mother, now, refuses) -> None:
    with refuses("people.mandate.to-oneself"):
        actions.delegate(agent_id=town.mother.id, by=mother, at=now)
    with refuses("people.mandate.dates"):
        actions.delegate(agent_id=town.father.id, valid_until=now.date() - dt.timedelta(days=1), by=mother, at=now)


def test_a_window_registers_a_delegation_only_with_proof(town, now, refuses) -> None:
    window = Actor(kind="officer", organisation=town.police, roles=frozenset({"window"}))
    wanted = {"agent_id": town.father.id, "principal_id": town.mother.id, "by": window, "at": now}
    with refuses("people.mandate.no-proof"):
        actions.delegate(**wanted)
    made = actions.delegate(**wanted, proof={"kind": "notarised", "digest": "sha256:00"})
    assert made.has_proof
    examiner = Actor(kind="officer", organisation=town.police, roles=frozenset({"examiner"}))
    with refuses("people.act.not-permitted", 403):
        actions.delegate(**{**wanted, "by": examiner}, proof={"kind": "notarised"})


def test_a_guardianship_ends_by_itself_at_majority(town, now, refuses) -> None:
    child = make_resident("陈小溪", id_number(2012, 13), "", now)
    actions.register_guardian(ward_id=child.id, guardian_id=town.mother.id, relation="mother", by=SYSTEM, at=now)
    kinds = {principal.kind for principal in queries.list_principals(account("mother"), at=now)}
    assert kinds == {"representative", "guardianship"}
    eve, majority = (dt.datetime(2030, 3, day, 12, tzinfo=now.tzinfo) for day in (4, 5))
    assert queries.get_actor(account("mother"), acting_for=child, at=eve).applicant == child
    with refuses("people.act.no-mandate", 403):
        queries.get_actor(account("mother"), acting_for=child, at=majority)
    grown = make_resident("陈大江", id_number(2000, 15), "", now)
    with refuses("people.guardian.of-age"):
        actions.register_guardian(ward_id=grown.id, guardian_id=town.mother.id, relation="mother", by=SYSTEM, at=now)


def test_a_ward_born_on_29_february_comes_of_age_on_1_march(now) -> None:
    from zhengtong.apps.people.actions.mandates import _birthday

    assert _birthday(dt.date(2008, 2, 29), 18) == dt.date(2026, 3, 1)
    assert _birthday(dt.date(2008, 2, 29), 16) == dt.date(2024, 2, 29)


def test_every_write_here_leaves_one_receipt(town, mother, now) -> None:
    from zhengtong.apps.evidence import queries as evidence

    before = evidence.count_receipts()
    given = actions.delegate(agent_id=town.father.id, by=mother, at=now)
    actions.end_delegation(mandate_id=given.id, by=mother, at=now)
    assert evidence.count_receipts() == before + 2


def test_every_role_and_duty_has_two_titles_and_permits_something() -> None:
    from zhengtong.apps.people.roles import list_roles

    roles = {**list_roles(), **list_roles("duties")}
    assert {"window", "examiner", "leader", "data-steward", "data-approver", "data-requester"} <= set(roles)
    assert all(role.title_zh and role.title_en and role.permits for role in roles.values())
    assert not roles["auditadmin"].permits - {"audit.view"}, "an auditor only reads"


@pytest.mark.parametrize(
    "hostile", ["", "x", "resident:", "resident:\x00", "legal-entity:' OR 1=1 --", "a:b:c", "resident:" + "9" * 5000]
)
def test_a_made_up_principal_is_refused_and_nothing_breaks(town, now, refuses, hostile: str) -> None:
    if hostile:
        with refuses("people.act.no-mandate", 403):
            queries.get_actor(account("mother"), acting_for=hostile, at=now)
    mother = Actor(kind="resident", resident=town.mother)
    with refuses("people.resident.unknown", 404):
        actions.delegate(agent_id=hostile, by=mother, at=now)
    with refuses("people.mandate.unknown", 404):
        actions.end_delegation(mandate_id=hostile, by=mother, at=now)
    with refuses("people.resident.unknown", 404):
        queries.resident_profile(hostile)


def test_an_appointment_names_an_account_and_an_organisation_that_exist(town, now, refuses) -> None:
    post = {"title_zh": "x", "title_en": "x", "roles": ["window"], "by": SYSTEM, "at": now}
    with refuses("people.account.unknown", 404):
        actions.appoint_officer(account_id=10**9, organisation_id=town.health.id, **post)
    with refuses("people.organisation.unknown", 404):
        actions.appoint_officer(account_id=town.mother_account.id, organisation_id=10**9, **post)
    with refuses("people.role.unknown"):
        actions.appoint_officer(
            account_id=town.mother_account.id, organisation_id=town.health.id, **{**post, "roles": ["boss"]}
        )
    with refuses("people.account.unknown", 404):
        actions.assign_admin_duty(account_id=10**9, duty="sysadmin", by=SYSTEM, at=now)


def test_the_accounts_in_use_are_listed_in_one_query(town, now, django_assert_num_queries) -> None:
    actions.open_account(username="clerk", name="李明远", by=SYSTEM, at=now)
    actions.close_account(account_id=town.father_account.id, by=SYSTEM, at=now)
    with django_assert_num_queries(1):
        listed = queries.list_accounts()
    assert [(one.username, one.label) for one in listed] == [("clerk", "李*远"), ("mother", "王*兰")]


def test_an_enterprise_nobody_registered_authorises_no_one(town, now, refuses) -> None:
    with refuses("people.legal-entity.unknown", 404):
        actions.authorise_agent(uscc=credit_code("MA009999"), agent_id=town.father.id, by=SYSTEM, at=now)
