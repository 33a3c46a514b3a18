"""Which tolerated materials are still to come when a case is accepted（容缺受理）."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhengtong.apps.cases.actions.held_scope import case_scope
from zhengtong.apps.cases.actions.log import Held
from zhengtong.apps.cases.forms import wanted_materials
from zhengtong.apps.cases.models import Material


def follow_ups_of(held: Held, at: datetime) -> dict[str, Any]:
    """Return what acceptance writes down of tolerated gaps; nothing where the matter declares no tolerance, or none is left."""
    if held.pack.handling.tolerance is None or "tolerant" not in held.state.flags:
        return {}
    brought = set(Material.objects.filter(case=held.record).values_list("material_id", flat=True))
    late = [
        {"material_id": need.id, "title_zh": need.title.zh, "title_en": need.title.en}
        for need in wanted_materials(held.pack, case_scope(held, at))
        if need.need == "tolerated" and need.id not in brought
    ]
    return {"follow_ups": late} if late else {}
