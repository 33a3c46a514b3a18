"""Doors for reading corrections: each sees what they raised, what is theirs to answer, or — the data bureau — all of a region."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.corrections.models import Correction, CorrectionEventRecord
from zhengtong.apps.corrections.shapes import CorrectionEvent, CorrectionShape, SourceRecord
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.keys import blind_index
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused

__all__ = ["allowed_on", "count_by_source", "get_correction", "is_doubted", "list_corrections", "list_overdue"]
EVENT_LABELS = {
    "raised": ("提出", "Raised"),
    "reminded": ("逾期督办", "Reminded: overdue"),
    "corrected": ("已更正", "Corrected"),
    "confirmed": ("核实无误", "Confirmed as it is"),
    "not-ours": ("非本部门数据", "Not this department's data"),
    "closed": ("办结", "Closed"),
    "withdrawn": ("撤回", "Withdrawn"),
}


def get_correction(no: str, *, by: Actor, on: dt.date | None = None) -> CorrectionShape:
    """Return a correction to whoever raised it, its source, or the data bureau; refused (404) to all others."""
    record = visible(by).filter(no=no).first()
    if record is None:
        raise Refused(
            "corrections.get.unknown",
            f"没有编号为 {no} 的校核申请，或您无权查看。请核对编号。",
            f"There is no correction {no}, or it is not yours to see: check the number.",
            status=404,
        )
    return to_shape(record, by, on or timezone.localdate())


def list_corrections(
    *, by: Actor, status: str = "", kind: str = "", on: dt.date | None = None, limit: int = 100
) -> list[CorrectionShape]:
    """Return what the actor may see, what is due first first."""
    found = visible(by)
    for name, value in (("status", status), ("kind", kind)):
        found = found.filter(**{name: value}) if value else found
    day = on or timezone.localdate()
    return [to_shape(record, by, day) for record in found.order_by("due_on", "id")[:limit]]


def list_overdue(*, by: Actor, on: dt.date, limit: int = 200) -> list[CorrectionShape]:
    """Return what should have been answered before `on` and was not（逾期未校核）, the latest first."""
    late = visible(by).filter(status="verifying", due_on__lt=on).order_by("due_on", "id")[:limit]
    return [to_shape(record, by, on) for record in late]


def list_unreminded(*, on: dt.date, limit: int = 1000) -> list[str]:
    """Return the numbers of what is late and was not yet pointed out to its source."""
    late = Correction.objects.filter(status="verifying", due_on__lt=on).exclude(events__kind="reminded")
    return list(late.order_by("due_on", "id").values_list("no", flat=True)[:limit])


def count_by_source(*, on: dt.date, organisation_ids: tuple[int, ...] = ()) -> list[SourceRecord]:
    """Return how each department answers, those with most late first; figures only, so anybody may be shown them."""
    found = Correction.objects.exclude(status="withdrawn")
    found = found.filter(source_id__in=organisation_ids) if organisation_ids else found
    is_open = Q(status="verifying")
    rows = found.values("source_id").annotate(
        raised=Count("id"),
        answered=Count("id", filter=Q(answered_at__isnull=False)),
        in_time=Count("id", filter=Q(answered_in_time=True)),
        open=Count("id", filter=is_open),
        overdue=Count("id", filter=is_open & Q(due_on__lt=on)),
    )
    told = [SourceRecord(people.get_organisation(row.pop("source_id")), **row) for row in rows]
    return sorted(told, key=lambda one: (-one.overdue, -one.open, one.organisation.id))


def is_doubted(*, resource_id: int, field: str, row_key: str) -> bool:
    """Return whether a cell is being looked into now（校核中）; a form may say so beside the value, and goes on."""
    return Correction.objects.filter(same_key=same_key(resource_id, field, row_key), status="verifying").exists()


def allowed_on(record: Correction, by: Actor) -> tuple[str, ...]:
    """Return what this actor may do to a correction now: answer, close, withdraw."""
    is_raiser = raised_by(record, by)
    table = {
        "answer": record.status == "verifying" and people.can_(by, "correction.answer", record.source_id),
        "withdraw": record.status == "verifying" and is_raiser,
        "close": record.status in ("corrected", "confirmed", "not-ours") and is_raiser,
    }
    return tuple(name for name, may in table.items() if may)


def raised_by(record: Correction, by: Actor) -> bool:
    if by.kind == "system":
        return True
    if record.subject_key:
        return by.applicant is not None and by.applicant.key == record.subject_key
    own = by.organisation.id if by.organisation else None
    return own is not None and own == record.raised_by_organisation_id and people.can_(by, "correction.raise", own)


def visible(by: Actor) -> QuerySet[Correction]:
    records = Correction.objects.prefetch_related("events")
    if by.kind == "system":
        return records
    mine = Q(pk__in=[])
    if by.applicant is not None:
        mine |= Q(subject_key=by.applicant.key)
    if by.organisation is not None and by.kind == "officer":
        own = by.organisation.id
        if by.organisation.function == "data-bureau" and people.can_(by, "correction.answer", own):
            return records
        if people.can_(by, "correction.answer", own):
            mine |= Q(source_id=own)
        if people.can_(by, "correction.raise", own):
            mine |= Q(raised_by_organisation_id=own, subject_key="")
    return records.filter(mine)


def same_key(resource_id: int, field: str, row_key: str) -> str:
    """Return the blind index of a cell."""
    return blind_index("correction", f"{resource_id}|{field}|{row_key}")


def to_shape(record: Correction, by: Actor, on: dt.date) -> CorrectionShape:
    organisation = record.raised_by_organisation_id
    return CorrectionShape(
        no=record.no,
        kind=record.kind,
        resource=catalog.get_resource_by_id(record.resource_id),
        field=record.field,
        row_key=record.row_key,
        found_value=record.found_value,
        claimed_value=record.claimed_value,
        grounds=record.grounds,
        source=people.get_organisation(record.source_id),
        raised_by=record.raised_by_label,
        raised_by_organisation=people.get_organisation(organisation) if organisation else None,
        case_no=record.case_no,
        status=record.status,
        answer=record.answer,
        answer_note=record.answer_note,
        raised_at=record.raised_at,
        due_on=record.due_on,
        answered_at=record.answered_at,
        is_overdue=record.status == "verifying" and record.due_on < on,
        events=tuple(event_shape(event) for event in record.events.all()),
        allowed=allowed_on(record, by),
    )


def event_shape(event: CorrectionEventRecord) -> CorrectionEvent:
    zh, en = EVENT_LABELS[event.kind]
    return CorrectionEvent(event.at, event.kind, zh, en, event.by_label, event.note, event.receipt_no)
