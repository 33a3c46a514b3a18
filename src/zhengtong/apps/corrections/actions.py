"""Doors for changing: raise a doubt, answer it, close it — within the ten working days of the law."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.corrections import queries
from zhengtong.apps.corrections.models import Correction, CorrectionEventRecord
from zhengtong.apps.corrections.shapes import ANSWERS, CorrectionShape
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Basis, Refused
from zhengtong.kit.calendar import builtin_calendar, due_on
from zhengtong.kit.calendar.statutory import get_statutory_term

TERM = "DATA_VERIFY"
ART_26 = Basis("政务数据共享条例", "第二十六条", "2025-08-01")
MOST_TEXT = 2000


@transaction.atomic
def raise_objection(
    *,
    resource_code: str,
    field: str,
    claimed_value: str,
    grounds: str,
    by: Actor,
    at: dt.datetime,
    row_key: str = "",
    found_value: str = "",
    case_no: str = "",
) -> CorrectionShape:
    """Say as a resident or enterprise that one's own data are wrong（数据有误）; the resource must be about persons.

    `row_key` tells which row where one has several. Refused: nobody signed in, no such field, the same doubt is open.
    """
    if by.applicant is None:
        raise Refused(
            "corrections.raise.not-signed-in",
            "请先登录，再对本人（本企业）的数据提出异议。",
            "Sign in first to object to data about yourself or your enterprise.",
            status=403,
        )
    resource = catalog.find_resource(resource_code)
    item = resource.find_field(field) if resource else None
    if resource is None or item is None or not (resource.subject_field or item.personal):
        raise unknown_field(resource_code, field)
    key = f"{by.applicant.key}|{row_key}"
    told = {"row_key": row_key, "found_value": found_value, "claimed_value": claimed_value, "grounds": grounds}
    return raised("objection", resource, field, key, told, by, at, case_no=case_no, subject_key=by.applicant.key)


@transaction.atomic
def raise_verification(
    *,
    resource_code: str,
    field: str,
    row_key: str,
    found_value: str,
    claimed_value: str,
    grounds: str,
    by: Actor,
    at: dt.datetime,
    case_no: str = "",
) -> CorrectionShape:
    """Ask the source department, as a department that uses its data, to check a value（校核申请）."""
    resource = catalog.get_resource(resource_code, by=by)
    own = by.organisation.id if by.organisation else 0
    catalog.require_permission(by, "correction.raise", own, "提出校核申请", "ask for a check")
    if resource.find_field(field) is None or not row_key.strip():
        raise unknown_field(resource_code, field)
    told = {"row_key": row_key, "found_value": found_value, "claimed_value": claimed_value, "grounds": grounds}
    return raised("verification", resource, field, row_key, told, by, at, case_no=case_no)


@transaction.atomic
def raise_conflict(
    *,
    resource_code: str,
    field: str,
    row_key: str,
    found_value: str,
    claimed_value: str,
    grounds: str,
    by: Actor,
    at: dt.datetime,
) -> CorrectionShape | None:
    """Send a conflict that linkage found（数据冲突）to the source of the row; None when it is being looked into already."""
    resource = catalog.find_resource(resource_code)
    if resource is None or resource.find_field(field) is None:
        raise unknown_field(resource_code, field)
    if queries.is_doubted(resource_id=resource.id, field=field, row_key=row_key):
        return None
    told = {"row_key": row_key, "found_value": found_value, "claimed_value": claimed_value, "grounds": grounds}
    return raised("conflict", resource, field, row_key, told, by, at)


@transaction.atomic
def answer_correction(*, no: str, answer: str, note: str, by: Actor, at: dt.datetime) -> CorrectionShape:
    """Answer as the source: `corrected`, `confirmed` (it is right as it stands) or `not-ours`; always with the reason."""
    record = locked(no, by, "answer")
    if answer not in ANSWERS:
        raise Refused(
            "corrections.answer.unknown",
            f"答复只能是：{'、'.join(ANSWERS)}。",
            f"The answer is one of {', '.join(ANSWERS)}.",
            field="answer",
        )
    if not note.strip():
        raise Refused(
            "corrections.answer.no-reason",
            "请写明核实的经过和结论，申请人会看到。",
            "Say what was checked and found: whoever raised it will read it.",
            field="note",
            basis=ART_26,
        )
    record.status = record.answer = answer
    record.answer_note, record.answered_at = note.strip()[:1000], at
    record.answered_in_time = timezone.localdate(at) <= record.due_on
    record.save(update_fields=["status", "answer", "answer_note", "answered_at", "answered_in_time"])
    return noted(record, answer, by, at, note)


@transaction.atomic
def close_correction(*, no: str, by: Actor, at: dt.datetime, note: str = "") -> CorrectionShape:
    """Take note of the answer as whoever raised it（反馈确认）."""
    record = locked(no, by, "close")
    record.status = "closed"
    record.save(update_fields=["status"])
    return noted(record, "closed", by, at, note)


@transaction.atomic
def withdraw_correction(*, no: str, by: Actor, at: dt.datetime, note: str = "") -> CorrectionShape:
    """Take the doubt back before it is answered."""
    record = locked(no, by, "withdraw")
    record.status = "withdrawn"
    record.save(update_fields=["status"])
    return noted(record, "withdrawn", by, at, note)


@transaction.atomic
def remind_source(*, no: str, by: Actor, at: dt.datetime) -> CorrectionShape | None:
    """Tell the source that its answer is late（逾期督办）, once; None when it has been told or is not late."""
    record = Correction.objects.select_for_update().get(no=no)
    is_late = record.status == "verifying" and record.due_on < timezone.localdate(at)
    if not is_late or record.events.filter(kind="reminded").exists():
        return None
    return noted(record, "reminded", by, at)


def raised(
    kind: str,
    resource: ResourceShape,
    field: str,
    key: str,
    told: dict[str, str],
    by: Actor,
    at: dt.datetime,
    *,
    case_no: str = "",
    subject_key: str = "",
) -> CorrectionShape:
    if not told["grounds"].strip() or any(len(text) > MOST_TEXT for text in told.values()):
        raise Refused(
            "corrections.raise.grounds",
            f"请写明哪里不对、依据什么，每项不超过 {MOST_TEXT} 字。",
            f"Say what is wrong and how it is known; at most {MOST_TEXT} characters each.",
            field="grounds",
        )
    term = get_statutory_term(TERM, on=timezone.localdate(at)).term
    try:
        with transaction.atomic():
            record = Correction.objects.create(
                no=secrets.token_hex(12),
                kind=kind,
                resource_id=resource.id,
                field=field,
                same_key=queries.same_key(resource.id, field, key),
                subject_key=subject_key,
                source_id=resource.provider.id,
                raised_by_account=by.account_id,
                raised_by_label=by.label,
                raised_by_organisation_id=by.organisation.id if by.organisation and not subject_key else None,
                case_no=case_no,
                raised_at=at,
                due_on=due_on(term, at, builtin_calendar()),
                **told,
            )
    except IntegrityError:
        raise Refused(
            "corrections.raise.open-already",
            "同一数据的校核申请正在办理中，请等待答复，或在原申请中补充。",
            "This value is being checked already: wait for the answer.",
            status=409,
        ) from None
    record.no = f"JH{timezone.localdate(at):%Y%m%d}{record.pk:06d}"
    record.save(update_fields=["no"])
    return noted(record, "raised", by, at)


def locked(no: str, by: Actor, doing: str) -> Correction:
    """Return the correction under lock, or refuse what this actor may not do to it now."""
    queries.get_correction(no, by=by)
    record = Correction.objects.select_for_update().get(no=no)
    if doing not in queries.allowed_on(record, by):
        has_right = (
            people.can_(by, "correction.answer", record.source_id)
            if doing == "answer"
            else queries.raised_by(record, by)
        )
        raise Refused(
            "corrections.step.not-allowed",
            f"{no} 现在是“{record.status}”，您不能对它做“{doing}”。请刷新看最新状态，或请有权限的人办理。",
            f"{no} is {record.status!r}: you may not {doing} it. Reload, or ask somebody with the right.",
            status=409 if has_right else 403,
        )
    return record


def noted(record: Correction, kind: str, by: Actor, at: dt.datetime, note: str = "") -> CorrectionShape:
    """Append the step with its receipt and return the correction as it now stands."""
    zh, en = queries.EVENT_LABELS[kind]
    resource = catalog.get_resource_by_id(record.resource_id)
    receipt = evidence.record(
        kind=f"correction.{kind}",
        body={"correction": record.no, "resource": resource.code, "field": record.field, "status": record.status},
        by=by,
        at=at,
        about=[record.subject_key] if record.subject_key else [],
        case_no=record.case_no,
        summary_zh=f"{record.no} {zh}：{resource.title_zh}",
        summary_en=f"{record.no} {en}: {resource.title_en}",
    )
    CorrectionEventRecord.objects.create(
        correction=record,
        seq=record.events.count() + 1,
        kind=kind,
        at=at,
        by_label=by.label,
        note=note.strip()[:1000],
        receipt_no=receipt.no,
    )
    return queries.to_shape(Correction.objects.get(pk=record.pk), by, timezone.localdate(at))


def unknown_field(resource_code: str, field: str) -> Refused:
    return Refused(
        "corrections.raise.unknown-field",
        f"“{resource_code}”没有可以校核的数据项“{field}”，请从数据目录或本人的查阅记录中选择。",
        f"There is nothing to check at {field!r} of {resource_code!r}: choose it from the catalogue or your own reads.",
        status=404,
        field="field",
    )
