"""Files nobody may fetch any more go, and jobs when the law lets records of use go."""

from __future__ import annotations

import datetime as dt
import os
import uuid
from pathlib import Path

import pytest
from django.conf import settings

from tests.apps.exchange.bureau import make_grant
from zhengtong.apps.catalog.models import SnapshotRecord
from zhengtong.apps.evidence.models import Receipt
from zhengtong.apps.exchange import actions, tasks
from zhengtong.apps.exchange.export_retention import records_kept_since
from zhengtong.apps.exchange.models import Client, ExportJob, Grant

DAY = dt.timedelta(days=1)


@pytest.fixture
def make(bureau, now):
    """Return a function that makes a job with its file, as a maker that died would leave them."""
    made = make_grant(bureau, now)
    actions.register_client(organisation_id=bureau.police.id, name="户籍系统", by=bureau.requester, at=now)
    folder = Path(settings.ZHENGTONG_HOME) / "exports"
    folder.mkdir()

    def made_job(status: str, at: dt.datetime, suffix: str = ".csv", **more) -> Path:
        job = ExportJob.objects.create(
            client=Client.objects.get(), grant=Grant.objects.get(no=made.no), fields=[], filters=[], form="csv",
            request="r", status=status, made_at=at, expires_at=at + DAY, **more,
        )  # fmt: skip
        path = folder / f"{job.pk}{suffix}"
        path.write_text("x")
        os.utime(path, (now.timestamp(), now.timestamp()))
        return path

    return made_job


def test_expired_failed_and_strange_files_go_and_those_in_use_stay(make, now):
    gone = [make("done", now - 2 * DAY), make("failed", now), make("done", now - 60 * DAY)]
    stay = [make("done", now), make("running", now - 2 * DAY), make("done", now - 2 * DAY, ".people", people_left=True)]
    draft, old_draft = stay[0].parent / ".draft", stay[0].parent / f"{uuid.uuid4()}.parquet"
    for path, ago in ((draft, 0), (old_draft, 2)):
        path.write_text("x")
        os.utime(path, ((now - ago * DAY).timestamp(),) * 2)
    assert tasks.remove_old_exports(at=now) == 4
    assert not any(path.exists() for path in [*gone, old_draft])
    assert all(path.exists() for path in [*stay, draft])
    assert Receipt.objects.filter(kind="exports.removed").count() == 1
    assert tasks.remove_old_exports(at=now) == 0
    assert Receipt.objects.filter(kind="exports.removed").count() == 1


def test_a_job_is_kept_three_years_to_trace_its_file(make, now):
    make("done", now - 3 * 366 * DAY)
    make("done", now - 3 * 364 * DAY)
    tasks.remove_old_exports(at=now)
    assert ExportJob.objects.count() == 1


def test_the_last_of_february_is_kept_since_the_twenty_eighth():
    leap = dt.datetime.fromisoformat("2028-02-29T12:00:00+08:00")
    assert records_kept_since(leap).date() == dt.date(2025, 2, 28)


def test_what_a_computation_under_a_grant_was_made_on_is_kept_as_long_as_its_record(bureau, now):
    made = make_grant(bureau, now)
    Grant.objects.filter(no=made.no).update(modes=["compute"])
    told = {"purpose_zh": "算", "purpose_en": "compute", "by": bureau.requester, "at": now}
    opened = actions.open_computation(
        consumer=bureau.police, resource_code="births", fields=["child_name"], **told
    )  # fmt: skip
    held = SnapshotRecord.objects.get(resource__name="births", version=opened.snapshot.manifest.version)
    assert held.held_until.date() == now.date().replace(year=now.year + 3)
