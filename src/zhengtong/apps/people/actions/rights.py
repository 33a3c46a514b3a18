"""The one question before every write here: may this actor do it?"""

from __future__ import annotations

from zhengtong.apps.people.queries.acting import can_
from zhengtong.apps.people.roles import list_roles
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused


def require(by: Actor, permission: str) -> None:
    """Return when the actor holds the permission; refused（403）naming who does, otherwise."""
    if can_(by, permission):
        return
    everyone = {**list_roles("roles"), **list_roles("duties")}.values()
    holders = [role for role in everyone if permission in role.permits]
    zh = "、".join(role.title_zh for role in holders)
    en = ", ".join(role.title_en for role in holders)
    raise Refused(
        "people.act.not-permitted",
        f"您的岗位没有这项权限。请由以下人员办理：{zh}。",
        f"Your post does not permit this. It can be done by: {en}.",
        status=403,
        facts={"permission": permission},
    )


def conflict(code: str, zh: str, en: str) -> Refused:
    """Return the refusal of something that is already so, or that somebody did first（409）."""
    return Refused(code, zh, en, status=409)
