"""Doors for reading: declared registers, their builds, and the pairs that wait for a person."""

from __future__ import annotations

from django.conf import settings

from zhengtong.apps.catalog import queries as catalog
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.apps.registers.declared import list_specs
from zhengtong.apps.registers.models import RegisterBuild
from zhengtong.apps.registers.shapes import BuildShape, PairShape, RegisterShape, RegisterSpec
from zhengtong.kit import Refused
from zhengtong.tables.linkage import describe_reason, get_rules

__all__ = ["get_register", "list_builds", "list_pairs", "list_registers"]
CAUSES = {
    "uncertain": ("证据不足", "not enough evidence"),
    "ambiguous": ("几个候选难分", "several are as likely"),
    "taken": ("对方已与他行合并", "the other is linked elsewhere"),
    "two-numbers": ("两个有效号码", "two numbers that both hold"),
    "other-name": ("同一号码、姓名不同", "one number, two names"),
    "twins": ("疑似多胞胎", "perhaps a twin"),
}


def list_registers() -> list[RegisterShape]:
    """Return the declared registers with their last builds."""
    return [RegisterShape(spec, next(iter(list_builds(spec.name, limit=1)), None)) for spec in specs()]


def get_register(name: str) -> RegisterShape:
    """Return the register of a name; refused (404) when none is declared."""
    found = next((one for one in list_registers() if one.spec.name == name), None)
    if found is None:
        raise Refused(
            "registers.get.unknown",
            f"没有声明名为“{name}”的基础库，请查看 packs/_shared/registers。",
            f"No base register {name!r} is declared: see packs/_shared/registers.",
            status=404,
        )
    return found


def list_builds(name: str, *, limit: int = 20) -> list[BuildShape]:
    """Return the builds of a register, newest first."""
    records = RegisterBuild.objects.filter(name=name)[:limit]
    return [BuildShape(**{field: getattr(one, field) for field in BuildShape.__dataclass_fields__}) for one in records]


def list_pairs(name: str, *, by: Actor, cause: str = "", limit: int = 100) -> list[PairShape]:
    """Return the pairs of the last build that a person must judge, the likeliest first, to the owner's data stewards."""
    spec = get_register(name).spec
    require_steward(spec, by)
    shelf = catalog.store().shelf(f"{name}.reviews")
    snapshot = shelf.latest()
    if snapshot is None:
        return []
    rules = get_rules(spec.kind)
    rows = (row for row in snapshot.rows() if not cause or row["cause"] == cause)
    return [
        PairShape(
            row["source"],
            row["record"],
            row["other_source"],
            row["other_record"],
            row["bits"],
            row["cause"],
            *CAUSES[row["cause"]],
            *describe_reason(row["reason"], rules),
        )
        for row, _ in zip(rows, range(limit), strict=False)
    ]


def specs() -> list[RegisterSpec]:
    return list_specs(settings.ZHENGTONG_PACKS)


def owner_of(spec: RegisterSpec) -> OrganisationShape:
    """Return the organisation that builds the register: of that function, or the only one declared."""
    found = people.list_organisations(function=spec.owner)
    if not found:
        raise Refused(
            "registers.owner.unknown",
            f"还没有“{spec.owner}”机构来建立基础库“{spec.name}”，请先登记机构。",
            f"There is no organisation of function {spec.owner!r} to build {spec.name!r}: register it first.",
            status=404,
        )
    return min(found, key=lambda one: (one.region_code.rstrip("0"), one.id))


def require_steward(spec: RegisterSpec, by: Actor) -> OrganisationShape:
    owner = owner_of(spec)
    catalog.require_permission(by, "resource.load", owner.id, "维护基础库", "keep the base register")
    return owner
