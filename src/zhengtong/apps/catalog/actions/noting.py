"""What every change of an entry shares: the record under lock, the right, the state, the receipt and the event."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F

from zhengtong.apps.catalog import queries, search
from zhengtong.apps.catalog.models import Epoch, Resource, ResourceEventRecord
from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people.shapes import SYSTEM, Actor
from zhengtong.kit import Basis, Refused

ART_13 = Basis("政务数据共享条例", "第十三条", "2025-08-01")


def mark_changed() -> None:
    """Move the epoch, in the caller's transaction and last in it: every process drops what it holds within a second."""
    if not Epoch.objects.filter(pk=1).update(number=F("number") + 1):
        Epoch.objects.bulk_create([Epoch(pk=1)], ignore_conflicts=True)
        Epoch.objects.filter(pk=1).update(number=F("number") + 1)


def locked(code: str) -> Resource:
    queries.get_resource(code, by=SYSTEM)
    return queries.records().select_for_update(of=("self",)).get(**({"code": code} if "/" in code else {"name": code}))


def owned(code: str, by: Actor, permission: str, doing_zh: str, doing_en: str) -> Resource:
    record = locked(code)
    queries.require_permission(by, permission, record.provider_id, f"{doing_zh}这项资源", f"{doing_en} this resource")
    return record


def require_status(record: Resource, allowed: tuple[str, ...], doing_zh: str, doing_en: str) -> None:
    if record.status not in allowed:
        raise Refused(
            "catalog.status.not-allowed",
            f"“{record.title_zh}”现在是“{record.status}”，不能{doing_zh}。请刷新页面看最新状态。",
            f"{record.title_en} is {record.status!r} and cannot be {doing_en} now: reload to see its state.",
            status=409,
        )


def not_yet(name: str, zh: str, en: str) -> Refused:
    return Refused(f"catalog.assess.{name}", zh, en, basis=ART_13, field=name)


def recorded(record: Resource, kind: str, by: Actor, at: dt.datetime, note: str = "", **told: Any) -> ResourceShape:
    """Leave the receipt and the event of a change and return the resource as it now stands."""
    noted(record, kind, by, at, note, **told)
    search.reindex([record.pk])
    mark_changed()
    return queries.to_shape(queries.records().get(pk=record.pk))


def noted(record: Resource, kind: str, by: Actor, at: dt.datetime, note: str = "", **told: Any) -> None:
    """Leave the receipt and the event of what changes neither the entry nor what is served."""
    zh, en = queries.EVENT_LABELS[kind]
    receipt = evidence.record(
        kind=f"resource.{kind}",
        body={"resource": record.code, "status": record.status, "provider": record.provider.uscc, **told},
        by=by,
        at=at,
        summary_zh=f"{zh} {record.title_zh}",
        summary_en=f"{en}: {record.title_en}",
    )
    ResourceEventRecord.objects.create(
        resource=record,
        seq=record.events.count() + 1,
        kind=kind,
        at=at,
        by_label=by.label,
        note=note[:1000],
        receipt_no=receipt.no,
    )
