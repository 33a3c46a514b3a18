"""Entries of the catalogue, who may know of them, and where their rows lie."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Prefetch, Q, QuerySet
from django.db.utils import DatabaseErrorWrapper

from zhengtong.apps.catalog.models import (
    Epoch,
    Resource,
    ResourceEventRecord,
    ResourceField,
    SnapshotRecord,
)
from zhengtong.apps.catalog.shapes import (
    FieldShape,
    ResourceEvent,
    ResourceShape,
    SnapshotShape,
)
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.kit import Refused
from zhengtong.tables import Projection, Store

EPOCH = f"SELECT number FROM {Epoch._meta.db_table} WHERE id = 1"  # noqa: S608 - asked before every call of the gateway
OPEN_TO_PUBLIC = ("unconditional", "conditional")
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
    "versions-removed": ("过期版本清理", "Old versions removed"),
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


def get_resources_by_id(resource_ids: Collection[int]) -> dict[int, ResourceShape]:
    """Return the resources of foreign keys by id, whatever their status; three queries and one a resource."""
    return {one.pk: to_shape(one) for one in records().filter(pk__in=set(resource_ids))}


def list_events(code: str, *, by: Actor) -> list[ResourceEvent]:
    """Return the steps of a resource's life, oldest first, to whoever may see the resource."""
    record = visible(by).filter(Q(code=code) | Q(name=code)).first()
    return [event_shape(event) for event in record.events.all()] if record else []


def list_snapshots(code: str, *, limit: int = 20) -> list[SnapshotShape]:
    """Return the versions of a resource's rows, newest first."""
    found = SnapshotRecord.objects.filter(Q(resource__code=code) | Q(resource__name=code)).defer("manifest", "profile")
    return [snapshot_shape(one) for one in found.order_by("-id")[:limit]]


def count_versions(resource: ResourceShape) -> int:
    """Return how many versions of a resource's rows there have been, those let go included."""
    return SnapshotRecord.objects.filter(resource_id=resource.id).count()


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
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with DatabaseErrorWrapper(database):
        found = database.connection.execute(EPOCH).fetchall()
    return found[0][0] if found else 0


def may_publish(provider: OrganisationShape, by: Actor) -> bool:
    """Return whether the actor publishes for the sharing authority（主管部门）of the provider's region."""
    return acts_as_authority("resource.publish", provider, by)


def acts_as_authority(permission: str, provider: OrganisationShape, by: Actor) -> bool:
    """Return whether the actor may do something for the sharing authority（主管部门）of the provider's region."""
    authority = people.find_organisation(function="data-bureau", region_code=provider.region_code)
    return people.can_(by, permission, authority.id if authority else 0)


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
        one.is_current,
        one.removed_at,
    )
