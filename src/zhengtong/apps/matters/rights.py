"""Who may govern the catalogue（目录管理权限）: heads of the owning department, and of the data bureau for all."""

from __future__ import annotations

from zhengtong.apps.matters.models import Matter
from zhengtong.apps.people.queries import can_, find_organisation
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused

PERMISSION, BUREAU = "matter.publish", "data-bureau"


def owner_of(matter: Matter, region_code: str) -> int | None:
    """Return the organisation that owns a matter, by its own record or by the function of its pack."""
    if matter.organisation_id is not None or not matter.function:
        return matter.organisation_id
    found = find_organisation(function=matter.function, region_code=region_code)
    return found.id if found else None


def may_govern(matter: Matter, by: Actor, region_code: str) -> bool:
    """Return whether this actor may draft, review, publish and propose for a matter."""
    if by.kind == "system":
        return True
    owner, bureau = owner_of(matter, region_code), find_organisation(function=BUREAU, region_code=region_code)
    return bool((owner and can_(by, PERMISSION, owner)) or (bureau and can_(by, PERMISSION, bureau.id)))


def require_governance(matter: Matter, by: Actor, region_code: str) -> None:
    """Refuse（403）whoever may not govern the matter."""
    if not may_govern(matter, by, region_code):
        raise Refused(
            "matters.matter.not-yours",
            "只有事项主管部门和数据局的负责人可以提出，请联系本部门负责人",
            "Only heads of the department that owns the matter and of the data bureau may propose this",
            status=403,
        )
