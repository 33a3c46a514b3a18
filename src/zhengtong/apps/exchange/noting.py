"""What every step of a request or a grant shares: its number, the record under lock, its clock, the receipt and the event."""

from __future__ import annotations

import datetime as dt

from django.db.models import F
from django.utils import timezone

from zhengtong.apps.catalog import actions as catalog_actions
from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.exchange import queries, reply_terms
from zhengtong.apps.exchange.models import Grant, Serial, ShareRequest, ShareRequestEvent
from zhengtong.apps.exchange.reply_terms import reply_term
from zhengtong.apps.exchange.shapes import GrantShape, RequestShape
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused


def submit(record: ShareRequest, at: dt.datetime) -> None:
    """Put the request before its provider; the clock of the answer starts, without what an extension had added."""
    record.status, record.submitted_at = "submitted", at
    if record.extension_state == "asked":
        record.extension_state, record.extension_days, record.extension_reason = "", 0, ""
    record.extended_by, record.reply_due_on = "", None
    record.reply_due_on = reply_due(record)
    record.save()


def reply_due(record: ShareRequest) -> dt.date | None:
    """Return the last day of the answer to a request that was put to its provider."""
    assert record.submitted_at is not None, "a request that is not submitted has no term"
    share_type = catalog.get_resource_by_id(record.resource_id).share_type
    more = record.extension_days if record.extended_by else 0
    term = reply_term(share_type, record.submitted_at)
    return reply_terms.reply_due(term, record.submitted_at, more, record.extended_by, record.extension_reason)


def next_no(prefix: str, at: dt.datetime) -> str:
    """Return the next number of a kind today: prefix, date, serial; gap-free under concurrent writers."""
    name = f"{prefix}{timezone.localdate(at):%Y%m%d}"
    Serial.objects.bulk_create([Serial(name=name)], ignore_conflicts=True)
    Serial.objects.filter(name=name).update(last=F("last") + 1)
    return f"{name}{Serial.objects.get(name=name).last:06d}"


def locked_request(no: str, by: Actor, doing: str) -> ShareRequest:
    """Return the request under lock, or refuse what this actor may not do to it now."""
    seen = queries.get_request(no, by)
    record = ShareRequest.objects.select_for_update().get(no=no)
    if doing not in queries.allowed_on(record, seen.resource.provider, by):
        raise Refused(
            "exchange.request.not-allowed",
            f"申请 {no} 现在是“{record.status}”，您不能对它做“{doing}”。请刷新看最新状态，或请有权限的人办理。",
            f"Request {no} is {record.status!r}: you may not {doing} it. Reload, or ask somebody with the right.",
            status=409 if record.status != seen.status or not seen.is_open else 403,
        )
    return record


def noted(
    record: ShareRequest, kind: str, by: Actor, at: dt.datetime, note: str = "", **told: str | int
) -> RequestShape:
    """Append the event with its receipt and return the request as it now stands."""
    zh, en = queries.EVENT_LABELS[kind]
    receipt = evidence.record(
        kind=f"request.{kind}",
        body={"request": record.no, "fields": record.fields, "status": record.status, **told},
        by=by,
        at=at,
        summary_zh=f"{record.no} {zh}",
        summary_en=f"{record.no} {en}",
    )
    seq = record.events.count() + 1
    ShareRequestEvent.objects.create(
        request=record, seq=seq, kind=kind, at=at, by_label=by.label, note=note[:1000], receipt_no=receipt.no
    )
    return queries.get_request(record.no, by)


def grant_recorded(record: Grant, verb: str, zh: str, en: str, by: Actor, at: dt.datetime) -> GrantShape:
    shape = queries.grant_shape(record)
    body = {
        "grant": record.no,
        "resource": shape.resource.code,
        "consumer": shape.consumer.uscc,
        "fields": record.fields,
        "masks": record.masks,
        "rows": record.row_filter,
        "modes": record.modes,
        "rate": record.rate_per_minute,
        "hours": record.hours,
        "callers": record.callers,
        "until": record.valid_until.isoformat(),
        "status": record.status,
    }
    summary = (f"{zh} {shape.consumer.name_zh} 使用 {shape.resource.title_zh}", f"{en}: {shape.resource.title_en}")
    evidence.record(kind=f"grant.{verb}", body=body, by=by, at=at, summary_zh=summary[0], summary_en=summary[1])
    catalog_actions.mark_changed()
    return shape
