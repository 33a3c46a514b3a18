"""Doors for changing the catalogue: register → assess → approve → publish, and load the rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from zhengtong.apps.catalog import queries, search
from zhengtong.apps.catalog.declaration import check_declaration
from zhengtong.apps.catalog.models import (
    Epoch,
    FieldLineage,
    Resource,
    ResourceEventRecord,
    ResourceField,
    SnapshotRecord,
)
from zhengtong.apps.catalog.quality import to_report_json, to_rules
from zhengtong.apps.catalog.shapes import ResourceShape, SnapshotShape
from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import SYSTEM, Actor, OrganisationShape
from zhengtong.kit import Basis, Refused
from zhengtong.kit.masking import list_mask_kinds
from zhengtong.tables import Column, Schema, Snapshot, build_projection, load, profile, quality, source_from_path

ART_13 = Basis("政务数据共享条例", "第十三条", "2025-08-01")
DESCRIBED = [
    "code",
    "name",
    "title_zh",
    "title_en",
    "summary_zh",
    "summary_en",
    "share_type",
    "share_scope",
    "share_purpose",
    "no_share_reason",
    "basis",
    "share_modes",
    "open_type",
    "update_cycle",
    "format",
    "data_class",
    "data_level",
    "national_level",
    "is_source_of_truth",
    "subject_kind",
    "subject_field",
    "latest_by",
    "related",
]
ITEM = [
    "name",
    "title_zh",
    "title_en",
    "type",
    "unit",
    "code_list",
    "sensitivity",
    "personal",
    "share_type",
    "basis",
    "mask",
    "is_key",
]


@transaction.atomic
def register_resource(
    *, declaration: Mapping[str, Any], provider: OrganisationShape, by: Actor, at: dt.datetime
) -> ResourceShape:
    """Enter a resource into the catalogue as a draft（编目）; a data steward of the provider does it.

    Refused: an element of art. 13 is missing or wrong (`catalog.register.*`), the code is taken (409).
    """
    queries.require_permission(
        by, "resource.register", provider.id, "登记本机构以外的数据资源", "register another organisation's resource"
    )
    check_declaration(declaration)
    check_provider(declaration, provider)
    described = {name: declaration[name] for name in DESCRIBED if declaration.get(name) is not None}
    try:
        with transaction.atomic():
            record = Resource.objects.create(
                **described,
                quality_rules=list(declaration.get("quality") or []),
                provider_id=provider.id,
                registered_by_account=by.account_id,
                registered_at=at,
            )
    except IntegrityError:
        raise Refused(
            "catalog.register.taken",
            f"代码 {declaration['code']} 或短名 {declaration['name']} 已在目录中，请换一个或修改原条目。",
            f"{declaration['code']} or {declaration['name']} is in the catalogue already: choose another or edit that entry.",
            status=409,
            field="code",
        ) from None
    ResourceField.objects.bulk_create(
        ResourceField(resource=record, order=order, **{name: item[name] for name in ITEM if item.get(name) is not None})
        for order, item in enumerate(declaration["fields"], 1)
    )
    return recorded(record, "registered", by, at)


@transaction.atomic
def load_snapshot(*, code: str, source: Path, by: Actor, at: dt.datetime) -> SnapshotShape:
    """Load a file of rows as the next version, assess and profile it, build its look-up file, and serve it from now on.

    `source` is CSV, TSV or Parquet; columns are taken by name, a column the declaration does not know is refused. A
    version that fails a blocking quality rule is kept but held back: the one before it goes on being served. The files
    are in place and synced before the row that names them commits.
    """
    record = owned(code, by, "resource.load", "装载", "load rows into")
    resource = queries.to_shape(record)
    schema = Schema(tuple(Column(item.name, item.type, item.title_zh) for item in resource.fields))
    snapshot = load(source_from_path(source), queries.store().shelf(resource.name), schema).snapshot
    checks, compiled = to_rules(record.quality_rules, schema)
    report = quality.assess(snapshot, checks, compiled=compiled)
    failed = [one.zh or one.id for one in report.results if one.severity == "blocking" and one.holds is False]
    kept = SnapshotRecord.objects.create(
        resource=record,
        version=snapshot.manifest.version,
        manifest=snapshot.manifest.to_json(),
        profile=profile(snapshot).to_json(),
        rows=snapshot.manifest.rows,
        rejected_rows=snapshot.manifest.rejected_rows,
        digest=snapshot.manifest.digest,
        loaded_at=at,
        quality=to_report_json(report) if report.results else {},
        held_reason="、".join(failed)[:500],
    )
    told = {"version": kept.version, "rows": kept.rows, "rejected": kept.rejected_rows, "digest": kept.digest}
    if failed:
        recorded(record, "held", by, at, f"{kept.version} · {kept.held_reason}", **told)
    else:
        serve(record, kept, snapshot)
        recorded(record, "loaded", by, at, f"{kept.version} · {kept.rows}", **told)
    return queries.snapshot_shape(kept)


def serve(record: Resource, kept: SnapshotRecord, snapshot: Snapshot) -> None:
    """Build the look-up file of a version and make it the one that is served."""
    resource = queries.to_shape(record)
    key, *indexes = resource.keys
    path = queries.projection_path(resource.name, kept.version)
    build_projection(snapshot, key, path, indexes=tuple(indexes))
    record.snapshots.filter(is_current=True).update(is_current=False)
    kept.is_current, kept.held_reason = True, ""
    kept.save(update_fields=["is_current", "held_reason"])


@transaction.atomic
def release_snapshot(*, code: str, version: str, reason: str, by: Actor, at: dt.datetime) -> SnapshotShape:
    """Serve a version that was held back（放行）, as the provider's head, giving the reason; it is on the record."""
    record = owned(code, by, "resource.approve", "放行", "release rows of")
    kept = record.snapshots.filter(version=version).exclude(held_reason="").first()
    if kept is None or not reason.strip():
        raise Refused(
            "catalog.release.nothing-held",
            "没有这个被拦下的版本，或未写明放行的理由。",
            "There is no such version held back, or the reason for releasing it is missing.",
            status=409,
            field="reason",
        )
    serve(record, kept, queries.store().open(record.name, version))
    recorded(record, "released", by, at, f"{version} · {reason.strip()}", version=version, digest=kept.digest)
    return queries.snapshot_shape(kept)


@transaction.atomic
def assess_resource(*, code: str, secrecy_checked: bool, pia_no: str, by: Actor, at: dt.datetime) -> ResourceShape:
    """Record the secrecy assessment and the personal-information impact assessment（保密风险评估、个人信息保护影响评估）."""
    record = owned(code, by, "resource.register", "评估", "assess")
    require_status(record, ("draft", "assessed"), "评估", "assessed")
    if not secrecy_checked:
        raise not_yet(
            "secrecy", "须先确认不含国家秘密和工作秘密。", "Confirm first that it holds no state or work secrets."
        )
    if record.items.filter(personal=True).exists() and not pia_no.strip():
        raise not_yet(
            "pia",
            "含个人信息，须填写个人信息保护影响评估报告编号。",
            "It holds personal data: give the impact assessment's number.",
        )
    record.secrecy_checked, record.pia_no, record.status = True, pia_no.strip(), "assessed"
    record.save(update_fields=["secrecy_checked", "pia_no", "status"])
    return recorded(record, "assessed", by, at, f"PIA {record.pia_no}" if record.pia_no else "")


@transaction.atomic
def approve_resource(*, code: str, by: Actor, at: dt.datetime) -> ResourceShape:
    """Approve an assessed entry as the provider's head（部门负责人审核同意）; never the one who registered it."""
    record = owned(code, by, "resource.approve", "审核", "approve")
    require_status(record, ("assessed",), "审核", "approved")
    if by.account_id is not None and by.account_id == record.registered_by_account:
        raise Refused(
            "catalog.approve.own",
            "登记人不能审核自己登记的资源，请由部门负责人审核。",
            "Whoever registered a resource may not approve it: ask the head of the department.",
            status=403,
            basis=ART_13,
        )
    record.approved_by, record.status = by.label, "approved"
    record.save(update_fields=["approved_by", "status"])
    return recorded(record, "approved", by, at)


@transaction.atomic
def publish_resource(*, code: str, by: Actor, at: dt.datetime) -> ResourceShape:
    """Publish an approved entry as the sharing authority（主管部门）of the provider's region."""
    record = locked(code)
    if not queries.may_publish(people.get_organisation(record.provider_id), by):
        queries.require_permission(by, "resource.publish", 0, "发布目录", "publish the catalogue")
    require_status(record, ("approved", "suspended"), "发布", "published")
    record.status, record.published_on = "published", timezone.localdate(at)
    record.save(update_fields=["status", "published_on"])
    return recorded(record, "published", by, at)


@transaction.atomic
def withdraw_resource(*, code: str, reason: str, by: Actor, at: dt.datetime) -> ResourceShape:
    """Take a resource out of the catalogue, giving the reason; grants on it stop answering at once."""
    record = owned(code, by, "resource.approve", "撤下", "withdraw")
    require_status(record, ("published", "suspended"), "撤下", "withdrawn")
    if not reason.strip():
        raise not_yet("reason", "请写明撤下的理由。", "Give the reason for withdrawing it.")
    record.status = "withdrawn"
    record.save(update_fields=["status"])
    return recorded(record, "withdrawn", by, at, reason)


@transaction.atomic
def record_lineage(
    *, code: str, lineage: Mapping[str, Sequence[tuple[str, str]]], by: Actor, at: dt.datetime
) -> ResourceShape:
    """Say where fields come from（数据血缘）: field → (resource, field) of others, in place of what was said before.

    Classification follows: a field is at least as sensitive as what it comes from, and personal if that is; the masks of
    fields nobody has confirmed come along. Refused: an unknown field.
    """
    record = owned(code, by, "resource.load", "说明血缘", "say the lineage of")
    items = {item.name: item for item in record.items.all()}
    edges = []
    for name, origins in lineage.items():
        for resource, field in origins:
            origin = ResourceField.objects.filter(
                Q(resource__code=resource) | Q(resource__name=resource), name=field
            ).first()
            if origin is None or name not in items:
                raise Refused(
                    "catalog.lineage.unknown-field",
                    f"血缘中的数据项 {name} ← {resource}.{field} 不在目录中，请核对名称。",
                    f"{name} ← {resource}.{field} is not in the catalogue: check the names.",
                    field=name,
                )
            edges.append(FieldLineage(to_field=items[name], from_field=origin))
    FieldLineage.objects.filter(to_field__resource=record).delete()
    FieldLineage.objects.bulk_create(edges)
    changed = propagate_classes(record.pk)
    told = {"fields": sorted(lineage), "raised": changed}
    return recorded(record, "lineage", by, at, f"{len(edges)}", **told)


def propagate_classes(resource_id: int) -> list[str]:
    """Raise the classes of what comes, at any distance, from a resource's fields or goes into them; return what rose."""
    waiting, rose = {resource_id}, []
    seen: set[int] = set()
    while waiting:
        current = waiting.pop()
        seen.add(current)
        for item in ResourceField.objects.filter(resource_id=current).prefetch_related("comes_from__from_field"):
            origins = [edge.from_field for edge in item.comes_from.all()]
            level = max([item.sensitivity, *(origin.sensitivity for origin in origins)])
            personal = item.personal or any(origin.personal for origin in origins)
            mask = item.mask or next((origin.mask for origin in origins if origin.mask and not item.confirmed_by), "")
            if (level, personal, mask) != (item.sensitivity, item.personal, item.mask):
                item.sensitivity, item.personal, item.mask = level, personal, mask
                item.save(update_fields=["sensitivity", "personal", "mask"])
                rose.append(f"{item.resource_id}.{item.name}")
        onward = FieldLineage.objects.filter(from_field__resource_id=current).values_list(
            "to_field__resource_id", flat=True
        )
        waiting |= set(onward) - seen
    return rose


@transaction.atomic
def confirm_field(
    *, code: str, field: str, sensitivity: int, personal: bool, mask: str, by: Actor, at: dt.datetime
) -> ResourceShape:
    """Confirm a field's class（分类分级确认）as a person: what detectors and lineage only suggest becomes what is enforced.

    Refused: an unknown field or mask, a level outside 1–4, one below what the field comes from.
    """
    record = owned(code, by, "resource.approve", "确认分类分级", "confirm classes of")
    item = record.items.filter(name=field).first()
    if item is None or sensitivity not in (1, 2, 3, 4) or (mask and mask not in list_mask_kinds()):
        raise Refused(
            "catalog.confirm.wrong",
            "数据项、级别（1–4）或脱敏规则不对，请从列表中选择。",
            "The field, its level (1–4) or its mask is wrong: choose from the lists.",
            field="field",
        )
    origins = [edge.from_field for edge in item.comes_from.select_related("from_field")]
    least = max((origin.sensitivity for origin in origins), default=1)
    if sensitivity < least:
        raise Refused(
            "catalog.confirm.below-origin",
            f"该项取自 {least} 级数据，级别不能低于 {least} 级。",
            f"It comes from data of level {least} and cannot be below that.",
            field="sensitivity",
        )
    item.sensitivity, item.personal, item.mask = sensitivity, personal, mask
    item.confirmed_by, item.confirmed_at = by.label, at
    item.save(update_fields=["sensitivity", "personal", "mask", "confirmed_by", "confirmed_at"])
    propagate_classes(record.pk)
    return recorded(
        record, "confirmed", by, at, field, field=field, sensitivity=sensitivity, personal=personal, mask=mask
    )


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


def check_provider(declaration: Mapping[str, Any], provider: OrganisationShape) -> None:
    """Refuse a declaration that names another department as its provider than the one that registers it."""
    named = declaration.get("provider") or provider.function
    if named != provider.function:
        raise Refused(
            "catalog.register.provider",
            f"声明中的提供部门是“{named}”，与登记机构“{provider.name_zh}”不符。请由该部门登记，或改正声明。",
            f"The declaration names {named!r} as provider, but {provider.name_en} registers it: correct one of them.",
            field="provider",
        )


def recorded(record: Resource, kind: str, by: Actor, at: dt.datetime, note: str = "", **told: Any) -> ResourceShape:
    """Leave the receipt and the event of a change and return the resource as it now stands."""
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
    search.reindex([record.pk])
    mark_changed()
    return queries.to_shape(queries.records().get(pk=record.pk))
