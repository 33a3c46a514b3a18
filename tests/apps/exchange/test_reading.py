"""Nobody reads but through a grant, and nothing is read unrecorded."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.apps.exchange.bureau import FATHER, MOTHER, STRANGER, make_grant, read
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.exchange import actions, queries
from zhengtong.apps.people.keys import subject_key


def test_only_granted_fields_come_and_the_newest_row_answers(bureau, now):
    make_grant(bureau, now)
    answer = read(bureau, now)
    assert answer.found
    assert answer.values == {"child_name": "二宝", "born_at": "2026-11-10T08:00:00"}
    assert answer.provider_zh == bureau.health.name_zh


def test_a_mask_of_the_grant_is_applied(bureau, now):
    make_grant(bureau, now, masks={"child_name": "name"})
    assert read(bureau, now).values["child_name"] == "二*"


def test_the_person_sees_who_read_which_fields_for_which_case(bureau, now):
    grant = make_grant(bureau, now)
    answer = read(bureau, now, case_no="9901-1", mode="prefill")
    seen = evidence.list_reads_about(subject_key("resident", MOTHER))
    assert [(one.receipt_no, one.grant_no, one.fields, one.case_no, one.channel) for one in seen] == [
        (answer.receipt_no, grant.no, ("child_name", "born_at"), "9901-1", "prefill")
    ]


def test_a_look_up_that_finds_nothing_is_recorded_too(bureau, now):
    make_grant(bureau, now)
    assert not read(bureau, now, key={"mother_id_number": FATHER}).found
    assert [one.found for one in evidence.list_reads_about(subject_key("resident", FATHER))] == [False]


def test_a_row_outside_the_grants_rows_is_as_if_absent(bureau, now):
    make_grant(bureau, now, row_filter={"region_code": ["990102000000"]})
    assert read(bureau, now).found
    assert not read(bureau, now, key={"mother_id_number": STRANGER}).found


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"fields": ["child_name", "weight_g"]}, "exchange.read.field-not-granted"),
        ({"fields": ["mother_id_number"]}, "exchange.read.field-not-granted"),
        ({"mode": "batch"}, "exchange.read.mode"),
        ({"key": {"child_name": "二宝"}}, "exchange.read.key-missing"),
        ({"key": {"mother_id_number": ""}}, "exchange.read.key-missing"),
        ({"key": {}}, "exchange.read.key-missing"),
    ],
)
def test_a_call_beyond_the_grant_is_refused_and_counts_nothing(bureau, now, refuses, changed, code):
    grant = make_grant(bureau, now)
    with refuses(code):
        read(bureau, now, **changed)
    assert queries.calls_today(grant.no, now.date()) == 0


def test_without_a_grant_nothing_is_read(bureau, now, refuses):
    with refuses("exchange.read.no-grant", 403):
        read(bureau, now)


@pytest.mark.parametrize("end", ["revoke_grant", "suspend_grant"])
def test_ending_a_grant_stops_the_next_call(bureau, now, refuses, end):
    grant = make_grant(bureau, now)
    assert read(bureau, now).found
    getattr(actions, end)(grant_no=grant.no, reason="超范围使用", by=bureau.health_head, at=now)
    with refuses(f"exchange.read.{'revoked' if end == 'revoke_grant' else 'suspended'}", 403):
        read(bureau, now)


def test_a_suspended_grant_serves_again_when_resumed_and_a_revoked_one_never(bureau, now, refuses):
    grant = make_grant(bureau, now)
    actions.suspend_grant(grant_no=grant.no, reason="整改", by=bureau.authority, at=now)
    actions.resume_grant(grant_no=grant.no, reason="已整改", by=bureau.authority, at=now)
    assert read(bureau, now).found
    actions.revoke_grant(grant_no=grant.no, reason="终止", by=bureau.health_head, at=now)
    with refuses("exchange.grant.status", 409):
        actions.resume_grant(grant_no=grant.no, reason="x", by=bureau.health_head, at=now)


def test_a_grant_serves_from_its_first_to_its_last_day(bureau, now, refuses):
    grant = make_grant(bureau, now)
    last = dt.datetime.combine(grant.valid_until, dt.time(23, 59), now.tzinfo)
    assert read(bureau, last).found
    with refuses("exchange.read.expired", 403):
        read(bureau, last + dt.timedelta(minutes=2))
    with refuses("exchange.read.not-yet", 403):
        read(bureau, now - dt.timedelta(days=1))


def test_a_quota_ends_the_day_and_not_the_next(bureau, now, refuses):
    make_grant(bureau, now, quota_per_day=2)
    read(bureau, now)
    read(bureau, now)
    with refuses("exchange.read.quota", 429):
        read(bureau, now)
    assert read(bureau, now + dt.timedelta(days=1)).found


def test_a_grant_that_needs_a_case_refuses_a_call_without_one(bureau, now, refuses):
    make_grant(bureau, now, needs_case=True)
    with refuses("exchange.read.case-required"):
        read(bureau, now)
    assert read(bureau, now, case_no="9901-1").found


def test_a_read_costs_a_known_number_of_queries(bureau, now, django_assert_max_num_queries):
    make_grant(bureau, now)
    read(bureau, now)
    with django_assert_max_num_queries(14):
        read(bureau, now)


def test_a_withdrawn_resource_stops_answering(bureau, now, refuses):
    from zhengtong.apps.catalog import actions as catalog

    make_grant(bureau, now)
    catalog.withdraw_resource(code="births", reason="机构调整", by=bureau.health_head, at=now)
    with refuses("exchange.read.not-served", 403):
        read(bureau, now)


def test_a_client_signs_in_with_its_secret_and_with_no_other(bureau, now, refuses):
    client, secret = actions.register_client(
        organisation_id=bureau.police.id, name="户籍系统", by=bureau.requester, at=now
    )
    assert queries.authenticate_client(client.client_id, secret).organisation.id == bureau.police.id
    fresh = actions.rotate_client(client_id=client.client_id, by=bureau.requester, at=now)
    for wrong in (secret, "", fresh[:-1]):
        with refuses("exchange.client.unknown", 401):
            queries.authenticate_client(client.client_id, wrong)
    assert queries.authenticate_client(client.client_id, fresh)
