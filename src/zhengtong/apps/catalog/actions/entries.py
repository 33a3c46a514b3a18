"""Entries of the catalogue（编目）: register → assess → approve → publish → withdraw, each by another right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhengtong.apps.catalog import queries
from zhengtong.apps.catalog.actions.noting import ART_13, locked, not_yet, owned, recorded, require_status
from zhengtong.apps.catalog.actions.versions import keep_first_version
from zhengtong.apps.catalog.declaration import DESCRIBED, ITEM, check_declaration
from zhengtong.apps.catalog.models import Resource, ResourceField
from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.kit import Refused


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
    keep_first_version(record, at, by)
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
