"""Doors for reading the catalogue."""

from __future__ import annotations

import datetime as dt
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.expressions import RawSQL

from zhengtong.apps.catalog import search
from zhengtong.apps.catalog.declaration import list_problems
from zhengtong.apps.catalog.models import (
    Epoch,
    FieldLineage,
    Resource,
    ResourceEventRecord,
    ResourceField,
    ResourceVersion,
    SnapshotRecord,
)
from zhengtong.apps.catalog.quality import to_rules
from zhengtong.apps.catalog.shapes import (
    CatalogPage,
    ClassSuggestion,
    ElementShape,
    FacetValue,
    FieldShape,
    LineageEdge,
    ProfileShape,
    QualityShape,
    ResourceEvent,
    ResourceShape,
    SnapshotShape,
    VersionShape,
)
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.kit import Refused
from zhengtong.tables import Projection, Store, quality

__all__ = [
    "allowed_on",
    "find_resource",
    "get_epoch",
    "get_profile",
    "get_resource",
    "get_resource_by_id",
    "lineage_of",
    "list_elements",
    "list_failing_rows",
    "list_reviews_due",
    "list_suggestions",
    "list_versions",
    "quality_of",
    "list_events",
    "list_problems",
    "list_resources",
    "list_snapshots",
    "may_publish",
    "projection_of",
    "require_permission",
]
PAGE_SIZE = 20
EPOCH = f"SELECT number FROM {Epoch._meta.db_table} WHERE id = 1"  # noqa: S608 - asked before every call of the gateway
FACETS = ("provider", "share_type", "update_cycle", "data_level", "open_type", "format")
COUNTS_KEPT = 64
OPEN_TO_PUBLIC = ("unconditional", "conditional")
_counted: OrderedDict[tuple[str, str, int, str], Counts] = OrderedDict()
EVENT_LABELS = {
    "registered": ("登记", "Registered"),
    "loaded": ("装载", "Loaded"),
    "assessed": ("评估", "Assessed"),
    "approved": ("部门审核同意", "Approved by the department"),
    "published": ("发布", "Published"),
    "withdrawn": ("撤下", "Withdrawn"),
    "held": ("质量不合格，暂不启用", "Held back: fails its quality gate"),
    "released": ("放行", "Released"),
    "revised": ("提出修订", "Revision proposed"),
    "revision-submitted": ("修订报送审核", "Revision submitted"),
    "revision-published": ("修订发布", "Revision published"),
    "revision-rejected": ("修订退回", "Revision sent back"),
    "lineage": ("说明血缘", "Lineage told"),
    "confirmed": ("确认分类分级", "Classes confirmed"),
}


def get_resource(code: str, *, by: Actor | None = None) -> ResourceShape:
    """Return the resource of that code or short name; an unpublished one only to its provider's officers."""
    record = visible(by).filter(Q(code=code) | Q(name=code)).first()
    if record is None:
        raise Refused(
            "catalog.get.unknown",
            f"目录中没有资源“{code}”，请从数据目录中查找。",
            f"There is no resource {code!r} in the catalogue: look it up there.",
            status=404,
        )
    return to_shape(record)


def find_resource(code: str) -> ResourceShape | None:
    """Return the resource whatever its status, or None; for other capabilities, which decide by grants."""
    record = records().filter(Q(code=code) | Q(name=code)).first()
    return to_shape(record) if record else None


def get_resource_by_id(resource_id: int) -> ResourceShape:
    """Return the resource of a foreign key, whatever its status."""
    return to_shape(records().get(pk=resource_id))


def list_resources(q: str = "", *, by: Actor | None = None, page: int = 1, **chosen: str) -> CatalogPage:
    """Return one page of the catalogue: words match title, summary, code and field titles; `chosen` are facet values.

    Words by their characters, pinyin or initials. Four queries whatever the size: one counts all facets and the total at
    once, and is remembered until the catalogue changes; each facet counts what the other choices leave.
    """
    counts = counted(q, by)
    total = sum(count for values, count in counts.rows if is_chosen(values, chosen))
    start = (max(page, 1) - 1) * PAGE_SIZE
    ids: list[int] = []
    if start < total:
        found = narrow(matching(visible(by), q), chosen, counts).order_by("-published_on", "code")
        ids = list(found.values_list("pk", flat=True)[start : start + PAGE_SIZE])
    shown = {record.pk: record for record in records().filter(pk__in=ids)}
    return CatalogPage(tuple(to_shape(shown[id]) for id in ids), total, facets_of(counts, chosen))


def list_events(code: str, *, by: Actor) -> list[ResourceEvent]:
    """Return the steps of a resource's life, oldest first, to whoever may see the resource."""
    record = visible(by).filter(Q(code=code) | Q(name=code)).first()
    return [event_shape(event) for event in record.events.all()] if record else []


def list_snapshots(code: str, *, limit: int = 20) -> list[SnapshotShape]:
    """Return the versions of a resource's rows, newest first."""
    found = SnapshotRecord.objects.filter(Q(resource__code=code) | Q(resource__name=code)).defer("manifest", "profile")
    return [snapshot_shape(one) for one in found.order_by("-id")[:limit]]


def allowed_on(resource: ResourceShape, by: Actor) -> tuple[str, ...]:
    """Return what this actor may do to the resource now: load, assess, approve, publish, withdraw."""
    provider = resource.provider
    table = {
        "load": resource.status != "withdrawn" and people.can_(by, "resource.load", provider.id),
        "assess": resource.status in ("draft", "assessed") and people.can_(by, "resource.register", provider.id),
        "approve": resource.status == "assessed" and people.can_(by, "resource.approve", provider.id),
        "publish": resource.status in ("approved", "suspended") and may_publish(provider, by),
        "withdraw": resource.status in ("published", "suspended") and people.can_(by, "resource.approve", provider.id),
    }
    return tuple(name for name, may in table.items() if may)


def get_epoch() -> int:
    """Return the number that moves with every change of resources, grants and clients; one query, by primary key.

    Asked of the driver itself, for it stands before every call of the gateway: Django's cursor costs five times as much.
    """
    with connection.wrap_database_errors:
        connection.ensure_connection()
        cursor = connection.connection.cursor()
        try:
            cursor.execute(EPOCH)
            found = cursor.fetchone()
        finally:
            cursor.close()
    return found[0] if found else 0


def may_publish(provider: OrganisationShape, by: Actor) -> bool:
    """Return whether the actor publishes for the sharing authority（主管部门）of the provider's region."""
    authority = people.find_organisation(function="data-bureau", region_code=provider.region_code)
    return people.can_(by, "resource.publish", authority.id if authority else 0)


def get_profile(code: str) -> ProfileShape | None:
    """Return what is known of the current snapshot's columns, or None before the first load."""
    record = (
        SnapshotRecord.objects.filter(is_current=True).filter(Q(resource__code=code) | Q(resource__name=code)).first()
    )
    if record is None or not record.profile:
        return None
    return ProfileShape(record.version, record.rows, tuple(record.profile["columns"]))


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


def list_versions(code: str, *, by: Actor) -> tuple[VersionShape, ...]:
    """Return the versions of an entry, newest first, with what each changes of the one before it."""
    resource = get_resource(code, by=by)
    found = list(ResourceVersion.objects.filter(resource_id=resource.id).order_by("-id"))
    before = {one.pk: next((old for old in found[at + 1 :] if old.number), None) for at, one in enumerate(found)}
    return tuple(version_shape(one, before[one.pk]) for one in found)


def list_reviews_due(*, by: Actor, on: dt.date) -> tuple[VersionShape, ...]:
    """Return the versions that wait for whoever this is — the authority's review, a department's update — earliest first."""
    waiting = ResourceVersion.objects.filter(state__in=["proposed", "submitted"]).select_related("resource")
    shown = [
        one for one in waiting if may_publish(people.get_organisation(one.resource.provider_id), by) or is_own(one, by)
    ]
    shapes = [version_shape(one, None, on) for one in shown]
    return tuple(sorted(shapes, key=lambda one: (one.review_due_on or one.due_on or dt.date.max, one.resource)))


def is_own(version: ResourceVersion, by: Actor) -> bool:
    return by.organisation is not None and by.organisation.id == version.resource.provider_id


def version_shape(one: ResourceVersion, before: ResourceVersion | None, on: dt.date | None = None) -> VersionShape:
    changed = changes_of(before.declaration, one.declaration, whole=bool(one.number)) if before else ()
    due = one.review_due_on if one.state == "submitted" else one.due_on
    is_open = one.state in ("proposed", "submitted")
    return VersionShape(
        one.resource.name,
        one.number,
        one.state,
        one.digest,
        one.reason,
        one.proposed_at,
        one.due_on,
        one.review_due_on,
        one.decided_at,
        changed,
        bool(is_open and on and due and due < on),
    )


def changes_of(old: Mapping[str, Any], new: Mapping[str, Any], *, whole: bool) -> tuple[str, ...]:
    """Return what one declaration changes of another; of one not published yet, silence changes nothing."""
    names = [name for name in ({**old, **new} if whole else new) if name != "fields" and old.get(name) != new.get(name)]
    before = {item["name"]: item for item in old.get("fields", [])}
    after = {item["name"]: item for item in new.get("fields", [])}
    for name in {**before, **after}:
        had, has = before.get(name), after.get(name)
        same = had is not None and has is not None and all(had.get(key) == value for key, value in has.items() if value)
        names += [] if same else [f"fields.{name}"]
    return tuple(names)


def list_elements(*, by: Actor | None = None) -> tuple[ElementShape, ...]:
    """Return the data elements（数据元）that fields are declared by, with the fields of visible resources that use each."""
    used: dict[str, list[str]] = {}
    rows = ResourceField.objects.exclude(element="").filter(resource__in=visible(by, Resource.objects.all()))
    for element, resource, field in rows.order_by("element", "resource__name", "order").values_list(
        "element", "resource__name", "name"
    ):
        used.setdefault(element, []).append(f"{resource}.{field}")
    return tuple(ElementShape(element, tuple(fields)) for element, fields in used.items())


def quality_of(code: str, *, limit: int = 30) -> tuple[QualityShape, ...]:
    """Return the assessments of a resource's versions, newest first: score, dimensions and each rule（质量趋势）."""
    found = SnapshotRecord.objects.filter(Q(resource__code=code) | Q(resource__name=code)).exclude(quality={})
    return tuple(
        QualityShape(
            one.version,
            one.loaded_at,
            one.rows,
            one.quality["score"],
            one.quality["dimensions"],
            tuple(one.quality["results"]),
            one.held_reason,
        )
        for one in found.order_by("-id").defer("manifest", "profile")[:limit]
    )


def list_failing_rows(code: str, rule: str, *, by: Actor, version: str = "") -> list[dict[str, Any]]:
    """Return the first twenty rows that fail a rule, with clear cells, to the provider's data stewards alone."""
    record = records().filter(Q(code=code) | Q(name=code)).first()
    resource = get_resource(code, by=by)
    require_permission(by, "resource.load", resource.provider.id, "查看不合格的行", "see failing rows")
    snapshot = store().open(resource.name, version or None)
    checks, compiled = to_rules(record.quality_rules if record else [], snapshot.schema)
    report = quality.assess(
        snapshot,
        [check for check in checks if check.id == rule],
        compiled=compiled,
        key=resource.keys[:1],
    )
    return [row for result in report.results if result.id == rule for row in result.sample]


def projection_of(resource: ResourceShape) -> Projection:
    """Return the keyed look-up file of the snapshot served now; only `exchange` reads through it.

    One open projection per resource, version and process; a new version opens a new one.
    """
    if resource.snapshot is None:
        raise Refused(
            "catalog.read.no-rows",
            f"“{resource.title_zh}”还没有装载数据，请联系提供部门“{resource.provider.name_zh}”。",
            f"{resource.title_en} has no rows yet: ask {resource.provider.name_en}.",
            status=503,
        )
    return opened(resource.name, resource.snapshot.version)


@lru_cache(maxsize=256)
def opened(name: str, version: str) -> Projection:
    return Projection(projection_path(name, version))


def projection_path(name: str, version: str) -> Path:
    """Return where the look-up file of a snapshot lies."""
    return Path(settings.ZHENGTONG_HOME) / "projections" / name / f"{version}.sqlite3"


def store() -> Store:
    """Return the data plane's store of this site."""
    return Store(Path(settings.ZHENGTONG_HOME) / "tables")


def require_permission(by: Actor, permission: str, organisation_id: int, doing_zh: str, doing_en: str) -> None:
    """Refuse (403) an actor who has no such permission in that organisation."""
    if not people.can_(by, permission, organisation_id):
        raise Refused(
            "catalog.right.missing",
            f"您不能{doing_zh}：需要该机构的“{permission}”权限。请由有此权限的人员办理，或请安全管理员授予。",
            f"You may not {doing_en}: it takes the permission {permission!r} in that organisation. Ask a colleague who has it.",
            status=403,
        )


def records() -> QuerySet[Resource]:
    current = Prefetch(
        "snapshots", SnapshotRecord.objects.filter(is_current=True).defer("manifest", "profile"), "current"
    )
    return Resource.objects.select_related("provider").prefetch_related("items", current)


def visible(by: Actor | None, found: QuerySet[Resource] | None = None) -> QuerySet[Resource]:
    """Return what this actor may know of: what is published, and all of their own organisation's.

    Somebody without an organisation sees what is open to the public（开放属性）; without an actor another room asks.
    """
    found = records() if found is None else found
    if by is not None and by.kind == "system":
        return found
    if by is not None and by.organisation is None:
        return found.filter(status="published", open_type__in=OPEN_TO_PUBLIC)
    own = Q(provider_id=by.organisation.id) if by is not None and by.organisation else Q(pk__in=[])
    if by is not None and by.organisation and by.organisation.function == "data-bureau":
        own = Q()
    else:
        own = own | Q(status__in=("published", "suspended"))
    return found.filter(own)


def matching(found: QuerySet[Resource], q: str) -> QuerySet[Resource]:
    """Keep the entries the words find in the index."""
    asked = search.where(q)
    return found if asked is None else found.filter(pk__in=RawSQL(*asked))  # noqa: S611 - words are a bound parameter


@dataclass(frozen=True)
class Counts:
    """How many entries there are of each combination of facet values; providers by their function."""

    rows: tuple[tuple[tuple[str, ...], int], ...]
    providers: dict[str, tuple[OrganisationShape, ...]]


def counted(q: str, by: Actor | None) -> Counts:
    """Return the counts behind every facet, read from one index in one pass; remembered until an entry changes."""
    last = ResourceEventRecord.objects.order_by("-pk").values_list("receipt_no", flat=True).first()
    organisation = by.organisation.id if by is not None and by.organisation else 0
    key = (last or "", by.kind if by is not None else "", organisation, q.strip())
    if last and key in _counted:
        _counted.move_to_end(key)
        return _counted[key]
    columns = ("provider_id", *FACETS[1:])
    rows = list(matching(visible(by, Resource.objects.all()), q).order_by().values_list(*columns).annotate(Count("pk")))
    organisations = {id: people.get_organisation(id) for id in {row[0] for row in rows}}
    providers: dict[str, tuple[OrganisationShape, ...]] = {}
    for one in organisations.values():
        providers[one.function] = (*providers.get(one.function, ()), one)
    found = Counts(tuple(((organisations[row[0]].function, *map(str, row[1:-1])), row[-1]) for row in rows), providers)
    _counted[key] = found
    while len(_counted) > COUNTS_KEPT:
        _counted.popitem(last=False)
    return found


def narrow(found: QuerySet[Resource], chosen: dict[str, str], counts: Counts) -> QuerySet[Resource]:
    for facet in FACETS:
        if chosen.get(facet) and facet == "provider":
            found = found.filter(provider_id__in=[one.id for one in counts.providers.get(chosen[facet], ())])
        elif chosen.get(facet):
            found = found.filter(**{facet: chosen[facet]})
    return found


def is_chosen(values: tuple[str, ...], chosen: dict[str, str], but: str = "") -> bool:
    """Return whether a combination has every chosen value, one facet left aside."""
    return all(
        not chosen.get(facet) or facet == but or value == chosen[facet]
        for facet, value in zip(FACETS, values, strict=True)
    )


def facets_of(counts: Counts, chosen: dict[str, str]) -> dict[str, tuple[FacetValue, ...]]:
    """Return facet → its values with their counts, most frequent first."""
    sums: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    for values, count in counts.rows:
        missed = [f for f, v in zip(FACETS, values, strict=True) if chosen.get(f) and chosen[f] != v]
        if len(missed) > 1:
            continue
        for facet, value in zip(FACETS, values, strict=True):
            if not missed or missed == [facet]:
                sums[facet][value] += count
    return {
        facet: tuple(
            FacetValue(value, *labels_of(facet, value, counts), count)
            for value, count in sorted(sums[facet].items(), key=lambda item: (-item[1], item[0]))
        )
        for facet in FACETS
    }


def labels_of(facet: str, value: str, counts: Counts) -> tuple[str, str]:
    if facet != "provider":
        return "", ""
    first = counts.providers[value][0]
    return first.name_zh, first.name_en


def to_shape(record: Resource) -> ResourceShape:
    """Return the frozen picture of a record; costs no query when it came from `records()`."""
    same = {
        name: getattr(record, name)
        for name in ResourceShape.__dataclass_fields__
        if name not in ("provider", "fields", "snapshot", "share_modes", "related")
    }
    return ResourceShape(
        **same,
        share_modes=tuple(record.share_modes),
        related=tuple(record.related),
        provider=people.get_organisation(record.provider_id),
        fields=tuple(field_shape(item) for item in record.items.all()),
        snapshot=next((snapshot_shape(one) for one in record.current), None),
    )


def event_shape(event: ResourceEventRecord) -> ResourceEvent:
    zh, en = EVENT_LABELS[event.kind]
    return ResourceEvent(event.at, event.kind, zh, en, event.by_label, event.note, event.receipt_no)


def field_shape(item: ResourceField) -> FieldShape:
    return FieldShape(**{name: getattr(item, name) for name in FieldShape.__dataclass_fields__})


def snapshot_shape(one: SnapshotRecord) -> SnapshotShape:
    return SnapshotShape(
        one.version,
        one.rows,
        one.digest,
        one.loaded_at,
        one.rejected_rows,
        (one.quality or {}).get("score") or "",
        one.held_reason,
    )
