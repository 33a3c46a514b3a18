"""Packs from draft to public（事项包发布）: drafted by one person, reviewed by another, published, frozen."""

from __future__ import annotations

import datetime as dt
import json

from django.conf import settings
from django.db import transaction

from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.matters import search
from zhengtong.apps.matters.models import Matter, PackVersion
from zhengtong.apps.matters.shapes import MatterShape, PackVersionShape
from zhengtong.apps.matters.showing import to_matter, to_version
from zhengtong.apps.people.queries import can_, find_organisation
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.declared import Pack, pack_from_canonical
from zhengtong.kit import Basis, Refused
from zhengtong.kit.canonical import to_canonical
from zhengtong.kit.place import local_date

SECOND_PERSON = Basis("信息安全技术 网络安全等级保护基本要求（GB/T 22239—2019）", "8.1.7.1", "2019-12-01")


@transaction.atomic
def draft_pack(*, pack: Pack, by: Actor, at: dt.datetime) -> PackVersionShape:
    """Return the draft of a pack: a new version, or the one with the same digest that is there already."""
    _may_publish(pack, by)
    matter = _matter_of(pack, at)
    version = PackVersion.objects.filter(matter=matter, digest=pack.digest).first()
    if version is None:
        version = _new_version(matter, pack, by, at)
        version.receipt_no = _receipt("matter.drafted", version, by, at, "起草事项包", "Pack drafted")
        version.save(update_fields=["receipt_no"])
    return to_version(version)


@transaction.atomic
def review_pack(*, code: str, digest: str, by: Actor, at: dt.datetime) -> PackVersionShape:
    """Return the version as reviewed（复核）; refused（403）to whoever drafted it, 409 when it is not a draft."""
    version = _locked(code, digest)
    _may_publish_as(version.matter.function, by)
    if version.state != "draft":
        raise Refused(
            code="matters.pack.not-a-draft",
            zh="这个版本不在起草状态，可能已经有人复核。请刷新后查看",
            en="This version is not a draft; somebody may have reviewed it. Reload to see",
            status=409,
        )
    if by.account_id == version.author_id:
        raise Refused(
            code="matters.pack.same-person",
            zh="起草人不能复核自己的事项包，请换一位同事复核",
            en="Whoever drafted a pack cannot review it; ask a colleague",
            status=403,
            basis=SECOND_PERSON,
        )
    version.state, version.reviewed_at = "reviewed", at
    version.reviewer_id, version.reviewer_label = by.account_id, by.label
    version.receipt_no = _receipt("matter.reviewed", version, by, at, "复核事项包", "Pack reviewed")
    version.save()
    return to_version(version)


@transaction.atomic
def publish_pack(*, pack: Pack, by: Actor, at: dt.datetime) -> MatterShape:
    """Return the matter with this pack in force; the same digest twice changes nothing.

    A person may publish only what another has reviewed（403, 409）. The system itself may publish without: that is how
    a site gets its first packs, and the receipt says so. The parts of a one-thing must be published before it（409）.
    """
    _may_publish(pack, by)
    matter = _matter_of(pack, at)
    _check_parts(pack)
    version = PackVersion.objects.select_for_update().filter(matter=matter, digest=pack.digest).first()
    if version is not None and version.state == "published":
        return to_matter(matter)
    if by.kind == "system":
        version = version or _new_version(matter, pack, by, at)
    elif version is None or version.state != "reviewed":
        raise Refused(
            code="matters.pack.not-reviewed",
            zh="事项包还没有经第二人复核，请先提交复核再发布",
            en="The pack has not been reviewed by a second person. Send it for review first",
            status=409,
            basis=SECOND_PERSON,
        )
    _put_in_force(matter, version, pack, by, at)
    return to_matter(matter)


@transaction.atomic
def publish_version(*, code: str, digest: str, by: Actor, at: dt.datetime) -> MatterShape:
    """Return the matter with a version in force that a second person has reviewed; refused as `publish_pack` is."""
    version = _locked(code, digest)
    return publish_pack(pack=pack_from_canonical(json.loads(version.canonical)), by=by, at=at)


def _put_in_force(matter: Matter, version: PackVersion, pack: Pack, by: Actor, at: dt.datetime) -> None:
    is_first = not matter.versions.filter(state="published").exists()
    version.state, version.published_at = "published", at
    version.effective_from = pack.since if is_first else max(pack.since, local_date(at))
    version.effective_to, version.regions = pack.until, list(pack.regions)
    version.receipt_no = _receipt("matter.published", version, by, at, "发布事项包", "Pack published")
    version.save()
    organisation = _owner(pack)
    matter.organisation_id = organisation.id if organisation else matter.organisation_id
    matter.department_name = organisation.name_zh if organisation else matter.department_name
    matter.department_uscc = organisation.uscc if organisation else matter.department_uscc
    matter.status, matter.version, matter.updated_at = "published", version.number, at
    for column, value in _columns(pack).items():
        setattr(matter, column, value)
    matter.save()
    search.reindex([matter])


def _matter_of(pack: Pack, at: dt.datetime) -> Matter:
    """Return the matter of a pack, locked; a new one stays a draft until its first version is published."""
    matter = Matter.objects.select_for_update().filter(code=pack.id).first()
    if matter is None:
        given = {**_columns(pack), "source": "pack", "status": "draft", "updated_at": at, "version": 0}
        return Matter.objects.create(code=pack.id, **given)
    if matter.source != "pack":
        raise Refused(
            code="matters.pack.code-taken",
            zh=f"编号 {pack.id} 已被导入的事项占用，请换一个事项包编号",
            en=f"The code {pack.id} belongs to an imported matter. Give the pack another id",
            status=409,
        )
    return matter


def _columns(pack: Pack) -> dict[str, object]:
    promised, statutory = pack.terms.promised, pack.terms.statutory
    return {
        "kind": pack.kind,
        "title_zh": pack.title.zh,
        "title_en": pack.title.en,
        "summary_zh": pack.summary.zh,
        "summary_en": pack.summary.en,
        "keywords": list(pack.keywords),
        "pinyin": search.pinyin_of(pack.title.zh, pack.keywords),
        "function": pack.owner,
        "task_type": pack.task_type,
        "catalog_code": pack.catalog_code,
        "audience": pack.audience,
        "promised_days": promised.n,
        "promised_unit": promised.unit.value,
        "statutory_days": statutory.n if statutory else None,
        "statutory_unit": statutory.unit.value if statutory else "",
        "visits": pack.visits,
        "theme": pack.theme,
        "case_kind": pack.service.kind,
        "online_depth": pack.service.depth,
        "is_online": pack.service.is_online,
        "materials": len(pack.materials),
        "materials_spared": sum(bool(need.replaced_by) for need in pack.materials),
    }


def _new_version(matter: Matter, pack: Pack, by: Actor, at: dt.datetime) -> PackVersion:
    latest = matter.versions.order_by("-number").values_list("number", flat=True).first() or 0
    return PackVersion.objects.create(
        matter=matter,
        number=latest + 1,
        digest=pack.digest,
        canonical=to_canonical(pack.to_canonical()).decode(),
        state="draft",
        effective_from=pack.since,
        effective_to=pack.until,
        regions=list(pack.regions),
        author_id=by.account_id,
        author_label=by.label,
        created_at=at,
    )


def _check_parts(pack: Pack) -> None:
    wanted = {part.pack for part in pack.parts}
    missing = wanted - set(Matter.objects.filter(code__in=wanted, status="published").values_list("code", flat=True))
    if missing:
        raise Refused(
            code="matters.pack.part-not-published",
            zh=f"一件事里的 {'、'.join(sorted(missing))} 还没有发布，请先发布它们",
            en=f"{', '.join(sorted(missing))} of this one-thing are not published yet. Publish them first",
            status=409,
        )


def _owner(pack: Pack) -> OrganisationShape | None:
    return find_organisation(function=pack.owner, region_code=settings.ZHENGTONG_REGION)


def _may_publish(pack: Pack, by: Actor) -> None:
    _may_publish_as(pack.owner, by)


def _may_publish_as(function: str, by: Actor) -> None:
    """Refuse（403）whoever is neither the system nor a head of the department that owns the matter."""
    organisation = find_organisation(function=function, region_code=settings.ZHENGTONG_REGION)
    if by.kind != "system" and not (organisation and can_(by, "matter.publish", organisation.id)):
        raise Refused(
            code="matters.pack.no-right",
            zh="只有事项主管部门的负责人可以起草、复核和发布事项包，请联系本部门负责人",
            en="Only heads of the department that owns the matter may draft, review and publish it",
            status=403,
        )


def _locked(code: str, digest: str) -> PackVersion:
    versions = PackVersion.objects.select_for_update(of=("self",)).select_related("matter")
    version = versions.filter(matter__code=code, digest=digest).first()
    if version is None:
        raise Refused(
            code="matters.version.unknown",
            zh="没有这个版本的事项包，请从版本列表重新选择",
            en="There is no such version; choose one from the list again",
            status=404,
        )
    return version


def _receipt(kind: str, version: PackVersion, by: Actor, at: dt.datetime, zh: str, en: str) -> str:
    body = {
        "matter": version.matter.code,
        "version": version.number,
        "digest": version.digest,
        "state": version.state,
        "effective_from": version.effective_from.isoformat(),
        "regions": list(version.regions),
        "without_review": version.reviewer_id is None and version.state == "published",
    }
    titles = (
        f"{zh}“{version.matter.title_zh}”第 {version.number} 版",
        f"{en}: {version.matter.title_en}, v{version.number}",
    )
    return evidence.record(kind=kind, body=body, by=by, at=at, summary_zh=titles[0], summary_en=titles[1]).no
