"""A county gets back its own region's rows, as they were asked for, in files by turns."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.apps.exchange.bureau import BIRTHS, officer
from tests.apps.people.town import CITY, make_organisation
from zhengtong.apps.catalog import actions as catalog
from zhengtong.apps.catalog.models import Resource
from zhengtong.apps.exchange import actions, queries, tasks
from zhengtong.apps.exchange.backflow import codes_within
from zhengtong.apps.exchange.models import ExportJob

DAY = dt.timedelta(days=1)


@pytest.fixture
def county(bureau, now):
    """Births may be given as files; the district's police have a client. Return what a backflow is asked with."""
    Resource.objects.filter(name="births").update(share_modes=["api", "prefill", "file"])
    client, _ = actions.register_client(
        organisation_id=bureau.police.id, name="区数据平台", by=bureau.requester, at=now
    )
    return {
        "resource_code": "births",
        "fields": ["record_no", "child_name", "region_code"],
        "region_field": "region_code",
        "client_id": client.client_id,
        "form": "csv",
        "every_days": 7,
        "usage_basis": "《条例》第二十四条",
        "usage_scenario": "基层治理",
        "usage_scope": "区内部门",
        "valid_from": now.date(),
        "valid_until": now.date() + 365 * DAY,
    }


def asked(bureau, county, now, **changed):
    return actions.request_backflow(**{**county, **changed}, by=bureau.requester, at=now)


def granted(bureau, county, now):
    no = asked(bureau, county, now).no
    actions.consent_internally(request_no=no, by=bureau.police_head, at=now)
    return actions.approve_backflow(request_no=no, by=bureau.health_head, at=now)


def test_it_is_approved_in_one_step_for_the_rows_of_the_region_and_nothing_more_is_asked(bureau, county, now):
    grant = granted(bureau, county, now)
    assert grant.fields == tuple(county["fields"])
    assert (grant.masks, grant.quota_per_day, grant.needs_case, grant.modes) == ({}, 0, False, ("file",))
    assert grant.callers == (county["client_id"],)
    assert set(grant.row_filter["region_code"]) == {
        "990102", "990102000", "990102000000", "990102001", "990102001000"
    }  # fmt: skip


def test_files_come_in_turns_with_the_own_rows_alone(bureau, county, now, tmp_path):
    grant = granted(bureau, county, now)
    assert tasks.deliver_backflows(at=now) == 1
    assert tasks.deliver_backflows(at=now) == 0
    assert tasks.run_exports(at=now) == 1
    job = ExportJob.objects.get()
    content = (tmp_path / "exports" / f"{job.pk}.csv").read_text("utf-8")
    assert "大宝" in content
    assert "二宝" in content
    assert "三宝" not in content, "a row of another district"
    [told] = queries.list_deliveries(grant.request_no, bureau.requester, now)
    assert (told.status, told.rows, bool(told.receipt_no)) == ("done", 2, True)
    assert queries.list_deliveries(grant.request_no, bureau.requester, now + 2 * DAY)[0].status == "expired"
    assert tasks.deliver_backflows(at=now + 6 * DAY) == 0
    assert tasks.deliver_backflows(at=now + 7 * DAY) == 1
    assert actions.get_export(str(job.pk), county["client_id"], now).path


def test_turns_that_were_missed_come_once(bureau, county, now):
    granted(bureau, county, now)
    assert tasks.deliver_backflows(at=now + 50 * DAY) == 1
    assert tasks.deliver_backflows(at=now + 50 * DAY) == 0
    assert (
        queries.find_backflow(queries.list_requests(bureau.requester)[0].no, bureau.requester).next_at == now + 56 * DAY
    )


def test_nothing_is_delivered_while_the_last_file_waits_nor_under_a_grant_that_ended(bureau, county, now):
    grant = granted(bureau, county, now)
    assert tasks.deliver_backflows(at=now) == 1
    assert tasks.deliver_backflows(at=now + 7 * DAY) == 0
    tasks.run_exports(at=now + 7 * DAY)
    actions.suspend_grant(grant_no=grant.no, reason="核查", by=bureau.health_head, at=now)
    assert tasks.deliver_backflows(at=now + 14 * DAY) == 0
    actions.resume_grant(grant_no=grant.no, reason="已查", by=bureau.health_head, at=now)
    assert tasks.deliver_backflows(at=now + 14 * DAY) == 1
    tasks.run_exports(at=now + 14 * DAY)
    assert tasks.deliver_backflows(at=now + 400 * DAY) == 0, "its term is over"


def test_a_backflow_takes_no_further_conditions_and_a_request_is_no_backflow(bureau, county, now, refuses):
    no = asked(bureau, county, now).no
    actions.consent_internally(request_no=no, by=bureau.police_head, at=now)
    with refuses("exchange.approve.backflow", 409):
        actions.approve_request(request_no=no, fields=["record_no"], quota_per_day=5, by=bureau.health_head, at=now)
    from tests.apps.exchange.bureau import ask

    plain = ask(bureau, now).no
    actions.consent_internally(request_no=plain, by=bureau.police_head, at=now)
    with refuses("exchange.backflow.none", 409):
        actions.approve_backflow(request_no=plain, by=bureau.health_head, at=now)


def test_only_the_provider_approves(bureau, county, now, refuses):
    no = asked(bureau, county, now).no
    with refuses("exchange.request.not-allowed"):
        actions.approve_backflow(request_no=no, by=bureau.health_head, at=now)
    actions.consent_internally(request_no=no, by=bureau.police_head, at=now)
    for other in (bureau.police_head, bureau.steward, bureau.authority):
        with refuses("exchange.request.not-allowed", 403):
            actions.approve_backflow(request_no=no, by=other, at=now)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"region_field": "nothing"}, "exchange.backflow.malformed"),
        ({"client_id": "zt-other"}, "exchange.backflow.malformed"),
        ({"form": "xlsx"}, "exchange.backflow.malformed"),
        ({"every_days": 0}, "exchange.backflow.malformed"),
        ({"fields": ["weight_g"]}, "exchange.request.fields"),
        ({"usage_basis": ""}, "exchange.request.element"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(bureau, county, now, refuses, changed, code):
    with refuses(code):
        asked(bureau, county, now, **changed)
    assert queries.list_requests(bureau.requester) == []


def test_between_departments_of_one_level_nothing_flows_back(bureau, county, now, refuses):
    tax = make_organisation("tax", "44444444", CITY, now)
    with refuses("exchange.backflow.not-below", 403):
        actions.request_backflow(**county, by=officer(901, tax, "data-requester"), at=now)
    declared = {**BIRTHS, "name": "api-only", "code": "202010/000007"}
    catalog.register_resource(declaration=declared, provider=bureau.health, by=bureau.steward, at=now)
    Resource.objects.filter(name="api-only").update(status="published")
    with refuses("exchange.backflow.not-below", 403):
        asked(bureau, county, now, resource_code="api-only")


def test_the_codes_of_a_region_are_its_own_and_those_in_it(bureau):
    assert "990102001000" in codes_within("990102000000")
    assert all(code.startswith("990102") for code in codes_within("990102000000"))
    assert codes_within("990102001000") == ["990102001", "990102001000"]
