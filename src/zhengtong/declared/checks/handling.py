"""What a matter allows is written as the platform knows it, and within the law（办理规则检查）."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from zhengtong.declared.checks.ground import FUNCTIONS, Ground
from zhengtong.declared.handling import (
    APPROVERS,
    CROSS_REGION,
    DELIVERIES,
    ON_MISS,
    PROCEDURES,
    STEPS,
    TOLERANCE_ON_MISS,
    Handling,
)
from zhengtong.declared.shapes import Finding
from zhengtong.declared.yaml_source import Place

CONCERN = "handling"
ROOT: Place = ("handling",)
KNOWN = {field.name for field in dataclasses.fields(Handling)} - {"archive_after_days"} | {"archive"}
#: members of each part of `handling:`, beside the words of a term
MEMBERS = {
    "extension": {"times", "approver"},
    "procedures": {"id", "kind", "notice"},
    "tolerance": {"on_miss"},
    "commitment": {"materials", "verify", "rectify", "basis"},
    "consultations": {"id", "function", "pauses"},
    "cosign": {"functions", "needed", "basis"},
    "warn": {"yellow", "red"},
    "payment": {"yuan", "when", "basis"},
    "archive": {"after_days"},
}
TERM = {"n", "unit", "rule", "basis", "count_from", "roll_if_holiday"}
TIMED = {"extension", "procedures", "tolerance", "consultations"}


def check_handling(ground: Ground) -> Iterator[Finding]:
    """Yield members nobody knows, values outside their lists, references that lead nowhere, numbers that make no sense."""
    yield from _strange(ground)
    handling = ground.pack.handling
    for place, value, known in _choices(handling):
        if value not in known:
            yield _outside(ground, place, value, known)
    yield from _references(ground, handling)
    for place, zh, en in _senseless(handling):
        yield ground.finding(
            CONCERN,
            place,
            (zh, en),
            ("照此办理会得出错误的期限或永远办不成", "handled like this, days come out wrong or nothing ever ends"),
            ("照 packs/README.md“办理规则”改正", "correct it as packs/README.md shows under handling"),
        )


def _strange(ground: Ground) -> Iterator[Finding]:
    given = ground.work.sources["pack"].value.get("handling") or {}
    for name, value in given.items():
        if name not in KNOWN:
            yield _unknown(ground, (*ROOT, name), name)
            continue
        parts = value if isinstance(value, list) else [value]
        for at, part in enumerate(parts):
            known = MEMBERS.get(name, set()) | (TERM if name in TIMED else set())
            if name in MEMBERS and isinstance(part, dict):
                place: Place = (*ROOT, name, at) if isinstance(value, list) else (*ROOT, name)
                yield from (_unknown(ground, (*place, member), member) for member in part if member not in known)


def _choices(handling: Handling) -> Iterator[tuple[Place, Any, Any]]:
    if handling.extension:
        yield (*ROOT, "extension", "approver"), handling.extension.approver, APPROVERS
    for at, one in enumerate(handling.procedures):
        yield (*ROOT, "procedures", at, "kind"), one.kind, PROCEDURES
    for term, result in handling.on_miss.items():
        yield (*ROOT, "on_miss", term), term, tuple(ON_MISS)
        yield (*ROOT, "on_miss", term), result, ON_MISS.get(term, (result,))
    if handling.tolerance:
        yield (*ROOT, "tolerance", "on_miss"), handling.tolerance.on_miss, TOLERANCE_ON_MISS
    for step in handling.steps:
        yield (*ROOT, "steps", step), step, STEPS
    for at, way in enumerate(handling.delivery):
        yield (*ROOT, "delivery", at), way, DELIVERIES
    if handling.cross_region:
        yield (*ROOT, "cross_region"), handling.cross_region, tuple(CROSS_REGION)
    for at, asked in enumerate(handling.consultations):
        if asked.function:
            yield (*ROOT, "consultations", at, "function"), asked.function, tuple(sorted(FUNCTIONS))
    for at, function in enumerate(handling.cosign.functions if handling.cosign else ()):
        yield (*ROOT, "cosign", "functions", at), function, tuple(sorted(FUNCTIONS))


def _references(ground: Ground, handling: Handling) -> Iterator[Finding]:
    materials = {need.id: need for need in ground.pack.materials}
    for at, name in enumerate(handling.commitment.materials if handling.commitment else ()):
        if name not in materials:
            yield _outside(ground, (*ROOT, "commitment", "materials", at), name, tuple(sorted(materials)))
    for section, items in (("procedures", handling.procedures), ("consultations", handling.consultations)):
        ids = [one.id for one in items]
        for at, id in enumerate(ids):
            if id in ids[:at]:
                yield _outside(ground, (*ROOT, section, at, "id"), id, ("—",))
    if handling.tolerance and not any(need.need == "tolerated" for need in materials.values()):
        yield ground.finding(
            CONCERN,
            (*ROOT, "tolerance"),
            ("没有可容缺的材料，却写了容缺期限", "a tolerance is declared, but no material is tolerated"),
            ("容缺清单须公开，申请人要知道哪一项可以后补", "people must know which material may follow"),
            ("在 materials.yaml 写 need: tolerated，或删去 tolerance", "mark a material need: tolerated, or remove it"),
        )


def _senseless(handling: Handling) -> Iterator[tuple[Place, str, str]]:
    if handling.extension and (handling.extension.times < 1 or handling.extension.most.n < 1):
        yield (
            (*ROOT, "extension"),
            "延期的次数和时长都应大于 0",
            "an extension has a length and a number of times above zero",
        )
    for at, one in enumerate(handling.procedures):
        if one.most.n < 1:
            yield (*ROOT, "procedures", at), "特别程序没有最长时间", "the special procedure has no longest time"
    if handling.warn and not handling.warn.yellow >= handling.warn.red >= 0:
        yield (*ROOT, "warn"), "黄牌应早于红牌，且都不小于 0", "yellow comes before red, and neither is below zero"
    if handling.cosign and not 0 <= handling.cosign.needed <= len(handling.cosign.functions):
        yield (
            (*ROOT, "cosign", "needed"),
            "会签所需数超出会签部门数",
            "more signatures are needed than departments sign",
        )
    if handling.cosign and not handling.cosign.functions:
        yield (*ROOT, "cosign", "functions"), "会签没有写部门", "no department is named to sign"
    if handling.archive_after_days is not None and handling.archive_after_days < 0:
        yield (*ROOT, "archive"), "归档天数不能小于 0", "the days before archiving are not below zero"


def _unknown(ground: Ground, place: Place, name: str) -> Finding:
    return ground.finding(
        CONCERN,
        place,
        (f"handling 里没有“{name}”这一项", f"handling has no member {name}"),
        ("平台会当它没写", "the platform would act as if it were not there"),
        ("照 packs/README.md“办理规则”改写", "write it as packs/README.md shows under handling"),
    )


def _outside(ground: Ground, place: Place, value: Any, known: tuple[str, ...]) -> Finding:
    return ground.finding(
        CONCERN,
        place,
        (f"“{value}”不在允许之列", f"{value} is not one of the values it may have"),
        ("平台不知道该怎么办", "the platform would not know what to do"),
        (f"用其中之一：{'、'.join(known)}", f"use one of {', '.join(known)}"),
    )
