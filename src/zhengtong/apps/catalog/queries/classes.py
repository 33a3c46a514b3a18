"""Lineage（数据血缘）, suggested classes（分类分级建议）and data elements（数据元）."""

from __future__ import annotations

from django.db.models import Q

from zhengtong.apps.catalog.models import (
    FieldLineage,
    Resource,
    ResourceField,
)
from zhengtong.apps.catalog.queries.assessed import get_profile
from zhengtong.apps.catalog.queries.entries import get_resource, visible
from zhengtong.apps.catalog.shapes import (
    ClassSuggestion,
    ElementShape,
    LineageEdge,
    LineageNeighbour,
    ResourceShape,
)
from zhengtong.apps.people.shapes import Actor


def lineage_of(code: str, *, by: Actor) -> tuple[LineageEdge, ...]:
    """Return every edge into and out of a resource's fields（数据血缘）, to whoever may see the resource."""
    resource = get_resource(code, by=by)
    mine = Q(to_field__resource_id=resource.id) | Q(from_field__resource_id=resource.id)
    edges = (
        FieldLineage.objects.filter(mine).select_related("to_field__resource", "from_field__resource").order_by("pk")
    )
    return tuple(
        LineageEdge(
            edge.from_field.resource.name, edge.from_field.name, edge.to_field.resource.name, edge.to_field.name
        )
        for edge in edges
    )


def neighbours_of(resource: ResourceShape, *, by: Actor) -> tuple[tuple[LineageNeighbour, ...], int]:
    """Return the resources a resource comes from and goes into, those this actor may know of, and how many others there are.

    Two queries, whatever the number of fields.
    """
    mine = Q(to_field__resource_id=resource.id) | Q(from_field__resource_id=resource.id)
    columns = ("from_field__resource_id", "from_field__name", "to_field__resource_id", "to_field__name")
    fields: dict[tuple[int, bool], list[tuple[str, str]]] = {}
    for source, source_field, target, target_field in (
        FieldLineage.objects.filter(mine).order_by("pk").values_list(*columns)
    ):
        is_upstream = target == resource.id
        other = source if is_upstream else target
        fields.setdefault((other, is_upstream), []).append((source_field, target_field))
    ids = {other for other, _ in fields}
    seen = visible(by, Resource.objects.all()).filter(pk__in=ids).values_list("pk", "name", "title_zh", "title_en")
    known = {pk: (name, zh, en) for pk, name, zh, en in seen}
    shown = [
        LineageNeighbour(*known[other], is_up, tuple(told)) for (other, is_up), told in fields.items() if other in known
    ]
    return tuple(sorted(shown, key=lambda one: (not one.is_upstream, one.name))), len(ids - set(known))


def list_suggestions(code: str, *, by: Actor) -> tuple[ClassSuggestion, ...]:
    """Return what detectors and lineage suggest of each field's class where a person has not confirmed otherwise."""
    resource = get_resource(code, by=by)
    profile = get_profile(resource.name)
    found = {column["name"]: column for column in profile.columns} if profile else {}
    items = ResourceField.objects.filter(resource_id=resource.id).prefetch_related("comes_from__from_field")
    suggestions = []
    for item in items:
        column, origins = found.get(item.name, {}), [edge.from_field for edge in item.comes_from.all()]
        level = max([column.get("level", 1), *(origin.sensitivity for origin in origins)])
        personal = bool(column.get("personal")) or any(origin.personal for origin in origins)
        mask = column.get("mask") or next((origin.mask for origin in origins if origin.mask), "")
        differs = level > item.sensitivity or (personal and not item.personal) or (mask and not item.mask)
        if differs and not item.confirmed_by:
            suggestions.append(
                ClassSuggestion(
                    item.name,
                    column.get("kind") or "",
                    column.get("kind_zh", ""),
                    column.get("kind_en", ""),
                    level,
                    personal,
                    mask,
                )
            )
    return tuple(suggestions)


def list_elements(*, by: Actor | None = None) -> tuple[ElementShape, ...]:
    """Return the data elements（数据元）that fields are declared by, with the fields of visible resources that use each."""
    used: dict[str, list[str]] = {}
    rows = ResourceField.objects.exclude(element="").filter(resource__in=visible(by, Resource.objects.all()))
    for element, resource, field in rows.order_by("element", "resource__name", "order").values_list(
        "element", "resource__name", "name"
    ):
        used.setdefault(element, []).append(f"{resource}.{field}")
    return tuple(ElementShape(element, tuple(fields)) for element, fields in used.items())
