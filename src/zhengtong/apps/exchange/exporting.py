"""Files made for a grant（导出）: asked for through the gateway, made in the background, kept for a day."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.deciding import decide, refusal
from zhengtong.apps.exchange.models import Client, ExportJob, Grant
from zhengtong.apps.exchange.serving.book import grant_of
from zhengtong.apps.exchange.serving.reads import Caller, refuse_foreign_filters
from zhengtong.apps.exchange.shapes import Call, ExportShape, GrantShape
from zhengtong.apps.people.keys import subject_key
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.kit import Refused
from zhengtong.tables import FieldMask, Filter, Snapshot, export_snapshot

FORMS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson", "parquet": "application/vnd.apache.parquet"}
KEPT = dt.timedelta(days=1)
GIVEN_UP = dt.timedelta(minutes=30)
MOST_WAITING = 20
log = logging.getLogger("zhengtong.exports")


@transaction.atomic
def request_export(
    *, caller: Caller, resource: str, filters: Sequence[Filter], fields: Sequence[str], form: str, at: dt.datetime
) -> ExportShape:
    """Ask for the granted rows as a file; the grant is held against it now and again when the file is made."""
    if form not in FORMS:
        raise refusal("form", f"导出格式可用：{'、'.join(FORMS)}", f"An export is one of {', '.join(FORMS)}", 422)
    today = timezone.localdate(at)
    consumer = caller.client.organisation
    held = grant_of(caller.pages, consumer.id, resource, "file", today)
    if held is None:
        raise refusal(
            "no-grant",
            f"{consumer.name_zh}没有使用 {resource} 的授权",
            f"{consumer.name_en} has no grant on {resource}",
        )
    allowed = permitted(held.grant, fields, caller.case_no, today)
    refuse_foreign_filters(held.grant, filters)
    client = Client.objects.get(client_id=caller.client.client_id)
    if ExportJob.objects.filter(client=client, status__in=("waiting", "running")).count() >= MOST_WAITING:
        raise refusal(
            "exports", f"等待中的导出已有 {MOST_WAITING} 个，请等它们完成", f"{MOST_WAITING} exports wait already", 429
        )
    record = ExportJob.objects.create(
        client=client,
        grant=Grant.objects.get(no=held.grant.no),
        fields=list(allowed),
        filters=[[one.column, one.operator, one.value] for one in filters],
        form=form,
        case_no=caller.case_no,
        officer=caller.officer,
        request=caller.request,
        made_at=at,
    )
    return export_shape(record, at)


def permitted(grant: GrantShape, fields: Sequence[str], case_no: str, on: dt.date) -> tuple[str, ...]:
    return decide(grant, Call("file", {grant.resource.keys[0]: "every"}, tuple(fields), case_no, on))


def get_export(job_id: str, client_id: str, at: dt.datetime) -> ExportShape:
    """Return a client's own export; refused（404）when it has none such."""
    try:
        record = ExportJob.objects.filter(pk=uuid.UUID(job_id), client__client_id=client_id).first()
    except ValueError:
        record = None
    if record is None:
        raise Refused(
            "exchange.export.unknown",
            "没有这个导出任务，或它不属于您的应用。请核对编号。",
            "There is no such export, or it is not your client's: check the number.",
            status=404,
        )
    return export_shape(record, at)


def export_shape(record: ExportJob, at: dt.datetime) -> ExportShape:
    is_over = record.status == "done" and record.expires_at is not None and record.expires_at <= at
    same = "form rows bytes sha256 receipt_no problem_zh problem_en made_at expires_at"
    return ExportShape(
        id=str(record.pk),
        status="expired" if is_over else record.status,
        fields=tuple(record.fields),
        path=str(path_of(record)) if record.status == "done" and not is_over else "",
        **{name: getattr(record, name) for name in same.split()},
    )


def path_of(record: ExportJob) -> Path:
    return Path(settings.ZHENGTONG_HOME) / "exports" / f"{record.pk}.{record.form}"


def run_exports(*, at: dt.datetime) -> int:
    """Return how many exports were made; takes one after another, and those that a killed process left behind."""
    for old in ExportJob.objects.filter(status="done", expires_at__lte=at):
        path_of(old).unlink(missing_ok=True)
    made = 0
    while (record := take_next(at)) is not None:
        try:
            make(record, at)
            made += 1
        except Refused as refused:
            record.status, record.problem_zh, record.problem_en = "failed", refused.zh[:500], refused.en[:500]
            record.save(update_fields=["status", "problem_zh", "problem_en"])
    return made


@transaction.atomic
def take_next(at: dt.datetime) -> ExportJob | None:
    left = Q(status="running", started_at__lt=at - GIVEN_UP)
    waiting = ExportJob.objects.select_for_update().filter(Q(status="waiting") | left).order_by("made_at")
    record = waiting.first()
    if record is not None:
        record.status, record.started_at = "running", at
        record.save(update_fields=["status", "started_at"])
    return record


def make(record: ExportJob, at: dt.datetime) -> None:
    """Write the file, then the record of who is in it: only a recorded file is ever handed out."""
    grant = queries.get_grant(record.grant.no, SYSTEM)
    fields = permitted(grant, record.fields, record.case_no, timezone.localdate(at))
    filters = [Filter(*one) for one in record.filters]
    filters += [Filter(name, "in", values) for name, values in grant.row_filter.items()]
    resource = grant.resource
    snapshot = catalog.store().open(resource.name, resource.snapshot.version if resource.snapshot else None)
    masks = {name: FieldMask(kind) for name, kind in grant.masks.items() if name in fields}
    path = path_of(record)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = export_snapshot(snapshot, path, fields=fields, filters=filters, masks=masks, form=record.form)
    path.chmod(0o600)
    subjects = subjects_in(snapshot, grant, filters)
    with transaction.atomic():
        record.receipt_no = evidence.new_receipt_no(at)
        record.rows, record.bytes, record.sha256 = written.rows, written.bytes, written.sha256
        record.status, record.expires_at = "done", at + KEPT
        evidence.record_reads([read_of(record, grant, fields, subjects, at)])
        record.save()


def subjects_in(snapshot: Snapshot, grant: GrantShape, filters: Sequence[Filter]) -> tuple[str, ...]:
    """Return the blind index of everybody whose row is in the file, each once."""
    name, kind = grant.resource.subject_field, grant.resource.subject_kind or "resident"
    if not name:
        return ()
    with tempfile.TemporaryDirectory(dir=Path(settings.ZHENGTONG_HOME)) as folder:
        listed = Path(folder) / "subjects.csv"
        export_snapshot(snapshot, listed, fields=[name], filters=filters)
        with listed.open(encoding="utf-8") as file:
            next(file, None)
            numbers = dict.fromkeys(line.strip().strip('"') for line in file)
    return tuple(subject_key(kind, number) for number in numbers if number)


def read_of(
    record: ExportJob, grant: GrantShape, fields: Sequence[str], subjects: tuple[str, ...], at: dt.datetime
) -> evidence.ServedRead:
    titles = {item.name: (item.title_zh, item.title_en) for item in grant.resource.fields}
    label = f"{record.client.name}（{record.officer}）" if record.officer else record.client.name
    return evidence.ServedRead(
        no=record.receipt_no,
        at=at,
        by=Actor(kind="client", label=label[:80], organisation=grant.consumer),
        resource_code=grant.resource.code,
        resource_title_zh=grant.resource.title_zh,
        resource_title_en=grant.resource.title_en,
        grant_no=grant.no,
        provider_org=grant.resource.provider.name_zh,
        consumer_org=grant.consumer.name_zh,
        subject_keys=subjects,
        fields=tuple(fields),
        field_titles=tuple(titles[name] for name in fields),
        purpose_zh=grant.purpose_zh,
        purpose_en=grant.purpose_en,
        basis=grant.basis,
        case_no=record.case_no[:32],
        channel="file",
        found=record.rows > 0,
        told={
            "client": record.client.client_id,
            "way": "export",
            "rows": record.rows,
            "file": record.sha256,
            "request": record.request,
            "people": len(subjects),
            "people_digest": hashlib.sha256("".join(sorted(subjects)).encode()).hexdigest(),
        },
    )
