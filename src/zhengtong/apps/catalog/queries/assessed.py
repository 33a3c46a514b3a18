"""What is known of a resource's rows（质量、剖析）."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from zhengtong.apps.catalog.models import (
    SnapshotRecord,
)
from zhengtong.apps.catalog.quality import to_rules
from zhengtong.apps.catalog.queries.entries import get_resource, records, require_permission, store
from zhengtong.apps.catalog.shapes import (
    ProfileShape,
    QualityShape,
)
from zhengtong.apps.people.shapes import Actor
from zhengtong.tables import quality


def get_profile(code: str) -> ProfileShape | None:
    """Return what is known of the current snapshot's columns, or None before the first load."""
    record = (
        SnapshotRecord.objects.filter(is_current=True).filter(Q(resource__code=code) | Q(resource__name=code)).first()
    )
    if record is None or not record.profile:
        return None
    return ProfileShape(record.version, record.rows, tuple(record.profile["columns"]))


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
