"""Classes and levels（分类分级）: suggested by detectors, following lineage, confirmed by a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Q

from zhengtong.apps.catalog.actions.noting import owned, recorded
from zhengtong.apps.catalog.models import FieldLineage, ResourceField
from zhengtong.apps.catalog.shapes import ResourceShape
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused
from zhengtong.kit.masking import list_mask_kinds


@transaction.atomic
def record_lineage(
    *, code: str, lineage: Mapping[str, Sequence[tuple[str, str]]], by: Actor, at: dt.datetime
) -> ResourceShape:
    """Say where fields come from（数据血缘）: field → (resource, field) of others, in place of what was said before.

    Classification follows: a field is at least as sensitive as what it comes from, and personal if that is; the masks of
    fields nobody has confirmed come along. Refused: an unknown field.
    """
    record = owned(code, by, "resource.load", "说明血缘", "say the lineage of")
    items = {item.name: item for item in record.items.all()}
    edges = []
    for name, origins in lineage.items():
        for resource, field in origins:
            origin = ResourceField.objects.filter(
                Q(resource__code=resource) | Q(resource__name=resource), name=field
            ).first()
            if origin is None or name not in items:
                raise Refused(
                    "catalog.lineage.unknown-field",
                    f"血缘中的数据项 {name} ← {resource}.{field} 不在目录中，请核对名称。",
                    f"{name} ← {resource}.{field} is not in the catalogue: check the names.",
                    field=name,
                )
            edges.append(FieldLineage(to_field=items[name], from_field=origin))
    FieldLineage.objects.filter(to_field__resource=record).delete()
    FieldLineage.objects.bulk_create(edges)
    changed = propagate_classes(record.pk)
    told = {"fields": sorted(lineage), "raised": changed}
    return recorded(record, "lineage", by, at, f"{len(edges)}", **told)


def propagate_classes(resource_id: int) -> list[str]:
    """Raise the classes of what comes, at any distance, from a resource's fields or goes into them; return what rose."""
    waiting, rose = {resource_id}, []
    seen: set[int] = set()
    while waiting:
        current = waiting.pop()
        seen.add(current)
        for item in ResourceField.objects.filter(resource_id=current).prefetch_related("comes_from__from_field"):
            origins = [edge.from_field for edge in item.comes_from.all()]
            level = max([item.sensitivity, *(origin.sensitivity for origin in origins)])
            personal = item.personal or any(origin.personal for origin in origins)
            mask = item.mask or next((origin.mask for origin in origins if origin.mask and not item.confirmed_by), "")
            if (level, personal, mask) != (item.sensitivity, item.personal, item.mask):
                item.sensitivity, item.personal, item.mask = level, personal, mask
                item.save(update_fields=["sensitivity", "personal", "mask"])
                rose.append(f"{item.resource_id}.{item.name}")
        onward = FieldLineage.objects.filter(from_field__resource_id=current).values_list(
            "to_field__resource_id", flat=True
        )
        waiting |= set(onward) - seen
    return rose


@transaction.atomic
def confirm_field(
    *, code: str, field: str, sensitivity: int, personal: bool, mask: str, by: Actor, at: dt.datetime
) -> ResourceShape:
    """Confirm a field's class（分类分级确认）as a person: what detectors and lineage only suggest becomes what is enforced.

    Refused: an unknown field or mask, a level outside 1–4, one below what the field comes from.
    """
    record = owned(code, by, "resource.approve", "确认分类分级", "confirm classes of")
    item = record.items.filter(name=field).first()
    if item is None or sensitivity not in (1, 2, 3, 4) or (mask and mask not in list_mask_kinds()):
        raise Refused(
            "catalog.confirm.wrong",
            "数据项、级别（1–4）或脱敏规则不对，请从列表中选择。",
            "The field, its level (1–4) or its mask is wrong: choose from the lists.",
            field="field",
        )
    origins = [edge.from_field for edge in item.comes_from.select_related("from_field")]
    least = max((origin.sensitivity for origin in origins), default=1)
    if sensitivity < least:
        raise Refused(
            "catalog.confirm.below-origin",
            f"该项取自 {least} 级数据，级别不能低于 {least} 级。",
            f"It comes from data of level {least} and cannot be below that.",
            field="sensitivity",
        )
    item.sensitivity, item.personal, item.mask = sensitivity, personal, mask
    item.confirmed_by, item.confirmed_at = by.label, at
    item.save(update_fields=["sensitivity", "personal", "mask", "confirmed_by", "confirmed_at"])
    propagate_classes(record.pk)
    return recorded(
        record, "confirmed", by, at, field, field=field, sensitivity=sensitivity, personal=personal, mask=mask
    )
