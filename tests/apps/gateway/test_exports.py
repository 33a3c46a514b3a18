"""A file is made only of what is granted, is recorded before it is handed out, and only to whoever asked."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json

import pytest
from django.utils import timezone

from tests.apps.exchange.bureau import BIRTHS, MOTHER, STRANGER, ask
from tests.apps.gateway.callers import ClientApp, Wire
from zhengtong.apps.evidence import queries as evidence
from zhengtong.apps.exchange import actions, exporting
from zhengtong.apps.exchange.models import ExportJob
from zhengtong.apps.exchange.tasks import name_people, run_exports
from zhengtong.apps.people.keys import subject_key
from zhengtong.apps.people.shapes import SYSTEM
from zhengtong.client import Gateway
from zhengtong.tables import MARK

EXPORT = "/gateway/v1/births/export"


@pytest.fixture
def granted(monkeypatch, request):
    """Return a function that makes a grant which covers files."""
    monkeypatch.setitem(BIRTHS, "share_modes", ["api", "prefill", "batch", "file"])
    bureau = request.getfixturevalue("bureau")
    now = request.getfixturevalue("live_now")

    def make(**more):
        asked = ask(bureau, now, share_modes=["file"])
        actions.consent_internally(request_no=asked.no, by=bureau.police_head, at=now)
        told = {"request_no": asked.no, "fields": ["child_name", "born_at"], "by": bureau.health_head, "at": now}
        return actions.approve_request(**{**told, **more})

    return make


@pytest.fixture
def bureau(db, live_now, tmp_path, settings, monkeypatch):
    """As for the other tests, with files offered."""
    from tests.apps.exchange.bureau import make_bureau
    from zhengtong.apps.catalog import queries as catalog

    settings.ZHENGTONG_HOME = tmp_path
    monkeypatch.setitem(BIRTHS, "share_modes", ["api", "prefill", "batch", "file"])
    catalog.opened.cache_clear()
    return make_bureau(live_now, tmp_path)


def test_a_file_holds_the_granted_part_masked_and_its_receipt_is_about_everybody_in_it(granted, app):
    granted(masks={"child_name": "name"}, row_filter={"region_code": ["990102000000"]})
    asked = app.post(EXPORT, {"format": "csv"})
    assert (asked.status, asked.body["status"], asked.body["file"]) == (202, "waiting", None)
    assert run_exports(at=timezone.now()) == 1
    job = app.get(asked.body["address"]).body
    assert (job["status"], job["rows"]) == ("done", 2)
    file = app.get(job["file"])
    assert hashlib.sha256(file.content).hexdigest() == job["sha256"]
    rows = list(csv.DictReader(io.StringIO(file.content.decode())))
    assert sorted(row["child_name"] for row in rows) == ["二*", "大*"]
    assert set(rows[0]) == {"child_name", "born_at", MARK}
    [seen] = evidence.list_reads_about(subject_key("resident", MOTHER))
    assert (seen.receipt_no, seen.channel) == (job["receipt"], "file")
    assert evidence.count_reads_about(subject_key("resident", STRANGER)) == 0


def test_conditions_narrow_the_file(granted, app):
    granted()
    asked = app.post(EXPORT, {"format": "jsonl", "fields": ["child_name"], "filters": {"born_at__gte": "2026-01-01"}})
    run_exports(at=timezone.now())
    file = app.get(f"{asked.body['address']}/file").content.decode()
    assert sorted(json.loads(line)["child_name"] for line in file.splitlines()) == ["三宝", "二宝"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"format": "xlsx"}, 422),
        ({"fields": ["weight_g"]}, 403),
        ({"filters": {"weight_g": "1"}}, 403),
        ({"filters": {"born_at__like": "1"}}, 422),
        ({"filters": []}, 422),
        ({"filters": {"born_at": 1}}, 422),
    ],
)
def test_an_export_beyond_the_grant_is_refused(granted, app, body, status):
    granted()
    assert app.post(EXPORT, body).status == status
    assert run_exports(at=timezone.now()) == 0


def test_a_file_that_turned_up_tells_whose_copy_it_was(granted, app, bureau, tmp_path, refuses):
    made = granted()
    addresses = [app.post(EXPORT, {"format": "csv"}).body["address"] for _ in range(2)]
    run_exports(at=timezone.now())
    jobs = [app.get(address).body for address in addresses]
    files = [app.get(job["file"]).content for job in jobs]
    assert files[0] != files[1], "two copies of the same rows differ"
    head, *rows = files[0].decode().splitlines()
    found = tmp_path / "found.csv"
    found.write_text("\n".join([head, rows[1]]) + "\n", "utf-8")
    [told] = actions.trace_export(path=found, form="csv", by=SYSTEM)
    assert (told.receipt_no, told.grant_no, told.rows, told.marked) == (jobs[0]["receipt"], made.no, 1, 1)
    assert told.recipient.name_zh == bureau.police.name_zh
    with refuses("exchange.trace.not-allowed", 403):
        actions.trace_export(path=found, form="csv", by=bureau.police_head)


def test_the_people_of_a_large_file_are_named_once_in_some_goes(granted, app, monkeypatch):
    monkeypatch.setattr(exporting, "NAMED_AT_ONCE", 1)
    monkeypatch.setattr(exporting, "NAMED_IN_ONE_GO", 2)
    granted()
    address = app.post(EXPORT, {}).body["address"]
    run_exports(at=timezone.now())
    job = app.get(address).body
    assert (job["status"], job["progress"]) == ("done", 100)
    assert evidence.list_reads_about(subject_key("resident", MOTHER)) == []
    [record] = ExportJob.objects.all()
    real, calls = exporting.evidence.name_people, []

    def dies(*told):
        calls.append(told)
        if len(calls) == 2:
            raise RuntimeError("killed")
        real(*told)

    monkeypatch.setattr(exporting.evidence, "name_people", dies)
    with pytest.raises(RuntimeError):
        name_people(at=timezone.now())
    assert name_people(at=timezone.now()) == 1
    assert name_people(at=timezone.now()) == 0
    for number in (MOTHER, STRANGER):
        assert [one.receipt_no for one in evidence.list_reads_about(subject_key("resident", number))] == [
            job["receipt"]
        ]
    assert not exporting.people_path(record).exists() or not ExportJob.objects.get().people_left


def test_an_export_whose_grant_ended_meanwhile_fails_and_says_why(granted, app, bureau, live_now):
    made = granted()
    address = app.post(EXPORT, {}).body["address"]
    actions.revoke_grant(grant_no=made.no, reason="超范围", by=bureau.health_head, at=live_now)
    assert run_exports(at=timezone.now()) == 0
    job = app.get(address).body
    assert job["status"] == "failed"
    assert "已撤销" in job["problem"]["zh"]
    assert app.get(f"{address}/file").status == 404


def test_a_file_is_for_its_client_alone_and_for_a_day(granted, app, bureau, live_now):
    granted()
    address = app.post(EXPORT, {}).body["address"]
    now = timezone.now()
    run_exports(at=now)
    client, secret = actions.register_client(
        organisation_id=bureau.police.id, name="另一个系统", by=bureau.requester, at=live_now
    )
    assert ClientApp(client.client_id, secret).get(f"{address}/file").status == 404
    assert app.get("/gateway/v1/jobs/nonsense").status == 404
    assert app.get(f"{address}/file").status == 200
    run_exports(at=now + dt.timedelta(days=1, seconds=1))
    assert app.get(f"{address}/file").status == 404


def test_an_export_left_behind_by_a_killed_process_is_made_later(granted, app):
    from zhengtong.apps.exchange.exporting import take_next

    granted()
    address = app.post(EXPORT, {}).body["address"]
    now = timezone.now()
    assert take_next(now) is not None
    assert run_exports(at=now) == 0
    assert run_exports(at=now + dt.timedelta(minutes=31)) == 1
    assert app.get(address).body["status"] == "done"


def test_the_client_writes_the_file_whole_or_not_at_all(granted, app, tmp_path):
    granted()
    make = lambda _: run_exports(at=timezone.now())  # noqa: E731 - while the client waits, the work is done
    gateway = Gateway("https://gateway.test", app.client_id, secret=app.secret, transport=Wire(), sleep=make)
    told = gateway.export("births", tmp_path / "whole.csv", fields=["child_name"])
    assert hashlib.sha256((tmp_path / "whole.csv").read_bytes()).hexdigest() == told.sha256
    assert [path.name for path in tmp_path.glob("whole*")] == ["whole.csv"]
