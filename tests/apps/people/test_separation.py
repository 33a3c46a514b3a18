"""Three administrators kept apart（三员分立）by the database itself: the doors refuse, and raw SQL fails too."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from tests.apps.people.town import PASSWORD, Town
from zhengtong.apps.people import actions, queries
from zhengtong.apps.people.models import Account, AdminDuty, Post
from zhengtong.apps.people.shapes import SYSTEM, AccountShape, Actor

DUTIES = ["sysadmin", "secadmin", "auditadmin"]


@pytest.fixture
def admins(town: Town, now: dt.datetime) -> dict[str, AccountShape]:
    made = {}
    for duty in DUTIES:
        account = actions.open_account(username=duty, password=PASSWORD, by=SYSTEM, at=now)
        made[duty] = actions.assign_admin_duty(account_id=account.id, duty=duty, by=SYSTEM, at=now)
    return made


@pytest.fixture
def officer(town: Town, now: dt.datetime) -> AccountShape:
    account = actions.open_account(username="officer", password=PASSWORD, by=SYSTEM, at=now)
    appoint(account.id, town, now)
    return account


def appoint(account_id: int, town: Town, now: dt.datetime, by: Actor = SYSTEM):
    return actions.appoint_officer(
        account_id=account_id,
        organisation_id=town.health.id,
        title_zh="窗口",
        title_en="Window",
        roles=["window"],
        by=by,
        at=now,
    )


def fails(statement: str, parameters: list) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


INSERT_POST = (
    "INSERT INTO people_post (account_id, organisation_id, title_zh, title_en, valid_from, appointed_by_id, appointed_at)"
    " VALUES (%s, %s, 'x', 'x', '2026-01-01', %s, '2026-01-01 00:00:00+00')"
)
INSERT_DUTY = (
    "INSERT INTO people_adminduty (account_id, duty, assigned_by_id, assigned_at)"
    " VALUES (%s, %s, %s, '2026-01-01 00:00:00+00')"
)


def test_an_administrator_is_not_appointed_officer(admins, town: Town, now, refuses) -> None:
    for duty in DUTIES:
        with refuses("people.duty.separated", 409):
            appoint(admins[duty].id, town, now)
        fails(INSERT_POST, [admins[duty].id, town.health.id, None])


def test_an_officer_is_not_given_a_duty(officer, town: Town, now, refuses) -> None:
    for duty in DUTIES:
        with refuses("people.duty.separated", 409):
            actions.assign_admin_duty(account_id=officer.id, duty=duty, by=SYSTEM, at=now)
        fails(INSERT_DUTY, [officer.id, duty, None])


def test_an_account_has_one_duty(admins, now, refuses) -> None:
    with refuses("people.post.already-held", 409):
        actions.assign_admin_duty(account_id=admins["sysadmin"].id, duty="secadmin", by=SYSTEM, at=now)
    fails(INSERT_DUTY, [admins["sysadmin"].id, "auditadmin", None])
    with refuses("people.duty.unknown"):
        actions.assign_admin_duty(account_id=admins["sysadmin"].id, duty="superadmin", by=SYSTEM, at=now)
    fails(INSERT_DUTY, [Account.objects.get(username="mother").pk, "superadmin", None])


def test_an_ended_post_is_not_reopened_beside_a_duty_nor_moved_to_an_administrator(admins, officer, town, now) -> None:
    post = Post.objects.get(account_id=officer.id)
    fails("UPDATE people_post SET account_id = %s WHERE id = %s", [admins["secadmin"].id, post.pk])
    actions.end_post(post_id=post.pk, by=SYSTEM, at=now)
    actions.assign_admin_duty(account_id=officer.id, duty="sysadmin", by=SYSTEM, at=now)
    fails("UPDATE people_post SET ended_at = NULL WHERE id = %s", [post.pk])
    fails("UPDATE people_adminduty SET account_id = account_id, duty = 'root' WHERE account_id = %s", [officer.id])


def test_auditors_and_system_administrators_grant_nothing(admins, town: Town, now, refuses) -> None:
    mother = Account.objects.get(username="mother").pk
    for duty in ("sysadmin", "auditadmin"):
        actor = queries.get_actor(Account.objects.get(pk=admins[duty].id), at=now)
        with refuses("people.act.not-permitted", 403):
            appoint(mother, town, now, by=actor)
        fails(INSERT_POST, [mother, town.health.id, admins[duty].id])
        fails(INSERT_DUTY, [mother, "secadmin", admins[duty].id])
    security = queries.get_actor(Account.objects.get(pk=admins["secadmin"].id), at=now)
    assert appoint(mother, town, now, by=security).roles == {"window"}


def test_an_auditor_writes_no_mandate_either(admins, town: Town, now) -> None:
    actor = Actor(kind="resident", resident=town.mother)
    mandate = actions.delegate(agent_id=town.father.id, by=actor, at=now)
    for duty in DUTIES:
        fails("UPDATE people_mandate SET ended_by_id = %s WHERE agent_id IS NOT NULL", [admins[duty].id])
    assert queries.list_mandates(actor)[0].id == mandate.id


def test_nobody_grants_to_themselves(town: Town, now) -> None:
    mother = Account.objects.get(username="mother").pk
    fails(INSERT_DUTY, [mother, "secadmin", mother])
    fails(INSERT_POST, [mother, town.health.id, mother])


def test_a_duty_ended_leaves_the_way_free(admins, town: Town, now, refuses) -> None:
    account_id = admins["sysadmin"].id
    actions.end_admin_duty(account_id=account_id, by=SYSTEM, at=now)
    with refuses("people.duty.none", 409):
        actions.end_admin_duty(account_id=account_id, by=SYSTEM, at=now)
    assert appoint(account_id, town, now).organisation == town.health
    assert AdminDuty.objects.filter(account_id=account_id).count() == 1


def test_an_administrator_acts_without_roles_and_an_auditor_may_only_look(admins, town: Town, now) -> None:
    actors = {duty: queries.get_actor(Account.objects.get(pk=admins[duty].id), at=now) for duty in DUTIES}
    assert all(actor.kind == "admin" and actor.organisation is None for actor in actors.values())
    assert queries.can_(actors["sysadmin"], "account.open")
    assert not queries.can_(actors["sysadmin"], "officer.appoint")
    assert queries.can_(actors["secadmin"], "officer.appoint")
    assert not queries.can_(actors["secadmin"], "account.open")
    assert queries.can_(actors["auditadmin"], "audit.view")
    assert Account.objects.get(pk=admins["auditadmin"].id).is_superuser is False
