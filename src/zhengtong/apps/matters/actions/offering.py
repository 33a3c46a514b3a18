"""Whether a matter is offered（事项启停）: paused with a reason, resumed, withdrawn for good."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from zhengtong.apps.evidence import actions as evidence
from zhengtong.apps.matters.models import Matter
from zhengtong.apps.matters.shapes import MatterShape
from zhengtong.apps.matters.showing import to_matter
from zhengtong.apps.people.queries import can_, find_organisation
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused

# from which states each step may be taken
STEPS = {"paused": ("published",), "published": ("paused",), "withdrawn": ("published", "paused")}
WORDS = {"paused": ("暂停办理", "Paused"), "published": ("恢复办理", "Resumed"), "withdrawn": ("取消事项", "Withdrawn")}


def pause_matter(*, code: str, reason: str, by: Actor, at: dt.datetime) -> MatterShape:
    """Return the matter as paused（暂停）: no new applications, running cases go on. Refused without a reason."""
    return _step(code, "paused", reason, by, at)


def resume_matter(*, code: str, reason: str, by: Actor, at: dt.datetime) -> MatterShape:
    """Return the matter as offered again（恢复）."""
    return _step(code, "published", reason, by, at)


def withdraw_matter(*, code: str, reason: str, by: Actor, at: dt.datetime) -> MatterShape:
    """Return the matter as withdrawn（取消）: it is found no more; running cases go on under their version."""
    return _step(code, "withdrawn", reason, by, at)


@transaction.atomic
def _step(code: str, status: str, reason: str, by: Actor, at: dt.datetime) -> MatterShape:
    matter = Matter.objects.select_for_update().filter(code=code).first()
    if matter is None:
        raise Refused(
            code="matters.matter.unknown",
            zh="没有这个事项，请从事项列表重新选择",
            en="There is no such matter; choose one from the list again",
            status=404,
        )
    _check(matter, status, reason, by)
    matter.status, matter.status_reason, matter.updated_at = status, reason if status != "published" else "", at
    matter.save(update_fields=["status", "status_reason", "updated_at"])
    body = {"matter": code, "status": status, "reason": reason}
    zh, en = (f"{WORDS[status][0]}“{matter.title_zh}”", f"{WORDS[status][1]}: {matter.title_en or matter.title_zh}")
    evidence.record(kind=f"matter.{status}", body=body, by=by, at=at, summary_zh=zh, summary_en=en)
    return to_matter(matter)


def _check(matter: Matter, status: str, reason: str, by: Actor) -> None:
    owner = matter.organisation_id
    if owner is None and matter.function:
        found = find_organisation(function=matter.function, region_code=settings.ZHENGTONG_REGION)
        owner = found.id if found else None
    if by.kind != "system" and not (owner and can_(by, "matter.publish", owner)):
        raise Refused(
            code="matters.matter.no-right",
            zh="只有事项主管部门的负责人可以暂停、恢复和取消事项",
            en="Only heads of the department that owns the matter may pause, resume or withdraw it",
            status=403,
        )
    if matter.status not in STEPS[status]:
        raise Refused(
            code="matters.matter.wrong-state",
            zh="事项现在的状态不能这样改，可能已有人改过，请刷新",
            en="The matter's state does not allow this; somebody may have changed it. Reload",
            status=409,
            facts={"status": matter.status},
        )
    if not reason.strip():
        raise Refused(
            code="matters.matter.no-reason",
            zh="请写明原因，群众会在事项页面看到",
            en="Give the reason; people will read it on the matter's page",
            field="reason",
        )
