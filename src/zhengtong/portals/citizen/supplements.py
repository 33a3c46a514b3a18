"""What was asked for, as controls, and what was brought, as values（补正）."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zhengtong.apps.cases.shapes import CaseShape, FieldValue
from zhengtong.portals.citizen.contexts import SupplementField
from zhengtong.portals.ui.forms import BoundField, Fault, FieldSpec, bind, read_fields, spec_of
from zhengtong.portals.ui.languages import words_of

MATERIAL = "material:"


@dataclass
class Given:
    """What the person brought."""

    materials: list[tuple[str, str, bytes]] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def read(case: CaseShape, posted: Mapping[str, Any], files: Any) -> Given:
    """Return the files and values of exactly the items that were asked for."""
    given = Given()
    specs = []
    for target in _targets(case):
        if target.startswith(MATERIAL):
            material = target.removeprefix(MATERIAL)
            given.materials += [(material, upload.name, upload.read()) for upload in files.getlist(f"file-{material}")]
        else:
            specs.append(_spec(case, target))
    given.values, given.faults = read_fields([spec for spec in specs if spec], posted)
    return given


def items_of(case: CaseShape, faults: Iterable[Fault], posted: Mapping[str, Any] | None) -> tuple[SupplementField, ...]:
    """Return what was asked for, each with the control that brings it."""
    assert case.supplement is not None
    slots = {slot.id: slot for slot in case.materials}
    fault_of = {fault.path: fault.words for fault in faults}
    items = []
    for item in case.supplement.items:
        bound: BoundField | None = None
        if item.target and not item.target.startswith(MATERIAL):
            spec = _spec(case, item.target)
            held: FieldValue | None = case.values.get(item.target)
            if spec is not None:
                bound = bind([spec], {spec.path: held} if held else {}, faults=fault_of, posted=posted)[0]
        slot = slots.get(item.target.removeprefix(MATERIAL)) if item.target.startswith(MATERIAL) else None
        items.append(
            SupplementField(words_of(item, "title"), words_of(item, "note"), slot, bound, fault_of.get(item.target, ""))
        )
    return tuple(items)


def _targets(case: CaseShape) -> list[str]:
    return [item.target for item in case.supplement.items if item.target] if case.supplement else []


def _spec(case: CaseShape, path: str) -> FieldSpec | None:
    try:
        return spec_of(case.pack.form.schema, path)
    except KeyError:
        return None
