"""A published entry is changed by a new version（目录更新）: proposed, consented to, reviewed by the authority in time.

Ten working days from the change of law or duty to the update, two for the authority's review（政务数据共享条例第十七条）; the
first entry has no such term. While a version is on its way the published one stands, and grants go on answering.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhengtong.apps.catalog import queries
from zhengtong.apps.catalog.actions.noting import locked, not_yet, owned, recorded, require_status
from zhengtong.apps.catalog.declaration import DESCRIBED, ITEM, check_declaration, declaration_of
from zhengtong.apps.catalog.models import Resource, ResourceField, ResourceVersion
from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Basis, Refused
from zhengtong.kit.calendar import builtin_calendar, due_on
from zhengtong.kit.calendar.statutory import get_statutory_term
from zhengtong.kit.canonical import digest

ART_17 = Basis("政务数据共享条例", "第十七条", "2025-08-01")


@transaction.atomic
def revise_resource(
    *,
    code: str,
    declaration: Mapping[str, Any],
    reason: str,
    by: Actor,
    at: dt.datetime,
    basis_changed_on: dt.date | None = None,
) -> ResourceShape:
    """Propose a new version of a published entry as its data steward; the term runs from the change of law or duty.

    Refused: what `register_resource` refuses, another code or name, a version already on its way, fields that the rows
    being served do not have or have as another type.
    """
    record = owned(code, by, "resource.register", "修订", "revise")
    require_status(record, ("published",), "修订", "revised")
    check_declaration(declaration)
    check_revision(record, declaration, reason)
    start = dt.datetime.combine(basis_changed_on, dt.time(), at.tzinfo) if basis_changed_on else at
    try:
        with transaction.atomic():
            ResourceVersion.objects.create(
                resource=record,
                declaration=dict(declaration),
                digest=digest(dict(declaration)),
                reason=reason.strip()[:500],
                proposed_by_account=by.account_id,
                proposed_at=at,
                due_on=term_end("CAT_UPDATE", start),
            )
    except IntegrityError:
        raise Refused(
            "catalog.revise.open-already",
            f"“{record.title_zh}”已有修订在办，请先办完或退回。",
            f"A revision of {record.title_en} is on its way: finish or reject it first.",
            status=409,
        ) from None
    return recorded(record, "revised", by, at, reason)


@transaction.atomic
def submit_revision(*, code: str, secrecy_checked: bool, pia_no: str, by: Actor, at: dt.datetime) -> ResourceShape:
    """Consent to a proposed version as the provider's head, with its assessments; the authority's two days start."""
    record = owned(code, by, "resource.approve", "审核修订", "approve a revision of")
    version = open_version(record, "proposed")
    if by.account_id is not None and by.account_id == version.proposed_by_account:
        raise Refused(
            "catalog.revise.own",
            "提出修订的人不能自己审核，请由部门负责人审核。",
            "Whoever proposed a revision may not approve it: ask the head of the department.",
            status=403,
        )
    is_personal = any(item.get("personal") for item in version.declaration["fields"])
    if not secrecy_checked or (is_personal and not pia_no.strip()):
        raise not_yet("pia", "须先完成保密风险评估和个人信息保护影响评估。", "Make both assessments first.")
    version.state, version.submitted_at = "submitted", at
    version.review_due_on = term_end("CAT_REVIEW", at)
    version.save(update_fields=["state", "submitted_at", "review_due_on"])
    record.pia_no = pia_no.strip() or record.pia_no
    record.save(update_fields=["pia_no"])
    return recorded(record, "revision-submitted", by, at)


@transaction.atomic
def publish_revision(*, code: str, by: Actor, at: dt.datetime) -> ResourceShape:
    """Publish a submitted version as the sharing authority: it replaces the entry; the old one is kept."""
    record = locked(code)
    require_authority(record, by)
    version = open_version(record, "submitted")
    apply_declaration(record, version.declaration)
    record.versions.filter(state="published").update(state="replaced")
    record.version += 1
    record.published_on = timezone.localdate(at)
    record.save(update_fields=["version", "published_on"])
    version.number, version.state, version.decided_at = record.version, "published", at
    version.declaration = declaration_of(record)
    version.digest = digest(version.declaration)
    version.save(update_fields=["number", "state", "decided_at", "declaration", "digest"])
    return recorded(
        record, "revision-published", by, at, f"v{record.version}", version=record.version, digest=version.digest
    )


@transaction.atomic
def reject_revision(*, code: str, reason: str, by: Actor, at: dt.datetime) -> ResourceShape:
    """Send a version back, as the authority or the provider's head, with the reason; the published one stands."""
    record = locked(code)
    if not people.can_(by, "resource.approve", record.provider_id):
        require_authority(record, by)
    version = record.versions.filter(state__in=["proposed", "submitted"]).first()
    if version is None or not reason.strip():
        raise nothing_open(record)
    version.state, version.decided_at = "rejected", at
    version.save(update_fields=["state", "decided_at"])
    return recorded(record, "revision-rejected", by, at, reason)


def keep_first_version(record: Resource, at: dt.datetime, by: Actor) -> None:
    """Keep the entry as it is first published."""
    if record.version:
        return
    said = declaration_of(record)
    ResourceVersion.objects.create(
        resource=record,
        number=1,
        state="published",
        declaration=said,
        digest=digest(said),
        proposed_by_account=by.account_id,
        proposed_at=at,
        decided_at=at,
    )
    record.version = 1
    record.save(update_fields=["version"])


def apply_declaration(record: Resource, said: Mapping[str, Any]) -> None:
    """Make the entry what a declaration says; classes a person confirmed stay where the declaration is silent."""
    for name in DESCRIBED:
        if said.get(name) is not None:
            setattr(record, name, said[name])
    record.quality_rules = list(said.get("quality") or [])
    record.save()
    names = [item["name"] for item in said["fields"]]
    record.items.exclude(name__in=names).delete()
    for order, item in enumerate(said["fields"], 1):
        told = {name: item[name] for name in ITEM if item.get(name) is not None}
        ResourceField.objects.update_or_create(resource=record, name=item["name"], defaults={**told, "order": order})


def check_revision(record: Resource, said: Mapping[str, Any], reason: str) -> None:
    if (said["code"], said["name"]) != (record.code, record.name) or not reason.strip():
        raise Refused(
            "catalog.revise.other",
            "修订不能改变资源代码和短名，并须写明理由。",
            "A revision keeps the code and the short name, and says why.",
            field="reason",
            basis=ART_17,
        )
    types = {item.name: item.type for item in record.items.all()}
    new = [item["name"] for item in said["fields"] if types.get(item["name"]) != item["type"]]
    if new and record.snapshots.filter(is_current=True).exists():
        raise Refused(
            "catalog.revise.rows-lack-it",
            f"正在提供的数据中没有 {'、'.join(new)} 或类型不同。请另登记一项资源，或先撤下再修订。",
            f"The rows being served lack {', '.join(new)} or have another type: register a resource of its own.",
            status=409,
            field="fields",
        )


def open_version(record: Resource, state: str) -> ResourceVersion:
    version = record.versions.select_for_update().filter(state=state).first()
    if version is None:
        raise nothing_open(record)
    return version


def nothing_open(record: Resource) -> Refused:
    return Refused(
        "catalog.revise.nothing-open",
        f"“{record.title_zh}”没有处于这一步的修订，或未写明理由。请刷新看最新状态。",
        f"No revision of {record.title_en} is at this step, or the reason is missing: reload to see its state.",
        status=409,
    )


def require_authority(record: Resource, by: Actor) -> None:
    if not queries.may_publish(people.get_organisation(record.provider_id), by):
        queries.require_permission(by, "resource.publish", 0, "审核发布目录", "review the catalogue")


def term_end(term: str, start: dt.datetime) -> dt.date:
    return due_on(get_statutory_term(term, on=timezone.localdate(start)).term, start, builtin_calendar())
