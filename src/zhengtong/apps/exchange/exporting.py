"""Files made for a grant（导出）: asked for through the gateway, made in the background, marked, kept for a day.

A file is handed out once its receipt is there. Of a large file the people in it are listed, in a file of their own, in the
same moment, and then named on their pages some thousands at a time: exactly once, whatever is killed meanwhile.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import hmac
import logging
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.exchange import queries
from zhengtong.apps.exchange.deciding import decide, refusal
from zhengtong.apps.exchange.models import Client, ExportJob, Grant
from zhengtong.apps.exchange.serving.book import grant_of
from zhengtong.apps.exchange.serving.reads import Caller, refuse_foreign_filters
from zhengtong.apps.exchange.serving.rows import hosted
from zhengtong.apps.exchange.shapes import Call, ExportShape, GrantShape, TracedExport
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.keys import subject_key
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.kit import Refused
from zhengtong.tables import FieldMask, Filter, Snapshot, export_snapshot, trace

FORMS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson", "parquet": "application/vnd.apache.parquet"}
KEPT = dt.timedelta(days=1)
GIVEN_UP = dt.timedelta(minutes=30)
MOST_WAITING = 20
NAMED_AT_ONCE, NAMED_IN_ONE_GO = 5_000, 20_000
LEAST_ORDERED_ROWS, LEAST_IN_ORDER = 30, 0.9
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
    hosted(held)
    allowed = permitted(held.grant, fields, caller.case_no, at, caller.client.client_id)
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


def permitted(grant: GrantShape, fields: Sequence[str], case_no: str, at: dt.datetime, client: str) -> tuple[str, ...]:
    local, every = timezone.localtime(at), {grant.resource.keys[0]: "every"}
    call = Call("file", every, tuple(fields), case_no, local.date(), client=client, clock=local.time())
    return decide(grant, call)


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
    same = "form progress rows bytes sha256 receipt_no problem_zh problem_en made_at expires_at"
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
    for old in ExportJob.objects.filter(status="done", expires_at__lte=at, expires_at__gt=at - 30 * KEPT):
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
    fields = permitted(grant, record.fields, record.case_no, at, record.client.client_id)
    filters = [Filter(*one) for one in record.filters]
    filters += [Filter(name, "in", values) for name, values in grant.row_filter.items()]
    resource = grant.resource
    snapshot = catalog.store().open(resource.name, resource.snapshot.version if resource.snapshot else None)
    masks = {name: FieldMask(kind) for name, kind in grant.masks.items() if name in fields}
    path = path_of(record)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    record.receipt_no = evidence.new_receipt_no(at)
    with ThreadPoolExecutor(1) as beside:  # who is in the file is read while it is written
        listing = beside.submit(list_people, snapshot, grant, filters, people_path(record))
        written = export_snapshot(
            snapshot, path, fields=fields, filters=filters, masks=masks, form=record.form, secret=secret_of(str(record.pk)),
            notes={"recipient": grant.consumer.name_zh, "grant": grant.no, "receipt": record.receipt_no},
            tell=lambda percent: tell(record, percent),
        )  # fmt: skip
        listed = listing.result()
    path.chmod(0o600)
    subjects = keys_of(grant, people_path(record)) if listed <= NAMED_AT_ONCE else ()
    with transaction.atomic():
        record.rows, record.bytes, record.sha256 = written.rows, written.bytes, written.sha256
        record.status, record.progress, record.expires_at = "done", 100, at + KEPT
        record.people_left = listed > NAMED_AT_ONCE
        evidence.record_reads([read_of(record, grant, fields, subjects, at)])
        record.save()
    if not record.people_left:
        people_path(record).unlink(missing_ok=True)


def tell(record: ExportJob, percent: int) -> None:
    """Keep how far a file is, for whoever asks; called from a thread of its own, whose connection it gives back."""
    try:
        with contextlib.suppress(DatabaseError):  # a figure that comes late is told the next time
            ExportJob.objects.filter(pk=record.pk, status="running").update(progress=percent)
    finally:
        connection.close()


def secret_of(job_id: str) -> str:
    """Return the secret of one export's marks, which only this site can make again."""
    return hmac.new(settings.ZHENGTONG_INDEX_KEY, f"export mark v1 {job_id}".encode(), hashlib.sha256).hexdigest()


def list_people(snapshot: Snapshot, grant: GrantShape, filters: Sequence[Filter], path: Path) -> int:
    """Write the number of everybody whose row is in the file, each once, and return how many they are."""
    name = grant.resource.subject_field
    if not name:
        return 0
    is_repeated = name != grant.resource.keys[0]  # the first key is unique, or there would be no look-up file
    written = export_snapshot(snapshot, path, fields=[name], filters=filters, distinct=is_repeated)
    path.chmod(0o600)
    return written.rows


def people_path(record: ExportJob) -> Path:
    return path_of(record).with_suffix(".people")


def keys_of(grant: GrantShape, path: Path) -> tuple[str, ...]:
    """Return the blind index of everybody listed."""
    if not path.exists():
        return ()
    kind = grant.resource.subject_kind or "resident"
    with path.open(encoding="utf-8") as file:
        next(file, None)
        return tuple(subject_key(kind, number) for line in file if (number := number_in(line)))


def number_in(line: str) -> str:
    return line.strip().strip('"')


def name_people(*, at: dt.datetime) -> int:
    """Return how many people of large files were named on their pages; goes on where it stopped, however it stopped."""
    named = 0
    for record in ExportJob.objects.filter(people_left=True, status="done").order_by("made_at"):
        while some := name_some(record.pk, at):
            named += some
    return named


@transaction.atomic
def name_some(job_id: uuid.UUID, at: dt.datetime) -> int:
    """Name the next thousands; which they are and how far it came commit together."""
    record = ExportJob.objects.select_for_update(of=("self",)).select_related("grant").get(pk=job_id)
    if not record.people_left:
        return 0
    grant = queries.get_grant(record.grant.no, SYSTEM)
    kind = grant.resource.subject_kind or "resident"
    with people_path(record).open("rb") as file:
        file.seek(record.people_offset)
        lines = list(islice(file, NAMED_IN_ONE_GO))
    headings = 0 if record.people_offset else 1
    record.people_offset += sum(map(len, lines))
    numbers = [number_in(line.decode()) for line in lines[headings:]]
    keys = [subject_key(kind, number) for number in numbers if number]
    evidence.name_people(record.receipt_no, keys)
    if len(lines) < NAMED_IN_ONE_GO:
        record.people_left = False
        body = {"export": str(record.pk), "receipt": record.receipt_no}
        evidence.record(
            kind="export.people", body=body, by=SYSTEM, at=at,
            summary_zh="导出文件涉及的人已全部登记", summary_en="Everybody in the exported file is named",
        )  # fmt: skip
        transaction.on_commit(lambda: people_path(record).unlink(missing_ok=True))
    record.save(update_fields=["people_left", "people_offset"])
    return len(keys)


def trace_export(*, path: Path, form: str, by: Actor) -> list[TracedExport]:
    """Return whose copies a file that turned up may be（溯源）, the likeliest first; for the sharing authority alone.

    A row bears its recipient's mark, and thirty rows in one recipient's order are no chance. See `tables.marking` for
    what this can prove and what it cannot.
    """
    organisation = by.organisation
    if by.kind != "system" and not (organisation and organisation.function == "data-bureau"):
        raise Refused(
            "exchange.trace.not-allowed",
            "只有数据共享主管部门可以对导出文件溯源。请把文件交给主管部门。",
            "Only the sharing authority traces exported files: hand the file to it.",
            status=403,
        )
    jobs = {str(job.pk): job for job in ExportJob.objects.filter(status="done", form=form).select_related("grant")}
    found = trace(path, form, {job_id: secret_of(job_id) for job_id in jobs})
    told = [
        TracedExport(jobs[job_id].receipt_no, jobs[job_id].grant.no, people.get_organisation(jobs[job_id].grant.consumer_id),
                     one.rows, one.marked, one.in_order)
        for job_id, one in found.items() if one.marked or (one.rows >= LEAST_ORDERED_ROWS and one.in_order > LEAST_IN_ORDER)
    ]  # fmt: skip
    return sorted(told, key=lambda one: (-one.marked, -one.in_order))


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
            "snapshot": grant.resource.snapshot.digest if grant.resource.snapshot else "",
            "filters": record.filters,
            **({} if record.people_left else people_told(subjects)),
        },
    )


def people_told(subjects: Sequence[str]) -> dict[str, int | str]:
    """Return who is in a file, as its receipt commits to them; of a large file the snapshot and the filters say it."""
    return {"people": len(subjects), "people_digest": hashlib.sha256("".join(sorted(subjects)).encode()).hexdigest()}
