"""Doors for reading the catalogue."""

from zhengtong.apps.catalog.declaration import list_problems
from zhengtong.apps.catalog.queries.assessed import get_profile, list_failing_rows, quality_of
from zhengtong.apps.catalog.queries.classes import lineage_of, list_elements, list_suggestions
from zhengtong.apps.catalog.queries.entries import (
    EPOCH,
    EVENT_LABELS,
    allowed_on,
    find_resource,
    get_epoch,
    get_resource,
    get_resource_by_id,
    list_events,
    list_snapshots,
    may_publish,
    opened,
    projection_of,
    projection_path,
    records,
    require_permission,
    snapshot_shape,
    store,
    to_shape,
    visible,
)
from zhengtong.apps.catalog.queries.pages import FACETS, PAGE_SIZE, list_resources
from zhengtong.apps.catalog.queries.versions import list_reviews_due, list_versions
from zhengtong.apps.catalog.retention import Retention, retention_of

__all__ = [
    "EPOCH",
    "EVENT_LABELS",
    "FACETS",
    "PAGE_SIZE",
    "Retention",
    "allowed_on",
    "find_resource",
    "get_epoch",
    "get_profile",
    "get_resource",
    "get_resource_by_id",
    "lineage_of",
    "list_elements",
    "list_events",
    "list_failing_rows",
    "list_problems",
    "list_resources",
    "list_reviews_due",
    "list_snapshots",
    "list_suggestions",
    "list_versions",
    "may_publish",
    "opened",
    "projection_of",
    "projection_path",
    "quality_of",
    "records",
    "require_permission",
    "retention_of",
    "snapshot_shape",
    "store",
    "to_shape",
    "visible",
]
